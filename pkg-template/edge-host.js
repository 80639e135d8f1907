// What the module `edge` is lent beside the rest: keys, which stay here, and the log.

import { Host } from "./host.js";

const algorithm = { name: "HMAC", hash: "SHA-256" };
const SHORTEST_KEY = 32;

export class EdgeHost extends Host {
  #keys;
  #imported;
  #log;
  #challenge;
  #cache;
  #requests = new Map();

  /** `keys`: the one that signs, then those that are still believed. */
  constructor(options, { keys = [], log = (line) => console.log(line), challenge, cache } = {}) {
    super(options);
    this.#keys = keys;
    this.#log = log;
    this.#challenge = challenge;
    this.#cache = cache;
  }

  /** A request that may be shown to the user's function while it is answered. */
  async during(ticket, request, run) {
    if (this.#challenge) this.#requests.set(ticket, request);
    try {
      return await run();
    } finally {
      this.#requests.delete(ticket);
    }
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

  log(line) {
    try {
      this.#log(line);
    } catch {
      // A log that fails must not fail the answer.
    }
  }
}
