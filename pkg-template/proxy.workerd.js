// Workers: the module comes compiled, since bytes may not be compiled there.
import * as glue from "./edge.js";
import { edge } from "./edge-api.js";
import compiled from "./edge_bg.wasm";

export const { EdgeProxy, StocklaneError, mintSession, renderWidget } = /* @__PURE__ */ edge(glue, () => compiled);
