// Browsers and bundlers: the module lies beside this file.
import * as glue from "./clients.js";
import { stocklane } from "./clients-api.js";

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
  /* @__PURE__ */ stocklane(glue, () => new URL("./clients_bg.wasm", import.meta.url));
