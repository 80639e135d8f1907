// The Worker beside its peers, in workerd: a visitor's /availability out of kept answers, and the first answer of a cold one.
// node benches/edge/run.mjs [seconds of a turn]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, stopAll } from "../../tests/harness/processes.mjs";
import { startSandbox } from "../../tests/harness/sandbox.mjs";
import { summary } from "../measure.js";
import { load, once, requestOf } from "./load.mjs";
import { bundled, serve, serveLoader, temporary } from "./workerd.mjs";

const ORIGIN = "https://shop.example";
const COUNTS = process.env.COUNTS ? [] : [1, 20, 100];
const ROUNDS = 7;
const COLD_ROUNDS = 21;
const seconds = Number(process.argv[2] ?? 1.5);

const STOCKLANE = "stocklane";
const PEER = "Hono and zod, answers kept";
const PLAIN_PEER = "Hono and zod, stock kept";
const CONSTANT = "a constant";

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
  const contenders = {
    [STOCKLANE]: { bundle: shop, variables },
    [PEER]: { bundle: peer, variables: { ...variables, KEEPS: "answers" } },
    [PLAIN_PEER]: { bundle: peer, variables: { ...variables, KEEPS: "stock" } },
  };

  console.log(`\nthe Worker in workerd ${version}, beside hono ${hono} with zod ${zod} and a constant
All answer the same JSON with the same headers. "server" and "crowd": microseconds of processor time a request.`);
  for (const count of COUNTS) {
    const request = requestOf(pathOf(count), ORIGIN, "192.0.2.1");
    const workers = {};
    const expected = {};
    for (const [name, { bundle, variables }] of Object.entries(contenders)) {
      workers[name] = await serve(bundle, variables);
      expected[name] = await once(workers[name].port, request);
    }
    const [first, ...others] = Object.keys(contenders);
    const { headers, body } = parted(expected[first]);
    const meant = (name) => ({ ...parted(expected[name]), body: JSON.parse(parted(expected[name]).body) });
    const given = { BODY: body, HEADERS: headers };
    workers[CONSTANT] = await serve(constant, given);
    expected[CONSTANT] = await once(workers[CONSTANT].port, request);
    for (const name of [...others, CONSTANT]) assert.deepEqual(meant(name), meant(first), `${name} answers otherwise`);
    assert.equal(JSON.parse(body).length, count);

    const requests = requestsOf(count);
    const turns = Object.fromEntries(Object.keys(workers).map((name) => [name, []]));
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, worker] of Object.entries(workers)) {
        const turn = await load(worker, requests, expected[name], { seconds });
        // The first round warms the code up.
        if (round >= 0) turns[name].push(turn);
      }
    }
    print(`${count} SKU${count > 1 ? "s" : ""}, ${(body.length / 1000).toFixed(1)} kB`, turns);
    for (const worker of Object.values(workers)) await worker.stop();
  }
  const { [STOCKLANE]: ours, [PEER]: theirs } = contenders;
  await cold({ [STOCKLANE]: ours, "Hono and zod": theirs, [CONSTANT]: { bundle: constant, variables: { BODY: "[]", HEADERS: [] } } });
}

/** The first answer for one SKU, with a token and the stock asked of the supplier, which is at hand. */
async function cold(contenders) {
  const names = Object.keys(contenders);
  const times = (what) => Object.fromEntries(names.map((name) => [name, { what, times: [] }]));
  const isolates = times("of an isolate");
  const processes = times("of a process");
  const listening = times("until a process listens");
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
  console.log(`\n  the first answer, milliseconds: median and least of ${COLD_ROUNDS}`);
  for (const kind of [isolates, processes, listening]) {
    for (const name of names) {
      const { median, least } = summary(kind[name].times);
      const ratio = summary(kind[STOCKLANE].times).median / median;
      console.log(`    ${kind[name].what.padEnd(26)}${name.padEnd(16)}${median.toFixed(1).padStart(8)}${least.toFixed(1).padStart(8)}${name === STOCKLANE ? "" : `   stocklane takes ${ratio.toFixed(2)}×`}`);
    }
  }
}

/** Status, headers and body of an answer; names and lists as everybody writes them. */
function parted(bytes) {
  const text = bytes.toString();
  const end = text.indexOf("\r\n\r\n");
  const [status, ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => {
    const at = line.indexOf(": ");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 2).replaceAll(/,\s*/g, ", ")];
  });
  headers.sort(([a], [b]) => (a < b ? -1 : 1));
  return { status, headers: headers.filter(([name]) => !["content-length", "transfer-encoding", "content-encoding"].includes(name)), body: text.slice(end + 4) };
}

function print(title, turns) {
  console.log(`\n  ${title}`);
  const median = (name, what) => summary(turns[name].map((turn) => turn[what])).median;
  for (const name of Object.keys(turns)) {
    const all = turns[name].map((turn) => turn.perSecond).sort((a, b) => a - b);
    const [perSecond, server, crowd] = ["perSecond", "server", "crowd"].map((what) => median(name, what));
    const ratio = (other) => (name === other ? "" : `  ${(median(STOCKLANE, "perSecond") / median(other, "perSecond")).toFixed(2)}× requests, ${(median(other, "server") / median(STOCKLANE, "server")).toFixed(2)}× by processor time`);
    console.log(`    ${name.padEnd(28)}${perSecond.toFixed(0).padStart(7)}/s (${all[0].toFixed(0)}–${all.at(-1).toFixed(0)})  server ${server.toFixed(0).padStart(4)}  crowd ${crowd.toFixed(0).padStart(3)}${name === STOCKLANE ? "" : ratio(name)}`);
  }
}
