// The demo shop as a visitor meets it: in Chromium, by eye, by keyboard and by screen reader; and what it must not tell.
// The shop's address comes from STOCKLANE_DEMO_URL; without it `cargo xtask demo` is started for the run.
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { start } from "../harness/processes.mjs";

// What only the shop and its supplier know: credentials, tokens, the customer's price, tax of its own, warehouses, routes.
const SECRETS = [/sandbox-(secret|client|[0-9a-f]{16})/, /access_token|Bearer/i, /customerPrice/i, /98[.,]40?\b/, /vatAmount/i, /\b(KOM|HSN|POZ|HZA|LAZ|SOF|VAR)\b/, /3LISC2/];
const STATES = /In stock|Only a few left|Available to order|Out of stock/;
const PRICE = /PLN\s[\d,]+\.\d\d/;

const closers = [];
const close = async () => {
  for (const closer of closers.splice(0).reverse()) await closer();
};
after(close);

let base;
let browser;
const heard = [];
try {
  base = process.env.STOCKLANE_DEMO_URL ?? (await startDemo());
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  closers.push(() => browser.close());
} catch (error) {
  await close();
  throw error;
}

test("stock and price of both parts are seen, and read in words", async (t) => {
  const { page } = await open(t, "/?lang=en");
  for (const sku of ["ADDFFF", "ADDFFA"]) {
    const card = await ready(page, sku);
    const read = await card.ariaSnapshot();
    assert.match(read, STATES);
    assert.match(read, PRICE);
    assert.match(read, /per piece, (net, VAT not included|gross, VAT included)/);
    assert.doesNotMatch(read, /unknown|could not/i);
  }
  const price = await page.locator("stocklane-quote[sku=ADDFFF]").ariaSnapshot();
  assert.match(price, /PLN\s(123\.00 per piece, gross|100\.00 per piece, net)/);
});

test("the whole page makes one request a widget", async (t) => {
  const { page, asked } = await open(t, "/?lang=en");
  await ready(page, "ADDFFF");
  await ready(page, "ADDFFA");
  assert.deepEqual(asked.map((url) => url.pathname).sort(), ["/widgets/quote", "/widgets/stock"]);
  const shown = await page.locator("stocklane-stock").count();
  for (const url of asked) assert.equal(url.searchParams.get("sku").split(",").length, shown);
  assert.ok(asked.every((url) => url.origin === new URL(base).origin));
});

test("hardly anything moves while the widgets fill", async (t) => {
  const { page } = await open(t);
  // Slow enough that the page is painted before.
  await page.route("**/widgets/*?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  await page.goto(`${base}/?lang=en`);
  await ready(page, "ADDFFF");
  const shift = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 200);
      }),
  );
  assert.ok(shift < 0.1, `cumulative layout shift ${shift}`);
});

test("another language changes shop and widgets, with one request a widget", async (t) => {
  const { page, asked } = await open(t, "/?lang=en");
  await ready(page, "ADDFFF");
  const before = await page.locator("stocklane-stock[sku=ADDFFF]").ariaSnapshot();
  asked.length = 0;
  await page.getByLabel("Language").selectOption("pl");
  await settled(page);
  const after = await page.locator("stocklane-stock[sku=ADDFFF]").ariaSnapshot();
  assert.match(after, /W magazynie|Ostatnie sztuki|Na zamówienie|Brak w magazynie/);
  assert.notEqual(after, before);
  assert.match(await page.locator("stocklane-quote[sku=ADDFFF]").ariaSnapshot(), /\d,\d\d\szł/);
  assert.equal(await page.locator("html").getAttribute("lang"), "pl");
  assert.equal(await page.locator("h1").textContent(), "Części do Twojego auta");
  assert.deepEqual(asked.map((url) => url.pathname).sort(), ["/widgets/quote", "/widgets/stock"]);
  assert.ok(asked.every((url) => url.searchParams.get("lang") === "pl"));
});

