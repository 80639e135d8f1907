// What the proxy gives to whom, and what it refuses: the deployed Worker in workerd, and the neutral class in Node, alike.
import { after, test } from "node:test";
import { createHmac } from "node:crypto";
import assert from "node:assert/strict";
import { InterCars, Storefront } from "stocklane";
import { EdgeProxy, mintSession } from "stocklane/edge";
import { prepare, stopAll } from "../harness/processes.mjs";
import { startSandbox } from "../harness/sandbox.mjs";
import { sandboxOf } from "../suites/sandbox.js";
import { samples } from "../harness/material.mjs";
import { KEY, ORIGIN, PREVIOUS, startWorker } from "./worker.mjs";

const { stock_text: STOCK, quote_text: QUOTE } = samples();
const CANARY = "canary-5e1d";

const { sandbox, targets } = await prepare(async () => {
  const sandbox = sandboxOf((await startSandbox()).url);
  const worker = await startWorker(sandbox.url);
  const lines = [];
  const proxy = neutral({ log: (line) => lines.push(line) }, sandbox);
  const overNet = (path, init) => fetch(worker.url + path, init);
  const inProcess = (path, init) => proxy.fetch(new Request(`https://proxy.test${path}`, init));
  return {
    sandbox,
    targets: [
      { name: "workerd", base: worker.url, send: overNet, fetch, log: worker.output },
      { name: "neutral", base: "https://proxy.test", send: inProcess, fetch: (request) => proxy.fetch(request), log: () => lines.join("\n") },
    ],
  };
});
after(stopAll);

function neutral(more, { baseUrl, tokenUrl }) {
  const { intercars, ...others } = more;
  return new EdgeProxy({
    intercars: { clientId: "sandbox-client", clientSecret: "sandbox-secret", baseUrl, tokenUrl, ...intercars },
    allowedOrigins: [ORIGIN, "http://localhost:8787"],
    sessionKey: { current: KEY, previous: PREVIOUS },
    places: { HZA: "Poznań" },
    ...others,
  });
}

const session = (claims = {}, key = KEY) => mintSession({ sub: "anna", role: "staff", expiresInSeconds: 600, ...claims }, key);

