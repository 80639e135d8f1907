// The surface that users program against, as far as it is built. The package's own declarations must be assignable to it;
// they may be more exact and offer more. conformance.ts checks that.
export declare function init(source?: URL | string | Response | BufferSource | WebAssembly.Module): Promise<void>;
export declare const version: string;

export interface CallOptions {
  signal?: AbortSignal;
  /** Bounds one supplier request, from its admission by the quota to its last byte. Default 30,000. */
  timeoutMs?: number;
  /** Bounds the whole call: waiting for quota, all parts, all attempts. No default: a large pull may take minutes. */
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
  timeoutMs?: number;
  maxRetries?: number;
  /** Upper bound; the client also learns a lower one from 429. */
  requestsPerMinute?: number;
  /** Told of every attempt, secrets redacted. */
  onAttempt?: (attempt: Attempt) => void;
}

export interface Attempt { operation: string; method: string; url: string; attempt: number; status?: number; durationMs: number; error?: string; }

export type Language = "bg" | "bs" | "cs" | "de" | "el" | "en" | "et" | "hu" | "hr" | "lt" | "lv" | "pl" | "ro" | "sk" | "sl" | "sr" | "uk";

export interface InterCarsOptions extends ClientOptions {
  /** Server side only; without them the client trusts its proxy (or `bearer`). */
  clientId?: string;
  clientSecret?: string;
  tokenUrl?: string;
  bearer?: () => string | Promise<string>;
  language?: Language;
  /** The figure at which the supplier caps availability for this customer: it then means "or more". Default 10. */
  availabilityCap?: number;
  /** IANA zone of the customer's local times; without it cut-offs are shown as sent, with no countdown. */
  timeZone?: string;
}

/** An item as asked for: by sku or by index, never both. */
export interface Wanted { sku?: string; index?: string; quantity?: number; }
/** Rows as sent, and what could not be answered: every asked key is in one of them. Unknown is never zero. */
export interface Batch<T> { items: T[]; skipped: { sku?: string; index?: string; code?: string; reason: string }[]; }
/** Lazily fetched rows: `for await`, page by page, or all; and what stayed out of reach. */
export interface Pager<T> extends AsyncIterable<T> {
  pages(): AsyncIterable<T[]>;
  toArray(options?: { limit?: number }): Promise<T[]>;
  readonly gaps: { where: string; expected?: number; got: number; reason: string }[];
}

/** YYYY-MM-DD, UTC, both ends included, of any length. */
export interface DateRange { from: string; to: string; }

export declare class InterCars {
  constructor(options?: InterCarsOptions);
  /** Any number of SKUs or indexes: sent in the supplier's batches, concurrently, within the quota. */
  stock(query: { sku?: string[]; index?: string[]; location?: string[]; shipTo?: string }, options?: CallOptions): Promise<Batch<StockLine>>;
  quote(query: { lines: Wanted[]; location?: string[]; shipTo?: string }, options?: CallOptions): Promise<Batch<QuoteLine>>;
  price(query: { lines: Wanted[]; location?: string[]; shipTo?: string }, options?: CallOptions): Promise<Batch<PriceLine>>;
  categories(categoryId?: string, options?: CallOptions): Promise<Category[]>;
  products(query: { categoryId?: string; sku?: string; index?: string; brands?: string; pageNumber?: number; pageSize?: number }, options?: CallOptions): Promise<ProductPage>;
  /** Every product within reach of a category, each once; `gaps` names what the supplier's ceiling hides. */
  allProducts(query: { categoryId?: string; brands?: string }, options?: CallOptions): Pager<Product>;
  getDelivery(id: string, options?: CallOptions): Promise<Delivery[]>;
  /** Ranges are split into the supplier's windows, oldest first, rows as sent, each once. */
  searchDeliveries(range: DateRange, options?: CallOptions): Pager<Delivery>;
  searchDeliveryMetadata(range: DateRange, options?: CallOptions): Pager<Delivery>;
  getInvoice(id: string, options?: CallOptions & { techId?: boolean }): Promise<Invoice[]>;
  searchInvoices(query: DateRange & { shipTo?: string; invoiceClassification?: "INVOICE" | "CREDIT_NOTE" }, options?: CallOptions): Pager<Invoice>;
  /** At most one order comes of one idempotencyKey; an ambiguous end rejects with `unknown_outcome` and the key. */
  submitRequisition(requisition: Requisition, options?: CallOptions & { idempotencyKey?: string }): Promise<Order[]>;
  getRequisition(id: string, options?: CallOptions): Promise<Order[]>;
  searchRequisitions(query: DateRange & { shipTo?: string }, options?: CallOptions): Pager<Order>;
  confirmRequisition(id: string, options?: CallOptions & { shipTo?: string; idempotencyKey?: string }): Promise<Order[]>;
  cancelRequisition(id: string, options?: CallOptions & { shipTo?: string; idempotencyKey?: string }): Promise<Order[]>;
  getOrder(id: string, options?: CallOptions): Promise<Order>;
  customer(options?: CallOptions): Promise<Customer>;
  finances(options?: CallOptions): Promise<Finances>;
}

