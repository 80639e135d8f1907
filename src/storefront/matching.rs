//! Where the shop's items and the supplier's products meet: by rules that a user sets, never by a guess.

use std::collections::HashMap;

use serde::Deserialize;

/// What of an item is the same as what of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchRule {
    /// Of the shop's item.
    pub item: ItemField,
    /// Of the supplier's product.
    pub supplier: ProductField,
    /// Case, spaces, dashes and the like do not count; of a bar code, zeros in front.
    #[serde(default)]
    pub tolerant: bool,
}

/// What tells an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemField {
    /// Its code.
    Code,
    /// Any of its three catalogue numbers.
    Catalog,
    /// Any of its three bar codes.
    BarCode,
}

/// What tells a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductField {
    /// The supplier's identifier.
    Sku,
    /// The supplier's index.
    Index,
    /// Any of its bar codes.
    Ean,
}

impl MatchRule {
    /// Without any rule: the shop's codes are the supplier's SKUs.
    pub const DEFAULT: MatchRule = MatchRule { item: ItemField::Code, supplier: ProductField::Sku, tolerant: false };

    /// What is compared; none where a text cannot tell anything.
    pub fn key(&self, text: &str) -> Option<String> {
        let trimmed = text.trim();
        let key = match (self.supplier, self.tolerant) {
            // What is no bar code would make strangers partners.
            (ProductField::Ean, tolerant) => {
                let digits: String = match tolerant {
                    true => trimmed.chars().filter(|char| !matches!(char, ' ' | '-')).collect(),
                    false => trimmed.to_owned(),
                };
                let code = (8..=14).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && digits.bytes().any(|byte| byte != b'0');
                let digits = if code { digits } else { String::new() };
                if tolerant { digits.trim_start_matches('0').to_owned() } else { digits }
            }
            (_, true) => trimmed.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_uppercase).collect(),
            (_, false) => trimmed.to_owned(),
        };
        (!key.is_empty()).then_some(key)
    }
}

/// What is known of one of the supplier's products.
#[derive(Clone, Debug, Default)]
pub struct Product {
    /// Its identifier.
    pub sku: Option<String>,
    /// How its index is written.
    pub index: Vec<String>,
    /// Its bar codes.
    pub eans: Vec<String>,
    /// Whether the supplier has told its index and bar codes.
    pub told: bool,
}

impl Product {
    fn texts(&self, field: ProductField) -> &[String] {
        match field {
            ProductField::Sku => self.sku.as_slice(),
            ProductField::Index => &self.index,
            ProductField::Ean => &self.eans,
        }
    }
}

/// Positions of items by what they are known by, for each rule.
#[derive(Debug, Default)]
pub struct Directory {
    rules: Vec<MatchRule>,
    by_key: Vec<HashMap<String, Vec<usize>>>,
}

/// An item's partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partner {
    /// The item at this position.
    One(usize),
    /// There is none.
    None,
    /// Several items, or nobody could tell: no answer.
    Unknown,
}

impl Directory {
    /// Nobody yet.
    pub fn new(rules: &[MatchRule]) -> Directory {
        Directory { rules: rules.to_vec(), by_key: vec![HashMap::new(); rules.len()] }
    }

    /// Adds an item by its texts.
    pub fn add<'a>(&mut self, position: usize, texts: impl Fn(ItemField) -> &'a [String]) {
        for (rule, by_key) in self.rules.iter().zip(&mut self.by_key) {
            for key in texts(rule.item).iter().filter_map(|text| rule.key(text)) {
                let positions = by_key.entry(key).or_default();
                if !positions.contains(&position) {
                    positions.push(position);
                }
            }
        }
    }

    /// The item that is this product: the first rule that finds any decides.
    pub fn partner(&self, product: &Product) -> Partner {
        for (rule, by_key) in self.rules.iter().zip(&self.by_key) {
            let mut found: Vec<usize> = product
                .texts(rule.supplier)
                .iter()
                .filter_map(|text| by_key.get(&rule.key(text)?))
                .flatten()
                .copied()
                .collect();
            found.sort_unstable();
            found.dedup();
            match found.as_slice() {
                [] => {}
                [one] => return Partner::One(*one),
                _ => return Partner::Unknown,
            }
        }
        let untold = !product.told && self.rules.iter().any(|rule| product.texts(rule.supplier).is_empty());
        if untold { Partner::Unknown } else { Partner::None }
    }
}
