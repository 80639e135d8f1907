//! Who asks the sandbox in these tests.

use serde_json::Value;
use stocklane_sandbox::{Ending, Reply, Request, Sandbox, Settings};

/// 2026-06-26T07:00:00Z, when every test starts: the day after the books' past.
pub const START: u64 = 1_782_457_200_000;

/// The two applications, as a query names them.
pub const FIRST: &str = "app_id=sandbox-app&app_secret=sandbox-app-secret";
pub const SECOND: &str = "app_id=second-app&app_secret=second-app-secret";

/// The resources of the supplier's page.
pub const RESOURCES: [&str; 33] = [
    "item",
    "item_group",
    "item_tag",
    "item_tag_connection",
    "sale",
    "sales_order",
    "return",
    "credit_note",
    "purchase",
    "purchase_return",
    "invoice",
    "cash_receipt",
    "partner",
    "partner_group",
    "location",
    "location_group",
    "payment",
    "payment_type",
    "vat_group",
    "price_rule",
    "operation_status",
    "booking",
    "booking_availability",
    "booking_profile",
    "booking_location_type",
    "booking_rate_type",
    "booking_status",
    "reservation",
    "restaurant_order_request",
    "restaurant_order_request_status",
    "subscription",
    "subscription_event",
    "voucher",
];

/// An application with a token, and the sandbox it talks to.
pub struct Caller {
    pub sandbox: Sandbox,
    pub token: String,
}

impl Caller {
    /// The first application.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// The first application, some switches turned.
    pub fn with(turn: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        turn(&mut settings);
        let mut caller = Self { sandbox: Sandbox::new(settings), token: String::new() };
        caller.sign_in(FIRST);
        caller
    }

    /// From now on it asks for this application.
    pub fn sign_in(&mut self, credentials: &str) {
        let reply = self.send(&token_request(credentials));
        self.token = good(&reply)["token"].as_str().unwrap().to_owned();
    }

    pub fn send(&mut self, request: &Request) -> Reply {
        self.sandbox.handle(START, request)
    }

    /// A request of a resource, with its query if it has one.
    pub fn request(&self, method: &str, resource: &str) -> Request {
        let mark = if resource.contains('?') { '&' } else { '?' };
        Request::new(method, &format!("/connect/api/{resource}{mark}token={}", self.token))
    }

    pub fn get(&mut self, resource: &str) -> Reply {
        self.send(&self.request("GET", resource))
    }

    /// The rows of an answer that must be a good one.
    pub fn rows(&mut self, resource: &str) -> Vec<Value> {
        match good(&self.get(resource)) {
            Value::Array(rows) => rows,
            other => panic!("{resource}: {other}"),
        }
    }

    /// Whether a query leaves no other rows than these ids'.
    pub fn ids(&mut self, resource: &str) -> Vec<u64> {
        self.rows(resource).iter().map(|row| row["id"].as_u64().unwrap()).collect()
    }

    pub fn sell(&mut self, sale: &Value) -> Reply {
        self.send(&self.request("POST", "sale").body(sale.to_string()))
    }

    pub fn control(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::new(method, &format!("/_sandbox/{path}")).body(body.to_string());
        good(&self.send(&request))
    }
}

pub fn token_request(credentials: &str) -> Request {
    Request::new("GET", &format!("/connect/api/access_token?{credentials}")).header("Host", "127.0.0.1:8790")
}

pub fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

pub fn good(reply: &Reply) -> Value {
    assert_eq!((reply.status, reply.ending), (200, Ending::Complete), "{}", text(reply));
    body(reply)
}

pub fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}
