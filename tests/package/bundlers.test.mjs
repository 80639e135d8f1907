// The package through bundlers, as a shop would build it: the module is emitted once, and the page works.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright-core";
import { build as vite } from "vite";
import webpack from "webpack";

const root = fileURLToPath(new URL("../../", import.meta.url));
const work = join(root, "target/bundlers");
const page = `<!doctype html><title>waiting</title><script type="module" src="./main.js"></script>`;
const script = `
  import { InterCars, decode } from "stocklane";
  const rows = await decode("stock", '[{"location":"KOM","sku":"ADDFFF","availability":3}]');
  const client = new InterCars({ baseUrl: "/ic", fetch: async () => new Response("[]") });
  const { skipped } = await client.stock({ sku: ["NONE"] });
  document.title = [rows[0].sku, rows[0].availability, skipped[0].sku].join(" ");
`;
const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

let browser;
before(async () => {
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, "shop"), { recursive: true });
  await writeFile(join(work, "shop/index.html"), page);
  await writeFile(join(work, "shop/main.js"), script);
  const flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
  browser = await chromium.launch({ executablePath: process.env.CHROME, args: flags.split(" ") });
});
after(() => browser?.close());

async function wasmIn(folder) {
  return (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".wasm"));
}

/** The title of the page that the folder holds, once it is no longer waiting. */
async function shown(folder) {
  const server = createServer(async (request, response) => {
    const path = request.url === "/" ? "index.html" : decodeURIComponent(request.url.slice(1).split("?")[0]);
    const body = await readFile(join(folder, path)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, { "Content-Type": types[extname(path)] ?? "text/plain" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const tab = await browser.newPage();
  const said = [];
  tab.on("pageerror", (error) => said.push(String(error)));
  tab.on("console", (message) => said.push(message.text()));
  try {
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    await tab.waitForFunction(() => document.title !== "waiting", undefined, { timeout: 10_000 }).catch(() => undefined);
    return (await tab.title()) === "waiting" ? said.join("\n") : await tab.title();
  } finally {
    await tab.close();
    server.close();
  }
}

test("Vite: one module, and the page works", async () => {
  const outDir = join(work, "vite");
  await vite({ root: join(work, "shop"), base: "./", logLevel: "error", build: { outDir, target: "esnext" } });
  assert.equal((await wasmIn(outDir)).length, 1);
  assert.equal(await shown(outDir), "ADDFFF 3 NONE");
});

test("webpack: one module, and the page works", async () => {
  const path = join(work, "webpack");
  const stats = await new Promise((resolve, reject) => {
    const options = { context: root, entry: join(work, "shop/main.js"), mode: "production", output: { path, publicPath: "auto" } };
    webpack(options, (error, done) => (error ? reject(error) : resolve(done)));
  });
  assert.deepEqual(stats.toJson({ errors: true }).errors, []);
  await writeFile(join(path, "index.html"), page);
  assert.equal((await wasmIn(path)).length, 1);
  assert.equal(await shown(path), "ADDFFF 3 NONE");
});

test("esbuild: the module is copied beside the script, and the page works", async () => {
  const outdir = join(work, "esbuild");
  await esbuild({ entryPoints: [join(work, "shop/main.js")], bundle: true, format: "esm", outdir, logLevel: "error" });
  // esbuild leaves `new URL(…, import.meta.url)` as it is: the README says which file to copy.
  await writeFile(join(outdir, "clients_bg.wasm"), await readFile(join(root, "node_modules/stocklane/clients_bg.wasm")));
  await writeFile(join(outdir, "index.html"), page);
  assert.equal(await shown(outdir), "ADDFFF 3 NONE");
});
