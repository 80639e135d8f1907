// What the proxy withstands, T1 to T17: each threat of docs/proxy.md end to end, as a visitor or an operator would see it.
import { createServer } from "node:http";
import { once } from "node:events";
import { inspect } from "node:util";
import assert from "node:assert/strict";
import { EdgeProxy, mintSession } from "stocklane/edge";
import * as edge from "stocklane/edge";
import { samples } from "../harness/material.mjs";
import { as, bare, hits, inNode, neutral, posted, raw, refused, seen, session, unasked } from "./shop.mjs";
import { neutrally, sandbox, threat } from "./threat.mjs";
import { KEY, ORIGIN } from "./worker.mjs";

const { stock_text: STOCK, quote_text: QUOTE } = samples();
const CANARY = "canary-5e1d";

const reply = (operation, status, body, headers = [], times = 0) => ({ match: { operation }, times, fault: { kind: "reply", status, headers, body } });

/** A server that should hear nothing. */
async function stranger() {
  const heard = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`);
    response.end("[]");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, heard, close: () => server.close() };
}

const ELSEWHERE = [
  "/intercars/%2e%2e/finances", "/intercars/.%2e/finances", "/intercars/..%2ffinances", "/intercars/invoice/%2e%2e/finances", "/intercars/invoice/..\\finances", "/intercars/invoice/..%5cfinances", "/intercars/invoice/%252e%252e%252ffinances",
  "/intercars/..;/finances", "/intercars/invoice/%00", "/intercars/invoice/%0d%0aHost:%20evil.test", "/intercars/invoice/%C0%AE%C0%AE", "/intercars//evil.test/", "/intercars/https://evil.test/", "/intercars/@evil.test/", "/intercars.evil.test/", "/intercars:80/inventory/stock",
  "//evil.test/intercars", "/\\evil.test/intercars", "/https://evil.test/", "/http:%2f%2fevil.test/", "/%2f%2fevil.test", "/?url=https://evil.test", "/?next=//evil.test", "/proxy?target=http://169.254.169.254/", "/redirect/https:/evil.test",
  "/availability?url=https://evil.test", "/availability?sku=https://evil.test", "/availability?sku=A&baseUrl=https://evil.test", "/search?q=A&server_url=https://evil.test", "/widgets/https:%2f%2fevil.test", "/_sandbox/counters", "/oauth2/token", "/ic/inventory/stock?sku=A", "/connect/api/item",
];

threat("T1 open proxy / SSRF: nothing of a request becomes an address", async (target) => {
  for (const path of ELSEWHERE) {
    for (const init of [{}, await as()]) {
      const answer = await target.ask(path, { ...init, headers: { ...init.headers, "X-Forwarded-Host": "evil.test", "X-Original-URL": "https://evil.test/", Forwarded: "host=evil.test" } });
      // The Worker's own page is at its top, whatever stands behind.
      const page = target.url && path.startsWith("/?") && answer.text.startsWith("<!doctype html>");
      assert.ok([400, 404].includes(answer.status) || page, `${path}: ${answer.status} ${answer.text}`);
    }
  }
  if (target.url) {
    const bearer = `X-Stocklane: 1\r\nAuthorization: Bearer ${await session()}\r\nConnection: close\r\n\r\n`;
    for (const path of [...ELSEWHERE.map((path) => path.replaceAll("\\", "%5c")), "http://evil.test/intercars/customer/../finances2", "http://evil.test/", "http://169.254.169.254/latest/meta-data/"]) {
      const { status } = await raw(target.url, `GET ${path} HTTP/1.1\r\nHost: evil.test\r\n${bearer}`);
      // What is no address at all is refused before the Worker; its own page has no such files.
      assert.ok(status !== 200 || !path.startsWith("/i"), `${path}: ${status}`);
    }
  }
  assert.equal(await hits(sandbox), 0);
});

neutrally("T1 open proxy / SSRF: whatever the Host, the suppliers' own origins alone are asked", async () => {
  const asked = [];
  const record = (request) => (asked.push(new URL(request.url).origin), fetch(request));
  const proxy = neutral({ intercars: { fetch: record }, log: () => {} }, sandbox);
  for (const url of ["https://evil.test/availability?sku=ADDFFF", "http://169.254.169.254/offers?sku=ADDFFA", "https://user@evil.test:81/search?q=ADDFFF"]) {
    const request = { method: "GET", url, headers: new Headers({ Host: "evil.test", "X-Forwarded-Host": "evil.test" }), body: null };
    assert.equal((await proxy.fetch(request)).status, 200);
  }
  assert.deepEqual([...new Set(asked)], [sandbox.url]);
});

neutrally("T2 a server_url from IncoCloud goes nowhere but to the supplier", async () => {
  const { port } = new URL(sandbox.url);
  for (const serverUrl of ["https://169.254.169.254", "https://incocloud.com.evil.test", "https://evil.test#.incocloud.com", "http://server.incocloud.com", "https://a@evil.test", "https://server.incocloud.com@evil.test", "https://server.incocloud.com:8443", "https://[::1]", "https://server.incocloud.com/connect", `http://127.0.0.1:${port}/connect`, `http://localhost:${port}`]) {
    await sandbox.settings({ serverUrl });
    const asked = [];
    const record = (request) => (asked.push(new URL(request.url).pathname), fetch(request));
    const target = inNode(sandbox, { intercars: null, incocloud: { ...sandbox.shop, fetch: record } });
    for (let turn = 0; turn < 2; turn++) {
      const answer = await target.ask("/incocloud/connect/api/item?code=SKU-001", await as());
      assert.ok(answer.status >= 400, `${serverUrl}: ${answer.text}`);
      assert.match(JSON.parse(answer.text).kind, /^[a-z_]+$/);
      assert.doesNotMatch(seen(answer) + target.log(), /evil|169\.254|8443|sandbox-app-secret/, "neither visitor nor log is told where it pointed");
    }
    assert.deepEqual([...new Set(asked)], ["/connect/api/access_token"], serverUrl);
    // Nothing of it was kept: a server that is right is asked for anew.
    await sandbox.settings({ serverUrl: null });
    assert.equal((await target.ask("/incocloud/connect/api/item?code=SKU-001", await as())).status, 200);
    assert.equal(asked.filter((path) => path.endsWith("/access_token")).length, 3);
  }
});

