// What must not compile.
import { IncoCloud, InterCars, StocklaneError, Storefront, buildRequests, decode } from "stocklane";
import { EdgeProxy, mintSession, renderWidget } from "stocklane/edge";

declare const client: InterCars;
declare const till: IncoCloud;
export async function misuse(): Promise<void> {
  // @ts-expect-error: no language of the supplier
  new InterCars({ language: "xx" });
  // @ts-expect-error: a bearer is asked for, not given
  new InterCars({ bearer: "token" });
  // @ts-expect-error: milliseconds are a number
  new InterCars({ timeoutMs: "30s" });
  // @ts-expect-error: a slip of the pen
  new InterCars({ clientID: "id" });
  // @ts-expect-error: SKUs come as a list
  await client.stock({ sku: "ADDFFF" });
  // @ts-expect-error: a query is needed
  await client.stock();
  // @ts-expect-error: lines, not SKUs
  await client.quote({ sku: ["ADDFFF"] });
  // @ts-expect-error: pieces are a number
  await client.quote({ lines: [{ sku: "ADDFFF", quantity: "2" }] });
  // @ts-expect-error: an option of nobody
  await client.stock({ sku: ["A"] }, { timeout: 5 });
  // @ts-expect-error: what may be absent is not there for certain
  (await client.stock({ sku: ["A"] })).items[0]!.name.length;
  // @ts-expect-error: a customer price may be absent
  (await client.quote({ lines: [] })).items[0]!.price.customerPriceNet.toFixed();
  // @ts-expect-error: rows of stock have no price
  (await client.stock({ sku: ["A"] })).items[0]?.price;
  // @ts-expect-error: no such operation
  await buildRequests("stocks", { sku: ["A"] });
  // @ts-expect-error: the arguments of another operation
  await buildRequests("stock", { lines: [] });
  // @ts-expect-error: bytes or text
  await decode("stock", { rows: [] });
  // @ts-expect-error: a quantity may be unknown
  (await new Storefront({}).availability(["A"]))[0]!.quantity.value;
  // @ts-expect-error: an amount is a text, never a float
  (await new Storefront({}).offers([{ sku: "A" }]))[0]!.unit.amount.toFixed();
  // @ts-expect-error: a storefront takes a client
  new Storefront({ intercars: { clientId: "id" } });
  // @ts-expect-error: no such resource
  await till.list("items");
  // @ts-expect-error: the write is no resource
  await till.list("createSale");
  // @ts-expect-error: rows of vouchers are no sales
  (await till.list("voucher"))[0]!.total.toFixed();
  // @ts-expect-error: an id may be absent
  (await till.items())[0]!.id.toFixed();
  // @ts-expect-error: availability comes in several forms, or not at all
  (await till.items())[0]!.availability.toFixed();
  // @ts-expect-error: what was inferred may be absent
  (await till.items())[0]!.regular_price.toFixed();
  // @ts-expect-error: lines may be absent
  (await till.sales())[0]!.details.length;
  // @ts-expect-error: an identifier is a number
  await till.items({ id: "5" });
  // @ts-expect-error: days are texts
  await till.sales({ from_date: new Date() });
  // @ts-expect-error: parameters are plain values
  await till.list("item", { code: ["A"] });
  // @ts-expect-error: a sale has lines
  await till.createSale({ location_id: 1, partner_id: 2 });
  // @ts-expect-error: a line has a price
  await till.createSale({ location_id: 1, partner_id: 2, details: [{ item_id: 1, quantity: 1 }] });
  // @ts-expect-error: a key is a text
  await till.createSale({ location_id: 1, partner_id: 2, details: [] }, { idempotencyKey: 5 });
  // @ts-expect-error: a snapshot is more than a date
  await till.sync("item", "2025-01-01");
  // @ts-expect-error: rows of one resource are not those of another
  const sales: { operation_number: number }[] = (await till.sync("partner")).added;
  console.log(sales);
  // @ts-expect-error: a list of origins
  new IncoCloud({ appId: "a", appSecret: "b", trustedServers: "http://127.0.0.1" });
  // @ts-expect-error: names by resource and field
  new IncoCloud({ appId: "a", appSecret: "b", fieldNames: { item: "x" } });
  // @ts-expect-error: of the other supplier
  new IncoCloud({ clientId: "a", clientSecret: "b" });
  // @ts-expect-error: the one system is not the other
  new Storefront({ incocloud: client });
  // @ts-expect-error: nor the other way round
  new Storefront({ intercars: till });
  // @ts-expect-error: no such field to match by
  new Storefront({ incocloud: till, match: [{ item: "name", supplier: "sku" }] });
  // @ts-expect-error: whether tax is in the prices must be said
  new Storefront({ incocloud: till, shop: { currency: "BGN", priceField: "regular_price" } });
  // @ts-expect-error: nobody answers for nothing
  new EdgeProxy({ intercars: {} });
  // @ts-expect-error: no such role
  await mintSession({ sub: "anna", role: "admin", expiresInSeconds: 60 }, "key");
  // @ts-expect-error: a session ends
  await mintSession({ sub: "anna", role: "buyer" }, "key");
  // @ts-expect-error: no such widget
  await renderWidget("table", {}, { lang: "pl" });
  const error: unknown = null;
  // @ts-expect-error: kinds are known
  if (error instanceof StocklaneError && error.kind === "nope") return;
  // @ts-expect-error: an error is read, not written
  if (error instanceof StocklaneError) error.kind = "auth";
}
