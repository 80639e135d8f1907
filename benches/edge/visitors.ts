// The peer's limits: what a visitor may ask in a minute, and how much of the catalogue in an hour.
const VISITORS = 5_000;
const SKUS = 2_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Visitor {
  /** Time that its requests have cost, ahead of the clock. */
  spentUntil: number;
  hour: number;
  skus: Set<string>;
}

export class Visitors {
  private readonly cost: number;
  private readonly known = new Map<string, Visitor>();

  constructor(perMinute: number) {
    this.cost = MINUTE / perMinute;
  }

  /** Undefined where the visitor may go on, else the seconds that it has to wait. */
  admit(address: string, skus: string[], now: number): number | undefined {
    const name = bucket(address);
    const visitor = this.known.get(name) ?? { spentUntil: 0, hour: now, skus: new Set() };
    // The one that has not come for longest is the first in the map.
    this.known.delete(name);
    this.known.set(name, visitor);
    if (this.known.size > VISITORS) this.known.delete(this.known.keys().next().value!);
    const from = Math.max(visitor.spentUntil, now - MINUTE / 2);
    if (from + this.cost > now) return Math.ceil((from + this.cost - now) / 1000);
    if (now >= visitor.hour + HOUR) {
      visitor.hour = now;
      visitor.skus.clear();
    }
    for (const sku of skus) visitor.skus.add(sku);
    if (visitor.skus.size > SKUS) return Math.ceil((visitor.hour + HOUR - now) / 1000);
    visitor.spentUntil = from + this.cost;
    return undefined;
  }
}

/** Of an address of version six the network: a household has as many addresses as it likes. */
function bucket(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const left = head.split(":");
  const right = tail === undefined ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
