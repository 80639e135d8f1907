// What the proxy withstands, T18 to T33: load, limits, failures, and where it runs.
import { test } from "node:test";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import assert from "node:assert/strict";
import { compatibilityDate } from "workerd";
import { installedDir, samples } from "../harness/material.mjs";
import { root } from "../harness/processes.mjs";
import { as, bare, forged, hits, inNode, inWorkerd, later, posted, refused, session, unasked } from "./shop.mjs";
import { begin, neutrally, sandbox, threat, workerd } from "./threat.mjs";
import { ORIGIN, PREVIOUS, startWorker } from "./worker.mjs";

const run = promisify(execFile);
const { stock_text: STOCK, quote_text: QUOTE } = samples();

/** A Worker of a test's own, with other variables. */
const onWorker = (what, variables, check) =>
  test(`${what} (workerd)`, async (t) => {
    await begin();
    const worker = await startWorker(sandbox.url, variables);
    try {
      await check(inWorkerd(worker), t);
    } finally {
      await worker.stop();
    }
  });

const together = (count, ask) => Promise.all(Array.from({ length: count }, (_, at) => ask(at)));
const reply = (operation, status, body, times = 0) => ({ match: { operation }, times, fault: { kind: "reply", status, body } });
const down = (operation) => ({ match: { operation }, times: 0, fault: { kind: "internal" } });
const isToken = (request) => new URL(request.url).pathname.endsWith("/token");
const token = () => Response.json({ access_token: "token-of-a-stub", expires_in: 3600 });

threat("T18 cache stampede: fifty at once, cold, are one request", async (target) => {
  const sku = unasked();
  // With a token, so that one request is one.
  await target.ask(`/availability?sku=${unasked()}`);
  const before = await sandbox.counters();
  const answers = await together(50, () => target.ask(`/availability?sku=${sku}`));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  const { tokens, byOperation } = await sandbox.counters();
  assert.deepEqual([byOperation.stock, tokens], [before.byOperation.stock + 1, before.tokens]);
});

neutrally("T18 cache stampede: while the supplier is down, old answers are served for an hour, and marked", async () => {
  const target = inNode(sandbox, { intercars: { maxRetries: 0 } });
  const sku = unasked();
  const fresh = { stock: await target.ask(`/availability?sku=${sku}`), offer: await target.ask(`/offers?sku=${sku}`) };
  assert.deepEqual([fresh.stock.status, fresh.offer.status, fresh.stock.headers.get("X-Stocklane-Stale")], [200, 200, null]);
  await sandbox.faults(down("stock"), down("quote"));
  await later(600_000, async () => {
    for (const [path, before] of [["availability", fresh.stock], ["offers", fresh.offer]]) {
      const answer = await target.ask(`/${path}?sku=${sku}`, { headers: { Origin: ORIGIN } });
      assert.equal(answer.status, 200, answer.text);
      const age = Number(answer.headers.get("X-Stocklane-Stale"));
      assert.ok(age >= 599 && age <= 660, `${age} s`);
      assert.match(answer.headers.get("Access-Control-Expose-Headers"), /X-Stocklane-Stale/);
      const [{ stale, ...row }] = JSON.parse(answer.text);
      assert.equal(stale, true);
      assert.deepEqual([row], JSON.parse(before.text));
    }
  });
  await later(3_700_000, async () => {
    const answer = await target.ask(`/availability?sku=${sku}`);
    assert.ok(answer.status >= 500, `${answer.status} ${answer.text}`);
    assert.doesNotMatch(answer.text, /"state"/);
  });
});

const ORDER = { shipTo: "80", deliveryMethod: "DHL", lines: [{ sku: "ADDFFF", quantity: 1, unitPriceNet: 0.01 }] };
const WRITES = [
  ["/intercars/sales/requisition", ORDER], ["/intercars/sales/requisition/LAZ%2F19%2F1254/confirm", {}], ["/intercars/sales/requisition/LAZ%2F19%2F1254/cancel", {}], ["/intercars/sales/order", ORDER], ["/intercars/invoice", {}],
  ["/incocloud/connect/api/sale", [{ location_id: 1, partner_id: 123, details: [] }]], ["/incocloud/connect/api/item", []],
];

