// Own shop and supplier as one answer, both asked directly: what is there, what it costs, and what nobody could tell.
import { rejection } from "./outcome.js";
import { pointOfSale } from "./point-of-sale.js";
import { sandboxOf, skus } from "./sandbox.js";
import { seeded } from "./seeded.js";
import { sleep } from "./time.js";

const CAP = 10;
const SHOP = { currency: "PLN", pricesIncludeVat: true, priceField: "regular_price" };
/** The supplier's product that one of the shop's items 401 to 600 is, by its code. */
const partnerOf = (item) => `SBX${String((item - 400) * 7).padStart(6, "0")}`;

export default function twoSystems({ test, assert, stocklane, env }) {
  const { InterCars, StocklaneError, Storefront } = stocklane;
  const sandbox = sandboxOf(env.sandboxUrl);
  // A page never holds credentials.
  const holdsCredentials = env.runtime !== "chromium";
  const { begin, connect, plain } = pointOfSale(stocklane, sandbox, holdsCredentials);

  const fresh = (name, run) =>
    test(name, async () => {
      await begin();
      // The quota has tests of its own.
      await sandbox.settings({ rate: 1_000_000 });
      await run();
    });

  async function supplier(options = {}) {
    const base = { baseUrl: sandbox.baseUrl, requestsPerMinute: 100_000, maxRetries: 0, ...options };
    if (holdsCredentials) return new InterCars({ ...base, tokenUrl: sandbox.tokenUrl, clientId: "sandbox-client", clientSecret: "sandbox-secret" });
    const token = await sandbox.token();
    return new InterCars({ ...base, bearer: () => token });
  }
  const both = async (options = {}) => new Storefront({ intercars: await supplier(), incocloud: await connect({ maxRetries: 0 }), ...options });

  async function fails(promise, kind, pattern) {
    const error = await rejection(promise);
    assert.instanceOf(error, StocklaneError, String(error?.stack ?? error));
    assert.equal(error.kind, kind, `${error.message} (${error.hint})`);
    if (pattern) assert.match(error.message, pattern);
    return error;
  }

  const counted = async (operation) => (await sandbox.log()).filter((entry) => entry.operation === operation).length;
  const stocked = (rows) => sandbox.lay("stock", { set: rows.map(([item_id, location_id, quantity]) => ({ item_id, location_id, quantity })) });
  /** These places alone, and nothing reserved. */
  async function only(rows) {
    const items = new Set(rows.map(([item]) => item));
    await sandbox.lay("sales_order", { remove: (await sandbox.rows("sales_order")).map(({ id }) => id) });
    await sandbox.lay("stock", { remove: (await sandbox.rows("stock")).filter(({ item_id }) => items.has(item_id)) });
    await stocked(rows.filter((row) => row.length > 1));
  }

  // ── What the two say together, reckoned once more ──

  /** One side's pieces: "none" where it does not have the item, "unknown", or how many and whether that is the least. */
  function pieces(quantities, cap = Infinity) {
    if (!quantities) return "none";
    const known = quantities.filter((quantity) => typeof quantity === "number");
    const sum = known.reduce((sum, quantity) => sum + Math.max(quantity, 0), 0);
    return known.length === 0 ? "unknown" : { sum, atLeast: known.some((quantity) => quantity >= cap) };
  }
  function together(here, there) {
    const state = (value, atLeast, atHand) => [value === 0 ? "out_of_stock" : !atHand ? "orderable" : value <= 3 && !atLeast ? "low" : "in_stock", { value, atLeast }];
    const nobody = ["unknown", null];
    if (here === "none" && there === "none") return nobody;
    if (here === "none") return there === "unknown" ? nobody : state(there.sum, there.atLeast, false);
    if (there === "none") return here === "unknown" ? nobody : state(here.sum, here.atLeast, true);
    if (here === "unknown" && there === "unknown") return nobody;
    if (there === "unknown") return here.sum > 0 ? state(here.sum, true, true) : nobody;
    if (here === "unknown") return there.sum > 0 ? state(there.sum, true, false) : nobody;
    return state(here.sum + there.sum, here.atLeast || there.atLeast, here.sum > 0);
  }
  /** The shop's items by code, and what the supplier says of each SKU. */
  async function facts(keys) {
    const items = new Map((await plain("item", { include_availability: "true" })).filter(({ deleted }) => deleted !== true).map((item) => [item.code, item]));
    const { items: rows, skipped } = await (await supplier()).stock({ sku: keys });
    const strangers = new Set(skipped.filter(({ reason }) => /does not know/.test(reason)).map(({ sku }) => sku));
    const shelves = Map.groupBy ? Map.groupBy(rows, ({ sku }) => sku) : rows.reduce((all, row) => all.set(row.sku, [...(all.get(row.sku) ?? []), row]), new Map());
    return { items, strangers, shelves };
  }
  function lots({ availability } = {}) {
    if (typeof availability === "number") return [availability];
    return Array.isArray(availability) ? availability.map(({ quantity }) => quantity) : [];
  }

  fresh("what both have adds up: places of each, the shop's by their names", async () => {
    await only([[401, 1, 2], [401, 2, 0], [401, 3, 40.5]]);
    const storefront = await both();
    const [found] = await storefront.availability([partnerOf(401)]);
    const { items } = await (await supplier()).stock({ sku: [partnerOf(401)] });
    const place = (location, label, value) => ({ source: "incocloud", location, label, quantity: { value, atLeast: false } });
    assert.deepEqual(found.places.slice(0, 3), [place("1", "Магазин Център", 2), place("2", "Магазин Младост", 0), place("3", "Склад", 40.5)]);
    assert.deepEqual(
      found.places.slice(3).map(({ source, location, label, quantity }) => ({ source, location, label, quantity })),
      items.map(({ location, availability }) => ({ source: "intercars", location, label: undefined, quantity: { value: availability, atLeast: availability >= CAP } })),
    );
    const there = pieces(items.map(({ availability }) => availability), CAP);
    assert.deepEqual([found.sku, found.state, found.quantity], [partnerOf(401), "in_stock", { value: 42.5 + there.sum, atLeast: there.atLeast }]);
  });

  fresh("each state is what the pieces here and there make of it", async () => {
    // Of the supplier's some are empty everywhere, and some cannot be bought.
    await only([[401, 1, 0], [402, 1, 2], [403, 1, -5], [404], [405, 1, 1], [406, 1, 3], [407, 2, -1], [407, 3, 4], [408, 1, 0], [1, 1, 3], [2, 1, 4], [3, 1, 0], [453, 1, 0], [4, 1, -2]]);
    await sandbox.lay("item", { set: [{ id: 409, availability: "на път" }, { id: 410, availability: 0 }, { id: 411, availability: 2.5 }, { id: 412, availability: [] }, { id: 413, deleted: true }] });
    const empty = [];
    const candidates = skus(1_400);
    const { shelves: all } = await facts(candidates);
    for (const [sku, rows] of all) if (rows.every(({ availability }) => availability === 0)) empty.push(sku);
    assert.isAbove(empty.length, 5);
    await sandbox.lay("item", { set: empty.slice(0, 4).map((code, at) => ({ id: 95_001 + at, code, name: "Nobody has it" })) });
    await stocked([[95_001, 1, 0], [95_002, 1, 0], [95_002, 2, -1], [95_003, 1, 1]]);

    const keys = [...Array.from({ length: 60 }, (_, at) => partnerOf(401 + at)), ...empty.slice(0, 12), ...skus(80), "SKU-001", "SKU-002", "SKU-003", "SKU-004", "SKU-040", "SBX000053", "NOSUCH1", "POISON1", "BAD000001"];
    // Asked for twice among them: told twice, and counted once.
    const { items, strangers, shelves } = await facts([...new Set(keys)]);
    const found = await (await both()).availability(keys);
    const states = new Set();
    assert.deepEqual(found.map(({ sku }) => sku), keys);
    for (const { sku, state, quantity } of found) {
      const here = items.has(sku) ? pieces(lots(items.get(sku))) : "none";
      const there = strangers.has(sku) ? "none" : pieces((shelves.get(sku) ?? []).map(({ availability }) => availability), CAP);
      assert.deepEqual([state, quantity], together(here, there), `${sku}: ${JSON.stringify([here, there])}`);
      states.add(state);
    }
    assert.sameMembers([...states], ["in_stock", "low", "orderable", "out_of_stock", "unknown"]);
    const of = (sku) => found.find((entry) => entry.sku === sku);
    assert.deepEqual([of("SKU-001").state, of("SKU-001").quantity], ["low", { value: 3, atLeast: false }]);
    assert.deepEqual([of("SKU-002").state, of("SKU-003").state, of("SKU-004").state], ["in_stock", "out_of_stock", "out_of_stock"]);
    assert.deepEqual([of("NOSUCH1").state, of(empty[0]).state, of(empty[3]).state], ["unknown", "out_of_stock", "unknown"]);
    assert.deepEqual(of(empty[1]).quantity, { value: 0, atLeast: false }, "what one place sold beyond its stock is not missing elsewhere");
  });

  for (const availabilityForm of ["number", "absent", "rotate"]) {
    fresh(`availability that comes as ${availabilityForm} is read as it is meant`, async () => {
      await sandbox.settings({ availabilityForm });
      const keys = [...Array.from({ length: 40 }, (_, at) => partnerOf(420 + at)), "SKU-001", "SKU-002", "SKU-003", "SKU-004", "SKU-005"];
      const { items, strangers, shelves } = await facts(keys);
      for (const { sku, state, quantity, places } of await (await both()).availability(keys)) {
        const here = pieces(lots(items.get(sku)));
        const there = strangers.has(sku) ? "none" : pieces((shelves.get(sku) ?? []).map(({ availability }) => availability), CAP);
        assert.deepEqual([state, quantity], together(here, there), sku);
        const own = places.filter(({ source }) => source === "incocloud");
        assert.isNotEmpty(own);
        if (here === "unknown") assert.deepEqual(own, [{ source: "incocloud", quantity: null }]);
      }
    });
  }

  fresh("where one side fails the other's answer stays, and what is not known is unknown", async () => {
    await only([[401, 1, 0], [402, 1, 2]]);
    const asked = [partnerOf(401), partnerOf(402), "SKU-003", skus(1)[0], "NOSUCH1"];
    const silent = (source) => ({ source, quantity: null });
    await sandbox.faults({ match: { operation: "stock" }, times: 0, fault: { kind: "internal" } });
    const alone = await (await both()).availability(asked);
    assert.deepEqual(alone.map(({ state }) => state).slice(0, 2), ["unknown", "in_stock"]);
    assert.deepEqual(alone[1].quantity, { value: 2, atLeast: true });
    assert.deepEqual(alone.map(({ places }) => places.at(-1)), asked.map(() => silent("intercars")));
    assert.deepEqual(alone.slice(3).map(({ state, quantity }) => [state, quantity]), [["unknown", null], ["unknown", null]]);

    await sandbox.clear();
    await sandbox.faults({ match: { operation: "item" }, times: 0, fault: { kind: "internal" } });
    const without = await (await both()).availability(asked);
    const { shelves } = await facts(asked.slice(0, 4)).catch(() => ({}));
    assert.isUndefined(shelves, "the items cannot be had now");
    for (const { sku, state, quantity, places } of without) {
      assert.deepEqual(places[0], silent("incocloud"), sku);
      if (quantity) assert.deepEqual([state, quantity.atLeast], ["orderable", true]);
      else assert.equal(state, "unknown");
    }
    assert.isNotNull(without[3].quantity);

    await sandbox.faults({ match: { operation: "stock" }, times: 0, fault: { kind: "internal" } });
    await fails((await both()).availability(asked), "upstream");
    await sandbox.clear();
    // Names of locations are not worth an answer.
    await sandbox.settings({ rights: ["location", "vat_group"] });
    const [, unnamed] = await (await both({ shop: SHOP })).availability(asked);
    assert.deepEqual(unnamed.places[0], { source: "incocloud", location: "1", quantity: { value: 2, atLeast: false } });
    await sandbox.settings({ rights: ["item"] });
    const [, refused] = await (await both()).availability(asked);
    assert.deepEqual(refused.places[0], silent("incocloud"));
  });

  fresh("a thousand SKUs, one side failing half the time: what is unknown is never called out of stock", async () => {
    const tied = Array.from({ length: 200 }, (_, at) => partnerOf(401 + at));
    const keys = [...tied, ...skus(900).filter((sku) => !tied.includes(sku)).slice(0, 770), ...Array.from({ length: 30 }, (_, at) => `SKU-${String(at + 1).padStart(3, "0")}`)];
    await only(Array.from({ length: 100 }, (_, at) => [401 + 2 * at, 1, 0]));
    assert.equal(new Set(keys).size, 1_000);
    const whole = new Map((await (await both()).availability(keys)).map((entry) => [entry.sku, entry]));
    const random = seeded(1_000);
    const seen = { truth: 0, intercars: 0, incocloud: 0 };
    for (let from = 0; from < keys.length; from += 100) {
      const failing = [undefined, "stock", "item"][random() < 0.5 ? 0 : 1 + Math.floor(random() * 2)];
      if (failing) await sandbox.faults({ match: { operation: failing }, times: 0, fault: { kind: ["internal", "blocked", "truncated"][Math.floor(random() * 3)] } });
      for (const { sku, state, quantity, places } of await (await both()).availability(keys.slice(from, from + 100))) {
        const truth = whole.get(sku);
        const source = failing && (failing === "stock" ? "intercars" : "incocloud");
        if (!source) {
          assert.deepEqual([state, quantity], [truth.state, truth.quantity], sku);
        } else {
          assert.include(places.filter(({ quantity }) => quantity === null).map((place) => place.source), source, sku);
          assert.notEqual(state, "out_of_stock", `${sku}: ${source} did not answer`);
          if (quantity) assert.isTrue(quantity.atLeast && quantity.value > 0 && quantity.value <= truth.quantity.value, sku);
          else assert.equal(state, "unknown", sku);
        }
        seen[source ?? "truth"] += 1;
      }
      await sandbox.clear();
    }
    assert.isTrue(Object.values(seen).every((count) => count >= 100), JSON.stringify(seen));
    assert.isTrue([...whole.values()].some(({ state }) => state === "out_of_stock"));
  });

  fresh("the shop's items are asked for once and kept for a while", async () => {
    const storefront = await both();
    await Promise.all([storefront.availability([partnerOf(401)]), storefront.availability([partnerOf(402)]), storefront.offers([{ sku: partnerOf(403) }])]);
    await storefront.availability([partnerOf(404)]);
    assert.equal(await counted("item"), 1);
    await only([[404, 1, 7_777]]);
    const value = async (options) => (await storefront.availability([partnerOf(404)], options))[0].places[0].quantity.value;
    assert.notEqual(await value(), 7_777);
    assert.equal(await value({ fresh: true }), 7_777);
    assert.equal(await counted("item"), 2);
    const careful = await both({ itemsMaxAgeMs: 1_000 });
    for (let round = 0; round < 2; round++) {
      await careful.availability([partnerOf(401)]);
      await careful.availability([partnerOf(402)]);
      await sleep(1_050);
    }
    assert.equal(await counted("item"), 4);
    // What failed is asked for again.
    await sandbox.faults({ match: { operation: "item" }, fault: { kind: "internal" } });
    const again = await both();
    assert.deepEqual((await again.availability([partnerOf(404)]))[0].places[0], { source: "incocloud", quantity: null });
    assert.equal((await again.availability([partnerOf(404)]))[0].places[0].quantity.value, 7_777);
  });

  fresh("items that are to be asked for anew each time are asked for once a call", async () => {
    for (const itemsMaxAgeMs of [0, 0.5, 1e20]) {
      const storefront = await both({ itemsMaxAgeMs });
      const before = await counted("item");
      for (const item of [401, 402]) assert.lengthOf(await storefront.availability([partnerOf(item)], { signal: AbortSignal.timeout(4_000) }), 1);
      assert.isAtMost((await counted("item")) - before, 2);
    }
  });

  fresh("what is asked for twice is there once", async () => {
    const [one, other] = [partnerOf(401), partnerOf(402)];
    const storefront = await both();
    const wanted = await storefront.availability([one, other]);
    for (const keys of [[one, other, one], [one, ...skus(150).filter((sku) => sku !== one), other, one], [one, other, ` ${one.toLowerCase()}`]]) {
      const found = await storefront.availability(keys);
      assert.deepEqual(found.map(({ sku }) => sku), keys);
      const place = ({ source, location, quantity }) => ({ source, location, quantity });
      for (const [key, known] of [[one, wanted[0]], [other, wanted[1]]]) {
        for (const entry of found.filter(({ sku }) => sku === key)) {
          assert.deepEqual([entry.state, entry.quantity, entry.places.map(place)], [known.state, known.quantity, known.places.map(place)], `${key} of ${keys.length}`);
        }
      }
    }
  });

  fresh("deadlines and giving up count for both sides", async () => {
    for (const operation of ["stock", "item"]) {
      await sandbox.faults({ match: { operation }, times: 0, delayMs: 4_000 });
      const started = Date.now();
      const storefront = await both();
      await fails(storefront.availability([partnerOf(401)], { signal: AbortSignal.timeout(150) }), "aborted");
      const [found] = await storefront.availability([partnerOf(401)], { timeoutMs: 150 });
      assert.deepEqual(found.places.filter(({ quantity }) => quantity === null).map(({ source }) => source), [operation === "stock" ? "intercars" : "incocloud"]);
      // One side in time is an answer; in whichever way, it does not take longer than was allowed.
      await Promise.allSettled([(await both()).availability([partnerOf(401)], { overallTimeoutMs: 300 }), (await both()).unmatched({ overallTimeoutMs: 300 })]);
      assert.isBelow(Date.now() - started, 2_500, operation);
      await sandbox.clear();
    }
  });

  // ── What it costs ──

  const exact = (text, quantity) => {
    const cents = BigInt(Math.round(Number(text) * 100)) * BigInt(quantity);
    return `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
  };

  fresh("offers of both sides, exact; the cheapest first, and who is there soonest", async () => {
    await sandbox.lay("item", { set: [{ id: 401, regular_price: 0.1 }, { id: 402, regular_price: 4_999_999.99 }, { id: 403, regular_price: null }, { id: 404, regular_price: "12,50" }] });
    await only([[401, 1, 5], [402, 1, 5], [405, 1, 1], [405, 2, 1]]);
    const lines = Array.from({ length: 60 }, (_, at) => ({ sku: partnerOf(401 + at), quantity: 1 + (at % 7) }));
    const storefront = await both({ shop: SHOP });
    const offers = await storefront.offers(lines);
    const items = new Map((await plain("item")).map((item) => [item.code, item]));
    const rates = new Map((await plain("vat_group")).map(({ id, vat_value }) => [id, vat_value]));
    const supplied = await new Storefront({ intercars: await supplier() }).offers(lines);
    const bare = ({ cheapest, soonest, ...offer }) => offer;
    assert.deepEqual(offers.filter(({ source }) => source === "intercars").map(bare), supplied);
    for (const { sku, quantity } of lines) {
      const mine = offers.filter((offer) => offer.sku === sku);
      const own = mine.find(({ source }) => source === "incocloud");
      const item = items.get(sku);
      if (typeof item.regular_price !== "number" || item.deleted) {
        assert.isUndefined(own, sku);
        continue;
      }
      const money = (amount) => ({ amount, currency: "PLN", vat: "gross" });
      assert.deepEqual([own.quantity, own.unit, own.total, own.vatPercentage], [quantity, money(exact(item.regular_price, 1)), money(exact(item.regular_price, quantity)), rates.get(item.vat_group_id)]);
      if (mine.length < 2) continue;
      const amounts = mine.map(({ total }) => Number(total.amount));
      if (mine.some(({ priceOnRequest }) => priceOnRequest)) assert.isTrue(mine.every(({ cheapest }) => !cheapest), sku);
      else assert.deepEqual([mine[0].cheapest, mine[1].cheapest, amounts[0] <= amounts[1]], [true, undefined, true], sku);
      assert.isAtMost(mine.filter(({ soonest }) => soonest).length, 1);
    }
    // Whoever has the pieces at hand is there first; one piece in each of two places is two at hand.
    const soonest = async (sku, quantity) => (await storefront.offers([{ sku, quantity }])).find((offer) => offer.soonest)?.source;
    assert.equal(await soonest(partnerOf(401), 5), "incocloud");
    assert.notEqual(await soonest(partnerOf(401), 6), "incocloud");
    assert.equal(await soonest(partnerOf(405), 2), "incocloud");
  });

  fresh("the shop's prices are what the shop says they are", async () => {
    const line = [{ sku: partnerOf(406), quantity: 3 }];
    const [item] = await plain("item", { id: "406" });
    const own = async (shop) => (await (await both({ shop })).offers(line)).find(({ source }) => source === "incocloud");
    const group = await own({ currency: "EUR", pricesIncludeVat: false, priceField: "price_group3" });
    assert.deepEqual([group.unit, group.total], [1, 3].map((count) => ({ amount: exact(item.price_group3, count), currency: "EUR", vat: "net" })));
    assert.notProperty(group, "cheapest", "two currencies have no cheapest");
    assert.equal((await own({ ...SHOP, priceField: "trade_in_price" })).unit.amount, exact(item.trade_in_price, 1));
    assert.isUndefined(await own(undefined), "without shop its side has no price");
    // Where the supplier fails the shop still sells, and the other way round.
    await sandbox.faults({ match: { operation: "quote" }, times: 0, fault: { kind: "internal" } });
    assert.deepEqual((await (await both({ shop: SHOP })).offers(line)).map(({ source }) => source), ["incocloud"]);
    await sandbox.faults({ match: { operation: "item" }, times: 0, fault: { kind: "internal" } });
    await fails((await both({ shop: SHOP })).offers(line), "upstream");
    await sandbox.clear();
    await sandbox.faults({ match: { operation: "item" }, times: 0, fault: { kind: "internal" } });
    assert.deepEqual((await (await both({ shop: SHOP })).offers(line)).map(({ source }) => source), ["intercars"]);
  });

  // ── Who is who ──

  const partners = async (storefront, keys) => (await storefront.availability(keys)).map(({ places }) => places.some(({ source, location }) => source === "incocloud" && location !== undefined));
  const padded = (number) => `SBX${String(number).padStart(6, "0")}`;

  fresh("rules say where an item meets a product: by code, by catalogue number, by bar code", async () => {
    const catalog = { item: "catalog", supplier: "index" };
    const barCode = { item: "bar_code", supplier: "ean" };
    const byCode = [401, 402, 404].map(partnerOf);
    const byCatalog = [601, 603, 604].map((item) => padded(2_000 + (item - 600) * 7));
    const { items } = await (await supplier()).stock({ sku: skus(90, 3_001) });
    const codes = new Map((await plain("item")).filter(({ id }) => id > 700 && id <= 800).flatMap(({ id, bar_code, bar_code2, bar_code3 }) => [bar_code, bar_code2, bar_code3].map((code) => [code, id])));
    const byBarCode = [...new Set(items.filter(({ eans = [] }) => eans.some((ean) => codes.has(ean))).map(({ sku }) => sku))].slice(0, 3);
    assert.lengthOf(byBarCode, 3);
    const keys = [...byCode, ...byCatalog, ...byBarCode];
    const expected = (...found) => found.flatMap((one) => [one, one, one]);
    assert.deepEqual(await partners(await both(), keys), expected(true, false, false));
    assert.deepEqual(await partners(await both({ match: [] }), keys), expected(true, false, false));
    assert.deepEqual(await partners(await both({ match: [catalog] }), keys), expected(false, false, false));
    assert.deepEqual(await partners(await both({ match: [{ ...catalog, tolerant: true }] }), keys), expected(false, true, false));
    assert.deepEqual(await partners(await both({ match: [barCode] }), keys), expected(false, false, true));
    assert.deepEqual(await partners(await both({ match: [{ item: "code", supplier: "sku" }, { ...catalog, tolerant: true }, { ...barCode, tolerant: true }] }), keys), expected(true, true, true));
    // A code in another spelling is another code, unless it is told.
    await sandbox.lay("item", { set: [{ id: 401, code: ` sbx-${partnerOf(401).slice(3)} ` }] });
    assert.deepEqual(await partners(await both(), byCode.slice(0, 1)), [false]);
    assert.deepEqual(await partners(await both({ match: [{ item: "code", supplier: "sku", tolerant: true }] }), byCode.slice(0, 1)), [true]);
  });

  fresh("what two items may be is nobody's, and the first rule that finds any decides", async () => {
    const tolerant = { item: "catalog", supplier: "index", tolerant: true };
    // Items 853 and 854 have the index of one product, in two spellings.
    const [shared] = await (await both({ match: [tolerant] })).availability([padded(8_000)]);
    assert.deepEqual(shared.places.filter(({ source }) => source === "incocloud"), [{ source: "incocloud", quantity: null }]);
    assert.include(["unknown", "orderable"], shared.state);
    if (shared.quantity) assert.isTrue(shared.quantity.atLeast);
    await only([[853, 1, 5_000], [854, 1, 6_000]]);
    await sandbox.lay("item", { set: [{ id: 854, code: padded(8_000) }] });
    const quantity = async (match) => (await (await both({ match })).availability([padded(8_000)]))[0].places[0].quantity?.value;
    assert.equal(await quantity([{ item: "code", supplier: "sku" }, tolerant]), 6_000);
    assert.isUndefined(await quantity([tolerant, { item: "code", supplier: "sku" }]));
    await sandbox.lay("item", { set: [{ id: 853, deleted: true }] });
    assert.equal(await quantity([tolerant]), 6_000, "a deleted item is none");
  });

  fresh("items without a partner, and those that have several or share one, are named", async () => {
    const kept = (id) => id <= 12 || (id > 400 && id <= 430) || (id > 600 && id <= 606) || (id > 840 && id <= 860);
    await sandbox.lay("item", { remove: (await sandbox.rows("item")).map(({ id }) => id).filter((id) => !kept(id)) });
    const left = await plain("item", { include_availability: "true" });
    const alive = left.filter(({ deleted }) => deleted !== true);
    const ids = (rows) => rows.map(({ id }) => id);
    const numbered = (from, to) => (id) => id >= from && id <= to;

    const byCode = await (await both()).unmatched();
    assert.deepEqual(ids(byCode.items), ids(alive).filter((id) => !numbered(401, 430)(id)));
    assert.deepEqual(byCode.items, alive.filter(({ id }) => !numbered(401, 430)(id)), "as sent");
    assert.deepEqual(byCode.ambiguous, []);

    const exactly = [{ item: "catalog", supplier: "index" }];
    const byIndex = await (await both({ match: exactly })).unmatched();
    assert.deepEqual(ids(byIndex.items), ids(alive).filter((id) => !numbered(841, 851)(id)));
    assert.deepEqual(byIndex.ambiguous, [{ item: alive.find(({ id }) => id === 851), sku: ["ADDFFA", "ADDFFF"] }]);

    // Two items with the code of one product, and one with the code of the one and the index of the other.
    await sandbox.lay("item", { set: [{ id: 1, code: partnerOf(402) }, { id: 2, code: "SBX000999", catalog: left.find(({ id }) => id === 841).catalog }] });
    const mixed = await (await both({ match: [{ item: "code", supplier: "sku" }, ...exactly] })).unmatched();
    assert.deepEqual(mixed.ambiguous.map(({ item, sku }) => [item.id, sku]).sort(([a], [b]) => a - b), [[1, [partnerOf(402)]], [402, [partnerOf(402)]], [851, ["ADDFFA", "ADDFFF"]]]);
    assert.deepEqual(ids(mixed.items), ids(alive).filter((id) => id > 2 && !numbered(401, 430)(id) && !numbered(841, 851)(id)));

    await sandbox.faults({ match: { operation: "stock" }, times: 0, fault: { kind: "internal" } });
    await fails((await both()).unmatched(), "upstream");
    await sandbox.clear();
    await sandbox.faults({ match: { operation: "item" }, times: 0, fault: { kind: "internal" } });
    await fails((await both()).unmatched(), "upstream");
  });

  fresh("with the point of sale alone a storefront tells of the shop", async () => {
    await only([[1, 1, 3], [1, 2, 0], [2, 1, 40], [3, 1, 0], [4, 1, -3]]);
    const storefront = new Storefront({ incocloud: await connect(), shop: SHOP });
    const keys = ["SKU-001", "SKU-002", "SKU-003", "SKU-004", "NOSUCH1", "sku-001"];
    const found = await storefront.availability(keys);
    assert.deepEqual(found.map(({ sku, state, quantity }) => [sku, state, quantity?.value]), [["SKU-001", "low", 3], ["SKU-002", "in_stock", 40], ["SKU-003", "out_of_stock", 0], ["SKU-004", "out_of_stock", 0], ["NOSUCH1", "unknown", undefined], ["sku-001", "unknown", undefined]]);
    assert.deepEqual(found[0].places.map(({ source, label }) => [source, label]), [["incocloud", "Магазин Център"], ["incocloud", "Магазин Младост"]]);
    const [item] = await plain("item", { id: "1" });
    const offers = await storefront.offers([{ sku: "SKU-001", quantity: 2 }, { sku: "NOSUCH1" }]);
    assert.deepEqual(offers.map(({ sku, source, total }) => [sku, source, total.amount]), [["SKU-001", "incocloud", exact(item.regular_price, 2)]]);
    assert.equal(await counted("stock"), 0);
    await fails(storefront.unmatched(), "unsupported", /both systems/);
    await fails(new Storefront({ intercars: await supplier() }).unmatched(), "unsupported");
    await fails(new Storefront({ baseUrl: "https://proxy.test" }).unmatched(), "unsupported");
  });

  test("options that cannot be meant are refused", async () => {
    const [intercars, incocloud] = [new InterCars({ fetch: () => assert.fail("sent") }), new stocklane.IncoCloud({ baseUrl: "https://proxy.test", fetch: () => assert.fail("sent") })];
    const atOnce = [{ incocloud: {} }, { incocloud: "x" }, { incocloud: intercars }, { intercars: incocloud }, { intercars, incocloud: {} }, { intercars, incocloud, match: "code" }, { intercars, incocloud, shop: "PLN" }, { incocloud, itemsMaxAgeMs: -1 }, { incocloud, itemsMaxAgeMs: "60" }];
    for (const options of atOnce) {
      let error;
      try {
        new Storefront(options);
      } catch (thrown) {
        error = thrown;
      }
      assert.instanceOf(error, StocklaneError);
      assert.equal(error.kind, "validation");
    }
    const rule = { item: "code", supplier: "sku" };
    for (const options of [
      { match: {} }, { match: ["code"] }, { match: [{}] }, { match: [{ item: "code" }] }, { match: [{ ...rule, item: "sku" }] }, { match: [{ ...rule, supplier: "code" }] }, { match: [{ ...rule, tolerant: "yes" }] }, { match: [{ ...rule, exact: true }] },
      { shop: {} }, { shop: { ...SHOP, currency: "pln" } }, { shop: { ...SHOP, currency: "ZŁ" } }, { shop: { ...SHOP, priceField: "name" } }, { shop: { ...SHOP, priceField: "price" } }, { shop: { ...SHOP, pricesIncludeVat: "yes" } }, { shop: { ...SHOP, country: "PL" } },
    ]) {
      for (const clients of [{ incocloud }, { intercars, incocloud }]) {
        const storefront = new Storefront({ ...clients, ...options });
        for (const call of [storefront.availability(["A"]), storefront.offers([{ sku: "A" }]), storefront.unmatched()]) await fails(call, "validation");
      }
    }
    const storefront = new Storefront({ intercars, incocloud });
    for (const query of [undefined, null, "ADDFFF", [], { sku: [] }, [1]]) await fails(storefront.availability(query), "validation");
    for (const lines of [undefined, {}, [{}], "x"]) await fails(storefront.offers(lines), "validation");
    const reason = new Error("changed my mind");
    assert.equal((await fails(storefront.availability(["A"], { signal: AbortSignal.abort(reason) }), "aborted")).cause, reason);
  });
}
