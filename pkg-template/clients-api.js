// The public classes: thin, over the module `clients`. In a browser Inter Cars and a proxy's answers come out of the smaller
// module `page`, and `clients` is loaded by whoever needs the rest. Each runtime's entry gives the ways to load them.

import { invalid, StocklaneError } from "./errors.js";
import { Host } from "./host.js";
import { Module } from "./module.js";
import { checked, forCall, forIncoCloud, interCarsOptions, json } from "./options.js";
import { Pager } from "./pager.js";
import { deliveryIds, packageSizes, quantityOf, timeOf } from "./reading.js";
import { version } from "./version.js";

/** Something inside the module: made when first called, and anew when its instance has been replaced. */
class Inside {
  #make;
  #parts;
  #made;
  #generation;

  /** `make` gives what is made out of the module's exports and of others that are inside, or a `StocklaneError`. */
  constructor(module, make, parts = []) {
    this.module = module;
    this.#make = make;
    this.#parts = parts;
  }

  /** Itself, and the module that it is in. */
  async there() {
    let module;
    do await (module = this.module).ready();
    while (module !== this.module);
    return { module, made: this.now() };
  }

  /** Once the module is ready. */
  now() {
    const { generation } = this.module;
    if (this.#generation !== generation) {
      const parts = this.#parts.map((part) => part?.now());
      this.#made = value(this.module.enter((glue) => this.#make(glue, ...parts)));
      this.#generation = generation;
    }
    return this.#made;
  }

  async run(options, start) {
    const known = forCall(options);
    const { module, made } = await this.there();
    return module.run(() => start(made, known), known.signal);
  }
}

/** A supplier's client, or a proxy's. What is under way ends in the module in which it began, wherever the client is by then. */
class Handle extends Inside {
  #options;
  #system;

  constructor(module, options, system) {
    super(module, (glue) => glue.Client.create(new Host(options), options, system));
    this.#options = options;
    this.#system = system;
  }

  async rows(operation, args, options) {
    const text = json(args, operation);
    return this.run(options, (client, known) => client.call(operation, text, known));
  }

  /**
   * A browser sends a request again by itself when a kept connection breaks, a POST too, and no page can forbid it. A proxy
   * knows the second by its key; the supplier would book it.
   */
  #refuseToOrderTwice(operation) {
    if (typeof document !== "object") return;
    const { baseUrl, authUrl = "https://incocloud.com" } = this.#options;
    const asked = baseUrl ?? (this.#system === "incocloud" ? authUrl : "https://intercars.eu");
    if (!/(^|\.)(intercars\.eu|incocloud\.com)$/.test(hostOf(asked))) return;
    throw new StocklaneError("unsupported", `${operation}: a page must not order from the supplier directly`, {
      hint: "Browsers repeat requests by themselves when a connection breaks: order through a proxy, or from your backend.",
    });
  }

  /** Keys of what was sent, by the instance that sent it: another one knows nothing of them. */
  #sent = new Map();

  #remember(key, generation) {
    this.#sent.set(key, generation);
    if (this.#sent.size > REMEMBERED) this.#sent.delete(this.#sent.keys().next().value);
  }

  /** Sent once; whoever gives it up after it has left is told that nobody knows its outcome. */
  async write(operation, args, options) {
    this.#refuseToOrderTwice(operation);
    const text = json(args, operation);
    const known = forCall(options);
    const idempotencyKey = keyOf(options);
    let sent = false;
    try {
      const { module, made: client } = await this.there();
      const { generation } = module;
      if ((this.#sent.get(idempotencyKey) ?? generation) !== generation) {
        const hint = "Look for it before you send it with a new key.";
        throw new StocklaneError("unknown_outcome", `${operation}: nobody knows what came of the first attempt`, { idempotencyKey, hint });
      }
      const onSent = () => {
        sent = true;
        this.#remember(idempotencyKey, generation);
      };
      const start = () => client.call(operation, text, { ...known, idempotencyKey, onSent });
      return await module.run(start, known.signal);
    } catch (cause) {
      if (!sent || (cause.kind !== "aborted" && cause.kind !== "internal")) throw cause;
      const hint = "It may have been done: look for it before you send it again.";
      const message = `${operation}: given up after it was sent`;
      throw new StocklaneError("unknown_outcome", message, { cause, idempotencyKey, hint });
    }
  }

  /** Pages of rows, fetched one at a time: `next` and `gaps`. */
  async pages(operation, args, options) {
    const text = json(args, operation);
    const known = forCall(options);
    const { module, made: client } = await this.there();
    const { generation } = module;
    const source = value(module.enter(() => client.pages(operation, text)));
    const there = () => {
      if (generation === module.generation) return source;
      throw new StocklaneError("internal", "the module was replaced while these pages were read", {
        hint: "Begin again: a new pager reads from the first page.",
      });
    };
    return {
      next: () => module.run(() => there().next(known), known.signal),
      gaps: () => module.enter(() => there().gaps()),
    };
  }
}

/** As many as the module remembers. */
const REMEMBERED = 1000;

/** As a page would ask it; blank where it is no address, to which nothing will be sent. */
function hostOf(address) {
  try {
    return new URL(address, document.baseURI).hostname;
  } catch {
    return "";
  }
}

function keyOf(options) {
  const given = options?.idempotencyKey;
  if (given === undefined) return crypto.randomUUID();
  if (typeof given === "string" && /^[\x21-\x7e]{1,255}$/.test(given)) return given;
  throw invalid("options.idempotencyKey must be a text of 1 to 255 visible ASCII characters");
}

/** The package's exports over the ways to load its modules: each as glue and what gives the module. */
export function stocklane(page, clients) {
  const light = new Module(...page);
  const whole = clients ? new Module(...clients) : light;
  const handles = new WeakMap();
  const empty = new Host();

  /** The module that has the operation, loaded. */
  async function knowing(operation) {
    await light.ready();
    if (light === whole || light.enter((glue) => glue.knows(operation))) return light;
    await whole.ready();
    return whole;
  }

  class InterCars {
    constructor(options) {
      const known = checked(options, interCarsOptions, "InterCars options");
      if ((known.clientId === undefined) !== (known.clientSecret === undefined)) {
        throw invalid("InterCars options: clientId and clientSecret belong together");
      }
      if (known.bearer && known.clientId) {
        throw invalid("InterCars options: give bearer, or clientId and clientSecret, not both");
      }
      handles.set(this, new Handle(light, known, "intercars"));
    }

    #rows(operation, args, options) {
      return handles.get(this).rows(operation, args, options);
    }

    #pager(operation, args, options) {
      return new Pager(() => handles.get(this).pages(operation, args, options));
    }

