// The emulated supplier, as tests steer it. No runtime's own name may appear here.

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
    /** A day of its own calendar, so many days ago. */
    day: async (ago) => new Date((await control("GET", "time")).ms - ago * 86_400_000).toISOString().slice(0, 10),
    /** IncoCloud's: options of a client with credentials, the rows of its books, and how to change them. */
    shop: { appId: "sandbox-app", appSecret: "sandbox-app-secret", authUrl: `${url}/connect/api/access_token`, trustedServers: [url] },
    rows: (resource) => control("GET", `incocloud/rows?resource=${resource}`),
    lay: (resource, change) => control("POST", "incocloud/rows", { resource, ...change }),
    /** A token of IncoCloud's. */
    async shopToken() {
      const response = await fetch(`${url}/connect/api/access_token?app_id=sandbox-app&app_secret=sandbox-app-secret`);
      return (await response.json()).token;
    },
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

/** SKUs of the sandbox that can be bought, from number `from` on. */
export function skus(count, from = 1) {
  const found = [];
  for (let number = from; found.length < count; number++) {
    if (number % 53 !== 0) found.push(`SBX${String(number).padStart(6, "0")}`);
  }
  return found;
}
