// The public surface; the wire types beside it are generated.
import type {
  Category,
  CreatedSale,
  Customer,
  Delivery,
  Finances,
  IncoRows,
  Invoice,
  InvoiceLine,
  Item,
  ItemQuery,
  NewSale,
  OperationQuery,
  Operations,
  Order,
  OrderLine,
  PriceLine,
  Product,
  ProductPage,
  QuoteLine,
  Requisition,
  Sale,
  StockLine,
  Wanted,
} from "./wire.js";
import type { Availability, Money, Offer, Quantity } from "./clients.js";

export type * from "./wire.js";
export type { Availability, Money, Offer, Place, Quantity, Source, StockState, Vat } from "./clients.js";

/** What a module is loaded from. */
export type ModuleSource = URL | string | Response | BufferSource | WebAssembly.Module;
/**
 * Loads the module now, from where you say. No call needs it: each loads the module by itself. In a browser that is the
 * module `page`; `clients`, which `IncoCloud` and a `Storefront` over clients need, is loaded by their first call: `rest` is
 * where from.
 */
export declare function init(source?: ModuleSource, rest?: ModuleSource): Promise<void>;
export declare const version: string;

export interface CallOptions {
  /** Gives the call up, also while it waits for the quota. */
  signal?: AbortSignal;
  /** Bounds one supplier request, from its admission by the quota to its last byte. Default 30,000. */
  timeoutMs?: number;
  /** Bounds the whole call: waiting for quota, all parts, all attempts. No default. */
  overallTimeoutMs?: number;
  /** Bypass and refresh any cache on the way. At a proxy honoured for buyer and staff alone. */
  fresh?: boolean;
  language?: Language;
  /** Of work that takes several requests. */
  onProgress?: (progress: { done: number; total?: number }) => void;
}

export interface ClientOptions {
  /** Supplier's base, or a proxy's, absolute or relative to the page. */
  baseUrl?: string;
  fetch?: typeof fetch;
  /** Default 30,000. */
  timeoutMs?: number;
  /** Repeats of one request, where a repeat is safe. Default 3. */
  maxRetries?: number;
  /** Upper bound, default 600; the client also learns a lower one from 429. */
  requestsPerMinute?: number;
  /** Told of every attempt; nothing secret is in it. */
  onAttempt?: (attempt: Attempt) => void;
}

export interface Attempt {
  /** The operation's name; `token` for the token's own request. */
  operation: string;
  method: string;
  url: string;
  attempt: number;
  status?: number;
  durationMs: number;
  error?: string;
}

export type Language =
  | "bg" | "bs" | "cs" | "de" | "el" | "en" | "et" | "hu" | "hr" | "lt" | "lv" | "pl" | "ro" | "sk" | "sl" | "sr" | "uk";

export interface InterCarsOptions extends ClientOptions {
  /** Server side only; without them the client trusts its proxy (or `bearer`). White space around them is trimmed. */
  clientId?: string;
  clientSecret?: string;
  tokenUrl?: string;
  /** A token of your own making, asked for before each request. */
  bearer?: () => string | Promise<string>;
  language?: Language;
  /** The figure at which the supplier caps availability for this customer: it then means "or more". Default 10. */
  availabilityCap?: number;
  /** IANA zone of the customer's local times. */
  timeZone?: string;
}

/** Rows as sent, and what could not be answered: every asked key is in one of them. Unknown is never zero. */
export interface Batch<T> {
  items: T[];
  skipped: { sku?: string; index?: string; code?: string; reason: string }[];
}

/** Lazily fetched rows: `for await`, page by page, or all. Each walk begins anew. */
export interface Pager<T> extends AsyncIterable<T> {
  pages(): AsyncIterable<T[]>;
  toArray(options?: { limit?: number }): Promise<T[]>;
  /** What stayed out of reach of the latest walk, so far. */
  readonly gaps: { where: string; expected?: number; got: number; reason: string }[];
}

/** YYYY-MM-DD, UTC, both ends included, of any length. */
export interface DateRange {
  from: string;
  to: string;
}

/**
 * Inter Cars IC API. Amounts are the supplier's numbers, as sent; times without a zone are the customer's local times.
 * Reads are repeated where that may help; writes are sent once.
 */
