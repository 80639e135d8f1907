// Cases that run in another process, which answers /cases with their names and /run/<index> with what came of one.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { rethrow } from "./cases.js";
import { prepare, root, start, stopAll } from "./processes.mjs";
import { startSandbox } from "./sandbox.mjs";

/** A test for each case of the process that `serve(sandboxUrl)` starts: `{ url, output() }`. */
export async function testServed(runtime, serve) {
  const { server, names } = await prepare(async () => {
    const sandbox = await startSandbox();
    const server = await serve(sandbox.url);
    return { server, names: await ask(server, "/cases") };
  });
  after(stopAll);
  for (const [index, name] of names.entries()) {
    test(`${runtime}: ${name}`, async () => rethrow(await ask(server, `/run/${index}`)));
  }
  return server;
}

export async function ask({ url, output }, path) {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(60_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}\n\nit said:\n${output()}`);
  return JSON.parse(text);
}

/** The suites in a runtime that reads files as Node does: the program that `$<RUNTIME>` names, or that is on the PATH. */
export async function testRuntime(runtime, args) {
  const variable = runtime.toUpperCase();
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const program = process.env[variable] || folders.map((folder) => join(folder, runtime)).find((file) => existsSync(file));
  if (!program) {
    test(runtime, { skip: `${runtime} is not here: install it, or name its binary in $${variable}` }, () => {});
    return;
  }
  const server = await testServed(runtime, async (sandboxUrl) => {
    const { value: url, output } = await start(program, [...args, join(root, "tests/harness/child.mjs"), runtime, sandboxUrl], {
      ready: (text) => /listening on (\S+)\n/.exec(text)?.[1],
    });
    return { url, output };
  });
  test(`${runtime}: nothing was left uncaught, and nothing warned of`, async () => {
    const mishaps = await ask(server, "/mishaps");
    if (mishaps.length > 0) throw new Error(mishaps.join("\n"));
  });
}
