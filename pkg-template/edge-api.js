// The proxy: thin, over the module `edge`. Each runtime's entry gives the way to load it.

import { EdgeHost } from "./edge-host.js";
import { invalid, StocklaneError } from "./errors.js";
import { Module } from "./module.js";
import { checked, forIncoCloud, interCarsOptions, json } from "./options.js";
import { problem } from "./problem.js";

const proxyOptions = {
  intercars: "object",
  incocloud: "object",
  allowedOrigins: "object",
  places: "object",
  sessionKey: "any",
  policy: "object",
  pricing: "object",
  match: "object",
  shop: "object",
  visitorRequestsPerMinute: "number",
  clientAddress: "function",
  challenge: "function",
  quota: "object",
  cache: "object",
  orders: "object",
  log: "function",
};
const stores = { quota: ["lease", "settle"], cache: ["get", "put", "lead"] };

/** Headers of a request that the proxy reads, in the order of `Proxy.handle` in src/js/edge.rs. */
const read = [
  "Origin",
  "Authorization",
  "Cookie",
  "X-Stocklane",
  "Sec-Fetch-Site",
  "Accept-Language",
  "Cache-Control",
  "Content-Type",
];
const LONGEST_BODY = 32 * 1024;

/** Of what is too long so much is read on and dropped: a connection with words left in it is lost to its next request. */
const LONGEST_DROPPED = 1 << 20;

const NO_BODY = /* @__PURE__ */ new Uint8Array();

/** The body, or nothing where it is longer than the proxy reads. */
async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for (const reader = request.body.getReader(); ; ) {
    const part = await reader.read().catch(() => undefined);
    // The caller has gone: without a body its request is not valid, and nobody reads that.
    if (part === undefined) return new Uint8Array();
    const { done, value } = part;
    if (done) break;
    length += value.length;
    if (length <= LONGEST_BODY) {
      chunks.push(value);
    } else if (length > LONGEST_DROPPED) {
      await reader.cancel();
      break;
    }
  }
  if (length > LONGEST_BODY) return undefined;
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function keysOf(sessionKey) {
  // Without a key everybody is a visitor; a key that is none must not pass for that.
  if (sessionKey === undefined || sessionKey === null) return [];
  const { current, previous } = typeof sessionKey === "string" ? { current: sessionKey } : sessionKey;
  const keys = previous === undefined || previous === null ? [current] : [current, previous];
  for (const key of keys) {
    if (typeof key !== "string" || key.length < 32) {
      throw invalid("sessionKey must be a text of 32 characters or more", "Make one: openssl rand -base64 48");
    }
  }
  return keys;
}

/** Headers of answers that are remembered. */
const MOST_SETS = 64;

/** Headers out of their names and values, a line each. */
function headersOf(text) {
  const headers = new Headers();
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 2) headers.append(lines[at], lines[at + 1]);
  return headers;
}

const AT_THE_EDGE = "They stay at the edge: take them from the platform's secrets.";

/** The stores that instances share, each with what is asked of it. */
function sharedOf(options) {
  const shared = {};
  for (const [name, methods] of Object.entries(stores)) {
    const store = options?.[name] ?? undefined;
    const missing = store && methods.find((method) => typeof store[method] !== "function");
    if (missing) throw invalid(`EdgeProxy options.${name} has no function ${missing}`);
    shared[name] = store;
  }
  return shared;
}

function value(outcome) {
  if (outcome instanceof StocklaneError) throw outcome;
  return outcome;
}

