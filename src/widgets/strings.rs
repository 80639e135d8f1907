//! What the widgets say, in every language of the shops.
//!
//! No sentence bends with a number: counts stand after a colon or before an abbreviation. Serbian is written in Latin
//! letters (`sr-Latn`), as shops there mostly are.

/// A language that the widgets speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Bulgarian.
    Bg,
    /// Bosnian.
    Bs,
    /// Czech.
    Cs,
    /// German.
    De,
    /// Greek.
    El,
    /// English.
    En,
    /// Estonian.
    Et,
    /// Hungarian.
    Hu,
    /// Croatian.
    Hr,
    /// Lithuanian.
    Lt,
    /// Latvian.
    Lv,
    /// Polish.
    Pl,
    /// Romanian.
    Ro,
    /// Slovak.
    Sk,
    /// Slovene.
    Sl,
    /// Serbian, in Latin letters.
    Sr,
    /// Ukrainian.
    Uk,
}

impl Lang {
    /// Every language, in the order of their codes in the suppliers' documentation.
    pub const ALL: [Self; 17] = [
        Self::Bg,
        Self::Bs,
        Self::Cs,
        Self::De,
        Self::El,
        Self::En,
        Self::Et,
        Self::Hu,
        Self::Hr,
        Self::Lt,
        Self::Lv,
        Self::Pl,
        Self::Ro,
        Self::Sk,
        Self::Sl,
        Self::Sr,
        Self::Uk,
    ];

    /// Its two letters: what a shop writes in `lang`.
    pub fn code(self) -> &'static str {
        &self.words().tag[..2]
    }

    /// By a language tag such as `pl`, `de-AT` or `sr_Latn`, in any case.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Bg => &BG,
            Self::Bs => &BS,
            Self::Cs => &CS,
            Self::De => &DE,
            Self::El => &EL,
            Self::En => &EN,
            Self::Et => &ET,
            Self::Hu => &HU,
            Self::Hr => &HR,
            Self::Lt => &LT,
            Self::Lv => &LV,
            Self::Pl => &PL,
            Self::Ro => &RO,
            Self::Sk => &SK,
            Self::Sl => &SL,
            Self::Sr => &SR,
            Self::Uk => &UK,
        }
    }
}

/// One language: its words, and how it writes numbers and dates. Plain text without markup.
pub(super) struct Words {
    /// BCP 47, as assistive technology wants it.
    pub tag: &'static str,
    /// The decimal mark.
    pub decimal: char,
    /// Between groups of three digits.
    pub group: char,
    /// How many digits a first group must have for there to be groups at all.
    pub group_from: usize,
    /// Between a number and its percent sign.
    pub percent: &'static str,
    /// See [`super::date`].
    pub date: &'static str,

    pub in_stock: &'static str,
    pub low: &'static str,
    pub orderable: &'static str,
    pub out_of_stock: &'static str,
    pub unknown: &'static str,
    /// Before a colon and a count.
    pub pieces: &'static str,
    /// After a count.
    pub or_more: &'static str,
    /// Before a colon and a time.
    pub order_by: &'static str,
    /// Before a colon and a time.
    pub deliver_by: &'static str,
    /// Before a colon and a count.
    pub more_places: &'static str,

    /// After a price.
    pub per_piece: &'static str,
    /// After a count.
    pub pcs: &'static str,
    pub net: &'static str,
    pub gross: &'static str,
    /// Before a count in parentheses, a colon and a price.
    pub total: &'static str,
    /// Before a colon and a price.
    pub deposit: &'static str,
    pub on_request: &'static str,
    pub no_price: &'static str,
    /// Of an answer that nobody could ask for anew.
    pub stale: &'static str,
}