threat("T3 redirects are not followed, and carry nothing away", async (target) => {
  const evil = await stranger();
  try {
    for (const [at, status] of [301, 302, 303, 307, 308].entries()) {
      await sandbox.clear();
      const away = [["Location", `${evil.url}/stolen`]];
      await sandbox.faults(reply("quote", status, "", away), reply("stock", status, "", away));
      const answer = await target.ask(at % 2 ? `/offers?sku=${unasked()}` : `/availability?sku=${unasked()}`);
      refused(answer, 502, JSON.parse(answer.text).kind);
      assert.doesNotMatch(seen(answer), /stolen/);
    }
    assert.deepEqual(evil.heard, []);
  } finally {
    evil.close();
  }
});

neutrally("T3 redirects of the token's place keep the secret here", async () => {
  const evil = await stranger();
  try {
    await sandbox.faults(reply("token", 307, "", [["Location", evil.url]]), reply("incoToken", 302, "", [["Location", evil.url]]));
    assert.equal((await inNode(sandbox).ask("/availability?sku=ADDFFF")).status, 502);
    assert.equal((await inNode(sandbox, { intercars: null, incocloud: sandbox.shop }).ask("/incocloud/connect/api/item?code=A", await as())).status, 502);
    assert.deepEqual(evil.heard, []);
  } finally {
    evil.close();
  }
});

threat("T4 path traversal: a number with slashes is one segment, what climbs is nothing", async (target) => {
  const found = await target.ask("/intercars/invoice/LAZ%2F19%2F0001", await as());
  assert.equal(found.status, 200, found.text);
  assert.deepEqual(JSON.parse(found.text).map(({ id }) => id), ["LAZ/19/0001"]);
  const before = await hits(sandbox);
  for (const id of ["..%2Ffinances", "%2e%2e%2ffinances", "LAZ%2F..%2F0001", "LAZ/19/0001", "a%5Cb", "a%00", "a%0a", "a%3Bb", "a;b", "%252e%252e", "a%25b", "a%20b", "%C4%84", "a%3FshipTo=1", "a%23b", "a@b", "", "%2F..", ".", "..", "A".repeat(65), "%zz", "%"]) {
    const answer = await target.ask(`/intercars/invoice/${id}`, await as());
    assert.ok([400, 404].includes(answer.status), `${id}: ${answer.status} ${answer.text}`);
  }
  assert.equal(await hits(sandbox), before);
});

neutrally("T4 path traversal: every number that is taken is asked for as itself, once", async () => {
  const asked = [];
  const stub = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/token")) return Response.json({ access_token: "t", expires_in: 3600 });
    asked.push(pathname);
    return Response.json([{ id: "X", billTo: "8.0", shipTo: "8.0", lines: [] }]);
  };
  const target = inNode(sandbox, { intercars: { fetch: stub } });
  const staff = await as();
  const letters = ["A", "z", "0", "/", ".", "-", "_", "%2F", "%2E", "%5C", "%25", ";", "?", "#", "..", "%41"];
  // Numbers that look random and are the same on every run.
  let seed = 7;
  const roll = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let taken = 0;
  for (let turn = 0; turn < 300; turn++) {
    const id = Array.from({ length: 1 + roll(6) }, () => letters[roll(letters.length)]).join("");
    asked.length = 0;
    const { status } = await target.ask(`/intercars/delivery/${id}`, staff);
    if (status !== 200) {
      assert.deepEqual(asked, [], id);
      continue;
    }
    taken += 1;
    const [path, ...more] = asked;
    assert.deepEqual(more, []);
    assert.equal(new URL(path, sandbox.url).pathname, path, "it normalises to itself");
    if (path.includes("/metadata") || path === "/ic/delivery") continue;
    const segment = /^\/ic\/delivery\/([^/]+)$/.exec(path)?.[1];
    assert.ok(segment, `${id} became ${path}`);
    assert.equal(encodeURIComponent(decodeURIComponent(segment)), segment);
    assert.match(decodeURIComponent(segment), /^(?!\.)(?!.*\/\.)[A-Za-z0-9/._-]{1,64}$/);
  }
  assert.ok(taken > 20, `${taken} were taken`);
});

