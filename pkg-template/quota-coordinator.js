// What all instances of a Worker share, as a Durable Object: one supplier account's quota, or answers.
import { DurableObject } from "cloudflare:workers";
import { Coordinator } from "./edge.workerd.js";

/** Bounds of the cache of one object: answers, their bytes together, and the longest. */
const MOST_ENTRIES = 20_000;
const MOST_BYTES = 64 << 20;
const LONGEST = 1 << 20;
/** A leader is believed for so long at most. */
const LONGEST_LEAD_MS = 60_000;
const MOST_LEADERS = 10_000;

export class QuotaCoordinator extends DurableObject {
  #quota;
  #leaders = new Map();
  #answers = new Map();
  #bytes = 0;

  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS quota (id INTEGER PRIMARY KEY, state BLOB NOT NULL)");
    const rate = Math.floor(Number(env.IC_REQUESTS_PER_MINUTE));
    this.#quota = new Coordinator(
      rate > 0 ? rate : undefined,
      () => {
        const [row] = sql.exec("SELECT state FROM quota WHERE id = 0").toArray();
        return row && new Uint8Array(row.state);
      },
      // An answer leaves this object only when what was written before it is safe: no grant is forgotten.
      (state) => sql.exec("INSERT OR REPLACE INTO quota (id, state) VALUES (0, ?)", state.slice().buffer),
    );
  }

  lease(ask) {
    return this.#quota.lease(ask);
  }

  settle(report) {
    this.#quota.settle(report);
  }

  // Answers are kept in memory alone: what a restart forgets is asked for again, and a row written costs more than that.
  get(key) {
    const answer = this.#answers.get(key);
    return answer && answer.until > Date.now() ? answer.value : null;
  }

  getMany(keys) {
    return keys.map((key) => this.get(key));
  }

  put(key, value, ttlMs) {
    this.#leaders.delete(key);
    this.#forget(key);
    if (!(ttlMs > 0) || value.byteLength > LONGEST) return;
    this.#answers.set(key, { value: value.slice(), until: Date.now() + Math.floor(ttlMs) });
    this.#bytes += value.byteLength;
    // The oldest goes first.
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MOST_ENTRIES && this.#bytes <= MOST_BYTES) break;
      this.#forget(oldest);
    }
  }

  putMany(entries, ttlMs) {
    for (const [key, value] of entries) this.put(key, value, ttlMs);
  }

  #forget(key) {
    this.#bytes -= this.#answers.get(key)?.value.byteLength ?? 0;
    this.#answers.delete(key);
  }

  /** Who is told to lead fetches; everybody else looks again. A leader that is gone is replaced when its time is over. */
  lead(key, forMs) {
    const now = Date.now();
    if ((this.#leaders.get(key) ?? 0) > now) return "wait";
    if (this.#leaders.size >= MOST_LEADERS) {
      for (const [other, until] of this.#leaders) if (until <= now) this.#leaders.delete(other);
    }
    if (this.#leaders.size < MOST_LEADERS) this.#leaders.set(key, now + Math.min(forMs, LONGEST_LEAD_MS));
    return "lead";
  }
}
