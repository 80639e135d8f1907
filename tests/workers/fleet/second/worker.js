// The other half: a Worker of its own, in an isolate of its own.
import { createWorker } from "stocklane/cloudflare";

const instances = Array.from({ length: 4 }, () => createWorker());
let whole;

export default {
  fetch(request, env, context) {
    // `wrangler dev` gives variables to the first Worker alone, which passes them on.
    whole ??= { ...env, ...JSON.parse(request.headers.get("X-Variables")) };
    return instances[Number(request.headers.get("X-Instance")) % 4].fetch(request, whole, context);
  },
};