// Wire types of Inter Cars: the seed lists every field. Only what is certain is required; null and absence are kept
// apart as sent; a field that the supplier adds later is still there at run time.
export interface StockLine { sku: string; location: string; availability: number; latestDeliveryDate?: string | null; index?: string; name?: string; eans?: string[]; }
export interface Price { currencyCode: string; listPriceNet: number; listPriceGross: number; vatPercentage: number; customerPriceNet?: number; customerPriceGross?: number; }
export interface QuoteLine { sku: string; quantity: number; price: Price; lines: StockLine[]; index?: string; name?: string; }
export interface PriceLine { sku: string; quantity: number; price: Price; index?: string; name?: string; }
export interface Category { categoryId: string; label: string; }
export interface Product { sku: string; index?: string; brand?: string; shortDescription?: string; eans?: string[]; }
export interface ProductPage { totalResults: number; hasNextPage: boolean; products: Product[]; }
export interface Delivery { id: string; orderId?: string; creationDate?: string; }
export interface Invoice { id: string; techId?: string; totalNet?: number; totalGross?: number; }
export interface Requisition { lines: { sku?: string; index?: string; requiredQuantity: number; unitPriceNet?: number; unitPriceGross?: number; custom?: "true" | "false" }[]; customNumber?: string; deliveryMethod?: string; paymentMethod?: string; deferredPayment?: boolean; fiscalDocumentEmailAddress?: string; shipTo?: string; comments?: string; }
export interface Order { id: string; requisitionId?: string; customNumber?: string; phaseCode?: string; totalNet?: number; totalGross?: number; }
export interface Customer { name?: string; status?: string; defaultLocation?: string; automaticOrderConfirmation?: boolean; }
export interface Finances { orderingAllowed: boolean; balance?: number; overdueBalance?: number; availableCreditLimit?: number; currencyCode?: string; }

/** Some of the operations by name; args as the client's method takes them, answer as one request gives it. */
export interface Operations {
  stock: { args: { sku?: string[]; index?: string[]; location?: string[]; shipTo?: string }; answer: StockLine[] };
  quote: { args: { lines: Wanted[]; location?: string[]; shipTo?: string }; answer: QuoteLine[] };
  finances: { args: {}; answer: Finances };
}
export interface BuiltRequest { method: "GET" | "POST"; url: string; headers: Record<string, string>; body?: string; }
/** What would be sent, split as the supplier demands; secrets left out. */
export declare function buildRequests<O extends keyof Operations>(operation: O, args: Operations[O]["args"], options?: { baseUrl?: string; language?: Language }): Promise<BuiltRequest[]>;
export declare function decode<O extends keyof Operations>(operation: O, body: Uint8Array | string): Promise<Operations[O]["answer"]>;

