// Node, Deno and Bun: the module is read from the disk.
import * as glue from "./clients.js";
import { stocklane } from "./clients-api.js";

const load = async () => (await import("node:fs/promises")).readFile(new URL("./clients_bg.wasm", import.meta.url));

export const {
  IncoCloud,
  InterCars,
  Storefront,
  StocklaneError,
  buildRequests,
  decode,
  deliveryIds,
  init,
  packageSizes,
  quantityOf,
  sumMoney,
  timeOf,
  timesMoney,
  version,
} =
  /* @__PURE__ */ stocklane([glue, load]);
