// Workers: the module comes compiled, since bytes may not be compiled there.
export { EdgeProxy, StocklaneError, mintSession, renderWidget } from "./edge.workerd.js";
