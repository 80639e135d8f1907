// The deployable Worker.
import { invalid } from "./errors.js";
import { EdgeProxy } from "./edge.workerd.js";
import { problem } from "./problem.js";

export { QuotaCoordinator } from "./quota-coordinator.js";

/** Reads the documented variable names. */
function configured(env) {
  const list = (text) => (text ?? "").split(",").map((entry) => entry.trim()).filter(Boolean);
  // One of a pair alone is a slip, which the proxy names; without both the shop does not have this supplier.
  const account = (id, secret, others) => (id || secret ? others : undefined);
  const data = (name) => {
    try {
      return env[name] ? JSON.parse(env[name]) : undefined;
    } catch {
      throw invalid(`the variable ${name} is no JSON`);
    }
  };
  const { TURNSTILE_SECRET: turnstileSecret, VISITOR_REQUESTS_PER_MINUTE: perMinute } = env;
  return {
    intercars: account(env.IC_CLIENT_ID, env.IC_CLIENT_SECRET, {
      clientId: env.IC_CLIENT_ID,
      clientSecret: env.IC_CLIENT_SECRET,
      baseUrl: env.IC_BASE_URL,
      tokenUrl: env.IC_TOKEN_URL,
      language: env.IC_LANGUAGE,
      requestsPerMinute: env.IC_REQUESTS_PER_MINUTE ? Number(env.IC_REQUESTS_PER_MINUTE) : undefined,
    }),
    incocloud: account(env.INCO_APP_ID, env.INCO_APP_SECRET, {
      appId: env.INCO_APP_ID,
      appSecret: env.INCO_APP_SECRET,
      authUrl: env.INCO_AUTH_URL,
      trustedServers: list(env.INCO_TRUSTED_SERVERS),
    }),
    match: data("MATCH"),
    shop: data("SHOP"),
    policy: data("POLICY"),
    pricing: data("PRICING"),
    places: data("PLACES"),
    allowedOrigins: list(env.ALLOWED_ORIGINS),
    sessionKey: env.SESSION_KEY ? { current: env.SESSION_KEY, previous: env.SESSION_KEY_PREVIOUS } : undefined,
    visitorRequestsPerMinute: perMinute ? Number(perMinute) : undefined,
    // Cloudflare writes this header itself: whatever a visitor sends under its name is overwritten.
    clientAddress: (request) => request.headers.get("CF-Connecting-IP") ?? undefined,
    challenge: turnstileSecret ? turnstile(turnstileSecret) : undefined,
  };
}

/**
 * Asks Turnstile about the token that the page sends as `X-Stocklane-Challenge`. A token counts once; Turnstile itself
 * refuses it the second time.
 */
export function turnstile(secret, { url = "https://challenges.cloudflare.com/turnstile/v0/siteverify", fetch = globalThis.fetch } = {}) {
  return async (request) => {
    const token = request.headers.get("X-Stocklane-Challenge");
    if (!token) return false;
    const body = new URLSearchParams({ secret, response: token, remoteip: request.headers.get("CF-Connecting-IP") ?? "" });
    const response = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(3000) });
    // Whoever cannot be asked has not said no.
    if (!response.ok) throw new Error(`Turnstile answered ${response.status}`);
    return (await response.json()).success === true;
  };
}

/** The stores that all instances share, where the environment binds a `QuotaCoordinator` as QUOTA. */
function shared(env) {
  if (!env.QUOTA) return {};
  // A stub for each question: one that belongs to another request may not be used, and one that has failed stays broken.
  const object = (name) => env.QUOTA.get(env.QUOTA.idFromName(name));
  // Answers have an object of their own: however many are asked for, no lease waits for them.
  const answers = () => object("answers");
  return {
    quota: {
      lease: (account, ask) => object(account).lease(ask),
      settle: (account, report) => object(account).settle(report),
    },
    cache: {
      get: (key) => answers().get(key),
      getMany: (keys) => answers().getMany(keys),
      put: (key, value, ttlMs) => answers().put(key, value, ttlMs),
      putMany: (entries, ttlMs) => answers().putMany(entries, ttlMs),
      lead: (key, forMs) => answers().lead(key, forMs),
    },
  };
}

/** A module Worker out of its environment. */
export function createWorker(configure = configured) {
  // One proxy an isolate and environment: its cache, token and quota live as long as they do.
  const proxies = new WeakMap();
  return {
    async fetch(request, env, context) {
      let proxy = proxies.get(env);
      if (!proxy) {
        try {
          proxy = new EdgeProxy({ ...shared(env), ...configure(env) });
        } catch (error) {
          // A slip in a variable: the log names it, and visitors are told nothing of it.
          return problem("This Worker is not set up", error, console.log);
        }
        proxies.set(env, proxy);
      }
      return proxy.fetch(request, context);
    },
  };
}