export declare class InterCars {
  constructor(options?: InterCarsOptions);
  /**
   * Stock, a row per item and warehouse. Any number of SKUs or indexes: sent in the supplier's batches of 100,
   * concurrently, within the quota. `location`: ten at most. Source: `GET` and `POST /inventory/stock`.
   */
  stock(
    query: { sku?: string[]; index?: string[]; location?: string[]; shipTo?: string },
    options?: CallOptions,
  ): Promise<Batch<StockLine>>;
  /**
   * Price and stock. Any number of lines: sent in batches of 30. There may be one entry per warehouse for the same item;
   * an item without any cannot be bought and is in `skipped`. Source: `POST /inventory/quote`.
   */
  quote(
    query: { lines: Wanted[]; location?: string[]; shipTo?: string },
    options?: CallOptions,
  ): Promise<Batch<QuoteLine>>;
  /** Prices. Any number of lines: sent in batches of 100. Source: `POST /pricing/quote`. */
  price(
    query: { lines: Wanted[]; location?: string[]; shipTo?: string },
    options?: CallOptions,
  ): Promise<Batch<PriceLine>>;
  /** Children of a category, or the roots. The children of a leaf are its own siblings. Source: `GET /catalog/category`. */
  categories(categoryId?: string, options?: CallOptions): Promise<Category[]>;
  /**
   * One page of products, numbered from 0, of 25 rows unless `pageSize` (100 at most) says otherwise; the supplier shows
   * 10,000 rows of a query. One of `categoryId`, `sku`, `index` is needed. Source: `GET /catalog/products`.
   */
  products(
    query: {
      categoryId?: string;
      sku?: string;
      index?: string;
      brands?: string;
      pageNumber?: number;
      pageSize?: number;
    },
    options?: CallOptions,
  ): Promise<ProductPage>;
  /**
   * Every product within reach of a category, each once: past the supplier's ceiling of 10,000 rows by its children, and a
   * leaf by its brands. `gaps` names what stays hidden. Source: `GET /catalog/products` and `/catalog/category`.
   */
  allProducts(query: { categoryId?: string; brands?: string }, options?: CallOptions): Pager<Product>;
  /** Source: `GET /delivery/{id}`. */
  getDelivery(id: string, options?: CallOptions): Promise<Delivery[]>;
  /** Deliveries with their lines, oldest window first, rows as sent, each once. Source: `GET /delivery`. */
  searchDeliveries(range: DateRange, options?: CallOptions): Pager<Delivery>;
  /** Deliveries without their lines. Source: `GET /delivery/metadata`. */
  searchDeliveryMetadata(range: DateRange, options?: CallOptions): Pager<Delivery>;
  /** `techId`: the id is the technical one. Source: `GET /invoice/{id}`. */
  getInvoice(id: string, options?: CallOptions & { techId?: boolean }): Promise<Invoice[]>;
  /** Source: `GET /invoice`. */
  searchInvoices(
    query: DateRange & { shipTo?: string; invoiceClassification?: "INVOICE" | "CREDIT_NOTE" },
    options?: CallOptions,
  ): Pager<Invoice>;
  /**
   * Orders. Sent once; while this client lives, at most one order comes of one `idempotencyKey` (made where left out). An
   * ambiguous end rejects with `unknown_outcome` and the key: look for the order, do not send it again. A crash of the
   * process forgets keys. In a browser only through a proxy: browsers repeat a request by themselves when its connection
   * breaks, and reject with `unsupported` here where the base is the supplier's own. After a refusal the finances are looked up, and an overdue balance is named.
   * Source: `POST /sales/requisition`.
   */
  submitRequisition(requisition: Requisition, options?: CallOptions & { idempotencyKey?: string }): Promise<Order[]>;
  /** The orders of a requisition. Source: `GET /sales/requisition/{id}`. */
  getRequisition(id: string, options?: CallOptions): Promise<Order[]>;
  /** Source: `GET /sales/requisition`. */
  searchRequisitions(query: DateRange & { shipTo?: string }, options?: CallOptions): Pager<Order>;
  /** Only requisitions in phase ACCEPTED; sent once. Source: `POST /sales/requisition/{id}/confirm`. */
  confirmRequisition(
    id: string,
    options?: CallOptions & { shipTo?: string; idempotencyKey?: string },
  ): Promise<Order[]>;
  /** Only requisitions in phase ACCEPTED; sent once. Source: `POST /sales/requisition/{id}/cancel`. */
  cancelRequisition(
    id: string,
    options?: CallOptions & { shipTo?: string; idempotencyKey?: string },
  ): Promise<Order[]>;
  /** Source: `GET /sales/order/{id}`. */
  getOrder(id: string, options?: CallOptions): Promise<Order>;
  /** The customer's card. Source: `GET /customer`. */
  customer(options?: CallOptions): Promise<Customer>;
  /** Whether orders are taken, and what is owed. Source: `GET /customer/finances`. */
  finances(options?: CallOptions): Promise<Finances>;
}

