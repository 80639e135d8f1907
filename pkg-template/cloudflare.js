// The deployable Worker.
import { EdgeProxy } from "./edge.workerd.js";

export { QuotaCoordinator } from "./quota-coordinator.js";

/** Reads the documented variable names. */
function configured(env) {
  const list = (text) => (text ?? "").split(",").map((entry) => entry.trim()).filter(Boolean);
  return {
    intercars: {
      clientId: env.IC_CLIENT_ID,
      clientSecret: env.IC_CLIENT_SECRET,
      baseUrl: env.IC_BASE_URL,
      tokenUrl: env.IC_TOKEN_URL,
      language: env.IC_LANGUAGE,
      requestsPerMinute: env.IC_REQUESTS_PER_MINUTE ? Number(env.IC_REQUESTS_PER_MINUTE) : undefined,
    },
    allowedOrigins: list(env.ALLOWED_ORIGINS),
    places: env.PLACES ? JSON.parse(env.PLACES) : {},
    sessionKey: env.SESSION_KEY ? { current: env.SESSION_KEY, previous: env.SESSION_KEY_PREVIOUS } : undefined,
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
      if (!proxies.has(env)) proxies.set(env, new EdgeProxy({ ...shared(env), ...configure(env) }));
      return proxies.get(env).fetch(request, context);
    },
  };
}