test("a proxy out of reach is said, told as an event, and healed by keyboard with one request a widget", async (t) => {
  const { page, asked } = await open(t);
  await recordEvents(page);
  await page.route("**/widgets/*?*", (route) => route.abort());
  await page.goto(`${base}/?lang=en`);
  const stock = page.locator("stocklane-stock[sku=ADDFFF]");
  await stock.getByText("Could not be loaded").waitFor();
  await settled(page);
  // What the shop put inside stands beside it.
  await stock.getByText("For availability, call us").waitFor();
  const events = await page.evaluate(() => globalThis.told.filter(({ type }) => type === "stocklane-error"));
  assert.ok(events.some(({ detail }) => detail.sku === "ADDFFF" && detail.kind === "network"));

  const faces = await page.locator("select, [part=retry]").count();
  const reached = await tabThrough(page);
  assert.equal(reached[0], "a.skip");
  assert.ok(reached.includes("select"));
  assert.equal(reached.filter((name) => name === "button").length, faces - 1);

  await page.unroute("**/widgets/*?*");
  asked.length = 0;
  await stock.getByRole("button", { name: "Try again" }).focus();
  assert.equal(await stock.getAttribute("aria-live"), null);
  await page.keyboard.press("Enter");
  await settled(page);
  await ready(page, "ADDFFF");
  await ready(page, "ADDFFA");
  assert.deepEqual(asked.map((url) => url.pathname).sort(), ["/widgets/quote", "/widgets/stock"]);
  assert.equal(await stock.getAttribute("aria-live"), "polite");
  assert.equal(await stock.getAttribute("aria-busy"), null);
  const focused = await page.evaluate(() => document.activeElement.getAttribute("sku"));
  assert.equal(focused, "ADDFFF", "focus is lost");
  assert.ok(await page.evaluate(() => globalThis.told.some(({ type, detail }) => type === "stocklane-load" && detail.sku === "ADDFFF")));
});

test("a problem names its kind and its correlation id", async (t) => {
  const { page } = await open(t);
  await recordEvents(page);
  const problem = { type: "about:blank", status: 429, kind: "rate_limited", correlationId: "c0ffee" };
  await page.route("**/widgets/*?*", (route) => route.fulfill({ status: 429, contentType: "application/problem+json", body: JSON.stringify(problem) }));
  await page.goto(`${base}/?lang=de`);
  await page.locator("stocklane-quote[sku=ADDFFF]").getByText("Konnte nicht geladen werden").waitFor();
  const told = await page.evaluate(() => globalThis.told.find(({ detail }) => detail.sku === "ADDFFF").detail);
  assert.deepEqual(told, { kind: "rate_limited", correlationId: "c0ffee", sku: "ADDFFF" });
});

test("a failure is told in all 17 languages", async (t) => {
  const { page } = await open(t);
  await page.route("**/widgets/*?*", (route) => route.fulfill({ status: 503 }));
  await page.goto(`${base}/?lang=en`);
  const codes = await page.getByLabel("Language").locator("option").evaluateAll((options) => options.map((option) => option.value));
  assert.equal(codes.length, 17);
  const told = new Set();
  for (const code of codes) {
    await page.locator("select").selectOption(code);
    const line = page.locator(`stocklane-stock[sku=ADDFFF] [part=error][lang|=${code}]`);
    const text = await line.innerText();
    assert.match(text, /\S+ \S+/);
    if (code !== "en") assert.doesNotMatch(text, /Could not|Try again/, code);
    told.add(text);
  }
  // Bosnian and Croatian may meet in a word, not in both.
  assert.equal(told.size, 17);
});

