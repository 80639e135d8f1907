//! Goods that were sent: those of the last 120 days, computed from the day, and those of live requisitions.

use jiff::civil::Date;

use super::Call;
use super::accounts::Account;
use super::arguments::Window;
use super::pricing::{Cents, prices};
use super::product::Product;
use super::requisitions::Requisitions;
use crate::clock::{DAY_MS, HOUR_MS, date_of, day_of};
use crate::seeded::{pick, roll};

/// Days that are remembered, today among them.
const DAYS: u64 = 120;

/// One delivery, from which its rows and its invoice follow.
#[derive(Clone, Debug)]
pub(crate) struct Shipment {
    pub(crate) id: String,
    pub(crate) order_id: String,
    pub(crate) requisition_id: String,
    pub(crate) invoice_id: String,
    pub(crate) tech_id: String,
    pub(crate) warehouse: &'static str,
    pub(crate) ship_to: String,
    pub(crate) method: String,
    pub(crate) payment: String,
    pub(crate) ordered: u64,
    pub(crate) sent: u64,
    pub(crate) invoiced: u64,
    pub(crate) lines: Vec<Line>,
    /// What everything undecided about it is rolled from.
    pub(crate) seed: u64,
    /// The invoice that its invoice takes back, of a credit note.
    pub(crate) corrects: Option<(String, String)>,
    /// Other deliveries that its invoice names.
    pub(crate) with: Option<String>,
}

/// Pieces of a product at the price of the day.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) product: Product,
    pub(crate) quantity: u32,
    pub(crate) net: Cents,
    pub(crate) gross: Cents,
}

/// A customer's generated shipments whose day lies in the window, also those that are still to leave.
pub(crate) fn generated(account: &'static Account, window: Window, now: u64) -> impl Iterator<Item = Shipment> {
    let today = day_of(now);
    let first = window.first.max((today + 1).saturating_sub(DAYS));
    // What leaves tomorrow may have been ordered today.
    let end = window.end.min(today + 2);
    (first..end).flat_map(move |day| (0..count(account, day)).map(move |i| shipment(account, day, i)))
}

/// A customer's shipments that left by now and whose day lies in the window, oldest first.
pub(crate) fn shipments(
    account: &'static Account,
    window: Window,
    now: u64,
    requisitions: &Requisitions,
) -> Vec<Shipment> {
    let mut all: Vec<Shipment> = generated(account, window, now)
        .chain(requisitions.shipments(account).cloned())
        .filter(|shipment| shipment.sent <= now && window.holds(shipment.sent))
        .collect();
    all.sort_by_key(|shipment| shipment.sent);
    all
}

/// All of a customer's shipments that are remembered.
pub(crate) fn all(account: &'static Account, now: u64, requisitions: &Requisitions) -> Vec<Shipment> {
    shipments(account, Window::EVER, now, requisitions)
}

/// The shipments whose invoices were issued by now and lie in the window, oldest first.
pub(crate) fn invoiced(call: &Call, window: Window, requisitions: &Requisitions) -> Vec<Shipment> {
    // An invoice may follow its delivery a day later, or by as much as the settings say.
    let reach = 2 + call.settings.invoice_after_ms / DAY_MS;
    let wider = Window { first: window.first.saturating_sub(reach), ..window };
    let mut issued = shipments(call.account, wider, call.now, requisitions);
    issued.retain(|shipment| shipment.invoiced <= call.now && window.holds(shipment.invoiced));
    issued.sort_by_key(|shipment| shipment.invoiced);
    issued
}

/// How many deliveries a day saw: a few, but in any 120 days one has 60 and another 230.
fn count(account: &Account, day: u64) -> u64 {
    match (day + 31 * account.ordinal) % DAYS {
        37 => 60,
        83 => 230,
        _ => 2 + roll(day, 400 + account.ordinal) % 6,
    }
}

fn shipment(account: &'static Account, day: u64, i: u64) -> Shipment {
    let number = Number::of(account, day, i);
    let seed = roll(day * 1000 + i, 410 + account.ordinal);
    // Evenly over the day, so that a busy one has some in every hour.
    let share = DAY_MS / count(account, day);
    let sent = day * DAY_MS + i * share + roll(seed, 1) % share;
    let lines = (0..1 + seed % 4).map(|n| line(account, roll(seed, 10 + n))).collect();
    let before = (i % 9 == 8).then(|| Number::of(account, day, i - 1));
    // Some invoices name the next delivery of the day as well.
    let next = i.is_multiple_of(2) && i + 1 < count(account, day);
    Shipment {
        id: number.document(number.warehouse),
        order_id: number.document("ZAM"),
        requisition_id: number.document("IC"),
        invoice_id: number.invoice(),
        tech_id: number.technical(),
        warehouse: number.warehouse,
        ship_to: pick(account.ship_to, seed, 2).to_owned(),
        method: pick(&["DHL", "UPS", "IC_TRANSPORT"], seed, 3).to_owned(),
        payment: pick(&["CASH", "TRANSFER"], seed, 4).to_owned(),
        // Never more than a day before: searches by the day of the order rely on it.
        ordered: sent - HOUR_MS - roll(seed, 6) % (20 * HOUR_MS),
        sent,
        invoiced: sent + HOUR_MS + roll(seed, 5) % (20 * HOUR_MS),
        lines,
        seed,
        corrects: before.map(|number| (number.invoice(), number.technical())),
        with: next.then(|| {
            let next = Number::of(account, day, i + 1);
            next.document(next.warehouse)
        }),
    }
}

fn line(account: &Account, seed: u64) -> Line {
    let number = 1 + seed % u64::from(super::catalog::PRODUCTS);
    let product = Product::Number(number as u32);
    let net = prices(product, account, 0).customer;
    Line { product, quantity: 1 + (roll(seed, 1) % 5) as u32, net, gross: net.gross() }
}

/// The numbers that a generated shipment's documents share.
struct Number {
    account: u64,
    warehouse: &'static str,
    date: Date,
    i: u64,
}

impl Number {
    fn of(account: &Account, day: u64, i: u64) -> Self {
        Self {
            account: account.ordinal,
            warehouse: pick(account.logistic_path, day * 1000 + i, 420),
            date: date_of(day),
            i,
        }
    }

    fn document(&self, series: &str) -> String {
        let (account, date, i) = (self.account, self.date, self.i);
        let year = date.year() % 100;
        format!("{series}/{year:02}/{account}{:03}{i:03}", date.day_of_year())
    }

    fn invoice(&self) -> String {
        format!("FV/{}", self.document(self.warehouse))
    }

    fn technical(&self) -> String {
        let (account, date, i) = (self.account, self.date, self.i);
        let year = date.year() % 100;
        format!("4{account}{year:02}{:03}{i:03}", date.day_of_year())
    }
}
