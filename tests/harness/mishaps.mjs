// What would end a user's process or stand in its log, where there is a `process`: Node, Deno, Bun.

const mishaps = [];
for (const event of ["uncaughtException", "unhandledRejection", "warning"]) {
  process.on(event, (error) => mishaps.push(`${event}: ${error?.stack ?? error}`));
}

/** So far. */
export default mishaps;
