//! Items of the shop that have no partner at the supplier, or several.

use std::collections::{BTreeSet, HashMap};

use crate::clients::{Client, Clock, Transport, Watch};
use crate::engine::{CallOptions, Gathered};
use crate::intercars::{STOCK_LINE, StockLine};
use crate::operation::Error;
use crate::wire::{Units, write_text};

use super::matching::{MatchRule, ProductField};
use super::shop::Shop;

/// Items without a partner, and items with several.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unmatched {
    /// As sent.
    pub items: Vec<String>,
    /// As sent, each with the SKUs that it may be, or that others may be too.
    pub ambiguous: Vec<(String, Vec<String>)>,
}

/// Asks the supplier for what the shop's items are known by, rule after rule. It can be asked for SKUs and indexes, not for
/// bar codes: those only meet in answers to something else.
pub(super) async fn unmatched<R: Transport + Clock>(
    client: &Client<R>,
    shop: &Shop,
    rules: &[MatchRule],
    options: &CallOptions,
    watch: &dyn Watch,
) -> Result<Unmatched, Error> {
    let mut partners: Vec<BTreeSet<String>> = vec![BTreeSet::new(); shop.items().len()];
    for rule in rules {
        let list = match rule.supplier {
            ProductField::Sku => "sku",
            ProductField::Index => "index",
            ProductField::Ean => continue,
        };
        // What to ask for, and which items want to know.
        let mut wanted: HashMap<String, Vec<usize>> = HashMap::new();
        let mut asked = BTreeSet::new();
        for (position, item) in shop.items().iter().enumerate().filter(|(position, _)| partners[*position].is_empty()) {
            for text in item.texts(rule.item) {
                let Some(key) = rule.key(text) else { continue };
                // Only a SKU has one way to be written, and what cannot be one is not worth a question. Lists go by commas.
                let sku = rule.supplier == ProductField::Sku;
                let question = if sku { &key } else { text.as_str() };
                let possible = if sku {
                    question.bytes().all(|byte| byte.is_ascii_alphanumeric())
                } else {
                    !question.contains(',')
                };
                if possible {
                    asked.insert(question.to_owned());
                    wanted.entry(key).or_default().push(position);
                }
            }
        }
        if asked.is_empty() {
            continue;
        }
        let mut query = format!("{{\"{list}\":[").into_bytes();
        for (at, text) in asked.iter().enumerate() {
            if at > 0 {
                query.push(b',');
            }
            write_text(&mut query, text);
        }
        query.extend_from_slice(b"]}");
        let found = client.call("stock", query, options.clone(), Units::Bytes, watch).await?;
        for (key, sku) in known(&found, rule) {
            for &position in wanted.get(&key).into_iter().flatten() {
                partners[position].insert(sku.clone());
            }
        }
    }
    let mut owners: HashMap<&str, usize> = HashMap::new();
    for sku in partners.iter().flatten() {
        *owners.entry(sku).or_default() += 1;
    }
    let mut unmatched = Unmatched::default();
    for (item, skus) in shop.items().iter().zip(&partners) {
        if skus.is_empty() {
            unmatched.items.push(item.json.clone());
        } else if skus.len() > 1 || skus.iter().any(|sku| owners[sku.as_str()] > 1) {
            unmatched.ambiguous.push((item.json.clone(), skus.iter().cloned().collect()));
        }
    }
    Ok(unmatched)
}

/// Key and SKU of what the supplier knows.
fn known(found: &Gathered, rule: &MatchRule) -> BTreeSet<(String, String)> {
    let mut known = BTreeSet::new();
    for answer in &found.answers {
        for row in answer.tape.rows(&answer.body, &STOCK_LINE) {
            let field = if rule.supplier == ProductField::Sku { StockLine::sku } else { StockLine::index };
            let key = row.text(field).and_then(|text| rule.key(&text));
            if let (Some(key), Some(sku)) = (key, row.text(StockLine::sku)) {
                known.insert((key, sku.into_owned()));
            }
        }
    }
    if rule.supplier == ProductField::Sku {
        // Known, but not to be bought now.
        for skipped in found.skipped.iter().filter(|skipped| !skipped.unknown) {
            if let Some(key) = rule.key(&skipped.key.text) {
                known.insert((key, skipped.key.text.clone()));
            }
        }
    }
    known
}
