// Every operation's own page: the body printed there comes back as it is, and the request is the one that is documented.

/** Operation, the samples that answer it, and how a client is asked. */
const answers = [
  ["price", ["price", "price_text"], (client) => client.price({ lines: [{ sku: "ADDFFA" }, { sku: "ADDFFF" }] })],
  ["categories", ["category"], (client) => client.categories()],
  ["products", ["products"], (client) => client.products({ sku: "200383" })],
  ["getDelivery", ["delivery_get"], (client) => client.getDelivery("LAZ/19/0001")],
  ["searchDeliveries", ["delivery_search"], (client) => client.searchDeliveries(day)],
  ["searchDeliveryMetadata", ["delivery_metadata"], (client) => client.searchDeliveryMetadata(day)],
  ["getInvoice", ["invoice_get"], (client) => client.getInvoice("LAZ/19/0001")],
  ["searchInvoices", ["invoice_search"], (client) => client.searchInvoices(day)],
  ["submitRequisition", ["requisition_submit"], (client) => client.submitRequisition(order)],
  ["getRequisition", ["requisition_get"], (client) => client.getRequisition("IC/19/1254")],
  ["searchRequisitions", ["requisition_search"], (client) => client.searchRequisitions(year)],
  ["confirmRequisition", ["requisition_confirm"], (client) => client.confirmRequisition("IC/19/1254")],
  ["cancelRequisition", ["requisition_cancel"], (client) => client.cancelRequisition("IC/19/1254")],
  ["getOrder", ["order_get"], (client) => client.getOrder("LAZ/19/1254")],
  ["customer", ["customer"], (client) => client.customer()],
  ["finances", ["finances"], (client) => client.finances()],
];
const day = { from: "2019-08-24", to: "2019-08-24" };
const year = { from: "2019-04-18", to: "2019-04-18" };
const order = { lines: [{ sku: "ADDFFF", requiredQuantity: 5 }] };

/** What the pages document, byte for byte: operation, arguments, method, path and query. */
const requests = [
  ["price", { lines: [{ sku: "ADDFFF" }] }, "POST", "/pricing/quote"],
  ["categories", {}, "GET", "/catalog/category"],
  ["categories", { categoryId: "SalesClassificationNode_6111000" }, "GET", "/catalog/category?categoryId=SalesClassificationNode_6111000"],
  ["products", { index: "HU 716/2 x", pageNumber: 0, pageSize: 25 }, "GET", "/catalog/products?index=HU%20716%2F2%20x&pageNumber=0&pageSize=25"],
  ["products", { categoryId: "GenericArticle_255", brands: "KNECHT & SÖHNE" }, "GET", "/catalog/products?categoryId=GenericArticle_255&brands=KNECHT%20%26%20S%C3%96HNE"],
  ["getDelivery", { id: "LAZ/19/0001" }, "GET", "/delivery/LAZ%2F19%2F0001"],
  ["searchDeliveries", { from: "2021-07-29", to: "2021-07-30", offset: 1, limit: 20 }, "GET", "/delivery?creationDateFrom=2021-07-29&creationDateTo=2021-07-31&offset=1&limit=20"],
  ["searchDeliveryMetadata", { from: "2021-07-29", to: "2021-07-30", offset: 1, limit: 20 }, "GET", "/delivery/metadata?creationDateFrom=2021-07-29&creationDateTo=2021-07-31&offset=1&limit=20"],
  ["getInvoice", { id: "XYZ/123/ABC" }, "GET", "/invoice/XYZ%2F123%2FABC"],
  ["getInvoice", { id: "00000001", techId: true }, "GET", "/invoice/00000001?techId=true"],
  ["searchInvoices", { from: "2018-01-09", to: "2018-01-10" }, "GET", "/invoice?issueDateFrom=2018-01-09&issueDateTo=2018-01-11"],
  ["searchInvoices", { from: "2018-01-09", to: "2018-01-10", shipTo: "8.0", invoiceClassification: "CREDIT_NOTE" }, "GET", "/invoice?issueDateFrom=2018-01-09&issueDateTo=2018-01-11&shipTo=8.0&invoiceClassification=CREDIT_NOTE"],
  ["submitRequisition", order, "POST", "/sales/requisition"],
  ["getRequisition", { id: "IC10000001" }, "GET", "/sales/requisition/IC10000001"],
  ["searchRequisitions", { from: "2018-01-11", to: "2018-01-12", offset: 1, limit: 20 }, "GET", "/sales/requisition?creationDateFrom=2018-01-11&creationDateTo=2018-01-13&offset=1&limit=20"],
  ["confirmRequisition", { id: "IC10000001" }, "POST", "/sales/requisition/IC10000001/confirm"],
  ["confirmRequisition", { id: "IC10000001", shipTo: "000008" }, "POST", "/sales/requisition/IC10000001/confirm?shipTo=000008"],
  ["cancelRequisition", { id: "IC/19/1254", shipTo: "000008" }, "POST", "/sales/requisition/IC%2F19%2F1254/cancel?shipTo=000008"],
  ["getOrder", { id: "1100130601" }, "GET", "/sales/order/1100130601"],
  ["customer", {}, "GET", "/customer"],
  ["finances", {}, "GET", "/customer/finances"],
];

