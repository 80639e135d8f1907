// Eight instances of the proxy in two isolates, one coordinator, and what the supplier counts: in workerd.
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { EdgeProxy } from "stocklane/edge";
import { freePort, prepare, root, start, stopAll } from "../harness/processes.mjs";
import { startSandbox } from "../harness/sandbox.mjs";
import { sandboxOf } from "../suites/sandbox.js";

const RATE = 60;
const INSTANCES = 8;
const state = join(root, "target/harness/state-fleet");

const sandbox = await prepare(async () => {
  await rm(state, { recursive: true, force: true });
  return sandboxOf((await startSandbox()).url);
});
after(stopAll);

/** Both Workers, on what the storage holds. */
async function startFleet() {
  const port = await freePort();
  const variables = {
    IC_BASE_URL: sandbox.baseUrl,
    IC_TOKEN_URL: sandbox.tokenUrl,
    IC_CLIENT_ID: "sandbox-client",
    IC_CLIENT_SECRET: "sandbox-secret",
    IC_REQUESTS_PER_MINUTE: `${RATE}`,
    ALLOWED_ORIGINS: "https://shop.example",
  };
  const args = ["dev", "--local", "--show-interactive-dev-session=false", "-c", "wrangler.toml", "-c", "second/wrangler.toml"];
  args.push("--ip", "127.0.0.1", "--port", `${port}`, "--inspector-port", `${await freePort()}`, "--persist-to", state);
  for (const [name, value] of Object.entries(variables)) args.push("--var", `${name}:${value}`);
  const { output, stop } = await start(join(root, "node_modules/.bin/wrangler"), args, {
    cwd: join(root, "tests/workers/fleet"),
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_LOG_PATH: join(root, "target/wrangler-logs"), FORCE_COLOR: "0" },
    patience: 90_000,
    ready: (text) => (/Ready on http/.test(text) ? true : undefined),
  });
  const url = `http://127.0.0.1:${port}`;
  const call = async (name, ...what) => {
    const response = await fetch(`${url}/object?name=${name}&call=${encodeURIComponent(JSON.stringify(what))}`);
    assert.equal(response.status, 200, output());
    return response.json();
  };
  return { url, output, stop, call };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks each instance for another part again and again, for so long; the answers' statuses. */
async function crowd(url, from, forMs) {
  const until = Date.now() + forMs;
  const signal = AbortSignal.timeout(forMs + 500);
  const statuses = [];
  let next = from;
  const one = async (instance) => {
    while (Date.now() < until) {
      const sku = `SBX${String(next++).padStart(6, "0")}`;
      const answer = fetch(`${url}/availability?sku=${sku}`, { headers: { "X-Instance": `${instance}` }, signal });
      answer.then(async (answer) => statuses.push(answer.status === 200 ? 200 : `${answer.status} ${await answer.text()}`)).catch(() => {});
      await Promise.race([answer.catch(() => {}), pause(1_000)]);
    }
  };
  await Promise.all(Array.from({ length: INSTANCES }, (_, instance) => one(instance)));
  await pause(600);
  return statuses;
}

