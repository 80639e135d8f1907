// A fleet in small: instances of the proxy that share nothing but the coordinator, half of them in another isolate.
import { createWorker } from "stocklane/cloudflare";

export { QuotaCoordinator } from "stocklane/cloudflare";

const instances = Array.from({ length: 4 }, () => createWorker());

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    // The coordinator as it is, beside the proxy.
    if (pathname === "/object") {
      const [method, ...args] = JSON.parse(searchParams.get("call"));
      const object = env.QUOTA.get(env.QUOTA.idFromName(searchParams.get("name")));
      const taken = args.map((arg) => (typeof arg === "object" && arg?.bytes ? new Uint8Array(arg.bytes) : arg));
      return Response.json((await object[method](...taken)) ?? null);
    }
    const number = Number(request.headers.get("X-Instance"));
    if (number < 4) return instances[number].fetch(request, env, context);
    const variables = Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value === "string"));
    const headers = { "X-Instance": `${number}`, "X-Variables": JSON.stringify(variables) };
    return env.SECOND.fetch(new Request(request, { headers }));
  },
};
