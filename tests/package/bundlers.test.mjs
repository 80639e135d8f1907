// The package through bundlers, as a shop would build it: each module is emitted once, and the page works with the small one.
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
  globalThis.own = async () => (await decode("item", '[{"code":"OF-7","name":"Oil filter"}]'))[0].code;
`;
const placed = `
  import { init } from "stocklane";
  await init(new URL("own/first.wasm", location.href), new URL("own/rest.wasm", location.href));
`;
const modules = ["page_bg.wasm", "clients_bg.wasm"];
const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

let browser;
before(async () => {
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, "shop"), { recursive: true });
  await writeFile(join(work, "shop/index.html"), page);
  await writeFile(join(work, "shop/main.js"), script);
  await writeFile(join(work, "shop/elsewhere.js"), placed + script);
  const flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
  browser = await chromium.launch({ executablePath: process.env.CHROME, args: flags.split(" ") });
});
after(() => browser?.close());

const installed = (file) => readFile(join(root, "node_modules/stocklane", file));

/** Which of the package's modules have come to stand in a folder, by what is in them: bundlers give names of their own. */
async function modulesIn(folder) {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".wasm"));
  return Promise.all(files.map(async (file) => nameOf(await readFile(join(folder, file)))));
}

async function nameOf(bytes) {
  for (const name of modules) if ((await installed(name)).equals(bytes)) return name;
  return "unknown";
}

/** What the page that the folder holds shows, and which modules it has loaded for that; then what the own shop's part does. */
async function shown(folder) {
  const served = [];
  const server = createServer(async (request, response) => {
    const path = request.url === "/" ? "index.html" : decodeURIComponent(request.url.slice(1).split("?")[0]);
    const body = await readFile(join(folder, path)).catch(() => undefined);
    if (body && extname(path) === ".wasm") served.push(await nameOf(body));
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
    const title = await tab.title();
    if (title === "waiting") return said.join("\n");
    const first = [...served];
    const own = await tab.evaluate(() => globalThis.own());
    return { title, first, own, served };
  } finally {
    await tab.close();
    server.close();
  }
}

const right = { title: "ADDFFF 3 NONE", first: ["page_bg.wasm"], own: "OF-7", served: modules };

test("Vite: each module once, and the page works", async () => {
  const outDir = join(work, "vite");
  await vite({ root: join(work, "shop"), base: "./", logLevel: "error", build: { outDir, target: "esnext" } });
  assert.deepEqual((await modulesIn(outDir)).sort(), [...modules].sort());
  assert.deepEqual(await shown(outDir), right);
});

test("webpack: each module once, and the page works", async () => {
  const path = join(work, "webpack");
  const stats = await new Promise((resolve, reject) => {
    const options = { context: root, entry: join(work, "shop/main.js"), mode: "production", output: { path, publicPath: "auto" } };
    webpack(options, (error, done) => (error ? reject(error) : resolve(done)));
  });
  assert.deepEqual(stats.toJson({ errors: true }).errors, []);
  await writeFile(join(path, "index.html"), page);
  assert.deepEqual((await modulesIn(path)).sort(), [...modules].sort());
  assert.deepEqual(await shown(path), right);
});

test("esbuild: the modules are copied beside the script, and the page works", async () => {
  const outdir = join(work, "esbuild");
  await esbuild({ entryPoints: [join(work, "shop/main.js")], bundle: true, format: "esm", outdir, logLevel: "error" });
  // esbuild leaves `new URL(…, import.meta.url)` as it is: the README says which files to copy.
  for (const name of modules) await writeFile(join(outdir, name), await installed(name));
  await writeFile(join(outdir, "index.html"), page);
  assert.deepEqual(await shown(outdir), right);
});

test("init says where both modules are, whatever the bundler has made of it", async () => {
  const outdir = join(work, "elsewhere");
  await esbuild({ entryPoints: { main: join(work, "shop/elsewhere.js") }, bundle: true, format: "esm", outdir, logLevel: "error" });
  await mkdir(join(outdir, "own"));
  for (const [at, name] of ["first.wasm", "rest.wasm"].entries()) await writeFile(join(outdir, "own", name), await installed(modules[at]));
  await writeFile(join(outdir, "index.html"), page);
  assert.deepEqual(await shown(outdir), right);
});
