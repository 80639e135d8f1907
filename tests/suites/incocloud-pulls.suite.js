// Large pulls of the point of sale, and what changed since the last one: nothing twice, nothing lost.
import { failing } from "./outcome.js";
import { pointOfSale, serviceOf } from "./point-of-sale.js";
import { sandboxOf } from "./sandbox.js";
import { seeded } from "./seeded.js";

const YEAR = { from_date: "2025-06-26", to_date: "2026-06-25" };

export default function incocloudPulls({ test, assert, stocklane, env }) {
  const { IncoCloud, StocklaneError } = stocklane;
  const sandbox = sandboxOf(env.sandboxUrl);
  const { begin, connect, plain, asked } = pointOfSale(stocklane, sandbox, env.runtime !== "chromium");

  const fresh = (name, run) =>
    test(name, async () => {
      await begin();
      await run();
    });

  const fails = failing({ assert, StocklaneError });

  const counted = async (operation) => (await asked(operation)).length;
  const inside = ({ from_date, to_date }, field = "date") => (row) => from_date <= row[field].slice(0, 10) && row[field].slice(0, 10) <= to_date;
  const byId = (rows) => [...rows].sort((a, b) => a.id - b.id);
  /** The same for the same fields in another order: deep comparison of thousands of rows takes seconds. */
  const canonical = (value) => JSON.stringify(value, (_, inner) => (inner && typeof inner === "object" && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner));
  function same(rows, wanted, what) {
    assert.lengthOf(rows, wanted.length, what);
    assert.isTrue(canonical(byId(rows)) === canonical(byId(wanted)), `${what}: some row differs`);
  }

  fresh("a year of sales comes whole, each sale once, in a few requests, and tells how far it is", async () => {
    const client = await connect();
    const progress = [];
    const sales = await client.sales(YEAR, { onProgress: (step) => progress.push(step) });
    const kept = (await sandbox.rows("sale")).filter(inside(YEAR));
    assert.isAbove(kept.length, 2_000);
    same(sales, kept, "a year");
    const days = sales.map(({ date }) => date.slice(0, 10));
    const windows = (await asked("sale")).map(({ path }) => new URL(path, sandbox.url).searchParams).map((query) => [query.get("from_date"), query.get("to_date")]);
    assert.isAbove(windows.length, 1);
    assert.isAtMost(windows.length, 8, JSON.stringify(windows));
    assert.deepEqual([windows[0][0], windows.at(-1)[1]], [YEAR.from_date, YEAR.to_date]);
    for (const [at, [from]] of windows.entries()) if (at > 0) assert.isAtMost(Date.parse(from), Date.parse(windows[at - 1][1]), "no day is left out");
    // Oldest window first.
    const place = (day) => windows.findIndex(([from, to]) => from <= day && day <= to);
    for (let at = 1; at < days.length; at++) assert.isAtLeast(place(days[at]), place(days[at - 1]));
    assert.lengthOf(progress, windows.length);
    assert.deepEqual(progress.at(-1), { done: 365, total: 365 });
    for (let at = 1; at < progress.length; at++) assert.isAtLeast(progress[at].done, progress[at - 1].done);
  });

  fresh("so do payments, and whatever else has days", async () => {
    const client = await connect();
    for (const [resource, field] of [["payment", "date"], ["cash_receipt", "receipt_date"], ["invoice", "date"], ["purchase", "date"]]) {
      const kept = (await sandbox.rows(resource)).filter(inside(YEAR, field));
      assert.isNotEmpty(kept);
      same(await client.list(resource, YEAR), kept, resource);
    }
    const withPayments = await client.sales({ ...YEAR, from_date: "2026-01-01", load_payments: true, location_id: 2 });
    same(withPayments, await plain("sale", { ...YEAR, from_date: "2026-01-01", load_payments: "true", location_id: "2" }), "with payments");
  });

  fresh("a span without sales is empty; one day is one day", async () => {
    const client = await connect();
    assert.deepEqual(await client.sales({ from_date: "2020-01-01", to_date: "2022-12-31" }), []);
    assert.isAtMost(await counted("sale"), 15);
    const crowded = (await sandbox.rows("sale")).reduce((days, { date }) => days.set(date.slice(0, 10), 1 + (days.get(date.slice(0, 10)) ?? 0)), new Map());
    const [[day, count]] = [...crowded].sort(([, a], [, b]) => b - a);
    assert.isAtLeast(count, 300);
    assert.lengthOf(await client.sales({ from_date: day, to_date: day }), count);
  });

  fresh("an answer that is too much is asked for in parts", async () => {
    const client = await connect({ maxRetries: 0 });
    const span = { from_date: "2026-01-01", to_date: "2026-06-25" };
    for (const fault of [{ kind: "internal" }, { kind: "refuse", status: 503, text: "Execution Timeout Expired" }]) {
      await sandbox.faults({ match: { operation: "sale" }, times: 3, fault });
      same(await client.sales(span), (await sandbox.rows("sale")).filter(inside(span)), fault.kind);
      await sandbox.clear();
    }
    await sandbox.faults({ match: { operation: "sale" }, times: 0, fault: { kind: "internal" } });
    const before = await counted("sale");
    await fails(client.sales(span), "upstream");
    assert.isAtMost((await counted("sale")) - before, 6);
  });

  fresh("rows that do not tell their day or number come once all the same", async () => {
    const client = await connect();
    const span = { from_date: "2026-03-01", to_date: "2026-06-25" };
    const kept = (await sandbox.rows("sale")).filter(inside(span));
    for (const hidden of [["date"], ["id"], ["id", "location_id", "date"]]) {
      await sandbox.settings({ hiddenFields: { sale: hidden } });
      const rows = await client.sales(span);
      assert.deepEqual(rows.map(({ operation_number }) => operation_number).sort((a, b) => a - b), kept.map(({ operation_number }) => operation_number).sort((a, b) => a - b), hidden.join());
      for (const field of hidden) assert.notProperty(rows[0], field);
    }
  });

  fresh("what changed since a snapshot is found, and nothing else", async () => {
    const client = await connect();
    const first = await client.sync("item");
    assert.lengthOf(first.added, 1_200);
    assert.deepEqual([first.changed, first.removed, first.snapshot.resource], [[], [], "item"]);
    assert.closeTo(Date.parse(first.snapshot.takenAt), Date.now(), 60_000);
    assert.equal(new Date(first.snapshot.takenAt).toISOString(), first.snapshot.takenAt);
    same(first.added, await plain("item"), "at first");

    await sandbox.lay("item", {
      set: [{ id: 5, name: "Преименувано \"5\"" }, { id: 6, regular_price: 0.1 }, { id: 9, newer: { any: [null] } }, { id: 90_001, code: "NEW-1", name: "New" }, { id: 90_002, code: "NEW-2", name: "New too" }],
      remove: [7, 8],
    });
    // Through a store of one's own.
    const since = JSON.parse(JSON.stringify(first.snapshot));
    const second = await client.sync("item", since);
    const wire = await plain("item");
    const of = (...ids) => byId(wire.filter(({ id }) => ids.includes(id)));
    assert.deepEqual(byId(second.added), of(90_001, 90_002));
    assert.deepEqual(byId(second.changed), of(5, 6, 9));
    assert.sameMembers(second.removed, [7, 8]);
    assert.deepEqual(first.snapshot, since, "a snapshot is not changed");

    const third = await client.sync("item", second.snapshot);
    assert.deepEqual([third.added, third.changed, third.removed], [[], [], []]);
    const back = await client.sync("item", structuredClone(first.snapshot));
    assert.lengthOf([...back.added, ...back.changed, ...back.removed], 7);
  });

  fresh("a sync may be narrowed, and stays as narrow", async () => {
    const client = await connect();
    const query = { from_date: "2026-06-01", to_date: "2026-06-25" };
    const { snapshot, added } = await client.sync("sale", undefined, { query });
    same(added, (await sandbox.rows("sale")).filter(inside(query)), "a month");
    const { id } = added[3];
    await sandbox.lay("sale", { set: [{ id, note: "върната" }], remove: [added[0].id] });
    const next = await client.sync("sale", snapshot, { query });
    assert.deepEqual([next.added, next.changed.map((row) => [row.id, row.note]), next.removed], [[], [[id, "върната"]], [added[0].id]]);
    await fails(client.sync("sale", snapshot), "validation", /as asked for/);
    await fails(client.sync("sale", snapshot, { query: { ...query, location_id: 1 } }), "validation");
    await fails(client.sync("purchase", snapshot, { query }), "validation");
  });

  fresh("every resource can be synchronised", async () => {
    const client = await connect();
    for (const resource of ["item_tag_connection", "partner", "location", "payment_type", "price_rule", "booking", "reservation", "subscription_event", "voucher"]) {
      const { added, snapshot } = await client.sync(resource);
      same(added, await sandbox.rows(resource), resource);
      const again = await client.sync(resource, snapshot);
      assert.deepEqual([again.added, again.changed, again.removed], [[], [], []], resource);
    }
  });

  test("what is no snapshot is refused, and a sync that fails leaves the old one good", async () => {
    const rows = [{ id: 1, code: "A", name: "B" }];
    let broken = false;
    const service = serviceOf(() => (broken ? new Response("", { status: 500 }) : rows));
    const client = new IncoCloud({ ...service.options, maxRetries: 0 });
    const { snapshot } = await client.sync("item");
    const sent = service.asked.length;
    for (const wrong of [null, {}, [], "x", 5, { ...snapshot, rows: null }, { ...snapshot, rows: {} }, { ...snapshot, takenAt: "yesterday" }, { ...snapshot, takenAt: undefined }, { resource: "item", takenAt: snapshot.takenAt, rows: [1] }]) {
      await fails(client.sync("item", wrong), "validation", /sync/);
    }
    await fails(client.sync("nothing"), "validation");
    await fails(client.sync("createSale"), "validation");
    assert.equal(service.asked.length, sent);
    broken = true;
    await fails(client.sync("item", snapshot), "upstream");
    broken = false;
    rows.push({ id: 2, code: "C", name: "D" });
    assert.deepEqual((await client.sync("item", snapshot)).added, [{ id: 2, code: "C", name: "D" }]);
  });

  test("rows are known by whatever number they have", async () => {
    let rows = [{ operation_number: 1, total: 5 }, { operation_number: 2, total: 6 }];
    const client = new IncoCloud(serviceOf(() => rows).options);
    const { snapshot } = await client.sync("sale");
    // The same rows, written in another order.
    rows = [{ total: 6, operation_number: 2 }, { total: 5, operation_number: 1 }];
    const same = await client.sync("sale", snapshot);
    assert.deepEqual([same.added, same.changed, same.removed], [[], [], []]);
    rows = [{ operation_number: 2, total: 7 }, { operation_number: 3, total: 5 }];
    const next = await client.sync("sale", snapshot);
    assert.deepEqual([next.added, next.changed, next.removed], [[rows[1]], [rows[0]], [1]]);
    // A number that is there twice: each of its rows, where one of them changed.
    rows = [{ operation_number: 2, total: 7 }, { operation_number: 2, total: 8 }, { operation_number: 3, total: 5 }];
    assert.deepEqual((await client.sync("sale", next.snapshot)).changed, [rows[0], rows[1]]);
    rows = [{ name: "no number" }];
    const error = await fails(client.sync("voucher"), "unsupported", /no number/);
    assert.match(error.hint, /fieldNames/);
  });

  for (const seed of [1, 2026, 77_001]) {
    fresh(`whatever happens to the rows, what a sync tells leads from the one state to the other (seed ${seed})`, async () => {
      const random = seeded(seed);
      const pick = (list) => list[Math.floor(random() * list.length)];
      const client = await connect();
      const resource = pick(["item_tag", "location", "price_rule", "voucher"]);
      const state = new Map();
      let snapshot;
      let next = 700_000;
      for (let round = 0; round < 12; round++) {
        const { added, changed, removed, ...told } = await client.sync(resource, snapshot && JSON.parse(JSON.stringify(snapshot)));
        for (const row of added) assert.isFalse(state.has(row.id), "added once");
        for (const row of changed) assert.notEqual(canonical(state.get(row.id)), canonical(row));
        for (const row of [...added, ...changed]) state.set(row.id, row);
        for (const id of removed) assert.isTrue(state.delete(id));
        snapshot = told.snapshot;
        same([...state.values()], await client.list(resource), `round ${round}`);
        const ids = [...state.keys()];
        const set = [];
        for (let change = Math.floor(random() * 5); change > 0; change--) {
          const id = random() < 0.4 || ids.length === 0 ? next++ : pick(ids);
          set.push({ id, name: pick(["а", "b\"\\", " ", "🚗"]), [pick(["code", "note", "own"])]: pick([null, 1, 1.5, "x", [1, { a: 2 }], true]) });
        }
        const remove = ids.filter((id) => random() < 0.15 && !set.some((row) => row.id === id));
        await sandbox.lay(resource, { set, remove });
        // At times nothing changed in the end.
        if (random() < 0.2) await sandbox.lay(resource, { set: [...state.values()] });
      }
    });
  }
}
