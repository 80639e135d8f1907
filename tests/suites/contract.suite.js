// The suppliers' own samples, verbatim, in and out; and every form of JSON beside them: what comes out is what JSON.parse
// would give, or an error that says where.
import { rejection } from "./outcome.js";
import { seeded } from "./seeded.js";

const ANSWERS = { stock: ["stock_get", "stock_post", "stock_text"], quote: ["quote", "quote_text"] };
const BASE = "https://api.webapi.intercars.eu/ic";

export default function contract({ test, assert, samples, stocklane }) {
  const { InterCars, StocklaneError, buildRequests, decode } = stocklane;
  const encoder = new TextEncoder();

  /** Text and bytes both come out as JSON.parse has them. */
  async function agrees(operation, text) {
    const expected = JSON.parse(text);
    same(await decode(operation, text), expected);
    same(await decode(operation, encoder.encode(text)), expected);
  }

  async function refused(operation, body, pattern) {
    const error = await rejection(decode(operation, body));
    assert.instanceOf(error, StocklaneError);
    assert.equal(error.kind, "decode", error.message);
    assert.equal(error.retryable, false);
    if (pattern) assert.match(error.message, pattern);
    return error;
  }

  for (const [operation, names] of Object.entries(ANSWERS)) {
    for (const name of names) {
      test(`${name}.json out of decode`, () => agrees(operation, samples[name]));

      test(`${name}.json through the client, in chunks of every size`, async () => {
        // With the languages of the suppliers in it, so that borders fall inside of characters.
        const foreign = samples[name].replaceAll("Filtr oleju", "Żółty filtr маслен 🚗 κλπ");
        for (const text of [samples[name], foreign]) {
          const expected = JSON.parse(text);
          const bytes = encoder.encode(text);
          for (const size of [1, 2, 3, 5, 7, 16, 61, 4096]) {
            const client = new InterCars({ fetch: async () => chunked(bytes, size) });
            const wanted = [...new Set(expected.map((row) => row.sku))];
            const answer = operation === "stock" ? await client.stock({ sku: wanted }) : await client.quote({ lines: wanted.map((sku) => ({ sku })) });
            same(answer, { items: expected, skipped: [] });
          }
        }
      });
    }
  }

  test("an answer without rows", async () => {
    for (const text of ["[]", " [ ] ", "\n[\t]\r\n"]) await agrees("stock", text);
  });

  test("every optional field absent, null or there, one by one and all", async () => {
    const full = rowOf("stock", samples);
    const optional = Object.keys(full).filter((key) => !["location", "sku", "availability"].includes(key));
    const rows = [full];
    for (const key of optional) {
      const { [key]: _, ...without } = full;
      rows.push(without, { ...full, [key]: null });
    }
    rows.push(Object.fromEntries(Object.entries(full).filter(([key]) => !optional.includes(key))));
    rows.push(Object.fromEntries(Object.entries(full).map(([key, value]) => [key, optional.includes(key) ? null : value])));
    await agrees("stock", JSON.stringify(rows));
    for (const row of rows) await agrees("stock", JSON.stringify([row]));

    const line = rowOf("quote", samples);
    const price = (some) => ({ ...line, price: { ...line.price, ...some } });
    await agrees("quote", JSON.stringify([line, price({ customerPriceNet: null }), price({ refundableAmount: undefined }), { ...line, lines: [] }, { ...line, eans: [] }, { ...line, lines: rows }]));
  });

  test("escapes in values, in keys, in lists, alone and in pairs", async () => {
    const escapes = [..."bfnrt/\\\""].map((letter) => `\\${letter}`);
    escapes.push("\\u0000", "\\u0142", "\\u0416", "\\uD83D\\uDE97", "\\ud83d", "\\uDE97", "\\uDE97\\uD83D", "\\ud83d\\n", "\\ud83dx", "\\uFFFF", "\\ufeff", "\\u005C\\u0022");
    const rows = escapes.flatMap((escape) => [escape, `a${escape}`, `${escape}b`, `ż${escape}я🚗${escape}`].map((text) => `{"location":"K","sku":"A","availability":1,"name":"${text}","eans":["${text}","plain","${text}"],"index":"${text}"}`));
    await agrees("stock", `[${rows.join(",")}]`);
    await agrees("stock", `[${rows.map((row) => row.replace('"name"', '"n\\u0061me"')).join(",")}]`);
    for (const row of rows) await agrees("stock", `[${row}]`);
  });

  test("fields that nobody knows stay, whatever they are called and hold", async () => {
    const strange = [`"added":{"deep":[1,{"x":null}],"text":"ż\\n"}`, `"__proto__":{"polluted":true}`, `"constructor":"c"`, `"toString":1`, `"":0`, `"ż🚗":[]`, `"\\u0061":"a"`, `"customerPriceNet2":1e400`, `"hasOwnProperty":false`];
    for (const field of strange) {
      for (const row of [`{${field},"location":"K","sku":"A","availability":1}`, `{"location":"K","sku":"A",${field},"availability":1}`, `{"location":"K","sku":"A","availability":1,${field}}`]) {
        await agrees("stock", `[${row},{"location":"P","sku":"B","availability":2},${row}]`);
      }
      await agrees("quote", samples.quote.replace('"currencyCode"', `${field},"currencyCode"`).replace('"customerRouteCode"', `${field},"customerRouteCode"`));
    }
    assert.equal({}.polluted, undefined);
  });

  test("of repeated fields the last counts", async () => {
    await agrees("stock", `[{"location":"K","sku":"A","availability":1,"sku":"B"},{"availability":1,"availability":2,"location":"K","sku":"C"}]`);
    await agrees("stock", `[{"location":"K","sku":"A","availability":1,"name":"x","name":null},{"location":"K","sku":"A","availability":1,"name":null,"name":"x"}]`);
    await agrees("stock", `[{"location":"K","sku":"A","availability":1,"eans":["1"],"eans":["2","3"]}]`);
  });

  test("numbers in every spelling", async () => {
    const numbers = ["0", "-0", "-0.0", "0.1", "-0.1", "1e5", "1E5", "1e+5", "1e-5", "12.50", "98.4", "0.30000000000000004", "1e400", "-1e400", "1e-400", "5e-324", "1.7976931348623157e308"];
    numbers.push("9007199254740991", "9007199254740993", "12345678901234567", "123456789012345678", "0.12345678901234567", "1234567.8901234567", "12345678901234567890123456789", "0.000000000000000000000012345", "100000000000000000000000", "99999999999999990000.5", "2.2250738585072011e-308");
    const rows = numbers.map((number) => `{"location":"K","sku":"A","availability":${number}}`);
    await agrees("stock", `[${rows.join()}]`);
    for (const number of numbers) {
      await agrees("quote", samples.quote.replace(/"listPriceNet": \d+/, `"listPriceNet": ${number}`).replace(/"quantity": \d+/, `"quantity":${number}`));
    }
    const random = seeded(7);
    for (let round = 0; round < 400; round++) rows[round] = `{"location":"K","sku":"A","availability":${numberText(random)}}`;
    await agrees("stock", `[${rows.join()}]`);
  });

  test("a byte order mark, and a pretty print", async () => {
    const expected = JSON.parse(samples.stock_text);
    const marked = `\ufeff${samples.stock_text}`;
    same(await decode("stock", marked), expected);
    same(await decode("stock", encoder.encode(marked)), expected);
    const foreign = marked.replaceAll("Filtr", "Żółty маслен 🚗");
    same(await decode("stock", encoder.encode(foreign)), JSON.parse(foreign.slice(1)));
    for (const space of [0, 1, 4, "\t", "\r\n"]) await agrees("stock", JSON.stringify(expected, null, space));
    await agrees("quote", JSON.stringify(JSON.parse(samples.quote_text), null, "\t\t"));
  });

  test("texts of every length with every kind of character at every border", async () => {
    const characters = ["ż", "Я", "€", "🚗", "\\n", "\\u0142", "\\\"", "\\\\", "\u007f", "\u2028"];
    const rows = [];
    for (let length = 0; length <= 70; length++) {
      const letters = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(2).slice(0, length);
      rows.push(rowText(letters, letters));
      for (const place of borders(length)) {
        for (const character of characters) rows.push(rowText(letters.slice(0, place) + character + letters.slice(place), letters));
      }
    }
    await agrees("stock", `[${rows.join(",")}]`);
    await agrees("stock", `[${rows.join(" ,\n ")}\n]`);
    // The same texts where the body ends just behind them.
    for (const row of rows.filter((_, at) => at % 11 === 0)) await agrees("stock", `[${row}]`);
  });

  test("documents at random", async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seeded(seed);
      const text = document(random);
      try {
        await agrees("stock", text);
      } catch (error) {
        throw new Error(`seed ${seed}: ${error.message}\n${text.slice(0, 2000)}`);
      }
    }
  });

  test("a sample cut off at any of its bytes is refused, and the next call works", async () => {
    for (const [operation, name] of [["stock", "stock_get"], ["quote", "quote"]]) {
      const bytes = encoder.encode(samples[name].trimEnd());
      for (let end = 0; end < bytes.length; end++) await refused(operation, bytes.subarray(0, end));
      await agrees(operation, samples[name]);
    }
  });

  test("what is no JSON or no UTF-8 is refused, and the next call works", async () => {
    const around = (middle) => [...encoder.encode(`[{"location":"K","sku":"A","availability":1,"name":"`), ...middle, ...encoder.encode(`"}]`)];
    const notUtf8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf0, 0x9f, 0x9a], [0xf4, 0x90, 0x80, 0x80], [0x80], [0xc3]];
    for (const bytes of notUtf8) await refused("stock", new Uint8Array(around(bytes)), /UTF-8/);
    const row = `{"location":"K","sku":"A","availability":1}`;
    const broken = ["", " ", "\ufeff", "null", "1", '"a"', "{}", row, "<html></html>", `[${row}`, `[${row},]`, `[,${row}]`, `[${row}]x`, `[${row}][]`, `[${row} ${row}]`, "[1]", "[null]", '["a"]', "[[]]", `[{'location':1}]`];
    broken.push(...["01", "+1", ".5", "1.", "1e", "0x1", "NaN", "Infinity", "--1", "1_0"].map((number) => row.replace("1}", `${number}}`)).map((text) => `[${text}]`));
    broken.push(...["\\x", "\\u12", "\\u12G4", "\n", "\t", "\u0000", "\u001f"].map((text) => `[${row.replace('"A"', `"${text}"`)}]`));
    broken.push(`[${row.replace(",", ";")}]`, `[${row.replace(":", "=")}]`, `[${row.replace("}", ",}")}]`, `[{"a":tru,${row.slice(1)}]`, `[{"a":nul,${row.slice(1)}]`);
    for (const text of broken) {
      await refused("stock", text);
      await refused("stock", encoder.encode(text));
    }
    await agrees("stock", `[${row}]`);
  });

  test("a hundred thousand levels deep is refused, wherever, and the next call works", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const object = '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000);
    for (const value of [deep, object]) {
      await refused("stock", value);
      await refused("stock", `[{"location":"K","sku":"A","availability":1,"x":${value}}]`, /\[0\].*deep/);
      await refused("quote", samples.quote.replace('"sku"', `"x":${value},"sku"`));
    }
    await agrees("stock", samples.stock_get);
  });

  test("a wrong type, a missing and a null field are named with their path", async () => {
    const rows = JSON.parse(samples.stock_text);
    const change = (row, field, value) => JSON.stringify(rows.map((one, at) => (at === row ? { ...one, [field]: value } : one)));
    for (const [row, field, value] of [[0, "sku", 1], [1, "availability", "5"], [2, "location", null], [3, "eans", "x"], [0, "eans", [1]], [1, "blockedReturn", "no"], [2, "name", {}], [3, "availability", undefined], [1, "sku", undefined]]) {
      const error = await refused("stock", change(row, field, value));
      assert.match(error.message, new RegExp(`^stock: \\[${row}\\]\\.${field}\\b`));
    }
    const [line] = JSON.parse(samples.quote);
    const wrong = { ...line, lines: [line.lines[0], { ...line.lines[0], availability: true }] };
    await refused("quote", JSON.stringify([line, wrong]), /\[1\]\.lines\[1\]\.availability/);
    await refused("quote", JSON.stringify([{ ...line, price: { ...line.price, listPriceNet: null } }]), /\[0\]\.price\.listPriceNet/);
    await refused("quote", JSON.stringify([{ ...line, price: [] }]), /\[0\]\.price/);
    // Nothing of the answer itself is in the words.
    const error = await refused("stock", change(0, "availability", "CANARY-7f3a"));
    assert.notInclude(error.message + error.stack, "CANARY");
  });

  test("decode refuses what it cannot be asked", async () => {
    for (const [operation, body] of [["nothing", "[]"], ["toString", "[]"], ["stock", undefined], ["stock", {}], ["stock", [91, 93]], ["stock", 5]]) {
      const error = await rejection(decode(operation, body));
      assert.instanceOf(error, StocklaneError);
      assert.equal(error.kind, "validation");
    }
  });

  test("the requests of the stock pages", async () => {
    const url = async (args, options) => {
      const requests = await buildRequests("stock", args, options);
      assert.lengthOf(requests, 1);
      assert.equal(requests[0].method, "GET");
      assert.notProperty(requests[0], "body");
      assert.deepEqual(requests[0].headers, { Accept: "application/json", "Accept-Language": options?.language ?? "en" });
      return requests[0].url;
    };
    assert.equal(await url({ sku: ["ADDFFF", "ADDFFA"] }), `${BASE}/inventory/stock?sku=ADDFFF,ADDFFA`);
    assert.equal(await url({ sku: ["ADDFFF", "ADDFFA"], location: ["POZ", "HZA"] }, { language: "pl" }), `${BASE}/inventory/stock?sku=ADDFFF,ADDFFA&location=POZ,HZA`);
    assert.equal(await url({ sku: ["ADDFFF"], shipTo: "00008" }), `${BASE}/inventory/stock?sku=ADDFFF&shipTo=00008`);
    assert.equal(await url({ index: ["OP 520"] }), `${BASE}/inventory/stock?index=OP%20520`);
    assert.equal(await url({ index: ["OP 13242/3", "ł&x=1#?+%"] }), `${BASE}/inventory/stock?index=OP%2013242%2F3,%C5%82%26x%3D1%23%3F%2B%25`);
    assert.equal(await url({ sku: ["A"] }, { baseUrl: "https://proxy.test/intercars/" }), "https://proxy.test/intercars/inventory/stock?sku=A");
    assert.equal(await url({ sku: ["A"] }, { baseUrl: "/intercars" }), "/intercars/inventory/stock?sku=A");
    assert.equal(await url({ sku: ["A"], index: [], location: [] }), `${BASE}/inventory/stock?sku=A`);
  });

  test("what is long goes as the page's POST, what is much in parts of a hundred", async () => {
    const wanted = JSON.parse(samples.stock_post_request).sku.split(",");
    const long = [...wanted, ...Array.from({ length: 97 }, (_, at) => `LONG${at}`.padEnd(32, "X"))];
    const [request, ...others] = await buildRequests("stock", { sku: long, location: ["POZ"], shipTo: "00008" });
    assert.lengthOf(others, 0);
    assert.equal(request.method, "POST");
    assert.equal(request.url, `${BASE}/inventory/stock?location=POZ&shipTo=00008`);
    assert.deepEqual(JSON.parse(request.body), { ...JSON.parse(samples.stock_post_request), sku: long.join(",") });
    assert.deepEqual(request.headers, { Accept: "application/json", "Accept-Language": "en", "Content-Type": "application/json" });

    // The longest URL that goes as a GET has 2,000 characters.
    const fixed = `${BASE}/inventory/stock?index=`.length;
    for (const [length, method] of [[2000 - fixed, "GET"], [2001 - fixed, "POST"]]) {
      const [{ method: got, body }] = await buildRequests("stock", { index: ["I".repeat(length)] });
      assert.equal(got, method);
      if (body) assert.deepEqual(JSON.parse(body), { index: "I".repeat(length) });
    }

    for (const [count, parts] of [[1, 1], [100, 1], [101, 2], [200, 2], [250, 3]]) {
      const asked = Array.from({ length: count }, (_, at) => `S${at}`);
      const requests = await buildRequests("stock", { sku: asked });
      assert.lengthOf(requests, parts);
      assert.deepEqual(requests.flatMap(({ url }) => new URL(url).searchParams.get("sku").split(",")), asked);
    }
  });

  test("the requests of the quote pages", async () => {
    const page = JSON.parse(samples.quote_request);
    const [request, ...others] = await buildRequests("quote", page);
    assert.lengthOf(others, 0);
    assert.equal(request.method, "POST");
    assert.equal(request.url, `${BASE}/inventory/quote`);
    assert.deepEqual(JSON.parse(request.body), page);
    const [placed] = await buildRequests("quote", { ...page, location: ["POZ", "HZA"], shipTo: "00008" });
    assert.equal(placed.url, `${BASE}/inventory/quote?location=POZ,HZA&shipTo=00008`);
    assert.deepEqual(JSON.parse(placed.body), page);
    const lines = Array.from({ length: 61 }, (_, at) => ({ index: `I "${at}" ł`, quantity: at + 0.5 }));
    const split = await buildRequests("quote", { lines });
    assert.deepEqual(split.map(({ body }) => JSON.parse(body).lines.length), [30, 30, 1]);
    assert.deepEqual(split.flatMap(({ body }) => JSON.parse(body).lines), lines);
  });

  test("arguments that are against the rules are refused before anything is built", async () => {
    const eleven = Array.from({ length: 11 }, (_, at) => `L${at}`);
    const wrong = [
      ["stock", {}], ["stock", { sku: [] }], ["stock", { sku: ["A"], index: ["B"] }], ["stock", { sku: ["A", " "] }], ["stock", { sku: "A" }], ["stock", { sku: [1] }],
      ["stock", { sku: ["A"], location: eleven }], ["stock", null], ["stock", []], ["stock", "A"], ["stock", undefined], ["nothing", {}],
      ["quote", {}], ["quote", { lines: [{}] }], ["quote", { lines: [{ sku: "A", index: "B" }] }], ["quote", { lines: [{ sku: "A", quantity: "1" }] }], ["quote", { lines: { sku: "A" } }],
    ];
    for (const [operation, args] of wrong) {
      const error = await rejection(buildRequests(operation, args));
      assert.equal(error.kind, "validation", `${operation} ${JSON.stringify(args)}: ${error.message}`);
      assert.instanceOf(error, StocklaneError);
    }
    for (const language of ["xx", "en-GB", "EN", ""]) assert.equal((await rejection(buildRequests("stock", { sku: ["A"] }, { language }))).kind, "validation");
    const loop = {};
    loop.sku = [loop];
    assert.equal((await rejection(buildRequests("stock", loop))).kind, "validation");
  });
}

