//! What the supplier's pages print is answered to the letter.

use serde_json::{Value, json};

use crate::guest::{Guest, SECOND, good};

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

macro_rules! sample {
    ($file:literal) => {
        sample(include_str!(concat!("../../samples/intercars/", $file)))
    };
}

#[test]
fn stock() {
    let mut guest = Guest::new();
    let printed = sample!("stock_text.json");
    assert_eq!(guest.got("/inventory/stock?sku=ADDFFF,ADDFFA"), printed);
    assert_eq!(guest.got("/inventory/stock?sku=ADDFFF,ADDFFA&location=POZ,HZA"), printed);
    assert_eq!(guest.got("/inventory/stock?sku=ADDFFF,ADDFFA&shipTo=00008"), printed);
    assert_eq!(guest.got("/inventory/stock?index=OP%20520"), printed);
    assert_eq!(guest.got("/inventory/stock?sku=ADDFFF&location=KOM&shipTo=8.0"), sample!("stock_get.json"));
    assert_eq!(
        guest.posted("/inventory/stock?location=KOM", &json!({ "sku": "ADDFFF,ADDFA,ADDFZ" })),
        sample!("stock_post.json")
    );
}

#[test]
fn quote() {
    let mut guest = Guest::new();
    let asked = json!({ "lines": [{ "sku": "ADDFFF", "quantity": 10 }] });
    assert_eq!(guest.posted("/inventory/quote", &asked), sample!("quote.json"));
    let asked = json!({ "lines": [{ "sku": "ADDFFA", "quantity": 1 }] });
    assert_eq!(guest.posted("/inventory/quote", &asked), sample!("quote_text.json"));
    let request = guest.request("POST", "/inventory/quote?sku=ADDFFA");
    assert_eq!(good(&guest.send(&request)), sample!("quote_text.json"));
}

#[test]
fn price() {
    let mut guest = Guest::new();
    let asked = json!({ "shipTo": "80", "location": ["KOM"], "lines": [{ "sku": "ADDFFF", "quantity": 10 }] });
    assert_eq!(guest.posted("/pricing/quote", &asked), sample!("price.json"));
    let asked = json!({ "lines": [{ "sku": "ADDFFA", "quantity": 10 }, { "sku": "ADDFFF", "quantity": 10 }] });
    assert_eq!(guest.posted("/pricing/quote", &asked), sample!("price_text.json"));
}

#[test]
fn catalog() {
    let mut guest = Guest::new();
    guest.language = "pl";
    assert_eq!(guest.got("/catalog/category?categoryId=SalesClassificationNode_6110000"), sample!("category.json"));
    assert_eq!(guest.got("/catalog/products?sku=200383"), sample!("products.json"));
}

#[test]
fn papers() {
    let mut guest = Guest::new();
    let delivery = sample!("delivery.json");
    assert_eq!(guest.got("/delivery/LAZ%2F19%2F0001"), delivery);
    let window = "creationDateFrom=2019-08-23&creationDateTo=2019-08-25";
    assert_eq!(guest.got(&format!("/delivery?{window}")), delivery);
    let mut bare = delivery.clone();
    bare[0].as_object_mut().unwrap().remove("lines");
    assert_eq!(guest.got(&format!("/delivery/metadata?{window}")), bare);

    let invoice = sample!("invoice.json");
    assert_eq!(guest.got("/invoice/LAZ%2F19%2F0001"), invoice);
    assert_eq!(guest.got("/invoice/4534546?techId=true"), invoice);
    assert_eq!(guest.got("/invoice?issueDateFrom=2019-08-24&issueDateTo=2019-08-24"), invoice);
    assert_eq!(guest.get("/invoice/4534546").status, 404);

    let orders = sample!("requisition.json");
    assert_eq!(guest.got("/sales/requisition/IC%2F19%2F1254"), orders);
    assert_eq!(guest.posted("/sales/requisition/IC%2F19%2F1254/confirm", &json!(null)), orders);
    assert_eq!(guest.posted("/sales/requisition/IC%2F19%2F1254/cancel?shipTo=000008", &json!(null)), orders);
    let window = "creationDateFrom=2019-04-17&creationDateTo=2019-04-19";
    assert_eq!(guest.got(&format!("/sales/requisition?{window}")), orders);
    assert_eq!(guest.got("/sales/order/LAZ%2F19%2F1254"), sample!("order.json"));
}

#[test]
fn customer() {
    let mut guest = Guest::new();
    assert_eq!(guest.got("/customer"), sample!("customer.json"));
    assert_eq!(guest.got("/customer/finances"), sample!("finances.json"));
}

#[test]
fn the_samples_papers_are_not_the_second_customers() {
    let mut guest = Guest::new();
    guest.sign_in(SECOND);
    for path in [
        "/delivery/LAZ%2F19%2F0001",
        "/invoice/4534546?techId=true",
        "/sales/requisition/IC%2F19%2F1254",
        "/sales/order/LAZ%2F19%2F1254",
    ] {
        assert_eq!(guest.get(path).status, 404, "{path}");
    }
    assert_eq!(guest.got("/delivery?creationDateFrom=2019-08-23&creationDateTo=2019-08-25"), json!([]));
    assert_ne!(guest.got("/customer")["name"], "INTER CARS S.A.");
}
