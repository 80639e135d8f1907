//! Requisitions that live: submitted, confirmed or cancelled, sent and invoiced as time goes by. And those behind the
//! generated shipments, which are past changing.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::accounts::Account;
use super::arguments::Window;
use super::errors::{Refusal, business, invalid, not_found};
use super::history::{self, Line, Shipment};
use super::pricing::Cents;
use super::stock::Shelves;
use super::submission::{OrderLine, allocate, wanted};
use super::{Answer, Call, samples};
use crate::clock::{date_of, day_of, iso, parse_iso, spell};
use crate::settings::{OrderForm, SearchWithoutShipTo, Settings};

/// All requisitions, by the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Requisitions {
    all: Vec<Requisition>,
    /// Places in `all` of those that time still changes.
    open: BTreeSet<usize>,
    orders: u64,
}

#[derive(Clone, Debug)]
struct Requisition {
    id: String,
    account: &'static Account,
    created: u64,
    state: State,
    custom_number: Option<Value>,
    ship_to: String,
    method: String,
    payment: String,
    deferred: bool,
    comments: Option<Value>,
    email: Option<Value>,
    orders: Vec<Order>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Accepted,
    Confirmed(u64),
    Sent(u64),
    Cancelled,
}

impl State {
    fn code(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Confirmed(_) => "CONFIRMED",
            Self::Sent(_) => "COMPLETED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// What one warehouse sends.
#[derive(Clone, Debug)]
struct Order {
    id: String,
    /// Of the order's own papers.
    number: u64,
    warehouse: &'static str,
    lines: Vec<OrderLine>,
    shipment: Option<Shipment>,
}

impl Requisitions {
    /// How many came, are confirmed (sent ones too), and are cancelled.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let of = |test: fn(State) -> bool| self.all.iter().filter(|r| test(r.state)).count();
        (
            self.all.len(),
            of(|state| matches!(state, State::Confirmed(_) | State::Sent(_))),
            of(|state| state == State::Cancelled),
        )
    }

    /// Each requisition in short, as truth for tests.
    pub(crate) fn ledger(&self) -> Value {
        let rows = self.all.iter().map(|requisition| {
            json!({
                "id": requisition.id,
                "account": requisition.account.client_id,
                "phaseCode": requisition.state.code(),
                "customNumber": requisition.custom_number,
                "shipTo": requisition.ship_to,
                "comments": requisition.comments,
                "createdAt": iso(requisition.created),
                "orders": requisition.orders.iter().map(|order| &order.id).collect::<Vec<_>>(),
                "deliveries": requisition.shipments().map(|s| &s.id).collect::<Vec<_>>(),
            })
        });
        rows.collect()
    }

    /// What was sent of a customer's requisitions.
    pub(crate) fn shipments(&self, account: &Account) -> impl Iterator<Item = &Shipment> {
        self.all
            .iter()
            .filter(move |requisition| requisition.account.ordinal == account.ordinal)
            .flat_map(Requisition::shipments)
    }

    /// Lets time pass: what is due is confirmed by itself, and sent.
    pub(crate) fn settle(&mut self, now: u64, settings: &Settings) {
        let all = &mut self.all;
        self.open.retain(|place| {
            let Some(requisition) = all.get_mut(*place) else {
                return false;
            };
            requisition.settle(now, settings);
            matches!(requisition.state, State::Accepted | State::Confirmed(_))
        });
    }

    /// `POST /sales/requisition`
    pub(crate) fn submit(&mut self, call: &Call, shelves: &mut Shelves) -> Result<Answer, Refusal> {
        let body = call.body()?;
        if call.settings.overdue {
            return Err(business("ICF299", "Order cannot be placed, contact your branch"));
        }
        let method = text(&body, "deliveryMethod", "DHL")?;
        if !call.settings.delivery_methods.contains(&method) {
            return Err(business("ICF209", format!("Delivery method {method} is not valid")));
        }
        let payment = text(&body, "paymentMethod", "CASH")?;
        let deferred = body["deferredPayment"].as_bool().unwrap_or(false);
        if deferred && call.account.country != "PL" {
            return Err(invalid("deferredPayment is supported only for Polish sales market"));
        }
        let ship_to = text(&body, "shipTo", call.account.bill_to)?;
        let (wanted, skipped) = wanted(call, &body)?;

        let shares = allocate(call.account, &wanted, shelves)?;
        let place = self.all.len();
        let year = date_of(day_of(call.now)).year() % 100;
        let orders = shares
            .into_iter()
            .map(|(warehouse, lines)| {
                self.orders += 1;
                Order {
                    id: format!("{warehouse}/{year:02}/{}", 2_000_000 + self.orders),
                    number: self.orders,
                    warehouse,
                    lines,
                    shipment: None,
                }
            })
            .collect();
        let requisition = Requisition {
            id: format!("IC/{year:02}/{}", 1_000_001 + place),
            account: call.account,
            created: call.now,
            state: State::Accepted,
            custom_number: given(&body, "customNumber"),
            ship_to,
            method,
            payment,
            deferred,
            comments: given(&body, "comments"),
            email: given(&body, "fiscalDocumentEmailAddress"),
            orders,
        };
        let body = requisition.rows(call).into();
        self.all.push(requisition);
        self.open.insert(place);
        Ok(Answer { body, skipped })
    }

    /// `GET /sales/requisition/{id}`
    pub(crate) fn get(&self, call: &Call) -> Result<Value, Refusal> {
        if call.is_sample(&samples::REQUISITION, "requisitionId") {
            return Ok(samples::REQUISITION.clone());
        }
        let requisition = self.find(call).ok_or_else(not_found)?;
        Ok(requisition.rows(call).into())
    }

    /// `GET /sales/requisition`
    pub(crate) fn search(&self, call: &Call) -> Result<Value, Refusal> {
        let last_day = call.settings.window_last_day;
        let window = call.arguments.window("creationDateFrom", "creationDateTo", last_day)?;
        let page = call.arguments.page(50)?;
        let ship_to = call.arguments.one("shipTo");
        let shipped = |to: &str| match ship_to {
            Some(asked) => asked == to,
            None => {
                call.settings.search_without_ship_to == SearchWithoutShipTo::All
                    || call.account.own_ship_to.contains(&to)
            }
        };
        let mut sample = call.samples_within(&samples::REQUISITION, "creationDate", |at| {
            parse_iso(at).is_some_and(|at| window.holds(at))
        });
        sample.retain(|row| row["shipTo"].as_str().is_some_and(&shipped));
        let rows = self
            .created(call, window)
            .into_iter()
            .filter(|requisition| shipped(&requisition.ship_to))
            .flat_map(|requisition| requisition.rows(call));
        Ok(sample.into_iter().chain(rows).skip(page.skip).take(page.take).collect())
    }

    /// `POST /sales/requisition/{id}/confirm`
    pub(crate) fn confirm(&mut self, call: &Call) -> Result<Value, Refusal> {
        if call.is_sample(&samples::REQUISITION, "requisitionId") {
            return Ok(samples::REQUISITION.clone());
        }
        let requisition = self.accepted(call, "confirmed")?;
        requisition.state = State::Confirmed(call.now);
        requisition.settle(call.now, call.settings);
        Ok(requisition.rows(call).into())
    }

    /// `POST /sales/requisition/{id}/cancel`
    pub(crate) fn cancel(&mut self, call: &Call, shelves: &mut Shelves) -> Result<Value, Refusal> {
        if call.is_sample(&samples::REQUISITION, "requisitionId") {
            return Ok(samples::REQUISITION.clone());
        }
        let requisition = self.accepted(call, "cancelled")?;
        requisition.state = State::Cancelled;
        for order in &requisition.orders {
            for OrderLine { line, .. } in &order.lines {
                shelves.take(line.product, order.warehouse, -i64::from(line.quantity));
            }
        }
        Ok(requisition.rows(call).into())
    }

    /// `GET /sales/order/{id}`
    pub(crate) fn order(&self, call: &Call) -> Result<Value, Refusal> {
        let order = if call.is_sample(&samples::ORDER, "id") {
            samples::ORDER.clone()
        } else {
            self.created(call, Window::EVER)
                .iter()
                .find_map(|requisition| {
                    let order = requisition.orders.iter().find(|order| order.id == call.id)?;
                    Some(requisition.row(order, call))
                })
                .ok_or_else(not_found)?
        };
        Ok(match call.settings.order_form {
            OrderForm::Object => order,
            OrderForm::Array => json!([order]),
        })
    }

    /// The customer's requisitions that were created in a window, oldest first.
    fn created(&self, call: &Call, window: Window) -> Vec<Cow<'_, Requisition>> {
        // What was ordered on a day leaves on that day or the next.
        let leaves = Window { end: window.end + 1, ..window };
        let past = history::generated(call.account, leaves, call.now)
            .map(|shipment| Cow::Owned(Requisition::past(call, shipment)));
        let live = self.all.iter().filter(|requisition| requisition.account.ordinal == call.account.ordinal);
        let mut all: Vec<Cow<Requisition>> = past
            .chain(live.map(Cow::Borrowed))
            .filter(|requisition| requisition.created <= call.now && window.holds(requisition.created))
            .collect();
        all.sort_by_key(|requisition| requisition.created);
        all
    }

