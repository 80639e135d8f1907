// A defect inside the module: on purpose, in a build for tests. The calls under way are told, and the next one works.
import { rejection } from "./outcome.js";
import { serviceOf } from "./point-of-sale.js";
import { sandboxOf } from "./sandbox.js";
import { sleep } from "./time.js";

const WAYS = ["PROBEPANIC", "PROBESTACK", "PROBEBOUNDS"];

export default function trap({ test, assert, samples, probe, probeEdge, env }) {
  const { IncoCloud, InterCars, StocklaneError, Storefront, decode } = probe;
  const sandbox = sandboxOf(env.sandboxUrl);
  const rows = JSON.parse(samples.stock_text);
  const good = async () => new Response(samples.stock_text);
  const ask = { sku: ["ADDFFF", "ADDFFA"] };

  function isDefect(error) {
    assert.instanceOf(error, StocklaneError);
    assert.equal(error.kind, "internal");
    assert.isFalse(error.retryable);
    assert.match(error.hint, /next call works/);
    assert.isDefined(error.cause);
  }

  async function works(client) {
    assert.deepEqual((await client.stock(ask)).items, rows);
    assert.deepEqual(await decode("stock", samples.stock_text), rows);
  }

  for (const way of WAYS) {
    test(`${way}: the call that met it is rejected, and the next one works`, async () => {
      const client = new InterCars({ fetch: good });
      await works(client);
      for (let round = 0; round < 3; round++) {
        isDefect(await rejection(client.stock({ sku: [way] })));
        await works(client);
        isDefect(await rejection(decode(way, "[]")));
        await works(client);
      }
    });

    test(`${way}: calls under way are rejected, each once, whatever they wait for`, async () => {
      const mishaps = env.mishaps.length;
      const answers = [];
      const later = () => new Promise((resolve) => answers.push(resolve));
      const waiting = [
        // For an answer, with a timer that will ring long after; for a token; for the quota; for a repeat; for a body.
        new InterCars({ fetch: later, timeoutMs: 250 }).stock(ask),
        new InterCars({ fetch: later, clientId: "a", clientSecret: "b", timeoutMs: 250 }).stock(ask),
        new InterCars({ fetch: later, clientId: "a", clientSecret: "b" }).quote({ lines: [{ sku: "A" }] }, { timeoutMs: 250, overallTimeoutMs: 300 }),
        new InterCars({ fetch: () => Promise.reject(new TypeError("down")), timeoutMs: 250 }).stock(ask, { overallTimeoutMs: 300 }),
        new InterCars({ fetch: async () => new Response(new ReadableStream({})), timeoutMs: 250 }).stock(ask),
      ];
      const limited = new InterCars({ fetch: good, requestsPerMinute: 1 });
      await limited.stock(ask);
      waiting.push(limited.stock(ask, { overallTimeoutMs: 300 }));
      const outcomes = Promise.allSettled(waiting);
      await sleep(5);
      isDefect(await rejection(new InterCars({ fetch: good }).stock({ sku: [way] })));
      for (const { reason } of await outcomes) isDefect(reason);

      // What they waited for still comes, to nobody.
      for (const answer of answers) answer(new Response(samples.stock_text));
      await sleep(500);
      assert.deepEqual(env.mishaps.slice(mishaps), []);
      await works(new InterCars({ fetch: good }));
      // Its quota is counted anew, and its options are as they were.
      await works(limited);
    });
  }

  for (const way of WAYS) {
    test(`${way}: so are the point of sale's; of a sale that has left nobody knows`, async () => {
      const mishaps = env.mishaps.length;
      const item = { id: 1, code: "ADDFFF", name: "A", availability: 2 };
      const sale = { location_id: 1, partner_id: 2, details: [{ item_id: 1, quantity: 1, price_out: 2 }] };
      const answers = [];
      let slow = true;
      const service = serviceOf((url, { method }) => (slow ? new Promise((resolve) => answers.push(resolve)) : method === "POST" ? { id: 5 } : [item]));
      // In a page too: a server that is not the supplier's own may be sold at.
      const client = new IncoCloud({ ...service.options, authUrl: "https://own.test/access_token", timeoutMs: 250 });
      const storefront = () => new Storefront({ intercars: new InterCars({ fetch: good }), incocloud: client });
      const later = () => new Promise((resolve) => answers.push(resolve));
      const ofSupplier = (fetch) => new Storefront({ intercars: new InterCars({ fetch, timeoutMs: 250 }) });
      const both = storefront();
      const written = client.createSale(sale, { idempotencyKey: "till-7" });
      const waiting = [client.items(), client.sync("item"), client.list("sale", { from_date: "2026-01-01", to_date: "2026-06-01" }), both.availability(["ADDFFF"]), ofSupplier(later).availability(["A"]), storefront().offers([{ sku: "ADDFFF" }]), storefront().unmatched()];
      const outcomes = Promise.allSettled([written, ...waiting]);
      while (answers.length < 5) await sleep(5);
      assert.isTrue(service.own().some(({ method }) => method === "POST"));
      isDefect(await rejection(ofSupplier(good).availability([way])));
      const [unknown, ...others] = await outcomes;
      assert.deepInclude({ ...unknown.reason }, { kind: "unknown_outcome", idempotencyKey: "till-7" });
      isDefect(unknown.reason.cause);
      for (const { reason } of others) isDefect(reason);

      slow = false;
      for (const answer of answers) answer(Response.json([item]));
      assert.deepEqual(await client.items(), [item]);
      assert.deepEqual((await client.sync("item")).added, [item]);
      assert.deepEqual(await client.createSale(sale), { id: 5 });
      const [found] = await both.availability(["ADDFFF"]);
      assert.equal(found.state, "in_stock");
      assert.deepEqual(found.places.map(({ source }) => source), ["incocloud", ...rows.filter(({ sku }) => sku === "ADDFFF").map(() => "intercars")]);
      await works(new InterCars({ fetch: good }));
      assert.deepEqual(env.mishaps.slice(mishaps), []);
    });
  }

  test("a client that was never touched by the defect, nor the package beside it, notices anything", async () => {
    const before = new InterCars({ fetch: good });
    await before.stock(ask);
    isDefect(await rejection(new InterCars({ fetch: good }).stock({ sku: ["PROBEPANIC"] })));
    const signal = AbortSignal.timeout(5000);
    await Promise.all(Array.from({ length: 20 }, () => before.stock(ask, { signal })));
  });

  if (env.runtime === "chromium") {
    test("a page's first module and the one for the rest do not stop each other's calls", async () => {
      const item = { id: 1, code: "ADDFFF", name: "A" };
      const answers = [];
      const later = () => new Promise((resolve) => answers.push(resolve));
      const service = serviceOf(later);
      const waiting = new IncoCloud(service.options).items();
      while (answers.length < 1) await sleep(5);
      isDefect(await rejection(new InterCars({ fetch: good }).stock({ sku: ["PROBEPANIC"] })));
      answers[0]([item]);
      assert.deepEqual(await waiting, [item]);

      const other = new InterCars({ fetch: later }).stock(ask);
      while (answers.length < 2) await sleep(5);
      isDefect(await rejection(new Storefront({ intercars: new InterCars({ fetch: good }) }).availability(["PROBEPANIC"])));
      answers[1](new Response(samples.stock_text));
      assert.deepEqual((await other).items, rows);
    });
  }

  if (!probeEdge) return;

  for (const way of WAYS) {
    test(`${way}: the proxy answers with a problem, and the next request as ever`, async () => {
      await sandbox.reset();
      await sandbox.clear();
      const lines = [];
      const proxy = new probeEdge.EdgeProxy({
        intercars: { clientId: "sandbox-client", clientSecret: "sandbox-secret", baseUrl: sandbox.baseUrl, tokenUrl: sandbox.tokenUrl, timeoutMs: 2000 },
        allowedOrigins: [],
        log: (line) => lines.push(JSON.parse(line)),
      });
      const get = (path) => proxy.fetch(new Request(`https://proxy.test${path}`));
      assert.equal((await get("/availability?sku=ADDFFF")).status, 200);
      await sandbox.faults({ match: { operation: "stock" }, times: 1, delayMs: 300 });
      const waiting = get("/availability?sku=ADDFFA");
      await sleep(100);
      const answers = [await get(`/availability?sku=${way}`), await waiting];
      for (const answer of answers) {
        assert.equal(answer.status, 500);
        assert.equal(answer.headers.get("Content-Type"), "application/problem+json");
        const problem = await answer.json();
        assert.deepInclude(problem, { status: 500, kind: "internal" });
        assert.isTrue(lines.some(({ correlationId }) => correlationId === problem.correlationId));
      }
      assert.notInclude(JSON.stringify(lines), "sandbox-secret");
      assert.equal((await get("/availability?sku=ADDFFF,ADDFFA")).status, 200);
      await sleep(300);
      assert.equal((await get("/offers?sku=ADDFFA")).status, 200);
    });
  }
}
