// Custom elements <stocklane-stock sku endpoint lang> and <stocklane-quote sku quantity endpoint lang>.
//
// All elements of a page that ask the same endpoint for the same widget in the same language share one request, and the
// markup comes ready from the proxy. An element that the server has painted already (declarative shadow DOM) asks for
// nothing until its attributes change. Where there are no custom elements (Node, Workers), importing this does nothing.

const AT_MOST = { stock: 100, quote: 30 };
const TIMEOUT_MS = 30000;
const KINDS = { 400: "validation", 401: "auth", 403: "permission", 404: "not_found", 422: "validation", 429: "rate_limited", 504: "timeout" };
// Until the first answer comes, and when none does: the box of the markup that the proxy renders.
const STYLE = ":host{display:block;line-height:1.4}:host([hidden]){display:none}:host(stocklane-stock){min-height:var(--stocklane-stock-height,1.4em)}:host(stocklane-quote){min-height:var(--stocklane-quote-height,2.8em)}p{margin:0}button{font:inherit;min-height:1.75em}:focus-visible{outline:3px solid;outline-offset:2px}";
const TEXTS = {
  bg: ["Неуспешно зареждане", "Опитайте отново"],
  bs: ["Učitavanje nije uspjelo", "Pokušajte ponovo"],
  cs: ["Nepodařilo se načíst", "Zkusit znovu"],
  de: ["Konnte nicht geladen werden", "Erneut versuchen"],
  el: ["Η φόρτωση απέτυχε", "Δοκιμάστε ξανά"],
  en: ["Could not be loaded", "Try again"],
  et: ["Laadimine ebaõnnestus", "Proovi uuesti"],
  hu: ["Nem sikerült betölteni", "Újra"],
  hr: ["Učitavanje nije uspjelo", "Pokušajte ponovno"],
  lt: ["Nepavyko įkelti", "Bandyti dar kartą"],
  lv: ["Neizdevās ielādēt", "Mēģināt vēlreiz"],
  pl: ["Nie udało się wczytać", "Spróbuj ponownie"],
  ro: ["Nu s-a putut încărca", "Încearcă din nou"],
  sk: ["Nepodarilo sa načítať", "Skúsiť znova"],
  sl: ["Nalaganje ni uspelo", "Poskusi znova"],
  sr: ["Učitavanje nije uspelo", "Pokušajte ponovo"],
  uk: ["Не вдалося завантажити", "Спробувати ще раз"],
};

