// One contender, so many times, per request: in a Worker the clock stands still while code runs, so that the time is taken
// outside.
import * as entry from "../../pkg/index.workerd.js";
import * as clients from "../../pkg/clients.js";
import compiled from "../../pkg/clients_bg.wasm";
import { Host } from "../../pkg/host.js";
import * as edge from "../../pkg-probe/edge.js";
import edgeCompiled from "../../pkg-probe/edge_bg.wasm";
import { cases, instantiate } from "../cases.js";
import { repeat } from "../measure.js";

let made;

async function all() {
  await entry.init();
  edge.initSync({ module: edgeCompiled });
  return cases({ entry, clients, edge, Host });
}

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const calls = Number(searchParams.get("calls"));
    if (pathname === "/instantiate") {
      for (let n = 0; n < calls; n++) instantiate(compiled);
      return new Response();
    }
    const list = await (made ??= all());
    if (pathname === "/") {
      return Response.json(list.map(({ title, bytes, contenders }) => ({ title, kilobytes: bytes.length / 1000, names: Object.keys(contenders) })));
    }
    const { bytes, contenders } = list[Number(searchParams.get("case"))];
    await repeat(contenders[searchParams.get("name")], bytes, calls);
    return new Response();
  },
};
