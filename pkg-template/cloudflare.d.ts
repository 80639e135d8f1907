import type { ProxyOptions } from "./proxy.js";

/**
 * A module Worker out of its environment. Without `configure` it reads IC_CLIENT_ID, IC_CLIENT_SECRET, IC_BASE_URL,
 * IC_TOKEN_URL, IC_LANGUAGE, ALLOWED_ORIGINS (by commas), PLACES (JSON), SESSION_KEY and SESSION_KEY_PREVIOUS.
 */
export declare function createWorker(configure?: (env: any) => ProxyOptions): {
  fetch(request: Request, env: unknown, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response>;
};
