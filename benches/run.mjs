// The benchmarks: stocklane beside its peers, in every runtime that is at hand. `cargo xtask bench` builds what they need.
// node benches/run.mjs [runtime…]
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { summary } from "./measure.js";
import { freePort, root, start, stopAll } from "../tests/harness/processes.mjs";
import { find } from "./find.mjs";

const run = promisify(execFile);
const goals = { "stocklane, as its clients decode": { ascii: 0.5, polish: 0.6, bulgarian: 0.6, irregular: 0.75 } };
const wanted = process.argv.slice(2);
const runtimes = { Node: native("node"), Chromium: inChromium, workerd: inWorkerd, Deno: native("deno", "run", "--allow-all"), Bun: native("bun") };

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
console.log(`\npeers: zod ${{ ...dependencies, ...devDependencies }.zod}; TextDecoder and JSON.parse of each runtime
Times are microseconds a call, median and least of alternating runs; ratios are of medians, to the first line of each group.
"as its clients decode" is the synchronous way from bytes in JavaScript to rows; "await decode()" is the public function.
"bytes to bytes" is the proxy's projection, called through an export that only a build for benchmarks has.`);
try {
  for (const [name, measure] of Object.entries(runtimes)) {
    if (wanted.length > 0 && !wanted.some((want) => name.toLowerCase() === want.toLowerCase())) continue;
    const measured = await measure();
    if (measured) print(name, measured);
    else console.log(`\n${name}: not here`);
  }
} finally {
  await stopAll();
}

function print(runtime, { version, raced, cold }) {
  console.log(`\n${runtime} ${version}`);
  for (const { title, kilobytes, times } of raced) {
    console.log(`  ${title} (${kilobytes.toFixed(1)} kB)`);
    const [[, first]] = Object.entries(times);
    for (const [name, { median, least }] of Object.entries(times)) {
      const ratio = median / first.median;
      const shown = ratio < 0.2 ? `1/${(1 / ratio).toFixed(1)}` : ratio.toFixed(2);
      const goal = / 300 /.test(title) ? goals[name]?.[title.split(", ").at(-1)] : undefined;
      const aim = goal === undefined || runtime === "Deno" ? "" : `  goal ${runtime === "Bun" ? 1 : goal}`;
      console.log(`    ${name.padEnd(34)}${fixed(median)}${fixed(least)}${shown.padStart(9)}${aim}`);
    }
  }
  for (const [what, { median, least }] of Object.entries(cold ?? {})) {
    console.log(`  clients' module: ${what.padEnd(19)}${fixed(median)}${fixed(least)}`);
  }
}

function fixed(microseconds) {
  return microseconds.toFixed(microseconds < 100 ? 1 : 0).padStart(9);
}

function native(program, ...args) {
  return async () => {
    const path = find(program);
    if (!path) return undefined;
    const { stdout: version } = await run(path, ["--version"]);
    const { stdout } = await run(path, [...args, join(root, "benches/native.mjs")], { maxBuffer: 1 << 24 });
    return { version: version.match(/\d+\.\d+\.\d+/)?.[0], ...JSON.parse(stdout.trim().split("\n").at(-1)) };
  };
}

async function inChromium() {
  const executablePath = process.env.CHROME ?? find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  if (!executablePath) return undefined;
  const script = await build({ entryPoints: [join(root, "benches/page.js")], bundle: true, format: "esm", write: false, logLevel: "error" });
  const files = {
    "/": ["text/html", `<!doctype html><title>bench</title><script type="module" src="/page.js"></script>`],
    "/page.js": ["text/javascript", script.outputFiles[0].contents],
    "/page_bg.wasm": ["application/wasm", readFileSync(join(root, "pkg/page_bg.wasm"))],
    "/edge_bg.wasm": ["application/wasm", readFileSync(join(root, "pkg-probe/edge_bg.wasm"))],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    // Isolated pages have a finer clock.
    response.writeHead(200, { "Content-Type": type, "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction("globalThis.bench");
    return { version: browser.version(), ...(await page.evaluate("bench()")) };
  } finally {
    await browser.close();
    server.close();
  }
}

async function inWorkerd() {
  const port = await freePort();
  const args = ["dev", "--local", "--show-interactive-dev-session=false", "--ip", "127.0.0.1", "--port", `${port}`, "--inspector-port", `${await freePort()}`];
  const wrangler = await start(join(root, "node_modules/.bin/wrangler"), args, {
    cwd: join(root, "benches/worker"),
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_LOG_PATH: join(root, "target/wrangler-logs"), FORCE_COLOR: "0" },
    patience: 90_000,
    ready: (text) => (/Ready on http/.test(text) ? true : undefined),
  });
  const ask = async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  };
  const spent = async (path, calls) => {
    const since = performance.now();
    await ask(`${path}&calls=${calls}`);
    return performance.now() - since;
  };
  const least = async (path, calls) => Math.min(await spent(path, calls), await spent(path, calls), await spent(path, calls));
  // A request with many calls, less one with none, taken in turns.
  const raceBy = async (paths, { rounds = 9, patience = 40 } = {}) => {
    const times = paths.map(() => []);
    const empty = await least(paths[0], 0);
    const counts = [];
    for (const path of paths) {
      let calls = 1;
      while ((await least(path, calls)) - empty < patience / 3) calls *= 2;
      counts.push(2 * calls);
    }
    for (let round = 0; round < rounds; round++) {
      const idle = await least(paths[0], 0);
      for (const [n, path] of paths.entries()) times[n].push((1000 * ((await spent(path, counts[n])) - idle)) / counts[n]);
    }
    return times.map(summary);
  };
  const raced = [];
  for (const [index, { title, kilobytes, names }] of JSON.parse(await ask("/")).entries()) {
    const times = await raceBy(names.map((name) => `/race?case=${index}&name=${encodeURIComponent(name)}`));
    raced.push({ title, kilobytes, times: Object.fromEntries(names.map((name, n) => [name, times[n]])) });
  }
  const [instantiated] = await raceBy(["/instantiate?"]);
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/workerd/package.json"), "utf8"));
  await wrangler.stop();
  return { version, raced, cold: { instantiate: instantiated } };
}
