// A program as a user writes it: it compiles, and every type is what it should be without a cast.
import { IncoCloud, InterCars, StocklaneError, Storefront, buildRequests, decode, init, version } from "stocklane";
import type { Attempt, Availability, Batch, CallOptions, CreatedSale, IncoOperation, IncoRows, Item, ItemQuery, Language, MatchRule, Money, NewSale, Offer, OperationQuery, QuoteLine, Sale, Snapshot, StockLine } from "stocklane";
import { fields, parameters } from "stocklane/incocloud-fields";
import type { Certainty } from "stocklane/incocloud-fields";
import { EdgeProxy, mintSession, renderWidget } from "stocklane/edge";
import { createWorker } from "stocklane/cloudflare";

const attempts: Attempt[] = [];
const client = new InterCars({ clientId: "id", clientSecret: "secret", language: "pl", requestsPerMinute: 300, onAttempt: (attempt) => attempts.push(attempt) });
const inPage = new InterCars({ baseUrl: "/intercars", fetch, bearer: async () => "token" });
const options: CallOptions = { signal: AbortSignal.timeout(1000), timeoutMs: 5000, overallTimeoutMs: 20_000, onProgress: ({ done, total }) => console.log(done / (total ?? 1)) };

export async function stock(): Promise<string[]> {
  await init();
  await init(new URL("https://cdn.test/page_bg.wasm"), new URL("https://cdn.test/clients_bg.wasm"));
  const { items, skipped }: Batch<StockLine> = await client.stock({ sku: ["ADDFFF"], location: ["POZ"] }, options);
  const names: string[] = items.map((line) => `${line.location} ${line.availability.toFixed(0)} ${line.name?.trim() ?? ""} ${line.latestDeliveryDate?.slice(0, 4) ?? ""}`);
  return [...names, ...skipped.map(({ sku, index, code, reason }) => `${sku ?? index} ${code ?? ""} ${reason}`), ...(items[0]?.eans ?? []), version];
}

export async function price(): Promise<number> {
  const { items } = await inPage.quote({ lines: [{ sku: "ADDFFF", quantity: 10 }, { index: "OP 520" }] });
  const first: QuoteLine | undefined = items[0];
  const deposit: number | undefined = first?.price.refundableAmountNet;
  return (first?.price.listPriceGross ?? 0) + (first?.lines[0]?.availability ?? 0) + (first?.price.customerPriceNet ?? 0) + (deposit ?? 0);
}

export async function shop(): Promise<Money[]> {
  const remote = new Storefront({ baseUrl: "https://edge.test" });
  const own = new Storefront({ intercars: client });
  const found: Availability[] = await remote.availability(["ADDFFF"], { language: "en" });
  const offers: Offer[] = await own.offers([{ sku: "ADDFFF", quantity: 2 }]);
  for (const { state, quantity, places } of found) {
    const words: Record<typeof state, string> = { in_stock: "yes", low: "few", orderable: "soon", out_of_stock: "no", unknown: "ask" };
    console.log(words[state], quantity?.value, quantity?.atLeast, places.map((place) => place.label));
  }
  return offers.flatMap((offer) => [offer.unit, offer.total, ...(offer.deposit ? [offer.deposit] : [])]);
}

const till = new IncoCloud({ appId: "id", appSecret: "secret", trustedServers: ["http://127.0.0.1:8790"], fieldNames: { item: { regular_price: "retail_price" }, sale: { "details.price_out": "unit_price" } } });
const tillInPage = new IncoCloud({ baseUrl: "/incocloud", maxRetries: 1, onAttempt: (attempt) => attempts.push(attempt) });

export async function pointOfSale(): Promise<string[]> {
  const items: Item[] = await till.items({ code: "SKU-001", include_availability: true }, options);
  const available = ({ availability }: Item): number => (Array.isArray(availability) ? availability.reduce((sum, { quantity }) => sum + quantity, 0) : (availability ?? 0));
  const sales: Sale[] = await till.sales({ from_date: "2025-01-01", to_date: "2025-01-31", load_payments: true });
  const paid: number = sales.flatMap(({ payments }) => payments ?? []).reduce((sum, { quantity }) => sum + (quantity ?? 0), 0);
  const made: NewSale = { location_id: 1, partner_id: 123, details: [{ item_id: 456, quantity: 2, price_out: 29.99 }] };
  const { id }: CreatedSale = await tillInPage.createSale(made, { idempotencyKey: "basket-1", signal: AbortSignal.timeout(1000) });
  const orders: IncoOperation[] = await till.list("sales_order", { from_date: "2025-01-01", own: true });
  const any: (resource: keyof IncoRows) => Promise<unknown[]> = (resource) => till.list(resource);
  await any("voucher");
  return [...items.map((item) => `${item.code}: ${item.name} - ${available(item)} ${item.regular_price?.toFixed(2)}`), ...sales.map(({ operation_number, total }) => `${operation_number}: ${total.toFixed(2)}`), `${paid} ${id} ${orders[0]?.operation_number ?? ""}`];
}

