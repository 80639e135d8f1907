// What came of a promise, and all that a value tells. No runtime's own name may appear here.

/** What a promise rejects with; an error where it does not. */
export async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`resolved, to ${JSON.stringify(value)?.slice(0, 200)}`);
}

/** How a suite asserts that a promise rejects with an error of this kind, whose message is like this; gives the error. */
export const failing = ({ assert, StocklaneError }) =>
  async function fails(promise, kind, pattern) {
    const error = await rejection(promise);
    assert.instanceOf(error, StocklaneError, told(error));
    assert.equal(error.kind, kind, `${error.message} (${error.hint})`);
    if (pattern) assert.match(error.message, pattern);
    return error;
  };

/** All that can be read of a value without a debugger: own fields of every kind, prototype's getters, text, JSON, stack, cause. */
export function told(value, depth = 0) {
  if (typeof value === "string") return value;
  if (typeof value === "function") return `${value} ${told({ ...value }, depth + 1)}`;
  if (typeof value !== "object" || value === null || depth > 6) return String(value);
  const parts = [];
  const attempt = (work) => {
    try {
      parts.push(String(work()));
    } catch (error) {
      parts.push(String(error));
    }
  };
  attempt(() => JSON.stringify(value));
  attempt(() => String(value));
  attempt(() => value.stack);
  for (let owner = value; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const key of Reflect.ownKeys(owner)) {
      parts.push(String(key));
      if (key === "constructor") continue;
      attempt(() => told(value[key], depth + 1));
    }
  }
  return parts.join("\n");
}
