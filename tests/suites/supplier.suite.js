// The whole of the supplier, emulated: large pulls, orders, and what must never happen twice.
import { rejection } from "./outcome.js";
import { sandboxOf, skus } from "./sandbox.js";

export default function supplier({ test, assert, stocklane, env }) {
  const { InterCars } = stocklane;
  const sandbox = sandboxOf(env.sandboxUrl);
  // A page never holds credentials: there the client gets a token as a shop's backend would hand it out.
  async function connect(options = {}) {
    await sandbox.reset();
    await sandbox.clear();
    // The quota has tests of its own; these would wait for it.
    await sandbox.settings({ rate: 1_000_000 });
    const base = { baseUrl: sandbox.baseUrl, requestsPerMinute: 100_000, ...options };
    if (env.runtime === "chromium") {
      const token = await sandbox.token();
      return new InterCars({ ...base, bearer: () => token });
    }
    return new InterCars({ ...base, tokenUrl: sandbox.tokenUrl, clientId: "sandbox-client", clientSecret: "sandbox-secret" });
  }
  const control = (path) => fetch(`${env.sandboxUrl}/_sandbox/${path}`).then((response) => response.json());
  const asked = async (operation) => (await sandbox.counters()).byOperation[operation] ?? 0;
  const { day } = sandbox;

  test("5,000 SKUs are asked for in 50 requests, each answered or named", async () => {
    const client = await connect();
    const keys = [...skus(4_998), "BAD000001", "UNKNOWN7"];
    const progress = [];
    const { items, skipped } = await client.stock({ sku: keys }, { onProgress: (step) => progress.push(step) });
    assert.equal(await asked("stock"), 50);
    const answered = new Set(items.map(({ sku }) => sku));
    const named = skipped.map(({ sku }) => sku);
    assert.sameMembers([...answered, ...named], keys);
    assert.includeMembers(named, ["BAD000001", "UNKNOWN7"]);
    assert.isAbove(answered.size, 4_900);
    assert.deepEqual(progress.at(-1), { done: 50, total: 50 });
  });

  test("one poisonous SKU costs its neighbours nothing", async () => {
    const client = await connect();
    const good = skus(120);
    const { items, skipped } = await client.stock({ sku: [...good.slice(0, 60), "POISON1", ...good.slice(60)] });
    assert.equal(new Set(items.map(({ sku }) => sku)).size, 120);
    assert.deepEqual(skipped.map(({ sku, code }) => [sku, code]), [["POISON1", "ICF201"]]);
    // The batches' parts come in the order asked for, though some were asked again.
    const half = (sku) => Math.floor(good.indexOf(sku) / 60);
    const halves = items.map(({ sku }) => half(sku));
    assert.deepEqual(halves, halves.toSorted?.() ?? [...halves].sort());
  });

  for (const windowLastDay of ["inclusive", "exclusive"]) {
    test(`90 days of deliveries come each exactly once in 45 windows, a window's last day being ${windowLastDay}`, async () => {
      const client = await connect();
      await sandbox.settings({ windowLastDay });
      const range = { from: await day(100), to: await day(11) };
      const pager = client.searchDeliveries(range);
      const rows = await pager.toArray();
      const inRange = ({ atMs }) => {
        const date = new Date(atMs).toISOString().slice(0, 10);
        return range.from <= date && date <= range.to;
      };
      const truth = (await control("ledger")).deliveries["sandbox-client"].filter(inRange);
      assert.sameMembers(rows.map(({ id }) => id), truth.map(({ id }) => id));
      assert.isAbove(rows.length, 200);
      assert.deepEqual(pager.gaps, []);
      const log = (await sandbox.log()).filter(({ operation }) => operation === "searchDeliveries");
      const windows = new Set(log.map(({ path }) => path.replace(/&offset.*/, "")));
      assert.equal(windows.size, 45);
      // No more than the windows and their full pages need, and one more a window at most.
      assert.isAtMost(log.length, 45 + Math.ceil(rows.length / 50) + 45);
    });
  }

  test("metadata, invoices and requisitions page alike; classification and receiver filter", async () => {
    const client = await connect();
    const range = { from: await day(40), to: await day(10) };
    const [deliveries, metadata] = await Promise.all([
      client.searchDeliveries(range).toArray(),
      client.searchDeliveryMetadata(range).toArray(),
    ]);
    assert.deepEqual(metadata.map(({ id }) => id), deliveries.map(({ id }) => id));
    assert.isTrue(metadata.every((row) => !("lines" in row)));
    const invoices = await client.searchInvoices(range).toArray();
    assert.equal(new Set(invoices.map(({ id }) => id)).size, invoices.length);
    const quarter = { from: await day(119), to: await day(2) };
    const notes = await client.searchInvoices({ ...quarter, invoiceClassification: "CREDIT_NOTE" }).toArray();
    assert.isNotEmpty(notes);
    assert.isTrue(notes.every((row) => row.invoiceClassification === "CREDIT_NOTE"));
    const orders = await client.searchRequisitions(range).toArray();
    assert.isNotEmpty(orders);
    assert.equal((await client.getDelivery(deliveries[0].id))[0].id, deliveries[0].id);
    assert.equal((await client.getInvoice(invoices[0].techId, { techId: true }))[0].id, invoices[0].id);
  });

  test("pages are fetched when they are asked for, and a limit stops in time", async () => {
    const client = await connect();
    const pager = client.searchDeliveries({ from: await day(100), to: await day(11) });
    assert.equal(await asked("searchDeliveries"), 0);
    assert.lengthOf(await pager.toArray({ limit: 3 }), 3);
    assert.equal(await asked("searchDeliveries"), 1);
    for await (const page of pager.pages()) {
      assert.isArray(page);
      break;
    }
    assert.equal(await asked("searchDeliveries"), 2);
  });

  test("a failure between pages loses no row: a new walk is whole, and the error has its kind", async () => {
    const client = await connect({ maxRetries: 0 });
    const range = { from: await day(20), to: await day(11) };
    const whole = (await client.searchDeliveries(range).toArray()).map(({ id }) => id);
    await sandbox.faults({ match: { operation: "searchDeliveries", nth: 2 }, times: 1, fault: { kind: "internal" } });
    const error = await rejection(client.searchDeliveries(range).toArray());
    assert.equal(error.kind, "upstream");
    assert.deepEqual((await client.searchDeliveries(range).toArray()).map(({ id }) => id), whole);
  });

  test("a supplier that repeats its page for ever is left, and the gap is named", async () => {
    const page = Array.from({ length: 50 }, (_, at) => ({ id: `D${at}`, orderId: "O" }));
    let requests = 0;
    const fetch = async () => {
      if (++requests > 20) throw new Error("endless");
      return new Response(JSON.stringify(page));
    };
    const client = new InterCars({ baseUrl: "https://supplier.test", bearer: () => "token", fetch });
    const pager = client.searchDeliveries({ from: "2024-01-01", to: "2024-01-01" });
    assert.lengthOf(await pager.toArray(), 50);
    assert.equal(requests, 2);
    assert.match(pager.gaps[0].reason, /same page again/);
  });

  test("an order lives through submit, confirm and cancel, and stock falls with it", async () => {
    const client = await connect();
    const [sku] = (await client.stock({ sku: skus(50) })).items.filter(({ availability }) => availability === 5).map((row) => row.sku);
    const stock = async () => (await client.stock({ sku: [sku] })).items.reduce((sum, row) => sum + row.availability, 0);
    const before = await stock();
    const orders = await client.submitRequisition({ customNumber: "A0045", lines: [{ sku, requiredQuantity: 2 }] });
    assert.isTrue(orders.every(({ phaseCode, customNumber }) => phaseCode === "ACCEPTED" && customNumber === "A0045"));
    const { requisitionId } = orders[0];
    assert.deepEqual(await client.getRequisition(requisitionId), orders);
    assert.deepEqual(await client.getOrder(orders[0].id), orders[0]);
    const confirmed = await client.confirmRequisition(requisitionId);
    assert.isTrue(confirmed.every(({ phaseCode }) => phaseCode !== "ACCEPTED"));
    assert.isBelow(await stock(), before);
    const again = await rejection(client.cancelRequisition(requisitionId));
    assert.equal(again.kind, "business");
    const found = await client.searchRequisitions({ from: await day(1), to: await day(0) }).toArray();
    assert.include(found.map((order) => order.requisitionId), requisitionId);
    assert.equal((await rejection(client.getRequisition("IC/99/1"))).kind, "not_found");
  });

  test("one key is one order, however often it is asked for", async () => {
    const client = await connect();
    const order = { lines: [{ sku: skus(1)[0], requiredQuantity: 1 }] };
    const ask = () => client.submitRequisition(order, { idempotencyKey: "basket-1" });
    const [one, other] = await Promise.allSettled([ask(), ask()]);
    assert.equal(one.status, "fulfilled");
    assert.equal(other.reason?.kind, "conflict");
    assert.deepEqual(await ask(), one.value);
    const different = client.submitRequisition({ lines: [{ sku: skus(2)[1], requiredQuantity: 1 }] }, { idempotencyKey: "basket-1" });
    assert.equal((await rejection(different)).kind, "conflict");
    assert.equal((await sandbox.counters()).requisitions.submitted, 1);
  });

  // A browser sends a POST again by itself when a kept connection breaks (seen here: two orders), and no page can forbid it.
  // So a page does not order from the supplier, and what is cut is tried where the package alone decides what is sent.
  if (env.runtime === "chromium") {
    test("a page does not order from the supplier directly, where the browser itself could order twice", async () => {
      let sent = 0;
      const client = new InterCars({ bearer: () => "token", fetch: async () => (sent++, new Response("[]")) });
      for (const write of [
        client.submitRequisition({ lines: [{ sku: "A", requiredQuantity: 1 }] }),
        client.confirmRequisition("IC/1"),
        client.cancelRequisition("IC/1"),
      ]) {
        const error = await rejection(write);
        assert.equal(error.kind, "unsupported");
        assert.match(error.hint, /proxy/);
      }
      assert.equal(sent, 0);
    });
  }
  const resent = ({ kind }) => kind === "cut" && env.runtime === "chromium";

  for (const [how, fault] of [
    ["is cut after the supplier has booked it", { kind: "cut", commit: true }],
    ["fails in the supplier after it was booked", { kind: "internal", commit: true }],
    ["ends in broken JSON", { kind: "truncated" }],
    ["is cut before the supplier has read it", { kind: "cut", commit: false }],
  ].filter(([, fault]) => !resent(fault))) {
    test(`an order whose answer ${how} is not sent again`, async () => {
      const client = await connect();
      await sandbox.faults({ match: { operation: "submitRequisition" }, times: 1, fault });
      const order = { lines: [{ sku: skus(1)[0], requiredQuantity: 1 }] };
      const error = await rejection(client.submitRequisition(order));
      assert.equal(error.kind, "unknown_outcome");
      assert.isString(error.idempotencyKey);
      assert.match(error.hint, /look for it/);
      const again = await rejection(client.submitRequisition(order, { idempotencyKey: error.idempotencyKey }));
      assert.equal(again.kind, "unknown_outcome");
      assert.equal(await asked("submitRequisition"), 1);
    });
  }

  test("an order given up on its way is unknown; one given up before it left was never sent", async () => {
    const client = await connect();
    await sandbox.faults({ match: { operation: "submitRequisition" }, times: 1, delayMs: 700, fault: { kind: "delay" } });
    const order = { lines: [{ sku: skus(1)[0], requiredQuantity: 1 }] };
    await client.finances();
    const late = await rejection(client.submitRequisition(order, { timeoutMs: 150 }));
    assert.equal(late.kind, "unknown_outcome");
    await sandbox.faults({ match: { operation: "submitRequisition" }, times: 1, delayMs: 700, fault: { kind: "delay" } });
    const gone = await rejection(client.submitRequisition(order, { signal: AbortSignal.timeout(150), idempotencyKey: "gone" }));
    assert.equal(gone.kind, "unknown_outcome");
    assert.equal(gone.idempotencyKey, "gone");
    const before = await asked("submitRequisition");
    const never = await rejection(client.submitRequisition(order, { signal: AbortSignal.abort() }));
    assert.equal(never.kind, "aborted");
    assert.equal(await asked("submitRequisition"), before);
  });

  test("a refused order of somebody who has to pay first says how much", async () => {
    const client = await connect();
    await sandbox.settings({ overdue: true });
    const error = await rejection(client.submitRequisition({ lines: [{ sku: skus(1)[0], requiredQuantity: 1 }] }));
    const { overdueBalance, currencyCode } = await client.finances();
    assert.equal(error.kind, "business");
    assert.equal(error.status, 400);
    assert.include(error.message, `${overdueBalance} ${currencyCode}`);
    assert.match(error.hint, /Pay/);
    const method = await rejection(client.submitRequisition({ deliveryMethod: "PIGEON", lines: [{ sku: skus(1)[0], requiredQuantity: 1 }] }));
    assert.include(["ICF209", "ICF299"], method.code);
  });

  test("prices, and what has none", async () => {
    const client = await connect();
    const { items, skipped } = await client.price({ lines: [{ sku: "SBX000001", quantity: 3 }, { sku: "NOPE" }] });
    assert.deepEqual(items.map(({ sku, quantity }) => [sku, quantity]), [["SBX000001", 3]]);
    assert.deepEqual(skipped.map(({ sku }) => sku), ["NOPE"]);
  });

  // Some hundred pages: once, where it costs least.
  if (env.runtime === "node") {
    test("a category is read past the supplier's ceiling, and what is hidden is named", async () => {
      const client = await connect();
      const pager = client.allProducts({ categoryId: "SalesClassificationNode_7000000" });
      const seen = new Set();
      for await (const { sku } of pager) {
        assert.isFalse(seen.has(sku), `${sku} came twice`);
        seen.add(sku);
      }
      assert.isAtLeast(seen.size, 38_500);
      const whole = pager.gaps.find(({ where }) => where === "SalesClassificationNode_7000000");
      assert.include(whole, { expected: 40_000, got: seen.size });
    });

    test("a leaf above the ceiling is split by brands where they filter, and named where they do not", async () => {
      const client = await connect();
      const leaf = { categoryId: "GenericArticle_255" };
      const pager = client.allProducts(leaf);
      assert.lengthOf(await pager.toArray(), 36_000);
      assert.deepEqual(pager.gaps, []);
      await sandbox.settings({ brandsFilter: "ignored" });
      const blind = client.allProducts(leaf);
      assert.lengthOf(await blind.toArray(), 10_000);
      assert.deepEqual(blind.gaps.map(({ where, expected, got }) => [where, expected, got]), [["GenericArticle_255", 36_000, 10_000]]);
    });

    test("100,000 calls, failing ones among them, keep the module's memory flat", async () => {
      const { items } = await (await connect()).stock({ sku: ["ADDFFF", "ADDFFA"] });
      const good = JSON.stringify(items);
      let answers = 0;
      const fetch = async () => {
        if (++answers % 5 === 0) throw new TypeError("cut");
        return answers % 4 === 0 ? new Response(good.slice(0, answers % good.length)) : new Response(good);
      };
      const options = { baseUrl: "https://supplier.test", bearer: () => "token", fetch, maxRetries: 0, requestsPerMinute: 4e9 };
      const client = new InterCars(options);
      /** One call in five goes all the way through a client; a fourth of each kind fails. */
      const call = async (at) => {
        if (at % 5 === 0) return client.stock({ sku: ["ADDFFF", "ADDFFA"] }).catch(() => undefined);
        return stocklane.decode("stock", at % 4 === 0 ? good.slice(0, at % good.length) : good).catch(() => undefined);
      };
      const used = () => {
        globalThis.gc?.();
        const { arrayBuffers, external } = process.memoryUsage();
        return arrayBuffers + external;
      };
      for (let at = 0; at < 5_000; at++) await call(at);
      const before = used();
      for (let at = 0; at < 95_000; at++) await call(at);
      assert.isBelow(used() - before, 8 << 20);
    });
  }
}
