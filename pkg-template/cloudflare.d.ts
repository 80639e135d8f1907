import type { ProxyOptions } from "./proxy.js";

/**
 * A module Worker out of its environment. Without `configure` it reads IC_CLIENT_ID, IC_CLIENT_SECRET, IC_BASE_URL,
 * IC_TOKEN_URL, IC_LANGUAGE; INCO_APP_ID, INCO_APP_SECRET, INCO_AUTH_URL, INCO_TRUSTED_SERVERS (by commas); ALLOWED_ORIGINS
 * (by commas), SESSION_KEY, SESSION_KEY_PREVIOUS, VISITOR_REQUESTS_PER_MINUTE, TURNSTILE_SECRET; and as JSON MATCH, SHOP,
 * POLICY, PRICING and PLACES.
 */
export declare function createWorker(configure?: (env: any) => ProxyOptions): {
  fetch(request: Request, env: unknown, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response>;
};

/** A `challenge` that asks Cloudflare's Turnstile about the token that the page sends as `X-Stocklane-Challenge`. */
export declare function turnstile(
  secret: string,
  options?: { url?: string; fetch?: typeof fetch },
): (request: Request) => Promise<boolean>;
