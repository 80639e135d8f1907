import type { IncoCloudOptions, InterCarsOptions, Language, MatchRule } from "./index.js";

export { StocklaneError } from "./index.js";
export type Role = "visitor" | "buyer" | "staff";

export interface ProxyOptions {
  /** The supplier's account. Origins are fixed here, at construction, never by a request. */
  intercars?: InterCarsOptions;
  /** The shop's own point of sale. */
  incocloud?: IncoCloudOptions;
  /** Where the shop's items meet the supplier's products: as for `Storefront`. */
  match?: MatchRule[];
  /** What the shop's own prices are: as for `Storefront`. */
  shop?: { currency: string; pricesIncludeVat: boolean; priceField: string };
  /** Exact origins whose pages may read answers, as browsers send them. */
  allowedOrigins: string[];
  /**
   * HMAC key of the sessions that the shop's own backend mints, 32 characters or more, and the one before it; without,
   * everybody is a visitor.
   */
  sessionKey?: string | { current: string; previous?: string };
  /**
   * What each role may call, by the clients' methods (`stock`, `sales`, …) and `availability`, `offers`, `search`, and which
   * wire paths (`price.listPriceNet`) it is shown. A role that is not named keeps the package's own list; of one that is,
   * whatever is not named does not exist. An unknown name throws; `*` is refused for a visitor, and so are places by the
   * supplier's codes. What the supplier charges the shop reaches a buyer only with `seesCost`.
   */
  policy?: Partial<Record<Role, Record<string, { show: string[] }>>>;
  /**
   * What a visitor or buyer is asked to pay: the supplier's list price (default), what the shop pays, or the shop's own
   * price, with `markupPercent` on top (a decimal in text; below zero a discount), or that of the shop's group that the item
   * is in (`groups`, by number or name), `round`ed to the nearest multiple of an amount, halves up ("0.01"). Exact.
   */
  pricing?: {
    base: "list" | "customer" | "shop";
    markupPercent?: string;
    groups?: Record<string, string>;
    round?: string;
  };
  /** Of one visitor, 240 if left out; where visitors cannot be told apart (`clientAddress`), of all together, 12,000. */
  visitorRequestsPerMinute?: number;
  /** Whom a limit counts: an address that nobody can write into a header at will. Without, all visitors count as one. */
  clientAddress?: (request: Request, context: unknown) => string | undefined;
  /**
   * Asked whether a visitor that wants very many different SKUs is a person; false refuses. What throws, or answers neither,
   * lets a badge pass.
   */
  challenge?: (request: Request) => Promise<boolean>;
  /** The shop's words for places, by the suppliers' codes. A place without a word is not shown to a visitor. */
  places?: Record<string, string>;
  /** Shared between instances; each instance has the supplier's whole quota for its own where left out. */
  quota?: QuotaStore;
  /** Answers shared between instances; each keeps its own where left out. */
  cache?: SharedCache;
  /** Told a line of JSON for every failure; `console.log` where left out. No secret is in it. */
  log?: (line: string) => void;
}

/**
 * From where a fleet leases one supplier account's quota. `account` names it without a secret. On Cloudflare it is the
 * Durable Object `QuotaCoordinator` of `stocklane/cloudflare`.
 *
 * While a store cannot be reached (it throws, or takes longer than a second), an instance sends orders, and after 61.5
 * seconds everything else, within a 64th of `requestsPerMinute`: so the whole fleet of up to 64 instances keeps to the
 * rate. Where only some of them are cut off, each adds at most that share to what the others lease.
 */
export interface QuotaStore {
  /**
   * So many requests, to be sent within `validForMs` (at most 1,500 are used) of asking; or none, and when to ask again.
   * The answer's `ticket`, where it has one, comes back with the next question and keeps the place, or with `settle`.
   */
  lease(
    account: string,
    ask: { lane: "order" | "price" | "stock" | "background"; wanted: number; ticket?: number },
  ): Promise<{ granted: number; validForMs: number; retryAfterMs: number; ticket?: number }>;
  /**
   * What of a lease was not sent and will not be; what was sent without one while the store could not be reached; and that
   * the supplier said that it was too much.
   */
  settle(
    account: string,
    report: { unused: number; unleased?: number; ticket?: number; throttled?: { retryAfterMs?: number } },
  ): Promise<void>;
}

/** Answers of one instance for all. Keys are texts of any length; values are what the asked audience may see. */
export interface SharedCache {
  get(key: string): Promise<Uint8Array | null>;
  put(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  /** Whether the caller is the one that asks the supplier, for so long. */
  lead(key: string, forMs: number): Promise<"lead" | "wait">;
  /** Several at once, where the cache can do that. */
  getMany?(keys: string[]): Promise<(Uint8Array | null)[]>;
  putMany?(entries: [key: string, value: Uint8Array][], ttlMs: number): Promise<void>;
}

/**
 * The credential proxy. A visitor has `/availability`, `/offers`, `/search?q=` and `/widgets/<name>`: stock as a state,
 * prices as the shop asks them. `/intercars/…` and `/incocloud/…` mirror the suppliers' paths with rows for buyers and staff:
 * a buyer's documents are its own. `/healthz` is for everybody, `/metrics` (Prometheus) for staff. Everything else does not
 * exist, and no write does. `X-Stocklane-Stale` says how many seconds old an answer is that nobody could ask for anew.
 */
export declare class EdgeProxy {
  constructor(options: ProxyOptions);
  fetch(request: Request, context?: { waitUntil(work: Promise<unknown>): void }): Promise<Response>;
}

/** A session for somebody whom the shop knows. It lives for 15 minutes at most. */
export declare function mintSession(
  claims: {
    sub: string;
    role: Role;
    /** The pages' origins that may use it. */
    origin?: string | string[];
    /** Whom goods may be sent to, and whose documents are read: one customer; staff may hold a list or `*` and name one. */
    shipTo?: string | string[];
    /** The shop's own number of the customer: whose sales are read. */
    partnerId?: number;
    /** This buyer is itself the supplier's customer and may see customer prices. */
    seesCost?: boolean;
    expiresInSeconds: number;
  },
  key: string,
): Promise<string>;

/** The HTML inside an element of `stocklane/widgets`, out of an `Availability` (stock) or an `Offer` (quote). */
export declare function renderWidget(
  name: "stock" | "quote",
  data: unknown,
  options: { lang: Language },
): Promise<string>;