threat("T5 parameter pollution: what is unknown, repeated or beside it is refused", async (target) => {
  for (const query of ["/availability?sku=A&sku=B&shipTo=X", "/availability?sku=A&shipTo=1", "/availability?sku=A&unknown=1", "/availability?a%3fshipTo=1&sku=A", "/availability?sku=A;shipTo=1", "/availability?sku[]=A", "/availability?sku=A&__proto__=1", "/availability?sku=A&constructor=1", "/offers?sku=A&quantity=1&quantity=2", "/offers?sku=A&price=0.01", "/search?q=A&q=B", "/search?q=A&limit=10000", "/widgets/stock?sku=A&lang=pl&lang=en"]) {
    refused(await target.ask(query), 400, "validation");
  }
  for (const query of ["/invoice/LAZ%2F19%2F0001?techId=true&techId=false", "/invoice/LAZ%2F19%2F0001?techId=1", "/inventory/stock?sku=A&index=B", "/inventory/stock?sku=A&x=1", "/catalog/category?categoryId=A&categoryId=B"]) {
    refused(await target.ask(`/intercars${query}`, await as()), 400, "validation");
  }
  const line = '{"sku":"ADDFFA","quantity":1}';
  for (const body of [`{"lines":[${line}],"__proto__":{"role":"staff"}}`, `{"lines":[${line}],"lines":[${line}]}`, '{"lines":[{"sku":"A","sku":"B"}]}', `{"lines":[${line}]} {}`, `{"lines":[${line}]}x`, `{"lines":[${line}],"shipTo":"80"}`, '{"lines":[{"sku":"A","__proto__":{}}]}', `\ufeff{"lines":[${line}]}x`]) {
    const answer = await target.ask("/offers", posted({}, body));
    assert.equal(answer.status, 400, `${body}: ${answer.text}`);
  }
  assert.equal(await hits(sandbox), 0);
});

threat("T6 BOLA: of documents each buyer is shown its own", async (target) => {
  const staff = await as({ shipTo: "*" });
  const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const kinds = [["invoice", "/intercars/invoice"], ["delivery", "/intercars/delivery"], ["requisition", "/intercars/sales/requisition"]];
  for (const [kind, path] of kinds) {
    const [from, to] = kind === "invoice" ? ["issueDateFrom", "issueDateTo"] : ["creationDateFrom", "creationDateTo"];
    let window;
    let papers;
    let customers = [];
    // Of some two days, in which both customers have papers that a third one pays for.
    for (let ago = 3; customers.length < 2; ago += 2) {
      assert.ok(ago < 40, `${kind}: nobody's`);
      window = `${from}=${day(ago)}&${to}=${day(ago - 1)}`;
      papers = [];
      // Of requisitions the supplier shows only those of the customer that is named.
      for (const named of kind === "requisition" ? ["&shipTo=80", "&shipTo=000008"] : [""]) {
        const all = await target.ask(`${path}?${window}${named}`, staff);
        assert.equal(all.status, 200, `${kind}: ${all.text}`);
        papers.push(...JSON.parse(all.text));
      }
      customers = [...new Set(papers.map(({ shipTo }) => shipTo))].filter((shipTo) => !papers.some(({ billTo }) => billTo === shipTo));
    }
    const [mine, theirs] = customers;
    const buyer = await as({ role: "buyer", sub: "b", shipTo: mine });
    const idOf = (customer) => papers.filter(({ shipTo }) => shipTo === customer).map(({ id, requisitionId }) => requisitionId ?? id)[0];
    const own = await target.ask(`${path}/${encodeURIComponent(idOf(mine))}`, buyer);
    assert.equal(own.status, 200, `${kind}: ${own.text}`);
    const foreign = await target.ask(`${path}/${encodeURIComponent(idOf(theirs))}`, buyer);
    const none = await target.ask(`${path}/${encodeURIComponent(idOf(theirs).replace(/\d/g, "9"))}`, buyer);
    refused(foreign, 404, "not_found");
    assert.equal(bare(foreign), bare(none), "as if there were none");
    const listed = await target.ask(`${path}?${window}`, buyer);
    assert.equal(listed.status, 200, listed.text);
    assert.deepEqual([...new Set(JSON.parse(listed.text).map(({ shipTo }) => shipTo))], [mine], kind);
    // Nobody names another: not in the query, not in a header, not by a session of nobody's.
    const named = await target.ask(`${path}?${window}&shipTo=${theirs}`, buyer);
    assert.ok([400, 404].includes(named.status), `${kind}: ${named.status}`);
    const smuggled = { headers: { ...buyer.headers, "X-Ship-To": theirs, shipTo: theirs } };
    assert.equal((await target.ask(`${path}/${encodeURIComponent(idOf(theirs))}`, smuggled)).status, 404);
    refused(await target.ask(`${path}/${encodeURIComponent(idOf(mine))}`, await as({ role: "buyer" })), 404, "not_found");
    refused(await target.ask(`${path}/${encodeURIComponent(idOf(mine))}`), 404, "not_found");
  }
  for (const path of ["/availability?sku=ADDFFF&shipTo=80", "/offers?sku=ADDFFF&shipTo=80"]) {
    for (const init of [{}, await as({ role: "buyer", shipTo: "000008" }), await as({ role: "visitor" })]) refused(await target.ask(path, init), 400, "validation");
  }
});

