// Own shop and supplier as one answer: straight from the supplier, and through a proxy as a visitor sees it.
import { rejection } from "./outcome.js";
import { sandboxOf, skus } from "./sandbox.js";

export default function storefront({ test, assert, stocklane, edge, env }) {
  const { InterCars, Storefront, StocklaneError } = stocklane;
  const sandbox = sandboxOf(env.sandboxUrl);

  async function local() {
    const token = await sandbox.token();
    return new Storefront({ intercars: new InterCars({ baseUrl: sandbox.baseUrl, bearer: () => token }) });
  }

  const fresh = (name, run) =>
    test(name, async () => {
      await sandbox.reset();
      await sandbox.clear();
      await run();
    });

  fresh("availability of each part asked for, in that order; unknown is never zero", async () => {
    const shop = await local();
    const keys = ["ADDFFA", "NOSUCH1", "ADDFFF", "POISON1"];
    const found = await shop.availability(keys);
    assert.deepEqual(found.map(({ sku }) => sku), keys);
    const [a, unknown, f, poison] = found;
    assert.equal(a.state, "in_stock");
    assert.deepEqual(a.quantity, { value: 15, atLeast: true });
    assert.deepEqual(a.places.map(({ source, location, quantity }) => [source, location, quantity]), [["intercars", "POZ", { value: 5, atLeast: false }], ["intercars", "HZA", { value: 10, atLeast: true }]]);
    assert.deepEqual(f.quantity, { value: 10, atLeast: true });
    for (const none of [unknown, poison]) assert.deepInclude(none, { state: "unknown", quantity: null, places: [] });
    assert.deepEqual(await shop.availability({ sku: keys }), found);
    const placed = await shop.availability({ sku: ["ADDFFA"], location: ["POZ"] });
    assert.deepEqual(placed[0].quantity, { value: 5, atLeast: false });
    const many = skus(130);
    assert.deepEqual((await shop.availability(many)).map(({ sku }) => sku), many);
  });

  fresh("offers are exact", async () => {
    const shop = await local();
    const offers = await shop.offers([{ sku: "ADDFFA", quantity: 3 }, { sku: "NOSUCH1" }, { sku: "ADDFFF", quantity: 10 }]);
    assert.deepEqual(offers.map(({ sku, quantity, unit, total, vatPercentage }) => ({ sku, quantity, unit, total, vatPercentage })), [
      { sku: "ADDFFA", quantity: 3, unit: { amount: "15.68", currency: "PLN", vat: "gross" }, total: { amount: "47.04", currency: "PLN", vat: "gross" }, vatPercentage: 23 },
      { sku: "ADDFFF", quantity: 10, unit: { amount: "123.00", currency: "PLN", vat: "gross" }, total: { amount: "1230.00", currency: "PLN", vat: "gross" }, vatPercentage: 23 },
    ]);
    assert.notMatch(JSON.stringify(offers), /customer|98\.4|"80/);
  });

  fresh("a client that a storefront takes over goes on: its pages, its calls, what it has under way", async () => {
    const token = await sandbox.token();
    const intercars = new InterCars({ baseUrl: sandbox.baseUrl, bearer: () => token });
    const range = { from: await sandbox.day(20), to: await sandbox.day(11) };
    const all = await intercars.searchDeliveries(range).toArray();
    assert.isAbove(all.length, 1);
    const reading = intercars.searchDeliveries(range)[Symbol.asyncIterator]();
    const read = [(await reading.next()).value];
    const underWay = intercars.stock({ sku: ["ADDFFF"] });
    const shop = new Storefront({ intercars });
    const [found] = await shop.availability(["ADDFFF"]);
    const { items } = await intercars.stock({ sku: ["ADDFFF"] });
    assert.deepEqual((await underWay).items, items);
    assert.deepEqual(found.places.map(({ location }) => location), items.map(({ location }) => location));
    for await (const row of reading) read.push(row);
    assert.deepEqual(read, all);
    assert.deepEqual(await intercars.searchDeliveries(range).toArray(), all);
  });

  test("a storefront takes a client of this package, and nothing like it", async () => {
    for (const options of [{ intercars: {} }, { intercars: "x" }, { baseUrl: 5 }]) {
      let error;
      try {
        new Storefront(options);
      } catch (thrown) {
        error = thrown;
      }
      assert.instanceOf(error, StocklaneError, JSON.stringify(options));
    }
    const shop = new Storefront({ baseUrl: "https://proxy.test", fetch: () => assert.fail("sent") });
    for (const query of [undefined, null, "ADDFFF", [], { sku: [] }, [1]]) assert.equal((await rejection(shop.availability(query))).kind, "validation");
    for (const lines of [undefined, {}, [{}], "x"]) assert.equal((await rejection(shop.offers(lines))).kind, "validation");
  });

  if (!edge) return;

  fresh("through a proxy: states for numbers, words for places, the same prices", async () => {
    const proxy = new edge.EdgeProxy({
      intercars: { clientId: "sandbox-client", clientSecret: "sandbox-secret", baseUrl: sandbox.baseUrl, tokenUrl: sandbox.tokenUrl },
      allowedOrigins: [],
      places: { HZA: "Poznań" },
      log: () => {},
    });
    const shop = new Storefront({ baseUrl: "https://proxy.test", fetch: (request) => proxy.fetch(request) });
    const found = await shop.availability(["ADDFFA", "NOSUCH1", "SBX000001"]);
    assert.deepEqual(found.map(({ sku }) => sku), ["ADDFFA", "NOSUCH1", "SBX000001"]);
    assert.deepInclude(found[0], { state: "in_stock", quantity: { value: 10, atLeast: true } });
    assert.deepEqual(found[0].places.map(({ label, location, quantity }) => ({ label, location, quantity })), [{ label: "Poznań", location: undefined, quantity: null }]);
    assert.deepEqual(found[1], { sku: "NOSUCH1", state: "unknown", quantity: null, places: [] });
    const lines = [{ sku: "ADDFFA", quantity: 3 }, { sku: "ADDFFF", quantity: 10 }];
    assert.deepEqual(await shop.offers(lines), await (await local()).offers(lines));
    const many = skus(130);
    assert.deepEqual((await shop.availability(many)).map(({ sku }) => sku), many);
    const error = await rejection(shop.availability({ sku: ["ADDFFF"], shipTo: "80" }));
    assert.deepInclude({ ...error }, { kind: "validation", status: 400 });
    assert.isString(error.errorId);
  });

  test("a caller that goes away in the middle of its body is no defect of the proxy", async () => {
    const lines = [];
    const proxy = new edge.EdgeProxy({
      intercars: { clientId: "a", clientSecret: "b", fetch: () => assert.fail("sent") },
      log: (line) => lines.push(JSON.parse(line)),
    });
    let came = false;
    const body = new ReadableStream({
      pull(to) {
        if (came) return to.error(new Error("the connection was closed"));
        came = true;
        to.enqueue(new TextEncoder().encode('{"lines":[{"sku":"ADDFFF"}]}'));
      },
    });
    const headers = { "X-Stocklane": "1", "Content-Type": "application/json" };
    const answer = await proxy.fetch(new Request("https://proxy.test/offers", { method: "POST", headers, body, duplex: "half" }));
    assert.equal(answer.status, 400);
    assert.deepEqual(lines.map(({ level, kind }) => [level, kind]), [["warn", "validation"]]);
  });
}
