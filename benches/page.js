// All races in a browser.
import * as entry from "../pkg/index.browser.js";
import * as clients from "../pkg/page.js";
import { Host } from "../pkg/host.js";
import * as edge from "../pkg-probe/edge.js";
import { cases } from "./cases.js";
import { race } from "./measure.js";

globalThis.bench = async () => {
  await entry.init(new URL("/page_bg.wasm", location.href));
  await edge.default({ module_or_path: new URL("/edge_bg.wasm", location.href) });
  const raced = [];
  for (const { title, bytes, contenders } of cases({ entry, clients, edge, Host })) {
    // Its clock ticks more coarsely than Node's.
    raced.push({ title, kilobytes: bytes.length / 1000, times: await race(contenders, bytes, { rounds: 21, patience: 12 }) });
  }
  return { raced };
};
