//! The bodies that the supplier's own pages print, answered to the letter.

use std::sync::LazyLock;

use serde_json::Value;

/// A sample, parsed once.
pub(crate) type Sample = LazyLock<Value>;

macro_rules! samples {
    ($($name:ident = $file:literal;)*) => {$(
        pub(crate) static $name: Sample =
            LazyLock::new(|| parse(include_str!(concat!("../../samples/intercars/", $file))));
    )*};
}

samples! {
    STOCK_TEXT = "stock_text.json";
    STOCK_GET = "stock_get.json";
    STOCK_POST = "stock_post.json";
    QUOTE = "quote.json";
    QUOTE_TEXT = "quote_text.json";
    PRICE = "price.json";
    PRICE_TEXT = "price_text.json";
    PRODUCTS = "products.json";
    DELIVERY = "delivery.json";
    INVOICE = "invoice.json";
    REQUISITION = "requisition.json";
    ORDER = "order.json";
    CUSTOMER = "customer.json";
    FINANCES = "finances.json";
}

/// The rows of a sample that is an array.
pub(crate) fn rows(sample: &Value) -> impl Iterator<Item = &Value> {
    sample.as_array().into_iter().flatten()
}

fn parse(text: &str) -> Value {
    // The files are part of the program and a test reads each of them.
    serde_json::from_str(text).unwrap_or_default()
}