threat("T7 BFLA: what each role may call", async (target) => {
  const callers = { visitor: {}, "a visitor's session": await as({ role: "visitor" }), buyer: await as({ role: "buyer", shipTo: "80" }), "buyer with cost": await as({ role: "buyer", shipTo: "80", seesCost: true }), staff: await as() };
  const table = [
    ["/availability?sku=ADDFFF", "visitor buyer staff"], ["/offers?sku=ADDFFA", "visitor buyer staff"], ["/search?q=ADDFFF", "visitor buyer staff"], ["/widgets/stock?sku=ADDFFF", "visitor buyer staff"],
    ["/intercars/inventory/stock?sku=ADDFFF", "buyer staff"], ["/intercars/catalog/category", "buyer staff"],
    ["/intercars/customer", "staff"], ["/intercars/customer/finances", "staff"], ["/metrics", "staff"],
    ["/intercars/sales", ""], ["/intercars/unheard/of", ""], ["/incocloud/connect/api/item", ""], ["/admin", ""],
  ];
  for (const [path, who] of table) {
    for (const [caller, init] of Object.entries(callers)) {
      const may = who !== "" && who.split(" ").some((role) => caller.includes(role));
      const { status, text } = await target.ask(path, init);
      assert.equal(status, may ? 200 : 404, `${caller} at ${path}: ${text.slice(0, 300)}`);
    }
  }
  assert.equal((await target.ask("/healthz")).text, "ok");
});

// Numbers that stand nowhere else.
const cost = (at) => ({ net: 8_131.17 + at * 1_000, gross: 9_131.19 + at * 1_000, vat: 7_131.23 });
const stockRow = (sku, at = 0) => ({ ...JSON.parse(STOCK)[0], sku, availability: 7, location: "KOM", index: "PLAIN", customerRouteCode: CANARY, secretOfTheFuture: CANARY, customerPriceNet: cost(at).net, orderDateTimeTo: null });
const quoteLine = (sku, at = 0) => {
  const [first] = JSON.parse(QUOTE);
  const { net, gross, vat } = cost(at);
  return { ...first, sku, price: { ...first.price, vatAmount: vat, customerPriceNet: net, customerPriceGross: gross, customerDiscount: net, secretOfTheFuture: CANARY }, unitPriceNet: net, lines: [stockRow(sku, at)] };
};
const WHOLESALE = new RegExp(`${CANARY}|(?:[789]|10)[., ]?131[.,](?:17|19|23)|customerPrice|customerDiscount|unitPrice|secretOf|KOM`);

threat("T8 wholesale leak: in no byte that a visitor or the log is given", async (target) => {
  const letter = target.name[0];
  const logged = target.log().length;
  const lengths = [];
  for (const at of [0, 1]) {
    const sku = `LEAK${letter}${at}`;
    await sandbox.clear();
    await sandbox.faults(reply("stock", 200, [stockRow(sku, at)]), reply("quote", 200, [quoteLine(sku, at)]));
    const texts = [];
    for (const [path, init] of [[`/availability?sku=${sku}`], [`/offers?sku=${sku}&quantity=3`], ["/offers", posted({}, { lines: [{ sku, quantity: 3 }] })], [`/widgets/stock?sku=${sku}`], [`/widgets/quote?sku=${sku}&quantity=3`]]) {
      const answer = await target.ask(path, init);
      assert.equal(answer.status, 200, answer.text);
      assert.doesNotMatch(seen(answer), WHOLESALE, path);
      assert.equal(answer.headers.get("Server-Timing"), null);
      texts.push(answer.text.replaceAll(sku, ""));
    }
    // A buyer who may not see what the shop pays is asked the same.
    const buyer = await target.ask(`/offers?sku=${sku}`, await as({ role: "buyer", shipTo: "80" }));
    assert.equal(buyer.status, 200, buyer.text);
    assert.doesNotMatch(seen(buyer), new RegExp(WHOLESALE.source.replace("|KOM", "")));
    lengths.push(texts);
  }
  assert.deepEqual(lengths[0], lengths[1], "two wholesale prices look alike in every byte");
  // Answers that are no answers, errors, the log and the metrics tell as little.
  await sandbox.clear();
  await sandbox.faults(reply("stock", 400, [{ code: "ICF101", details: JSON.stringify(quoteLine("X")) }], [["X-Price", "8131.17"]]), reply("quote", 200, { rows: [quoteLine("X")] }));
  for (const path of [`/availability?sku=LEAK${letter}2`, `/offers?sku=LEAK${letter}2`]) {
    const answer = await target.ask(path);
    assert.ok(answer.status >= 400, answer.text);
    assert.doesNotMatch(seen(answer), WHOLESALE);
  }
  const metrics = await target.ask("/metrics", await as());
  assert.equal(metrics.status, 200);
  assert.doesNotMatch(metrics.text, WHOLESALE);
  assert.doesNotMatch(metrics.text, /LEAK/);
  assert.doesNotMatch(target.log().slice(logged), WHOLESALE);
});

neutrally("T8 wholesale leak: what a visitor's answers leave in a shared cache", async () => {
  const kept = new Map();
  const cache = { get: async (key) => kept.get(key) ?? null, put: async (key, value) => void kept.set(key, value), lead: async () => "lead" };
  const target = inNode(sandbox, { cache });
  await sandbox.faults(reply("stock", 200, [stockRow("LEAKC")]), reply("quote", 200, [quoteLine("LEAKC")]));
  for (const path of ["/availability?sku=LEAKC", "/offers?sku=LEAKC"]) assert.equal((await target.ask(path)).status, 200);
  assert.ok(kept.size >= 2);
  for (const [key, value] of kept) assert.doesNotMatch(`${key} ${Buffer.from(value)}`, WHOLESALE);
});

