// The public surface; the wire types beside it are generated.
import type { Operations, QuoteLine, StockLine, Wanted } from "./wire.js";
import type { Availability, Offer } from "./clients.js";

export type * from "./wire.js";
export type { Availability, Money, Offer, Place, Quantity, Source, StockState, Vat } from "./clients.js";

/** Loads the module now, from where you say. No call needs it: each loads the module by itself. */
export declare function init(source?: URL | string | Response | BufferSource | WebAssembly.Module): Promise<void>;
export declare const version: string;

export interface CallOptions {
  /** Gives the call up, also while it waits for the quota. */
  signal?: AbortSignal;
  /** Bounds one supplier request, from its admission by the quota to its last byte. Default 30,000. */
  timeoutMs?: number;
  /** Bounds the whole call: waiting for quota, all parts, all attempts. No default. */
  overallTimeoutMs?: number;
  /** Bypass and refresh any cache on the way. At a proxy honoured for buyer and staff alone. */
  fresh?: boolean;
  language?: Language;
  /** Of work that takes several requests. */
  onProgress?: (progress: { done: number; total?: number }) => void;
}

export interface ClientOptions {
  /** Supplier's base, or a proxy's, absolute or relative to the page. */
  baseUrl?: string;
  fetch?: typeof fetch;
  /** Default 30,000. */
  timeoutMs?: number;
  /** Repeats of one request, where a repeat is safe. Default 3. */
  maxRetries?: number;
  /** Upper bound, default 600; the client also learns a lower one from 429. */
  requestsPerMinute?: number;
  /** Told of every attempt; nothing secret is in it. */
  onAttempt?: (attempt: Attempt) => void;
}

export interface Attempt {
  /** The operation's name; `token` for the token's own request. */
  operation: string;
  method: string;
  url: string;
  attempt: number;
  status?: number;
  durationMs: number;
  error?: string;
}

export type Language =
  | "bg" | "bs" | "cs" | "de" | "el" | "en" | "et" | "hu" | "hr" | "lt" | "lv" | "pl" | "ro" | "sk" | "sl" | "sr" | "uk";

export interface InterCarsOptions extends ClientOptions {
  /** Server side only; without them the client trusts its proxy (or `bearer`). White space around them is trimmed. */
  clientId?: string;
  clientSecret?: string;
  tokenUrl?: string;
  /** A token of your own making, asked for before each request. */
  bearer?: () => string | Promise<string>;
  language?: Language;
  /** The figure at which the supplier caps availability for this customer: it then means "or more". Default 10. */
  availabilityCap?: number;
  /** IANA zone of the customer's local times. */
  timeZone?: string;
}

/** Rows as sent, and what could not be answered: every asked key is in one of them. Unknown is never zero. */
export interface Batch<T> {
  items: T[];
  skipped: { sku?: string; index?: string; code?: string; reason: string }[];
}

/** Inter Cars IC API. Amounts are the supplier's numbers, as sent; times without a zone are the customer's local times. */
export declare class InterCars {
  constructor(options?: InterCarsOptions);
  /**
   * Stock, a row per item and warehouse. Any number of SKUs or indexes: sent in the supplier's batches of 100,
   * concurrently, within the quota. `location`: ten at most. Source: `GET` and `POST /inventory/stock`.
   */
  stock(
    query: { sku?: string[]; index?: string[]; location?: string[]; shipTo?: string },
    options?: CallOptions,
  ): Promise<Batch<StockLine>>;
  /**
   * Price and stock. Any number of lines: sent in batches of 30. There may be one entry per warehouse for the same item;
   * an item without any cannot be bought and is in `skipped`. Source: `POST /inventory/quote`.
   */
  quote(
    query: { lines: Wanted[]; location?: string[]; shipTo?: string },
    options?: CallOptions,
  ): Promise<Batch<QuoteLine>>;
}

/** What would be sent, split as the supplier demands; secrets left out. */
export declare function buildRequests<O extends keyof Operations>(
  operation: O,
  args: Operations[O]["args"],
  options?: { baseUrl?: string; language?: Language },
): Promise<BuiltRequest[]>;
export interface BuiltRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** The rows of an answer that came by a transport of your own, checked. */
export declare function decode<O extends keyof Operations>(
  operation: O,
  body: Uint8Array | string,
): Promise<Operations[O]["answer"]>;

/** What can be had and what it costs, from a supplier's client or from a proxy. */
export declare class Storefront {
  /** With `intercars` the supplier is asked directly (server side); else the proxy at `baseUrl`, or at the page's own origin. */
  constructor(options?: { intercars?: InterCars; baseUrl?: string; fetch?: typeof fetch });
  /** One entry for each SKU, in the order asked; what nobody could tell is `unknown`, never zero. */
  availability(
    query: string[] | { sku: string[]; location?: string[]; shipTo?: string },
    options?: CallOptions,
  ): Promise<Availability[]>;
  /** An offer for each line that somebody has a price for: the supplier's list price with tax, or what the proxy asks. */
  offers(lines: Wanted[], options?: CallOptions): Promise<Offer[]>;
}

/** Every rejection is one of these. */
export declare class StocklaneError extends Error {
  readonly kind:
    | "auth" | "permission" | "validation" | "business" | "not_found" | "rate_limited" | "timeout" | "network"
    | "aborted" | "decode" | "upstream" | "policy" | "conflict" | "unknown_outcome" | "unsupported" | "internal";
  readonly status?: number;
  /** The supplier's own code, such as ICF201. */
  readonly code?: string;
  /** The supplier's number of this very failure, or the proxy's correlation id. */
  readonly errorId?: string;
  /** Whether the same call may succeed a little later. */
  readonly retryable: boolean;
  /** ISO 8601, where the supplier or the quota named a time. */
  readonly retryAt?: string;
  /** Of an order: what to ask again with. */
  readonly idempotencyKey?: string;
  /** What to do about it, in plain words. */
  readonly hint?: string;
}
