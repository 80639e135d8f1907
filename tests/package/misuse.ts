// What must not compile.
import { InterCars, StocklaneError, Storefront, buildRequests, decode } from "stocklane";
import { EdgeProxy, mintSession, renderWidget } from "stocklane/edge";

declare const client: InterCars;
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
