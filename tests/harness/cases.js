// The cases of the shared suites: gathered and run alike in every runtime. No runtime's own name may appear here.

/** Every case of `suites` (file name → suite function), as `{ name, run }`. */
export function gather(suites, context) {
  const cases = [];
  for (const [file, suite] of Object.entries(suites)) {
    const before = cases.length;
    const test = (name, run) => cases.push({ name: `${file.replace(/\.suite\.js$/, "")}: ${name}`, run });
    suite({ test, ...context });
    if (cases.length === before) throw new Error(`${file} has no case for ${context.env.runtime}`);
  }
  if (cases.length === 0) throw new Error("there is no case: tests/suites holds no *.suite.js");
  const names = new Set();
  for (const { name } of cases) {
    if (names.has(name)) throw new Error(`two cases are called "${name}"`);
    names.add(name);
  }
  return cases;
}

/** Runs one case; resolves to `{ name, ms, error }`, where `error` is its text if it failed. */
export async function runCase({ name, run }, patience = 30_000) {
  const started = Date.now();
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${patience} ms`)), patience);
  });
  try {
    await Promise.race([Promise.resolve().then(run), late]);
    return { name, ms: Date.now() - started };
  } catch (error) {
    return { name, ms: Date.now() - started, error: describe(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Throws the text of a failed case, without the stack of those who only pass it on. */
export function rethrow({ error }) {
  if (error !== undefined) throw Object.assign(new Error(error), { stack: error });
}

function describe(error) {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const text = error.stack?.includes(error.message) ? error.stack : `${error.name}: ${error.message}\n${error.stack ?? ""}`;
  const differs = "expected" in error && "actual" in error;
  return differs ? `${text}\nactual:   ${show(error.actual)}\nexpected: ${show(error.expected)}` : text;
}

function show(value) {
  try {
    return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? String(value);
  } catch {
    return String(value);
  }
}