const BG: Words = Words {
    tag: "bg",
    decimal: ',',
    group: '\u{a0}',
    group_from: 2,
    percent: "",
    date: "D.M.Y\u{a0}г.",
    in_stock: "В наличност",
    low: "Последни бройки",
    orderable: "По поръчка",
    out_of_stock: "Няма в наличност",
    unknown: "Наличността не е известна – попитайте ни",
    pieces: "Брой",
    or_more: "или повече",
    order_by: "Поръчайте до",
    deliver_by: "Доставка до",
    more_places: "Други обекти",
    per_piece: "за брой",
    pcs: "бр.",
    net: "без ДДС",
    gross: "с ДДС",
    total: "Общо",
    deposit: "Възстановим депозит за старата част, за брой, извън цената",
    on_request: "Цена по запитване – попитайте ни",
    no_price: "Цената не е известна – попитайте ни",
    stale: "Последни известни данни, може да са се променили",
};

const BS: Words = Words {
    tag: "bs",
    decimal: ',',
    group: '.',
    group_from: 1,
    percent: "",
    date: "d.\u{a0}m.\u{a0}Y.",
    in_stock: "Na stanju",
    low: "Posljednji komadi",
    orderable: "Po narudžbi",
    out_of_stock: "Nema na stanju",
    unknown: "Dostupnost nepoznata – pitajte nas",
    pieces: "Broj komada",
    or_more: "ili više",
    order_by: "Naručite do",
    deliver_by: "Isporuka do",
    more_places: "Druge lokacije",
    per_piece: "po komadu",
    pcs: "kom.",
    net: "bez PDV-a",
    gross: "sa PDV-om",
    total: "Ukupno",
    deposit: "Povratni depozit za stari dio, po komadu, nije u cijeni",
    on_request: "Cijena na upit – pitajte nas",
    no_price: "Cijena nepoznata – pitajte nas",
    stale: "Posljednji poznati podaci, možda su se promijenili",
};

const CS: Words = Words {
    tag: "cs",
    decimal: ',',
    group: '\u{a0}',
    group_from: 1,
    percent: "\u{a0}",
    date: "d.\u{a0}m.\u{a0}Y",
    in_stock: "Skladem",
    low: "Poslední kusy",
    orderable: "Na objednávku",
    out_of_stock: "Není skladem",
    unknown: "Dostupnost neznámá – zeptejte se nás",
    pieces: "Počet kusů",
    or_more: "nebo více",
    order_by: "Objednejte do",
    deliver_by: "Doručení do",
    more_places: "Další místa",
    per_piece: "za kus",
    pcs: "ks",
    net: "bez DPH",
    gross: "včetně DPH",
    total: "Celkem",
    deposit: "Vratná záloha za starý díl, za kus, není v ceně",
    on_request: "Cena na dotaz – zeptejte se nás",
    no_price: "Cena neznámá – zeptejte se nás",
    stale: "Poslední známé údaje, mohly se změnit",
};

const DE: Words = Words {
    tag: "de",
    decimal: ',',
    group: '.',
    group_from: 1,
    percent: "\u{a0}",
    date: "D.M.Y",
    in_stock: "Auf Lager",
    low: "Nur noch wenige",
    orderable: "Bestellbar",
    out_of_stock: "Nicht auf Lager",
    unknown: "Verfügbarkeit unbekannt – fragen Sie uns",
    pieces: "Stückzahl",
    or_more: "oder mehr",
    order_by: "Bestellen bis",
    deliver_by: "Lieferung bis",
    more_places: "Weitere Standorte",
    per_piece: "pro Stück",
    pcs: "Stk.",
    net: "netto, ohne MwSt.",
    gross: "brutto, inkl. MwSt.",
    total: "Gesamt",
    deposit: "Altteilpfand pro Stück, nicht im Preis enthalten",
    on_request: "Preis auf Anfrage – fragen Sie uns",
    no_price: "Preis unbekannt – fragen Sie uns",
    stale: "Letzter bekannter Stand, kann sich geändert haben",
};