test("what the server has painted asks for nothing until its part changes", async (t) => {
  const { page, asked } = await open(t, "/?lang=en");
  await ready(page, "ADDFFF");
  const policy = (await page.request.get(`${base}/`)).headers()["content-security-policy"];
  const painted = await (await page.request.get(`${base}/widgets/stock?sku=ADDFFF&lang=en`)).text();
  const style = /<style>(.*?)<\/style>/s.exec(painted)[1];
  const hash = createHash("sha256").update(style).digest("base64");
  assert.ok(policy.includes(`'sha256-${hash}'`), `www/public/_headers must grant 'sha256-${hash}'`);

  await page.route("**/painted", (route) =>
    route.fulfill({ contentType: "text/html; charset=utf-8", headers: { "content-security-policy": policy }, body: `<!doctype html><html lang="en"><title>painted</title>${painted}<script type="module" src="widgets.js"></script></html>` }),
  );
  asked.length = 0;
  await page.goto(`${base}/painted`);
  const stock = page.locator("stocklane-stock");
  await stock.getByText(STATES).waitFor();
  assert.equal(await stock.evaluate((element) => getComputedStyle(element.shadowRoot.querySelector("[part=icon]")).display), "inline-block");
  await page.evaluate(() => customElements.whenDefined("stocklane-stock").then(() => new Promise((resolve) => setTimeout(resolve, 100))));
  assert.equal(asked.length, 0);
  await stock.evaluate((element) => element.setAttribute("sku", "ADDFFA"));
  await page.waitForFunction(() => !document.querySelector("stocklane-stock").hasAttribute("aria-busy"));
  assert.deepEqual(asked.map((url) => url.searchParams.get("sku")), ["ADDFFA"]);
  await stock.getByText(STATES).waitFor();
  assert.equal(await stock.getAttribute("aria-live"), "polite");
});

test("many elements are asked for in the proxy's portions, each part once", async (t) => {
  const { page, asked } = await open(t, "/?lang=en");
  await ready(page, "ADDFFF");
  await page.route("**/widgets/*?*", (route) => route.fulfill({ contentType: "text/html", body: echo(new URL(route.request().url())) }));
  asked.length = 0;
  await page.evaluate(() => {
    for (const widget of ["stock", "quote"]) {
      for (let at = 0; at < 240; at++) {
        const element = document.createElement(`stocklane-${widget}`);
        element.setAttribute("sku", `A,B ${at % 120}`);
        element.setAttribute("quantity", 1);
        document.querySelector("main").append(element);
      }
    }
  });
  await settled(page);
  assert.deepEqual(asked.map((url) => [url.pathname, /sku=(.*?)&/.exec(url.search)[1].split(",").length]), [
    ["/widgets/stock", 100],
    ["/widgets/stock", 20],
    ["/widgets/quote", 30],
    ["/widgets/quote", 30],
    ["/widgets/quote", 30],
    ["/widgets/quote", 30],
  ]);
  assert.equal(await page.getByText("shown: A,B 119", { exact: true }).count(), 4);
});

test("elements that leave abort their request, and ask again when they return", async (t) => {
  const { page } = await open(t, "/?lang=en");
  await ready(page, "ADDFFF");
  let hold = true;
  await page.route("**/widgets/*?*", (route) => (hold ? undefined : route.fulfill({ contentType: "text/html", body: echo(new URL(route.request().url())) })));
  const begun = page.waitForRequest("**/widgets/stock?sku=LEAVES*");
  await page.evaluate(() => {
    globalThis.leaves = document.createElement("stocklane-stock");
    globalThis.leaves.setAttribute("sku", "LEAVES");
    document.querySelector("main").append(globalThis.leaves);
  });
  const request = await begun;
  const failed = page.waitForEvent("requestfailed", (gone) => gone === request);
  await page.evaluate(() => globalThis.leaves.remove());
  assert.match((await failed).failure().errorText, /ERR_ABORTED/);
  hold = false;
  await page.evaluate(() => document.querySelector("main").append(globalThis.leaves));
  await page.getByText("shown: LEAVES").waitFor();
});

test("a part number that is markup stays text", async (t) => {
  const { page } = await open(t, "/?lang=en");
  await ready(page, "ADDFFF");
  await page.evaluate(() => {
    const element = document.createElement("stocklane-stock");
    element.id = "evil";
    element.setAttribute("sku", `"></template><img src=x onerror="document.title='broken'">`);
    document.querySelector("main").append(element);
  });
  await page.waitForFunction(() => !document.getElementById("evil").hasAttribute("aria-busy"));
  assert.equal(await page.evaluate(() => document.querySelectorAll("img").length + document.getElementById("evil").shadowRoot.querySelectorAll("img").length), 0);
  assert.equal(await page.title(), "Lane 7 Auto Parts");
});

