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
  #sql;
  #quota;
  #leaders = new Map();
  #entries;
  #bytes;

  constructor(ctx, env) {
    super(ctx, env);
    const sql = (this.#sql = ctx.storage.sql);
    sql.exec("CREATE TABLE IF NOT EXISTS quota (id INTEGER PRIMARY KEY, state BLOB NOT NULL)");
    sql.exec("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value BLOB NOT NULL, until INTEGER NOT NULL)");
    sql.exec("CREATE INDEX IF NOT EXISTS answers_until ON answers (until)");
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

  get(key) {
    const [row] = this.#sql.exec("SELECT value FROM answers WHERE key = ? AND until > ?", key, Date.now()).toArray();
    return row ? new Uint8Array(row.value) : null;
  }

  getMany(keys) {
    return keys.map((key) => this.get(key));
  }

  put(key, value, ttlMs) {
    this.#leaders.delete(key);
    if (!(ttlMs > 0) || value.byteLength > LONGEST) return;
    this.#forget("key = ?", key);
    const now = Date.now();
    const bytes = value.slice().buffer;
    this.#sql.exec("INSERT INTO answers (key, value, until) VALUES (?, ?, ?)", key, bytes, now + Math.floor(ttlMs));
    this.#entries++;
    this.#bytes += value.byteLength;
    if (this.#isOver(1)) this.#forget("until <= ?", now);
    // Down to nine tenths, so that not each answer makes room for itself alone.
    if (this.#isOver(1)) while (this.#isOver(0.9)) this.#forget("key IN (SELECT key FROM answers ORDER BY until LIMIT ?)", 500);
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

  #isOver(part) {
    return this.#entries > part * MOST_ENTRIES || this.#bytes > part * MOST_BYTES;
  }

  #forget(which, ...what) {
    if (this.#entries === undefined) {
      const { entries, bytes } = this.#sql.exec("SELECT count(*) AS entries, total(length(value)) AS bytes FROM answers").one();
      this.#entries = entries;
      this.#bytes = bytes;
    }
    for (const { length } of this.#sql.exec(`DELETE FROM answers WHERE ${which} RETURNING length(value) AS length`, ...what)) {
      this.#entries--;
      this.#bytes -= length;
    }
  }
}