    async #write(operation, args, options) {
      return rowsOf(await handles.get(this).write(operation, args, options));
    }

    async stock(query, options) {
      return batch(await this.#rows("stock", query, options));
    }

    async quote(query, options) {
      return batch(await this.#rows("quote", query, options));
    }

    async price(query, options) {
      const [answers, skipped] = await this.#rows("price", query, options);
      return { items: answers.flatMap(({ lines }) => lines), skipped };
    }

    async categories(categoryId, options) {
      return rowsOf(await this.#rows("categories", given({ categoryId }), options));
    }

    async products(query, options) {
      return one(await this.#rows("products", query, options));
    }

    allProducts(query, options) {
      return this.#pager("allProducts", query ?? {}, options);
    }

    async getDelivery(id, options) {
      return rowsOf(await this.#rows("getDelivery", { id }, options));
    }

    searchDeliveries(range, options) {
      return this.#pager("searchDeliveries", range, options);
    }

    searchDeliveryMetadata(range, options) {
      return this.#pager("searchDeliveryMetadata", range, options);
    }

    async getInvoice(id, options) {
      return rowsOf(await this.#rows("getInvoice", given({ id, techId: options?.techId }), options));
    }

    searchInvoices(query, options) {
      return this.#pager("searchInvoices", query, options);
    }

    submitRequisition(requisition, options) {
      return this.#write("submitRequisition", requisition, options);
    }

    async getRequisition(id, options) {
      return rowsOf(await this.#rows("getRequisition", { id }, options));
    }

    searchRequisitions(query, options) {
      return this.#pager("searchRequisitions", query, options);
    }

    confirmRequisition(id, options) {
      return this.#write("confirmRequisition", given({ id, shipTo: options?.shipTo }), options);
    }

    cancelRequisition(id, options) {
      return this.#write("cancelRequisition", given({ id, shipTo: options?.shipTo }), options);
    }

    async getOrder(id, options) {
      const answer = one(await this.#rows("getOrder", { id }, options));
      if (!Array.isArray(answer)) return answer;
      if (answer.length > 0) return answer[0];
      throw new StocklaneError("not_found", "getOrder: the supplier knows no such order", { hint: "Check the identifier." });
    }

    async customer(options) {
      return one(await this.#rows("customer", {}, options));
    }

    async finances(options) {
      return one(await this.#rows("finances", {}, options));
    }
  }

  class IncoCloud {
    constructor(options) {
      const known = forIncoCloud(options, "IncoCloud options");
      handles.set(this, new Handle(whole, known, "incocloud"));
    }

    items(query, options) {
      return this.list("item", query, options);
    }

    sales(query, options) {
      return this.list("sale", query, options);
    }

    list(resource, query, options) {
      const pager = new Pager(() => handles.get(this).pages(String(resource), query ?? {}, options));
      return pager.toArray();
    }

    async createSale(sale, options) {
      return one(await handles.get(this).write("createSale", sale, options));
    }

    async sync(resource, since, options) {
      const query = json(options?.query ?? {}, "sync");
      const before = since === undefined ? undefined : json(withTime(since, Date.parse), "sync");
      const start = (client, known) => client.sync(String(resource), query, before, known);
      const changes = JSON.parse(await handles.get(this).run(options, start));
      changes.snapshot = withTime(changes.snapshot, (ms) => new Date(ms).toISOString());
      return changes;
    }
  }

  class Storefront {
    #local;
    #remote;

    constructor(options) {
      const { intercars, incocloud, baseUrl, ...rest } = options ?? {};
      if (intercars === undefined && incocloud === undefined) {
        const known = checked({ ...options, baseUrl: baseUrl ?? "" }, { baseUrl: "string", fetch: "function" }, "Storefront options");
        this.#remote = new Handle(light, known, "remote");
        return;
      }
      if (incocloud === undefined && (rest.match !== undefined || rest.shop !== undefined)) {
        throw invalid("Storefront options: match and shop belong to an incocloud");
      }
      const [supplier, shop] = [intercars, incocloud].map((client) => handles.get(client));
      if (intercars !== undefined && !(intercars instanceof InterCars)) {
        throw invalid("Storefront options: intercars must be an InterCars of this package");
      }
      if (incocloud !== undefined && !(incocloud instanceof IncoCloud)) {
        throw invalid("Storefront options: incocloud must be an IncoCloud of this package");
      }
      const data = json(checked(rest, { match: "object", shop: "object", itemsMaxAgeMs: "number" }, "Storefront options"), "Storefront");
      const make = ({ Storefront }, supplier, shop) => {
        if (!shop) return Storefront.supplier(supplier);
        return supplier ? Storefront.both(supplier, shop, data) : Storefront.shop(shop, data);
      };
      // Both must be in one module: a client of a page moves, and its quota begins anew there.
      if (supplier) supplier.module = whole;
      this.#local = new Inside(whole, make, [supplier, shop]);
    }

    async availability(query, options) {
      const asked = Array.isArray(query) ? { sku: query } : query;
      if (this.#remote) return rowsOf(await this.#remote.rows("availability", asked, options));
      const text = json(asked, "availability");
      return JSON.parse(await this.#local.run(options, (storefront, known) => storefront.availability(text, known)));
    }

    async offers(lines, options) {
      if (this.#remote) return rowsOf(await this.#remote.rows("offers", { lines }, options));
      const text = json({ lines }, "offers");
      return JSON.parse(await this.#local.run(options, (storefront, known) => storefront.offers(text, known)));
    }

    async unmatched(options) {
      if (this.#remote) {
        throw new StocklaneError("unsupported", "unmatched: a proxy does not tell which items have no partner", {
          hint: "Ask from your backend, with an InterCars and an IncoCloud.",
        });
      }
      return JSON.parse(await this.#local.run(options, (storefront, known) => storefront.unmatched(known)));
    }
  }

  return {
    version,
    StocklaneError,
    InterCars,
    IncoCloud,
    Storefront,
    deliveryIds,
    packageSizes,
    quantityOf,
    timeOf,

    /** Exact: what the amounts make together. */
    async sumMoney(amounts) {
      const texts = together(amounts);
      await light.ready();
      return money(amounts[0], value(light.enter((glue) => glue.sum(empty, texts))));
    },

    /** Exact: so many times the amount. */
    async timesMoney(amount, factor) {
      const [one, other] = [String(amount?.amount), String(factor)];
      await light.ready();
      return money(amount, value(light.enter((glue) => glue.product(empty, one, other))));
    },

    init(source, rest) {
      if (rest !== undefined) whole.place(rest);
      return light.ready(source);
    },

    async decode(operation, body) {
      const module = await knowing(String(operation));
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      if (!(bytes instanceof Uint8Array)) throw invalid("decode: the body must be a Uint8Array or a string");
      return value(module.enter((glue) => glue.decode(empty, String(operation), bytes)));
    },

    async buildRequests(operation, args, options) {
      const { baseUrl, language = "en" } = checked(options, { baseUrl: "string", language: "string" }, "options");
      const text = json(args, operation);
      const module = await knowing(String(operation));
      const built = value(module.enter((glue) => glue.buildRequests(empty, String(operation), text, baseUrl, language)));
      return built.map(([method, url, headers, body]) => {
        const request = { method, url, headers: Object.fromEntries(headers) };
        if (body !== undefined) request.body = body;
        return request;
      });
    },
  };
}

/** A snapshot with its time in another form. */
const withTime = (snapshot, form) => ({ ...snapshot, takenAt: form(snapshot?.takenAt) });

/** Amounts that may be added: of one currency, all with tax or all without. */
function together(amounts) {
  const [{ currency, vat } = {}] = Array.isArray(amounts) ? amounts : [];
  if (!Array.isArray(amounts) || !amounts.every((amount) => amount.currency === currency && amount.vat === vat) || amounts.length === 0) {
    throw invalid("sumMoney: give amounts of one currency, all net or all gross");
  }
  return amounts.map(({ amount }) => String(amount));
}

const money = ({ currency, vat }, amount) => ({ amount, currency, vat });

function value(outcome) {
  if (outcome instanceof StocklaneError) throw outcome;
  return outcome;
}

/** What the user has given of these. */
const given = (args) => Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));

/** The answer of an operation that is one request. */
const one = ([[answer]]) => answer;

/** One list for each request becomes one list. */
const rowsOf = ([lists]) => (lists.length === 1 ? lists[0] : lists.flat());
const batch = (outcome) => ({ items: rowsOf(outcome), skipped: outcome[1] });