threat("T9 availability intelligence: seven and nine look alike, and nobody is told where", async (target) => {
  const told = [];
  for (const [pieces, location] of [[7, "KOM"], [9, "LAZ"]]) {
    const sku = `SPY${target.name[0]}${pieces}`;
    await sandbox.clear();
    await sandbox.faults(reply("stock", 200, [{ ...stockRow(sku), availability: pieces, location, customerRouteCode: "3LISC2" }]));
    for (const path of [`/availability?sku=${sku}`, `/widgets/stock?sku=${sku}`]) {
      const answer = await target.ask(path);
      assert.equal(answer.status, 200, answer.text);
      assert.doesNotMatch(seen(answer), /KOM|LAZ|3LISC2|RouteCode|"location"/);
      told.push(answer.text.replaceAll(sku, ""));
    }
  }
  assert.deepEqual(told.slice(0, 2), told.slice(2));
  assert.equal(JSON.parse(told[0])[0].quantity, null);
});

threat("T10 CSRF: what a foreign page can make a browser send does nothing", async (target) => {
  const cookie = `__Host-stocklane=${await session()}`;
  const body = JSON.stringify({ lines: [{ sku: "ADDFFA" }] });
  const foreign = { Cookie: cookie, Origin: "https://evil.test", "Sec-Fetch-Site": "cross-site" };
  const marked = { ...foreign, "X-Stocklane": "1" };
  const rows = [
    ["/offers", { method: "POST", headers: { ...foreign, "Content-Type": "application/x-www-form-urlencoded" }, body: "lines=1" }], ["/offers", { method: "POST", headers: { ...foreign, "Content-Type": "text/plain" }, body }], ["/offers", { method: "POST", headers: { Cookie: cookie, "Content-Type": "text/plain" }, body }],
    ["/offers", { method: "POST", headers: { ...marked, "Content-Type": "application/json" }, body }], ["/offers", { method: "POST", headers: { ...marked, Origin: "null", "Content-Type": "application/json" }, body }], ["/intercars/inventory/stock?sku=ADDFFF", { headers: marked }],
    ["/intercars/inventory/stock?sku=ADDFFF", { headers: { Cookie: cookie, "X-Stocklane": "1", "Sec-Fetch-Site": "cross-site" } }], ["/intercars/inventory/quote", { method: "POST", headers: { ...marked, "Content-Type": "application/json" }, body }], ["/metrics", { headers: marked }],
  ];
  for (const [path, init] of rows) {
    const answer = await target.ask(path, init);
    refused(answer, 403, "policy");
    assert.equal(answer.headers.get("Access-Control-Allow-Origin"), null);
  }
  // An image of another page brings the cookie, which speaks for nobody then.
  for (const path of ["/intercars/inventory/stock?sku=ADDFFF", "/intercars/sales/requisition/1/cancel", "/metrics"]) refused(await target.ask(path, { headers: foreign }), 404, "not_found");
  for (const path of ["/offers", "/intercars/inventory/quote", "/intercars/sales/requisition"]) {
    const preflight = await target.ask(path, { method: "OPTIONS", headers: { Origin: "https://evil.test", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-stocklane" } });
    assert.deepEqual([...preflight.headers].filter(([name]) => name.startsWith("access-control-")), []);
  }
  assert.equal(await hits(sandbox), 0);
});

threat("T11 CORS: an origin is one that is listed, letter by letter", async (target) => {
  const granted = ({ headers }) => [...headers].filter(([name]) => name.startsWith("access-control-"));
  for (const origin of ["https://shop.example.evil.test", "https://SHOP.example:443", "https://SHOP.example", "https://shop.example:443", "null", "http://shop.example", "https://sh\u00f6p.example", "https://xn--shp-sna.example", "https://shop.example.", `${ORIGIN}/`, `${ORIGIN}@evil.test`, "https://evilshop.example", `${ORIGIN}, https://evil.test`, "https://evil.test", "*", "file://", "http://localhost:87870"]) {
    for (const [path, init] of [["/availability?sku=ADDFFF", {}], ["/offers", { method: "OPTIONS" }], ["/nothing", {}]]) {
      const answer = await target.ask(path, { ...init, headers: { Origin: origin, "Access-Control-Request-Method": "POST" } });
      assert.deepEqual(granted(answer), [], origin);
      assert.equal(answer.headers.get("Vary"), "Origin");
    }
  }
  const read = await target.ask("/availability?sku=ADDFFF", { headers: { Origin: ORIGIN } });
  assert.deepEqual([read.headers.get("Access-Control-Allow-Origin"), read.headers.get("Vary")], [ORIGIN, "Origin"]);
  if (target.url) {
    const both = [ORIGIN, "https://evil.test"];
    for (const [first, second] of [both, both.toReversed()]) {
      const { text } = await raw(target.url, `GET /availability?sku=ADDFFF HTTP/1.1\r\nHost: shop.example\r\nOrigin: ${first}\r\nOrigin: ${second}\r\nConnection: close\r\n\r\n`);
      assert.doesNotMatch(text, /access-control-/i);
    }
  }
});

const SMUGGLED = [
  "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-IP", "X-Client-IP", "True-Client-IP", "Forwarded", "Via", "X-Original-URL", "X-Original-Host", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Method-Override", "X-Host", "X-Forwarded-Server",
  "Proxy-Authorization", "Proxy-Connection", "X-Api-Key", "X-Auth-Token", "X-Secret", "Api-Key", "Client-Id", "X-User", "X-Remote-User", "X-Ship-To", "X-Role", "Referer", "Range", "If-Range", "If-None-Match", "If-Modified-Since", "If-Match", "Pragma", "Idempotency-Key", "Traceparent", "Baggage",
  "X-Request-Id", "X-Amz-Target", "X-Cache-Key", "Surrogate-Control", "CDN-Loop", "Accept-Charset", "From", "Warning", "Destination", "Depth", "X-Wap-Profile", "X-ATT-DeviceId", "Front-End-Https", "X-Csrf-Token", "Content-Language", "Content-Location", "Sec-CH-UA", "DNT", "Save-Data", "Max-Forwards",
].flatMap((name) => [name, name.replaceAll("-", "_"), `${name}-Extra`]);

threat("T12 header smuggling: the supplier hears our headers, the visitor sees our headers", async (target) => {
  const headers = { Cookie: `a=${CANARY}`, "User-Agent": CANARY, "Accept-Language": `pl-PL,${CANARY}`, Accept: CANARY };
  for (const name of SMUGGLED) headers[name] = CANARY;
  const sent = [["X-Secret", CANARY], ["Set-Cookie", `a=${CANARY}`], ["WWW-Authenticate", CANARY], ["Server", CANARY], ["X-Powered-By", CANARY], ["Location", "https://evil.test"], ["Refresh", "0;url=https://evil.test"], ["Access-Control-Allow-Origin", "*"], ["Content-Security-Policy", CANARY], ["Cache-Control", "public, max-age=999"], ["Vary", "*"], ["ETag", CANARY], ["Link", CANARY], ["Server-Timing", CANARY]];
  const sku = `HEAD${target.name[0]}`;
  // With a token, so that one request is one.
  await target.ask(`/availability?sku=${unasked()}`);
  await sandbox.faults(reply("stock", 200, [{ ...JSON.parse(STOCK)[0], sku }], sent));
  const answer = await target.ask(`/availability?sku=${sku}`, { headers });
  assert.equal(answer.status, 200, answer.text);
  const requests = await sandbox.log();
  const stock = (Array.isArray(requests) ? requests : requests.requests).filter(({ path }) => path.includes(sku));
  assert.equal(stock.length, 1);
  assert.ok(!JSON.stringify(stock.map(({ headers }) => headers)).includes(CANARY), JSON.stringify(stock[0].headers));
  const names = (Array.isArray(stock[0].headers) ? stock[0].headers.map(([name]) => name) : Object.keys(stock[0].headers)).map((name) => name.toLowerCase());
  const ours = ["accept", "accept-language", "authorization", "user-agent"];
  const platforms = ["host", "connection", "accept-encoding", "sec-fetch-mode", "content-length", "cf-connecting-ip", "cf-ew-via", "cf-worker", "cdn-loop", "mf-loopback"];
  assert.deepEqual(names.filter((name) => ![...ours, ...platforms].includes(name)), []);
  assert.ok(ours.every((name) => names.includes(name)), names.join());
  assert.ok(!seen(answer).includes(CANARY), seen(answer));
  assert.equal(answer.headers.get("Cache-Control"), "private, no-store");
  const given = [...answer.headers.keys()].filter((name) => !["connection", "keep-alive", "date", "transfer-encoding", "content-length", "content-encoding"].includes(name));
  assert.deepEqual(given.sort(), ["cache-control", "content-type", "vary", "x-content-type-options"]);
  if (target.url) {
    const before = await hits(sandbox);
    for (const smuggled of ["Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "Content-Length: +2\r\n\r\n{}"]) {
      const { text } = await raw(target.url, `POST /offers HTTP/1.1\r\nHost: shop.example\r\nX-Stocklane: 1\r\nContent-Type: application/json\r\nConnection: close\r\n${smuggled}`);
      assert.doesNotMatch(text, /^HTTP\/1\.1 2/);
    }
    assert.equal(await hits(sandbox), before);
    const hop = await raw(target.url, `GET /availability?sku=${sku} HTTP/1.1\r\nHost: shop.example\r\nConnection: close, X-Stocklane, X-Secret\r\nX-Secret: ${CANARY}\r\n\r\n`);
    assert.ok(!hop.text.includes(CANARY));
  }
});

neutrally("T13 secrets in logs, errors and answers: none of forty ways to fail tells one", async () => {
  const secrets = { clientId: "canaryclientid77", clientSecret: "canarysecret88xyz", appId: "canaryappid99", appSecret: "canaryappsecret66", token: "canarytoken55abc" };
  const telling = /canary(client|secret|app|token)\w*/;
  const everything = Object.values(secrets).join(" ");
  const key = `canarysecretkey of a shop ${"k".repeat(20)}`;
  const at = (kind) => async (request) => {
    const { pathname, href } = new URL(request.url);
    const isToken = /token$/.test(pathname);
    if (isToken && !kind.startsWith("token")) return Response.json(pathname.endsWith("access_token") ? { token: secrets.token, server_url: "https://server.incocloud.com" } : { access_token: secrets.token, expires_in: 3600 });
    const echo = `${href} ${request.headers.get("Authorization")} ${everything} ${Buffer.from(`${secrets.clientId}:${secrets.clientSecret}`).toString("base64")}`;
    const leaking = { "WWW-Authenticate": everything, "X-Debug": everything, Location: `https://evil.test/?${encodeURIComponent(everything)}` };
    const ways = {
      dns: () => { throw new TypeError(`getaddrinfo ENOTFOUND ${echo}`, { cause: new Error(echo) }); },
      tls: () => { throw Object.assign(new Error(`certificate of ${echo}`), { url: href }); },
      text: () => { throw echo; },
      nothing: () => undefined,
      odd: () => ({ status: echo }),
      stall: () => new Promise(() => {}),
      stream: () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error(echo)) })),
      json: () => new Response(`[{"sku":"${echo}`, { headers: leaking }),
      shape: () => Response.json([echo], { headers: leaking }),
      html: () => new Response(`<html>${echo}</html>`, { status: 403, headers: leaking }),
    };
    const [, way] = kind.split(":");
    if (ways[way]) return ways[way]();
    return new Response(JSON.stringify([{ code: way === "400" ? "ICF101" : isToken ? secrets.clientSecret : secrets.token, details: echo, errorId: secrets.clientSecret, message: echo, error: echo }]), { status: Number(way), headers: leaking });
  };
  const said = [];
  const real = { log: console.log, error: console.error, warn: console.warn };
  for (const name of Object.keys(real)) console[name] = (...words) => said.push(inspect(words, { depth: 9 }));
  let ways = 0;
  try {
    for (const stage of ["token", "call"]) {
      for (const way of ["dns", "tls", "text", "nothing", "odd", "stall", "stream", "json", "shape", "html", "302", "400", "401", "403", "404", "409", "422", "429", "500", "503"]) {
        ways += 1;
        const fetch = at(`${stage}:${way}`);
        const common = { fetch, timeoutMs: 60, maxRetries: 0 };
        const proxy = new EdgeProxy({
          intercars: { clientId: secrets.clientId, clientSecret: secrets.clientSecret, ...common },
          incocloud: { appId: secrets.appId, appSecret: secrets.appSecret, ...common },
          allowedOrigins: [],
          sessionKey: key,
        });
        const bearer = await mintSession({ sub: "anna", role: "staff", expiresInSeconds: 600 }, key);
        const headers = { "X-Stocklane": "1", Authorization: `Bearer ${bearer}` };
        for (const path of ["/availability?sku=A1", "/intercars/invoice/A", "/incocloud/connect/api/location"]) {
          const answer = await proxy.fetch(new Request(`https://proxy.test${path}`, { headers }));
          const text = await answer.text();
          assert.ok(answer.status >= 400 || /unknown|\[\]/.test(text), `${stage} ${way} ${path}: ${answer.status} ${text}`);
          said.push(text + JSON.stringify([...answer.headers]), inspect(answer, { depth: 9 }));
        }
        said.push(inspect(proxy, { depth: 9, showHidden: true }), JSON.stringify(proxy), String(proxy), inspect(Object.getOwnPropertyNames(proxy)));
      }
    }
    for (const wrong of [{ intercars: { clientId: secrets.clientId } }, { intercars: { clientId: secrets.clientId, clientSecret: [secrets.clientSecret] } }, { incocloud: { appSecret: secrets.appSecret } }, { intercars: { clientId: secrets.clientId, clientSecret: secrets.clientSecret, baseUrl: `https://${secrets.clientSecret}@x` } }, { sessionKey: secrets.clientSecret, intercars: secrets }]) {
      try {
        new EdgeProxy({ allowedOrigins: [], ...wrong });
      } catch (error) {
        said.push(error.message, error.stack, JSON.stringify(error), inspect(error, { depth: 9, showHidden: true }), inspect(error.cause, { depth: 9 }));
      }
    }
  } finally {
    Object.assign(console, real);
  }
  assert.equal(ways, 40);
  for (const words of said) assert.doesNotMatch(words ?? "", telling);
});

