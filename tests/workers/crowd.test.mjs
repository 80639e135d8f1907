// A crowd at one isolate, cold: everybody is answered, and the supplier hears little of it.
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { freshRun } from "./run.mjs";
import { stopAll } from "../harness/processes.mjs";

const skus = (from, count) => Array.from({ length: count }, (_, at) => `SBX${String(from + at).padStart(6, "0")}`);
const together = (count, ask) => Promise.all(Array.from({ length: count }, (_, at) => ask(at)));

const run = freshRun();
after(stopAll);

test("1,000 ask for the same hundred parts: one token, one request", async () => {
  const { sandbox, get } = await run();
  const path = `/availability?sku=${skus(1, 100)}`;
  const answers = await together(1000, () => get(path));
  assert.deepEqual(answers.filter(({ status }) => status !== 200).slice(0, 3), []);
  assert.equal(new Set(answers.map(({ body }) => body)).size, 1);
  assert.equal(JSON.parse(answers[0].body).length, 100);
  const { tokens, byOperation } = await sandbox.counters();
  assert.deepEqual({ tokens, stock: byOperation.stock }, { tokens: 1, stock: 1 });
});

test("1,000 ask for a part each: a dozen requests", async (t) => {
  const { sandbox, get } = await run();
  const answers = await together(1000, (at) => get(`/availability?sku=${skus(1 + at, 1)}`));
  for (const [at, { status, body }] of answers.entries()) {
    assert.equal(status, 200, body);
    assert.equal(JSON.parse(body)[0].sku, skus(1 + at, 1)[0]);
  }
  const { tokens, byOperation } = await sandbox.counters();
  t.diagnostic(`${byOperation.stock} requests of the supplier`);
  assert.equal(tokens, 1);
  assert.ok(byOperation.stock <= 20, `${byOperation.stock} requests`);
});

test("300 leave while the supplier is slow: all others are answered", async (t) => {
  const { sandbox, get, output } = await run();
  await sandbox.faults({ match: { operation: "stock" }, times: 0, delayMs: 800 }, { match: { operation: "token" }, times: 0, delayMs: 300 });
  const gone = together(300, async (at) => {
    const path = at % 2 ? `/availability?sku=${skus(1, 50)}` : `/availability?sku=${skus(1 + at, 1)}`;
    await get(path, { signal: AbortSignal.timeout(50 + at) }).catch(() => {});
  });
  const patient = together(300, (at) => get(at % 2 ? `/availability?sku=${skus(1, 50)}` : `/availability?sku=${skus(1 + at, 1)}`));
  const late = new Promise((resolve) => setTimeout(resolve, 400)).then(() => together(50, (at) => get(`/availability?sku=${skus(1 + at, 2)}`)));
  const answers = [...(await patient), ...(await late)];
  await gone;
  assert.deepEqual(answers.filter(({ status }) => status !== 200).slice(0, 3), []);
  const { tokens, byOperation } = await sandbox.counters();
  t.diagnostic(`${byOperation.stock} requests of the supplier`);
  assert.equal(tokens, 1);
  assert.ok(byOperation.stock <= 20, `${byOperation.stock} requests`);
  // Beside a line for each request, and workerd's own words about pipes that ended.
  const complaints = output().split("\n").filter((line) => !/\bGET \/|disconnected/.test(line) && /uncaught|hung|never generate|cancell?ed/i.test(line));
  assert.deepEqual(complaints, []);
});

test("1,000 ask for offers and badges at once, while the first answers fail", async () => {
  const { sandbox, get } = await run();
  await sandbox.faults({ match: { operation: "stock" }, fault: { kind: "internal" } }, { match: { operation: "quote" }, fault: { kind: "cut", commit: true } });
  const answers = await together(1000, (at) => get(at % 2 ? `/widgets/stock?sku=${skus(1, 20)}` : `/offers?sku=${skus(1, 20)}`));
  assert.deepEqual(answers.filter(({ status }) => status !== 200).slice(0, 3), []);
  const { tokens, byOperation } = await sandbox.counters();
  assert.deepEqual({ tokens, stock: byOperation.stock, quote: byOperation.quote }, { tokens: 1, stock: 2, quote: 2 });
});
