// A program as a user writes it: it compiles, and every type is what it should be without a cast.
import { InterCars, StocklaneError, Storefront, buildRequests, decode, init, version } from "stocklane";
import type { Attempt, Availability, Batch, CallOptions, Language, Money, Offer, QuoteLine, StockLine } from "stocklane";
import { EdgeProxy, mintSession, renderWidget } from "stocklane/edge";
import { createWorker } from "stocklane/cloudflare";

const attempts: Attempt[] = [];
const client = new InterCars({ clientId: "id", clientSecret: "secret", language: "pl", requestsPerMinute: 300, onAttempt: (attempt) => attempts.push(attempt) });
const inPage = new InterCars({ baseUrl: "/intercars", fetch, bearer: async () => "token" });
const options: CallOptions = { signal: AbortSignal.timeout(1000), timeoutMs: 5000, overallTimeoutMs: 20_000, onProgress: ({ done, total }) => console.log(done / (total ?? 1)) };

export async function stock(): Promise<string[]> {
  await init();
  await init(new URL("https://cdn.test/clients_bg.wasm"));
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
