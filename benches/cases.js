// What is raced, in every runtime alike.
import { decoding, projecting } from "./contenders.js";
import { SHOWN, stockAnswer } from "./material.js";

const answers = [
  ["ascii", 300],
  ["polish", 300],
  ["bulgarian", 300],
  ["irregular", 300],
  ["ascii", 1],
  ["ascii", 3000],
  ["polish", 3000],
];

/**
 * All cases: a title, the bytes, the contenders by name; the first is what the others are compared with. `entry` is the
 * package, `clients` and `edge` are the glue of its modules (of `edge` the build that has the exports for benchmarks), `Host`
 * what the module is lent.
 */
export function cases({ entry, clients, edge, Host }) {
  const host = new Host();
  const projection = edge.Projection.of("stock", SHOWN);
  const decodes = answers.map(([kind, rows]) => ({
    title: `decode, ${rows} ${rows === 1 ? "row" : "rows"}, ${kind}`,
    bytes: stockAnswer(kind, rows),
    contenders: decoding({ entry, glue: clients, host }),
  }));
  const projects = answers.slice(0, 2).map(([kind, rows]) => ({
    title: `project 9 of 14 fields, ${rows} rows, ${kind}`,
    bytes: stockAnswer(kind, rows),
    contenders: projecting((bytes) => projection.project(bytes)),
  }));
  return [...decodes, ...projects].map(agreed);
}

/** A race between different results would be none. */
function agreed(one) {
  const results = Object.entries(one.contenders).map(([name, run]) => [name, run(one.bytes)]);
  const told = (value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value));
  for (const [name, result] of results) {
    if (!(result instanceof Promise) && told(result) !== told(results[0][1])) throw new Error(`${one.title}: ${name} differs`);
  }
  return one;
}

/** Makes an instance of a compiled module; what it would call is not there, and not called. */
export function instantiate(module) {
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === "function") (imports[from] ??= {})[name] = () => {};
  }
  return new WebAssembly.Instance(module, imports);
}
