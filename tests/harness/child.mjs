// The shared suites in a process of their own, one case a request: <runtime> <the sandbox's URL>.
import { assert } from "chai";
import { createServer } from "node:http";
import { inspect } from "node:util";
import { gather, runCase } from "./cases.js";
import { load, samples } from "./material.mjs";
import mishaps from "./mishaps.mjs";

const [runtime, sandboxUrl] = process.argv.slice(2);
const { packages, suites } = await load([runtime, "node", "import", "default"]);
const env = { runtime, sandboxUrl, mishaps, inspect: (value) => inspect(value, { depth: 10, showHidden: true }) };
const cases = gather(suites, { assert, samples: samples(), env, ...packages });

async function answer(path) {
  if (path === "/cases") return cases.map((one) => one.name);
  if (path === "/mishaps") return mishaps;
  return runCase(cases[Number(path.slice("/run/".length))]);
}

const server = createServer(async (request, response) => response.end(JSON.stringify(await answer(request.url))));
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
