// The shop's own words and its language switch. The widgets follow the page's language by themselves.

const LANGUAGES = {
  bg: "Български", bs: "Bosanski", cs: "Čeština", de: "Deutsch", el: "Ελληνικά", en: "English", et: "Eesti", hr: "Hrvatski", hu: "Magyar",
  lt: "Lietuvių", lv: "Latviešu", pl: "Polski", ro: "Română", sk: "Slovenčina", sl: "Slovenščina", sr: "Srpski", uk: "Українська",
};
const NAMES = ["skip", "language", "call", "title", "lead", "parts", "item", "askPrice", "askStock", "note", "oil-filter", "air-filter", "brake-pads", "brake-disc", "brake-caliper", "bulb", "headlight"];
const WORDS = {
  bg: ["Към частите", "Език", "Обадете се", "Части за вашия автомобил", "Наличности и цени от тази минута, направо от склада.", "Търсени тази седмица", "Кат. №", "За цената ни се обадете", "За наличност ни се обадете", "Демонстрация: магазинът, стоките и цените са измислени, доставчикът е симулиран.", "Маслен филтър", "Въздушен филтър", "Комплект спирачни накладки", "Спирачен диск", "Спирачен апарат", "Крушка", "Фар"],
  bs: ["Na dijelove", "Jezik", "Nazovite nas", "Dijelovi za vaš automobil", "Stanje i cijene ove minute, pravo iz skladišta.", "Traženo ove sedmice", "Šifra", "Za cijenu nas nazovite", "Za dostupnost nas nazovite", "Demonstracija: prodavnica, roba i cijene su izmišljene, veletrgovac je simuliran.", "Filter ulja", "Filter zraka", "Set kočionih pločica", "Kočioni disk", "Kočiona čeljust", "Sijalica", "Far"],
  cs: ["Přejít k dílům", "Jazyk", "Zavolejte nám", "Díly pro váš vůz", "Sklad a ceny z této minuty, přímo ze skladu.", "Tento týden žádané", "Obj. č.", "Cenu sdělíme po telefonu", "Dostupnost sdělíme po telefonu", "Ukázka: obchod, zboží a ceny jsou smyšlené, velkoobchod je napodobený.", "Olejový filtr", "Vzduchový filtr", "Sada brzdových destiček", "Brzdový kotouč", "Brzdový třmen", "Žárovka", "Světlomet"],
  de: ["Zu den Teilen", "Sprache", "Rufen Sie uns an", "Teile für Ihr Auto", "Bestand und Preise von dieser Minute, direkt aus dem Lager.", "Diese Woche gefragt", "Art.-Nr.", "Den Preis nennen wir Ihnen am Telefon", "Die Verfügbarkeit nennen wir Ihnen am Telefon", "Eine Vorführung: Laden, Waren und Preise sind erfunden, der Großhändler ist nachgebildet.", "Ölfilter", "Luftfilter", "Bremsbelagsatz", "Bremsscheibe", "Bremssattel", "Glühlampe", "Scheinwerfer"],
  el: ["Μετάβαση στα ανταλλακτικά", "Γλώσσα", "Καλέστε μας", "Ανταλλακτικά για το αυτοκίνητό σας", "Απόθεμα και τιμές αυτής της στιγμής, κατευθείαν από την αποθήκη.", "Με ζήτηση αυτή την εβδομάδα", "Κωδ.", "Για την τιμή, καλέστε μας", "Για διαθεσιμότητα, καλέστε μας", "Επίδειξη: το κατάστημα, τα είδη και οι τιμές είναι φανταστικά, ο χονδρέμπορος προσομοιώνεται.", "Φίλτρο λαδιού", "Φίλτρο αέρα", "Σετ τακάκια", "Δισκόπλακα", "Δαγκάνα φρένου", "Λαμπτήρας", "Προβολέας"],
  en: ["Skip to the parts", "Language", "Call us", "Parts for your car", "Stock and prices of this minute, straight from the warehouse.", "In demand this week", "Item no.", "For the price, call us", "For availability, call us", "A demonstration: shop, goods and prices are made up, the wholesaler is emulated.", "Oil filter", "Air filter", "Brake pad set", "Brake disc", "Brake caliper", "Bulb", "Headlight"],
  et: ["Varuosade juurde", "Keel", "Helistage meile", "Varuosad teie autole", "Laoseis ja hinnad sellest minutist, otse laost.", "Sel nädalal nõutud", "Kood", "Hinda küsige telefonil", "Saadavust küsige telefonil", "Näidis: pood, kaubad ja hinnad on välja mõeldud, hulgimüüja on jäljendatud.", "Õlifilter", "Õhufilter", "Piduriklotside komplekt", "Piduriketas", "Pidurisadul", "Pirn", "Esituli"],
  hr: ["Na dijelove", "Jezik", "Nazovite nas", "Dijelovi za vaš automobil", "Zalihe i cijene ove minute, izravno iz skladišta.", "Traženo ovog tjedna", "Šifra", "Za cijenu nas nazovite", "Za dostupnost nas nazovite", "Demonstracija: trgovina, roba i cijene su izmišljene, veletrgovac je simuliran.", "Filtar ulja", "Filtar zraka", "Set kočionih pločica", "Kočioni disk", "Kočiona čeljust", "Žarulja", "Svjetlo"],
  hu: ["Ugrás az alkatrészekhez", "Nyelv", "Hívjon minket", "Alkatrészek az autójához", "Készlet és árak ebből a percből, egyenesen a raktárból.", "Ezen a héten keresett", "Cikkszám", "Az árért hívjon minket", "A készletért hívjon minket", "Bemutató: a bolt, az áruk és az árak kitaláltak, a nagykereskedő szimulált.", "Olajszűrő", "Levegőszűrő", "Fékbetétkészlet", "Féktárcsa", "Féknyereg", "Izzó", "Fényszóró"],
  lt: ["Prie dalių", "Kalba", "Skambinkite mums", "Dalys jūsų automobiliui", "Šios minutės likučiai ir kainos, tiesiai iš sandėlio.", "Paklausu šią savaitę", "Kodas", "Dėl kainos skambinkite mums", "Dėl likučio skambinkite mums", "Demonstracija: parduotuvė, prekės ir kainos išgalvotos, didmenininkas imituojamas.", "Alyvos filtras", "Oro filtras", "Stabdžių kaladėlių komplektas", "Stabdžių diskas", "Stabdžių suportas", "Lemputė", "Žibintas"],
  lv: ["Uz detaļām", "Valoda", "Zvaniet mums", "Detaļas jūsu auto", "Šīs minūtes krājumi un cenas, tieši no noliktavas.", "Pieprasīts šonedēļ", "Kods", "Par cenu zvaniet mums", "Par pieejamību zvaniet mums", "Demonstrācija: veikals, preces un cenas ir izdomātas, vairumtirgotājs ir emulēts.", "Eļļas filtrs", "Gaisa filtrs", "Bremžu uzliku komplekts", "Bremžu disks", "Bremžu suports", "Spuldze", "Lukturis"],
  pl: ["Przejdź do części", "Język", "Zadzwoń do nas", "Części do Twojego auta", "Stany i ceny z tej minuty, prosto z magazynu.", "Poszukiwane w tym tygodniu", "Nr", "O cenę zapytaj telefonicznie", "O dostępność zapytaj telefonicznie", "Demonstracja: sklep, towary i ceny są zmyślone, hurtownia jest emulowana.", "Filtr oleju", "Filtr powietrza", "Komplet klocków hamulcowych", "Tarcza hamulcowa", "Zacisk hamulcowy", "Żarówka", "Reflektor"],
  ro: ["Salt la piese", "Limba", "Sunați-ne", "Piese pentru mașina dvs.", "Stocuri și prețuri din acest minut, direct din depozit.", "Căutate săptămâna aceasta", "Cod", "Pentru preț, sunați-ne", "Pentru disponibilitate, sunați-ne", "Demonstrație: magazinul, produsele și prețurile sunt inventate, angrosistul este emulat.", "Filtru ulei", "Filtru aer", "Set plăcuțe frână", "Disc frână", "Etrier frână", "Bec", "Far"],
  sk: ["Prejsť na diely", "Jazyk", "Zavolajte nám", "Diely pre vaše auto", "Zásoby a ceny z tejto minúty, priamo zo skladu.", "Tento týždeň žiadané", "Obj. č.", "Cenu povieme po telefóne", "Dostupnosť povieme po telefóne", "Ukážka: obchod, tovar a ceny sú vymyslené, veľkoobchod je napodobnený.", "Olejový filter", "Vzduchový filter", "Sada brzdových platničiek", "Brzdový kotúč", "Brzdový strmeň", "Žiarovka", "Svetlomet"],
  sl: ["Na dele", "Jezik", "Pokličite nas", "Deli za vaš avto", "Zaloga in cene te minute, naravnost iz skladišča.", "Iskano ta teden", "Št.", "Za ceno nas pokličite", "Za zalogo nas pokličite", "Predstavitev: trgovina, blago in cene so izmišljeni, veletrgovec je posnemovan.", "Oljni filter", "Zračni filter", "Komplet zavornih ploščic", "Zavorni disk", "Zavorna čeljust", "Žarnica", "Žaromet"],
  sr: ["Na delove", "Jezik", "Pozovite nas", "Delovi za vaš automobil", "Stanje i cene ovog minuta, pravo iz magacina.", "Traženo ove nedelje", "Šifra", "Za cenu nas pozovite", "Za dostupnost nas pozovite", "Demonstracija: prodavnica, roba i cene su izmišljene, veletrgovac je simuliran.", "Filter ulja", "Filter vazduha", "Set kočionih pločica", "Kočioni disk", "Kočiona čeljust", "Sijalica", "Far"],
  uk: ["До запчастин", "Мова", "Зателефонуйте нам", "Запчастини для вашого авто", "Наявність і ціни цієї хвилини, просто зі складу.", "Популярне цього тижня", "Арт.", "Про ціну питайте телефоном", "Про наявність питайте телефоном", "Демонстрація: магазин, товари й ціни вигадані, оптовика емульовано.", "Масляний фільтр", "Повітряний фільтр", "Комплект гальмівних колодок", "Гальмівний диск", "Гальмівний супорт", "Лампа", "Фара"],
};

function speak(code) {
  document.documentElement.lang = code === "sr" ? "sr-Latn" : code;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = WORDS[code][NAMES.indexOf(element.dataset.text)];
}

const asked = [new URLSearchParams(location.search).get("lang"), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
const select = document.getElementById("language");
for (const [code, name] of Object.entries(LANGUAGES)) {
  const option = new Option(name, code);
  option.lang = code;
  select.append(option);
}
select.value = asked.find((code) => code in LANGUAGES) ?? "en";
select.closest("label").hidden = false;
select.addEventListener("change", () => {
  speak(select.value);
  history.replaceState(null, "", "?lang=" + select.value);
});
if (select.value !== "en") speak(select.value);
