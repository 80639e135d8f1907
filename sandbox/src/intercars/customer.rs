//! Who the customer is, and what it owes.

use serde_json::{Value, json};

use super::{Call, samples};

/// `GET /customer`
pub(crate) fn customer(call: &Call) -> Value {
    let mut customer = samples::CUSTOMER.clone();
    // The first account is the sample's customer, whose path the page prints with one warehouse only.
    if call.account.ordinal != 0 {
        customer["name"] = json!("SECOND GARAGE EOOD");
        customer["countryCode"] = json!(call.account.country);
        customer["address"] = json!([{
            "countryCode": call.account.country,
            "locality": "София",
            "streetAddressFull": "бул. \"Цариградско шосе\" 111",
            "street": "бул. Цариградско шосе",
            "building": "111",
            "flat": null,
            "postalCode": "1784",
            "postOffice": "София",
        }]);
        customer["logisticPath"] = json!(call.account.logistic_path);
        customer["defaultLocation"] = json!("SOF");
    }
    customer["automaticOrderConfirmation"] = json!(call.settings.automatic_order_confirmation);
    customer
}

/// `GET /customer/finances`
pub(crate) fn finances(call: &Call) -> Value {
    let mut finances = samples::FINANCES.clone();
    finances["currencyCode"] = json!(call.account.currency);
    if call.account.ordinal != 0 {
        finances["deferredPaymentAllowed"] = json!(false);
        finances["overdueBalance"] = json!(0);
        finances["vipPoints"] = json!(17);
    }
    if call.settings.overdue {
        finances["orderingAllowed"] = json!(false);
        finances["overdueBalance"] = json!(5421.37);
    }
    finances
}
