// The public classes: thin, over the module `clients`. Each runtime's entry gives the way to load it.

import { invalid, StocklaneError } from "./errors.js";
import { Host } from "./host.js";
import { Module } from "./module.js";
import { checked, forCall, interCarsOptions, json } from "./options.js";

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

  async run(options, start) {
    const known = forCall(options);
    await this.#module.ready();
    if (this.#generation !== this.#module.generation) {
      const { generation } = this.#module;
      this.#client = this.#module.enter((glue) => new glue.Client(this.#host, this.#options, this.#system));
      this.#generation = generation;
    }
    return this.#module.run(() => start(this.#client, known), known.signal);
  }

  async rows(operation, args, options) {
    const text = json(args, operation);
    return this.run(options, (client, known) => client.call(operation, text, known));
  }
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

    async stock(query, options) {
      return batch(await handles.get(this).rows("stock", query, options));
    }

    async quote(query, options) {
      return batch(await handles.get(this).rows("quote", query, options));
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

function value(outcome) {
  if (outcome instanceof StocklaneError) throw outcome;
  return outcome;
}

/** One list for each request becomes one list. */
const rowsOf = ([lists]) => (lists.length === 1 ? lists[0] : lists.flat());
const batch = (outcome) => ({ items: rowsOf(outcome), skipped: outcome[1] });
