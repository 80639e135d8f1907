// The proxy as tests ask it: the neutral class in Node, and the deployed Worker in workerd, before one emulated supplier.
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import assert from "node:assert/strict";
import { EdgeProxy, mintSession } from "stocklane/edge";
import { KEY, ORIGIN, PREVIOUS } from "./worker.mjs";

/** The neutral class, set up as the Worker is. */
export function neutral({ intercars, ...others }, { baseUrl, tokenUrl }) {
  return new EdgeProxy({
    intercars: intercars === null ? undefined : { clientId: "sandbox-client", clientSecret: "sandbox-secret", baseUrl, tokenUrl, ...intercars },
    allowedOrigins: [ORIGIN, "http://localhost:8787"],
    sessionKey: { current: KEY, previous: PREVIOUS },
    places: { HZA: "Poznań" },
    ...others,
  });
}

const asking = (name, send, log) => ({
  name,
  log,
  send,
  /** Status, headers and text of an answer. */
  async ask(path, init) {
    const response = await send(path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  },
});

/** A neutral proxy that nobody has asked yet. */
export function inNode(sandbox, options = {}) {
  const lines = [];
  const proxy = neutral({ log: (line) => lines.push(line), ...options }, sandbox);
  return { ...asking("Node", (path, init) => proxy.fetch(new Request(`https://proxy.test${path}`, init)), () => lines.join("\n")), proxy };
}

/** A Worker that runs. */
export const inWorkerd = (worker) => ({ ...asking("workerd", (path, init) => fetch(worker.url + path, init), worker.output), url: worker.url });

export const session = (claims = {}, key = KEY) => mintSession({ sub: "anna", role: "staff", expiresInSeconds: 600, ...claims }, key);

/** Claims signed by hand: what the shop's own backend would never mint. */
export function forged(claims, key = KEY) {
  const signed = `v1.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

/** A request's options with a session for these claims. */
export const as = async (claims, headers) => ({ headers: { "X-Stocklane": "1", Authorization: `Bearer ${await session(claims)}`, ...headers } });

/** A body in JSON, sent as the package's client sends it. */
export const posted = ({ headers } = {}, body) => ({ method: "POST", headers: { "X-Stocklane": "1", "Content-Type": "application/json", ...headers }, body: typeof body === "string" ? body : JSON.stringify(body) });

/** What both suppliers were asked for, tokens left out. */
export async function hits(sandbox) {
  const { requests, byOperation, incocloud } = await sandbox.counters();
  return requests - (byOperation.token ?? 0) + incocloud.requests - (incocloud.byOperation.incoToken ?? 0);
}

let next = 100;
/** So many SKUs that no test has asked for yet and that can be bought. */
export function unasked(count = 1) {
  const found = [];
  for (; found.length < count; next++) if ([53, 97, 11, 3, 19].every((odd) => next % odd !== 0)) found.push(`SBX${String(next).padStart(6, "0")}`);
  return found.join();
}

/** An answer without what no two answers share. */
export const bare = ({ status, text }) => `${status} ${text.replace(/"correlationId":"[^"]*"/, "")}`;

export function refused(answer, status, kind) {
  assert.equal(answer.status, status, answer.text);
  const told = JSON.parse(answer.text);
  assert.deepEqual([told.status, told.kind], [status, kind], answer.text);
  assert.equal(answer.headers.get("Cache-Control"), "private, no-store");
  return told;
}

/** Everything of an answer that a visitor sees. */
export const seen = ({ text, headers }) => text + JSON.stringify([...headers]);

/** Bytes over a socket, for what fetch would put right: the answer as it came. */
export function raw(url, bytes) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer to ${bytes.slice(0, 200)}`)));
    socket.on("connect", () => socket.write(bytes));
    const whole = () => {
      const [head, body] = [text.slice(0, text.indexOf("\r\n\r\n")), text.slice(text.indexOf("\r\n\r\n") + 4)];
      const length = /^content-length: (\d+)/im.exec(head)?.[1];
      return text.includes("\r\n\r\n") && (length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length));
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      // It may be kept open for others.
      if (whole()) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text }));
  });
}

/** Time as the module reads it, ahead by so much. */
export async function later(ms, run) {
  const real = Date.now;
  Date.now = () => real() + ms;
  try {
    return await run();
  } finally {
    Date.now = real;
  }
}
