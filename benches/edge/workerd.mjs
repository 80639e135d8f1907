// Workers in workerd itself: no proxy of a development server stands before them.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { root, start } from "../../tests/harness/processes.mjs";

const COMPATIBILITY = "2026-04-01";
// The package `workerd` starts it from a script of Node's, which would be measured too.
const program = createRequire(import.meta.resolve("workerd")).resolve(`@cloudflare/workerd-${process.platform}-${process.arch === "x64" ? "64" : process.arch}/bin/workerd`);

/** A folder that ends with this process. */
export function temporary() {
  const directory = mkdtempSync(join(tmpdir(), "stocklane-edge-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Bundles an entry into a folder of its own, as a deployment does; resolves to its modules, the main one first. */
export async function bundled(entry) {
  const directory = temporary();
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    outdir: directory,
    entryNames: "main",
    assetNames: "[name]",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    // The package as it was built last, not as a test has installed it.
    alias: { "stocklane/cloudflare": join(root, "pkg/cloudflare.js") },
    plugins: [compiledModules],
    logLevel: "error",
    write: false,
  });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  const modules = outputFiles.map(({ path, contents }) => ({ name: basename(path), bytes: contents.length }));
  modules.sort((a, b) => Number(b.name === "main.js") - Number(a.name === "main.js"));
  return { directory, modules };
}

/** WebAssembly is a module of its own, which workerd compiles. */
const compiledModules = {
  name: "compiled-modules",
  setup(bundler) {
    bundler.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), namespace: "compiled" }));
    bundler.onLoad({ filter: /./, namespace: "compiled" }, async ({ path }) => {
      return { contents: await readFile(path), loader: "copy" };
    });
  },
};

/** A name and a value as workerd's configuration has them; values are texts or JSON. */
const bound = ([name, value]) => {
  const text = typeof value === "string";
  return `(name = ${quoted(name)}, ${text ? "text" : "json"} = ${quoted(text ? value : JSON.stringify(value))})`;
};

/** Starts workerd with one Worker and its variables; resolves to `{ port, pid, stop() }` when it listens. */
export function serve({ directory, modules }, variables) {
  const embedded = ({ name }) => `(name = ${quoted(name)}, ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed ${quoted(name)})`;
  return listening(directory, modules.map(embedded), Object.entries(variables).map(bound));
}

/** Starts workerd with a Worker that loads these, each into isolates of its own, by place and number: see loader.js. */
export function serveLoader(directory, workers) {
  const bindings = [`(name = "LOADER", workerLoader = ())`];
  const known = [];
  for (const [at, { bundle, variables }] of workers.entries()) {
    known[at] = { variables, modules: bundle.modules.map(({ name }) => name) };
    for (const { name } of bundle.modules) {
      const file = `${at}-${name}`;
      copyFileSync(join(bundle.directory, name), join(directory, file));
      bindings.push(`(name = ${quoted(file)}, ${name.endsWith(".wasm") ? "data" : "text"} = embed ${quoted(file)})`);
    }
  }
  bindings.push(bound(["WORKERS", known]), bound(["COMPATIBILITY", COMPATIBILITY]));
  copyFileSync(join(root, "benches/edge/loader.js"), join(directory, "main.js"));
  return listening(directory, [`(name = "main.js", esModule = embed "main.js")`], bindings);
}

async function listening(directory, modules, bindings) {
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules.join(", ")}],
      bindings = [${bindings.join(", ")}],
      compatibilityDate = ${quoted(COMPATIBILITY)},
    )),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
  const file = join(directory, "config.capnp");
  writeFileSync(file, config);
  const port = (output) => /"event":"listen".*?"port":(\d+)/.exec(output)?.[1];
  const { value, pid, stop } = await start(program, ["serve", "--experimental", "--control-fd=1", file], { ready: port });
  return { port: Number(value), pid, stop };
}

/** A text as the configuration's language writes it. */
function quoted(text) {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
