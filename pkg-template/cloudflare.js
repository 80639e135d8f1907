// The deployable Worker.
import { EdgeProxy } from "./proxy.workerd.js";

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
    },
    allowedOrigins: list(env.ALLOWED_ORIGINS),
    places: env.PLACES ? JSON.parse(env.PLACES) : {},
    sessionKey: env.SESSION_KEY ? { current: env.SESSION_KEY, previous: env.SESSION_KEY_PREVIOUS } : undefined,
  };
}

/** A module Worker out of its environment. */
export function createWorker(configure = configured) {
  // One proxy an isolate and environment: its cache, token and quota live as long as they do.
  const proxies = new WeakMap();
  return {
    async fetch(request, env, context) {
      if (!proxies.has(env)) proxies.set(env, new EdgeProxy(configure(env)));
      return proxies.get(env).fetch(request, context);
    },
  };
}
