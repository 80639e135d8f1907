// The page loads the custom elements from its own origin, as the package ships them.
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

copyFileSync(fileURLToPath(import.meta.resolve("stocklane/widgets")), new URL("public/widgets.js", import.meta.url));
