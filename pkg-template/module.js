// One WebAssembly module: loaded once, entered with care, and replaced when it has trapped.

import { aborted, StocklaneError } from "./errors.js";

let instances = 0;

/** Signal → how to give up each call that it may end. They share one listener: of more than ten Node warns. */
const callsOf = /* @__PURE__ */ new WeakMap();

function follow(signal, giveUp) {
  let calls = callsOf.get(signal);
  if (calls === undefined) {
    calls = new Set();
    calls.abort = () => calls.forEach((giveUp) => giveUp());
    callsOf.set(signal, calls);
  }
  if (calls.size === 0) signal.addEventListener("abort", calls.abort, { once: true });
  calls.add(giveUp);
}

function unfollow(signal, giveUp) {
  const calls = callsOf.get(signal);
  calls.delete(giveUp);
  if (calls.size === 0) signal.removeEventListener("abort", calls.abort);
}

export class Module {
  #load;
  #ready;
  #pending = new Set();
  loaded = false;
  /** Names the instance: what belongs to another one, of this module or another, is not known to it. */
  generation = ++instances;

  /** `load` gives what `WebAssembly` compiles: a URL, bytes or a compiled module. `glue` may be a function that imports it. */
  constructor(glue, load) {
    this.glue = glue;
    this.#load = load;
  }

  /** Where it is to be loaded from, once somebody needs it. */
  place(source) {
    this.#load = () => source;
  }

  /** Memoised; a load that failed is tried again by the next call. */
  ready(source) {
    this.#ready ??= this.#start(source).catch((cause) => {
      this.#ready = undefined;
      throw cause instanceof StocklaneError ? cause : notLoaded(cause);
    });
    return this.#ready;
  }

  async #start(source) {
    if (typeof WebAssembly !== "object") {
      throw new StocklaneError("unsupported", "this runtime has no WebAssembly");
    }
    if (typeof this.glue === "function") this.glue = await this.glue();
    await this.glue.default({ module_or_path: source ?? (await this.#load()) });
    this.loaded = true;
  }

  /** Loads without waiting where the module lies at hand compiled; tells whether it is there. */
  loadNow() {
    if (this.#ready !== undefined) return this.loaded;
    const source = this.#load();
    if (!(source instanceof WebAssembly.Module)) return false;
    this.glue.initSync({ module: source });
    this.loaded = true;
    this.#ready = Promise.resolve();
    return true;
  }

  /** Runs something inside the module. Whatever it throws is a trap: nothing in there throws on purpose. */
  enter(run) {
    try {
      return run(this.glue);
    } catch (cause) {
      throw this.#broken(cause);
    }
  }

  #broken(cause) {
    const error = new StocklaneError("internal", "a defect in stocklane stopped its module; it has been replaced", {
      cause,
      hint: "The next call works. Please report what you asked for, without secrets.",
    });
    this.generation = ++instances;
    this.glue.rebuild();
    this.glue.rebuilt();
    for (const reject of [...this.#pending]) reject(error);
    return error;
  }

  /** Drives a task of the module to its end. `start` makes it. */
  run(start, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(signal));
      const { generation } = this;
      let task;
      let scheduled = false;
      const end = (settle) => (value) => {
        if (task === undefined) return;
        const mine = task;
        task = undefined;
        this.#pending.delete(fail);
        if (signal) unfollow(signal, giveUp);
        if (generation === this.generation) mine.free();
        settle(value);
      };
      const done = end(resolve);
      const fail = end(reject);
      const giveUp = () => fail(aborted(signal));
      let outcome;
      const keep = (settle) => (value) => {
        outcome = () => settle(value);
      };
      const ok = keep(done);
      const bad = keep(fail);
      const step = () => {
        scheduled = false;
        if (task === undefined) return;
        try {
          this.enter(() => task.poll(wake, ok, bad));
        } catch (error) {
          return fail(error);
        }
        // Only now is the task no longer borrowed, so that it may be freed.
        outcome?.();
      };
      const wake = () => {
        if (scheduled) return;
        scheduled = true;
        queueMicrotask(step);
      };
      try {
        task = this.enter(start);
      } catch (error) {
        return reject(error);
      }
      this.#pending.add(fail);
      if (signal) follow(signal, giveUp);
      step();
    });
  }
}

function notLoaded(cause) {
  const words = String(cause?.message ?? cause);
  if (/wasm-unsafe-eval|content security policy|unsafe-eval/i.test(words)) {
    return new StocklaneError("unsupported", "this page's Content-Security-Policy forbids WebAssembly", {
      cause,
      hint: "Add 'wasm-unsafe-eval' to script-src: it allows WebAssembly and nothing else.",
    });
  }
  if (typeof WebAssembly === "object" && cause instanceof WebAssembly.CompileError) {
    return new StocklaneError("unsupported", "this runtime cannot compile the module", {
      cause,
      hint: "It needs SIMD, bulk memory and reference types: Chrome 91, Firefox 89, Safari 16.4, Node 20 or newer.",
    });
  }
  return new StocklaneError("network", "the module could not be loaded", {
    cause,
    hint: "Check that the .wasm file is served beside its script; or give its place to init().",
  });
}