/** Sizes of a product's package as numbers (kilograms, centimetres), in whichever spelling they came. */
export declare function packageSizes(product: Product): {
  weight?: number;
  length?: number;
  width?: number;
  height?: number;
  depth?: number;
};
/** Numbers of deliveries, one each: the supplier writes several into one text. */
export declare function deliveryIds(line: InvoiceLine | OrderLine): string[];
/** How many pieces: at the customer's cap there may be more. */
export declare function quantityOf(line: StockLine, availabilityCap?: number): Quantity;
/**
 * A time as sent. `instant` is there where the time has a zone of its own (`zoned`), or where `timeZone` (IANA) says which
 * zone the customer's local times are in.
 */
export declare function timeOf(
  text: string | null | undefined,
  timeZone?: string,
): { text: string; zoned: boolean; instant?: Date } | undefined;
/** Exact: what amounts of one currency make together, all net or all gross. */
export declare function sumMoney(amounts: Money[]): Promise<Money>;
/** Exact: so many times the amount. A factor with decimals is best given as text. */
export declare function timesMoney(amount: Money, factor: string | number): Promise<Money>;

/** What would be sent, split as the supplier demands; secrets left out. */
export declare function buildRequests<O extends keyof Operations>(
  operation: O,
  args: Operations[O]["args"],
  options?: { baseUrl?: string; language?: Language },
): Promise<BuiltRequest[]>;
export interface BuiltRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** The rows of an answer that came by a transport of your own, checked. */
export declare function decode<O extends keyof Operations>(
  operation: O,
  body: Uint8Array | string,
): Promise<Operations[O]["answer"]>;

export interface IncoCloudOptions extends ClientOptions {
  /** Server side only, with `appSecret`; without them the client asks the proxy at `baseUrl`. White space around them is trimmed. */
  appId?: string;
  appSecret?: string;
  /** Where tokens come from. Default `https://incocloud.com/connect/api/access_token`. */
  authUrl?: string;
  /** Exact origins that a token may name as its server besides https hosts under .incocloud.com: the only exception. */
  trustedServers?: string[];
  /** What the service really calls a field, where that was inferred wrongly: `{ item: { regular_price: "retail_price" } }`. */
  fieldNames?: Record<string, Record<string, string>>;
}

/** What a resource was at some time: plain data, for any store. */
export interface Snapshot {
  resource: string;
  /** ISO 8601. */
  takenAt: string;
  rows: unknown;
}

/** What is undefined or null is not sent. */
type Query = Record<string, string | number | boolean | null | undefined>;

/**
 * IncoCloud Web API, a shop's own point of sale. Amounts are in the database's currency; whether tax is in them is a setting
 * of the database. Times without a zone are the shop's local time. Four requests at once. Of most fields the supplier
 * prints nothing: the declarations say which are inferred or guessed, and what else comes is there at run time.
 * In a page give `baseUrl`: a secret has no place there.
 */