export interface IncoCloudOptions extends ClientOptions {
  appId?: string;
  appSecret?: string;
  authUrl?: string;
  /** Exact origins that `server_url` may name besides https hosts under .incocloud.com: the only exception. */
  trustedServers?: string[];
  /** Corrections to inferred field names, as data. */
  fieldNames?: Record<string, Record<string, string>>;
}
export interface IncoRows {
  item: Item; item_group: IncoRow; item_tag: IncoRow; item_tag_connection: IncoRow; sale: Sale; sales_order: IncoRow; return: IncoRow; credit_note: IncoRow; purchase: IncoRow; purchase_return: IncoRow; invoice: IncoRow; cash_receipt: IncoRow; partner: IncoRow; partner_group: IncoRow; location: IncoRow; location_group: IncoRow; payment: IncoRow; payment_type: IncoRow; vat_group: IncoRow; price_rule: IncoRow; operation_status: IncoRow; booking: IncoRow; booking_availability: IncoRow; booking_profile: IncoRow; booking_location_type: IncoRow; booking_rate_type: IncoRow; booking_status: IncoRow; reservation: IncoRow; restaurant_order_request: IncoRow; restaurant_order_request_status: IncoRow; subscription: IncoRow; subscription_event: IncoRow; voucher: IncoRow;
}
export interface IncoRow { id?: number; name?: string; }
export interface Item { id?: number; code: string; name: string; availability?: number | { location_id: number; quantity: number }[]; }
export interface Sale { operation_number: number; total: number; }
export interface NewSale { location_id: number; partner_id: number; details: { item_id: number; quantity: number; price_out: number }[]; }
/** A plain, serialisable value. */
export interface Snapshot { resource: string; takenAt: string; rows: unknown; }

export declare class IncoCloud {
  constructor(options?: IncoCloudOptions);
  items(query?: { id?: number; location_id?: number; group_id?: number; tag_id?: number; only_available?: boolean; include_availability?: boolean; code?: string; catalog?: string }, options?: CallOptions): Promise<Item[]>;
  sales(query?: { operation_number?: number; location_id?: number; partner_id?: number; from_date?: string; to_date?: string; load_payments?: boolean }, options?: CallOptions): Promise<Sale[]>;
  createSale(sale: NewSale, options?: CallOptions & { idempotencyKey?: string }): Promise<{ id: number }>;
  /** All 33 resources by name, typed by it. */
  list<R extends keyof IncoRows>(resource: R, query?: Record<string, string | number | boolean>, options?: CallOptions): Promise<IncoRows[R][]>;
  /** What changed since a snapshot: the supplier offers no such question. */
  sync<R extends keyof IncoRows>(resource: R, since?: Snapshot, options?: CallOptions): Promise<{ snapshot: Snapshot; added: IncoRows[R][]; changed: IncoRows[R][]; removed: number[] }>;
}

/** Exact: a decimal in text, never a float. */
export interface Money { amount: string; currency: string; vat: "net" | "gross"; }
export interface Quantity { value: number; atLeast: boolean; }
export interface MatchRule { item: "code" | "catalog" | "bar_code"; supplier: "sku" | "index" | "ean"; tolerant?: boolean; }
export declare class Storefront {
  constructor(options: { intercars?: InterCars; incocloud?: IncoCloud; baseUrl?: string; match?: MatchRule[]; shop?: { currency: string; pricesIncludeVat: boolean; priceField: string } });
  availability(query: string[] | { sku: string[]; location?: string[]; shipTo?: string }, options?: CallOptions): Promise<Availability[]>;
  offers(lines: Wanted[], options?: CallOptions): Promise<Offer[]>;
  unmatched(options?: CallOptions): Promise<{ items: Item[]; ambiguous: { item: Item; sku: string[] }[] }>;
}
export interface Availability {
  sku: string;
  state: "in_stock" | "low" | "orderable" | "out_of_stock" | "unknown";
  /** Summed over places, atLeast where any is at the supplier's cap; null where unknown or not for this audience. */
  quantity: Quantity | null;
  /** `location` is a supplier's code and reaches buyer and staff alone; `label` is the shop's own word. */
  places: { source: "intercars" | "incocloud"; location?: string; label?: string; quantity: Quantity | null; orderBy?: string; deliverBy?: string }[];
}
export interface Offer { sku: string; quantity: number; source: "intercars" | "incocloud"; unit: Money; total: Money; vatPercentage?: number; deposit?: Money; priceOnRequest?: boolean; deliverBy?: string; }

