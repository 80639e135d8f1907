// How rows are cut out of a decoded text by its tape. The layout is told in src/wire/tape.rs.

const NONE = 0xffffffff;
const ABSENT = 0xffffffff;
const ESCAPED = 0x80000000;

export function texts(s, t, first, count) {
  if (count === 1) return [s.slice(t[2 * first], t[2 * first + 1])];
  const list = new Array(count);
  for (let k = 0, i = 2 * first; k < count; k++, i += 2) list[k] = s.slice(t[i], t[i + 1]);
  return list;
}

export function many(row, s, t, f, first, count) {
  const list = new Array(count);
  for (let k = 0, r = first; k < count; k++, r = t[2 * r]) list[k] = row(s, t, f, r);
  return list;
}

const text = (s, start, end) =>
  start >= ESCAPED ? JSON.parse(s.slice(start - ESCAPED - 1, end + 1)) : s.slice(start, end);

/** A row of which fields are absent or null, or have escapes. */
export function sparse(fields, s, t, f, r) {
  const row = {};
  for (let k = 0, i = 2 * r + 4; k < fields.length; k++, i += 2) {
    const [name, how] = fields[k];
    const first = t[i];
    const second = t[i + 1];
    if (second === NONE) {
      if (first !== ABSENT) row[name] = null;
    } else if (how === 0) row[name] = text(s, first, second);
    else if (how === 1) row[name] = f[r + 2 + k];
    else if (how === 2) row[name] = first === 1;
    else if (how === 3) {
      const list = new Array(second);
      for (let n = 0, j = 2 * first; n < second; n++, j += 2) list[n] = text(s, t[j], t[j + 1]);
      row[name] = list;
    } else if (how === 4) row[name] = JSON.parse(s.slice(first, second));
    else if (typeof how === "function") row[name] = how(s, t, f, first);
    else row[name] = many(how[0], s, t, f, first, second);
  }
  return row;
}
