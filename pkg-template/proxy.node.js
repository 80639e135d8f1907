// Node, Deno and Bun: the module is read from the disk.
import { readFileSync } from "node:fs";
import * as glue from "./edge.js";
import { edge } from "./edge-api.js";

export const { EdgeProxy, StocklaneError, mintSession, renderWidget } = /* @__PURE__ */ edge(
  glue,
  () => new WebAssembly.Module(readFileSync(new URL("./edge_bg.wasm", import.meta.url))),
);
