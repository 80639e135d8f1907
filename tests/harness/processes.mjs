// Children of a test run: started in a process group of their own, stopped with all that they started.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

/** The repository's top. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Child → how to stop it. */
const running = new Map();

/** Starts a program and waits until `ready(output)` returns something; resolves to `{ value, pid, output(), stop() }`. */
export async function start(program, args, { ready, patience = 60_000, ...options }) {
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
  let text = "";
  const said = () => `${program} ${args.join(" ")}\n${text}`;
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const stop = async () => {
    kill(child, "SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    // Also what outlived its leader.
    kill(child, "SIGKILL");
    running.delete(child);
  };
  running.set(child, stop);
  try {
    const value = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready after ${patience} ms: ${said()}`)), patience);
      const look = async () => {
        const found = await ready(text);
        if (found === undefined) return;
        clearTimeout(late);
        resolve(found);
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
          look().catch(reject);
        });
      }
      ended.then((how) => reject(new Error(`${how}: ${said()}`)));
    });
    return { value, pid: child.pid, output: () => text, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port that nobody listens on now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function kill(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended, or never started.
  }
}

/**
 * Prepares a test run. If it fails the file ends here: node:test lets one that throws before its first test die without
 * `after`, and pass for a success where somebody listens to `uncaughtException`.
 */
export async function prepare(work) {
  try {
    return await work();
  } catch (error) {
    await stopAll();
    console.error(error);
    process.exit(1);
  }
}

/** Ends all children. */
export const stopAll = () => Promise.all([...running.values()].map((stop) => stop()));

// A run that is interrupted has no time to wait.
process.on("exit", () => [...running.keys()].forEach((child) => kill(child, "SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));