neutrally("T14 secrets in memory: no export gives one, and the session's key never enters the module", async () => {
  assert.deepEqual(Object.keys(edge).sort(), ["EdgeProxy", "StocklaneError", "mintSession", "renderWidget"]);
  const proxy = neutral({ log: () => {} }, sandbox);
  assert.equal((await proxy.fetch(new Request("https://proxy.test/intercars/inventory/stock?sku=ADDFFF", await as()))).status, 200);
  assert.deepEqual(Object.getOwnPropertyNames(proxy), []);
  assert.deepEqual(Object.getOwnPropertyNames(EdgeProxy.prototype).sort(), ["constructor", "fetch"]);
  const glue = await import(new URL("edge.js", import.meta.resolve("stocklane/edge")));
  const { memory } = glue.initSync();
  assert.ok(memory.buffer.byteLength > 0);
  assert.ok(!Buffer.from(memory.buffer).includes(KEY), "the key that signs stays in JavaScript");
});

threat("T15 error bodies: what the supplier says in one stays inside", async (target) => {
  const headers = [["X-Secret", CANARY], ["Retry-After", CANARY], ["WWW-Authenticate", CANARY]];
  const rows = [[400, [{ code: "ICF101", details: CANARY, errorId: "number-77" }], 400], [403, `<html>${CANARY}</html>`, 502], [404, { message: CANARY }, 404], [409, { message: CANARY }, 409], [422, [{ code: "ICF299", details: CANARY }], 422], [500, { description: CANARY }, 502], [200, `["${CANARY}"]`, 502], [200, CANARY, 502]];
  for (const [status, body, want] of rows) {
    await sandbox.clear();
    await sandbox.faults(reply("quote", status, body, headers));
    const answer = await target.ask(`/offers?sku=${unasked()}`);
    assert.ok(answer.status === want || (answer.status >= 400 && status >= 400), `${status}: ${answer.status} ${answer.text}`);
    assert.ok(!seen(answer).includes(CANARY), answer.text);
    assert.equal(answer.headers.get("Content-Type"), "application/problem+json");
    const told = JSON.parse(answer.text);
    assert.deepEqual(Object.keys(told).sort(), ["correlationId", "kind", "status", "title"]);
    assert.equal(answer.headers.get("X-Correlation-Id"), told.correlationId);
  }
  assert.ok(!target.log().includes(CANARY));
});

