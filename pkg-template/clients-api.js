// The public classes: thin, over the module `clients`. Each runtime's entry gives the way to load it.

import { invalid, StocklaneError } from "./errors.js";
import { Host } from "./host.js";
import { Module } from "./module.js";
import { checked, forCall, interCarsOptions, json } from "./options.js";
import { Pager } from "./pager.js";
import { deliveryIds, packageSizes, quantityOf, timeOf } from "./reading.js";
import { version } from "./version.js";

/** A client inside the module: made when first called, and anew when its instance has been replaced. */
class Handle {
  #module;
  #options;
  #host;
  #system;
  #client;
  #generation;

  constructor(module, options, system) {
    this.#module = module;
    this.#options = options;
    this.#host = new Host(options);
    this.#system = system;
  }

  async #inside() {
    await this.#module.ready();
    if (this.#generation !== this.#module.generation) {
      const { generation } = this.#module;
      this.#client = this.#module.enter((glue) => new glue.Client(this.#host, this.#options, this.#system));
      this.#generation = generation;
    }
    return this.#client;
  }

  async run(options, start) {
    const known = forCall(options);
    const client = await this.#inside();
    return this.#module.run(() => start(client, known), known.signal);
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
    const { baseUrl } = this.#options;
    if (baseUrl !== undefined && !/(^|\.)intercars\.eu$/.test(new URL(baseUrl, document.baseURI).hostname)) return;
    throw new StocklaneError("unsupported", `${operation}: a page must not order from the supplier directly`, {
      hint: "Browsers repeat requests by themselves when a connection breaks: order through a proxy, or from your backend.",
    });
  }

  /** Sent once; whoever gives it up after it has left is told that nobody knows its outcome. */
  async write(operation, args, options) {
    this.#refuseToOrderTwice(operation);
    const text = json(args, operation);
    const known = forCall(options);
    const idempotencyKey = keyOf(options);
    let sent = false;
    const onSent = () => (sent = true);
    try {
      const client = await this.#inside();
      const start = () => client.call(operation, text, { ...known, idempotencyKey, onSent });
      return await this.#module.run(start, known.signal);
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
    const client = await this.#inside();
    const { generation } = this.#module;
    const source = value(this.#module.enter(() => client.pages(operation, text)));
    const there = () => {
      if (generation === this.#module.generation) return source;
      throw new StocklaneError("internal", "the module was replaced while these pages were read", {
        hint: "Begin again: a new pager reads from the first page.",
      });
    };
    return {
      next: () => this.#module.run(() => there().next(known), known.signal),
      gaps: () => this.#module.enter(() => there().gaps()),
    };
  }
}

function keyOf(options) {
  const given = options?.idempotencyKey;
  if (given === undefined) return crypto.randomUUID();
  if (typeof given === "string" && /^[\x21-\x7e]{1,255}$/.test(given)) return given;
  throw invalid("options.idempotencyKey must be a text of 1 to 255 visible ASCII characters");
}

/** The package's exports over one way to load its module. */
export function stocklane(glue, load) {
  const module = new Module(glue, load);
  const handles = new WeakMap();
  const empty = new Host();

  class InterCars {
    constructor(options) {
      const known = checked(options, interCarsOptions, "InterCars options");
      if ((known.clientId === undefined) !== (known.clientSecret === undefined)) {
        throw invalid("InterCars options: clientId and clientSecret belong together");
      }
      if (known.bearer && known.clientId) {
        throw invalid("InterCars options: give bearer, or clientId and clientSecret, not both");
      }
      handles.set(this, new Handle(module, known, "intercars"));
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

  class Storefront {
    #local;
    #remote;

    constructor(options) {
      const { intercars, baseUrl } = options ?? {};
      if (intercars !== undefined) {
        this.#local = handles.get(intercars);
        if (!this.#local) throw invalid("Storefront options: intercars must be an InterCars of this package");
      } else {
        const known = checked({ ...options, baseUrl: baseUrl ?? "" }, { baseUrl: "string", fetch: "function" }, "Storefront options");
        this.#remote = new Handle(module, known, "remote");
      }
    }

    async availability(query, options) {
      const asked = Array.isArray(query) ? { sku: query } : query;
      if (this.#remote) return rowsOf(await this.#remote.rows("availability", asked, options));
      const text = json(asked, "availability");
      return JSON.parse(await this.#local.run(options, (client, known) => client.availability(text, known)));
    }

    async offers(lines, options) {
      if (this.#remote) return rowsOf(await this.#remote.rows("offers", { lines }, options));
      const text = json({ lines }, "offers");
      return JSON.parse(await this.#local.run(options, (client, known) => client.offers(text, known)));
    }
  }

  return {
    version,
    StocklaneError,
    InterCars,
    Storefront,
    deliveryIds,
    packageSizes,
    quantityOf,
    timeOf,

    /** Exact: what the amounts make together. */
    async sumMoney(amounts) {
      const texts = together(amounts);
      await module.ready();
      return money(amounts[0], value(module.enter((glue) => glue.sum(empty, texts))));
    },

    /** Exact: so many times the amount. */
    async timesMoney(amount, factor) {
      const [one, other] = [String(amount?.amount), String(factor)];
      await module.ready();
      return money(amount, value(module.enter((glue) => glue.product(empty, one, other))));
    },

    init: (source) => module.ready(source),

    async decode(operation, body) {
      await module.ready();
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      if (!(bytes instanceof Uint8Array)) throw invalid("decode: the body must be a Uint8Array or a string");
      return value(module.enter((glue) => glue.decode(empty, String(operation), bytes)));
    },

    async buildRequests(operation, args, options) {
      const { baseUrl, language = "en" } = checked(options, { baseUrl: "string", language: "string" }, "options");
      const text = json(args, operation);
      await module.ready();
      const built = value(module.enter((glue) => glue.buildRequests(empty, String(operation), text, baseUrl, language)));
      return built.map(([method, url, headers, body]) => {
        const request = { method, url, headers: Object.fromEntries(headers) };
        if (body !== undefined) request.body = body;
        return request;
      });
    },
  };
}

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