const EL: Words = Words {
    tag: "el",
    decimal: ',',
    group: '.',
    group_from: 1,
    percent: "",
    date: "d/m/Y",
    in_stock: "Σε απόθεμα",
    low: "Τελευταία τεμάχια",
    orderable: "Κατόπιν παραγγελίας",
    out_of_stock: "Εκτός αποθέματος",
    unknown: "Άγνωστη διαθεσιμότητα – ρωτήστε μας",
    pieces: "Τεμάχια",
    or_more: "ή περισσότερα",
    order_by: "Παραγγελία έως",
    deliver_by: "Παράδοση έως",
    more_places: "Άλλα σημεία",
    per_piece: "ανά τεμάχιο",
    pcs: "τεμ.",
    net: "χωρίς ΦΠΑ",
    gross: "με ΦΠΑ",
    total: "Σύνολο",
    deposit: "Επιστρεφόμενη εγγύηση παλαιού ανταλλακτικού, ανά τεμάχιο, εκτός τιμής",
    on_request: "Τιμή κατόπιν αιτήματος – ρωτήστε μας",
    no_price: "Άγνωστη τιμή – ρωτήστε μας",
    stale: "Τελευταία γνωστά στοιχεία, μπορεί να έχουν αλλάξει",
};

const EN: Words = Words {
    tag: "en",
    decimal: '.',
    group: ',',
    group_from: 1,
    percent: "",
    date: "d\u{a0}N\u{a0}Y",
    in_stock: "In stock",
    low: "Only a few left",
    orderable: "Available to order",
    out_of_stock: "Out of stock",
    unknown: "Availability unknown – ask us",
    pieces: "Pieces",
    or_more: "or more",
    order_by: "Order by",
    deliver_by: "Delivery by",
    more_places: "More places",
    per_piece: "per piece",
    pcs: "pcs",
    net: "net, VAT not included",
    gross: "gross, VAT included",
    total: "Total",
    deposit: "Refundable core deposit per piece, not in the price",
    on_request: "Price on request – ask us",
    no_price: "Price unknown – ask us",
    stale: "Last known, may have changed",
};

const ET: Words = Words {
    tag: "et",
    decimal: ',',
    group: '\u{a0}',
    group_from: 2,
    percent: "",
    date: "D.M.Y",
    in_stock: "Laos",
    low: "Viimased tükid",
    orderable: "Tellitav",
    out_of_stock: "Laost otsas",
    unknown: "Saadavus teadmata – küsige meilt",
    pieces: "Tükke",
    or_more: "või rohkem",
    order_by: "Tellige hiljemalt",
    deliver_by: "Tarne hiljemalt",
    more_places: "Teised asukohad",
    per_piece: "tükk",
    pcs: "tk",
    net: "ilma käibemaksuta",
    gross: "koos käibemaksuga",
    total: "Kokku",
    deposit: "Tagastatav pant vana osa eest, tükk, ei sisaldu hinnas",
    on_request: "Hind päringu alusel – küsige meilt",
    no_price: "Hind teadmata – küsige meilt",
    stale: "Viimati teadaolevad andmed, võivad olla muutunud",
};

const HU: Words = Words {
    tag: "hu",
    decimal: ',',
    group: '\u{a0}',
    group_from: 2,
    percent: "",
    date: "Y.\u{a0}M.\u{a0}D.",
    in_stock: "Raktáron",
    low: "Utolsó darabok",
    orderable: "Rendelhető",
    out_of_stock: "Nincs raktáron",
    unknown: "A készlet nem ismert – kérdezzen minket",
    pieces: "Darabszám",
    or_more: "vagy több",
    order_by: "Rendelési határidő",
    deliver_by: "Szállítási határidő",
    more_places: "További helyek",
    per_piece: "darabonként",
    pcs: "db",
    net: "nettó, áfa nélkül",
    gross: "bruttó, áfával",
    total: "Összesen",
    deposit: "Visszatérítendő letét a régi alkatrészért, darabonként, az áron felül",
    on_request: "Ár kérésre – kérdezzen minket",
    no_price: "Az ár nem ismert – kérdezzen minket",
    stale: "Utolsó ismert adatok, azóta változhattak",
};

