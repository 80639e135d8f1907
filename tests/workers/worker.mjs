// The shop's Worker as it is deployed, in workerd, before the emulated supplier.
import { join } from "node:path";
import { freePort, root, start } from "../harness/processes.mjs";

export const ORIGIN = "https://shop.example";
export const KEY = "the key of a shop that exists in these tests only";
export const PREVIOUS = "the key that the shop had until it made another one";

/** Starts www/worker.js with more variables and arguments; resolves to `{ url, output(), stop() }`. */
export async function startWorker(sandboxUrl, more = {}, moreArgs = []) {
  const port = await freePort();
  const variables = {
    IC_BASE_URL: `${sandboxUrl}/ic`,
    IC_TOKEN_URL: `${sandboxUrl}/oauth2/token`,
    IC_CLIENT_ID: "sandbox-client",
    IC_CLIENT_SECRET: "sandbox-secret",
    ALLOWED_ORIGINS: `${ORIGIN}, http://localhost:8787`,
    SESSION_KEY: KEY,
    SESSION_KEY_PREVIOUS: PREVIOUS,
    PLACES: JSON.stringify({ HZA: "Poznań" }),
    // A test asks more than a visitor.
    VISITOR_REQUESTS_PER_MINUTE: "60000",
    ...more,
  };
  const args = ["dev", "--local", "--show-interactive-dev-session=false", "--ip", "127.0.0.1", "--port", `${port}`, "--inspector-port", `${await freePort()}`];
  args.push("--persist-to", join(root, "target/harness", `state-${port}`));
  for (const [name, value] of Object.entries(variables)) args.push("--var", `${name}:${value}`);
  args.push(...moreArgs);
  const { output, stop } = await start(join(root, "node_modules/.bin/wrangler"), args, {
    cwd: join(root, "www"),
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_LOG_PATH: join(root, "target/wrangler-logs"), FORCE_COLOR: "0" },
    patience: 90_000,
    ready: (text) => (/Ready on http/.test(text) ? true : undefined),
  });
  return { url: `http://127.0.0.1:${port}`, output, stop };
}
