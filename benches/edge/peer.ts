// The peer: what a shop would write by hand with Hono and zod, for its visitors alone. It gives the same answers as the
// package's Worker, keeps them as long, and has the same limits.
import { Hono } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import * as z from "zod";
import { Visitors } from "./visitors.ts";

interface Env {
  IC_BASE_URL: string;
  IC_TOKEN_URL: string;
  IC_CLIENT_ID: string;
  IC_CLIENT_SECRET: string;
  ALLOWED_ORIGINS: string;
  PLACES: string;
  VISITOR_REQUESTS_PER_MINUTE: string;
  /** What is kept: an answer for each SKU, or what the supplier has sent for each question. */
  KEEPS: "answers" | "stock";
}

const FRESH_MS = 30_000;
const GRACE_MS = 60_000;
const MOST_KEPT = 20_000;
const MOST_SKUS = 100;
const CAP = 10;
const LANGUAGES = ["bg", "bs", "cs", "de", "el", "en", "et", "hu", "hr", "lt", "lv", "pl", "ro", "sk", "sl", "sr", "uk"];

const optionalText = z.string().nullish();
const stockLine = z.object({
  location: z.string(),
  sku: z.string(),
  availability: z.number(),
  latestDeliveryDate: optionalText,
  orderDateTimeTo: optionalText,
  shipToBusinessUnitDeliveryDateTime: optionalText,
  customerRouteStartDateTime: optionalText,
  customerRouteCode: optionalText,
  index: optionalText,
  name: optionalText,
  description: optionalText,
  blockedReturn: z.boolean().nullish(),
  gtuCode: optionalText,
  eans: z.array(z.string()).nullish(),
});
const stockAnswer = z.array(stockLine);
const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().default(3600) });
const question = z.strictObject({
  sku: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.string().regex(/^[A-Za-z0-9]{1,32}$/)).max(MOST_SKUS)),
});

type StockLine = z.infer<typeof stockLine>;

interface Availability {
  sku: string;
  state: "in_stock" | "low" | "out_of_stock" | "unknown";
  quantity: { value: number; atLeast: boolean } | null;
  places: { source: "intercars"; label: string; quantity: null; orderBy?: string; deliverBy?: string }[];
}

/** What a visitor may know: a state, "10 or more", and places by the shop's own words. */
function availability(sku: string, lines: StockLine[], places: Map<string, string>): Availability {
  let sum = 0;
  let atLeast = false;
  const shown: Availability["places"] = [];
  for (const line of lines) {
    sum += Math.max(0, line.availability);
    atLeast ||= line.availability >= CAP;
    const label = places.get(line.location);
    if (line.availability <= 0 || label === undefined) continue;
    const deliverBy = line.shipToBusinessUnitDeliveryDateTime ?? line.latestDeliveryDate;
    shown.push({
      source: "intercars",
      label,
      quantity: null,
      ...(line.orderDateTimeTo != null && { orderBy: line.orderDateTimeTo }),
      ...(deliverBy != null && { deliverBy }),
    });
  }
  if (lines.length === 0) return { sku, state: "unknown", quantity: null, places: [] };
  const state = sum === 0 ? "out_of_stock" : sum <= 3 && !atLeast ? "low" : "in_stock";
  const many = state === "in_stock" && sum >= CAP;
  return { sku, state, quantity: many ? { value: CAP, atLeast: true } : null, places: shown };
}

/** A supplier's stock as visitors see it, kept in the isolate. */
class Stock {
  private readonly kept = new Map<string, { value: Availability | string; at: number }>();
  private readonly renewing = new Set<string>();
  private readonly places: Map<string, string>;
  private token?: { text: string; until: number };

