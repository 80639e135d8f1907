// The Worker beside its peers, in workerd: a visitor's /availability out of kept answers, and the first answer of a cold one.
// node benches/edge/run.mjs [kept] [cold]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, stopAll } from "../../tests/harness/processes.mjs";
import { startSandbox } from "../../tests/harness/sandbox.mjs";
import { summary } from "../measure.js";
import { load, once, requestOf } from "./load.mjs";
import { bundled, serve, serveLoader, temporary } from "./workerd.mjs";

const ORIGIN = "https://shop.example";
const COUNTS = [1, 20, 100];
const ROUNDS = 9;
const SECONDS = 1.5;
const COLD_ROUNDS = 25;

const STOCKLANE = "stocklane";
const PEER = "Hono and zod, answers kept";
const PLAIN_PEER = "Hono and zod, stock kept";
const CONSTANT = "a constant";
const LEAST = "a constant, made once";
const GOALS = { [PEER]: 1.5, [CONSTANT]: 0.8, [LEAST]: 0.8 };

const wanted = process.argv.slice(2);
const skus = (count) => Array.from({ length: count }, (_, at) => `SBX${String(101 + at).padStart(6, "0")}`);
const pathOf = (count) => `/availability?sku=${skus(count)}`;
// Nobody is refused: a thousand visitors, each within its limits.
const requestsOf = (count) => Array.from({ length: 1000 }, (_, at) => requestOf(pathOf(count), ORIGIN, `192.0.${at >> 8}.${at & 255}`));

try {
  await bench();
} finally {
  await stopAll();
}

async function bench() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { hono, zod } = { ...dependencies, ...devDependencies };
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/workerd/package.json"), "utf8"));
  console.log(`\nThe Worker in workerd ${version}, beside hono ${hono} with zod ${zod}, and a constant. All answer the same.`);
  const { url } = await startSandbox();
  // The supplier's dates stand still, so that every answer is the same.
  await fetch(`${url}/_sandbox/time`, { method: "PUT", body: JSON.stringify({ frozen: true }) });
  const variables = {
    IC_BASE_URL: `${url}/ic`,
    IC_TOKEN_URL: `${url}/oauth2/token`,
    IC_CLIENT_ID: "sandbox-client",
    IC_CLIENT_SECRET: "sandbox-secret",
    ALLOWED_ORIGINS: ORIGIN,
    PLACES: JSON.stringify({ KOM: "Komorniki", HSN: "Hosin", POZ: "Poznań", HZA: "Poznań-Załęże", LAZ: "Łazy" }),
    VISITOR_REQUESTS_PER_MINUTE: "60000",
  };
  const [shop, peer, constant] = await Promise.all(["www/worker.js", "benches/edge/peer.ts", "benches/edge/constant.js"].map(bundled));
  const ours = { bundle: shop, variables };
  const theirs = (keeps) => ({ bundle: peer, variables: { ...variables, KEEPS: keeps } });
  const asked = (what) => wanted.length === 0 || wanted.includes(what);
  if (asked("kept")) await kept({ [STOCKLANE]: ours, [PEER]: theirs("answers"), [PLAIN_PEER]: theirs("stock") }, constant);
  const nothing = { bundle: constant, variables: { BODY: "[]", HEADERS: {} } };
  if (asked("cold")) await cold({ [STOCKLANE]: ours, "Hono and zod": theirs("answers"), [CONSTANT]: nothing });
}

/** A crowd asks the same again and again. */
async function kept(contenders, constant) {
  console.log(`Requests a second, median and range of ${ROUNDS} turns; microseconds of processor time a request, of the Worker's process
and of the crowd's; and how stocklane compares, by requests a second and by the Worker's processor time.`);
  for (const count of COUNTS) {
    const request = requestOf(pathOf(count), ORIGIN, "192.0.2.1");
    const workers = {};
    const answers = {};
    const begin = async (name, { bundle, variables }) => {
      workers[name] = await serve(bundle, variables);
      answers[name] = await once(workers[name].port, request);
    };
    for (const [name, contender] of Object.entries(contenders)) await begin(name, contender);
    const { headers, body } = parted(answers[STOCKLANE]);
    await begin(CONSTANT, { bundle: constant, variables: { BODY: body, HEADERS: Object.fromEntries(headers) } });
    await begin(LEAST, { bundle: constant, variables: { BODY: body, HEADERS: Object.fromEntries(headers), MADE: "once" } });
    const meant = (name) => ({ ...parted(answers[name]), body: JSON.parse(parted(answers[name]).body) });
    for (const name of Object.keys(workers)) assert.deepEqual(meant(name), meant(STOCKLANE), `${name} answers otherwise`);
    assert.equal(meant(STOCKLANE).body.length, count);

    const requests = requestsOf(count);
    const turns = Object.fromEntries(Object.keys(workers).map((name) => [name, []]));
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, worker] of Object.entries(workers)) {
        const turn = await load(worker, requests, answers[name], SECONDS);
        // The first round warms the code up.
        if (round >= 0) turns[name].push(turn);
      }
    }
    print(`${count} SKU${count > 1 ? "s" : ""} (${(Buffer.byteLength(body) / 1000).toFixed(1)} kB)`, turns);
    for (const worker of Object.values(workers)) await worker.stop();
  }
}

