// The shared suites in Node, on the package as npm installs it.
import { after, test } from "node:test";
import { inspect } from "node:util";
import { assert } from "chai";
import { gather, rethrow, runCase } from "./cases.js";
import { load, samples } from "./material.mjs";
import mishaps from "./mishaps.mjs";
import { prepare, stopAll } from "./processes.mjs";
import { startSandbox } from "./sandbox.mjs";

const cases = await prepare(async () => {
  const { packages, suites } = await load(["node", "import", "default"]);
  const sandbox = await startSandbox();
  return gather(suites, { assert, samples: samples(), env: { runtime: "node", sandboxUrl: sandbox.url, mishaps, inspect: (value) => inspect(value, { depth: 10, showHidden: true }) }, ...packages });
});
after(stopAll);

for (const one of cases) test(`node: ${one.name}`, async () => rethrow(await runCase(one)));

test("node: nothing was left uncaught, and nothing warned of", () => assert.deepEqual(mishaps, []));
