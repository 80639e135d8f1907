// What the suites are made of: their files, the suppliers' own samples, and the installed package.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exportedScripts } from "./exports.js";
import { root } from "./processes.mjs";

export const suitesDir = join(root, "tests/suites");
const samplesDir = join(root, "tests/contract");

/** The suites' file names. */
export function suiteFiles() {
  try {
    return readdirSync(suitesDir).filter((file) => file.endsWith(".suite.js")).sort();
  } catch {
    return [];
  }
}

/** File name without its ending → raw text. */
export function samples() {
  const files = readdirSync(samplesDir).filter((file) => file.endsWith(".json")).sort();
  return Object.fromEntries(files.map((file) => [file.slice(0, -".json".length), readFileSync(join(samplesDir, file), "utf8")]));
}

/** The folder of an installed package. */
export const installedDir = (name) => join(root, "node_modules", name);

/**
 * The packages that the suites get, each only if it is installed and offers itself to a runtime of these conditions:
 * `{ stocklane: "stocklane", edge: "stocklane/edge", fields: "stocklane/incocloud-fields", probe: "stocklane-probe" }`.
 */
export function offered(conditions) {
  const wanted = { stocklane: ["stocklane", "."], edge: ["stocklane", "./edge"], fields: ["stocklane", "./incocloud-fields"], probe: ["stocklane-probe", "."], probeEdge: ["stocklane-probe", "./edge"] };
  const found = {};
  for (const [as, [name, subpath]] of Object.entries(wanted)) {
    if (new Map(scripts(name, conditions)).has(subpath)) found[as] = subpath === "." ? name : `${name}${subpath.slice(1)}`;
  }
  if (!found.stocklane) throw new Error("stocklane is not installed for the tests: cargo xtask test does it");
  return found;
}

/** What the suites need of the packages, and the suites themselves, imported: for runtimes with files. */
export async function load(conditions) {
  const packages = {};
  for (const [as, name] of Object.entries(offered(conditions))) packages[as] = await import(name);
  const suites = {};
  for (const file of suiteFiles()) suites[file] = (await import(pathToFileURL(join(suitesDir, file)))).default;
  return { packages, suites };
}

/** The entries of an installed package for a runtime of these conditions. */
export function scripts(name, conditions) {
  try {
    return exportedScripts(JSON.parse(readFileSync(join(installedDir(name), "package.json"), "utf8")).exports, conditions);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/**
 * A module that holds all of it, for runtimes without files. `chai` and `cases` are the specifiers of those two,
 * `suite(file)` that of a suite.
 */
export function materialModule({ conditions, chai, cases, suite }) {
  const packages = Object.entries(offered(conditions));
  const files = suiteFiles();
  return [
    `export { gather, runCase } from ${JSON.stringify(cases)};`,
    `export { assert } from ${JSON.stringify(chai)};`,
    ...packages.map(([as, name]) => `import * as ${as} from ${JSON.stringify(name)};`),
    ...files.map((file, index) => `import suite${index} from ${JSON.stringify(suite(file))};`),
    `export const packages = { ${packages.map(([as]) => as).join(", ")} };`,
    `export const suites = { ${files.map((file, index) => `${JSON.stringify(file)}: suite${index}`).join(", ")} };`,
    `export const samples = ${JSON.stringify(samples())};`,
    "",
  ].join("\n");
}
