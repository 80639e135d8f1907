//! Which items are products of Inter Cars, and by what one can tell.

use serde_json::{Value, json};

use crate::intercars::product::Product;

/// Gives the nth item what ties it to a product, if it is one. The firm's own goods have numbers outside of this.
pub(crate) fn tie(row: &mut Value, n: u64) {
    match n {
        // By its code: it is the SKU.
        401..=600 => row["code"] = json!(numbered((n - 400) * 7).sku()),
        // By one of the catalogue fields: the index, in another spelling.
        601..=700 => {
            let field = match n % 5 {
                0 => "catalog2",
                1 => "catalog3",
                _ => "catalog",
            };
            row[field] = json!(respelt(&numbered(2_000 + (n - 600) * 7).index(), n));
        }
        // By one of the bar codes.
        701..=800 => {
            let field = match n % 5 {
                0 => "bar_code2",
                1 => "bar_code3",
                _ => "bar_code",
            };
            row[field] = json!(bar_code(3_000 + (n - 700) * 10));
        }
        // Two items with the same bar code.
        801..=840 => row["bar_code"] = json!(bar_code(5_000 + (n - 801) / 2 * 10)),
        // Two fields that say two products.
        841..=850 => {
            row["catalog"] = json!(numbered(6_000 + n).index());
            row["catalog2"] = json!(respelt(&numbered(7_000 + n).index(), n));
        }
        // Indexes that two products share.
        851 => row["catalog"] = json!("OP 520"),
        852 => row["catalog"] = json!("op-570"),
        // Two items with the index of one product.
        853..=860 => row["catalog"] = json!(respelt(&numbered(8_000 + (n - 853) / 2).index(), n)),
        _ => {}
    }
}

fn numbered(n: u64) -> Product {
    Product::Number(n as u32)
}

/// The bar code of the first product from that number on that has one to show.
fn bar_code(from: u64) -> String {
    let all = (from..).map(|n| numbered(n).eans());
    let mut good = all.filter_map(|eans| eans[0].as_str().filter(|code| code.len() == 13).map(String::from));
    good.next().unwrap_or_default()
}

/// An index as shops copy it down: of some ways to spell it otherwise the first from that one on that does.
fn respelt(index: &str, way: u64) -> String {
    let ways = [
        index.to_lowercase(),
        index.replace(' ', "-"),
        index.replace('/', " / ").replace('-', " "),
        index.chars().filter(char::is_ascii_alphanumeric).collect(),
    ];
    let from = (way % ways.len() as u64) as usize;
    ways.into_iter().cycle().skip(from).find(|spelling| spelling != index).unwrap_or_default()
}
