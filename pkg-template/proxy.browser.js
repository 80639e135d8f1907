// Service workers and bundlers: the module lies beside this file.
import * as glue from "./edge.js";
import { edge } from "./edge-api.js";

export const { EdgeProxy, StocklaneError, mintSession, renderWidget } = /* @__PURE__ */ edge(
  glue,
  () => new URL("./edge_bg.wasm", import.meta.url),
);
