// What a runtime finds for a name of a package: the first condition that it knows, in the order of the manifest.

export function resolveExport(exports, subpath, conditions) {
  const pick = (target) => {
    if (typeof target === "string") return target.replace(/^\.\//, "");
    if (Array.isArray(target)) return target.map(pick).find((found) => found !== undefined);
    for (const [condition, inner] of Object.entries(target ?? {})) {
      const found = conditions.includes(condition) ? pick(inner) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const isMap = typeof exports === "object" && exports !== null && Object.keys(exports)[0]?.startsWith(".");
  return pick(isMap ? exports[subpath] : subpath === "." ? exports : undefined);
}

/** Every name that the package offers to these conditions, without patterns and data: `[[".", "index.js"], …]`. */
export function exportedScripts(exports, conditions) {
  const isMap = typeof exports === "object" && exports !== null && Object.keys(exports)[0]?.startsWith(".");
  const names = isMap ? Object.keys(exports) : ["."];
  return names
    .filter((name) => !name.includes("*"))
    .map((name) => [name, resolveExport(exports, name, conditions)])
    .filter(([, file]) => /\.m?js$/.test(file ?? ""));
}