neutrally("T16 shared-cache leak: sixteen kinds of callers, sixteen answers, and never another's", async () => {
  const kept = new Map();
  const cache = { get: async (key) => kept.get(key) ?? null, put: async (key, value) => void kept.set(key, value), lead: async () => "lead" };
  const shops = () => [["sandbox-client", "sandbox-secret", ["8.0", "80"]], ["second-client", "second-secret", ["90", "91"]]].map(([clientId, clientSecret, customers]) => ({ customers, ...inNode(sandbox, { cache, intercars: { clientId, clientSecret } }) }));
  const [sku] = unasked().split(",");
  const ask = async (tenants) => {
    const answers = [];
    for (const shop of tenants) {
      for (const claims of [{ role: "buyer" }, { role: "staff" }]) {
        for (const shipTo of shop.customers) {
          for (const language of ["pl", "en"]) {
            const answer = await shop.ask(`/offers?sku=${sku}`, await as({ ...claims, shipTo }, { "Accept-Language": language }));
            assert.equal(answer.status, 200, answer.text);
            assert.equal(answer.headers.get("Cache-Control"), "private, no-store");
            answers.push({ role: claims.role, text: answer.text });
          }
        }
      }
    }
    return answers;
  };
  const first = await ask(shops());
  assert.equal(kept.size, 16);
  assert.equal(await hits(sandbox), 16, "none was another's");
  // Others of the same shops find all of it, and the same.
  assert.deepEqual(await ask(shops()), first);
  assert.equal(await hits(sandbox), 16);
  for (const { role, text } of first) assert.equal(/"cost"/.test(text), role === "staff", `${role}: ${text}`);
  // A guest after staff, with the same cache.
  const [shop] = shops();
  const guest = await shop.ask(`/offers?sku=${sku}`);
  assert.equal(guest.status, 200);
  assert.doesNotMatch(guest.text, /cost|customerPrice/);
  assert.equal(kept.size, 17);
  // Other prices of the same shop are other answers.
  const dearer = inNode(sandbox, { cache, pricing: { base: "list", markupPercent: "10" } });
  assert.notEqual((await dearer.ask(`/offers?sku=${sku}`)).text, guest.text);
});