/** The package's exports over one way to load its module. */
export function edge(glue, load) {
  const module = new Module(glue, load);
  const empty = new EdgeHost();

  class EdgeProxy {
    #host;
    #shopHost;
    #intercars;
    #incocloud;
    #address;
    #data;
    #proxy;
    #generation;
    #tickets = 0;
    #sets = new Map();

    constructor(options) {
      for (const [name, value] of Object.entries(options ?? {})) {
        const type = Object.hasOwn(proxyOptions, name) ? proxyOptions[name] : undefined;
        if (!type) throw invalid(`EdgeProxy options: ${name} is not known`);
        if (value !== undefined && type !== "any" && typeof value !== type) {
          throw invalid(`EdgeProxy options: ${name} must be a ${type}`);
        }
      }
      const { intercars, incocloud, sessionKey, clientAddress, challenge, log, ...rest } = options ?? {};
      const { allowedOrigins = [], places, policy, pricing, match, shop, visitorRequestsPerMinute } = rest;
      const keys = keysOf(sessionKey);
      if (intercars) {
        this.#intercars = checked(intercars, interCarsOptions, "EdgeProxy options.intercars");
        if (!this.#intercars.clientId || !this.#intercars.clientSecret) {
          throw invalid("EdgeProxy options.intercars needs clientId and clientSecret", AT_THE_EDGE);
        }
      }
      if (incocloud) {
        this.#incocloud = forIncoCloud(incocloud, "EdgeProxy options.incocloud");
        if (!this.#incocloud.appId) throw invalid("EdgeProxy options.incocloud needs appId and appSecret", AT_THE_EDGE);
      }
      if (!intercars && !incocloud) throw invalid("EdgeProxy options need intercars, incocloud, or both", AT_THE_EDGE);
      this.#address = clientAddress;
      const shared = sharedOf(options);
      this.#host = new EdgeHost(this.#intercars, { keys, log, challenge, ...shared });
      this.#shopHost = new EdgeHost(this.#incocloud);
      this.#data = json(
        {
          ...{ allowedOrigins, places, policy, pricing, match, shop, visitorRequestsPerMinute },
          sessions: keys.length > 0,
          addresses: clientAddress !== undefined,
          challenges: challenge !== undefined,
          quota: shared.quota !== undefined,
        },
        "EdgeProxy",
      );
      if (module.loadNow()) this.#inside();
    }

    #inside() {
      if (this.#generation !== module.generation) {
        const { generation } = module;
        this.#proxy = value(module.enter((glue) => glue.Proxy.create(this.#host, this.#shopHost, this.#intercars, this.#incocloud, this.#data)));
        this.#generation = generation;
      }
      return this.#proxy;
    }

    /** Most answers have the same headers: made once, they are copied without a look at each. */
    #headers(text) {
      let headers = this.#sets.get(text);
      if (headers === undefined) {
        headers = headersOf(text);
        if (this.#sets.size >= MOST_SETS) this.#sets.clear();
        this.#sets.set(text, headers);
      }
      return headers;
    }

    /** What was served although it was no longer fresh is asked for again, while nobody waits. */
    #renew(context) {
      const proxy = this.#inside();
      if (!module.enter(() => proxy.isDue())) return;
      const work = module.run(() => proxy.renew()).catch(() => undefined);
      context?.waitUntil?.(work);
    }

    async fetch(request, context) {
      const ticket = (this.#tickets = (this.#tickets + 1) >>> 0);
      try {
        const address = this.#address?.(request, context) ?? undefined;
        if (address !== undefined && typeof address !== "string") throw invalid("EdgeProxy options.clientAddress must return a text");
        // Each of these is a step out of JavaScript.
        const { method, url, headers } = request;
        const named = read.map((name) => headers.get(name) ?? undefined);
        const body = request.body === null ? NO_BODY : await bodyOf(request);
        if (!module.loaded) await module.ready();
        const proxy = this.#inside();
        this.#host.remember(ticket, request);
        let answer = module.enter(() => proxy.handle(ticket, method, url, address, ...named, body));
        if (!Array.isArray(answer)) {
          const task = answer;
          const work = module.run(() => task);
          // Others may wait for what this request has begun, even when its own caller is gone.
          context?.waitUntil?.(work.catch(() => undefined).then(() => this.#host.settled()));
          answer = await work;
        }
        this.#renew(context);
        const [status, lines, content] = answer;
        return new Response(content, { status, headers: this.#headers(lines) });
      } catch (error) {
        return problem("A defect in the proxy", error, (line) => this.#host.log(line));
      } finally {
        this.#host.forget(ticket);
      }
    }
  }

  /** One account's quota for a fleet. `saved()` gives what was kept, `keep(state)` keeps it. */
  class Coordinator {
    #rate;
    #saved;
    #keep;
    #coordinator;
    #generation;

    constructor(rate, saved, keep) {
      this.#rate = rate;
      this.#saved = saved;
      this.#keep = keep;
    }

    #inside() {
      module.loadNow();
      if (this.#generation !== module.generation) {
        const { generation } = module;
        this.#coordinator = module.enter((glue) => glue.Coordinator.open(this.#rate, Date.now(), this.#saved()));
        this.#generation = generation;
      }
      return this.#coordinator;
    }

    lease({ lane, wanted, ticket }) {
      const coordinator = this.#inside();
      const given = module.enter(() => coordinator.lease(Date.now(), String(lane), wanted, ticket));
      const [granted, validForMs, retryAfterMs, number] = given;
      if (granted > 0) this.#keep(module.enter(() => coordinator.state()));
      return { granted, validForMs, retryAfterMs, ticket: number || undefined };
    }

    settle({ unused = 0, unleased = 0, ticket, throttled }) {
      const coordinator = this.#inside();
      const after = throttled?.retryAfterMs;
      module.enter(() => coordinator.settle(Date.now(), unused, unleased, ticket, Boolean(throttled), after));
      this.#keep(module.enter(() => coordinator.state()));
    }
  }

  return {
    StocklaneError,
    EdgeProxy,
    Coordinator,

    async mintSession(claims, key) {
      const host = new EdgeHost({}, { keys: keysOf(key) });
      const text = json(claims, "mintSession");
      await module.ready();
      return module.run(() => module.enter((glue) => glue.mintSession(host, text)));
    },

    async renderWidget(name, data, { lang = "en" } = {}) {
      const text = JSON.stringify(data ?? null);
      await module.ready();
      return value(module.enter((glue) => glue.renderWidget(empty, String(name), text, String(lang))));
    },
  };
}
