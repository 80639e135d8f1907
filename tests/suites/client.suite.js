// The client against the emulated supplier: what it asks, what it makes of every failure, and what it never tells.
import { failing, rejection, told } from "./outcome.js";
import { sandboxOf, skus } from "./sandbox.js";
import { sleep } from "./time.js";

export default function client({ test, assert, samples, stocklane, env }) {
  const { InterCars, StocklaneError } = stocklane;
  const sandbox = sandboxOf(env.sandboxUrl);
  // A page never holds credentials: there the client gets a token as a shop's backend would hand it out. What is about
  // credentials themselves is tried where they may be.
  const holdsCredentials = env.runtime !== "chromium";
  const accounts = { first: ["sandbox-client", "sandbox-secret"], second: ["second-client", "second-secret"] };

  async function connect(options = {}, account = "first") {
    const [clientId, clientSecret] = accounts[account];
    const base = { baseUrl: sandbox.baseUrl };
    if (holdsCredentials) return new InterCars({ ...base, tokenUrl: sandbox.tokenUrl, clientId, clientSecret, ...options });
    const token = await sandbox.token(clientId, clientSecret);
    return new InterCars({ ...base, bearer: () => token, ...options });
  }

  /** A case on a sandbox as at its start. */
  const fresh = (name, run) =>
    test(name, async () => {
      await sandbox.reset();
      await sandbox.clear();
      await run();
    });
  const withCredentials = holdsCredentials ? fresh : () => {};

  const fails = failing({ assert, StocklaneError });

  const asked = async (operation) => (await sandbox.log()).filter((entry) => entry.operation === operation);

  /** Every key asked for is in the rows or named as skipped, none in both. */
  function complete(keys, { items, skipped }, field = "sku") {
    const answered = new Set(items.map((row) => row[field]));
    const left = skipped.map((entry) => entry[field]);
    for (const entry of skipped) assert.match(entry.reason, /\S+ \S+/);
    assert.sameMembers(left, keys.filter((key) => !answered.has(key)));
  }

  fresh("stock and quote of the pages' parts are the pages' rows", async () => {
    const client = await connect();
    assert.deepEqual(await client.stock({ sku: ["ADDFFF", "ADDFFA"] }), { items: JSON.parse(samples.stock_text), skipped: [] });
    assert.deepEqual(await client.quote({ lines: [{ sku: "ADDFFA", quantity: 1 }] }), { items: JSON.parse(samples.quote_text), skipped: [] });
    const [request] = await asked("stock");
    assert.equal(request.path, "/ic/inventory/stock?sku=ADDFFF,ADDFFA");
    assert.equal(request.headers["accept-language"], "en");
    assert.equal(request.headers.authorization, "Bearer");
  });

  fresh("by index, in places, for somebody", async () => {
    const client = await connect();
    const byIndex = await client.stock({ index: ["OP 520"], location: ["POZ"] });
    assert.isNotEmpty(byIndex.items);
    assert.isTrue(byIndex.items.every((row) => row.index === "OP 520" && row.location === "POZ"));
    const quoted = await client.quote({ lines: [{ index: "OP 520", quantity: 2 }], shipTo: "80" });
    assert.isNotEmpty(quoted.items);
    const paths = (await sandbox.log()).map((entry) => entry.path);
    assert.includeMembers(paths, ["/ic/inventory/stock?index=OP%20520&location=POZ", "/ic/inventory/quote?shipTo=80"]);
  });

  fresh("what the supplier leaves out is skipped, never zero", async () => {
    const client = await connect();
    const keys = ["ADDFFF", "BAD000001", "SBX000001", "UNKNOWN7", "ADDFFF"];
    const answer = await client.stock({ sku: keys });
    complete(["ADDFFF", "BAD000001", "SBX000001", "UNKNOWN7"], answer);
    assert.sameMembers(answer.skipped.map(({ sku }) => sku).filter((sku) => !/^SBX/.test(sku)), ["BAD000001", "UNKNOWN7"]);
    for (const skipHeader of ["skipSkuList", "skpSkuList", "skiIndexList", "none"]) {
      await sandbox.settings({ skipHeader });
      assert.deepEqual((await client.stock({ sku: ["ADDFFF", "BAD000001"] })).skipped.map(({ sku }) => sku), ["BAD000001"]);
      assert.deepEqual((await client.stock({ index: ["OP 520", "NO SUCH 1"] })).skipped.map(({ index }) => index), ["NO SUCH 1"]);
    }
    const quote = await client.quote({ lines: [{ sku: "SBX000053" }, { sku: "ADDFFA" }] });
    assert.deepEqual(quote.skipped.map(({ sku }) => sku), ["SBX000053"], "cannot be bought");
  });

  fresh("one bad key does not cost the others theirs", async () => {
    const client = await connect();
    const keys = [...skus(20), "POISON1", ...skus(20, 100), "POISON2"];
    const answer = await client.stock({ sku: keys });
    complete(keys, answer);
    const poison = answer.skipped.filter(({ sku }) => sku.startsWith("POISON"));
    assert.sameDeepMembers(poison.map(({ sku, code }) => [sku, code]), [["POISON1", "ICF201"], ["POISON2", "ICF201"]]);
    assert.deepEqual(await client.stock({ sku: ["POISON1"] }), { items: [], skipped: poison.filter(({ sku }) => sku === "POISON1") });
    const order = answer.items.filter((row) => row.location === answer.items[0].location).map((row) => row.sku);
    assert.deepEqual(order, [...order].sort((a, b) => keys.indexOf(a) - keys.indexOf(b)), "in the order asked");
  });

  fresh("250 SKUs are 3 requests, told as progress, complete", async () => {
    const told = [];
    const client = await connect();
    const keys = skus(250);
    const answer = await client.stock({ sku: keys }, { onProgress: (progress) => told.push(progress) });
    complete(keys, answer);
    assert.lengthOf(await asked("stock"), 3);
    assert.deepEqual(told, [1, 2, 3].map((done) => ({ done, total: 3 })));
    const quoted = await client.quote({ lines: keys.slice(0, 61).map((sku) => ({ sku, quantity: 2 })) });
    assert.lengthOf(await asked("quote"), 3);
    complete(keys.slice(0, 61), quoted);
    assert.isTrue(quoted.items.every(({ quantity }) => quantity === 2));
  });

  fresh("the language: of the call, else of the client, else English; one of the supplier's", async () => {
    const client = await connect();
    const polish = await connect({ language: "pl" });
    await client.stock({ sku: ["ADDFFF"] });
    await client.stock({ sku: ["ADDFFF"] }, { language: "bg" });
    await polish.stock({ sku: ["ADDFFF"] });
    await polish.stock({ sku: ["ADDFFF"] }, { language: "uk" });
    assert.deepEqual((await asked("stock")).map((entry) => entry.headers["accept-language"]), ["en", "bg", "pl", "uk"]);
    for (const language of ["xx", "en-GB", "EN", ""]) await fails(client.stock({ sku: ["ADDFFF"] }, { language }), "validation");
    const odd = await connect({ language: "en-GB" });
    await fails(odd.stock({ sku: ["ADDFFF"] }), "validation", /language/);
    assert.lengthOf(await asked("stock"), 4);
  });

  fresh("every attempt is told, without a secret", async () => {
    const attempts = [];
    const client = await connect({ onAttempt: (attempt) => attempts.push(attempt) });
    await sandbox.faults({ match: { operation: "stock" }, fault: { kind: "internal" } });
    await client.stock({ sku: ["ADDFFF"] });
    const own = attempts.filter(({ operation }) => operation === "stock");
    assert.deepEqual(own.map(({ attempt, status }) => [attempt, status]), [[1, 500], [2, 200]]);
    assert.lengthOf(attempts, holdsCredentials ? 3 : 2);
    if (holdsCredentials) assert.deepInclude(attempts[0], { operation: "token", method: "POST", url: sandbox.tokenUrl, attempt: 1, status: 200 });
    for (const attempt of own) {
      assert.deepInclude(attempt, { method: "GET", url: `${sandbox.baseUrl}/inventory/stock?sku=ADDFFF` });
      assert.isAtLeast(attempt.durationMs, 0);
    }
    assert.notMatch(JSON.stringify(attempts), /sandbox-(secret|[0-9a-f]{16})|Bearer|Basic|authorization/i);
  });

  withCredentials("white space around credentials is trimmed", async () => {
    const client = await connect({ clientId: " sandbox-client\n", clientSecret: "\tsandbox-secret \r\n" });
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] })).items);
  });

  withCredentials("fifty cold calls at once fetch one token", async () => {
    const client = await connect();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => client.stock({ sku: [skus(50)[at]] })));
    assert.lengthOf(answers, 50);
    assert.equal((await sandbox.counters()).tokens, 1);
  });

  withCredentials("a token that cannot be had fails all who wait for it, and is tried again by the next", async () => {
    const client = await connect({ maxRetries: 0 });
    await sandbox.faults({ match: { operation: "token" }, delayMs: 100, fault: { kind: "internal" } });
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => client.stock({ sku: ["ADDFFF"] })));
    assert.deepEqual(all.map(({ reason }) => [reason?.kind, reason?.status]), Array(5).fill(["upstream", 500]));
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] })).items);
  });

  withCredentials("the one who fetches the token gives up: another fetches it", async () => {
    const client = await connect();
    await sandbox.faults({ match: { operation: "token" }, delayMs: 400 });
    const giveUp = new AbortController();
    const first = client.stock({ sku: ["ADDFFF"] }, { signal: giveUp.signal });
    const second = client.stock({ sku: ["ADDFFA"] });
    await sleep(100);
    giveUp.abort();
    await fails(first, "aborted");
    assert.isNotEmpty((await second).items);
  });

  withCredentials("a refused token is renewed once, and only once", async () => {
    const client = await connect();
    await client.stock({ sku: ["ADDFFF"] });
    await sandbox.revoke();
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFA"] })).items);
    assert.equal((await sandbox.counters()).tokens, 2);
    await sandbox.faults({ match: { operation: "stock" }, times: 0, fault: { kind: "unauthorized" } });
    const before = (await asked("stock")).length;
    const error = await fails(client.stock({ sku: ["ADDFFF"] }), "auth");
    assert.deepInclude({ ...error }, { status: 401, code: "900901", retryable: false });
    assert.equal((await asked("stock")).length, before + 2);
  });

  withCredentials("wrong credentials are told as such, with what to do", async () => {
    const error = await fails((await connect({ clientSecret: "wrong-secret" })).stock({ sku: ["ADDFFF"] }), "auth");
    assert.deepInclude({ ...error }, { status: 401, code: "invalid_client" });
    assert.match(error.hint, /swapped/);
    assert.lengthOf(await asked("stock"), 0);
  });

  fresh("given up before it begins, at once and without a request", async () => {
    const client = await connect();
    const reason = new Error("changed my mind");
    const error = await fails(client.stock({ sku: ["ADDFFF"] }, { signal: AbortSignal.abort(reason) }), "aborted");
    assert.equal(error.cause, reason);
    assert.lengthOf(await asked("stock"), 0);
  });

  fresh("given up under way, at once; the next call works", async () => {
    const client = await connect();
    await sandbox.faults({ match: { operation: "stock" }, delayMs: 3000 });
    const giveUp = new AbortController();
    const started = Date.now();
    const call = client.stock({ sku: ["ADDFFF"] }, { signal: giveUp.signal });
    setTimeout(() => giveUp.abort(), 150);
    await fails(call, "aborted");
    assert.isBelow(Date.now() - started, 1500);
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] })).items);
    const timed = await fails((await connect({ fetch: () => new Promise(() => {}) })).stock({ sku: ["A"] }, { signal: AbortSignal.timeout(50) }), "aborted");
    assert.equal(timed.cause?.name, "TimeoutError");
  });

  test("twenty calls on one signal are given up at once, and nobody is warned", async () => {
    const mishaps = env.mishaps.length;
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const answers = [];
    const client = new InterCars({ fetch: () => new Promise((resolve) => answers.push(resolve)), requestsPerMinute: 100_000 });
    const answered = client.stock({ sku: ["ADDFFF", "ADDFFA"] }, { signal });
    while (answers.length === 0) await sleep(1);
    const calls = Promise.allSettled(Array.from({ length: 20 }, () => client.stock({ sku: ["ADDFFF"] }, { signal })));
    answers[0](new Response(samples.stock_text));
    assert.isNotEmpty((await answered).items, "one that ends before them takes nobody's end away");
    giveUp.abort(new Error("enough"));
    for (const { reason } of await calls) {
      assert.deepInclude({ kind: reason?.kind, cause: reason?.cause }, { kind: "aborted", cause: signal.reason });
    }
    await fails(client.stock({ sku: ["ADDFFF"] }, { signal }), "aborted");
    // A warning comes a turn later.
    await sleep(1);
    assert.deepEqual(env.mishaps.slice(mishaps), []);
  });

  fresh("given up while it waits for the quota; its place is given back", async () => {
    const client = await connect({ requestsPerMinute: 1 });
    await client.stock({ sku: ["ADDFFF"] });
    const giveUp = new AbortController();
    const started = Date.now();
    const call = client.stock({ sku: ["ADDFFA"] }, { signal: giveUp.signal });
    setTimeout(() => giveUp.abort(), 100);
    await fails(call, "aborted");
    await fails(client.stock({ sku: ["ADDFFA"] }, { overallTimeoutMs: 100 }), "timeout");
    assert.isBelow(Date.now() - started, 2000);
    assert.lengthOf(await asked("stock"), 1);
  });

  fresh("a body that stalls ends by timeoutMs, and is asked for again where that is allowed", async () => {
    await sandbox.faults({ match: { operation: "stock" }, times: 2, fault: { kind: "stall", after: 40 } });
    const client = await connect({ timeoutMs: 300 });
    const started = Date.now();
    const error = await fails((await connect({ timeoutMs: 300, maxRetries: 0 })).stock({ sku: ["ADDFFF"] }), "timeout");
    assert.isTrue(error.retryable);
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] })).items);
    assert.isBelow(Date.now() - started, 4000);
    assert.lengthOf(await asked("stock"), 3);
    await sandbox.faults({ match: { operation: "quote" }, times: 0, fault: { kind: "stall" } });
    await fails(client.quote({ lines: [{ sku: "ADDFFF" }] }, { timeoutMs: 50, overallTimeoutMs: 250 }), "timeout");
  });

  fresh("overallTimeoutMs bounds the whole call, and tells of the last attempt", async () => {
    const client = await connect();
    await sandbox.faults({ match: { operation: "stock" }, times: 0, delayMs: 5000 });
    const started = Date.now();
    await fails(client.stock({ sku: skus(250) }, { overallTimeoutMs: 300 }), "timeout", /overall/);
    assert.isBelow(Date.now() - started, 2000);
    await sandbox.clear();
    await sandbox.faults({ match: { operation: "stock" }, times: 0, fault: { kind: "throttle", retryAfter: "30" } });
    const error = await fails(client.stock({ sku: ["ADDFFF"] }, { overallTimeoutMs: 500 }), "timeout", /last attempt/);
    assert.equal(error.status, 429);
  });

  fresh("429: waits as told, where that is bearable", async () => {
    const client = await connect();
    await sandbox.faults({ match: { operation: "stock" }, fault: { kind: "throttle", retryAfter: "1" } });
    const started = Date.now();
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] })).items);
    assert.isAtLeast(Date.now() - started, 900);
  });

  fresh("429: says when to come again, where it would take too long", async () => {
    const client = await connect();
    await sandbox.faults({ match: { operation: "stock" }, times: 0, fault: { kind: "throttle", retryAfter: "3600" } });
    const before = Date.now();
    const error = await fails(client.stock({ sku: ["ADDFFF"] }), "rate_limited");
    assert.deepInclude({ ...error }, { status: 429, code: "900800", retryable: true });
    assert.equal(new Date(error.retryAt).toISOString(), error.retryAt);
    assert.closeTo(Date.parse(error.retryAt), before + 3_600_000, 10_000);
    assert.lengthOf(await asked("stock"), 1);
  });

  fresh("500 and a cut connection are tried again; with maxRetries 0 they are not", async () => {
    const client = await connect();
    // A browser repeats by itself where a kept connection was cut before the status line.
    for (const fault of [{ kind: "internal" }, { kind: "cut", commit: true }, { kind: "cut", commit: true, after: 30 }]) {
      await sandbox.faults({ match: { operation: "stock" }, fault });
      assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] })).items, fault.kind);
    }
    assert.lengthOf(await asked("stock"), 6);
    const once = await connect({ maxRetries: 0 });
    for (const [fault, kind] of [[{ kind: "internal" }, "upstream"], [{ kind: "cut", commit: true, after: 30 }, "network"]]) {
      await sandbox.faults({ match: { operation: "stock" }, fault });
      const before = (await asked("stock")).length;
      assert.isTrue((await fails(once.stock({ sku: ["ADDFFF"] }), kind)).retryable);
      assert.equal((await asked("stock")).length, before + 1);
    }
  });

  fresh("a gateway's page, nothing, half and far too deep an answer are told for what they are", async () => {
    const client = await connect({ maxRetries: 0 });
    for (const [kind, as] of [["blocked", "upstream"], ["empty", "decode"], ["truncated", "decode"], ["deep", "decode"]]) {
      await sandbox.faults({ match: { operation: "stock" }, fault: { kind } });
      const error = await fails(client.stock({ sku: ["ADDFFF"] }), as);
      assert.equal(error.status, kind === "blocked" ? 403 : 200);
      assert.isString(error.hint);
      assert.notMatch(error.message, /<html|\[\[\[/i);
    }
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] })).items);
  });

  fresh("a redirect is not followed", async () => {
    const client = await connect({ maxRetries: 0 });
    const reply = { kind: "reply", status: 302, headers: [["Location", `${sandbox.baseUrl}/inventory/stock?sku=ELSEWHERE`]] };
    await sandbox.faults({ match: { operation: "stock" }, fault: reply });
    const error = await rejection(client.stock({ sku: ["ADDFFF"] }));
    assert.include(["network", "upstream"], error.kind);
    assert.lengthOf(await asked("stock"), 1);
  });

  fresh("a business error carries all that the supplier said, and what to do", async () => {
    const client = await connect();
    const business = { code: "ICF101", details: "Provide a category", errorId: "f00d-1" };
    for (const body of [[business], business]) {
      await sandbox.faults({ match: { operation: "stock" }, fault: { kind: "reply", status: 400, body } });
      const error = await fails(client.stock({ sku: ["ADDFFF"] }), "validation", /Provide a category/);
      assert.instanceOf(error, Error);
      assert.equal(error.name, "StocklaneError");
      assert.equal(String(error), `StocklaneError: ${error.message}`);
      assert.match(error.stack, /^StocklaneError|StocklaneError@|@/);
      assert.deepInclude({ ...error }, { kind: "validation", status: 400, code: "ICF101", errorId: "f00d-1", retryable: false });
      assert.isString(error.hint);
      assert.notProperty(error, "retryAt");
      assert.notProperty(error, "idempotencyKey");
    }
  });

  fresh("two clients in one process never meet", async () => {
    const seen = { first: new Set(), second: new Set() };
    const [first, second] = await Promise.all(
      ["first", "second"].map((account) =>
        connect({ language: account === "first" ? "pl" : "bg", fetch: (request) => (seen[account].add(request.headers.get("Authorization")), fetch(request)) }, account),
      ),
    );
    const keys = skus(40);
    const answers = await Promise.all(keys.flatMap((sku) => [first, second].map((one) => one.stock({ sku: [sku] }))));
    const places = (which) => new Set(answers.filter((_, at) => at % 2 === which).flatMap(({ items }) => items.map((row) => row.location)));
    for (const place of places(0)) assert.include(["KOM", "HSN", "POZ", "HZA", "LAZ"], place);
    for (const place of places(1)) assert.include(["HSN", "SOF", "VAR"], place);
    for (const token of seen.first) assert.isFalse(seen.second.has(token));
    for (const entry of await asked("stock")) assert.equal(entry.headers["accept-language"], entry.account === "sandbox-client" ? "pl" : "bg");
    const counters = await sandbox.counters();
    assert.equal(counters.accounts["sandbox-client"].total, 40);
    assert.equal(counters.accounts["second-client"].total, 40);
    // Nor do a slow and a limited one.
    const limited = await connect({ requestsPerMinute: 1 });
    await limited.stock({ sku: ["ADDFFF"] });
    await first.stock({ sku: ["ADDFFF"] });
  });

  fresh("the user's own functions may fail", async () => {
    const throws = () => {
      throw new Error("not today");
    };
    const client = await connect({ onAttempt: throws });
    assert.isNotEmpty((await client.stock({ sku: ["ADDFFF"] }, { onProgress: throws })).items);
    for (const options of [{ fetch: throws }, { fetch: () => Promise.reject("a text") }, { fetch: () => Promise.reject() }, { bearer: throws }, { bearer: async () => throws() }]) {
      const broken = new InterCars({ baseUrl: sandbox.baseUrl, maxRetries: 0, ...options });
      await fails(broken.stock({ sku: ["ADDFFF"] }), "network");
    }
  });

  fresh("a fetch that answers with something else harms nobody", async () => {
    const slow = await connect();
    await sandbox.faults({ match: { operation: "stock" }, delayMs: 500 });
    const bystander = slow.stock({ sku: ["ADDFFF"] });
    bystander.catch(() => {});
    for (const answer of [undefined, null, {}, "text", { status: 200 }, { status: 200, ok: true, json: async () => [] }, { status: "200", headers: new Headers() }, { status: 200, headers: new Headers(), body: {} }]) {
      const client = new InterCars({ baseUrl: sandbox.baseUrl, maxRetries: 0, fetch: async () => answer });
      const error = await rejection(client.stock({ sku: ["ADDFFF"] }));
      assert.include(["network", "decode"], error.kind, JSON.stringify(answer));
      assert.notEqual((await rejection(new InterCars({ baseUrl: sandbox.baseUrl, maxRetries: 0, fetch: () => answer }).stock({ sku: ["A"] }))).kind, "internal");
    }
    assert.isNotEmpty((await bystander).items);
  });

  fresh("neither errors nor clients tell a secret, whatever goes wrong", async () => {
    const id = "canary-id-3f9c";
    const secret = "canary-secret-b71e";
    const token = "canary-token-55d0";
    const secrets = [id, secret, token, btoa(`${id}:${secret}`)];
    const attempts = [];
    const shared = { baseUrl: sandbox.baseUrl, maxRetries: 0, onAttempt: (attempt) => attempts.push(attempt) };
    const answered = (body, options) => async (request) => (new URL(request.url).pathname.endsWith("/token") ? Response.json({ access_token: token, expires_in: 3600 }) : typeof body === "function" ? body(request) : new Response(body, options));
    const withFetch = (...args) => new InterCars({ ...shared, clientId: id, clientSecret: secret, fetch: answered(...args) });
    const clients = [
      new InterCars({ ...shared, tokenUrl: sandbox.tokenUrl, clientId: id, clientSecret: secret }),
      new InterCars({ ...shared, tokenUrl: "http://127.0.0.1:1/oauth2/token", clientId: id, clientSecret: secret }),
      new InterCars({ ...shared, tokenUrl: "http://[", clientId: id, clientSecret: secret }),
      new InterCars({ ...shared, bearer: () => token }),
      new InterCars({ ...shared, bearer: () => token, baseUrl: "http://127.0.0.1:1/ic" }),
      new InterCars({ ...shared, bearer: () => token, baseUrl: "http://[" }),
      new InterCars({ ...shared, bearer: () => `${token}\n`, baseUrl: sandbox.baseUrl }),
      withFetch("[]", { status: 500 }),
      withFetch("<html>", { status: 403 }),
      withFetch("[1]"),
      withFetch(JSON.stringify([{ code: "ICF101", details: `what ${"x".repeat(500)}` }]), { status: 400 }),
      withFetch(() => Promise.reject(new TypeError("connection refused"))),
      withFetch(() => new Promise(() => {})),
      withFetch("", { status: 401 }),
    ];
    for (const client of clients) {
      const errors = [await rejection(client.stock({ sku: ["ADDFFF"] }, { timeoutMs: 200 })), await rejection(client.quote({ lines: [{ sku: "ADDFFF" }] }, { overallTimeoutMs: 200 }))];
      for (const value of [...errors, client, InterCars, attempts]) {
        const text = told(value) + (env.inspect?.(value) ?? "");
        for (const canary of secrets) assert.notInclude(text, canary);
      }
      for (const error of errors) assert.instanceOf(error, StocklaneError);
    }
    assert.deepEqual(Object.keys(clients[0]), []);
    assert.equal(JSON.stringify(clients[0]), "{}");
  });

  test("options are checked when the client is made", () => {
    const wrong = [
      "text", 5, { clientId: "a" }, { clientSecret: "a" }, { clientId: "a", clientSecret: "b", bearer: () => "c" }, { bearer: "token" }, { baseUrl: 5 }, { fetch: {} }, { timeoutMs: "5" },
      { timeoutMs: -1 }, { timeoutMs: NaN }, { timeoutMs: Infinity }, { maxRetries: -1 }, { requestsPerMinute: "600" }, { onAttempt: 1 }, { language: 1 }, { availabilityCap: "10" }, { timeZone: 1 },
    ];
    for (const options of wrong) {
      let error;
      try {
        new InterCars(options);
      } catch (thrown) {
        error = thrown;
      }
      assert.instanceOf(error, StocklaneError, JSON.stringify(options));
      assert.equal(error.kind, "validation");
    }
    for (const options of [undefined, null, {}, { baseUrl: undefined, timeoutMs: null }]) assert.instanceOf(new InterCars(options), InterCars);
  });

  test("arguments are checked before anything is sent", async () => {
    const client = new InterCars({ fetch: () => assert.fail("sent") });
    for (const query of [undefined, null, {}, [], "ADDFFF", { sku: [] }, { sku: "ADDFFF" }, { sku: ["A"], index: ["B"] }, { sku: [1] }, { sku: [""] }, { sku: ["A"], location: Array(11).fill("KOM") }]) {
      await fails(client.stock(query), "validation");
    }
    for (const query of [undefined, {}, { lines: [{}] }, { lines: [{ sku: "A", quantity: "2" }] }, { lines: [{ sku: "A", index: "B" }] }]) await fails(client.quote(query), "validation");
    for (const options of ["x", { signal: true }, { timeoutMs: "1" }, { onProgress: 1 }, { fresh: 1 }]) await fails(client.stock({ sku: ["A"] }, options), "validation");
  });

  test("init by itself does nothing that a call would not do", async () => {
    await Promise.all([stocklane.init(), stocklane.init()]);
    await stocklane.init();
    assert.match(stocklane.version, /^\d+\.\d+\.\d+/);
  });
}
