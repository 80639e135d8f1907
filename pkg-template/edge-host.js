// What the module `edge` is lent beside the rest: keys, which stay here, and the log.

import { Host } from "./host.js";

const algorithm = { name: "HMAC", hash: "SHA-256" };
const SHORTEST_KEY = 32;

export class EdgeHost extends Host {
  #keys;
  #imported;
  #log;

  /** `keys`: the one that signs, then those that are still believed. */
  constructor(options, keys = [], log = (line) => console.log(line)) {
    super(options);
    this.#keys = keys;
    this.#log = log;
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