test("a store of one's own is asked by a name that tells no secret, and is told what the supplier said", async () => {
  await sandbox.reset();
  await sandbox.clear();
  const asked = [];
  const told = [];
  const quota = {
    async lease(account, ask) {
      asked.push({ account, ...ask });
      return { granted: 1, validForMs: 1_000, retryAfterMs: 0, ticket: 5 };
    },
    async settle(account, report) {
      told.push({ account, ...report });
    },
  };
  const { baseUrl, tokenUrl } = sandbox;
  const proxy = (clientId, clientSecret) =>
    new EdgeProxy({ intercars: { clientId, clientSecret, baseUrl, tokenUrl, maxRetries: 0 }, allowedOrigins: [], quota, log: () => {} });
  const ask = (proxy, sku) => proxy.fetch(new Request(`https://proxy.test/availability?sku=${sku}`));
  const [mine, twin, other] = [proxy("sandbox-client", "sandbox-secret"), proxy("sandbox-client", "sandbox-secret"), proxy("second-client", "second-secret")];
  for (const one of [mine, twin, other]) assert.equal((await ask(one, "SBX000001")).status, 200);
  assert.deepEqual(asked.map(({ lane, wanted }) => [lane, wanted]), Array(3).fill(["stock", 1]));
  const names = asked.map(({ account }) => account);
  assert.match(names[0], /^[0-9a-f]{16}$/);
  assert.ok(names[0] === names[1] && names[1] !== names[2], names.join());
  assert.deepEqual(told, []);
  await sandbox.faults({ match: { operation: "stock" }, fault: { kind: "throttle", retryAfter: "7" } });
  assert.equal((await ask(mine, "SBX000002")).status, 429);
  assert.equal(told.length, 1);
  assert.ok(told[0].account === names[0] && told[0].throttled.retryAfterMs > 5_000 && told[0].throttled.retryAfterMs <= 7_000, JSON.stringify(told));
});

test("instances in two isolates keep to one quota, also when the coordinator starts anew", async (t) => {
  await sandbox.reset();
  await sandbox.settings({ rate: RATE });
  const first = await startFleet();
  const before = await crowd(first.url, 1, 8_000);
  const half = await sandbox.counters();
  await first.stop();
  const second = await startFleet();
  const after = await crowd(second.url, 10_000, 62_000);
  const { accounts } = await sandbox.counters();
  const { total, throttled, maxInAnyMinute } = accounts["sandbox-client"];
  t.diagnostic(`${half.accounts["sandbox-client"].total} before the restart, ${total} in all, ${maxInAnyMinute} in a minute`);
  // Whoever would wait for longer than half a minute is told so; nobody is told anything else.
  assert.deepEqual([...new Set(before)], [200]);
  assert.deepEqual(after.filter((status) => status !== 200 && !/^504 .*"kind":"timeout"/.test(status)), []);
  assert.ok(after.filter((status) => status === 200).length >= RATE / 2, "many are answered");
  assert.equal(throttled, 0);
  assert.ok(maxInAnyMinute <= RATE, `${maxInAnyMinute} in a minute`);
  assert.ok(maxInAnyMinute >= 0.9 * RATE, `${maxInAnyMinute} in a minute`);
  assert.ok(half.accounts["sandbox-client"].total >= RATE / 2, "half of it at once");
  const complaints = second.output().split("\n").filter((line) => /uncaught|hung|never generate/i.test(line));
  assert.deepEqual(complaints, []);
  await second.stop();
});

test("the object keeps answers for their time, and names one leader", async () => {
  const fleet = await startFleet();
  const bytes = (...values) => ({ bytes: values });
  const shown = (value) => value && Object.values(value);
  await fleet.call("answers", "put", "a", bytes(1, 2, 3), 60_000);
  await fleet.call("answers", "put", "b", bytes(4), 50);
  await fleet.call("answers", "put", "a", bytes(5, 6), 60_000);
  await pause(100);
  const found = await fleet.call("answers", "getMany", ["a", "b", "c"]);
  assert.deepEqual(found.map(shown), [[5, 6], null, null]);
  assert.deepEqual(shown(await fleet.call("answers", "get", "a")), [5, 6]);
  const leaders = await Promise.all(Array.from({ length: 20 }, () => fleet.call("answers", "lead", "c", 400)));
  assert.equal(leaders.filter((turn) => turn === "lead").length, 1);
  await pause(450);
  assert.equal(await fleet.call("answers", "lead", "c", 400), "lead", "a leader that is gone is replaced");
  await fleet.call("answers", "put", "c", bytes(7), 60_000);
  assert.equal(await fleet.call("answers", "lead", "c", 400), "lead", "and one that is done");
  await fleet.stop();
});
