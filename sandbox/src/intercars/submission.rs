//! What a submit asks for: priced, and taken from the shelves of one warehouse or several.

use serde_json::Value;

use super::Call;
use super::accounts::Account;
use super::arguments::Key;
use super::errors::{Refusal, business, invalid};
use super::history::Line;
use super::pricing::{Cents, prices, quantity};
use super::product::Product;
use super::stock::Shelves;

/// A line of an order: what is sent, and what was asked for and is not there.
#[derive(Clone, Debug)]
pub(crate) struct OrderLine {
    pub(crate) line: Line,
    pub(crate) missing: u32,
}

/// A line as it was asked for.
pub(crate) struct Wanted {
    product: Product,
    quantity: u32,
    net: Cents,
    gross: Cents,
}

/// The lines of a submit, and the keys that mean nothing.
pub(crate) fn wanted(call: &Call, body: &Value) -> Result<(Vec<Wanted>, Vec<String>), Refusal> {
    let lines =
        body["lines"].as_array().filter(|lines| !lines.is_empty()).ok_or_else(|| invalid("lines are required"))?;
    let mut wanted = Vec::new();
    let mut skipped = Vec::new();
    for line in lines {
        let key = Key::of_line(line)?;
        let pieces = quantity(&line["requiredQuantity"])?;
        if !matches!(line["custom"].as_str(), Some("true" | "false")) && !line["custom"].is_null() {
            return Err(invalid("custom must be \"true\" or \"false\""));
        }
        // An index that several products share orders the first of them.
        match key.products().first() {
            Some(product) => wanted.push(priced(call, *product, pieces, line)?),
            None => skipped.push(key.text().to_owned()),
        }
    }
    Ok((wanted, skipped))
}

fn priced(call: &Call, product: Product, quantity: u32, line: &Value) -> Result<Wanted, Refusal> {
    let amount = |name: &str| match &line[name] {
        Value::Null => Ok(None),
        value => Cents::parse(value).map(Some).ok_or_else(|| invalid(format!("{name} must be a number"))),
    };
    let (net, gross) = (amount("unitPriceNet")?, amount("unitPriceGross")?);
    let current = match product.is_sample() {
        // The pages print three prices for these two, and any is taken.
        true => net.unwrap_or(Cents(10_000)),
        false => prices(product, call.account, call.settings.price_revision).customer,
    };
    let agrees = net.is_none_or(|net| net == current)
        && (product.is_sample() || gross.is_none_or(|gross| gross == current.gross()));
    if !agrees {
        return Err(business("ICF299", format!("Unit price of {} has changed", product.sku())));
    }
    Ok(Wanted { product, quantity, net: current, gross: gross.unwrap_or(current.gross()) })
}

/// What each warehouse sends.
pub(crate) type Shares = Vec<(&'static str, Vec<OrderLine>)>;

/// Takes the pieces from the shelves and gathers them by warehouse.
pub(crate) fn allocate(account: &Account, wanted: &[Wanted], shelves: &mut Shelves) -> Result<Shares, Refusal> {
    let mut shares: Shares = Vec::new();
    for want in wanted {
        let parts = take(account, want, shelves);
        let found: u32 = parts.iter().map(|(_, pieces)| pieces).sum();
        // What no warehouse has is missing from the first one.
        let mut missing = want.quantity - found;
        for (warehouse, quantity) in parts {
            let line = OrderLine {
                line: Line { product: want.product, quantity, net: want.net, gross: want.gross },
                missing: std::mem::take(&mut missing),
            };
            match shares.iter_mut().find(|(at, _)| *at == warehouse) {
                Some((_, lines)) => lines.push(line),
                None => shares.push((warehouse, vec![line])),
            }
        }
    }
    let mut lines = shares.iter().flat_map(|(_, lines)| lines);
    if lines.any(|line| line.line.quantity > 0) { Ok(shares) } else { Err(business("ICF230", "No orderable SKU")) }
}

/// Takes one line's pieces along the customer's path: how many from which warehouse, at least one of them named.
fn take(account: &Account, want: &Wanted, shelves: &mut Shelves) -> Vec<(&'static str, u32)> {
    if want.product.is_sample() {
        // Their stock is printed and never falls.
        return vec![("KOM", want.quantity)];
    }
    let mut left = want.quantity;
    let mut parts = Vec::new();
    for warehouse in account.logistic_path {
        let on_hand = shelves.on_hand(want.product, warehouse).unwrap_or(0);
        let pieces = on_hand.min(left);
        if pieces > 0 {
            shelves.take(want.product, warehouse, i64::from(pieces));
            parts.push((*warehouse, pieces));
            left -= pieces;
        }
    }
    if parts.is_empty() {
        parts.push((account.logistic_path[0], 0));
    }
    parts
}