export declare class IncoCloud {
  constructor(options?: IncoCloudOptions);
  /** Source: `GET item`. */
  items(query?: ItemQuery | (ItemQuery & Query), options?: CallOptions): Promise<Item[]>;
  /**
   * With both days (inside, local to the shop) any range: asked for in windows that adapt to the answers' size, each sale
   * once. Source: `GET sale`.
   */
  sales(query?: OperationQuery | (OperationQuery & Query), options?: CallOptions): Promise<Sale[]>;
  /**
   * Sent once; while this client lives, at most one sale comes of one `idempotencyKey`. An ambiguous end rejects with
   * `unknown_outcome`, and its message names the sales of these days that are like it. `permission` where the localization
   * has no such call. Source: `POST sale`.
   */
  createSale(sale: NewSale, options?: CallOptions & { idempotencyKey?: string }): Promise<CreatedSale>;
  /** Any of the 33 resources; parameters that are not known here are sent as given. Dated ones take any range, as sales do. */
  list<R extends keyof IncoRows>(
    resource: R,
    query?: Operations[R]["args"] | Query,
    options?: CallOptions,
  ): Promise<IncoRows[R][]>;
  /**
   * What changed since a snapshot; without one everything is added. Rows are known by `id`, or by `operation_number` where
   * they have none. Everything is asked for each time: the supplier offers no such question. `query` narrows what is asked
   * for, and must stay the same.
   */
  sync<R extends keyof IncoRows>(
    resource: R,
    since?: Snapshot,
    options?: CallOptions & { query?: Operations[R]["args"] | Query },
  ): Promise<{ snapshot: Snapshot; added: IncoRows[R][]; changed: IncoRows[R][]; removed: number[] }>;
}

/**
 * What of the shop's item is the same as what of the supplier's product. `tolerant`: case, spaces and dashes do not count, nor
 * zeros in front of a bar code.
 */
export interface MatchRule {
  item: "code" | "catalog" | "bar_code";
  supplier: "sku" | "index" | "ean";
  tolerant?: boolean;
}

/** What can be had and what it costs: from the shop's own point of sale and the supplier at once, or from a proxy. */
export declare class Storefront {
  /**
   * With `intercars` or `incocloud` the systems are asked directly (server side); else the proxy at `baseUrl`, or at the
   * page's own origin. `match`: where the shop's items meet the supplier's products; the first rule that finds any decides;
   * without rules the shop's `code` is the supplier's `sku`. `shop`: what the shop's own prices are; without it its side has
   * no price. `itemsMaxAgeMs`: how old what is known of the shop's items may be, 60,000 if left out.
   */
  constructor(options?: {
    intercars?: InterCars;
    incocloud?: IncoCloud;
    baseUrl?: string;
    fetch?: typeof fetch;
    match?: MatchRule[];
    shop?: { currency: string; pricesIncludeVat: boolean; priceField: string };
    itemsMaxAgeMs?: number;
  });
  /**
   * One entry for each SKU, in the order asked; what nobody could tell is `unknown`, never zero. Where one side fails, the
   * other's answer stays, and a place without a quantity stands for it. With an own shop `in_stock` and `low` are pieces at
   * hand; what only the supplier has is `orderable`.
   */
  availability(
    query: string[] | { sku: string[]; location?: string[]; shipTo?: string },
    options?: CallOptions,
  ): Promise<Availability[]>;
  /**
   * An offer for each line and whoever has a price for it, in the order asked: the supplier's list price with tax, the
   * shop's own, or what the proxy asks. Of several for one line the cheapest comes first, and `cheapest` and `soonest` say
   * which is which.
   */
  offers(lines: Wanted[], options?: CallOptions): Promise<Offer[]>;
  /**
   * The shop's items that have no partner at the supplier, and those that have several or share one. The supplier is asked
   * for SKUs and for indexes as the shop writes them; it cannot be asked for bar codes, nor for an index in any spelling, so
   * that items which meet in these ways alone are named here too. Needs both systems.
   */
  unmatched(options?: CallOptions): Promise<{ items: Item[]; ambiguous: { item: Item; sku: string[] }[] }>;
}

/** Every rejection is one of these. */
export declare class StocklaneError extends Error {
  readonly kind:
    | "auth" | "permission" | "validation" | "business" | "not_found" | "rate_limited" | "timeout" | "network"
    | "aborted" | "decode" | "upstream" | "policy" | "conflict" | "unknown_outcome" | "unsupported" | "internal";
  readonly status?: number;
  /** The supplier's own code, such as ICF201. */
  readonly code?: string;
  /** The supplier's number of this very failure, or the proxy's correlation id. */
  readonly errorId?: string;
  /** Whether the same call may succeed a little later. */
  readonly retryable: boolean;
  /** ISO 8601, where the supplier or the quota named a time. */
  readonly retryAt?: string;
  /** Of an order: what to ask again with. */
  readonly idempotencyKey?: string;
  /** What to do about it, in plain words. */
  readonly hint?: string;
}
