// The shared suites in Node, on the package as npm installs it.
import { after, test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { assert } from "chai";
import { gather, rethrow, runCase } from "./cases.js";
import { offered, samples, suiteFiles, suitesDir } from "./material.mjs";
import { prepare, stopAll } from "./processes.mjs";
import { startSandbox } from "./sandbox.mjs";

// What nobody catches would end a user's process.
const mishaps = [];
for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, (error) => mishaps.push(`${event}: ${error?.stack ?? error}`));

const cases = await prepare(async () => {
  const packages = {};
  for (const [as, name] of Object.entries(offered(["node", "import", "default"]))) packages[as] = await import(name);
  const suites = {};
  for (const file of suiteFiles()) suites[file] = (await import(pathToFileURL(join(suitesDir, file)))).default;
  const sandbox = await startSandbox();
  return gather(suites, { assert, samples: samples(), env: { runtime: "node", sandboxUrl: sandbox.url, mishaps, inspect: (value) => inspect(value, { depth: 10, showHidden: true }) }, ...packages });
});
after(stopAll);

for (const one of cases) test(`node: ${one.name}`, async () => rethrow(await runCase(one)));
