// What is decoded: stock answers as the supplier prints them, made from a fixed seed, so that every run and every
// runtime reads the same bytes.

const words = {
  ascii: ["Oil filter", "Brake pads, front", "Spark plug", "Timing belt with pump", "Clutch kit", "fits", "CHRYSLER LE BARON", "FIAT 125", "POLONEZ", "LADA 1200-1500", "GAZ GAZELLE", "SOBOL", "0.8-8.0 07.67-", "left and right"],
  polish: ["Filtr oleju", "Klocki hamulcowe, przód", "Świeca zapłonowa", "Zestaw paska rozrządu z pompą", "Sprzęgło – komplet", "pasuje do:", "ŻUK", "FSO POLONEZ", "łącznik stabilizatora", "KALINKA/KOMBI", "oś tylna", "wąż chłodnicy", "1200-1600", "lewy i prawy"],
  bulgarian: ["Маслен филтър", "Спирачни накладки, предни", "Запалителна свещ", "Ангренажен комплект с помпа", "Съединител", "подходящ за:", "ЛАДА 1200-1500", "МОСКВИЧ", "ГАЗ СОБОЛ", "свързваща щанга", "заден мост", "маркуч", "1.6", "ляв и десен"],
};

/** A generator of whole numbers below `n`. */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function text(roll, language, count) {
  const picked = [];
  for (let k = 0; k < count; k++) picked.push(words[language][roll(words[language].length)]);
  return picked.join(" ");
}

function row(roll, language) {
  const day = `2026-${String(1 + roll(12)).padStart(2, "0")}-${String(1 + roll(28)).padStart(2, "0")}`;
  return {
    location: ["KOM", "WAW", "HUB", "SOF", "PR1"][roll(5)],
    sku: `AD${(roll(1e9) + 1e9).toString(36).toUpperCase()}`,
    availability: roll(11),
    latestDeliveryDate: roll(5) ? day : null,
    orderDateTimeTo: `${day}T14:15:22Z`,
    shipToBusinessUnitDeliveryDateTime: `${day}T18:00:00Z`,
    customerRouteStartDateTime: `${day}T15:30:00Z`,
    customerRouteCode: `${roll(9)}LISC${roll(9)}`,
    index: `OP ${roll(9999)}/${roll(9)}`,
    name: text(roll, language, 2),
    description: text(roll, language, 12),
    blockedReturn: roll(4) === 0,
    gtuCode: roll(3) ? null : "GTU_03",
    eans: Array.from({ length: 1 + (roll(4) === 0) }, () => String(5.9e12 + roll(1e9))),
  };
}

/** What is not as documented: a field left out, one that is new, a text with escapes. */
function disturb(roll, row) {
  const how = roll(4);
  if (how === 0) delete row[["description", "index", "gtuCode", "eans"][roll(4)]];
  else if (how === 1) row.addedLater = { code: roll(99), tags: ["a", "b"] };
  else if (how === 2) row.name = `${row.name} 5/8" \\ `;
  else delete row.blockedReturn;
  return row;
}

/** The bytes of an answer of so many rows. `kind`: ascii, polish, bulgarian, or irregular. */
export function stockAnswer(kind, rows) {
  const roll = dice(rows + kind.length);
  const list = Array.from({ length: rows }, () => {
    const made = row(roll, kind === "irregular" ? "polish" : kind);
    return kind === "irregular" ? disturb(roll, made) : made;
  });
  return new TextEncoder().encode(JSON.stringify(list));
}

/** Nine of a stock row's fourteen fields: what a buyer might be shown. */
export const SHOWN = ["location", "sku", "availability", "latestDeliveryDate", "orderDateTimeTo", "shipToBusinessUnitDeliveryDateTime", "index", "name", "eans"];