/** Every rejection is one of these. */
export declare class StocklaneError extends Error {
  readonly kind: "auth" | "permission" | "validation" | "business" | "not_found" | "rate_limited" | "timeout" | "network" | "aborted" | "decode" | "upstream" | "policy" | "conflict" | "unknown_outcome" | "unsupported" | "internal";
  readonly status?: number;
  /** The supplier's own code, such as ICF201. */
  readonly code?: string;
  readonly errorId?: string;
  readonly retryable: boolean;
  /** ISO 8601, where the supplier or the quota named a time. */
  readonly retryAt?: string;
  /** Of an order: what to ask again with. */
  readonly idempotencyKey?: string;
  /** What to do about it, in plain words. */
  readonly hint?: string;
}

export type Role = "visitor" | "buyer" | "staff";
export interface ProxyOptions {
  /** Origins are fixed here, at construction, never by a request. */
  intercars?: InterCarsOptions;
  incocloud?: IncoCloudOptions;
  allowedOrigins: string[];
  /** HMAC key of the sessions that the shop's own backend mints, and the one before it; without, everybody is a visitor. */
  sessionKey?: string | { current: string; previous?: string };
  /** What each role may call and which wire paths (`price.listPriceNet`) it is shown. What is not named does not exist; an unknown name throws at construction; "*" is refused for a visitor. */
  policy?: Partial<Record<Role, Record<string, { show: string[] }>>>;
  /** What a visitor or buyer is asked to pay: supplier's list price (default), cost or the shop's own, and a markup, computed exactly. */
  pricing?: { base: "list" | "customer" | "shop"; markupPercent?: string; groups?: Record<string, string>; round?: string };
  visitorRequestsPerMinute?: number;
  /** Whom a limit counts; only the Cloudflare Worker reads CF-Connecting-IP. Unset: one common bucket. */
  clientAddress?: (request: Request, context: unknown) => string | undefined;
  /** Asked before suspicious volumes and a visitor's first write; false refuses. */
  challenge?: (request: Request) => Promise<boolean>;
  /** The shop's words for places. */
  places?: Record<string, string>;
  /** Shared between instances; in memory where left out. */
  quota?: QuotaStore;
  cache?: SharedCache;
}
export interface QuotaStore {
  lease(account: string, ask: { lane: "order" | "price" | "stock" | "background"; wanted: number }): Promise<{ granted: number; validForMs: number; retryAfterMs: number }>;
  settle(account: string, report: { unused: number; throttled?: { retryAfterMs?: number } }): Promise<void>;
}
export interface SharedCache { get(key: string): Promise<Uint8Array | null>; put(key: string, value: Uint8Array, ttlMs: number): Promise<void>; lead(key: string, forMs: number): Promise<"lead" | "wait">; }
export declare class EdgeProxy { constructor(options: ProxyOptions); fetch(request: Request, context?: { waitUntil(work: Promise<unknown>): void }): Promise<Response>; }
/** `seesCost`: this buyer is itself the supplier's customer and may see customer prices. */
export declare function mintSession(claims: { sub: string; role: Role; origin?: string | string[]; shipTo?: string | string[]; partnerId?: number; seesCost?: boolean; expiresInSeconds: number }, key: string): Promise<string>;

export declare function createWorker(configure: (env: unknown) => ProxyOptions): { fetch(request: Request, env: unknown, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response> };
export declare function renderWidget(name: "stock" | "quote", data: unknown, options: { lang: Language }): Promise<string>;
