// Loads a Worker into an isolate that nobody has asked yet, and lets it answer: GET /<worker>/<number>/<its own path>.
export default {
  fetch(request, env) {
    const url = new URL(request.url);
    const [, worker, number, ...path] = url.pathname.split("/");
    url.pathname = path.join("/");
    const { modules, variables } = env.WORKERS[worker];
    const content = (name) => {
      const bound = env[`${worker}-${name}`];
      return name.endsWith(".wasm") ? { wasm: unlike(bound, number) } : { js: bound };
    };
    const loaded = env.LOADER.get(`${worker} ${number}`, () => ({
      compatibilityDate: env.COMPATIBILITY,
      mainModule: modules[0],
      modules: Object.fromEntries(modules.map((name) => [name, content(name)])),
      env: variables,
    }));
    return loaded.getEntrypoint().fetch(new Request(url, request));
  },
};

/** A module with a section of its own: the engine would take the code that it has compiled for the same bytes before. */
function unlike(bytes, number) {
  const name = new TextEncoder().encode(number);
  const section = [0, name.length + 1, name.length, ...name];
  const all = new Uint8Array(bytes.byteLength + section.length);
  all.set(new Uint8Array(bytes));
  all.set(section, bytes.byteLength);
  return all.buffer;
}