/** Queries as they come together somewhere else, with what may be left out. */
export async function asked(query: ItemQuery, span: OperationQuery, code: string | undefined): Promise<number> {
  const found = await Promise.all([till.items(query), till.items({ code }), till.items({ ...query, code, own: "x" }), till.list("item", query), till.list("payment", span), till.list("booking", { code, open: null })]);
  const sales = await till.sales({ ...span, warehouse: 5 });
  const { added } = await till.sync("sale", undefined, { query: span });
  return found.length + sales.length + added.length;
}

export async function changes(stored: string | undefined): Promise<string> {
  const since: Snapshot | undefined = stored === undefined ? undefined : (JSON.parse(stored) as Snapshot);
  const { snapshot, added, changed, removed } = await till.sync("item", since, { query: { group_id: 5 }, overallTimeoutMs: 60_000 });
  const names: string[] = [...added, ...changed].map(({ name }) => name);
  const gone: number[] = removed;
  return JSON.stringify({ names, gone, snapshot, resource: snapshot.resource, takenAt: new Date(snapshot.takenAt) });
}

export async function bothSystems(): Promise<(Item | string)[]> {
  const match: MatchRule[] = [{ item: "code", supplier: "sku" }, { item: "bar_code", supplier: "ean", tolerant: true }];
  const storefront = new Storefront({ intercars: client, incocloud: till, match, shop: { currency: "BGN", pricesIncludeVat: true, priceField: "regular_price" }, itemsMaxAgeMs: 5000 });
  const [found]: Availability[] = await storefront.availability({ sku: ["ADDFFF"], location: ["POZ"] });
  const own: Offer | undefined = (await storefront.offers([{ sku: "ADDFFF" }])).find(({ source, cheapest }) => source === "incocloud" && cheapest);
  const { items, ambiguous } = await storefront.unmatched({ timeoutMs: 5000 });
  return [...items, ...ambiguous.flatMap(({ item, sku }) => [item, ...sku]), found?.state ?? "unknown", own?.unit.amount ?? "none"];
}

export function certainty(resource: keyof IncoRows, field: string): Certainty | undefined {
  return fields[resource]?.[field] ?? parameters[resource]?.[field];
}

export async function own(): Promise<StockLine[]> {
  const rows: StockLine[] = [];
  for (const { method, url, headers, body } of await buildRequests("stock", { index: ["OP 520"] }, { language: "pl" })) {
    const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    rows.push(...(await decode("stock", new Uint8Array(await answer.arrayBuffer()))));
  }
  const quoted: QuoteLine[] = await decode("quote", "[]");
  return [...rows, ...quoted.flatMap(({ lines }) => lines)];
}

export async function failing(): Promise<string | undefined> {
  try {
    await client.stock({ sku: ["ADDFFF"] });
  } catch (error) {
    if (!(error instanceof StocklaneError)) throw error;
    switch (error.kind) {
      case "rate_limited":
        return error.retryAt;
      case "validation":
        return error.hint ?? error.message;
      default:
        return error.retryable ? `${error.status} ${error.code} ${error.errorId}` : error.stack;
    }
  }
  return undefined;
}

const proxy = new EdgeProxy({ intercars: { clientId: "id", clientSecret: "secret" }, allowedOrigins: ["https://shop.test"], sessionKey: { current: "k".repeat(40) }, places: { KOM: "Warsaw" }, log: (line) => console.log(line) });
export default createWorker(() => ({ intercars: {}, allowedOrigins: [] }));
export const documented = createWorker();

export async function serve(request: Request, language: Language): Promise<string> {
  const answer: Response = await proxy.fetch(request, { waitUntil: (work: Promise<unknown>) => void work });
  const session: string = await mintSession({ sub: "anna", role: "staff", origin: ["https://shop.test"], shipTo: "*", expiresInSeconds: 600 }, "k".repeat(40));
  return answer.statusText + session + (await renderWidget("stock", null, { lang: language }));
}
