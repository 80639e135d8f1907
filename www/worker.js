// The shop's Worker: the credential proxy as the package ships it, set up by its environment:
// IC_CLIENT_ID, IC_CLIENT_SECRET and SESSION_KEY (secrets), IC_BASE_URL, IC_TOKEN_URL, ALLOWED_ORIGINS (comma-separated).
import { createWorker } from "stocklane/cloudflare";

// What all instances share; wrangler.toml binds it.
export { QuotaCoordinator } from "stocklane/cloudflare";

export default createWorker();
