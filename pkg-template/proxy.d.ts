import type { InterCarsOptions, Language } from "./index.js";

export { StocklaneError } from "./index.js";
export type Role = "visitor" | "buyer" | "staff";

export interface ProxyOptions {
  /** The supplier's account. Origins are fixed here, at construction, never by a request. */
  intercars: InterCarsOptions;
  /** Exact origins whose pages may read answers, as browsers send them. */
  allowedOrigins: string[];
  /**
   * HMAC key of the sessions that the shop's own backend mints, 32 characters or more, and the one before it; without,
   * everybody is a visitor.
   */
  sessionKey?: string | { current: string; previous?: string };
  /** The shop's words for places, by the supplier's codes. A place without a word is not shown to a visitor. */
  places?: Record<string, string>;
  /** Told a line of JSON for every failure; `console.log` where left out. No secret is in it. */
  log?: (line: string) => void;
  /** The supplier's quota, shared between instances; each has its own in memory where left out. */
  quota?: QuotaStore;
  /** Answers, shared between instances; in memory where left out. */
  cache?: SharedCache;
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

/** Answers by key. `lead`: whether this instance is to fetch it, for so long, or another already does. */
export interface SharedCache {
  get(key: string): Promise<Uint8Array | null>;
  /** In the order of the keys. */
  getMany?(keys: string[]): Promise<(Uint8Array | null)[]>;
  put(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  lead(key: string, forMs: number): Promise<"lead" | "wait">;
}

/**
 * The credential proxy. A visitor has `/availability`, `/offers` and `/widgets/<name>`: stock as a state, list prices;
 * `/intercars/…` mirrors the supplier's stock and quote with whole rows for staff. Everything else does not exist.
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
    /** Whom goods may be sent to; staff may hold a list or `*`. */
    shipTo?: string | string[];
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
