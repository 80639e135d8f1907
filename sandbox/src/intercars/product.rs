//! One product, computed from its number: nothing of the catalog is stored.

use serde_json::{Value, json};

use super::catalog::{self, Category};
use super::language::Language;
use super::samples;
use crate::seeded::{pick, roll};

/// The product of the catalog sample, `200383`, far above the generated ones.
const QUICK_BRAKE: u32 = 200_383;

const BRANDS: [&str; 12] =
    ["FILTRON", "BOSCH", "MANN-FILTER", "ATE", "TRW", "VALEO", "OSRAM", "PHILIPS", "HELLA", "JC AUTO", "4MAX", "ŠKODA"];

const CARS: [&str; 8] = [
    "AUDI A4 B8, A5, Q5",
    "BMW 3 (E90), X1",
    "FIAT 125P, POLONEZ III",
    "OPEL ASTRA G/CLASSIC, CORSA",
    "RENAULT MÉGANE II, SCÉNIC",
    "ŠKODA OCTAVIA II, SUPERB",
    "TOYOTA AURIS 1.4-2.0",
    "VW GOLF V, PASSAT B6 1.6-2.0",
];

/// A product of the catalog or of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Product {
    /// `ADDFFF`, which the pages use throughout.
    Addfff,
    /// `ADDFFA`, the other one.
    Addffa,
    /// A generated one, or `200383`.
    Number(u32),
}

impl Product {
    /// The product of that SKU.
    pub(crate) fn of_sku(sku: &str) -> Option<Self> {
        match sku {
            "ADDFFF" => return Some(Self::Addfff),
            "ADDFFA" => return Some(Self::Addffa),
            "200383" => return Some(Self::Number(QUICK_BRAKE)),
            _ => {}
        }
        let digits = sku.strip_prefix("SBX").filter(|d| d.len() == 6)?;
        Self::generated(digits)
    }

    /// The products of that index, which matches to the letter.
    pub(crate) fn of_index(index: &str) -> Vec<Self> {
        match index {
            // The pages print these for both of their SKUs.
            "OP 520" | "OP 570" => return vec![Self::Addfff, Self::Addffa],
            "0 451 103 276" => return vec![Self::Addfff],
            "QB32.303" => return vec![Self::Number(QUICK_BRAKE)],
            _ => {}
        }
        // Each spelling gives its number back; which of them is this product's own is seen by spelling it again.
        let candidates = [
            between(index, "OP ", "/3"),
            between(index, "HU ", "/2 x"),
            between(index, "QB", ".303"),
            between(index, "", "-2X"),
            between(index, "W ", "/1"),
            index.strip_prefix("0 451 ").map(|rest| rest.replace(' ', "")),
        ];
        candidates
            .into_iter()
            .flatten()
            .filter_map(|digits| Self::generated(&digits))
            .filter(|product| product.index() == index)
            .collect()
    }

    fn generated(digits: &str) -> Option<Self> {
        let number = digits.parse().ok()?;
        (1..=catalog::PRODUCTS).contains(&number).then_some(Self::Number(number))
    }

    /// What everything else is rolled from.
    pub(crate) fn seed(self) -> u64 {
        match self {
            Self::Addfff => 1_000_001,
            Self::Addffa => 1_000_002,
            Self::Number(number) => u64::from(number),
        }
    }

    /// Whether every answer about it is printed in the documents.
    pub(crate) fn is_sample(self) -> bool {
        matches!(self, Self::Addfff | Self::Addffa)
    }

    /// Its SKU.
    pub(crate) fn sku(self) -> String {
        match self {
            Self::Addfff => "ADDFFF".into(),
            Self::Addffa => "ADDFFA".into(),
            Self::Number(QUICK_BRAKE) => "200383".into(),
            Self::Number(number) => format!("SBX{number:06}"),
        }
    }

    /// Its index, spelt as unevenly as makers spell them.
    pub(crate) fn index(self) -> String {
        let Self::Number(number) = self else {
            return "OP 520".into();
        };
        match number {
            QUICK_BRAKE => "QB32.303".into(),
            _ => match number % 6 {
                0 => format!("OP {number}/3"),
                1 => format!("HU {number}/2 x"),
                2 => format!("QB{number}.303"),
                3 => format!("{number}-2X"),
                4 => format!("W {number}/1"),
                _ => format!("0 451 {:03} {:03}", number / 1000, number % 1000),
            },
        }
    }

