// All races in the runtime that runs this file (Node, Deno or Bun): a line of JSON.
import { readFileSync } from "node:fs";
import { cases, instantiate } from "./cases.js";
import { race, summary } from "./measure.js";

const dirs = { pkg: new URL("../pkg/", import.meta.url), probe: new URL("../pkg-probe/", import.meta.url) };
const from = (dir, file) => import(new URL(file, dirs[dir]).href);
const entry = await from("pkg", "index.node.js");
const clients = await from("pkg", "clients.js");
const edge = await from("probe", "edge.js");
const { Host } = await from("pkg", "host.js");
await entry.init();
edge.initSync({ module: readFileSync(new URL("edge_bg.wasm", dirs.probe)) });

const raced = [];
for (const { title, bytes, contenders } of cases({ entry, clients, edge, Host })) {
  raced.push({ title, kilobytes: bytes.length / 1000, times: await race(contenders, bytes) });
}

const wasm = readFileSync(new URL("clients_bg.wasm", dirs.pkg));
const start = { compile: [], instantiate: [] };
for (let n = 0; n < 15; n++) {
  const since = performance.now();
  const module = await WebAssembly.compile(wasm);
  const compiled = performance.now();
  instantiate(module);
  start.compile.push(1000 * (compiled - since));
  start.instantiate.push(1000 * (performance.now() - compiled));
}
const cold = Object.fromEntries(Object.entries(start).map(([what, times]) => [what, summary(times)]));
console.log(JSON.stringify({ raced, cold }));
