// The shop's Worker: the credential proxy as the package ships it, set up by its environment:
// IC_CLIENT_ID, IC_CLIENT_SECRET, INCO_APP_ID, INCO_APP_SECRET and SESSION_KEY are secrets; docs/deploy.md names the others.
import { createWorker } from "stocklane/cloudflare";

export default createWorker();
