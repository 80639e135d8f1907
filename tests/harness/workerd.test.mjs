// The shared suites in workerd, bundled and run by `wrangler dev`: each case is a request of its own.
import { test } from "node:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { materialModule, suitesDir } from "./material.mjs";
import { freePort, root, start } from "./processes.mjs";
import { testServed } from "./served.mjs";

const worker = await testServed("workerd", startWorker);

test("workerd: nothing was left uncaught", () => {
  const uncaught = worker.output().split("\n").filter((line) => /uncaught|unhandled/i.test(line));
  if (uncaught.length > 0) throw new Error(`wrangler said:\n${uncaught.join("\n")}`);
});

async function startWorker(sandboxUrl) {
  const generated = join(root, "target/harness");
  mkdirSync(generated, { recursive: true });
  writeFileSync(
    join(generated, "material.js"),
    materialModule({
      conditions: ["workerd", "worker", "browser", "import", "default"],
      chai: "chai",
      cases: join(root, "tests/harness/cases.js"),
      suite: (file) => join(suitesDir, file),
    }),
  );
  const port = await freePort();
  const args = ["dev", "--local", "--show-interactive-dev-session=false", "--ip", "127.0.0.1", "--port", `${port}`, "--inspector-port", `${await freePort()}`, "--persist-to", join(generated, "state"), "--var", `SANDBOX_URL:${sandboxUrl}`];
  const { output } = await start(join(root, "node_modules/.bin/wrangler"), args, {
    cwd: join(root, "tests/harness/worker"),
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_LOG_PATH: join(root, "target/wrangler-logs"), FORCE_COLOR: "0" },
    patience: 90_000,
    ready: (text) => (/Ready on http/.test(text) ? true : undefined),
  });
  return { url: `http://127.0.0.1:${port}`, output };
}