const HR: Words = Words {
    tag: "hr",
    decimal: ',',
    group: '.',
    group_from: 1,
    percent: "\u{a0}",
    date: "D.\u{a0}M.\u{a0}Y.",
    in_stock: "Na zalihi",
    low: "Posljednji komadi",
    orderable: "Po narudžbi",
    out_of_stock: "Nema na zalihi",
    unknown: "Dostupnost nepoznata – pitajte nas",
    pieces: "Broj komada",
    or_more: "ili više",
    order_by: "Naručite do",
    deliver_by: "Dostava do",
    more_places: "Ostale lokacije",
    per_piece: "po komadu",
    pcs: "kom.",
    net: "bez PDV-a",
    gross: "s PDV-om",
    total: "Ukupno",
    deposit: "Povratni polog za stari dio, po komadu, nije u cijeni",
    on_request: "Cijena na upit – pitajte nas",
    no_price: "Cijena nepoznata – pitajte nas",
    stale: "Posljednji poznati podaci, možda su se promijenili",
};

const LT: Words = Words {
    tag: "lt",
    decimal: ',',
    group: '\u{a0}',
    group_from: 1,
    percent: "\u{a0}",
    date: "Y-M-D",
    in_stock: "Yra sandėlyje",
    low: "Paskutiniai vienetai",
    orderable: "Galima užsakyti",
    out_of_stock: "Nėra sandėlyje",
    unknown: "Likutis nežinomas – klauskite mūsų",
    pieces: "Vienetai",
    or_more: "ar daugiau",
    order_by: "Užsakykite iki",
    deliver_by: "Pristatymas iki",
    more_places: "Kitos vietos",
    per_piece: "už vienetą",
    pcs: "vnt.",
    net: "be PVM",
    gross: "su PVM",
    total: "Iš viso",
    deposit: "Grąžinamas užstatas už seną detalę, už vienetą, į kainą neįeina",
    on_request: "Kaina pagal užklausą – klauskite mūsų",
    no_price: "Kaina nežinoma – klauskite mūsų",
    stale: "Paskutiniai žinomi duomenys, galėjo pasikeisti",
};

const LV: Words = Words {
    tag: "lv",
    decimal: ',',
    group: '\u{a0}',
    group_from: 2,
    percent: "",
    date: "D.M.Y.",
    in_stock: "Ir noliktavā",
    low: "Pēdējie gabali",
    orderable: "Pieejams pēc pasūtījuma",
    out_of_stock: "Nav noliktavā",
    unknown: "Pieejamība nav zināma – jautājiet mums",
    pieces: "Gabalu skaits",
    or_more: "vai vairāk",
    order_by: "Pasūtiet līdz",
    deliver_by: "Piegāde līdz",
    more_places: "Citas vietas",
    per_piece: "par gabalu",
    pcs: "gab.",
    net: "bez PVN",
    gross: "ar PVN",
    total: "Kopā",
    deposit: "Atgriežama ķīla par veco detaļu, par gabalu, nav iekļauta cenā",
    on_request: "Cena pēc pieprasījuma – jautājiet mums",
    no_price: "Cena nav zināma – jautājiet mums",
    stale: "Pēdējie zināmie dati, var būt mainījušies",
};

const PL: Words = Words {
    tag: "pl",
    decimal: ',',
    group: '\u{a0}',
    group_from: 2,
    percent: "",
    date: "D.M.Y",
    in_stock: "W magazynie",
    low: "Ostatnie sztuki",
    orderable: "Na zamówienie",
    out_of_stock: "Brak w magazynie",
    unknown: "Dostępność nieznana – zapytaj nas",
    pieces: "Liczba sztuk",
    or_more: "lub więcej",
    order_by: "Zamów do",
    deliver_by: "Dostawa do",
    more_places: "Inne miejsca",
    per_piece: "za sztukę",
    pcs: "szt.",
    net: "netto, bez VAT",
    gross: "brutto, z VAT",
    total: "Razem",
    deposit: "Kaucja zwrotna za starą część, za sztukę, poza ceną",
    on_request: "Cena na zapytanie – zapytaj nas",
    no_price: "Cena nieznana – zapytaj nas",
    stale: "Ostatnie znane dane, mogły się zmienić",
};

