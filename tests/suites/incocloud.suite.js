// The point of sale: what the client asks and answers, against the emulated service and against answers made up here.
import { failing } from "./outcome.js";
import { pointOfSale, serviceOf } from "./point-of-sale.js";
import { sandboxOf } from "./sandbox.js";

const RESOURCES = [
  "item", "item_group", "item_tag", "item_tag_connection", "sale", "sales_order", "return", "credit_note", "purchase", "purchase_return", "invoice",
  "cash_receipt", "partner", "partner_group", "location", "location_group", "payment", "payment_type", "vat_group", "price_rule", "operation_status",
  "booking", "booking_availability", "booking_profile", "booking_location_type", "booking_rate_type", "booking_status", "reservation",
  "restaurant_order_request", "restaurant_order_request_status", "subscription", "subscription_event", "voucher",
];
const JANUARY = { from_date: "2026-01-01", to_date: "2026-01-31" };
const SALE = { location_id: 1, partner_id: 123, details: [{ item_id: 456, quantity: 2, price_out: 29.99 }] };

export default function incocloud({ test, assert, stocklane, fields, env }) {
  const { IncoCloud, StocklaneError, buildRequests, decode } = stocklane;
  const sandbox = sandboxOf(env.sandboxUrl);
  // A page never holds credentials.
  const { begin, connect, plain, asked } = pointOfSale(stocklane, sandbox, env.runtime !== "chromium");

  const fresh = (name, run) =>
    test(name, async () => {
      await begin();
      await run();
    });

  const fails = failing({ assert, StocklaneError });

  fresh("the page's first example: every item with its availability", async () => {
    const client = await connect();
    const items = await client.items({ include_availability: true });
    const lines = items.map((item) => `${item.code}: ${item.name} - Available: ${JSON.stringify(item.availability ?? "N/A")}`);
    const wire = await plain("item", { include_availability: "True" });
    assert.lengthOf(wire, 1_200);
    assert.deepEqual(lines, wire.map((item) => `${item.code}: ${item.name} - Available: ${JSON.stringify(item.availability ?? "N/A")}`));
    assert.deepEqual(items, wire);
  });

  fresh("the page's second example: sales of a month with their payments", async () => {
    const client = await connect();
    const sales = await client.sales({ ...JANUARY, load_payments: true });
    const wire = await plain("sale", { ...JANUARY, load_payments: "true" });
    assert.isAbove(wire.length, 50);
    assert.deepEqual(sales.map((sale) => `Sale #${sale.operation_number}: $${sale.total}`), wire.map((sale) => `Sale #${sale.operation_number}: $${sale.total}`));
    assert.deepEqual(sales, wire);
    assert.isTrue(sales.every(({ payments }) => payments.length > 0));
  });

  fresh("the page's third example: items by their code", async () => {
    const client = await connect();
    assert.deepEqual(await client.items({ code: "SKU-001" }), await plain("item", { code: "SKU-001" }));
    assert.deepEqual((await client.items({ code: "SKU-001" })).map(({ code }) => code), ["SKU-001"]);
    assert.deepEqual(await client.items({ code: "nobody's code" }), []);
  });

  fresh("the page's fourth example: a sale is created", async () => {
    const client = await connect();
    const result = await client.createSale(SALE);
    assert.isNumber(result.id);
    const [request] = (await asked("createSale")).map(({ method, path, body }) => ({ method, path: path.split("?")[0], body: JSON.parse(body) }));
    assert.deepEqual(request, { method: "POST", path: "/connect/api/sale", body: SALE });
    const created = (await client.sales({ partner_id: 123 })).find(({ id }) => id === result.id);
    assert.deepEqual(created.details.map(({ item_id, quantity, price_out }) => ({ item_id, quantity, price_out })), SALE.details);
    assert.equal(created.total, 59.98);
    assert.equal((await sandbox.counters()).incocloud.sales.created, 1);
  });

  fresh("each of the 33 resources is listed as it is sent", async () => {
    const client = await connect();
    assert.lengthOf(RESOURCES, 33);
    for (const resource of RESOURCES) {
      const rows = await client.list(resource);
      assert.isNotEmpty(rows, resource);
      // Deep comparison of some thousand rows costs seconds; these are by far the longest.
      const part = (list) => (["sale", "payment", "item"].includes(resource) ? list.filter((_, at) => at % 7 === 3) : list);
      const wire = await plain(resource);
      assert.lengthOf(rows, wire.length, resource);
      assert.deepEqual(part(rows), part(wire), resource);
    }
    const targets = (await sandbox.log()).map(({ path }) => path.split("?")[0]);
    assert.includeMembers(targets, RESOURCES.map((resource) => `/connect/api/${resource}`));
  });

  fresh("each parameter of the page is sent by its name, and narrows", async () => {
    const client = await connect();
    for (const query of [{ id: 17 }, { location_id: 2, include_availability: true }, { group_id: 22 }, { tag_id: 1 }, { only_available: true }, { include_availability: false }, { code: "SBX000392" }, { catalog: "OP 520" }]) {
      assert.deepEqual(await client.items(query), await plain("item", query), JSON.stringify(query));
    }
    for (const query of [{ operation_number: 7 }, { location_id: 2, ...JANUARY }, { partner_id: 3 }, { from_date: "2026-06-20" }, { to_date: "2025-06-01" }, { operation_number: 7, load_payments: true }]) {
      assert.deepEqual(await client.sales(query), await plain("sale", query), JSON.stringify(query));
    }
    for (const [resource, query] of [["partner", { group_id: 2 }], ["location", { id: 3 }], ["item_group", { code: "AAA" }], ["payment", { ...JANUARY, location_id: 1 }], ["invoice", JANUARY], ["cash_receipt", JANUARY]]) {
      assert.deepEqual(await client.list(resource, query), await plain(resource, query), resource);
    }
  });

  fresh("availability comes in any form that the service has for it", async () => {
    const client = await connect();
    for (const availabilityForm of ["locations", "number", "absent", "rotate"]) {
      await sandbox.settings({ availabilityForm });
      const rows = await client.items({ group_id: 22, include_availability: true });
      assert.deepEqual(rows, await plain("item", { group_id: 22, include_availability: true }), availabilityForm);
      if (availabilityForm === "number") assert.isTrue(rows.every(({ availability }) => typeof availability === "number"));
      if (availabilityForm === "absent") assert.isTrue(rows.every((row) => !("availability" in row)));
    }
  });

  fresh("fields that the API's user may not see are not there", async () => {
    const client = await connect();
    await sandbox.settings({ hiddenFields: { item: ["id", "trade_in_price", "name2"], sale: ["id", "date", "details.price_in", "location_id"] } });
    assert.deepEqual(await client.items({ group_id: 22 }), await plain("item", { group_id: 22 }));
    const sales = await client.sales(JANUARY);
    assert.deepEqual(sales, await plain("sale", JANUARY));
    assert.notProperty(sales[0], "id");
    assert.notProperty(sales[0].details[0], "price_in");
  });

  fresh("one token for any number of calls, however many begin at once, and four requests at a time", async () => {
    const client = await connect();
    await Promise.all(RESOURCES.slice(0, 30).map((resource) => client.list(resource, { id: 1 })));
    const { tokens, maxConcurrent } = (await sandbox.counters()).incocloud;
    assert.equal(tokens, 1);
    assert.isAtMost(maxConcurrent, 4);
  });

  test("rows that are not as they are thought to be come as JSON.parse reads them", async () => {
    const answers = {
      item: [
        { code: "A", name: "B" },
        { code: "A", name: "B", id: null, availability: null, deleted: null },
        { id: 5, code: "A", name: "B", newer: { deep: [1, { x: "\u0000\ud83d\ude00 \\\"" }], "": [] }, "a b": -0.5e-7 },
        { code: "A", name: "B", regular_price: "12,50", bar_code: 3800000000010, is_recipe: "да", type: [1], order: {}, deleted: 0, availability: "many" },
        { id: 1.5, code: "", name: " ", availability: [], regular_price: 1e300, description: ["x"] },
        { id: 2, code: "Ж", name: "名\u2028", availability: [{ location_id: 1, quantity: -2.5, lot: "x" }, { location_id: 2, quantity: 3 }] },
        { id: 3, code: "C", name: "D", availability: [{ location_id: "1" }, 7, null] },
        { id: 3, code: "C", name: "D", availability: { total: 5 } },
        JSON.parse('{"id":4,"code":"E","name":"F","__proto__":{"polluted":true},"constructor":1,"toString":"x"}'),
      ],
      sale: [
        { operation_number: 1, total: 2 },
        { operation_number: 1, total: -2.25, details: null, payments: null, date: 5 },
        { operation_number: 2, total: 0, details: [{ item_id: "x", quantity: null, price_out: "9.99", more: [] }, {}, { lot: 5 }], note: { a: 1 } },
        { operation_number: 3, total: 1, details: "none", payments: [{ id: 1, amount: 5 }, "odd"], vat: [] },
        { operation_number: 3, total: 1, details: { item_id: 1 }, id: "10" },
      ],
      partner: [{}, { id: {}, name: 5, price_group: "6", payment_days: null, telephone: [359] }, { name: "X", blocked: true }],
      payment: [{ mode: "paid", quantity: "5", amount: 5 }, { id: 1, date: 20260101 }],
      voucher: [{}, { id: "A-1", name: null, value: 5 }, { name: ["x"] }],
      booking: [{ anything: { at: "all" } }],
    };
    const { options } = serviceOf((url) => answers[url.pathname.split("/").at(-1)]);
    const client = new IncoCloud(options);
    for (const [resource, rows] of Object.entries(answers)) {
      assert.deepEqual(await client.list(resource), rows, resource);
      assert.deepEqual(await decode(resource, JSON.stringify(rows)), rows, resource);
      // Each by itself, so that none hides another.
      for (const row of rows) assert.deepEqual(await decode(resource, JSON.stringify([row])), [row]);
    }
    assert.isUndefined({}.polluted);
    // What the page prints is certain: a row without it is not what it says it is.
    for (const [resource, row] of [["item", { code: "A" }], ["item", { code: 5, name: "B" }], ["item", { code: "A", name: "B", id: "five" }], ["sale", { operation_number: 1 }], ["sale", { operation_number: "1", total: 5 }], ["item", []], ["item", null], ["item", 5]]) {
      await fails(decode(resource, JSON.stringify([row])), "decode");
    }
    for (const body of ["{}", "null", "", "[", "[{}", '{"error":"x"}', "<html>"]) await fails(decode("item", body), "decode");
  });

  fresh("so do rows that the service itself has got wrong", async () => {
    const client = await connect();
    await sandbox.lay("item", {
      set: [
        { id: 1, regular_price: "по договаряне", bar_code: 38, group_id: null, loyalty: { points: [1, null] } },
        { id: 2, name: "\"'<script>&#x27;\u2028", availability: "на път" },
        { id: 90_001, code: "NEW-1", name: "No field but the certain ones" },
      ],
    });
    await sandbox.lay("partner", { set: [{ id: 1, payment_days: "30", telephone: 359 }] });
    for (const resource of ["item", "partner"]) {
      const rows = await client.list(resource, { include_availability: true });
      assert.deepEqual(rows, await plain(resource, { include_availability: true }));
    }
    const [one, two] = await Promise.all([client.items({ id: 1 }), client.items({ id: 2 })]);
    assert.deepEqual([one[0].regular_price, one[0].loyalty, two[0].availability], ["по договаряне", { points: [1, null] }, "на път"]);
  });

  test("parameters of one's own go out as given; a token is not one of them", async () => {
    const service = serviceOf(() => []);
    const client = new IncoCloud(service.options);
    await client.list("booking", { "from date": "a b&c=d+e%", limit: 5, open: true, closed: false, none: null, gone: undefined, "ж": "я/?#" });
    await client.items({ code: "A&B c+d/é", only_available: true, id: 7, warehouse: "x" });
    const [bookings, items] = service.own().map(({ url }) => url);
    const query = (url) => Object.fromEntries([...url.searchParams].filter(([name]) => name !== "token"));
    assert.deepEqual(query(bookings), { "from date": "a b&c=d+e%", limit: "5", open: "true", closed: "false", "ж": "я/?#" });
    assert.deepEqual(query(items), { code: "A&B c+d/é", only_available: "true", id: "7", warehouse: "x" });
    assert.deepEqual(items.searchParams.getAll("token"), ["token-of-a-test"]);
    const sent = service.asked.length;
    for (const name of ["token", "app_id", "app_secret"]) {
      for (const call of [() => client.list("item", { [name]: "x" }), () => client.sales({ [name]: "x" }), () => client.list("voucher", { [name]: 5 }), () => client.sync("item", undefined, { query: { [name]: "x" } })]) {
        await fails(call(), "validation", new RegExp(name));
      }
    }
    for (const query of [{ id: "7" }, { id: [7] }, { only_available: "True" }, { own: {} }, { own: [1] }, "SKU-001", 5, []]) await fails(client.items(query), "validation");
    for (const query of [{ from_date: "2026-02-30" }, { from_date: "1.1.2026" }, { to_date: "2026-1-1" }, { from_date: "2026-02-01", to_date: "2026-01-01" }, { from_date: 20260101 }]) {
      await fails(client.sales(query), "validation");
    }
    for (const resource of ["items", "", "stock", "createSale", "__proto__", "item/../partner", undefined, null]) await fails(client.list(resource), "validation");
    // A page sells at an address of its own alone.
    const seller = new IncoCloud({ ...service.options, authUrl: "https://tokens.test/access_token" });
    for (const sale of [undefined, null, {}, { ...SALE, details: [] }, { ...SALE, details: [{ item_id: 1 }] }, { ...SALE, location_id: "1" }, { ...SALE, partner_id: undefined }, [SALE]]) {
      await fails(seller.createSale(sale), "validation");
    }
    for (const idempotencyKey of ["", " ", 5, "ж", "x".repeat(256), "a\nb"]) await fails(seller.createSale(SALE, { idempotencyKey }), "validation");
    for (const options of ["x", { signal: true }, { timeoutMs: "1" }, { onProgress: 1 }]) {
      await fails(client.items({}, options), "validation");
      await fails(client.sync("item", undefined, options), "validation");
    }
    assert.equal(service.asked.length, sent, "nothing was sent");
  });

  test("a field that the service calls otherwise is read and sent by its real name", async () => {
    const rows = {
      item: [{ id: 1, code: "A", name: "B", retail_price: 12.5, bar_code: "x", ean13: "y" }, { id: 2, code: "C", name: "D", retail_price: null, regular_price: 7 }],
      sale: [{ operation_number: 1, total: 2, lines: [{ item_id: 1, unit_price: 2.5, price_out: "old" }], when: "2026-01-05" }],
    };
    const service = serviceOf((url, { method }) => (method === "POST" ? { sale_id: 9 } : rows[url.pathname.split("/").at(-1)]));
    const fieldNames = {
      item: { regular_price: "retail_price", bar_code: "ean13", code: "item_code", only_available: "in_stock" },
      sale: { details: "lines", "details.price_out": "unit_price", date: "when", from_date: "since", partner_id: "client" },
      createSale: { id: "sale_id", partner_id: "client", details: "lines", "details.price_out": "unit_price" },
    };
    rows.item = rows.item.map(({ code, ...row }) => ({ item_code: code, ...row }));
    // In a page too: what is not the supplier's own may be sold at.
    const client = new IncoCloud({ ...service.options, authUrl: "https://own.test/access_token", fieldNames });
    assert.deepEqual(await client.items({ code: "A", only_available: true, id: 1 }), [
      { id: 1, code: "A", name: "B", regular_price: 12.5, ean13: "x", bar_code: "y" },
      { id: 2, code: "C", name: "D", regular_price: null, retail_price: 7 },
    ]);
    assert.deepEqual(await client.sales({ partner_id: 3, ...JANUARY }), [{ operation_number: 1, total: 2, details: [{ item_id: 1, price_out: 2.5, unit_price: "old" }], date: "2026-01-05" }]);
    assert.deepEqual(await client.createSale(SALE), { id: 9 });
    const [item, sale, created] = [service.own()[0], service.own()[1], service.own().at(-1)];
    assert.match(item.url.search, /^\?id=1&in_stock=true&item_code=A&token=/);
    assert.deepEqual([sale.url.searchParams.get("client"), sale.url.searchParams.get("since"), sale.url.searchParams.get("partner_id")], ["3", "2026-01-01", null]);
    assert.deepEqual(JSON.parse(created.body), { location_id: 1, client: 123, lines: [{ item_id: 456, quantity: 2, unit_price: 29.99 }] });
    // The field that numbers a row may be one of them.
    const tagged = new IncoCloud({ ...serviceOf(() => [{ Id: 4, name: "x" }]).options, fieldNames: { item_tag: { id: "Id" } } });
    const { added } = await tagged.sync("item_tag");
    assert.deepEqual(added.map(({ id, name }) => ({ id, name })), [{ id: 4, name: "x" }]);
  });

  test("requests and answers for a transport of one's own", async () => {
    const built = await buildRequests("item", { code: "A&B", include_availability: true }, { baseUrl: "https://server-1.incocloud.com" });
    assert.deepEqual(built.map(({ method, url }) => [method, url]), [["GET", "https://server-1.incocloud.com/connect/api/item?include_availability=true&code=A%26B"]]);
    const [sale] = await buildRequests("createSale", SALE, { baseUrl: "https://server-1.incocloud.com" });
    assert.deepEqual([sale.method, sale.url, JSON.parse(sale.body), sale.headers["Content-Type"]], ["POST", "https://server-1.incocloud.com/connect/api/sale", SALE, "application/json"]);
    for (const resource of RESOURCES) {
      const [{ url }] = await buildRequests(resource, { id: 5 }, { baseUrl: "https://server-1.incocloud.com" });
      assert.equal(url, `https://server-1.incocloud.com/connect/api/${resource}?id=5`);
      assert.deepEqual(await decode(resource, "[]"), []);
    }
    await fails(buildRequests("item", { token: "x" }), "validation");
    assert.deepEqual(await decode("createSale", '{"id":77,"number":5}'), { id: 77, number: 5 });
  });

  test("options are checked when the client is made, and tell what is wrong", () => {
    const pair = { appId: "a", appSecret: "b" };
    const wrong = [
      [undefined, /appId and appSecret, or the baseUrl/], [{}, /baseUrl/], ["text", /object/], [{ appId: "a" }, /belong together/], [{ appSecret: "a" }, /belong together/],
      [{ appId: "a", baseUrl: "https://proxy.test" }, /belong together/], [{ ...pair, baseUrl: "https://proxy.test" }, /or the baseUrl/], [{ authUrl: "https://a.test" }, /baseUrl/],
      [{ appId: 1, appSecret: "b" }, /appId/], [{ ...pair, authUrl: 1 }, /authUrl/], [{ ...pair, fetch: "fetch" }, /fetch/], [{ ...pair, timeoutMs: -1 }, /timeoutMs/], [{ ...pair, maxRetries: NaN }, /maxRetries/],
      [{ ...pair, fieldNames: "x" }, /fieldNames/], [{ ...pair, trustedServers: "http://127.0.0.1:1" }, /trustedServers/],
      ...[{}, [1], [""], ["127.0.0.1:8790"], ["http://127.0.0.1:8790/"], ["http://127.0.0.1:8790/connect"], ["http://a@127.0.0.1"], ["http://127.0.0.1?x"], ["http://127.0.0.1#x"], ["ftp://127.0.0.1"], ["*"], ["http://a.test", null], ["http:\\\\a"], ["http://a b"]].map(
        (trustedServers) => [{ ...pair, trustedServers }, /trustedServers/],
      ),
    ];
    for (const [options, words] of wrong) {
      let error;
      try {
        new IncoCloud(options);
      } catch (thrown) {
        error = thrown;
      }
      assert.instanceOf(error, StocklaneError, JSON.stringify(options));
      assert.equal(error.kind, "validation");
      assert.match(error.message, words);
    }
    for (const options of [pair, { baseUrl: "/incocloud" }, { ...pair, baseUrl: null, trustedServers: [] }, { ...pair, trustedServers: ["http://localhost:8790", "https://[::1]:1"] }]) {
      assert.instanceOf(new IncoCloud(options), IncoCloud);
    }
  });

  test("a corrected name must be of something that there is", async () => {
    const service = serviceOf(() => []);
    for (const fieldNames of [{ items: { name: "x" } }, { item: { price: "x" } }, { sale: { "details.price": "x" } }, { sale: { "details.price_out.x": "y" } }, { item: { name: "" } }, { item: { name: 5 } }, { item: "x" }, { item: null }]) {
      await fails(new IncoCloud({ ...service.options, fieldNames }).items(), "validation", /fieldNames/);
    }
    assert.throws(() => new IncoCloud({ ...service.options, fieldNames: [] }), /fieldNames/);
    assert.lengthOf(service.asked, 0);
  });

  test("how certain each field is, is there as data", () => {
    assert.sameMembers(Object.keys(fields.fields), RESOURCES);
    assert.sameMembers(Object.keys(fields.parameters), RESOURCES);
    const literal = (known) => Object.keys(known).filter((name) => known[name] === "literal");
    assert.sameMembers(literal(fields.fields.item).filter((name) => !name.includes(".")), ["id", "code", "name", "availability"]);
    assert.includeMembers(literal(fields.fields.sale), ["operation_number", "total"]);
    assert.sameMembers(literal(fields.parameters.item), ["id", "location_id", "group_id", "tag_id", "only_available", "include_availability", "code", "catalog"]);
    assert.sameMembers(literal(fields.parameters.sale), ["operation_number", "location_id", "partner_id", "from_date", "to_date", "load_payments"]);
    assert.equal(fields.fields.sale["details.price_out"], "inferred");
    for (const known of [...Object.values(fields.fields), ...Object.values(fields.parameters)]) {
      for (const certainty of Object.values(known)) assert.include(["literal", "inferred", "guessed"], certainty);
    }
  });
}