export default function operations({ test, assert, samples, stocklane }) {
  const { InterCars, buildRequests, decode } = stocklane;
  /** A supplier that answers once with this body, then with empty lists. */
  const answering = (body) => {
    let asked = 0;
    const fetch = async () => new Response(asked++ === 0 ? body : "[]", { headers: { "Content-Type": "application/json" } });
    return new InterCars({ baseUrl: "https://supplier.test/ic", bearer: () => "token", fetch });
  };

  for (const [operation, names, ask] of answers) {
    for (const name of names) {
      test(`${operation}: the printed ${name} comes back as it is`, async () => {
        const printed = JSON.parse(samples[name]);
        assert.deepEqual(await decode(operation, samples[name]), printed);
        assert.deepEqual(await decode(operation, new TextEncoder().encode(samples[name])), printed);
        const answer = await ask(answering(samples[name]));
        const rows = typeof answer.toArray === "function" ? await answer.toArray() : answer;
        assert.deepEqual(operation === "price" ? { lines: rows.items } : rows, printed);
      });
    }
  }

  test("an order that comes as a list is the same order", async () => {
    const printed = JSON.parse(samples.order_get);
    assert.deepEqual(await answering(`[${samples.order_get}]`).getOrder("LAZ/19/1254"), printed);
    assert.deepEqual(await decode("getOrder", `[${samples.order_get}]`), [printed]);
  });

  for (const [operation, args, method, target] of requests) {
    test(`${method} ${target} is what ${operation} asks`, async () => {
      const built = await buildRequests(operation, args, { baseUrl: "https://supplier.test/ic", language: "pl" });
      assert.deepEqual(built.map(({ method, url }) => [method, url]), [[method, `https://supplier.test/ic${target}`]]);
      assert.equal(built[0].headers["Accept-Language"], "pl");
      assert.notProperty(built[0].headers, "Authorization");
    });
  }

  test("the page's seven-day search is sent as its four windows", async () => {
    const built = await buildRequests("searchDeliveries", { from: "2021-07-29", to: "2021-08-05", offset: 1, limit: 20 });
    const days = built.map(({ url }) => [...url.matchAll(/\d{4}-\d\d-\d\d/g)].map(String));
    assert.deepEqual(days, [
      ["2021-07-29", "2021-07-31"],
      ["2021-07-31", "2021-08-02"],
      ["2021-08-02", "2021-08-04"],
      ["2021-08-04", "2021-08-06"],
    ]);
  });

  for (const [operation, name] of [
    ["price", "price_request"],
    ["submitRequisition", "requisition_submit_request"],
    ["submitRequisition", "requisition_submit_text_request"],
  ]) {
    test(`${operation}: the printed ${name} is what is sent`, async () => {
      const printed = JSON.parse(samples[name]);
      const [{ body, headers }] = await buildRequests(operation, printed);
      assert.deepEqual(JSON.parse(body), printed);
      assert.equal(headers["Content-Type"], "application/json");
    });
  }

  test("arguments against the supplier's limits are refused in words before anything is sent", async () => {
    const refused = [
      ["products", {}, /give one of categoryId, sku, index/],
      ["products", { sku: "A", index: "B" }, /sku or index, not both/],
      ["products", { categoryId: "A", pageSize: 101 }, /pageSize must be a whole number from 1 to 100/],
      ["products", { categoryId: "A", pageNumber: 1.5 }, /pageNumber/],
      ["searchDeliveries", { from: "2024-02-30", to: "2024-03-01" }, /YYYY-MM-DD/],
      ["searchDeliveries", { from: "2024-03-02", to: "2024-03-01" }, /from is after to/],
      ["searchInvoices", { from: "2024-03-01", to: "2024-03-01", limit: 201 }, /limit/],
      ["getDelivery", { id: " " }, /id must not be blank/],
      ["getDelivery", {}, /id/],
      ["submitRequisition", { lines: [] }, /at least one line/],
      ["submitRequisition", { lines: [{ sku: "A", index: "B", requiredQuantity: 1 }] }, /by sku or by index/],
      ["submitRequisition", { lines: [{ sku: "A" }] }, /requiredQuantity/],
      ["nothing", {}, /no operation/],
    ];
    for (const [operation, args, words] of refused) {
      const error = await buildRequests(operation, args).then(() => undefined, (thrown) => thrown);
      assert.equal(error?.kind, "validation", operation + JSON.stringify(args));
      assert.match(error.message, words);
    }
  });

  test("unknown fields of any row are there at run time, and null and absent stay apart", async () => {
    const body = JSON.stringify([{ ...JSON.parse(samples.order_get), carbonFootprint: { kg: 1.5 }, acceptedDate: null, lines: [{ sku: "A", newer: [1] }] }]);
    const [row] = await decode("getRequisition", body);
    assert.deepEqual(row, JSON.parse(body)[0]);
    assert.isNull(row.acceptedDate);
    assert.notProperty(row.lines[0], "index");
  });

  test("what is odd on the wire is read as it is meant", async () => {
    const { deliveryIds, packageSizes, quantityOf, sumMoney, timeOf, timesMoney } = stocklane;
    const [product] = JSON.parse(samples.products).products;
    assert.deepEqual(packageSizes(product), { weight: 0.102, length: 33, width: 3, height: 2 });
    assert.deepEqual(packageSizes({ sku: "A", packageWidth: "1,5", packageLength: 2, packageDepth: "x", packageWeight: "" }), { length: 2, width: 1.5 });
    assert.deepEqual(deliveryIds({ deliveryId: ["LAZ/19/001, LAZ/19/002"] }), ["LAZ/19/001", "LAZ/19/002"]);
    assert.deepEqual(deliveryIds({}), []);
    assert.deepEqual(quantityOf({ availability: 10 }), { value: 10, atLeast: true });
    assert.deepEqual(quantityOf({ availability: 10 }, 50), { value: 10, atLeast: false });
    assert.deepEqual(timeOf("2024-06-26T09:15:00"), { text: "2024-06-26T09:15:00", zoned: false });
    assert.equal(timeOf("2024-06-26T09:15:00", "Europe/Warsaw").instant.toISOString(), "2024-06-26T07:15:00.000Z");
    assert.equal(timeOf("2024-12-26T09:15:00", "Europe/Sofia").instant.toISOString(), "2024-12-26T07:15:00.000Z");
    assert.equal(timeOf("2019-04-18T15:28:47.767+02:00").instant.toISOString(), "2019-04-18T13:28:47.767Z");
    assert.deepEqual(timeOf("2020-03-27", "Europe/Warsaw"), { text: "2020-03-27", zoned: false });
    assert.isUndefined(timeOf(null));
    const zloty = (amount) => ({ amount, currency: "PLN", vat: "net" });
    assert.deepEqual(await sumMoney([zloty("0.1"), zloty("0.2")]), zloty("0.30"));
    assert.deepEqual(await timesMoney(zloty("15.68"), 3), zloty("47.04"));
    assert.deepEqual(await timesMoney(zloty("100"), "0.235"), zloty("23.50"));
    const mixed = await sumMoney([zloty("1"), { amount: "1", currency: "EUR", vat: "net" }]).then(() => undefined, (error) => error);
    assert.equal(mixed?.kind, "validation");
    const wrong = await timesMoney(zloty("1"), "many").then(() => undefined, (error) => error);
    assert.equal(wrong?.kind, "validation");
  });
}
