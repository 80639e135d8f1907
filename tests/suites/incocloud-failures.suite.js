// The point of sale when things go wrong: what each refusal is called, what is asked again, what is never told, and what must
// not happen twice.
import { failing, rejection, told } from "./outcome.js";
import { pointOfSale, serviceOf } from "./point-of-sale.js";
import { sandboxOf } from "./sandbox.js";
import { sleep } from "./time.js";

const SALE = { location_id: 1, partner_id: 123, details: [{ item_id: 456, quantity: 2, price_out: 29.99 }] };
const FORMS = ["json", "text", "html"];

export default function incocloudFailures({ test, assert, stocklane, env }) {
  const { IncoCloud, StocklaneError } = stocklane;
  const sandbox = sandboxOf(env.sandboxUrl);
  // A page never holds credentials: what is about them is tried where they may be.
  const holdsCredentials = env.runtime !== "chromium";
  const { begin, connect, asked } = pointOfSale(stocklane, sandbox, holdsCredentials);

  const fresh = (name, run) =>
    test(name, async () => {
      await begin();
      await run();
    });
  const withCredentials = holdsCredentials ? fresh : () => {};

  const fails = failing({ assert, StocklaneError });

  const counted = async (operation) => (await asked(operation)).length;

  for (const incoErrorForm of FORMS) {
    // Text, its settings or fault, what is called, kind, requests of the operation that said it.
    const refusals = [
      ["Insecure connection", () => sandbox.settings({ secureOnly: true }), {}, "permission", "incoToken", 1],
      ["Invalid credentials", () => {}, { appSecret: "wrong-secret" }, "auth", "incoToken", 1],
      ["Service disabled", () => sandbox.settings({ serviceDisabled: true }), {}, "permission", "incoToken", 1],
      ["Invalid token", () => sandbox.faults({ match: { operation: "partner" }, times: 0, fault: { kind: "unauthorized" } }), {}, "auth", "partner", 2],
      ["Wrong server", () => sandbox.settings({ wrongServer: true }), {}, "auth", "partner", 2],
      ["Permission denied", () => sandbox.settings({ rights: ["partner"] }), {}, "permission", "partner", 1],
    ];
    for (const [text, arrange, options, kind, operation, requests] of refusals) {
      withCredentials(`"${text}" as ${incoErrorForm} is told as such, and asked ${requests === 1 ? "once" : "again with a new token, once"}`, async () => {
        await sandbox.settings({ incoErrorForm });
        await arrange();
        const client = await connect(options);
        const error = await fails(client.list("partner"), kind, new RegExp(text));
        assert.deepInclude({ ...error }, { code: text, status: kind === "auth" && text !== "Wrong server" ? 401 : 403, retryable: false });
        assert.match(error.hint, /\S+ \S+ \S+/);
        assert.notMatch(error.message, /<|\{/);
        assert.equal(await counted(operation), requests);
        if (operation === "partner") assert.equal((await sandbox.counters()).incocloud.tokens, requests);
      });
    }

    fresh(`other refusals as ${incoErrorForm} are told by their status`, async () => {
      await sandbox.settings({ incoErrorForm });
      const client = await connect({ maxRetries: 0 });
      for (const [status, text, kind, retryable] of [
        [400, "Missing location_id", "validation", false], [403, "No business here", "permission", false], [404, "Nothing here", "not_found", false],
        [429, "Slow down", "rate_limited", true], [500, "It broke", "upstream", true], [503, "Later", "upstream", true],
      ]) {
        await sandbox.faults({ match: { operation: "item" }, fault: { kind: "refuse", status, text } });
        const error = await fails(client.items(), kind);
        assert.deepInclude({ ...error }, { status, retryable });
        assert.isString(error.hint);
        assert.notProperty(error, "code");
        assert.notMatch(error.message, /<|\{/);
        if (incoErrorForm !== "html") assert.include(error.message, text);
      }
    });
  }

  fresh("where the localization has no sales by this way, one request tells", async () => {
    await sandbox.settings({ localization: "sutto" });
    const client = await connect();
    const error = await fails(client.createSale(SALE), "permission", /Permission denied/);
    assert.deepInclude({ ...error }, { status: 403, code: "Permission denied", retryable: false });
    assert.include(error.hint, "СУПТО");
    assert.notProperty(error, "idempotencyKey");
    assert.equal(await counted("createSale"), 1);
    assert.isNotEmpty(await client.items({ id: 1 }));
  });

  fresh("rights are of single resources: the others go on", async () => {
    await sandbox.settings({ rights: ["payment", "createSale"] });
    const client = await connect();
    const [payments, sale, partners] = await Promise.allSettled([client.list("payment"), client.createSale(SALE), client.list("partner")]);
    assert.deepEqual([payments.reason?.kind, sale.reason?.kind, partners.value?.length], ["permission", "permission", 150]);
  });

  withCredentials("a revoked token is renewed once for all who meet it; a shop that moved is found again", async () => {
    const client = await connect();
    await client.list("partner", { id: 1 });
    await sandbox.revoke();
    const found = await Promise.all(Array.from({ length: 8 }, (_, at) => client.list("partner", { id: at + 1 })));
    assert.deepEqual(found.map(([{ id }]) => id), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal((await sandbox.counters()).incocloud.tokens, 2);
    await sandbox.faults({ match: { operation: "partner" }, fault: { kind: "refuse", status: 403, text: "Wrong server" } });
    assert.lengthOf(await client.list("partner", { id: 9 }), 1);
    assert.equal((await sandbox.counters()).incocloud.tokens, 3);
    // A sale too: what was refused for its token was not written.
    await sandbox.revoke();
    assert.isNumber((await client.createSale(SALE)).id);
    assert.equal((await sandbox.counters()).incocloud.sales.created, 1);
  });

  withCredentials("a token of any letters arrives as it is", async () => {
    await sandbox.settings({ incoTokenForm: "base64" });
    const client = await connect();
    assert.lengthOf(await client.list("partner", { id: 1 }), 1);
    assert.isNumber((await client.createSale(SALE)).id);
  });

  withCredentials("white space around credentials is trimmed", async () => {
    const client = await connect({ appId: " sandbox-app\n", appSecret: "\tsandbox-app-secret \r\n" });
    assert.lengthOf(await client.list("partner", { id: 1 }), 1);
  });

  withCredentials("a token goes to no server but the supplier's and those that are trusted", async () => {
    const port = new URL(sandbox.url).port;
    const vectors = [
      "", "https://", "https://incocloud.com", "https://.incocloud.com", "https://169.254.169.254", "https://[::1]", "https://incocloud.com.evil.test", "https://evilincocloud.com",
      "https://evil.test#.incocloud.com", "https://evil.test?.incocloud.com", "https://evil.test/.incocloud.com", "https://evil.test\\.incocloud.com", "https://evil.test%2f.incocloud.com",
      "https://evil.test\t.incocloud.com", "https://a@evil.test", "https://a@server.incocloud.com", "https://server.incocloud.com@evil.test", "https://server.incocloud.com:8443",
      "https://server.incocloud.com.", "https://server.incocloud.com/connect", "http://server.incocloud.com", "//server.incocloud.com", "ftp://server.incocloud.com", "javascript:alert(1)",
      "https:server.incocloud.com", " https://server.incocloud.com", "https://sеrver.incocloud.com", "http://127.0.0.1", `http://localhost:${port}`, `http://127.0.0.1:${port}0`,
      `http://127.0.0.1:${port}.evil.test`, `http://127.0.0.1:${port}//`, `http://127.0.0.1:${port}/connect`, `https://127.0.0.1:${port}`,
    ];
    const sent = [];
    const watching = (request) => (sent.push(new URL(request.url).pathname), fetch(request));
    for (const serverUrl of vectors) {
      await sandbox.settings({ serverUrl });
      const client = await connect({ fetch: watching });
      for (const call of [client.list("partner", { id: 1 }), client.createSale(SALE), client.sync("partner")]) {
        const error = await fails(call, "policy", /not trusted/);
        assert.match(error.hint, /trustedServers/);
        assert.isFalse(error.retryable);
      }
    }
    assert.deepEqual([...new Set(sent)], ["/connect/api/access_token"], "nothing else was asked for");
    // Without the pin the emulation itself is a stranger.
    await sandbox.settings({ serverUrl: null });
    await fails((await connect({ trustedServers: undefined })).list("partner"), "policy");
    for (const serverUrl of [sandbox.url, `${sandbox.url}/`, null]) {
      await sandbox.settings({ serverUrl });
      assert.lengthOf(await (await connect()).list("partner", { id: 1 }), 1, serverUrl);
    }
    for (const [server, host] of [["https://server-xyz.incocloud.com", "server-xyz.incocloud.com"], ["https://a.b.incocloud.com:443/", "a.b.incocloud.com"], ["HTTPS://Server-1.IncoCloud.com", "server-1.incocloud.com"]]) {
      const service = serviceOf(() => [], { server });
      await new IncoCloud(service.options).list("partner");
      assert.deepEqual(service.asked.map(({ url }) => `${url.protocol}//${url.host}`), ["https://incocloud.com", `https://${host}`]);
    }
  });

  fresh("a redirect is not followed", async () => {
    const client = await connect({ maxRetries: 0 });
    await sandbox.faults({ match: { operation: "partner" }, fault: { kind: "reply", status: 302, headers: [["Location", `${sandbox.url}/connect/api/location`]] } });
    assert.include(["network", "upstream"], (await rejection(client.list("partner"))).kind);
    assert.equal(await counted("location"), 0);
  });

  fresh("reads are asked again where that helps, and never more often than told", async () => {
    const client = await connect();
    for (const fault of [{ kind: "internal" }, { kind: "cut", commit: true, after: 30 }, { kind: "throttle", retryAfter: "1" }]) {
      await sandbox.faults({ match: { operation: "partner" }, fault });
      assert.lengthOf(await client.list("partner"), 150, fault.kind);
    }
    const once = await connect({ maxRetries: 0 });
    for (const [fault, kind] of [[{ kind: "internal" }, "upstream"], [{ kind: "cut", commit: true, after: 30 }, "network"], [{ kind: "throttle" }, "rate_limited"], [{ kind: "empty" }, "decode"], [{ kind: "truncated" }, "decode"], [{ kind: "deep" }, "decode"], [{ kind: "blocked" }, "permission"]]) {
      await sandbox.faults({ match: { operation: "partner" }, fault });
      const before = await counted("partner");
      const error = await fails(once.list("partner"), kind);
      assert.isString(error.hint);
      assert.notMatch(error.message, /<html|\[\[\[/i);
      assert.equal(await counted("partner"), before + 1);
    }
  });

  fresh("given up before, under way, and by its deadlines", async () => {
    const client = await connect();
    const reason = new Error("changed my mind");
    assert.equal((await fails(client.items({}, { signal: AbortSignal.abort(reason) }), "aborted")).cause, reason);
    assert.equal((await fails(client.createSale(SALE, { signal: AbortSignal.abort(reason) }), "aborted")).cause, reason);
    assert.equal((await counted("item")) + (await counted("createSale")), 0);

    await sandbox.faults({ match: { operation: "item" }, times: 0, delayMs: 3000 });
    const giveUp = new AbortController();
    const started = Date.now();
    const calls = [client.items({}, { signal: giveUp.signal }), client.sync("item", undefined, { signal: giveUp.signal })];
    setTimeout(() => giveUp.abort(), 150);
    for (const call of calls) await fails(call, "aborted");
    await fails(client.items({}, { overallTimeoutMs: 150 }), "timeout");
    await fails(client.sync("item", undefined, { overallTimeoutMs: 150 }), "timeout");
    await fails((await connect({ maxRetries: 0, timeoutMs: 150 })).items(), "timeout");
    await fails((await connect({ maxRetries: 0 })).items({}, { timeoutMs: 150 }), "timeout");
    assert.isBelow(Date.now() - started, 2500);
    await sandbox.clear();
    assert.isNotEmpty(await client.items({ id: 1 }));
    await sandbox.faults({ match: { operation: "partner" }, fault: { kind: "stall", after: 40 } });
    assert.lengthOf(await client.list("partner", {}, { timeoutMs: 300 }), 150);
  });

  fresh("overallTimeoutMs bounds a pull of several requests as a whole", async () => {
    const client = await connect();
    await sandbox.faults({ match: { operation: "sale" }, times: 0, delayMs: 250 });
    const started = Date.now();
    await fails(client.sales({ from_date: "2025-05-25", to_date: "2026-06-25" }, { overallTimeoutMs: 450 }), "timeout");
    await fails(client.sync("sale", undefined, { overallTimeoutMs: 450, query: { from_date: "2025-05-25", to_date: "2026-06-25" } }), "timeout");
    assert.isBelow(Date.now() - started, 1500);
  });

  fresh("the deadlines of a sale bound the look for sales like it, too", async () => {
    const client = await connect();
    await client.list("partner", { id: 1 });
    for (const options of [{ timeoutMs: 200 }, { overallTimeoutMs: 200 }]) {
      await sandbox.faults({ match: { operation: "createSale" }, delayMs: 4000 }, { match: { operation: "sale" }, times: 0, delayMs: 4000 });
      const started = Date.now();
      await fails(client.createSale(SALE, options), "unknown_outcome");
      assert.isBelow(Date.now() - started, 2000, JSON.stringify(options));
      await sandbox.clear();
    }
  });

  fresh("one key is one sale, however often it is asked for", async () => {
    const client = await connect();
    const ask = () => client.createSale(SALE, { idempotencyKey: "till-1" });
    const [one, other] = await Promise.allSettled([ask(), ask()]);
    assert.isNumber(one.value?.id);
    assert.equal(other.reason?.kind, "conflict");
    assert.deepEqual(await ask(), one.value);
    await fails(client.createSale({ ...SALE, partner_id: 5 }, { idempotencyKey: "till-1" }), "conflict");
    assert.equal((await sandbox.counters()).incocloud.sales.created, 1);
    // Without a key each call is a sale of its own.
    await client.createSale(SALE);
    await client.createSale(SALE);
    assert.equal((await sandbox.counters()).incocloud.sales.created, 3);
  });

  // A browser sends a POST again by itself when a kept connection breaks, so what is cut before its answer is tried elsewhere.
  const resent = ({ kind, after }) => kind === "cut" && after === undefined && env.runtime === "chromium";
  for (const [how, fault, written] of [
    ["is cut after the sale was written", { kind: "cut", commit: true }, true],
    ["is cut before the sale was read", { kind: "cut", commit: false }, false],
    ["breaks off", { kind: "cut", commit: true, after: 3 }, true],
    ["is an error after the sale was written", { kind: "internal", commit: true }, true],
    ["is an error, and no sale was written", { kind: "internal", commit: false }, false],
    ["is no JSON", { kind: "truncated" }, true],
    ["is empty", { kind: "empty" }, true],
    ["names no sale", { kind: "reply", status: 200, body: { ok: true }, commit: true }, true],
  ].filter(([, fault]) => !resent(fault))) {
    fresh(`a sale whose answer ${how} is not sent again, and sales like it are named`, async () => {
      const client = await connect();
      await sandbox.faults({ match: { operation: "createSale" }, fault });
      const error = await fails(client.createSale(SALE), "unknown_outcome");
      assert.isString(error.idempotencyKey);
      assert.isFalse(error.retryable);
      assert.match(error.hint, /look for it/);
      const { sales } = (await sandbox.counters()).incocloud;
      assert.equal(sales.created, written ? 1 : 0);
      if (written) {
        const [{ operation_number }] = (await client.sales({ partner_id: 123, location_id: 1 })).slice(-1);
        assert.match(error.message, new RegExp(`sale ${operation_number} of these days is like it`));
      } else {
        assert.match(error.message, /no sale of these days is like it so far/);
      }
      await fails(client.createSale(SALE, { idempotencyKey: error.idempotencyKey }), "unknown_outcome");
      assert.equal(await counted("createSale"), 1);
    });
  }

  fresh("a sale given up after it has left is unknown, with its key; before, it was never sent", async () => {
    const client = await connect();
    await client.list("partner", { id: 1 });
    await sandbox.faults({ match: { operation: "createSale" }, times: 0, delayMs: 700 });
    const gone = await fails(client.createSale(SALE, { signal: AbortSignal.timeout(150), idempotencyKey: "gone" }), "unknown_outcome");
    assert.equal(gone.idempotencyKey, "gone");
    assert.equal(gone.cause?.kind, "aborted");
    assert.match(gone.hint, /look for it/);
    const late = await fails(client.createSale(SALE, { timeoutMs: 150 }), "unknown_outcome");
    assert.isString(late.idempotencyKey);
    const overall = await fails(client.createSale(SALE, { overallTimeoutMs: 150 }), "unknown_outcome");
    assert.isString(overall.idempotencyKey);
    await fails(client.createSale(SALE, { idempotencyKey: "gone" }), "unknown_outcome");
    assert.equal(await counted("createSale"), 3);
    await sandbox.clear();
    if (!holdsCredentials) return;
    // While it waits for a token nothing has left.
    const cold = await connect();
    await sandbox.faults({ match: { operation: "incoToken" }, times: 0, delayMs: 700 });
    await fails(cold.createSale(SALE, { signal: AbortSignal.timeout(150), idempotencyKey: "cold" }), "aborted");
    await fails(cold.createSale(SALE, { overallTimeoutMs: 150, idempotencyKey: "cold" }), "timeout");
    await sandbox.clear();
    assert.isNumber((await cold.createSale(SALE, { idempotencyKey: "cold" })).id);
    assert.equal(await counted("createSale"), 4);
  });

  fresh("a refused sale was not written, and its key may be used again", async () => {
    const client = await connect();
    const key = { idempotencyKey: "again" };
    await fails(client.createSale({ ...SALE, partner_id: 9_999_999 }, key), "not_found");
    await sandbox.faults({ match: { operation: "createSale" }, fault: { kind: "refuse", status: 400, text: "Invalid parameters" } });
    await fails(client.createSale(SALE, key), "validation");
    await sandbox.faults({ match: { operation: "createSale" }, fault: { kind: "throttle" } });
    await fails(client.createSale(SALE, key), "rate_limited");
    assert.isNumber((await client.createSale(SALE, key)).id);
    assert.equal((await sandbox.counters()).incocloud.sales.created, 1);
  });

  if (!holdsCredentials) {
    test("a page does not sell at the supplier directly, where the browser itself could do it twice", async () => {
      let sent = 0;
      const counting = async () => (sent++, new Response("[]"));
      for (const options of [{ baseUrl: "https://server-1.incocloud.com" }, { baseUrl: "https://incocloud.com/shop" }, { appId: "a", appSecret: "b" }, { appId: "a", appSecret: "b", authUrl: "https://incocloud.com/connect/api/access_token" }]) {
        const error = await fails(new IncoCloud({ ...options, fetch: counting }).createSale(SALE), "unsupported");
        assert.match(error.hint, /proxy/);
      }
      assert.equal(sent, 0);
      const own = new IncoCloud({ baseUrl: "/incocloud", fetch: async () => Response.json({ id: 5 }) });
      assert.deepEqual(await own.createSale(SALE), { id: 5 });
    });
  }

  test("a proxy is asked with a sale's key, and without a token", async () => {
    const seen = [];
    const client = new IncoCloud({
      baseUrl: "https://proxy.test/incocloud/",
      fetch: async (request) => (seen.push([request.method, request.url, request.headers.get("Idempotency-Key"), request.headers.get("Authorization")]), Response.json(request.method === "POST" ? { id: 5 } : [])),
    });
    assert.deepEqual(await client.createSale(SALE, { idempotencyKey: "key-1" }), { id: 5 });
    await client.items({ id: 5 });
    assert.deepEqual(seen, [["POST", "https://proxy.test/incocloud/connect/api/sale", "key-1", null], ["GET", "https://proxy.test/incocloud/connect/api/item?id=5", null, null]]);
  });

  fresh("the user's own functions may fail", async () => {
    const throws = () => {
      throw new Error("not today");
    };
    const client = await connect({ onAttempt: throws });
    assert.lengthOf(await client.list("partner", {}, { onProgress: throws }), 150);
    for (const broken of [throws, () => Promise.reject("a text"), () => Promise.reject(), async () => undefined, async () => ({ status: 200 })]) {
      const error = await rejection(new IncoCloud({ appId: "a", appSecret: "b", maxRetries: 0, fetch: broken }).list("partner"));
      assert.include(["network", "decode"], error.kind);
    }
  });

  // What the package says while `work` runs, by whatever way of a console.
  async function overheard(work) {
    const lines = [];
    const ways = ["log", "info", "warn", "error", "debug", "trace"].map((name) => [name, console[name]]);
    for (const [name] of ways) console[name] = (...words) => lines.push(words.map((word) => told(word)).join(" "));
    try {
      await work();
    } finally {
      for (const [name, way] of ways) console[name] = way;
    }
    return lines;
  }

  const everything = (values) => values.map((value) => told(value) + (env.inspect?.(value) ?? "")).join("\n");
  /** A secret in each spelling in which it may slip out. */
  const spellings = (secret) => [secret, encodeURIComponent(secret), encodeURI(secret), new URLSearchParams({ x: secret }).toString().slice(2), JSON.stringify(secret).slice(1, -1), btoa(unescape(encodeURIComponent(secret)))];

  fresh("neither errors, nor clients, nor what is told of attempts holds a secret, whatever goes wrong", async () => {
    for (const odd of ["-3f9c55", "+/=&?#% \"<>'\\", "ключ-ъгъл-семпъл", "{{}}[[]]::;;"]) {
      const secrets = [`canary-id${odd}`, `canary-secret${odd}`, `canary-token${odd}`];
      const [appId, appSecret, token] = secrets;
      const attempts = [];
      const shared = { appId, appSecret, maxRetries: 0, onAttempt: (attempt) => attempts.push(attempt) };
      const with_ = (answer, server) => new IncoCloud({ ...shared, fetch: serviceOf(answer, { token, server }).options.fetch });
      const echo = (url) => `you asked ${url.href} with ${decodeURIComponent(url.search)} and ${url.searchParams.get("token")}`;
      const clients = [
        with_((url) => new Response(echo(url), { status: 400 })),
        with_((url) => Response.json({ error: echo(url) }, { status: 401 })),
        with_((url) => Response.json({ Message: url.searchParams.get("token"), message: { url: url.href } }, { status: 500 })),
        with_((url) => new Response(`<html>Permission denied: ${echo(url)}</html>`, { status: 403 })),
        with_((url) => Response.json([echo(url), { token: url.searchParams.get("token") }])),
        with_((url) => Response.json({ kind: "business", detail: echo(url), correlationId: url.searchParams.get("token") }, { status: 409 })),
        with_((url) => new Response(echo(url).repeat(500), { status: 502 })),
        with_((url) => Promise.reject(new TypeError(`fetch failed: ${echo(url)}`, { cause: new Error(url.href) }))),
        with_((url) => Promise.reject(url.href)),
        with_((url) => Promise.reject(Object.assign(new Error("connect"), { input: url.href, name: url.search }))),
        with_((url) => new Response(null, { status: 302, headers: { Location: url.href } })),
        with_(() => new Promise(() => {})),
        with_(() => [], `https://evil.test/${encodeURIComponent(token)}`),
        with_(() => [], `https://${token}_.incocloud.com`),
        new IncoCloud({ ...shared, authUrl: "http://127.0.0.1:1/connect/api/access_token" }),
        new IncoCloud({ ...shared, authUrl: "http://[" }),
        new IncoCloud({ ...shared, authUrl: "nonsense:" }),
        new IncoCloud({ ...shared, ...sandbox.shop, appId, appSecret }),
        new IncoCloud({ ...shared, fetch: async (request) => new Response(`no ${request.url} ${decodeURIComponent(request.url)}`, { status: 401 }) }),
        new IncoCloud({ ...shared, fetch: async (request) => Response.json({ token: "", server_url: request.url }) }),
        new IncoCloud({ ...shared, fetch: (request) => Promise.reject(new TypeError(`Failed to fetch ${request.url}`)) }),
      ];
      const errors = [];
      const lines = await overheard(async () => {
        const signal = () => AbortSignal.timeout(700);
        const calls = clients.flatMap((client) => [
          client.items({ code: "A" }, { timeoutMs: 200, signal: signal() }), client.list("partner", {}, { overallTimeoutMs: 200, signal: signal() }), client.sync("location", undefined, { timeoutMs: 200, signal: signal() }),
          client.createSale(SALE, { timeoutMs: 200, signal: signal() }), client.createSale(SALE, { signal: AbortSignal.timeout(150) }), client.items({ token }, { timeoutMs: 200 }),
        ]);
        for (const { reason, value } of await Promise.allSettled(calls)) {
          assert.instanceOf(reason, StocklaneError, `resolved: ${JSON.stringify(value)}`);
          errors.push(reason);
        }
      });
      const all = everything([...errors, ...errors.map(({ cause }) => cause), ...clients, IncoCloud, attempts, lines]);
      for (const secret of secrets) for (const spelling of spellings(secret)) assert.notInclude(all, spelling);
      for (const run of odd.match(/[\p{L}\p{N}]{4,}/gu) ?? []) assert.notInclude(all, run);
      assert.isNotEmpty(attempts);
      for (const { url } of attempts.filter(({ url }) => url.includes("incocloud.com/connect/api/item"))) assert.match(url, /[?&]token=\*\*\*$/);
      assert.deepEqual(Object.keys(clients[0]), []);
      assert.equal(JSON.stringify(clients[0]), "{}");
    }
  });

  withCredentials("nor where the emulated service fails in each of its ways", async () => {
    const attempts = [];
    const values = [];
    const lines = await overheard(async () => {
      const client = await connect({ maxRetries: 0, onAttempt: (attempt) => attempts.push(attempt) });
      values.push(client);
      for (const incoErrorForm of FORMS) {
        await sandbox.settings({ incoErrorForm, incoTokenForm: incoErrorForm === "json" ? "hex" : "base64" });
        await sandbox.revoke();
        for (const fault of [{ kind: "internal" }, { kind: "unauthorized" }, { kind: "refuse", status: 403, text: "Wrong server" }, { kind: "blocked" }, { kind: "cut", commit: true }, { kind: "cut", commit: true, after: 9 }, { kind: "truncated" }, { kind: "deep" }, { kind: "throttle", retryAfter: "3600" }]) {
          // Until cleared: some runtimes ask again by themselves when a connection breaks.
          await sandbox.faults({ match: { operation: "partner" }, times: 0, fault });
          values.push(await rejection(client.list("partner")));
          await sandbox.clear();
          if (fault.kind === "throttle") break;
        }
      }
      values.push(await rejection((await connect({ appSecret: "sandbox-app-secret-wrong" })).list("partner")));
    });
    const { path } = (await sandbox.log()).find(({ operation }) => operation === "partner");
    const tokens = (await sandbox.log()).map((entry) => new URL(entry.path, "http://x").searchParams.get("token")).filter(Boolean);
    assert.match(path, /token=/);
    assert.isAtLeast(new Set(tokens).size, 3);
    const all = everything([...values, attempts, lines]);
    for (const secret of ["sandbox-app-secret", ...tokens]) for (const spelling of spellings(secret)) assert.notInclude(all, spelling);
    assert.isTrue(attempts.some(({ operation, url }) => operation === "token" && url.endsWith("?app_id=***&app_secret=***")));
    assert.isTrue(attempts.some(({ operation, url }) => operation === "partner" && url.endsWith("?token=***")));
  });

  test("a slow fetch that answers after everybody has left harms nobody", async () => {
    const mishaps = env.mishaps.length;
    const answers = [];
    const client = new IncoCloud({ appId: "a", appSecret: "b", fetch: () => new Promise((resolve) => answers.push(resolve)) });
    await fails(client.items({}, { signal: AbortSignal.timeout(20) }), "aborted");
    await fails(client.sync("item", undefined, { overallTimeoutMs: 20 }), "timeout");
    for (const answer of answers) answer(Response.json({ token: "late", server_url: "https://server-1.incocloud.com" }));
    await sleep(50);
    assert.deepEqual(env.mishaps.slice(mishaps), []);
  });
}
