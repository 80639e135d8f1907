import type { ProxyOptions, QuotaStore, SharedCache } from "./proxy.js";

/**
 * A module Worker out of its environment. Without `configure` it reads IC_CLIENT_ID, IC_CLIENT_SECRET, IC_BASE_URL,
 * IC_TOKEN_URL, IC_LANGUAGE, IC_REQUESTS_PER_MINUTE (600); INCO_APP_ID, INCO_APP_SECRET, INCO_AUTH_URL,
 * INCO_TRUSTED_SERVERS (by commas); ALLOWED_ORIGINS (by commas), SESSION_KEY, SESSION_KEY_PREVIOUS,
 * VISITOR_REQUESTS_PER_MINUTE, TURNSTILE_SECRET; and as JSON MATCH, SHOP, POLICY, PRICING and PLACES. Where QUOTA binds a
 * `QuotaCoordinator`, all instances share the supplier's quota and answers, unless `configure` gives stores of its own.
 */
export declare function createWorker(configure?: (env: any) => ProxyOptions): {
  fetch(request: Request, env: unknown, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response>;
};

/** A `challenge` that asks Cloudflare's Turnstile about the token that the page sends as `X-Stocklane-Challenge`. */
export declare function turnstile(
  secret: string,
  options?: { url?: string; fetch?: typeof fetch },
): (request: Request) => Promise<boolean>;

/**
 * What all instances share, as a Durable Object with SQLite storage: one object a supplier account keeps its quota, one
 * keeps answers, in memory. Export it from the Worker, bind it as QUOTA and name it in a migration (`new_sqlite_classes`). A restart
 * forgets no lease. The rate is IC_REQUESTS_PER_MINUTE of its environment, 600 where that is not set.
 */
export declare class QuotaCoordinator {
  constructor(context: any, env: any);
  lease(ask: Parameters<QuotaStore["lease"]>[1]): Awaited<ReturnType<QuotaStore["lease"]>>;
  settle(report: Parameters<QuotaStore["settle"]>[1]): void;
  get(key: string): Uint8Array | null;
  getMany(keys: string[]): (Uint8Array | null)[];
  /** At most 20,000 answers and 64 MB; the oldest goes first. An answer above 1 MB is not kept. */
  put(key: string, value: Uint8Array, ttlMs: number): void;
  putMany(entries: [key: string, value: Uint8Array][], ttlMs: number): void;
  lead(key: string, forMs: number): Awaited<ReturnType<SharedCache["lead"]>>;
}