const RO: Words = Words {
    tag: "ro",
    decimal: ',',
    group: '.',
    group_from: 1,
    percent: "\u{a0}",
    date: "D.M.Y",
    in_stock: "În stoc",
    low: "Ultimele bucăți",
    orderable: "Disponibil la comandă",
    out_of_stock: "Stoc epuizat",
    unknown: "Disponibilitate necunoscută – întrebați-ne",
    pieces: "Bucăți",
    or_more: "sau mai multe",
    order_by: "Comandați până la",
    deliver_by: "Livrare până la",
    more_places: "Alte locații",
    per_piece: "pe bucată",
    pcs: "buc.",
    net: "fără TVA",
    gross: "cu TVA",
    total: "Total",
    deposit: "Garanție returnabilă pentru piesa veche, pe bucată, neinclusă în preț",
    on_request: "Preț la cerere – întrebați-ne",
    no_price: "Preț necunoscut – întrebați-ne",
    stale: "Ultimele date cunoscute, este posibil să se fi schimbat",
};

const SK: Words = Words {
    tag: "sk",
    decimal: ',',
    group: '\u{a0}',
    group_from: 1,
    percent: "\u{a0}",
    date: "d.\u{a0}m.\u{a0}Y",
    in_stock: "Na sklade",
    low: "Posledné kusy",
    orderable: "Na objednávku",
    out_of_stock: "Nie je na sklade",
    unknown: "Dostupnosť neznáma – opýtajte sa nás",
    pieces: "Počet kusov",
    or_more: "alebo viac",
    order_by: "Objednajte do",
    deliver_by: "Doručenie do",
    more_places: "Ďalšie miesta",
    per_piece: "za kus",
    pcs: "ks",
    net: "bez DPH",
    gross: "s DPH",
    total: "Spolu",
    deposit: "Vratná záloha za starý diel, za kus, nie je v cene",
    on_request: "Cena na vyžiadanie – opýtajte sa nás",
    no_price: "Cena neznáma – opýtajte sa nás",
    stale: "Posledné známe údaje, mohli sa zmeniť",
};

const SL: Words = Words {
    tag: "sl",
    decimal: ',',
    group: '.',
    group_from: 2,
    percent: "\u{a0}",
    date: "d.\u{a0}m.\u{a0}Y",
    in_stock: "Na zalogi",
    low: "Zadnji kosi",
    orderable: "Po naročilu",
    out_of_stock: "Ni na zalogi",
    unknown: "Zaloga ni znana – vprašajte nas",
    pieces: "Število kosov",
    or_more: "ali več",
    order_by: "Naročite do",
    deliver_by: "Dostava do",
    more_places: "Druge lokacije",
    per_piece: "na kos",
    pcs: "kom.",
    net: "brez DDV",
    gross: "z DDV",
    total: "Skupaj",
    deposit: "Povratna kavcija za stari del, na kos, ni v ceni",
    on_request: "Cena na povpraševanje – vprašajte nas",
    no_price: "Cena ni znana – vprašajte nas",
    stale: "Zadnji znani podatki, morda so se spremenili",
};

const SR: Words = Words {
    tag: "sr-Latn",
    decimal: ',',
    group: '.',
    group_from: 1,
    percent: "",
    date: "d.\u{a0}m.\u{a0}Y.",
    in_stock: "Na stanju",
    low: "Poslednji komadi",
    orderable: "Po porudžbini",
    out_of_stock: "Nema na stanju",
    unknown: "Dostupnost nepoznata – pitajte nas",
    pieces: "Broj komada",
    or_more: "ili više",
    order_by: "Poručite do",
    deliver_by: "Isporuka do",
    more_places: "Ostale lokacije",
    per_piece: "po komadu",
    pcs: "kom.",
    net: "bez PDV-a",
    gross: "sa PDV-om",
    total: "Ukupno",
    deposit: "Povratni depozit za stari deo, po komadu, nije u ceni",
    on_request: "Cena na upit – pitajte nas",
    no_price: "Cena nepoznata – pitajte nas",
    stale: "Poslednji poznati podaci, možda su se promenili",
};

