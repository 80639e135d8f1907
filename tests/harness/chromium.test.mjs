// The shared suites in Chromium: the package's files as native modules, found by an import map, under a strict CSP.
import { after, test } from "node:test";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, extname, join, resolve, sep } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { rethrow } from "./cases.js";
import { installedDir, materialModule, scripts } from "./material.mjs";
import { prepare, root, stopAll } from "./processes.mjs";
import { startSandbox } from "./sandbox.mjs";

const conditions = ["browser", "import", "default"];
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".css": "text/css", ".html": "text/html" };

const results = await prepare(runInBrowser);
after(stopAll);
for (const result of results) test(`chromium: ${result.name}`, () => rethrow(result));

async function runInBrowser() {
  const sandbox = await startSandbox();
  const { origin, close } = await serve();
  try {
    const browser = await chromium.launch({ executablePath: findChromium(), args: flags });
    try {
      return await runPage(await browser.newPage(), `${origin}/?sandbox=${encodeURIComponent(sandbox.url)}`);
    } finally {
      await browser.close();
    }
  } finally {
    close();
  }
}

async function runPage(page, url) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  const suites = "globalThis.stocklaneSuites";
  // Asked for again and again: playwright's own waiting evaluates text inside the page, which the policy forbids.
  const deadline = Date.now() + 20_000;
  let names;
  while (!(names = await page.evaluate(`${suites}?.names`))) {
    if (complaints.length > 0 || Date.now() > deadline) throw new Error(`the page did not load the suites: ${complaints.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  const results = [];
  for (const [index, name] of names.entries()) {
    complaints.length = 0;
    const { error } = await page.evaluate(`${suites}.run(${index})`);
    const tail = complaints.length > 0 ? `\nthe page's console: ${complaints.join("\n")}` : "";
    results.push({ name, error: error && error + tail });
  }
  // Scripts from text are what a strict policy is about; a blocked request may be what a case wanted.
  const violations = await page.evaluate(`${suites}.violations`);
  const scripting = violations.filter((violation) => violation.startsWith("script-src"));
  results.push({ name: "the strict content security policy was kept", error: scripting.join("\n") || undefined });
  return results;
}

async function serve() {
  const imports = {};
  for (const name of ["stocklane", "stocklane-probe"]) {
    for (const [subpath, file] of scripts(name, conditions)) imports[`${name}${subpath.slice(1)}`] = `/packages/${name}/${file}`;
  }
  const importMap = JSON.stringify({ imports });
  const page = `<!doctype html><meta charset="utf-8"><title>suites</title>
<script type="importmap">${importMap}</script>
<script type="module" src="/harness/page.js"></script>`;
  const hash = createHash("sha256").update(importMap).digest("base64");
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'; connect-src 'self' http://127.0.0.1:*; object-src 'none'; base-uri 'none'`;

  const chai = await build({ entryPoints: [join(installedDir("chai"), "index.js")], bundle: true, format: "esm", write: false, logLevel: "error" });
  const made = {
    "/": ["text/html", page],
    // Asked for by every browser; a 404 would stand in the console as an error.
    "/favicon.ico": ["image/x-icon", ""],
    "/chai.js": ["text/javascript", chai.outputFiles[0].text],
    "/material.js": ["text/javascript", materialModule({ conditions, chai: "/chai.js", cases: "/harness/cases.js", suite: (file) => `/suites/${file}` })],
  };
  const folders = {
    "/packages/stocklane/": installedDir("stocklane"),
    "/packages/stocklane-probe/": installedDir("stocklane-probe"),
    "/suites/": join(root, "tests/suites"),
    "/harness/": join(root, "tests/harness"),
  };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://page").pathname);
    const answer = (status, type, body) => response.writeHead(status, { "content-type": type, "content-security-policy": policy, "cache-control": "no-store" }).end(body);
    if (made[path]) return answer(200, ...made[path]);
    const prefix = Object.keys(folders).find((start) => path.startsWith(start));
    if (!prefix) return answer(404, "text/plain", "not here");
    const folder = resolve(folders[prefix]);
    const file = resolve(folder, path.slice(prefix.length));
    try {
      if (!file.startsWith(folder + sep)) throw new Error("outside");
      answer(200, types[extname(file)] ?? "application/octet-stream", await readFile(file));
    } catch {
      answer(404, "text/plain", "not here");
    }
  });
  await new Promise((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

function findChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = [process.env.CHROME, ...names.flatMap((name) => folders.map((folder) => join(folder, name)))];
  const found = candidates.find((file) => file && existsSync(file));
  if (!found) throw new Error("Chromium is missing: install chromium or google-chrome, or name its binary in $CHROME");
  return found;
}
