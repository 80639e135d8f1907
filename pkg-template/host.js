// What the module is lent: the runtime's fetch, the user's functions, and how values are made. src/js/host.rs declares it.

import { StocklaneError } from "./errors.js";
import * as rows from "./rows.js";
import { many } from "./tape.js";

// A mark that the module has kept is one that the supplier meant.
const text = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A request that the runtime sends once. Deno sends a request again whose kept connection breaks, an order too, unless its
 * body is a stream.
 */
async function once(request) {
  if (!("Deno" in globalThis) || request.method !== "POST") return request;
  return new Request(request, { body: new Blob([await request.arrayBuffer()]).stream(), duplex: "half" });
}

export class Host {
  #options;
  #flights = new Map();

  constructor(options = {}) {
    this.#options = options;
  }

  async send(request) {
    const { fetch = globalThis.fetch, bearer } = this.#options;
    if (bearer) request.headers.set("Authorization", `Bearer ${await bearer()}`);
    const response = await fetch(await once(request));
    // The user's fetch may give anything; the module takes it for a Response.
    const { status, headers, body } = response ?? {};
    if (typeof status !== "number" || typeof headers?.get !== "function" || (body && typeof body.getReader !== "function")) {
      throw new TypeError("fetch answered with something that is no Response");
    }
    return response;
  }

  attempted(operation, method, url, attempt, status, durationMs, error) {
    const told = { operation, method, url, attempt, durationMs };
    if (status !== undefined) told.status = status;
    if (error !== undefined) told.error = error;
    try {
      this.#options.onAttempt?.(told);
    } catch {
      // The user's function failing is the user's affair, not the call's.
    }
  }

  lead(flight) {
    let resolve;
    const promise = new Promise((done) => (resolve = done));
    this.#flights.set(flight, { promise, resolve });
  }

  flight(flight) {
    return this.#flights.get(flight)?.promise;
  }

  land(flight) {
    this.#flights.get(flight)?.resolve();
    this.#flights.delete(flight);
  }

  cut(schema, plain, wide, f, count) {
    const s = text.decode(plain);
    const w = wide.length ? text.decode(wide) : "";
    const t = new Int32Array(f.buffer, f.byteOffset, 2 * f.length);
    const row = rows[schema];
    return count < 0 ? row(s, w, t, f, 0) : many(row, s, w, t, f, 0, count);
  }

  error(kind, message, status, code, errorId, retryAt, idempotencyKey, hint, retryable) {
    return new StocklaneError(kind, message, {
      status,
      code,
      errorId,
      retryAt: retryAt === undefined ? undefined : new Date(retryAt).toISOString(),
      idempotencyKey,
      hint,
      retryable,
    });
  }
}
