// What is measured, by name: each takes bytes and gives what its user would have. The first of a group is what the others
// are compared with.
import * as z from "zod";
import { SHOWN } from "./material.js";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const StockLines = z.array(
  z.looseObject({
    location: z.string(),
    sku: z.string(),
    availability: z.number(),
    latestDeliveryDate: z.string().nullish(),
    orderDateTimeTo: z.string().nullish(),
    shipToBusinessUnitDeliveryDateTime: z.string().nullish(),
    customerRouteStartDateTime: z.string().nullish(),
    customerRouteCode: z.string().nullish(),
    index: z.string().nullish(),
    name: z.string().nullish(),
    description: z.string().nullish(),
    blockedReturn: z.boolean().nullish(),
    gtuCode: z.string().nullish(),
    eans: z.array(z.string()).nullish(),
  }),
);

const parse = (bytes) => JSON.parse(decoder.decode(bytes));

function pick(row) {
  const shown = {};
  for (const name of SHOWN) if (row[name] !== undefined) shown[name] = row[name];
  return shown;
}

/** `entry` is what `import "stocklane"` gives, `glue` the module's synchronous functions, `host` what they are lent. */
export function decoding({ entry, glue, host }) {
  return {
    "TextDecoder + JSON.parse": parse,
    "the same + zod": (bytes) => StockLines.parse(parse(bytes)),
    "stocklane, as its clients decode": (bytes) => glue.decode(host, "stock", bytes),
    "stocklane, await decode()": (bytes) => entry.decode("stock", bytes),
  };
}

/** `project` gives bytes for bytes, inside the module. */
export function projecting(project) {
  return {
    "parse, pick, stringify, encode": (bytes) => encoder.encode(JSON.stringify(parse(bytes).map(pick))),
    "stocklane, bytes to bytes": project,
  };
}
