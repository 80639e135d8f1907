// The generated declarations against the surface. Methods are compared as function properties: as methods they would be
// bivariant and prove nothing. The two aliases are the same on purpose: with one, the compiler compares by variance and
// does not look.
import type * as surface from "./surface.js";
import type * as pkg from "stocklane";
import type * as edge from "stocklane/edge";
import type * as cloudflare from "stocklane/cloudflare";

type Wanted<T> = { [K in keyof T]: T[K] extends (...a: infer A) => infer R ? (...a: A) => R : T[K] };
type Got<T> = { [K in keyof T]: T[K] extends (...a: infer A) => infer R ? (...a: A) => R : T[K] };

/** Compiles only where what the package gives is what the surface wants. */
declare function check<W>(got: W): void;
declare function is<T>(): T;

// What users are given.
check<Wanted<surface.InterCars>>(is<Got<pkg.InterCars>>());
check<Wanted<surface.IncoCloud>>(is<Got<pkg.IncoCloud>>());
check<Wanted<surface.Storefront>>(is<Got<pkg.Storefront>>());
check<Wanted<surface.EdgeProxy>>(is<Got<edge.EdgeProxy>>());
check<Wanted<surface.StocklaneError>>(is<Got<pkg.StocklaneError>>());
check<Wanted<surface.StocklaneError>>(is<Got<edge.StocklaneError>>());
check<Wanted<surface.Pager<surface.Product>>>(is<Got<pkg.Pager<pkg.Product>>>());
check<typeof surface.init>(is<typeof pkg.init>());
check<typeof surface.version>(is<typeof pkg.version>());
check<typeof surface.mintSession>(is<typeof edge.mintSession>());
check<typeof surface.renderWidget>(is<typeof edge.renderWidget>());
check<typeof surface.createWorker>(is<typeof cloudflare.createWorker>());
check<surface.BuiltRequest>(is<pkg.BuiltRequest>());
check<surface.Attempt>(is<pkg.Attempt>());
check<surface.Batch<surface.StockLine>>(is<pkg.Batch<pkg.StockLine>>());
check<{ [O in keyof surface.Operations]: (operation: O, args: surface.Operations[O]["args"], options?: { baseUrl?: string; language?: surface.Language }) => Promise<surface.BuiltRequest[]> }[keyof surface.Operations]>(is<typeof pkg.buildRequests>());
check<(operation: "stock", args: surface.Operations["stock"]["args"]) => Promise<surface.BuiltRequest[]>>(is<typeof pkg.buildRequests>());
check<(operation: "quote", args: surface.Operations["quote"]["args"]) => Promise<surface.BuiltRequest[]>>(is<typeof pkg.buildRequests>());
check<(operation: "finances", args: surface.Operations["finances"]["args"]) => Promise<surface.BuiltRequest[]>>(is<typeof pkg.buildRequests>());
check<(operation: "stock", body: Uint8Array | string) => Promise<surface.StockLine[]>>(is<typeof pkg.decode>());
check<(operation: "quote", body: Uint8Array | string) => Promise<surface.QuoteLine[]>>(is<typeof pkg.decode>());
check<(operation: "finances", body: Uint8Array | string) => Promise<surface.Finances>>(is<typeof pkg.decode>());

// The wire's rows.
check<surface.StockLine>(is<pkg.StockLine>());
check<surface.QuoteLine>(is<pkg.QuoteLine>());
check<surface.Price>(is<pkg.Price>());
check<surface.PriceLine>(is<pkg.PriceLine>());
check<surface.Category>(is<pkg.Category>());
check<surface.Product>(is<pkg.Product>());
check<surface.ProductPage>(is<pkg.ProductPage>());
check<surface.Delivery>(is<pkg.Delivery>());
check<surface.Invoice>(is<pkg.Invoice>());
check<surface.Order>(is<pkg.Order>());
check<surface.Customer>(is<pkg.Customer>());
check<surface.Finances>(is<pkg.Finances>());
check<surface.IncoRow>(is<pkg.IncoItemGroup>());
check<surface.Item>(is<pkg.Item>());
check<surface.Sale>(is<pkg.Sale>());
check<{ id: number }>(is<pkg.CreatedSale>());
check<surface.IncoRows>(is<pkg.IncoRows>());
// No more and no fewer resources than there are.
check<keyof pkg.IncoRows>(is<keyof surface.IncoRows>());
check<keyof surface.IncoRows>(is<keyof pkg.IncoRows>());
check<surface.Snapshot>(is<pkg.Snapshot>());
// Of each resource its own rows: with the name left open, the compiler would compare too little.
check<{ [R in keyof surface.IncoRows]: surface.IncoRows[R][] }>(is<{ [R in keyof pkg.IncoRows]: Awaited<ReturnType<typeof pkg.IncoCloud.prototype.list<R>>> }>());
type Changes<Row> = { snapshot: surface.Snapshot; added: Row[]; changed: Row[]; removed: number[] };
check<{ [R in keyof surface.IncoRows]: Changes<surface.IncoRows[R]> }>(is<{ [R in keyof pkg.IncoRows]: Awaited<ReturnType<typeof pkg.IncoCloud.prototype.sync<R>>> }>());
check<(query?: Parameters<surface.IncoCloud["items"]>[0], options?: surface.CallOptions) => Promise<surface.Item[]>>(is<pkg.IncoCloud["items"]>());
check<(query?: Parameters<surface.IncoCloud["sales"]>[0], options?: surface.CallOptions) => Promise<surface.Sale[]>>(is<pkg.IncoCloud["sales"]>());
check<(resource: "sale", query?: Record<string, string | number | boolean>, options?: surface.CallOptions) => Promise<surface.Sale[]>>(is<pkg.IncoCloud["list"]>());
check<(resource: "booking", since?: surface.Snapshot, options?: surface.CallOptions) => Promise<Changes<surface.IncoRow>>>(is<pkg.IncoCloud["sync"]>());
check<surface.Money>(is<pkg.Money>());
check<surface.Quantity>(is<pkg.Quantity>());
check<surface.Availability>(is<pkg.Availability>());
check<surface.Offer>(is<pkg.Offer>());

// What users give: whatever the surface allows, the package takes.
check<ConstructorParameters<typeof pkg.InterCars>>(is<ConstructorParameters<typeof surface.InterCars>>());
check<ConstructorParameters<typeof pkg.IncoCloud>>(is<ConstructorParameters<typeof surface.IncoCloud>>());
check<ConstructorParameters<typeof pkg.Storefront>>(is<ConstructorParameters<typeof surface.Storefront>>());
check<ConstructorParameters<typeof edge.EdgeProxy>>(is<ConstructorParameters<typeof surface.EdgeProxy>>());
check<pkg.InterCarsOptions>(is<surface.InterCarsOptions>());
check<pkg.IncoCloudOptions>(is<surface.IncoCloudOptions>());
check<pkg.NewSale>(is<surface.NewSale>());
check<pkg.Snapshot>(is<surface.Snapshot>());
check<pkg.MatchRule>(is<surface.MatchRule>());
check<pkg.CallOptions>(is<surface.CallOptions>());
check<pkg.Wanted>(is<surface.Wanted>());
check<pkg.Requisition>(is<surface.Requisition>());
check<pkg.DateRange>(is<surface.DateRange>());
check<edge.ProxyOptions>(is<surface.ProxyOptions>());
check<pkg.Language>(is<surface.Language>());
check<edge.Role>(is<surface.Role>());
check<edge.QuotaStore>(is<surface.QuotaStore>());
check<edge.SharedCache>(is<surface.SharedCache>());