    /// The requisition that the call names.
    fn find(&self, call: &Call) -> Option<Cow<'_, Requisition>> {
        let all = self.created(call, Window::EVER);
        all.into_iter().find(|requisition| requisition.is(call))
    }

    /// The requisition that the call names, which can be changed only in its first state.
    fn accepted(&mut self, call: &Call, done: &str) -> Result<&mut Requisition, Refusal> {
        if self.find(call).ok_or_else(not_found)?.state != State::Accepted {
            return Err(invalid(format!("Only requisitions with ACCEPTED status can be {done}")));
        }
        self.all.iter_mut().find(|requisition| requisition.is(call)).ok_or_else(not_found)
    }
}

impl Requisition {
    /// The one behind a generated shipment: one order, sent or about to be.
    fn past(call: &Call, shipment: Shipment) -> Self {
        let sent = shipment.sent <= call.now;
        let lines = shipment.lines.iter().cloned();
        Self {
            id: shipment.requisition_id.clone(),
            account: call.account,
            created: shipment.ordered,
            state: if sent { State::Sent(shipment.sent) } else { State::Confirmed(shipment.ordered) },
            // Not every one was ordered by a system that numbers its orders.
            custom_number: (!shipment.seed.is_multiple_of(3)).then(|| json!(format!("PO-{}", shipment.tech_id))),
            ship_to: shipment.ship_to.clone(),
            method: shipment.method.clone(),
            payment: shipment.payment.clone(),
            deferred: false,
            comments: None,
            email: None,
            orders: vec![Order {
                id: shipment.order_id.clone(),
                number: 0,
                warehouse: shipment.warehouse,
                lines: lines.map(|line| OrderLine { line, missing: 0 }).collect(),
                shipment: sent.then_some(shipment),
            }],
        }
    }

