//! The documented limits, each at its edge.

use serde_json::{Value, json};

use crate::guest::{Guest, code, date};

fn skus(count: u32) -> String {
    let skus: Vec<String> = (1..=count).map(|n| format!("SBX{n:06}")).collect();
    skus.join(",")
}

fn lines(count: u32) -> Value {
    (1..=count).map(|n| json!({ "sku": format!("SBX{n:06}"), "quantity": 1 })).collect()
}

#[test]
fn batches() {
    let mut guest = Guest::new();
    guest.got(&format!("/inventory/stock?sku={}", skus(100)));
    guest.refused(&format!("/inventory/stock?sku={}", skus(101)));
    guest.posted("/inventory/stock", &json!({ "sku": skus(100) }));
    code(&guest.post("/inventory/stock", &json!({ "sku": skus(101) })));

    let quote = |guest: &Guest, n| guest.request("POST", &format!("/inventory/quote?sku={}", skus(n)));
    let request = quote(&guest, 30);
    assert_eq!(guest.send(&request).status, 200);
    let request = quote(&guest, 31);
    code(&guest.send(&request));
    guest.posted("/inventory/quote", &json!({ "lines": lines(30) }));
    code(&guest.post("/inventory/quote", &json!({ "lines": lines(31) })));

    guest.posted("/pricing/quote", &json!({ "lines": lines(100) }));
    code(&guest.post("/pricing/quote", &json!({ "lines": lines(101) })));
}

#[test]
fn locations() {
    let mut guest = Guest::new();
    let eleven = "KOM,HSN,POZ,HZA,LAZ,SOF,VAR,A,B,C,D";
    let ten = &eleven[..eleven.len() - 2];
    guest.got(&format!("/inventory/stock?sku=SBX000001&location={ten}"));
    guest.refused(&format!("/inventory/stock?sku=SBX000001&location={eleven}"));
    let eleven: Vec<&str> = eleven.split(',').collect();
    code(&guest.post("/pricing/quote", &json!({ "location": eleven, "lines": lines(1) })));
}

#[test]
fn one_name_for_each_thing() {
    let mut guest = Guest::new();
    assert_eq!(guest.refused("/inventory/stock"), "ICF101");
    guest.refused("/inventory/stock?sku=ADDFFF&index=OP%20520");
    guest.refused("/catalog/products?sku=200383&index=QB32.303");
    code(&guest.post("/pricing/quote", &json!({ "lines": [{ "quantity": 1 }] })));
    code(&guest.post("/pricing/quote", &json!({ "lines": [{ "sku": "ADDFFF", "index": "OP 520", "quantity": 1 }] })));
    code(&guest.post("/pricing/quote", &json!({ "lines": [{ "sku": "ADDFFF", "quantity": 0 }] })));
    code(&guest.post("/pricing/quote", &json!("no object")));
}

#[test]
fn windows_and_pages_of_searches() {
    let mut guest = Guest::new();
    for (path, from, to, most) in [
        ("/delivery", "creationDateFrom", "creationDateTo", 50),
        ("/delivery/metadata", "creationDateFrom", "creationDateTo", 50),
        ("/invoice", "issueDateFrom", "issueDateTo", 200),
        ("/sales/requisition", "creationDateFrom", "creationDateTo", 50),
    ] {
        let ask =
            |first: i64, last: i64, more: &str| format!("{path}?{from}={}&{to}={}{more}", date(first), date(last));
        guest.got(&ask(-2, 0, &format!("&limit={most}&offset=10000")));
        for bad in [
            ask(-3, 0, ""),
            ask(0, -1, ""),
            ask(-2, 0, &format!("&limit={}", most + 1)),
            ask(-2, 0, "&limit=0"),
            ask(-2, 0, "&offset=10001"),
            ask(-2, 0, "&offset=-1"),
            ask(-2, 0, "&offset=one"),
            format!("{path}?{from}={}", date(0)),
            format!("{path}?{from}=26.06.2026&{to}=27.06.2026"),
        ] {
            guest.refused(&bad);
        }
    }
    guest.refused("/delivery?creationDateFrom=2021-07-29&creationDateTo=2021-08-05&offset=1&limit=20");
    guest.refused(&format!("/invoice?issueDateFrom={0}&issueDateTo={0}&invoiceClassification=BILL", date(0)));
}

#[test]
fn catalog_pages() {
    let mut guest = Guest::new();
    let brakes = "/catalog/products?categoryId=SalesClassificationNode_7000000";
    assert_eq!(guest.got(brakes)["products"].as_array().unwrap().len(), 25);
    let last = guest.got(&format!("{brakes}&pageSize=100&pageNumber=99"));
    assert_eq!((&last["totalResults"], &last["hasNextPage"]), (&json!(40_000), &json!(true)));
    assert_eq!(guest.refused(&format!("{brakes}&pageSize=100&pageNumber=100")), "ICF306");
    for bad in ["pageSize=0", "pageSize=101", "pageNumber=1001", "pageNumber=-1"] {
        assert_eq!(guest.refused(&format!("{brakes}&{bad}")), "ICF299");
    }
}
