// Workers: the module `edge`, compiled, as the proxy and the coordinator share it.
import * as glue from "./edge.js";
import { edge } from "./edge-api.js";
import compiled from "./edge_bg.wasm";

export const { Coordinator, EdgeProxy, StocklaneError, mintSession, renderWidget } = /* @__PURE__ */ edge(
  glue,
  () => compiled,
);
