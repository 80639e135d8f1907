// In the page: gathers the cases and runs them one by one, when the test runner asks for it.
import { assert, gather, packages, runCase, samples, suites } from "/material.js";

const violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  violations.push(`${event.effectiveDirective}: ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`);
});

// What nobody catches would stand in a user's console.
const mishaps = [];
addEventListener("error", (event) => mishaps.push(`error: ${event.error?.stack ?? event.message}`));
addEventListener("unhandledrejection", (event) => mishaps.push(`unhandledrejection: ${event.reason?.stack ?? event.reason}`));

const env = { runtime: "chromium", mishaps, sandboxUrl: new URLSearchParams(location.search).get("sandbox") };
const cases = gather(suites, { assert, samples, env, ...packages });

globalThis.stocklaneSuites = { names: cases.map((one) => one.name), run: (index) => runCase(cases[index]), violations };
