// What several suites need. No runtime's own name may appear here.

/** The sandbox's control routes, and the options by which a client speaks to it. */
export function sandboxOf(url) {
  const control = async (method, path, body) => {
    const response = await fetch(`${url}/_sandbox/${path}`, { method, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    baseUrl: `${url}/ic`,
    tokenUrl: `${url}/oauth2/token`,
    reset: () => control("POST", "reset").then(() => control("PUT", "settings", { cors: true })),
    faults: (...rules) => control("POST", "faults", rules),
    clear: () => control("DELETE", "faults"),
    revoke: () => control("DELETE", "tokens"),
    settings: (some) => control("PUT", "settings", some),
    counters: () => control("GET", "counters"),
    log: () => control("GET", "log"),
    /** A token as a shop's backend would fetch it. */
    async token(id = "sandbox-client", secret = "sandbox-secret") {
      const response = await fetch(`${url}/oauth2/token`, {
        method: "POST",
        headers: { Authorization: `Basic ${btoa(`${id}:${secret}`)}`, "Content-Type": "application/x-www-form-urlencoded" },
        body: "grant_type=client_credentials&scope=allinone",
      });
      return (await response.json()).access_token;
    },
  };
}

/** What a promise rejects with; an error where it does not. */
export async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`resolved, to ${JSON.stringify(value)?.slice(0, 200)}`);
}

/** Numbers from 0 to 1, the same on every run. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** SKUs of the sandbox that can be bought, from number `from` on. */
export function skus(count, from = 1) {
  const found = [];
  for (let number = from; found.length < count; number++) {
    if (number % 53 !== 0) found.push(`SBX${String(number).padStart(6, "0")}`);
  }
  return found;
}

/** All that can be read of a value without a debugger: own fields of every kind, prototype's getters, text, JSON, stack, cause. */
export function told(value, depth = 0) {
  if (typeof value === "string") return value;
  if (typeof value === "function") return `${value} ${told({ ...value }, depth + 1)}`;
  if (typeof value !== "object" || value === null || depth > 6) return String(value);
  const parts = [];
  const attempt = (work) => {
    try {
      parts.push(String(work()));
    } catch (error) {
      parts.push(String(error));
    }
  };
  attempt(() => JSON.stringify(value));
  attempt(() => String(value));
  attempt(() => value.stack);
  for (let owner = value; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const key of Reflect.ownKeys(owner)) {
      parts.push(String(key));
      if (key === "constructor") continue;
      attempt(() => told(value[key], depth + 1));
    }
  }
  return parts.join("\n");
}
