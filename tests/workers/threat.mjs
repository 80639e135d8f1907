// A threat as it is tested: against the neutral class and against the deployed Worker, each before a supplier as at its start.
import { after, test } from "node:test";
import { prepare, stopAll } from "../harness/processes.mjs";
import { startSandbox } from "../harness/sandbox.mjs";
import { sandboxOf } from "../suites/sandbox.js";
import { inNode, inWorkerd } from "./shop.mjs";
import { startWorker } from "./worker.mjs";

export const { sandbox, workerd } = await prepare(async () => {
  const sandbox = sandboxOf((await startSandbox()).url);
  return { sandbox, workerd: inWorkerd(await startWorker(sandbox.url)) };
});
after(stopAll);

export async function begin() {
  await sandbox.reset();
  await sandbox.clear();
}

/** A threat against both: a proxy of its own in Node, and the Worker that all share. */
export function threat(what, check, options) {
  for (const target of [() => inNode(sandbox, options), () => workerd]) {
    test(`${what} (${target().name})`, async (t) => {
      await begin();
      await check(target(), t);
    });
  }
}

/** One against the class in Node alone. */
export const neutrally = (what, check) =>
  test(`${what} (Node)`, async (t) => {
    await begin();
    await check(t);
  });
