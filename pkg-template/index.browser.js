// Browsers and bundlers: the modules lie beside this file.
import * as glue from "./page.js";
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
  /* @__PURE__ */ stocklane(
    [glue, () => new URL("./page_bg.wasm", import.meta.url)],
    [() => import("./clients.js"), () => new URL("./clients_bg.wasm", import.meta.url)],
  );