threat("T17 cache poisoning: what is in no key changes no byte, and nonsense is not kept", async (target) => {
  const [one, two, three] = unasked(3).split(",");
  const spoilt = ["garbage", { rows: [] }, "[{]", '["x"]', [{ sku: 5 }]].slice(target.url ? -1 : 0);
  const poison = { Cookie: "x=1", Origin: ORIGIN, Referer: "https://evil.test", Range: "bytes=0-1", "Cache-Control": "no-cache", Pragma: "no-cache", Accept: "text/html" };
  for (const name of SMUGGLED.slice(0, 60)) poison[name] = CANARY;
  // With a token, so that one request is one.
  await target.ask(`/availability?sku=${unasked()}`);
  const before = await hits(sandbox);
  const dirty = await target.ask(`/availability?sku=${one}`, { headers: poison });
  const clean = await target.ask(`/availability?sku=${one}`);
  assert.equal(clean.status, 200);
  assert.equal(clean.text, dirty.text);
  assert.equal(clean.headers.get("Access-Control-Allow-Origin"), null);
  assert.equal(await hits(sandbox), before + 1, "it was kept, also before one who wants it anew");
  for (const body of spoilt) {
    await sandbox.clear();
    await sandbox.faults(reply("stock", 200, body, [], 9));
    const answer = await target.ask(`/availability?sku=${two}`);
    assert.equal(answer.status, 502, `${JSON.stringify(body)}: ${answer.text}`);
  }
  await sandbox.clear();
  assert.equal((await target.ask(`/availability?sku=${two}`)).status, 200);
  await sandbox.faults({ match: { operation: "stock" }, times: 3, fault: { kind: "internal" } });
  await target.ask(`/availability?sku=${three}`);
  await sandbox.clear();
  const then = await target.ask(`/availability?sku=${three}`);
  assert.equal(then.status, 200, then.text);
  assert.equal(then.headers.get("X-Stocklane-Stale"), null);
});