    /// Its maker.
    pub(crate) fn brand(self) -> &'static str {
        match self {
            Self::Addfff | Self::Addffa => "FILTRON",
            Self::Number(QUICK_BRAKE) => "QUICK BRAKE",
            Self::Number(_) => pick(&BRANDS, self.seed(), 1),
        }
    }

    /// The deepest category that holds it.
    fn category(self) -> Option<&'static Category> {
        match self {
            Self::Number(number) if number != QUICK_BRAKE => catalog::deepest(number),
            _ => catalog::find("GenericArticle_1280"),
        }
    }

    /// Its short name. Some names hold what breaks careless writers of HTML, CSV and JSON.
    pub(crate) fn name(self, language: Language) -> String {
        let label = self.category().map_or("", |c| c.label(language));
        match self.seed() {
            n if n % 31 == 7 => format!("{label} \"XL\" 7/8\"-14UNF \\ <b>&amp;"),
            n if n % 37 == 5 => format!("{label} 🔧 ½\u{a0}l"),
            _ => label.to_owned(),
        }
    }

    /// Its long text.
    pub(crate) fn description(self, language: Language) -> String {
        let label = self.category().map_or("", |c| c.label(language));
        let fits = language.of(["fits", "pasuje do", "подходящ за"]);
        let seed = self.seed();
        format!(
            "{label} {fits}: {}, {} {:02}.{:02}-",
            pick(&CARS, seed, 2),
            pick(&CARS, seed, 3),
            1 + roll(seed, 4) % 12,
            roll(seed, 5) % 24,
        )
    }

    /// Its bar codes: mostly one, at times none, two, or junk.
    pub(crate) fn eans(self) -> Value {
        let seed = self.seed();
        match seed {
            n if n == u64::from(QUICK_BRAKE) => json!(["4611234567893", "4611234567891"]),
            n if n % 13 == 0 => json!([]),
            n if n % 17 == 0 => json!([".365100", "3LISC2"]),
            n if n % 7 == 0 => json!([ean("590", n), ean("590", n + 500_000)]),
            n => json!([ean("590", n)]),
        }
    }

    /// Its code for Polish tax records, which is not always there and not always spelt alike.
    pub(crate) fn gtu(self) -> Value {
        match self.seed() % 5 {
            0 => Value::Null,
            1 => json!("GTU_7"),
            _ => json!("GTU_03"),
        }
    }

    /// Whether it cannot be given back.
    pub(crate) fn blocked_return(self) -> bool {
        roll(self.seed(), 6).is_multiple_of(9)
    }

    /// Whether it is listed but cannot be bought.
    pub(crate) fn is_discontinued(self) -> bool {
        matches!(self, Self::Number(number) if number % 53 == 0)
    }

    /// Its row in the catalog.
    pub(crate) fn row(self, language: Language) -> Value {
        match self {
            Self::Number(QUICK_BRAKE) => samples::PRODUCTS["products"][0].clone(),
            _ => self.generated_row(language),
        }
    }

    fn generated_row(self, language: Language) -> Value {
        let seed = self.seed();
        let tec_doc = 1 + roll(seed, 7) % 6400;
        let mut row = json!({
            "customsCode": format!("{:08}", 84_000_000 + roll(seed, 8) % 4_000_000),
            "sku": self.sku(),
            "index": self.index(),
            "tecDoc": self.index().replace("QB", ""),
            "tecDocProd": if seed.is_multiple_of(2) { json!(tec_doc.to_string()) } else { json!(tec_doc) },
            "articleNumber": self.index(),
            "brand": self.brand(),
            "shortDescription": self.name(language),
            "description": self.description(language),
            "eans": self.eans(),
            "gtuCode": self.gtu(),
            "genericArticleReferences": self.generic_articles(language),
        });
        let size = |purpose: u64| {
            let tenths = 5 + roll(seed, purpose) % 900;
            format!("{},{}", tenths / 10, tenths % 10)
        };
        let weight = 10 + roll(seed, 9) % 9000;
        row["packageWeight"] = json!(format!("{},{:03}", weight / 1000, weight % 1000));
        // The page misspells two keys; live rows also spell them right, or give a depth.
        let keys = match seed % 4 {
            0 | 1 => ["packageWidht", "packageLenght", "packageHeight"],
            2 => ["packageWidth", "packageLength", "packageHeight"],
            _ => ["packageWidth", "packageLength", "packageDepth"],
        };
        for (purpose, key) in (10..).zip(keys) {
            row[key] = json!(size(purpose));
        }
        row["blockedReturn"] = json!(self.blocked_return());
        if seed.is_multiple_of(19)
            && let Some(row) = row.as_object_mut()
        {
            for optional in ["description", "articleNumber", "blockedReturn", "customsCode"] {
                row.shift_remove(optional);
            }
        }
        if seed.is_multiple_of(23) {
            row["packagingTax"] = json!({ "code": "A", "rate": 0.5 });
        }
        row
    }

    fn generic_articles(self, language: Language) -> Value {
        match self.category().filter(|category| category.is_leaf()) {
            Some(leaf) => json!([{
                "genericArticleId": leaf.id,
                "primary": true,
                "name": { language.code(): leaf.label(language) },
            }]),
            None => json!([]),
        }
    }
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    Some(text.strip_prefix(start)?.strip_suffix(end)?.to_owned())
}

/// A bar code of 13 digits whose last one is right, the first three being a country's.
pub(crate) fn ean(country: &str, number: u64) -> String {
    let body = format!("{country}{:09}", number % 1_000_000_000);
    let sum: u32 =
        body.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
