/** Every rejection is one of these. */
export class StocklaneError extends Error {
  constructor(kind, message, { cause, ...told } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    // Its own, for Bun does not ask a getter for the first line of the stack; hidden, as an error's name is.
    Object.defineProperty(this, "name", { value: "StocklaneError", configurable: true, writable: true });
    this.kind = kind;
    this.retryable = false;
    for (const [name, value] of Object.entries(told)) if (value !== undefined) this[name] = value;
  }
}

export const invalid = (message, hint) => new StocklaneError("validation", message, { hint });

export const aborted = (signal) =>
  new StocklaneError("aborted", "the caller gave the call up", { cause: signal.reason });