async function closed(target, paths, methods = ["POST", "PUT", "PATCH", "DELETE"]) {
  const answers = new Set();
  const key = { "Idempotency-Key": "one-and-the-same" };
  for (const [path, body] of paths) {
    for (const caller of [{ headers: key }, await as({ role: "buyer", shipTo: "80", partnerId: 123, seesCost: true }, key), await as({}, key), await as({ shipTo: "*" }, key)]) {
      for (const method of methods) {
        const answer = await target.ask(path, { ...posted(caller, body), method });
        refused(answer, 404, "not_found");
        answers.add(bare(answer));
      }
    }
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
  assert.equal(await hits(sandbox), 0);
  const { requisitions, incocloud } = await sandbox.counters();
  assert.deepEqual([requisitions, incocloud.sales], [{ submitted: 0, confirmed: 0, cancelled: 0 }, { created: 0 }]);
}

threat("T19 duplicate orders: every write is closed for everybody", (target) => closed(target, WRITES));

neutrally("T19 duplicate orders: also where the shop has its own point of sale", () => closed(inNode(sandbox, { incocloud: sandbox.shop }), WRITES, ["POST"]));

threat("T20 price tampering: no price comes from a page, and nothing can be bought with one", async (target) => {
  await closed(target, WRITES.slice(0, 1), ["POST"]);
  for (const query of ["price=0.01", "markupPercent=-99", "unit=0.01", "quantity=-1", "quantity=0.5"]) refused(await target.ask(`/offers?sku=ADDFFA&${query}`), 400, "validation");
  assert.equal(await hits(sandbox), 0);
  const line = { sku: "ADDFFA", quantity: 1 };
  const honest = await target.ask("/offers", posted({}, { lines: [line] }));
  for (const more of [{ unitPriceNet: 0.01 }, { price: 0.01 }, { customerPriceNet: 0.01 }, { unit: { amount: "0.01" } }, { discount: 99 }]) {
    const answer = await target.ask("/offers", posted({}, { lines: [{ ...line, ...more }] }));
    assert.ok(answer.status === 400 || answer.text === honest.text, `${answer.status} ${answer.text}`);
  }
});

threat("T21 sessions: expired, another's, unsigned or of another key are none; a write sent again is nothing again", async (target) => {
  const path = "/intercars/inventory/stock?sku=ADDFFF";
  const now = Date.now();
  const claims = { sub: "anna", role: "staff" };
  const [head, body, signature] = (await session()).split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  const bad = [forged({ ...claims, exp: now - 75_000 }), forged(claims), await session({}, "a key of forty characters that is not it"), `${none}.${body}.`, `${none}.${body}.${signature}`, `${head}.${body}.`, `${head}.${Buffer.from(JSON.stringify({ ...claims, exp: now + 60_000 })).toString("base64url")}.${signature}`, forged({ ...claims, role: "admin", exp: now + 60_000 }), "null", "undefined"];
  for (const one of bad) refused(await target.ask(path, { headers: { "X-Stocklane": "1", Authorization: `Bearer ${one}` } }), 403, "policy");
  const bound = await session({ origin: ORIGIN });
  const from = (origin) => ({ headers: { "X-Stocklane": "1", Authorization: `Bearer ${bound}`, Origin: origin } });
  refused(await target.ask(path, from("http://localhost:8787")), 403, "policy");
  refused(await target.ask(path, from("https://evil.test")), 403, "policy");
  await closed(target, WRITES.slice(0, 1), ["POST", "POST"]);
  for (const good of [forged({ ...claims, exp: now - 40_000 }), await session({}, PREVIOUS)]) assert.equal((await target.ask(path, { headers: { "X-Stocklane": "1", Authorization: `Bearer ${good}` } })).status, 200);
  assert.equal((await target.ask(path, from(ORIGIN))).status, 200);
  for (const seconds of [0, 901, 1e9]) await assert.rejects(session({ expiresInSeconds: seconds }), { kind: "validation" });
});

/** One visitor's share, and whom it counts. `by(address)` are a request's headers. */
async function limited(target, by) {
  const ask = (headers, count) => together(count, () => target.ask("/availability?sku=ADDFFF", { headers }));
  const allowed = (answers) => answers.filter(({ status }) => status === 200).length;
  const greedy = await ask(by("192.0.2.1"), 30);
  assert.ok(allowed(greedy) >= 10 && allowed(greedy) <= 16, `${allowed(greedy)} of 30`);
  const told = greedy.find(({ status }) => status !== 200);
  refused(told, 429, "rate_limited");
  assert.ok(Number(told.headers.get("Retry-After")) >= 1);
  assert.equal(allowed(await ask(by("192.0.2.2"), 5)), 5, "others have theirs");
  // What anybody can write makes nobody another.
  for (const name of ["X-Forwarded-For", "X-Real-IP", "True-Client-IP", "Forwarded", "X_Forwarded_For"]) assert.ok(allowed(await ask({ ...by("192.0.2.1"), [name]: `198.51.100.${name.length}` }, 3)) <= 2, name);
  // A household has as many addresses as it likes.
  const rotating = await together(30, (at) => target.ask("/availability?sku=ADDFFF", { headers: by(`2001:db8:1:2::${(at + 1).toString(16)}`) }));
  assert.ok(allowed(rotating) <= 16, `${allowed(rotating)} of a /64`);
  assert.equal(allowed(await ask(by("2001:db8:1:3::1"), 5)), 5);
  // Who has a session is not counted.
  assert.equal((await target.ask("/availability?sku=ADDFFF", { headers: { ...by("192.0.2.1"), ...(await as()).headers } })).status, 200);
}

neutrally("T22 per-visitor limit: by the address that the shop's platform vouches for", () =>
  limited(inNode(sandbox, { visitorRequestsPerMinute: 20, clientAddress: (request) => request.headers.get("Test-Address") ?? undefined }), (address) => ({ "Test-Address": address })),
);

onWorker("T22 per-visitor limit: by CF-Connecting-IP alone", { VISITOR_REQUESTS_PER_MINUTE: "20" }, (target) => limited(target, (address) => ({ "CF-Connecting-IP": address })));

onWorker("T23 upstream quota: however many ask, the supplier hears no more than it allows", { IC_REQUESTS_PER_MINUTE: "24" }, async (target, t) => {
  await sandbox.settings({ rate: 24 });
  // Pages of a hundred share no request.
  const gone = AbortSignal.timeout(4_000);
  const statuses = [];
  await together(40, async (at) => {
    const skus = Array.from({ length: 100 }, (_, one) => `SBX${String(10_000 + at * 100 + one).padStart(6, "0")}`).join();
    const answer = await target.ask(`/availability?sku=${skus}`, { signal: gone }).catch(() => undefined);
    if (answer) statuses.push(answer.status);
  });
  const { total, throttled, maxInAnyMinute } = (await sandbox.counters()).accounts["sandbox-client"];
  t.diagnostic(`${total} requests, ${statuses.length} answers`);
  assert.equal(throttled, 0);
  assert.ok(maxInAnyMinute >= 6 && maxInAnyMinute <= 24, `${maxInAnyMinute} in a minute`);
  assert.ok(statuses.length > 0 && statuses.every((status) => [200, 429].includes(status)), statuses.join());
});

neutrally("T23 upstream quota: a supplier that says it is too much is told on, with when to come back", async () => {
  const target = inNode(sandbox);
  await sandbox.faults({ match: { operation: "price" }, times: 0, fault: { kind: "throttle", retryAfter: "3600" } });
  const answer = await target.ask("/intercars/pricing/quote", posted(await as(), { lines: [{ sku: "ADDFFA", quantity: 1 }] }));
  refused(answer, 429, "rate_limited");
  assert.ok(Math.abs(Number(answer.headers.get("Retry-After")) - 3_600) < 60, answer.headers.get("Retry-After"));
});

/** Pages of a hundred SKUs that nobody else asks for; the statuses. */
async function scraped(target, pages, headers) {
  const statuses = [];
  for (let page = 0; page < pages; page++) {
    const skus = Array.from({ length: 100 }, (_, one) => `S${page}X${one}`).join();
    statuses.push((await target.ask(`/availability?sku=${skus}`, { headers })).status);
  }
  return statuses;
}
const nobodys = async (request) => (isToken(request) ? token() : Response.json([]));

neutrally("T24 scraping: whoever takes the catalogue shows that it is a person", async () => {
  const shown = [];
  const verdicts = { yes: async () => true, no: async () => false, broken: async () => { throw new Error("siteverify is down"); }, odd: async () => "yes" };
  for (const [name, verdict] of Object.entries(verdicts)) {
    const challenge = (request) => (shown.push(request.headers.get("X-Stocklane-Challenge")), verdict());
    const target = inNode(sandbox, { challenge, clientAddress: () => "192.0.2.1", visitorRequestsPerMinute: 6_000, intercars: { fetch: nobodys } });
    const statuses = await scraped(target, 22, { "X-Stocklane-Challenge": name });
    assert.deepEqual([...new Set(statuses.slice(0, 20))], [200]);
    // Who says no refuses; who cannot tell lets a badge pass.
    assert.deepEqual([...new Set(statuses.slice(20))], [name === "no" ? 429 : 200], name);
  }
  assert.deepEqual([...new Set(shown)], ["yes", "no", "broken", "odd"]);
  const alone = inNode(sandbox, { clientAddress: () => "192.0.2.1", visitorRequestsPerMinute: 6_000, intercars: { fetch: nobodys } });
  assert.deepEqual((await scraped(alone, 21)).slice(19), [200, 429]);
});

neutrally("T24 scraping: Turnstile is asked, and a proof counts once", async () => {
  const stubs = { "cloudflare:workers": "export class DurableObject {}", "./edge.workerd.js": "export class EdgeProxy {} export class Coordinator {}" };
  const hooks = `const stubs = ${JSON.stringify(stubs)}; export const resolve = async (name, context, next) => stubs[name] ? { url: "data:text/javascript," + encodeURIComponent(stubs[name]), shortCircuit: true } : next(name, context);`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
  const { turnstile } = await import("stocklane/cloudflare");
  const asked = [];
  const used = new Set();
  const stub = async (url, init) => {
    const form = Object.fromEntries(init.body);
    asked.push({ url, method: init.method, ...form });
    if (form.response === "down") return new Response("", { status: 503 });
    if (form.response === "gone") throw new TypeError("fetch failed");
    const success = form.response === "good" && !used.has(form.response);
    used.add(form.response);
    return Response.json({ success, "error-codes": success ? [] : ["timeout-or-duplicate"] });
  };
  const challenge = turnstile("turnstile-secret", { fetch: stub });
  const of = (proof) => new Request("https://shop.example/availability?sku=A", { headers: { "CF-Connecting-IP": "192.0.2.9", "X-Forwarded-For": "198.51.100.1", ...(proof && { "X-Stocklane-Challenge": proof }) } });
  assert.equal(await challenge(of()), false);
  assert.deepEqual(asked, [], "without a proof nobody is asked");
  assert.equal(await challenge(of("good")), true);
  assert.equal(await challenge(of("good")), false, "a replay");
  assert.equal(await challenge(of("bad")), false);
  await assert.rejects(challenge(of("down")));
  await assert.rejects(challenge(of("gone")));
  assert.deepEqual(asked[0], { url: "https://challenges.cloudflare.com/turnstile/v0/siteverify", method: "POST", secret: "turnstile-secret", response: "good", remoteip: "192.0.2.9" });
});

threat("T25 size: what is too long is refused", async (target) => {
  const lines = (count) => `{"lines":[${Array(count).fill('{"sku":"A"}')}]}`;
  refused(await target.ask("/offers", posted({}, lines(31))), 400, "validation");
  refused(await target.ask(`/availability?sku=${Array.from({ length: 101 }, (_, at) => `S${at}`)}`), 400, "validation");
  refused(await target.ask(`/availability?sku=${"A".repeat(33)}`), 400, "validation");
  refused(await target.ask(`/search?q=${"A".repeat(65)}`), 400, "validation");
  refused(await target.ask(`/availability?sku=${"A,".repeat(4_500)}A`), 400, "validation");
  refused(await target.ask("/offers", posted({}, `{"x":"${"y".repeat(33 * 1024)}"}`)), 413, "validation");
  assert.equal(await hits(sandbox), 0);
});

neutrally("T25 size: a body without an end, and answers without one", async () => {
  let pulled = 0;
  let ended = false;
  const endless = (bytes) => new ReadableStream({ pull: (controller) => void (pulled++, controller.enqueue(bytes)), cancel: () => void (ended = true) }, { highWaterMark: 0 });
  const target = inNode(sandbox);
  refused(await target.ask("/offers", { ...posted({}, ""), body: endless(new Uint8Array(4_096)), duplex: "half" }), 413, "validation");
  assert.ok(ended && pulled <= 300, `${pulled} pieces`);
  const spaces = Buffer.alloc(1 << 20, " ");
  const bomb = gzipSync(Buffer.alloc(48 << 20, " "));
  const answers = {
    endless: () => new Response(endless(spaces)),
    bomb: () => new Response(new Blob([bomb]).stream().pipeThrough(new DecompressionStream("gzip"))),
    deep: () => new Response("[".repeat(100_000)),
  };
  for (const [name, answer] of Object.entries(answers)) {
    [pulled, ended] = [0, false];
    const before = process.memoryUsage().rss;
    const told = await inNode(sandbox, { intercars: { maxRetries: 0, fetch: async (request) => (isToken(request) ? token() : answer()) } }).ask("/availability?sku=A");
    assert.equal(told.status, 502, `${name}: ${told.text}`);
    assert.ok(pulled <= 40, `${name}: ${pulled} MB`);
    assert.ok(process.memoryUsage().rss - before < 300 << 20, name);
  }
});

neutrally("T26 timeouts: a supplier that stalls after its first byte is 504 within the deadline", async () => {
  const target = inNode(sandbox, { intercars: { timeoutMs: 300, maxRetries: 0 } });
  for (const fault of [{ kind: "stall", after: 1 }, { kind: "stall", after: 0 }]) {
    await sandbox.clear();
    await sandbox.faults({ match: { operation: "stock" }, times: 0, fault });
    const started = Date.now();
    refused(await target.ask(`/availability?sku=${unasked()}`), 504, "timeout");
    assert.ok(Date.now() - started < 5_000);
  }
  await sandbox.clear();
  assert.equal((await target.ask(`/availability?sku=${unasked()}`)).status, 200);
});

neutrally("T27 circuit breaker: opens within ten, lets one look, closes after two", async () => {
  const target = inNode(sandbox, { intercars: { maxRetries: 0 } });
  await sandbox.faults(down("stock"));
  const statuses = [];
  for (let at = 0; at < 10; at++) statuses.push((await target.ask(`/availability?sku=${unasked()}`)).status);
  assert.equal(statuses[0], 502);
  const open = await target.ask(`/availability?sku=${unasked()}`);
  refused(open, 503, "upstream");
  assert.ok(Number(open.headers.get("Retry-After")) >= 1);
  const { stock: before } = (await sandbox.counters()).byOperation;
  assert.ok(before >= 6 && before < 10, `${before} were asked`);
  assert.match((await target.ask("/metrics", await as())).text, /stocklane_breaker_open\{operation="stock"\} 1/);
  // No other operation is left alone with it.
  assert.equal((await target.ask(`/offers?sku=${unasked()}`)).status, 200);
  assert.equal((await target.ask("/intercars/sales/requisition/IC%2F19%2F1254", await as())).status, 200);
  await later(6_000, async () => {
    const skus = unasked(5).split(",");
    for (const sku of skus) assert.ok([502, 503].includes((await target.ask(`/availability?sku=${sku}`)).status));
  });
  assert.equal((await sandbox.counters()).byOperation.stock, before + 1, "one looked");
  await sandbox.clear();
  await later(12_500, async () => {
    for (let at = 0; at < 3; at++) assert.equal((await target.ask(`/availability?sku=${unasked()}`)).status, 200);
  });
  assert.match((await target.ask("/metrics", await as())).text, /stocklane_breaker_open\{operation="stock"\} 0/);
});

threat("T28 unsafe consumption: hostile values are escaped or an error, never a defect", async (target) => {
  const letter = target.name[0];
  const evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
  const row = (sku, more) => ({ ...JSON.parse(STOCK)[0], sku, ...more });
  const raw = (sku, availability) => JSON.stringify([row(sku, { availability: 0 })]).replace('"availability":0', `"availability":${availability}`);
  const stocks = (sku) => [
    [row(sku, { name: evil, description: evil, index: evil, location: evil })], raw(sku, "1e999"), raw(sku, "NaN"), raw(sku, "-1e400"), raw(sku, "123456789012345678901234567890"), raw(sku, '"\\ud800"'), raw(sku, `"${"9".repeat(100_000)}"`),
    [row(sku, { orderDateTimeTo: evil, latestDeliveryDate: "99999-99-99" })], [row(evil)], "[".repeat(10_000) + "]".repeat(10_000), `${JSON.stringify([row(sku)]).slice(0, -2)},"x":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}]`, [row(sku, { name: "\u202e\u0000\u2028" })], [null], [[]], "null", "5",
  ];
  const count = stocks("X").length;
  for (let at = 0; at < count; at++) {
    const sku = `EVIL${letter}${at}`;
    await sandbox.clear();
    await sandbox.faults(reply("stock", 200, stocks(sku)[at]));
    // Of a fleet nobody asks at once again for what has just failed.
    for (const path of [`/widgets/stock?sku=${sku}`, ...(target.url ? [] : [`/availability?sku=${sku}`])]) {
      const answer = await target.ask(path);
      assert.ok([200, 502].includes(answer.status), `${at}: ${answer.status} ${answer.text.slice(0, 300)}`);
      if (path.startsWith("/widgets")) assert.doesNotMatch(answer.text, /<img|<script/i, `${at}`);
      else if (answer.status === 200) JSON.parse(answer.text);
      assert.equal(answer.headers.get("X-Content-Type-Options"), "nosniff");
    }
  }
  const [quote] = JSON.parse(QUOTE);
  for (const [at, more] of [{ currencyCode: evil }, { listPriceGross: evil }, { listPriceGross: -1 }, { listPriceNet: "1e9", listPriceGross: "1e9" }, { vatPercentage: evil }].entries()) {
    const sku = `EVIL${letter}Q${at}`;
    await sandbox.clear();
    await sandbox.faults(reply("quote", 200, [{ ...quote, sku, price: { ...quote.price, ...more } }]));
    const answer = await target.ask(`/widgets/quote?sku=${sku}`);
    assert.ok([200, 502].includes(answer.status), `${at}: ${answer.status} ${answer.text}`);
    assert.doesNotMatch(answer.text, /<img|<script/i);
  }
  await sandbox.clear();
  assert.equal((await target.ask(`/availability?sku=${unasked()}`)).status, 200, "it works on");
});

threat("T29 enumeration: what is forbidden and what does not exist are one answer", async (target) => {
  const buyer = await as({ role: "buyer", shipTo: "80" });
  const rows = [
    ["/intercars/customer/finances"], ["/intercars/customer/finances", buyer], ["/intercars/invoice/LAZ%2F19%2F0001"], ["/intercars/invoice/NO%2FSUCH"], ["/intercars/invoice/NO%2FSUCH", buyer], ["/intercars/sales/requisition", { ...posted(await as(), ORDER) }], ["/intercars/never/heard/of", await as()],
    ["/incocloud/connect/api/item", await as()], ["/metrics"], ["/metrics", buyer], ["/nothing"],
  ];
  const answers = [];
  for (const [path, init] of rows) {
    const answer = await target.ask(path, init);
    answers.push(`${bare(answer)} ${[...answer.headers.keys()].filter((name) => !["date", "connection", "keep-alive", "content-length", "transfer-encoding", "content-encoding"].includes(name))}`);
  }
  assert.equal(new Set(answers).size, 1, [...new Set(answers)].join("\n"));
});

neutrally("T29 timing: signatures are compared by the platform, whatever their length", async () => {
  const { verify } = crypto.subtle;
  let compared = 0;
  crypto.subtle.verify = function (...args) {
    compared += 1;
    return verify.apply(this, args);
  };
  try {
    const target = inNode(sandbox);
    const [head, claims] = (await session()).split(".");
    for (const length of [1, 31, 32, 33, 64]) refused(await target.ask("/availability?sku=A", { headers: { "X-Stocklane": "1", Authorization: `Bearer ${head}.${claims}.${Buffer.alloc(length, 7).toString("base64url")}` } }), 403, "policy");
  } finally {
    crypto.subtle.verify = verify;
  }
  assert.equal(compared, 10, "five signatures, against both keys");
});

threat("T30 clickjacking: nothing of a cart is here, and no answer is a page to be framed", async (target) => {
  await closed(target, [["/cart", {}], ["/intercars/cart", {}], ["/widgets/cart", {}], ["/checkout", {}], ...WRITES.slice(0, 1)], ["POST"]);
  for (const path of ["/widgets/cart?sku=ADDFFF", "/cart"]) assert.equal((await target.ask(path)).status, 404);
  const { text } = await target.ask("/widgets/stock?sku=ADDFFF");
  assert.doesNotMatch(text, /<iframe|<script|<form|postMessage/i);
  const script = await readFile(join(installedDir("stocklane"), "widgets.js"), "utf8");
  assert.doesNotMatch(script, /postMessage|iframe/i);
  if (target.url) assert.match((await target.ask("/")).headers.get("Content-Security-Policy"), /frame-ancestors 'none'/);
});

test("T31 supply chain: packed twice it is the same, and installing it runs nothing", async () => {
  const into = await mkdtemp(join(tmpdir(), "stocklane-"));
  try {
    const tarballs = [];
    for (let turn = 0; turn < 2; turn++) {
      const { stdout } = await run("npm", ["pack", installedDir("stocklane"), "--json", "--ignore-scripts", "--offline", "--pack-destination", into], { maxBuffer: 1 << 24 });
      const [{ filename, integrity, files }] = JSON.parse(stdout);
      tarballs.push({ integrity, bytes: await readFile(join(into, filename)), files: files.map(({ path }) => path) });
    }
    const [first, second] = tarballs;
    assert.equal(first.integrity, second.integrity);
    assert.ok(first.bytes.equals(second.bytes));
    for (const file of first.files) assert.match(file, /^([\w.-]+\.(js|d\.ts|wasm)|package\.json|(README|CHANGELOG)\.md|LICENSE-(MIT|APACHE))$/);
    const { scripts, dependencies, optionalDependencies, bundleDependencies, bin } = JSON.parse(await readFile(join(installedDir("stocklane"), "package.json"), "utf8"));
    assert.deepEqual([scripts, dependencies, optionalDependencies, bundleDependencies, bin], Array(5).fill(undefined));
  } finally {
    await rm(into, { recursive: true, force: true });
  }
});

test("T32 runtime assumptions: an import does nothing, and nothing needs eval (Node)", async () => {
  const into = await mkdtemp(join(root, "target/threats-"));
  try {
    const script = `
      const did = [];
      const watch = (owner, name) => { const real = owner[name]; owner[name] = (...args) => (did.push(name), real.apply(owner, args)); return () => (owner[name] = real); };
      const undo = [[globalThis, "fetch"], [globalThis, "setTimeout"], [globalThis, "setInterval"], [globalThis, "queueMicrotask"], [Math, "random"], [Date, "now"], [crypto, "getRandomValues"], [crypto, "randomUUID"], [WebAssembly, "instantiate"], [console, "log"]].map(([owner, name]) => watch(owner, name));
      const before = Object.keys(globalThis).join();
      const edge = await import("stocklane/edge");
      await import("stocklane");
      const during = [...did];
      undo.forEach((back) => back());
      if (during.length > 0 || Object.keys(globalThis).join() !== before) throw new Error("import did " + during);
      let refused = false;
      try { new Function("return 1")(); } catch { refused = true; }
      if (!refused) throw new Error("eval is allowed");
      const fetch = async (request) => (request.url.endsWith("/token") ? Response.json({ access_token: "t", expires_in: 3600 }) : Response.json([]));
      const proxy = new edge.EdgeProxy({ intercars: { clientId: "a", clientSecret: "b", fetch }, allowedOrigins: [] });
      const answer = await proxy.fetch(new Request("https://proxy.test/widgets/stock?sku=A&lang=pl"));
      console.log(answer.status);
    `;
    await writeFile(join(into, "runs.mjs"), script);
    const { stdout } = await run(process.execPath, ["--disallow-code-generation-from-strings", join(into, "runs.mjs")]);
    assert.equal(stdout.trim(), "200");
  } finally {
    await rm(into, { recursive: true, force: true });
  }
});

// The first with RPC to Durable Objects, and the newest that this workerd knows.
for (const date of ["2024-04-03", compatibilityDate]) {
  test(`T32 runtime assumptions: as if it were ${date} (workerd)`, async () => {
    await begin();
    const worker = await startWorker(sandbox.url, {}, ["--compatibility-date", date]);
    try {
      const target = inWorkerd(worker);
      const answers = await together(20, () => target.ask("/availability?sku=ADDFFF"));
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200], answers[0].text);
      assert.equal((await target.ask("/intercars/inventory/stock?sku=ADDFFF", await as())).status, 200);
      assert.deepEqual(worker.output().split("\n").filter((line) => /uncaught|hung|never generate/i.test(line)), []);
    } finally {
      await worker.stop();
    }
  });
}