const UK: Words = Words {
    tag: "uk",
    decimal: ',',
    group: '\u{a0}',
    group_from: 1,
    percent: "",
    date: "D.M.Y",
    in_stock: "В наявності",
    low: "Залишилося мало",
    orderable: "Під замовлення",
    out_of_stock: "Немає в наявності",
    unknown: "Наявність невідома – запитайте нас",
    pieces: "Кількість штук",
    or_more: "або більше",
    order_by: "Замовте до",
    deliver_by: "Доставка до",
    more_places: "Інші місця",
    per_piece: "за штуку",
    pcs: "шт.",
    net: "без ПДВ",
    gross: "з ПДВ",
    total: "Разом",
    deposit: "Поворотна застава за стару деталь, за штуку, понад ціну",
    on_request: "Ціна за запитом – запитайте нас",
    no_price: "Ціна невідома – запитайте нас",
    stale: "Останні відомі дані, могли змінитися",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &Words) -> [&'static str; 18] {
        [
            words.in_stock,
            words.low,
            words.orderable,
            words.out_of_stock,
            words.unknown,
            words.pieces,
            words.or_more,
            words.order_by,
            words.deliver_by,
            words.more_places,
            words.per_piece,
            words.pcs,
            words.net,
            words.gross,
            words.total,
            words.deposit,
            words.on_request,
            words.no_price,
        ]
    }

    /// The same in English and in that language, on purpose.
    const SAME_AS_ENGLISH: [(Lang, &str); 1] = [(Lang::Ro, "Total")];

    #[test]
    fn every_language_says_everything_in_its_own_words() {
        for lang in Lang::ALL {
            for (text, english) in texts(lang.words()).into_iter().zip(texts(&EN)) {
                assert!(!text.trim().is_empty() && text.trim() == text, "{lang:?}: {text:?}");
                let own = lang == Lang::En || text != english || SAME_AS_ENGLISH.contains(&(lang, text));
                assert!(own, "{lang:?} says {text:?} in English");
            }
        }
    }

    #[test]
    fn no_two_states_say_the_same_and_no_text_is_markup() {
        for lang in Lang::ALL {
            let all = texts(lang.words());
            for (at, text) in all.iter().enumerate() {
                assert!(!all[at + 1..].contains(text), "{lang:?} says {text:?} twice");
                assert!(!text.contains(['<', '>', '&', '"', '\'']), "{lang:?}: {text:?}");
            }
        }
    }

    #[test]
    fn each_language_keeps_to_its_letters() {
        for lang in Lang::ALL {
            for letter in texts(lang.words()).concat().chars().filter(|letter| letter.is_alphabetic()) {
                let fits = match lang {
                    Lang::Bg | Lang::Uk => ('\u{400}'..'\u{530}').contains(&letter),
                    Lang::El => ('\u{370}'..'\u{400}').contains(&letter),
                    _ => letter < '\u{250}',
                };
                assert!(fits, "{lang:?} has a stray {letter:?}");
            }
        }
    }

    #[test]
    fn a_tag_finds_its_language() {
        for lang in Lang::ALL {
            assert_eq!(Lang::from_tag(lang.code()), Some(lang));
            assert_eq!(Lang::from_tag(lang.words().tag), Some(lang));
        }
        assert_eq!(Lang::from_tag("DE-at"), Some(Lang::De));
        assert_eq!(Lang::from_tag("sr_Latn_RS"), Some(Lang::Sr));
        for none in ["", "-", "fr", "plx", "p", "pł", "\"><script>"] {
            assert_eq!(Lang::from_tag(none), None);
        }
    }
}
