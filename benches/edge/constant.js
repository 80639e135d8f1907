// A Worker that returns a constant: the very answer that the others compute. Either as everybody writes it, or with body and
// headers made once, which is the least that workerd can do.
import { env } from "cloudflare:workers";

const { BODY, HEADERS, MADE } = env;
const bytes = new TextEncoder().encode(BODY);
const made = new Headers(HEADERS);

export default {
  fetch: MADE === "once" ? () => new Response(bytes, { headers: made }) : () => new Response(BODY, { headers: HEADERS }),
};
