// A Worker that runs the shared suites: /cases names them, /run/<index> runs one.
import { assert, gather, packages, runCase, samples, suites } from "../../../target/harness/material.js";

// What nobody catches would stand in a user's log.
const mishaps = [];
addEventListener("error", (event) => mishaps.push(`error: ${event.error?.stack ?? event.message}`));
addEventListener("unhandledrejection", (event) => mishaps.push(`unhandledrejection: ${event.reason?.stack ?? event.reason}`));

export default {
  async fetch(request, env) {
    try {
      return await answer(new URL(request.url).pathname, env);
    } catch (error) {
      // Plain text: wrangler would make a page of it.
      return new Response(error.stack, { status: 500 });
    }
  },
};

async function answer(pathname, env) {
  // Gathered anew: nothing that a case keeps may belong to another request.
  const context = { assert, samples, env: { runtime: "workerd", mishaps, sandboxUrl: env.SANDBOX_URL }, ...packages };
  const cases = gather(suites, context);
  if (pathname === "/cases") return Response.json(cases.map((one) => one.name));
  const one = cases[Number(/^\/run\/(\d+)$/.exec(pathname)?.[1])];
  return one ? Response.json(await runCase(one)) : new Response("not here", { status: 404 });
}