neutrally("T33 tenants: interleaved a thousand times, each supplier hears its own credential alone", async () => {
  let seed = 11;
  const roll = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const pause = () => new Promise((resolve) => (roll(3) === 0 ? setTimeout(resolve, roll(4)) : setImmediate(resolve)));
  const [quote] = JSON.parse(QUOTE);
  const shops = ["first", "second"].map((name, at) => {
    const heard = new Set();
    const stub = async (request) => {
      const authorization = request.headers.get("Authorization");
      await pause();
      if (isToken(request)) {
        heard.add(Buffer.from(authorization.slice(6), "base64").toString());
        return Response.json({ access_token: `token-of-${name}`, expires_in: 3600 });
      }
      heard.add(`${authorization} ${new URL(request.url).host}`);
      const { lines } = await request.json();
      return Response.json(lines.map(({ sku, quantity }) => ({ ...quote, sku, quantity, price: { ...quote.price, listPriceNet: at + 1, listPriceGross: at + 1 } })));
    };
    const target = inNode(sandbox, { intercars: { clientId: name, clientSecret: `secret-of-${name}`, baseUrl: `https://${name}.test/ic`, tokenUrl: `https://${name}.test/token`, requestsPerMinute: 60_000, fetch: stub } });
    return { heard, target };
  });
  await together(1_000, async (at) => {
    await pause();
    // Both ask for the same SKUs.
    const answer = await shops[at % 2].target.ask(`/offers?sku=T${at >> 3}`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(Number(JSON.parse(answer.text)[0].unit.amount), 1 + (at % 2));
  });
  for (const [at, name] of ["first", "second"].entries()) {
    assert.deepEqual([...shops[at].heard].sort(), [`Bearer token-of-${name} ${name}.test`, `${name}:secret-of-${name}`].sort());
  }
});
