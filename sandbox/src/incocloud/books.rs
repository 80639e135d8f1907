//! A firm's books: every row of every resource.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use super::accounts::{APPLICATIONS, Application};
use super::amount::Amount;
use super::clerk::Clerk;
use super::past::Past;
use super::resources;
use super::stock::Stock;
use super::{goods, hospitality, money, people};

/// Rows by resource, shared among books until one of these changes them.
pub(crate) type Rows = BTreeMap<&'static str, Arc<Vec<Value>>>;

/// Each firm's books as they are before anything changes them.
static PRISTINE: [LazyLock<Books>; APPLICATIONS.len()] =
    [LazyLock::new(|| Books::computed(&APPLICATIONS[0])), LazyLock::new(|| Books::computed(&APPLICATIONS[1]))];

/// The row of that id.
pub(crate) fn find<'a>(rows: &'a Rows, resource: &str, id: u64) -> Option<&'a Value> {
    rows.get(resource)?.iter().find(|row| row["id"] == id)
}

/// All that a firm has written down, computed once and changed from then on.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    pub(crate) firm: &'static Application,
    pub(crate) rows: Rows,
    pub(crate) stock: Stock,
    pub(crate) clerk: Clerk,
    /// The ids of the sales that were created from outside.
    pub(crate) created: Vec<u64>,
}

impl Books {
    /// A firm's books as they are before anything changes them.
    pub(crate) fn of(firm: &Application) -> Self {
        PRISTINE[firm.ordinal as usize].clone()
    }

    fn computed(firm: &'static Application) -> Self {
        let (items, partners, locations) = (goods::items(firm), people::partners(firm), people::locations(firm));
        let mut past = Past {
            firm,
            items: &items,
            partners: &partners,
            locations: &locations,
            clerk: Clerk::default(),
            rows: BTreeMap::new(),
        };
        past.write();
        let Past { clerk, mut rows, .. } = past;
        rows.extend([
            ("item", items),
            ("item_group", goods::groups()),
            ("item_tag", goods::tags()),
            ("item_tag_connection", goods::connections(firm)),
            ("partner", partners),
            ("partner_group", people::partner_groups()),
            ("location", locations),
            ("location_group", people::location_groups()),
            ("payment_type", money::payment_types()),
            ("vat_group", money::vat_groups()),
            ("price_rule", money::price_rules()),
            ("operation_status", money::operation_statuses()),
            ("booking", hospitality::bookings(firm)),
            ("booking_availability", hospitality::availability()),
            ("booking_profile", hospitality::profiles()),
            ("booking_location_type", hospitality::location_types()),
            ("booking_rate_type", hospitality::rate_types()),
            ("booking_status", hospitality::booking_statuses()),
            ("reservation", hospitality::reservations(firm)),
            ("restaurant_order_request_status", hospitality::order_statuses()),
            ("subscription", hospitality::subscriptions(firm)),
            ("subscription_event", hospitality::subscription_events()),
            ("voucher", hospitality::vouchers(firm)),
        ]);
        let rows = rows.into_iter().map(|(name, rows)| (name, Arc::new(rows))).collect();
        Self { firm, rows, stock: goods::stock(firm), clerk, created: Vec::new() }
    }

    /// The rows of a resource.
    pub(crate) fn of_resource(&self, name: &str) -> &[Value] {
        self.rows.get(name).map_or(&[], |rows| rows.as_slice())
    }

    /// One row more.
    pub(crate) fn put(&mut self, resource: &'static str, row: Value) {
        Arc::make_mut(self.rows.entry(resource).or_default()).push(row);
    }

    /// Operations as answers show them where their payments are asked for.
    pub(crate) fn with_payments<'a>(&self, operations: impl IntoIterator<Item = &'a Value>) -> Vec<Value> {
        let key = |row: &Value, id: &str| (row[id].as_u64(), row["operation_type"].as_u64());
        let mut payments: HashMap<_, Vec<&Value>> = HashMap::new();
        for payment in self.of_resource("payment") {
            payments.entry(key(payment, "operation_id")).or_default().push(payment);
        }
        let whole = |operation: &Value| {
            let mut row = operation.clone();
            row["payments"] = json!(payments.get(&key(operation, "id")).map_or(&[][..], Vec::as_slice));
            row
        };
        operations.into_iter().map(whole).collect()
    }

    /// The sales that were created from outside, whole.
    pub(crate) fn created_sales(&self) -> Value {
        self.with_payments(self.created.iter().filter_map(|id| find(&self.rows, "sale", *id))).into()
    }

    /// The rows of a resource, or of `stock`, as they are kept.
    pub(crate) fn kept(&self, resource: &str) -> Option<Value> {
        match resource {
            "stock" => Some(self.stock.rows()),
            name => resources::find(name).map(|resource| json!(self.of_resource(resource.name))),
        }
    }

    /// Lays rows over those of the same ids, adds those that are new, and removes others.
    pub(crate) fn change(&mut self, resource: &str, set: Vec<Value>, remove: &[Value]) -> Result<(), String> {
        if resource == "stock" {
            return self.change_stock(&set, remove);
        }
        let resource = resources::find(resource).ok_or("there is no such resource")?;
        let rows = Arc::make_mut(self.rows.entry(resource.name).or_default());
        if set.iter().any(|row| !row.is_object() || row["id"].is_null()) {
            return Err("every row must be an object with an id".into());
        }
        for new in set {
            match rows.iter_mut().find(|row| row["id"] == new["id"]) {
                Some(Value::Object(old)) => old.extend(new.as_object().cloned().unwrap_or_default()),
                _ => rows.push(new),
            }
        }
        rows.retain(|row| !remove.contains(&row["id"]));
        Ok(())
    }

    fn change_stock(&mut self, set: &[Value], remove: &[Value]) -> Result<(), String> {
        let place = |row: &Value| row["item_id"].as_u64().zip(row["location_id"].as_u64());
        let wanted = "a row of the stock is {item_id, location_id, quantity}";
        for row in set {
            let quantity = Amount::parse(&row["quantity"]);
            let (place, quantity) = place(row).zip(quantity).ok_or(wanted)?;
            self.stock.set(place, quantity);
        }
        for row in remove {
            self.stock.remove(place(row).ok_or(wanted)?);
        }
        Ok(())
    }
}
