// A sandbox, and for each test a Worker that nobody has asked yet.
import { startSandbox } from "../harness/sandbox.mjs";
import { prepare } from "../harness/processes.mjs";
import { sandboxOf } from "../suites/sandbox.js";
import { startWorker } from "./worker.mjs";

export function freshRun() {
  let starting;
  let before;
  return () =>
    prepare(async () => {
      starting ??= startSandbox();
      const sandbox = sandboxOf((await starting).url);
      await before?.stop();
      await sandbox.reset();
      await sandbox.clear();
      const worker = (before = await startWorker(sandbox.url));
      const get = async (path, init) => {
        const response = await fetch(worker.url + path, { signal: AbortSignal.timeout(60_000), ...init });
        return { status: response.status, headers: response.headers, body: await response.text() };
      };
      return { ...worker, sandbox, get };
    });
}
