// The sizes of the package: each module with its glue, and what a page downloads that imports the clients' entry.
// node benches/size.mjs [pkg] [--json]
import { readFile, readdir } from "node:fs/promises";
import { resolve, relative, dirname } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { resolveExport } from "../tests/harness/exports.js";

const args = process.argv.slice(2);
const pkg = resolve(args.find((arg) => !arg.startsWith("--")) ?? "pkg");
const manifest = JSON.parse(await readFile(resolve(pkg, "package.json"), "utf8"));

function sizes(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, { params }).length };
}

const sum = (rows) => ({
  raw: rows.reduce((total, row) => total + row.raw, 0),
  gzip: rows.reduce((total, row) => total + row.gzip, 0),
  brotli: rows.reduce((total, row) => total + row.brotli, 0),
});

const sizeOf = async (file) => ({ file, ...sizes(await readFile(resolve(pkg, file))) });

// The files that a browser fetches for an entry: what it imports, and the modules named by `new URL("….wasm", …)`.
// Code behind `import()` is fetched too, but only by those who ask for it: it is told apart.
async function download(entry) {
  const { metafile } = await build({
    entryPoints: [resolve(pkg, entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    splitting: true,
    outdir: resolve(pkg, ".none"),
    logLevel: "error",
    conditions: ["browser"],
    external: ["*.wasm"],
    absWorkingDir: pkg,
  });
  const atOnce = new Set();
  const walk = (file) => {
    if (atOnce.has(file) || !metafile.inputs[file]) return;
    atOnce.add(file);
    for (const imported of metafile.inputs[file].imports) if (imported.kind === "import-statement") walk(imported.path);
  };
  walk(relative(pkg, resolve(pkg, entry)));
  const all = new Set(Object.keys(metafile.inputs));
  // A module comes with its glue.
  for (const file of [...all]) {
    const text = await readFile(resolve(pkg, file), "utf8");
    for (const [, url] of text.matchAll(/new URL\(\s*["']([^"']+\.wasm)["']/g)) {
      const wasm = relative(pkg, resolve(pkg, dirname(file), url));
      all.add(wasm);
      if (atOnce.has(wasm.replace("_bg.wasm", ".js"))) atOnce.add(wasm);
    }
  }
  const onDemand = [...all].filter((file) => !atOnce.has(file));
  return { atOnce: await Promise.all([...atOnce].map(sizeOf)), onDemand: await Promise.all(onDemand.map(sizeOf)) };
}

const modules = [];
for (const file of (await readdir(pkg)).filter((name) => name.endsWith("_bg.wasm")).sort()) {
  const name = file.slice(0, -"_bg.wasm".length);
  const wasm = await sizeOf(file);
  const glue = await sizeOf(`${name}.js`);
  modules.push({ name, wasm, glue, both: sum([wasm, glue]) });
}
const entry = resolveExport(manifest.exports, ".", ["browser", "import", "default"]);
const page = await download(entry);

if (args.includes("--json")) {
  console.log(JSON.stringify({ modules, entry, ...page, page: sum(page.atOnce) }, null, 1));
} else {
  const kilo = (bytes) => (bytes / 1000).toFixed(1).padStart(9);
  const line = (name, row) => console.log(`${name.padEnd(40)}${kilo(row.raw)}${kilo(row.gzip)}${kilo(row.brotli)}`);
  console.log(`${"size in kB".padEnd(40)}${"raw".padStart(9)}${"gzip".padStart(9)}${"brotli".padStart(9)}`);
  for (const { name, wasm, glue, both } of modules) {
    line(`${name}: module`, wasm);
    line(`${name}: glue`, glue);
    line(`${name}: both`, both);
  }
  console.log(`\na page with import "${manifest.name}" (${entry}) downloads`);
  for (const row of page.atOnce) line(`  ${row.file}`, row);
  line("  in all", sum(page.atOnce));
  console.log("and on demand");
  for (const row of page.onDemand) line(`  ${row.file}`, row);
}