/** The first answer for one SKU, with a token and the stock asked of the supplier, which is at hand. */
async function cold(contenders) {
  const names = Object.keys(contenders);
  const times = (what) => Object.fromEntries(names.map((name) => [name, { what, times: [] }]));
  const isolates = times("new isolate");
  const processes = times("new process");
  const listening = times("process listens");
  const loader = await serveLoader(temporary(), Object.values(contenders));
  const since = async (begin, ask) => {
    const bytes = await ask();
    assert.match(bytes.toString("latin1"), /^HTTP\/1.1 200 OK/);
    return performance.now() - begin;
  };
  for (let round = -2; round < COLD_ROUNDS; round++) {
    for (const [at, name] of names.entries()) {
      const isolate = await since(performance.now(), () => once(loader.port, requestOf(`/${at}/${round}${pathOf(1)}`, ORIGIN, "192.0.2.1")));
      const begin = performance.now();
      const worker = await serve(contenders[name].bundle, contenders[name].variables);
      const listens = performance.now() - begin;
      const process = await since(begin, () => once(worker.port, requestOf(pathOf(1), ORIGIN, "192.0.2.1")));
      await worker.stop();
      if (round < 0) continue;
      isolates[name].times.push(isolate);
      processes[name].times.push(process);
      listening[name].times.push(listens);
    }
  }
  console.log(`\n  the first answer, milliseconds, median and least of ${COLD_ROUNDS}`);
  const goal = (kind, name) => (kind !== listening && name !== CONSTANT ? "  goal 1.05" : "");
  for (const kind of [isolates, processes, listening]) {
    for (const name of names) {
      const { median, least } = summary(kind[name].times);
      const ratio = summary(kind[STOCKLANE].times).median / median;
      console.log(`    ${kind[name].what.padEnd(18)}${name.padEnd(16)}${median.toFixed(1).padStart(8)}${least.toFixed(1).padStart(8)}${name === STOCKLANE ? "" : `   stocklane takes ${ratio.toFixed(2)}×${goal(kind, name)}`}`);
    }
  }
}

/** Status, headers and body of an answer; names and lists of headers written in one way. */
function parted(bytes) {
  const text = bytes.toString();
  const end = text.indexOf("\r\n\r\n");
  const [status, ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const at = line.indexOf(": ");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 2).replaceAll(/,\s*/g, ", ")];
  });
  headers.sort(([a], [b]) => (a < b ? -1 : 1));
  return { status, headers: headers.filter(([name]) => name !== "content-length"), body: text.slice(end + 4) };
}

function print(title, turns) {
  console.log(`  ${title}`);
  const median = (name, what) => summary(turns[name].map((turn) => turn[what])).median;
  for (const name of Object.keys(turns)) {
    const all = turns[name].map((turn) => turn.perSecond).sort((a, b) => a - b);
    const range = `(${all[0].toFixed(0)}–${all.at(-1).toFixed(0)})`;
    const shown = `${median(name, "perSecond").toFixed(0).padStart(6)} ${range.padEnd(14)}${median(name, "server").toFixed(0).padStart(5)}${median(name, "crowd").toFixed(0).padStart(5)}`;
    const more = median(STOCKLANE, "perSecond") / median(name, "perSecond");
    const less = median(name, "server") / median(STOCKLANE, "server");
    const ratios = name === STOCKLANE ? "" : `   ${more.toFixed(2)}× ${less.toFixed(2)}×${GOALS[name] ? `  goal ${GOALS[name]}` : ""}`;
    console.log(`    ${name.padEnd(28)}${shown}${ratios}`);
  }
}
