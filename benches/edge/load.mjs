// A crowd on kept connections, each with one request under way. It writes and compares bytes and parses no HTTP, so that it
// takes less of the machine than what it measures.
import { connect } from "node:net";
import { readFileSync } from "node:fs";

/** Bytes of a visitor's request, as a browser sends it to another origin. */
export function requestOf(path, origin, address) {
  return Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      "Host: edge.example",
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      "Accept: */*",
      "Accept-Language: pl,en;q=0.5",
      "Accept-Encoding: gzip, deflate, br",
      `Referer: ${origin}/`,
      `Origin: ${origin}`,
      "Sec-Fetch-Dest: empty",
      "Sec-Fetch-Mode: cors",
      "Sec-Fetch-Site: cross-site",
      `CF-Connecting-IP: ${address}`,
      "",
      "",
    ].join("\r\n"),
  );
}

/** One request on a connection of its own: the answer's bytes. */
export async function once(port, request) {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const chunks = [];
  try {
    socket.write(request);
    for await (const chunk of socket) {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      const head = all.indexOf("\r\n\r\n");
      const length = /^content-length: (\d+)/im.exec(all.toString("latin1", 0, Math.max(0, head)))?.[1];
      if (head >= 0 && all.length === head + 4 + Number(length)) return all;
    }
    throw new Error(`no whole answer: ${Buffer.concat(chunks)}`);
  } finally {
    socket.destroy();
  }
}

/**
 * Asks for so many seconds; every answer must be `expected`. Requests a second, and microseconds of processor time that a
 * request took of the server and of this crowd (of the server on Linux alone).
 */
export async function load({ port, pid }, requests, expected, seconds, connections = 32) {
  let asked = 0;
  let answered = 0;
  let over = false;
  const before = { at: performance.now(), server: processorTime(pid), crowd: process.cpuUsage() };
  const visit = () =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true });
      let at = 0;
      const ask = () => socket.write(requests[asked++ % requests.length]);
      socket.on("connect", ask);
      socket.on("error", reject);
      socket.on("close", () => (over ? resolve() : reject(new Error("the Worker closed a connection"))));
      socket.on("data", (chunk) => {
        if (expected.compare(chunk, 0, chunk.length, at, Math.min(at + chunk.length, expected.length)) !== 0) {
          over = true;
          reject(new Error(`another answer than at first: ${chunk.toString().slice(0, 600)}`));
          return socket.destroy();
        }
        at += chunk.length;
        if (at < expected.length) return;
        at = 0;
        answered++;
        if (over) socket.destroy();
        else ask();
      });
    });
  const crowd = Promise.all(Array.from({ length: connections }, visit));
  const timer = setTimeout(() => (over = true), 1000 * seconds);
  await crowd.finally(() => clearTimeout(timer));
  const spent = performance.now() - before.at;
  const { user, system } = process.cpuUsage(before.crowd);
  return {
    perSecond: (1000 * answered) / spent,
    server: (processorTime(pid) - before.server) / answered,
    crowd: (user + system) / answered,
  };
}

/** Microseconds that a process has computed; not a number where nobody tells. */
function processorTime(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
    // Fields 14 and 15, in hundredths of a second.
    return 10_000 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return NaN;
  }
}