  constructor(private readonly env: Env) {
    this.places = new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(env.PLACES))));
  }

  async of(skus: string[], language: string, later: (work: Promise<unknown>) => void): Promise<Availability[]> {
    // Either an answer a SKU, or the supplier's own words for this very question.
    const keys = this.env.KEEPS === "answers" ? skus : [skus.join()];
    const now = Date.now();
    const age = (key: string) => now - (this.kept.get(`${language} ${key}`)?.at ?? -Infinity);
    const missing = keys.filter((key) => age(key) >= FRESH_MS + GRACE_MS);
    if (missing.length > 0) await this.ask(missing, language);
    const old = keys.filter((key) => age(key) >= FRESH_MS && !this.renewing.has(`${language} ${key}`));
    if (old.length > 0) later(this.renew(old, language));
    const found = keys.map((key) => this.kept.get(`${language} ${key}`)!.value);
    if (this.env.KEEPS === "answers") return found as Availability[];
    return this.project(skus, stockAnswer.parse(JSON.parse(found[0] as string)));
  }

  private project(skus: string[], lines: StockLine[]): Availability[] {
    const bySku = Map.groupBy(lines, (line) => line.sku);
    return skus.map((sku) => availability(sku, bySku.get(sku) ?? [], this.places));
  }

  private async renew(keys: string[], language: string): Promise<void> {
    for (const key of keys) this.renewing.add(`${language} ${key}`);
    try {
      await this.ask(keys, language);
    } finally {
      for (const key of keys) this.renewing.delete(`${language} ${key}`);
    }
  }

  private async ask(keys: string[], language: string): Promise<void> {
    const url = `${this.env.IC_BASE_URL}/inventory/stock?sku=${keys.join()}`;
    const response = await fetch(url, { headers: { Authorization: `Bearer ${await this.bearer()}`, "Accept-Language": language } });
    if (!response.ok) throw new HTTPException(502, { message: "The supplier could not be asked" });
    const text = await response.text();
    const answers = this.env.KEEPS === "answers" ? this.project(keys, stockAnswer.parse(JSON.parse(text))) : [text];
    for (const [at, key] of keys.entries()) this.kept.set(`${language} ${key}`, { value: answers[at]!, at: Date.now() });
    for (const key of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      this.kept.delete(key);
    }
  }

  private async bearer(): Promise<string> {
    if (!this.token || Date.now() >= this.token.until) {
      const { IC_TOKEN_URL, IC_CLIENT_ID, IC_CLIENT_SECRET } = this.env;
      const response = await fetch(IC_TOKEN_URL, {
        method: "POST",
        headers: { Authorization: `Basic ${btoa(`${IC_CLIENT_ID}:${IC_CLIENT_SECRET}`)}` },
        body: new URLSearchParams({ grant_type: "client_credentials", scope: "allinone" }),
      });
      if (!response.ok) throw new HTTPException(502, { message: "The supplier gives no token" });
      const { access_token, expires_in } = tokenAnswer.parse(await response.json());
      this.token = { text: access_token, until: Date.now() + (expires_in - 60) * 1000 };
    }
    return this.token.text;
  }
}

/** The first language of a header that is one of the supplier's. */
function languageOf(header: string | undefined): string {
  for (const part of header?.split(",") ?? []) {
    const tag = part.split(/[;-]/, 1)[0]!.trim().toLowerCase();
    if (LANGUAGES.includes(tag)) return tag;
  }
  return "pl";
}

/** An isolate's own, made by its first request: only then are the variables there. */
let shop: { stock: Stock; visitors: Visitors; origins: string[] } | undefined;
const shopOf = (env: Env) =>
  (shop ??= {
    stock: new Stock(env),
    visitors: new Visitors(Number(env.VISITOR_REQUESTS_PER_MINUTE)),
    origins: env.ALLOWED_ORIGINS.split(",").map((origin) => origin.trim()),
  });

const app = new Hono<{ Bindings: Env }>();

app.use(async (c, next) => {
  c.header("Cache-Control", "private, no-store");
  c.header("X-Content-Type-Options", "nosniff");
  await next();
});
app.use(
  cors({
    origin: (origin, c) => (shopOf(c.env).origins.includes(origin) ? origin : null),
    credentials: true,
    exposeHeaders: ["Retry-After", "X-Correlation-Id", "X-Stocklane-Skipped", "X-Stocklane-Next", "X-Stocklane-Stale"],
  }),
);

app.get(
  "/availability",
  validator("query", (query) => {
    const asked = question.safeParse(query);
    if (!asked.success) throw new HTTPException(400, { message: "The request is not valid" });
    return asked.data;
  }),
  async (c) => {
    const { sku } = c.req.valid("query");
    const { stock, visitors } = shopOf(c.env);
    const retryAfter = visitors.admit(c.req.header("CF-Connecting-IP") ?? "", sku, Date.now());
    if (retryAfter !== undefined) {
      c.header("Retry-After", `${retryAfter}`);
      throw new HTTPException(429, { message: "Too many requests: try again later" });
    }
    return c.json(await stock.of(sku, languageOf(c.req.header("Accept-Language")), (work) => c.executionCtx.waitUntil(work)));
  },
);

app.onError((error, c) => {
  const status = error instanceof HTTPException ? error.status : 500;
  const correlationId = crypto.randomUUID();
  console.log(JSON.stringify({ level: status < 500 ? "warn" : "error", correlationId, message: error.message }));
  return c.json({ title: error.message, status, correlationId }, status, { "Content-Type": "application/problem+json" });
});

export default app;