export function defineWidgets() {
  if (typeof customElements === "undefined" || typeof HTMLElement === "undefined" || customElements.get("stocklane-stock")) return;

  /** Of each element: `key`, what was asked for; `own`, its root is our work; `filled`; `failed`; `batch`, its request. */
  const states = new WeakMap();
  const connected = new Set();
  const waiting = new Set();

  class StocklaneElement extends HTMLElement {
    static get observedAttributes() {
      return ["sku", "quantity", "endpoint", "lang"];
    }
    connectedCallback() {
      connected.add(this);
      check(this);
    }
    attributeChangedCallback() {
      check(this);
    }
    disconnectedCallback() {
      connected.delete(this);
      const state = states.get(this);
      // What it has, it keeps; what it waited for or lacks, it asks for when it comes back.
      if (leave(this) || state.failed) state.key = "";
    }
    /** Asks again, whatever is shown. */
    reload() {
      ask(this, true);
    }
  }
  customElements.define("stocklane-stock", class extends StocklaneElement {});
  customElements.define("stocklane-quote", class extends StocklaneElement {});
  // An element without a `lang` of its own follows the page's.
  new MutationObserver(() => connected.forEach(check)).observe(document.documentElement, { attributeFilter: ["lang"] });

  function wanted(element) {
    const sku = (element.getAttribute("sku") || "").trim();
    const pieces = Number(element.getAttribute("quantity"));
    const quantity = String(pieces > 0 && pieces < Infinity ? pieces : 1);
    return {
      sku,
      quantity,
      subject: keyOf(sku, quantity),
      widget: element.localName.slice(10),
      endpoint: (element.getAttribute("endpoint") || "").replace(/\/+$/, ""),
      lang: (element.closest("[lang]") || document.documentElement).lang || "en",
    };
  }

  function keyOf(...parts) {
    return JSON.stringify(parts);
  }

  /** The server painted it: nothing to ask. */
  function painted(element, state) {
    if (state.own || !element.shadowRoot) return false;
    return (state.own = state.filled = true);
  }

  /** Asks, where the attributes say another thing than what was asked for. */
  function check(element) {
    if (!connected.has(element)) return;
    const state = states.get(element) || {};
    states.set(element, state);
    const want = wanted(element);
    const key = keyOf(want.subject, want.widget, want.endpoint, want.lang);
    if (key === state.key) return;
    const live = state.filled && state.want.subject !== want.subject;
    Object.assign(state, { key, want });
    if (!painted(element, state)) ask(element, live);
  }

  /** Puts an element into the next request; `live`: what comes is news to someone who listens. */
  function ask(element, live) {
    if (!connected.has(element)) return;
    const state = states.get(element);
    leave(element);
    state.failed = false;
    if (!state.want.sku) return element.shadowRoot?.replaceChildren();
    if (live) element.setAttribute("aria-live", "polite");
    else element.removeAttribute("aria-live");
    element.setAttribute("aria-busy", "true");
    waiting.add(element);
    if (waiting.size > 1) return;
    // While the page is still being parsed an element's own painted root may be yet to come.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", send, { once: true });
    else queueMicrotask(send);
  }

  /** Takes an element out of what is under way; whether it was in it. */
  function leave(element) {
    const { batch } = states.get(element);
    states.get(element).batch = undefined;
    element.removeAttribute("aria-busy");
    if (batch && batch.elements.delete(element) && !batch.elements.size) batch.controller.abort();
    return waiting.delete(element) || Boolean(batch);
  }

  function send() {
    const open = new Map();
    const all = [];
    for (const element of waiting) {
      const state = states.get(element);
      if (painted(element, state)) {
        element.removeAttribute("aria-busy");
        continue;
      }
      const { widget, endpoint, lang, subject } = state.want;
      const key = keyOf(widget, endpoint, lang);
      let batch = open.get(key + subject) || open.get(key);
      if (!batch || (batch.wants.size === AT_MOST[widget] && !batch.wants.has(subject))) {
        batch = { widget, endpoint, lang, wants: new Map(), elements: new Set(), controller: new AbortController() };
        open.set(key, batch);
        all.push(batch);
      }
      open.set(key + subject, batch);
      batch.wants.set(subject, state.want);
      batch.elements.add(element);
      state.batch = batch;
      if (!element.shadowRoot) {
        state.own = true;
        fill(element.attachShadow({ mode: "open" }), STYLE, document.createElement("slot"));
      }
    }
    waiting.clear();
    all.forEach(run);
  }

  async function run({ widget, endpoint, lang, wants, elements, controller }) {
    const list = (name) => [...wants.values()].map((want) => encodeURIComponent(want[name])).join(",");
    const quantities = widget === "quote" ? "&quantity=" + list("quantity") : "";
    let found = new Map();
    let problem = { kind: "network" };
    const timer = setTimeout(() => {
      problem = { kind: "timeout" };
      controller.abort();
    }, TIMEOUT_MS);
    try {
      const response = await fetch(`${endpoint}/widgets/${widget}?sku=${list("sku")}${quantities}&lang=${encodeURIComponent(lang)}`, {
        headers: { accept: "text/html" },
        redirect: "error",
        signal: controller.signal,
      });
      const type = response.headers.get("content-type") || "";
      if (response.ok && type.startsWith("text/html")) {
        const html = await response.text();
        problem = { kind: "decode" };
        found = read(html);
      } else {
        problem = { kind: response.ok ? "decode" : KINDS[response.status] || "upstream" };
        if (type.includes("json")) {
          const { kind = problem.kind, correlationId } = await response.json();
          problem = { kind, correlationId };
        }
      }
    } catch {
      // `problem` says how far it came.
    }
    clearTimeout(timer);
    for (const element of elements) {
      const state = states.get(element);
      const content = found.get(state.want.subject);
      state.batch = undefined;
      if (content) show(element, state, document.importNode(content, true));
      else fail(element, state, problem, lang);
      element.removeAttribute("aria-busy");
    }
  }

  /** The shadow content of each element of the answer. Only the proxy's own answer comes here. */
  function read(html) {
    const template = document.createElement("template");
    template.innerHTML = trusted(html);
    const found = new Map();
    for (const element of template.content.children) {
      const content = element.querySelector("template");
      if (content) found.set(keyOf(element.getAttribute("sku"), element.getAttribute("quantity") || "1"), content.content);
    }
    return found;
  }

  function show(element, state, content) {
    const focused = element.shadowRoot.activeElement;
    const style = content.querySelector("style");
    style?.remove();
    fill(element.shadowRoot, style?.textContent || STYLE, content);
    state.filled = true;
    if (focused) {
      // Who pressed the button goes on from here.
      const place = element.shadowRoot.querySelector("[part]");
      place.tabIndex = -1;
      place.focus();
    }
    tell(element, "load", {});
  }

  function fail(element, state, problem, lang) {
    const code = lang.slice(0, 2).toLowerCase();
    const [text, again] = TEXTS[code] || TEXTS.en;
    const line = document.createElement("p");
    const button = document.createElement("button");
    line.setAttribute("part", "error");
    line.lang = TEXTS[code] ? (code === "sr" ? "sr-Latn" : code) : "en";
    button.setAttribute("part", "retry");
    button.type = "button";
    button.textContent = again;
    // Whoever presses heals the whole page with one request.
    button.onclick = () => {
      for (const other of connected) if (states.get(other).failed) ask(other, other === element);
    };
    line.append(text, " ", button);
    const focused = element.shadowRoot.activeElement;
    fill(element.shadowRoot, STYLE, document.createElement("slot"), line);
    state.failed = true;
    if (focused) button.focus();
    tell(element, "error", problem);
  }

  function tell(element, event, detail) {
    const { sku } = states.get(element).want;
    element.dispatchEvent(new CustomEvent("stocklane-" + event, { bubbles: true, composed: true, detail: { ...detail, sku } }));
  }

  /** Styles are adopted, which no `style-src` forbids; a browser that cannot has them as elements. */
  const sheets = new Map();
  function fill(root, text, ...content) {
    root.replaceChildren(...content);
    try {
      if (!sheets.has(text)) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        sheets.set(text, sheet);
      }
      root.adoptedStyleSheets = [sheets.get(text)];
    } catch {
      const style = document.createElement("style");
      style.textContent = text;
      root.append(style);
    }
  }

  let policy;
  function trusted(html) {
    try {
      policy ||= globalThis.trustedTypes?.createPolicy("stocklane", { createHTML: (text) => text });
    } catch {
      // Refused by the page: plain text then, which the page may still allow.
    }
    return policy ? policy.createHTML(html) : html;
  }
}

defineWidgets();
