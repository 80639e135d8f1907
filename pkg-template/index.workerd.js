// Workers: the module comes compiled, since bytes may not be compiled there.
import * as glue from "./clients.js";
import { stocklane } from "./clients-api.js";
import compiled from "./clients_bg.wasm";

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
  /* @__PURE__ */ stocklane([glue, () => compiled]);
