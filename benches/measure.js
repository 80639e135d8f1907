// Side by side: the contenders take turns, so that a machine that slows down slows all of them.

/** Median and least microseconds a call, by name. `now` in milliseconds; `await` is paid only by those that need it. */
export async function race(contenders, bytes, { rounds = 31, patience = 6, now = () => performance.now() } = {}) {
  const names = Object.keys(contenders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const calls = {};
  for (const name of names) calls[name] = await enough(contenders[name], bytes, patience, now);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name].push((1000 * (await spent(contenders[name], bytes, calls[name], now))) / calls[name]);
  }
  return Object.fromEntries(names.map((name) => [name, summary(times[name])]));
}

export function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], least: sorted[0] };
}

/** So many calls that they last for `patience`; finding out warms the code up. */
async function enough(run, bytes, patience, now) {
  for (let calls = 1; ; calls *= 2) {
    let best = Infinity;
    for (let n = 0; n < 4; n++) best = Math.min(best, await spent(run, bytes, calls, now));
    if (best >= patience / 2) return Math.max(1, Math.ceil((calls * patience) / best));
  }
}

async function spent(run, bytes, calls, now) {
  const since = now();
  await repeat(run, bytes, calls);
  return now() - since;
}

export async function repeat(run, bytes, calls) {
  let last;
  for (let n = 0; n < calls; n++) {
    last = run(bytes);
    if (last instanceof Promise) last = await last;
  }
  return last;
}