/** Claims signed by hand: what the shop's own backend would never mint. */
function forged(claims, key = KEY) {
  const signed = `v1.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

const as = async (claims, more) => ({ headers: { "X-Stocklane": "1", Authorization: `Bearer ${await session(claims)}`, ...more } });

for (const { name, base, send, fetch: through, log } of targets) {
  /** A case on a supplier as at its start. */
  const check = (what, run) =>
    test(`${name}: ${what}`, async (t) => {
      await sandbox.reset();
      await sandbox.clear();
      await run(t);
    });
  const ask = async (path, init) => {
    const response = await send(path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  /** Answers of the API that the supplier gave: all but tokens. */
  const hits = async () => (await sandbox.counters()).requests - ((await sandbox.counters()).byOperation.token ?? 0);
  const problem = (answer, status, kind) => {
    const told = JSON.parse(answer.text);
    assert.equal(answer.status, status, answer.text);
    assert.equal(told.kind, kind);
    assert.equal(told.status, status);
    assert.equal(answer.headers.get("Content-Type"), "application/problem+json");
    assert.equal(answer.headers.get("Cache-Control"), "private, no-store");
    assert.equal(answer.headers.get("X-Correlation-Id"), told.correlationId);
    return told;
  };
  const fresh = () => `no-cache-${Math.random()}`;

  check("a visitor sees states, words and list prices", async () => {
    const stock = await ask("/availability?sku=ADDFFF,ADDFFA");
    assert.equal(stock.status, 200);
    const [f, a] = JSON.parse(stock.text);
    assert.deepEqual(Object.keys(a), ["sku", "state", "quantity", "places"]);
    assert.deepEqual([f.sku, f.state, a.sku, a.state, a.quantity], ["ADDFFF", "in_stock", "ADDFFA", "in_stock", { value: 10, atLeast: true }]);
    assert.deepEqual(a.places.map(({ label, location, quantity }) => ({ label, location, quantity })), [{ label: "Poznań", location: undefined, quantity: null }]);
    const offers = await ask("/offers?sku=ADDFFA,ADDFFF&quantity=1,10");
    assert.deepEqual(JSON.parse(offers.text).map(({ unit, total }) => [unit.amount, total.amount]), [["15.68", "15.68"], ["123.00", "1230.00"]]);
    const posted = await ask("/offers", { method: "POST", headers: { "X-Stocklane": "1", "Content-Type": "application/json" }, body: JSON.stringify({ lines: [{ sku: "ADDFFA" }, { sku: "ADDFFF", quantity: 10 }] }) });
    assert.equal(posted.text, offers.text);
    for (const { text } of [stock, offers, await ask("/widgets/stock?sku=ADDFFF"), await ask("/widgets/quote?sku=ADDFFF&quantity=10")]) {
      assert.doesNotMatch(text, /customerPrice|98[.,]4|\b80\b|vatAmount|\b(KOM|HSN|POZ|HZA|LAZ)\b|3LISC2/);
    }
    assert.equal((await ask("/healthz")).text, "ok");
  });

  check("seven and nine look alike, and neither place nor wholesale price is in it", async () => {
    const row = (sku, availability, location) => ({ ...JSON.parse(STOCK)[0], sku, availability, location, index: CANARY, customerRouteCode: CANARY, orderDateTimeTo: null, secretOfTheFuture: CANARY });
    const line = (sku, cost) => {
      const [first] = JSON.parse(QUOTE);
      return { ...first, sku, price: { ...first.price, vatAmount: 7.77, customerPriceNet: cost, customerPriceGross: cost, secretOfTheFuture: CANARY }, lines: [row(sku, 7, "KOM")] };
    };
    const tag = name === "workerd" ? "W" : "N";
    const answers = [];
    for (const [letter, pieces, place, cost] of [["A", 7, "KOM", 11.11], ["B", 9, "LAZ", 22.22]]) {
      const sku = `FIX${tag}${letter}`;
      await sandbox.faults({ match: { operation: "stock" }, fault: { kind: "reply", status: 200, body: [row(sku, pieces, place)] } }, { match: { operation: "quote" }, fault: { kind: "reply", status: 200, body: [line(sku, cost)] } });
      const texts = [];
      for (const path of [`/availability?sku=${sku}`, `/widgets/stock?sku=${sku}`, `/offers?sku=${sku}`, `/widgets/quote?sku=${sku}`]) {
        const { status, text, headers } = await ask(path);
        assert.equal(status, 200, text);
        assert.doesNotMatch(text + JSON.stringify([...headers]), new RegExp(`${CANARY}|customerPrice|11[.,]11|22[.,]22|7[.,]77|vatAmount|KOM|LAZ|secretOf`));
        texts.push(text.replaceAll(sku, "SKU"));
      }
      answers.push(texts);
    }
    assert.deepEqual(answers[0], answers[1]);
    assert.equal(JSON.parse(answers[0][0])[0].quantity, null);
  });

  check("staff sees the supplier's own rows, whole", async () => {
    const stock = await ask("/intercars/inventory/stock?sku=ADDFFF,ADDFFA", await as());
    assert.equal(stock.status, 200, stock.text);
    assert.deepEqual(JSON.parse(stock.text), JSON.parse(STOCK));
    const posted = await as({}, { "Content-Type": "application/json" });
    const quote = await ask("/intercars/inventory/quote", { ...posted, method: "POST", body: JSON.stringify({ lines: [{ sku: "ADDFFA", quantity: 1 }] }) });
    assert.deepEqual(JSON.parse(quote.text), JSON.parse(QUOTE));
    assert.match(quote.text, /customerPriceNet/);
    const many = await ask("/intercars/inventory/stock", { ...posted, method: "POST", body: JSON.stringify({ sku: "ADDFFF,ADDFFA,BAD000001" }) });
    assert.equal(many.status, 200, many.text);
    assert.equal(many.headers.get("X-Stocklane-Skipped"), "BAD000001");
    // The key that the shop had before, and a cookie with the static header, do as well.
    for (const headers of [{ Authorization: `Bearer ${await session({}, PREVIOUS)}` }, { Cookie: `a=b; __Host-stocklane=${await session()}` }]) {
      assert.equal((await ask("/intercars/inventory/stock?sku=ADDFFF", { headers: { "X-Stocklane": "1", ...headers } })).status, 200);
    }
    const bound = await as({ origin: [ORIGIN] }, { Origin: ORIGIN });
    assert.equal((await ask("/intercars/inventory/stock?sku=ADDFFF", bound)).status, 200);
  });

  check("the package's own client and storefront work through it", async () => {
    const bearer = await session();
    const client = new InterCars({ baseUrl: `${base}/intercars`, bearer: () => bearer, fetch: through });
    assert.deepEqual(await client.quote({ lines: [{ sku: "ADDFFA", quantity: 1 }] }), { items: JSON.parse(QUOTE), skipped: [] });
    const { items, skipped } = await client.stock({ sku: ["ADDFFF", "BAD000001", "ADDFFA"] });
    assert.deepEqual(items, JSON.parse(STOCK));
    assert.deepEqual(skipped, [{ sku: "BAD000001", reason: "the supplier does not know it" }]);
    assert.deepEqual((await client.stock({ sku: ["POISON1", "ADDFFF"] })).skipped.map(({ sku }) => sku), ["POISON1"]);
    assert.deepEqual((await client.stock({ index: ["OP 520", "NO/SUCH 1"] })).skipped.map(({ index }) => index), ["NO/SUCH 1"]);
    assert.deepEqual((await client.quote({ lines: [{ index: "OP 520" }, { index: "NO/SUCH, 1" }] })).skipped.map(({ index }) => index), ["NO/SUCH, 1"]);
    const anybody = new InterCars({ baseUrl: `${base}/intercars`, fetch: through });
    const refused = await anybody.stock({ sku: ["ADDFFF"] }).catch((error) => error);
    assert.deepEqual([refused.kind, refused.status], ["not_found", 404]);
    assert.match(refused.errorId, /^[0-9a-f]{16}$/, "the proxy's correlation id");
    const shop = new Storefront({ baseUrl: base, fetch: through });
    assert.equal((await shop.availability(["ADDFFA"]))[0].state, "in_stock");
    assert.equal((await shop.offers([{ sku: "ADDFFA", quantity: 3 }]))[0].total.amount, "47.04");
  });

  check("what does not exist and what is not allowed look the same", async () => {
    const wanted = "/intercars/inventory/stock?sku=ADDFFF";
    const answers = [];
    const marked = { headers: { "X-Stocklane": "1" } };
    for (const [path, init] of [
      [wanted, marked], [wanted, {}], [wanted, await as({ role: "visitor" })], ["/metrics", marked], ["/metrics", await as({ role: "buyer", seesCost: true })], ["/intercars/customer", await as({ role: "buyer", shipTo: "80" })],
      [`${wanted}&shipTo=80`, await as()], [`${wanted}&shipTo=80`, await as({ shipTo: ["90"] })],
      ["/intercars/inventory/quote", { ...marked, method: "POST", body: "{}" }], ["/intercars/inventory/quote", await as()], ["/intercars/inventory/stock", { ...(await as()), method: "PUT" }],
      ["/intercars", await as()], ["/intercars/", await as()], ["/intercars/inventory", await as()], ["/intercars/inventory/stock/", await as()], ["/intercars//inventory/stock?sku=ADDFFF", await as()],
      ["/intercars/inventory/..%2ffinances", await as()], ["/intercars/inventory/%2e%2e/finances", await as()], ["/intercars/inventory/%252e%252e%252fstock", await as()], ["/intercars/inventory/..;/stock?sku=ADDFFF", await as()], ["/intercars/inventory/stock%00?sku=ADDFFF", await as()],
      ["/nope", {}], ["/availability/", {}], ["/Availability?sku=ADDFFF", {}], ["/_sandbox/counters", {}], ["/oauth2/token", { method: "POST", body: "grant_type=client_credentials" }],
      ["/widgets/search?sku=A", {}], ["/availability?sku=ADDFFF", { method: "DELETE" }], ["/incocloud/items", await as()], ["/https://evil.test/", {}],
    ]) {
      const answer = await ask(path, init);
      problem(answer, 404, "not_found");
      answers.push(answer.text.replace(/"correlationId":"\w+"/, ""));
    }
    assert.equal(new Set(answers).size, 1, [...new Set(answers)].join("\n"));
    assert.equal(await hits(), 0);
  });

  check("a session that is forged, ended, of another origin or key is refused", async () => {
    const now = Date.now();
    const [head, claims, signature] = (await session()).split(".");
    const staff = { sub: "anna", role: "staff" };
    const sessions = [
      await session({}, "a key of forty characters that is not it"), forged({ ...staff, exp: now - 61_000 }), forged(staff), forged({ ...staff, exp: now + 60_000, admin: true }), forged({ ...staff, role: "root", exp: now + 60_000 }),
      `${head}.${claims}.`, `${head}.${claims}`, `${head}.${Buffer.from(JSON.stringify({ ...staff, exp: now + 60_000 })).toString("base64url")}.${signature}`, `v2.${claims}.${signature}`, `${head}.${claims}.${signature}x`, "x", `${claims}.${signature}`,
    ];
    const paths = ["/intercars/inventory/stock?sku=ADDFFF", "/availability?sku=ADDFFF"];
    for (const one of sessions) {
      for (const path of paths) problem(await ask(path, { headers: { "X-Stocklane": "1", Authorization: `Bearer ${one}` } }), 403, "policy");
    }
    problem(await ask(paths[0], await as({ origin: ORIGIN }, { Origin: "http://localhost:8787" })), 403, "policy");
    // Clocks of shop and edge may differ by a minute.
    assert.equal((await ask(paths[0], { headers: { "X-Stocklane": "1", "Cache-Control": "no-cache", Authorization: `Bearer ${forged({ ...staff, exp: now - 50_000 })}` } })).status, 200);
    assert.equal((await sandbox.log()).filter(({ operation, status }) => operation === "stock" && status === 200).length, 1);
    await assert.rejects(session({}, "short"), { kind: "validation" });
    for (const wrong of [{ expiresInSeconds: 0 }, { expiresInSeconds: 901 }, { expiresInSeconds: undefined }, { role: "root" }, { sub: undefined }, { admin: true }]) await assert.rejects(session(wrong), { kind: "validation" });
  });

  check("a request that a foreign page could have made a browser send is refused, and the supplier hears nothing", async () => {
    const wanted = "/intercars/inventory/stock?sku=ADDFFF";
    const { headers } = await as();
    const { "X-Stocklane": _, ...bare } = headers;
    const refused = [
      [wanted, { headers: bare }], [wanted, { headers: { ...headers, "X-Stocklane": "yes" } }], [wanted, { headers: { ...headers, Origin: "https://evil.test" } }], [wanted, { headers: { ...headers, Origin: "null" } }],
      [wanted, { headers: { ...headers, "Sec-Fetch-Site": "cross-site" } }],
    ];
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]) {
      refused.push(["/offers", { method: "POST", headers: { "Content-Type": type, Origin: "https://evil.test" }, body: JSON.stringify({ lines: [{ sku: "ADDFFA" }] }) }]);
      refused.push(["/offers", { method: "POST", headers: { "Content-Type": type }, body: JSON.stringify({ lines: [{ sku: "ADDFFA" }] }) }]);
    }
    for (const [path, init] of refused) problem(await ask(path, init), 403, "policy");
    // A cookie without the header does not speak for its owner.
    problem(await ask(wanted, { headers: { Cookie: `__Host-stocklane=${await session()}` } }), 404, "not_found");
    assert.equal(await hits(), 0);
  });

  check("only allowed origins may read, compared as whole texts", async () => {
    const granted = ({ headers }) => [...headers].filter(([header]) => header.startsWith("access-control-"));
    const path = "/availability?sku=ADDFFF";
    for (const init of [{}, { method: "OPTIONS" }]) {
      for (const origin of ["https://evil.test", "null", "https://SHOP.example", "https://shop.example.", "https://shop.example:443", "https://shop.example.evil.test", "http://shop.example", "https://shop.exampl\u00e9", `${ORIGIN}, https://evil.test`, "https://sub.shop.example", `${ORIGIN}/`, "*"]) {
        const answer = await ask(path, { ...init, headers: { Origin: origin, "Access-Control-Request-Method": "POST" } });
        assert.deepEqual(granted(answer), [], origin);
        assert.equal(answer.headers.get("Vary"), "Origin");
      }
    }
    const read = await ask(path, { headers: { Origin: ORIGIN } });
    assert.equal(read.headers.get("Access-Control-Allow-Origin"), ORIGIN);
    assert.equal(read.headers.get("Access-Control-Allow-Credentials"), "true");
    assert.match(read.headers.get("Access-Control-Expose-Headers"), /X-Stocklane-Skipped/);
    const preflight = await ask("/intercars/inventory/stock", { method: "OPTIONS", headers: { Origin: ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-stocklane, authorization" } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.text, "");
    assert.match(preflight.headers.get("Access-Control-Allow-Headers"), /Authorization.*X-Stocklane/);
    assert.equal((await ask("/nope", { headers: { Origin: ORIGIN } })).headers.get("Access-Control-Allow-Origin"), ORIGIN);
  });

  check("queries and bodies are read strictly, and the supplier hears nothing of what is not right", async () => {
    const many = (count) => Array.from({ length: count }, (_, at) => `S${at}`).join();
    const queries = [
      "/availability", "/availability?", "/availability?sku", "/availability?sku=", "/availability?sku=A,,B", "/availability?sku=A&sku=B", "/availability?sku=A&x=1", "/availability?sku=A&location=KOM", "/availability?sku=A&shipTo=80", "/availability?sku=%zz",
      "/availability?sku=A%00", "/availability?sku=A%0d%0aB", "/availability?sku=%C0%AF", "/availability?sku=A-B", "/availability?sku=A%20B", `/availability?sku=${"A".repeat(33)}`, `/availability?sku=${many(101)}`, `/availability?sku=${"A,".repeat(5000)}A`,
      "/availability?a%3fsku=A", "/availability?sku=A&SKU=B", "/offers", "/offers?sku=A&quantity=0", "/offers?sku=A&quantity=1.5", "/offers?sku=A&quantity=-1", "/offers?sku=A&quantity=1,2", "/offers?sku=A&quantity=01", "/offers?sku=A&quantity=1e9", `/offers?sku=${many(31)}`,
      "/widgets/stock", "/widgets/stock?sku=%3Cimg%3E", "/widgets/quote?sku=A&quantity=x",
    ];
    for (const path of queries) problem(await ask(path), 400, "validation");
    for (const query of ["", "sku=A&index=B", "sku=A&sku=B", "sku=A&x=1", `sku=A&location=${many(11)}`, "index=", "sku=%ff"]) problem(await ask(`/intercars/inventory/stock?${query}`, await as()), 400, "validation");
    const line = '{"sku":"ADDFFA","quantity":1}';
    const bodies = ["", "{}", "null", "[]", line, '{"lines":[]}', '{"lines":[{}]}', `{"lines":[${line}]}x`, `{"lines":[${line}],"lines":[${line}]}`, `{"lines":[${line}],"__proto__":{}}`, `{"lines":[${line}],"shipTo":"80"}`, '{"lines":[{"sku":"A","index":"B"}]}', '{"lines":[{"sku":"A","quantity":"1"}]}', `{"lines":[${Array(31).fill(line)}]}`, "[".repeat(30_000)];
    for (const body of bodies) {
      const answer = await ask("/offers", { method: "POST", headers: { "X-Stocklane": "1", "Content-Type": "application/json" }, body });
      assert.equal(answer.status, 400, `${answer.status} for ${body.slice(0, 60)}: ${answer.text}`);
    }
    const long = `{"lines":[${line}],"x":"${"y".repeat(33_000)}"}`;
    problem(await ask("/offers", { method: "POST", headers: { "X-Stocklane": "1", "Content-Type": "application/json" }, body: long }), 413, "validation");
    assert.equal(await hits(), 0);
  });

  check("what the supplier says in an error stays inside; the log names the failure, without its words", async () => {
    const spoil = (operation, status, body) => ({ match: { operation }, times: 0, fault: { kind: "reply", status, headers: [["X-Secret", CANARY], ["Set-Cookie", `a=${CANARY}`], ["WWW-Authenticate", CANARY], ["Server", CANARY], ["Location", `https://${CANARY}.test`]], body } });
    const business = [{ code: "ICF101", details: `${CANARY} not allowed`, errorId: "number-77" }];
    for (const [status, body, want] of [[400, business, 400], [403, `<html>${CANARY}</html>`, 502], [404, { message: CANARY }, 404], [302, CANARY, 502], [200, `["${CANARY}"]`, 502], [200, CANARY, 502], [500, { description: CANARY }, 502]]) {
      await sandbox.clear();
      await sandbox.faults(spoil("stock", status, body), spoil("quote", status, body));
      // What nobody has asked for yet: an answer from before would be served.
      const sku = fresh().replace(/\W/g, "").slice(0, 20);
      for (const path of [`/availability?sku=${sku}`, `/intercars/inventory/stock?sku=${sku}`]) {
        const answer = await ask(path, path.startsWith("/intercars") ? await as() : {});
        assert.equal(answer.status, want, `${status}: ${answer.text}`);
        assert.ok(!(answer.text + JSON.stringify([...answer.headers])).includes(CANARY), answer.text);
        const { correlationId } = JSON.parse(answer.text);
        const line = await logged(log, correlationId);
        assert.ok(!line.includes(CANARY), line);
        if (body === business) assert.deepEqual([JSON.parse(line).code, JSON.parse(line).errorId, JSON.parse(line).upstreamStatus], ["ICF101", "number-77", 400]);
      }
    }
    assert.ok(!log().includes(CANARY));
    assert.doesNotMatch(log(), /sandbox-[0-9a-f]{16}|sandbox-secret(?!")/);
  });

  check("everybody searches, a buyer reads suppliers' paths without what the shop pays, staff reads the metrics", async () => {
    const found = await ask("/search?q=ADDFFF");
    assert.equal(found.status, 200, found.text);
    for (const hit of JSON.parse(found.text)) assert.deepEqual(Object.keys(hit).filter((name) => !["sku", "index", "brand", "name"].includes(name)), []);
    const buyer = { role: "buyer", sub: "bob", shipTo: "80" };
    const body = JSON.stringify({ lines: [{ sku: "ADDFFA", quantity: 1 }] });
    for (const seesCost of [false, true]) {
      const quote = await ask("/intercars/inventory/quote", { ...(await as({ ...buyer, seesCost }, { "Content-Type": "application/json" })), method: "POST", body });
      assert.equal(quote.status, 200, quote.text);
      assert.equal(/customerPrice/.test(quote.text), seesCost);
      assert.match(quote.text, /listPriceGross/);
    }
    const metrics = await ask("/metrics", await as());
    assert.equal(metrics.status, 200);
    assert.match(metrics.headers.get("Content-Type"), /^text\/plain/);
    assert.match(metrics.text, /^stocklane_requests_total\{route="\/search",status="200"\} [1-9]/m);
  });

  check("a supplier out of reach is a problem whose number stands in the log; then it works again", async () => {
    await sandbox.faults({ match: { operation: "quote" }, times: 0, fault: { kind: "cut", commit: true, after: 20 } });
    const { correlationId } = problem(await ask("/offers?sku=DOWN1"), 502, "network");
    assert.match(await logged(log, correlationId), /"kind":"network"/);
    await sandbox.clear();
    await sandbox.faults({ match: { operation: "quote" }, times: 0, fault: { kind: "throttle", retryAfter: "3600" } });
    const throttled = await ask("/offers?sku=DOWN2");
    problem(throttled, 429, "rate_limited");
    assert.ok(Math.abs(throttled.headers.get("Retry-After") - 3600) < 10);
    await sandbox.clear();
    assert.equal((await ask("/offers?sku=ADDFFA")).status, 200);
  });
}

test("the supplier sees what the proxy makes, whatever the request brings", async () => {
  const seen = [];
  const record = async (request) => {
    seen.push({ url: request.url, method: request.method, redirect: request.redirect, headers: Object.fromEntries(request.headers) });
    return fetch(request);
  };
  await sandbox.reset();
  const proxy = neutral({ intercars: { fetch: record }, log: () => {} }, sandbox);
  const junk = {};
  for (const name of ["X-Forwarded-For", "X-Forwarded-Host", "X_Forwarded_For", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "Referer", "User-Agent", "Accept", "Range", "If-None-Match", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "Proxy-Authorization", "Content-Encoding", "X-Secret", "Idempotency-Key", "Accept-Encoding", "Authorization"]) {
    junk[name] = name === "Authorization" ? "Basic canary" : `canary ${name}`;
  }
  const request = (headers) => new Request("https://evil.test/availability?sku=ADDFFF", { headers });
  const answer = await proxy.fetch(request({ ...junk, Cookie: "a=canary", "Accept-Language": "pl-PL,pl;q=0.9" }));
  assert.equal(answer.status, 200);
  const [token, stock] = seen;
  assert.deepEqual(Object.keys(token.headers).sort(), ["accept", "authorization", "content-type", "user-agent"]);
  assert.deepEqual(Object.keys(stock.headers).sort(), ["accept", "accept-language", "authorization", "user-agent"]);
  assert.equal(stock.url, `${sandbox.baseUrl}/inventory/stock?sku=ADDFFF`);
  assert.equal(stock.headers["accept-language"], "pl");
  assert.equal(stock.redirect, "manual");
  assert.ok(!JSON.stringify(seen).includes("canary"));
  assert.deepEqual([...answer.headers.keys()].sort(), ["cache-control", "content-type", "vary", "x-content-type-options"]);
});

test("what takes too long ends as 504", async () => {
  await sandbox.reset();
  const proxy = neutral({ intercars: { timeoutMs: 300, maxRetries: 0 }, log: () => {} }, sandbox);
  await sandbox.faults({ match: { operation: "stock" }, times: 0, fault: { kind: "stall", after: 10 } });
  const started = Date.now();
  const answer = await proxy.fetch(new Request("https://proxy.test/availability?sku=ADDFFF"));
  assert.equal(answer.status, 504);
  assert.ok(Date.now() - started < 2000);
  await sandbox.clear();
  assert.equal((await proxy.fetch(new Request("https://proxy.test/availability?sku=ADDFFF"))).status, 200);
});

test("two shops in one process never meet", async () => {
  await sandbox.reset();
  const seen = [new Set(), new Set()];
  const shops = [["sandbox-client", "sandbox-secret"], ["second-client", "second-secret"]].map(([clientId, clientSecret], at) =>
    neutral({ intercars: { clientId, clientSecret, fetch: (request) => (seen[at].add(request.headers.get("Authorization")), fetch(request)) }, log: () => {} }, sandbox),
  );
  const answers = await Promise.all(Array.from({ length: 200 }, (_, at) => shops[at % 2].fetch(new Request(`https://proxy.test/offers?sku=SBX00${1000 + (at >> 1)}`)).then((answer) => answer.json())));
  for (const [at, [offer]] of answers.entries()) if (offer) assert.equal(offer.unit.currency, at % 2 ? "EUR" : "PLN");
  for (const authorization of seen[0]) assert.ok(!seen[1].has(authorization));
});

test("each account is asked by its own fetch, and tells its own attempts", async () => {
  await sandbox.reset();
  const seen = { intercars: [], incocloud: [] };
  const attempts = { intercars: [], incocloud: [] };
  const own = (name) => ({
    fetch: (request) => (seen[name].push(new URL(request.url).pathname), fetch(request)),
    onAttempt: ({ operation }) => attempts[name].push(operation),
  });
  const proxy = neutral({ intercars: own("intercars"), incocloud: { ...sandbox.shop, ...own("incocloud") }, log: () => {} }, sandbox);
  assert.equal((await proxy.fetch(new Request("https://proxy.test/availability?sku=ADDFFF"))).status, 200);
  assert.deepEqual(seen.intercars, ["/oauth2/token", "/ic/inventory/stock"]);
  assert.ok(seen.incocloud.includes("/connect/api/item") && seen.incocloud.every((path) => path.startsWith("/connect/api/")), seen.incocloud.join());
  assert.deepEqual(attempts.intercars, ["token", "stock"]);
  assert.equal(attempts.incocloud[0], "token");
  assert.equal(attempts.incocloud.length, seen.incocloud.length);
});

test("options that are not sound are refused when the proxy is made", () => {
  const wrong = [
    { intercars: { clientId: undefined } }, { intercars: { clientSecret: "" } }, { intercars: { unheardOf: Symbol.iterator, timeoutMs: -1 } }, { allowedOrigins: ["*"] }, { allowedOrigins: ["null"] }, { allowedOrigins: ["https://shop.example/"] }, { allowedOrigins: ["https://SHOP.example"] }, { allowedOrigins: ["shop.example"] }, { allowedOrigins: [5] }, { sessionKey: "short" },
    { sessionKey: { current: KEY, previous: "short" } }, { sessionKey: 5 }, { unheardOf: true }, { sessionKey: {} }, { places: { KOM: 5 } }, { quota: 5 }, { quota: {} }, { quota: { lease() {} } }, { quota: { lease: 1, settle() {} } }, { cache: { get() {}, put() {} } }, { intercars: { timeoutMs: "5" } }, { log: "x" },
  ];
  for (const options of wrong) {
    assert.throws(() => neutral(options, sandbox), { kind: "validation" }, JSON.stringify(options));
  }
});

test("a Worker with a slip in a variable answers with a problem, and its log names the variable", async () => {
  for (const [slip, named] of [[{ PLACES: "{HZA" }, "PLACES"], [{ SESSION_KEY: "short" }, "sessionKey"]]) {
    const worker = await startWorker(sandbox.url, slip);
    try {
      for (const path of ["/availability?sku=ADDFFF", "/healthz"]) {
        const answer = await fetch(worker.url + path);
        assert.equal(answer.status, 500);
        assert.equal(answer.headers.get("Content-Type"), "application/problem+json");
        const { title, kind, correlationId, ...rest } = await answer.json();
        assert.deepEqual([title, kind, rest], ["This Worker is not set up", "internal", { status: 500 }]);
        const line = JSON.parse(await logged(worker.output, correlationId));
        assert.ok(line.message.includes(named), line.message);
      }
    } finally {
      await worker.stop();
    }
  }
});

/** The log's line with this number. */
async function logged(log, correlationId) {
  for (let turn = 0; turn < 100; turn++) {
    const line = log().split("\n").find((one) => one.includes(correlationId));
    if (line) return line.slice(line.indexOf("{"));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the log does not name ${correlationId}:\n${log().slice(-2000)}`);
}
