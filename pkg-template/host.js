// What the module is lent: the runtime's fetch, the user's functions, and how values are made. src/js/host.rs declares it.

import { StocklaneError } from "./errors.js";
import * as rows from "./rows.js";
import { many } from "./tape.js";

export class Host {
  #options;
  #flights = new Map();

  constructor(options = {}) {
    this.#options = options;
  }

  send(request) {
    const { fetch = globalThis.fetch, bearer } = this.#options;
    if (!bearer) return fetch(request);
    return Promise.resolve(bearer()).then((token) => {
      request.headers.set("Authorization", `Bearer ${token}`);
      return fetch(request);
    });
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

  cut(schema, text, f, count) {
    const t = new Uint32Array(f.buffer, f.byteOffset, 2 * f.length);
    const row = rows[schema];
    return count < 0 ? row(text, t, f, 0) : many(row, text, t, f, 0, count);
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