/** The very same data: keys, types, signs of zero; plain objects and lists. */
function same(actual, expected, path = "$") {
  const differs = (what) => {
    throw new Error(`${path}: ${what}: got ${show(actual)}, expected ${show(expected)}`);
  };
  if (typeof expected !== "object" || expected === null) {
    if (!Object.is(actual, expected)) differs("not the same");
    return;
  }
  if (typeof actual !== "object" || actual === null || Array.isArray(actual) !== Array.isArray(expected)) differs("of another kind");
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) differs("of another prototype");
  const keys = Reflect.ownKeys(expected);
  const got = Reflect.ownKeys(actual);
  if (keys.length !== got.length || keys.some((key) => !Object.hasOwn(actual, key))) differs(`has the keys ${got.map(String)}, not ${keys.map(String)}`);
  for (const key of keys) same(actual[key], expected[key], `${path}.${String(key)}`);
}

const show = (value) => (JSON.stringify(value) ?? String(value)).slice(0, 120);

function rowOf(operation, samples) {
  const [row] = JSON.parse(samples[operation === "stock" ? "stock_get" : "quote"]);
  return row;
}

function chunked(bytes, size) {
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/json" } });
}

/** Places in a text of this length where a wide step may go wrong. */
function borders(length) {
  const places = [0, 1, 7, 8, 9, 14, 15, 16, 17, 30, 31, 32, 33, 46, 47, 48, 49, 62, 63, 64, 65, length - 1, length];
  return [...new Set(places)].filter((place) => place >= 0 && place <= length);
}

