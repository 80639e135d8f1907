// Workers in workerd itself: no proxy of a development server stands before them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { root, start } from "../../tests/harness/processes.mjs";

const COMPATIBILITY = "2026-04-01";

/** Bundles an entry into a folder of its own, as a deployment does; resolves to its modules, the main one first. */
export async function bundled(entry) {
  const directory = mkdtempSync(join(tmpdir(), "stocklane-edge-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
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
      const { readFile } = await import("node:fs/promises");
      return { contents: await readFile(path), loader: "copy" };
    });
  },
};

/** Starts workerd with one Worker, its variables being texts or JSON; resolves to `{ port, pid, stop() }` when it listens. */
export async function serve({ directory, modules }, variables) {
  const embedded = ({ name }) => {
    const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
    return `(name = ${quoted(name)}, ${kind} = embed ${quoted(name)})`;
  };
  const bound = Object.entries(variables).map(([name, value]) => {
    return `(name = ${quoted(name)}, ${typeof value === "string" ? "text" : "json"} = ${quoted(typeof value === "string" ? value : JSON.stringify(value))})`;
  });
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules.map(embedded).join(", ")}],
      bindings = [${bound.join(", ")}],
      compatibilityDate = ${quoted(COMPATIBILITY)},
    )),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
  const file = join(directory, "config.capnp");
  writeFileSync(file, config);
  const listening = (output) => /"event":"listen".*?"port":(\d+)/.exec(output)?.[1];
  const program = join(root, "node_modules/@cloudflare", `workerd-${process.platform}-${process.arch === "x64" ? "64" : process.arch}`, "bin/workerd");
  const { value, pid, stop } = await start(program, ["serve", "--control-fd=1", file], { ready: listening });
  return { port: Number(value), pid, stop };
}

/** A text as the configuration's language writes it. */
function quoted(text) {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