    fn is(&self, call: &Call) -> bool {
        let by_order = call.settings.confirm_by_order_id && self.orders.iter().any(|order| order.id == call.id);
        self.account.ordinal == call.account.ordinal && (self.id == call.id || by_order)
    }

    fn shipments(&self) -> impl Iterator<Item = &Shipment> {
        self.orders.iter().filter_map(|order| order.shipment.as_ref())
    }

    fn settle(&mut self, now: u64, settings: &Settings) {
        let due = self.created.saturating_add(settings.auto_confirm_after_ms);
        if self.state == State::Accepted && settings.automatic_order_confirmation && due <= now {
            self.state = State::Confirmed(due);
        }
        if let State::Confirmed(at) = self.state {
            let sent = at.saturating_add(settings.ship_after_ms);
            if sent > now {
                return;
            }
            self.state = State::Sent(sent);
            for place in 0..self.orders.len() {
                self.orders[place].shipment = self.shipment(&self.orders[place], sent, settings);
            }
        }
    }

    /// What leaves the warehouse; nothing of an order whose every piece is missing.
    fn shipment(&self, order: &Order, sent: u64, settings: &Settings) -> Option<Shipment> {
        let year = date_of(day_of(sent)).year() % 100;
        let number = 3_000_000 + order.number;
        let warehouse = order.warehouse;
        let lines: Vec<Line> =
            order.lines.iter().map(|line| line.line.clone()).filter(|line| line.quantity > 0).collect();
        (!lines.is_empty()).then(|| Shipment {
            id: format!("{warehouse}/{year:02}/{number}"),
            order_id: order.id.clone(),
            requisition_id: self.id.clone(),
            invoice_id: format!("FV/{warehouse}/{year:02}/{number}"),
            tech_id: format!("5{number}"),
            warehouse,
            ship_to: self.ship_to.clone(),
            method: self.method.clone(),
            payment: self.payment.clone(),
            ordered: self.created,
            sent,
            invoiced: sent.saturating_add(settings.invoice_after_ms),
            lines,
            seed: number,
            corrects: None,
            with: None,
        })
    }