const rowText = (name, index) => `{"location":"K","sku":"A","availability":1,"name":"${name}","index":"${index}"}`;

function numberText(random) {
  const digits = (most) => Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.floor(random() * 10)).join("");
  let text = random() < 0.3 ? "-" : "";
  text += random() < 0.3 ? "0" : String(1 + Math.floor(random() * 9)) + (random() < 0.7 ? digits(18) : "");
  if (random() < 0.6) text += `.${digits(20)}`;
  if (random() < 0.2) text += `${random() < 0.5 ? "e" : "E"}${["", "+", "-"][Math.floor(random() * 3)]}${digits(2)}`;
  return text;
}

/** A stock answer of any form. */
function document(random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const dense = random() < 0.5;
  const space = () => (dense ? "" : pick(["", "", " ", "\n", "\t ", "\r\n    "]));
  const alphabet = pick([[..."abcXYZ 019-/"], [..."abcżółćĄ "], [..."абвЖЯщ "], [..."aż🚗я€\u2028"], [..."ab", "\\n", "\\\"", "\\u0142", "\\ud83d\\ude97", "\\uDC00", "/", "\\/"]]);
  const text = () => `"${Array.from({ length: Math.floor(random() * pick([3, 20, 80, 300])) }, () => pick(alphabet)).join("")}"`;
  const list = (item, most) => `[${space()}${Array.from({ length: Math.floor(random() * most) }, item).join(`${space()},${space()}`)}${space()}]`;
  const any = (depth = 0) => pick([text, () => numberText(random), () => "true", () => "null", () => (depth < 3 ? list(() => any(depth + 1), 4) : "false"), () => (depth < 3 ? `{${text()}${space()}:${any(depth + 1)}}` : "0")])();
  const row = () => {
    let fields = [["location", text()], ["sku", text()], ["availability", numberText(random)]];
    for (const name of ["latestDeliveryDate", "orderDateTimeTo", "shipToBusinessUnitDeliveryDateTime", "customerRouteStartDateTime", "customerRouteCode", "index", "name", "description", "gtuCode"]) {
      if (random() < 0.8) fields.push([name, random() < 0.15 ? "null" : text()]);
    }
    if (random() < 0.8) fields.push(["blockedReturn", pick(["true", "false", "null"])]);
    if (random() < 0.8) fields.push(["eans", random() < 0.1 ? "null" : list(text, 5)]);
    if (random() < 0.15) fields.push([pick(["added", "__proto__", "length", "0", "sku2"]), any()]);
    if (random() < 0.05) fields.push(pick(fields));
    if (random() < 0.3) fields = fields.map((field) => [random(), field]).sort(([a], [b]) => a - b).map(([, field]) => field);
    return `{${fields.map(([name, value]) => `${space()}"${name}"${space()}:${space()}${value}${space()}`).join(",")}}`;
  };
  return space() + list(row, pick([2, 5, 40])) + space();
}
