// Clients of the shop's point of sale, as each runtime may have them. No runtime's own name may appear here.

/**
 * Ways to reach the emulated IncoCloud, begun anew. With `holdsCredentials` a client has the application's own; without, as
 * in a page, it asks a proxy, which is played by a fetch that adds the token.
 */
export function pointOfSale({ IncoCloud }, sandbox, holdsCredentials) {
  /** The proxy's part: `fetch` with a token in the query. */
  async function proxying(fetch = globalThis.fetch) {
    const token = encodeURIComponent(await sandbox.shopToken());
    return async (request) => {
      const { method, redirect, signal, url } = request;
      const body = method === "POST" ? await request.arrayBuffer() : undefined;
      return fetch(new Request(`${url}${url.includes("?") ? "&" : "?"}token=${token}`, { method, body, redirect, signal }));
    };
  }

  return {
    async begin() {
      await sandbox.reset();
      await sandbox.clear();
    },
    async connect(options = {}) {
      if (holdsCredentials) return new IncoCloud({ ...sandbox.shop, ...options });
      return new IncoCloud({ baseUrl: sandbox.url, ...options, fetch: await proxying(options.fetch) });
    },
    /** The resource as it is answered, with no package between. */
    async plain(resource, query = {}) {
      const token = await sandbox.shopToken();
      const response = await fetch(`${sandbox.url}/connect/api/${resource}?${new URLSearchParams({ ...query, token })}`);
      if (!response.ok) throw new Error(`${resource}: ${response.status} ${await response.text()}`);
      return JSON.parse(await response.text());
    },
    /** Requests for one operation so far, oldest first. */
    asked: async (operation) => (await sandbox.log()).filter((entry) => entry.operation === operation),
  };
}

/** A service of one's own making: tokens for any server, and `answer` for everything else. */
export function serviceOf(answer, { token = "token-of-a-test", server = "https://server-1.incocloud.com" } = {}) {
  const asked = [];
  const fetch = async (request) => {
    const url = new URL(request.url);
    const body = request.method === "POST" ? await request.text() : undefined;
    asked.push({ method: request.method, url, body });
    if (url.pathname.endsWith("/access_token")) return Response.json({ token, server_url: server });
    const given = await answer(url, { method: request.method, body });
    return given instanceof Response ? given : new Response(typeof given === "string" ? given : JSON.stringify(given));
  };
  return { asked, own: () => asked.filter(({ url }) => !url.pathname.endsWith("/access_token")), options: { appId: "app", appSecret: "app-secret", fetch } };
}
