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
check<surface.Money>(is<pkg.Money>());
check<surface.Quantity>(is<pkg.Quantity>());
check<surface.Availability>(is<pkg.Availability>());
check<surface.Offer>(is<pkg.Offer>());

// What users give: whatever the surface allows, the package takes.
check<ConstructorParameters<typeof pkg.InterCars>>(is<ConstructorParameters<typeof surface.InterCars>>());
check<ConstructorParameters<typeof pkg.Storefront>>(is<ConstructorParameters<typeof surface.Storefront>>());
check<ConstructorParameters<typeof edge.EdgeProxy>>(is<ConstructorParameters<typeof surface.EdgeProxy>>());
check<pkg.InterCarsOptions>(is<surface.InterCarsOptions>());
check<pkg.CallOptions>(is<surface.CallOptions>());
check<pkg.Wanted>(is<surface.Wanted>());
check<pkg.Requisition>(is<surface.Requisition>());
check<pkg.DateRange>(is<surface.DateRange>());
check<edge.ProxyOptions>(is<surface.ProxyOptions>());
check<pkg.Language>(is<surface.Language>());
check<edge.Role>(is<surface.Role>());