    fn rows(&self, call: &Call) -> Vec<Value> {
        self.orders.iter().map(|order| self.row(order, call)).collect()
    }

    fn row(&self, order: &Order, call: &Call) -> Value {
        let total = |amount: fn(&Line) -> Cents| {
            let lines = order.lines.iter();
            Cents(lines.map(|l| amount(&l.line).times(l.line.quantity).0).sum())
        };
        let mut row = json!({ "id": order.id, "requisitionId": self.id });
        if let Some(sent) = order.shipment.as_ref().filter(|s| s.invoiced <= call.now) {
            row["fiscalDocumentNumber"] = json!(sent.invoice_id);
        }
        if let Some(custom_number) = &self.custom_number {
            row["customNumber"] = custom_number.clone();
        }
        row["currencyCode"] = json!(self.account.currency);
        row["billTo"] = json!(self.account.bill_to);
        row["shipTo"] = json!(self.ship_to);
        row["shipFrom"] = json!(order.warehouse);
        row["deliveryMethod"] = json!(self.method);
        row["paymentMethod"] = json!(self.payment);
        row["creationDate"] = json!(spell(self.created, 2));
        row["acceptedDate"] = json!(spell(self.created, 2));
        row["statusCode"] = json!("G");
        row["phaseCode"] = json!(self.state.code());
        row["deferredPayment"] = json!(self.deferred);
        row["totalNet"] = total(|line| line.net).json();
        row["totalGross"] = total(|line| line.gross).json();
        if let Some(comments) = &self.comments {
            row["comments"] = comments.clone();
        }
        if let Some(email) = &self.email {
            row["fiscalDocumentEmailAddress"] = email.clone();
        }
        row["lines"] = order.lines.iter().map(|line| self.line_row(line, order, call)).collect();
        row
    }

    fn line_row(&self, OrderLine { line, missing }: &OrderLine, order: &Order, call: &Call) -> Value {
        let product = line.product;
        let confirmed = matches!(self.state, State::Confirmed(_) | State::Sent(_));
        let sent = matches!(self.state, State::Sent(_));
        let pieces_if = |yes: bool| if yes { line.quantity } else { 0 };
        json!({
            "name": product.name(call.language),
            "sku": product.sku(),
            "index": product.index(),
            "description": product.description(call.language),
            "gtuCode": product.gtu(),
            "eans": product.eans(),
            "requiredQuantity": line.quantity + missing,
            "missingQuantity": missing,
            "acceptedQuantity": pieces_if(confirmed),
            "collectedQuantity": pieces_if(sent),
            "packagedQuantity": pieces_if(sent),
            "unitPriceNet": line.net.json(),
            "unitPriceGross": line.gross.json(),
            "vatPercentage": 23,
            "totalNet": line.net.times(line.quantity).json(),
            "totalGross": line.gross.times(line.quantity).json(),
            "deliveryId": order.shipment.iter().map(|s| &s.id).collect::<Vec<_>>(),
        })
    }
}

fn given(body: &Value, name: &str) -> Option<Value> {
    body.get(name).filter(|value| !value.is_null()).cloned()
}

fn text(body: &Value, name: &str, default: &str) -> Result<String, Refusal> {
    match &body[name] {
        Value::Null => Ok(default.to_owned()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(invalid(format!("{name} must be a string"))),
    }
}
