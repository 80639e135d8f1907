// The shared suites in Bun.
import { testRuntime } from "./served.mjs";

await testRuntime("bun", ["run"]);
