// Where the wire is odd: rows as sent, read as meant. Nothing here changes a row.

const number = (text) => {
  const value = typeof text === "string" ? Number(text.trim().replace(",", ".")) : text;
  return (typeof text === "number" || (typeof text === "string" && text.trim() !== "")) && Number.isFinite(value)
    ? value
    : undefined;
};

/** Sizes of a product's package as numbers, in whichever spelling they came; what is not there or no number is left out. */
export function packageSizes(product) {
  const sizes = {
    weight: number(product.packageWeight),
    length: number(product.packageLength ?? product.packageLenght),
    width: number(product.packageWidth ?? product.packageWidht),
    height: number(product.packageHeight),
    depth: number(product.packageDepth),
  };
  return Object.fromEntries(Object.entries(sizes).filter(([, size]) => size !== undefined));
}

/** Numbers of deliveries, one each: the supplier writes several into one text. */
export const deliveryIds = (line) =>
  (line.deliveryId ?? []).flatMap((text) => text.split(",")).map((id) => id.trim()).filter((id) => id !== "");

/** How many pieces: at the customer's cap there may be more. */
export const quantityOf = (line, availabilityCap = 10) => ({
  value: line.availability,
  atLeast: line.availability >= availabilityCap,
});

const ZONED = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;
const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/**
 * A time as sent. With a zone of its own it is an instant; without, it is local to the customer and becomes an instant only
 * in a zone that is given. A day alone is no instant.
 */
export function timeOf(text, timeZone) {
  if (typeof text !== "string") return undefined;
  if (LOCAL.test(text) && ZONED.test(text)) return { text, zoned: true, instant: valid(new Date(text)) };
  if (!LOCAL.test(text) || timeZone === undefined) return { text, zoned: false };
  const wall = Date.parse(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(wall)) return { text, zoned: false };
  // The zone's offset is that of the instant looked for, which the first guess may miss by the hour that a clock is changed.
  let instant = wall - offset(wall, timeZone);
  instant = wall - offset(instant, timeZone);
  return { text, zoned: false, instant: new Date(instant) };
}

const valid = (date) => (Number.isNaN(date.getTime()) ? undefined : date);

function offset(instant, timeZone) {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instant);
  const { year, month, day, hour, minute, second } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}
