/** Every rejection is one of these. */
export class StocklaneError extends Error {
  constructor(kind, message, { cause, ...told } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.retryable = false;
    for (const [name, value] of Object.entries(told)) if (value !== undefined) this[name] = value;
  }
  get name() {
    return "StocklaneError";
  }
}

export const invalid = (message, hint) => new StocklaneError("validation", message, { hint });

export const aborted = (signal) =>
  new StocklaneError("aborted", "the caller gave the call up", { cause: signal.reason });
