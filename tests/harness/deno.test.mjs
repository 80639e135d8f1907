// The shared suites in Deno, with the permissions that docs/deploy.md asks for.
import { testRuntime } from "./served.mjs";

await testRuntime("deno", ["run", "--no-prompt", "--allow-net", "--allow-read"]);
