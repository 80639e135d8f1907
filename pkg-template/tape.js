// How rows are cut out of the decoded texts by their tape: `s` is the ASCII text, `w` the other one, `t` and `f` are the tape
// as whole numbers and as doubles, `r` is a row's slot. The layout is told in src/wire/tape.rs.

/** The text whose range stands at `i`: a start in `w` is inverted. */
export function text(s, w, t, i) {
  const start = t[i];
  return start < 0 ? w.slice(~start, t[i + 1]) : s.slice(start, t[i + 1]);
}

export function texts(s, w, t, first, count) {
  if (count === 1) return [text(s, w, t, 2 * first)];
  const list = new Array(count);
  for (let k = 0, i = 2 * first; k < count; k++, i += 2) list[k] = text(s, w, t, i);
  return list;
}

export function many(row, s, w, t, f, first, count) {
  const list = new Array(count);
  for (let k = 0, r = first; k < count; k++, r = t[2 * r]) list[k] = row(s, w, t, f, r);
  return list;
}
