// What the module `edge` is lent beside the rest: keys, which stay here, the log, and what instances share.

import { Host } from "./host.js";

const algorithm = { name: "HMAC", hash: "SHA-256" };
const SHORTEST_KEY = 32;
/** How long a request is kept for what it has to tell the store. */
const SETTLING_MS = 2_000;

/** A number that the module may take for one. */
const count = (value) => (Number.isFinite(value) && value > 0 ? Math.floor(value) : 0);

export class EdgeHost extends Host {
  #keys;
  #imported;
  #log;
  #challenge;
  #quota;
  #cache;
  #settling = new Set();
  #requests = new Map();

  /** `keys`: the one that signs, then those that are still believed. `quota` and `cache`: the stores of `ProxyOptions`. */
  constructor(options, { keys = [], log = (line) => console.log(line), challenge, quota, cache } = {}) {
    super(options);
    this.#keys = keys;
    this.#log = log;
    this.#challenge = challenge;
    this.#quota = quota;
    this.#cache = cache;
  }

  /** From now on a request may be shown to the user's function, until it is forgotten. */
  remember(ticket, request) {
    if (this.#challenge) this.#requests.set(ticket, request);
  }

  forget(ticket) {
    if (this.#challenge) this.#requests.delete(ticket);
  }

  /** Undefined where nobody can tell. */
  async challenge(ticket) {
    const verdict = await this.#challenge?.(this.#requests.get(ticket));
    return typeof verdict === "boolean" ? verdict : undefined;
  }

  shares() {
    return this.#cache !== undefined;
  }

  // A cache that fails is a cache that knows nothing: the supplier is asked.
  async left(keys) {
    try {
      if (this.#cache.getMany) return await this.#cache.getMany(keys);
      return await Promise.all(keys.map((key) => this.#cache.get(key)));
    } catch {
      return [];
    }
  }

  async leave(keys, answers, forMs) {
    try {
      if (this.#cache.putMany) return await this.#cache.putMany(keys.map((key, at) => [key, answers[at]]), forMs);
      await Promise.all(keys.map((key, at) => this.#cache.put(key, answers[at], forMs)));
    } catch {
      // Others ask for themselves.
    }
  }

  async leads(key, forMs) {
    try {
      return (await this.#cache.lead(key, forMs)) === "lead";
    } catch {
      return true;
    }
  }

  async #hmac() {
    if (this.#keys.some((key) => key.length < SHORTEST_KEY)) throw new Error("the session key is too short");
    const bytes = new TextEncoder();
    this.#imported ??= Promise.all(
      this.#keys.map((key) => crypto.subtle.importKey("raw", bytes.encode(key), algorithm, false, ["sign", "verify"])),
    );
    return this.#imported;
  }

  // The module's memory may move before the work begins: what it lends is copied at once.
  sign(data) {
    const copy = data.slice();
    return this.#hmac().then(async ([current]) => new Uint8Array(await crypto.subtle.sign(algorithm, current, copy)));
  }

  verify(data, signature) {
    const [copy, signed] = [data.slice(), signature.slice()];
    return this.#hmac().then(async (keys) => {
      const verdicts = await Promise.all(keys.map((key) => crypto.subtle.verify(algorithm, key, signed, copy)));
      return verdicts.includes(true);
    });
  }

  async lease(account, lane, wanted, ticket) {
    const { granted, validForMs, retryAfterMs, ticket: given } = await this.#quota.lease(account, { lane, wanted, ticket });
    return Float64Array.of(count(granted), count(validForMs), count(retryAfterMs), count(given));
  }

  settle(account, unused, unleased, ticket, throttled, retryAfterMs) {
    const report = { unused, unleased, ticket };
    if (throttled) report.throttled = { retryAfterMs };
    const told = (async () => this.#quota.settle(account, report))().catch(() => {
      // What the store does not hear of counts as spent.
    });
    this.#settling.add(told);
    told.then(() => this.#settling.delete(told));
  }

  /** When the store has been told; a request that ends before would take its words with it. */
  async settled() {
    if (this.#settling.size === 0) return;
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, SETTLING_MS)));
    await Promise.race([Promise.all(this.#settling), late]);
    clearTimeout(timer);
  }

  log(line) {
    try {
      this.#log(line);
    } catch {
      // A log that fails must not fail the answer.
    }
  }
}