test("without a script the page still tells what it sells, and whom to ask", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${base}/`);
  const read = await page.locator("body").innerText();
  for (const text of ["Without JavaScript", "Oil filter OP 520", "ADDFFA", "For availability, call us", "For the price, call us"]) assert.ok(read.includes(text), text);
  assert.equal(await page.getByRole("combobox").count(), 0);
  await context.close();
});

test("the page fits a phone", async (t) => {
  const { page } = await open(t, "/?lang=de", { viewport: { width: 320, height: 640 } });
  await page.locator("stocklane-quote[sku=ADDFFF]").getByText("pro Stück").waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

test("importing the elements outside of a browser does nothing", async () => {
  const before = Object.keys(globalThis);
  const { defineWidgets } = await import("../../pkg-template/widgets.js");
  defineWidgets();
  assert.deepEqual(Object.keys(globalThis), before);
});

// Last: it looks over all that the tests before it were told.
test("nothing that a visitor's browser received holds a secret or a wholesale figure", async () => {
  const received = await Promise.all(heard);
  assert.ok(received.some(({ url, text }) => url.includes("/widgets/quote") && text.includes("ADDFFF")));
  for (const { url, text } of received) {
    for (const secret of SECRETS) assert.doesNotMatch(text, secret, url);
  }
});

/** A page whose every answer is kept, and whose complaints fail the test; `asked`: the widgets' requests. */
async function open(t, path, options) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => /Content Security Policy|Trusted/.test(message.text()) && complaints.push(message.text()));
  t.after(() => assert.deepEqual(complaints, []));
  const asked = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname.startsWith("/widgets/")) asked.push(url);
  });
  page.on("response", (response) => heard.push(keep(response)));
  if (path) await page.goto(base + path);
  return { page, asked };
}

async function keep(response) {
  // A page that has gone on has let go of the body; its headers stay.
  const body = await response.body().catch(() => "");
  const headers = await response.allHeaders().catch(() => response.headers());
  return { url: response.url(), text: `${JSON.stringify(headers)}\n${body}` };
}

async function ready(page, sku) {
  const card = page.locator(".card").filter({ has: page.locator(`stocklane-stock[sku=${sku}]`) });
  await card.locator("stocklane-stock").getByText(STATES).first().waitFor();
  await card.locator("stocklane-quote").getByText("per piece").waitFor();
  return card;
}

/** No widget of the page waits for an answer: stock and prices come by requests of their own, in any order. */
function settled(page) {
  return page.waitForFunction(() => document.querySelectorAll("[aria-busy]").length === 0);
}

function recordEvents(page) {
  return page.addInitScript(() => {
    globalThis.told = [];
    for (const type of ["stocklane-load", "stocklane-error"]) addEventListener(type, ({ detail }) => globalThis.told.push({ type, detail }));
  });
}

/** What Tab reaches, once round the page. */
async function tabThrough(page) {
  const reached = [];
  for (let step = 0; step < 200; step++) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element === document.body ? null : element.localName + (element.className ? `.${element.className}` : "");
    });
    if (!name) break;
    reached.push(name);
  }
  return reached;
}

/** An answer of the proxy's form. */
function echo(url) {
  const skus = /sku=(.*?)&/.exec(url.search)[1].split(",").map(decodeURIComponent);
  const name = url.pathname.replace("/widgets/", "stocklane-");
  return skus.map((sku) => `<${name} sku="${sku}" quantity="1" lang="en"><template shadowrootmode="open"><p part="state">shown: ${sku}</p></template></${name}>`).join("\n");
}

async function startDemo() {
  const ready = (output) => /The shop\s+(http:\/\/\S+?)\/?\s/.exec(output)?.[1];
  const { value, stop } = await start("cargo", ["xtask", "demo"], { ready, patience: 600_000 });
  closers.push(stop);
  return value;
}

function findChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = [process.env.CHROME, ...names.flatMap((name) => folders.map((folder) => join(folder, name)))];
  const found = candidates.find((file) => file && existsSync(file));
  if (!found) throw new Error("Chromium is missing: install chromium or google-chrome, or name its binary in $CHROME");
  return found;
}
