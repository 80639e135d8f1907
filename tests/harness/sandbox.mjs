// The two suppliers, emulated: one process a test run.
import { join } from "node:path";
import { root, start } from "./processes.mjs";

/** Starts the sandbox on a free port; resolves to `{ url, stop() }`. */
export async function startSandbox() {
  const program = process.env.STOCKLANE_SANDBOX ?? join(root, "target/debug/stocklane-sandbox");
  const ready = (output) => /listening on (http:\/\/\S+?)\/?\s/.exec(output)?.[1];
  const { value: url, stop } = await start(program, ["--port", "0", "--cors"], { ready, patience: 20_000 });
  return { url, stop };
}
