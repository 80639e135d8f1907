/** Lazily fetched rows. Each walk over them begins anew; `gaps` tells of the latest. */
export class Pager {
  #open;
  #gaps = [];

  constructor(open) {
    this.#open = open;
  }

  /** What stayed out of reach. */
  get gaps() {
    return this.#gaps;
  }

  async *pages() {
    this.#gaps = [];
    const source = await this.#open();
    for (;;) {
      const page = await source.next();
      this.#gaps = source.gaps().map(([where, expected, got, reason]) => ({
        where,
        ...(expected === undefined ? {} : { expected }),
        got,
        reason,
      }));
      if (page === undefined) return;
      const [answer, positions] = page;
      const rows = Array.isArray(answer) ? answer : answer.products;
      yield positions.length === rows.length ? rows : Array.from(positions, (position) => rows[position]);
    }
  }

  async *[Symbol.asyncIterator]() {
    for await (const page of this.pages()) yield* page;
  }

  async toArray({ limit = Infinity } = {}) {
    const rows = [];
    if (limit <= 0) return rows;
    for await (const page of this.pages()) {
      for (const row of page) {
        rows.push(row);
        if (rows.length >= limit) return rows;
      }
    }
    return rows;
  }
}
