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
