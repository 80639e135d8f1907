//! What a firm did in the 400 days before 26 June 2026.

use std::collections::BTreeMap;

use serde_json::Value;

use super::accounts::Application;
use super::amount::Amount;
use super::clerk::{self, Clerk, Draft, Kind, Line, midnight};
use super::money::{self, Paid};
use super::{papers, people};
use crate::clock::{DAY_MS, HOUR_MS};

/// The day that all of it lies before: 2026-06-26.
const EPOCH_DAY: u64 = 20_630;
/// How many days are remembered.
const DAYS: u64 = 400;

/// How many sales a day saw: a few, but some days many, and one day of the first firm 300.
fn sales_on(firm: &Application, day: u64) -> u64 {
    match day {
        _ if firm.ordinal > 0 => 1 + firm.roll(day, 60) % 2,
        200 => 300,
        n if n % 50 == 20 => 40 + firm.roll(n, 60) % 40,
        n => 2 + firm.roll(n, 60) % 5,
    }
}

/// The tables that operations refer to, and the books into which they are written.
pub(crate) struct Past<'a> {
    pub(crate) firm: &'static Application,
    pub(crate) items: &'a [Value],
    pub(crate) partners: &'a [Value],
    pub(crate) locations: &'a [Value],
    pub(crate) clerk: Clerk,
    pub(crate) rows: BTreeMap<&'static str, Vec<Value>>,
}

impl<'a> Past<'a> {
    /// Writes all of it.
    pub(crate) fn write(&mut self) {
        for day in 0..DAYS {
            let opens = (EPOCH_DAY - DAYS + day) * DAY_MS + 8 * HOUR_MS;
            if day % 3 == 0 {
                self.bought(&clerk::PURCHASE, day, opens);
            }
            if day % 40 == 7 {
                self.bought(&clerk::PURCHASE_RETURN, day, opens + HOUR_MS);
            }
            let count = sales_on(self.firm, day);
            for i in 0..count {
                self.sale(day * 1000 + i, opens + (i + 1) * 12 * HOUR_MS / (count + 1));
            }
            // Orders and what is cooking: of the last days alone, as older ones have become sales.
            if day >= DAYS - 30 {
                (0..2).for_each(|i| self.order(day * 10 + i, opens));
            }
            if day >= DAYS - 7 {
                (0..3).for_each(|i| self.restaurant_order(day * 10 + i, opens + 10 * HOUR_MS));
            }
        }
    }

    fn sale(&mut self, number: u64, at: u64) {
        let seed = self.firm.roll(number, 61);
        let partner = if seed.is_multiple_of(3) { 1 } else { 1 + seed / 3 % self.firm.partners };
        let place = [1, 1, 1, 2, 2, 2, 2, 3, 4, 4][(seed / 7 % 10) as usize];
        let draft = Draft {
            note: if seed.is_multiple_of(12) { "спешно, \"на вратата\"" } else { " " },
            ..self.draft(&clerk::SALE, seed, at, place, partner)
        };
        let paid = match seed % 20 {
            0 => Paid::Half,
            1 | 2 => Paid::Not,
            _ => Paid::Whole,
        };
        let sale = self.record(&draft, paid);
        if paid == Paid::Whole && seed.is_multiple_of(2) {
            let nth = self.count("cash_receipt") + 1;
            let receipt = papers::cash_receipt(self.firm, nth, &sale, at);
            self.put("cash_receipt", receipt);
        }
        if seed.is_multiple_of(7) {
            self.invoice(&sale, partner, at);
        }
        if number % 38 == 1 {
            self.taken_back(&clerk::RETURN, &draft, &sale, partner);
        } else if seed % 98 == 7 || seed % 98 == 14 {
            self.taken_back(&clerk::CREDIT_NOTE, &draft, &sale, partner);
        }
    }

    /// The first line of a sale comes back within the hour.
    fn taken_back(&mut self, kind: &'static Kind, of: &Draft, sale: &Value, partner: u64) {
        let at = of.at + HOUR_MS / 2;
        let draft = Draft {
            kind,
            at,
            lines: of.lines[..1].to_vec(),
            note: "рекламация",
            reference: sale["id"].as_u64(),
            ..*of
        };
        let back = self.record(&draft, Paid::Whole);
        if kind.number == clerk::CREDIT_NOTE.number {
            self.invoice(&back, partner, at);
        }
    }

    fn bought(&mut self, kind: &'static Kind, day: u64, at: u64) {
        let seed = self.firm.roll(day, 62);
        let supplier = people::supplier(self.firm, seed);
        let draft = self.draft(kind, seed, at, 3, supplier);
        self.record(&draft, if seed.is_multiple_of(4) { Paid::Not } else { Paid::Whole });
    }

    fn order(&mut self, number: u64, at: u64) {
        let seed = self.firm.roll(number, 63);
        let partner = 2 + seed % (self.firm.partners - 1);
        let draft = self.draft(&clerk::SALES_ORDER, seed, at, 1 + seed / 5 % 3, partner);
        self.record(&Draft { status: Some(1 + seed % 3), ..draft }, Paid::Not);
    }

    fn restaurant_order(&mut self, number: u64, at: u64) {
        let seed = self.firm.roll(number, 64);
        let draft = self.draft(&clerk::RESTAURANT_ORDER, seed, at, 4, 1);
        self.record(&Draft { status: Some(1 + seed % 3), ..draft }, Paid::Not);
    }

    fn draft(&self, kind: &'static Kind, seed: u64, at: u64, place: u64, partner: u64) -> Draft<'a> {
        let line = |n: u64| {
            let rolled = self.firm.roll(seed % 1_000_000_000, 70 + n);
            let item = &self.items[(rolled % self.items.len() as u64) as usize];
            let discount = if rolled.is_multiple_of(8) { 10 } else { 0 };
            let list = Amount::parse(&item[kind.price_field()]).unwrap_or_default();
            let quantity = match item["m_unit"] == "кг" {
                true => Amount::thousandths(100 + rolled / 8 % 3_000),
                false => Amount::cents(100 * (1 + rolled / 8 % 4)),
            };
            Line { item, quantity, price: list.share(100 - discount, 100), discount }
        };
        Draft {
            kind,
            at,
            location: &self.locations[place as usize - 1],
            partner: &self.partners[partner as usize - 1],
            lines: (0..1 + seed % 4).map(line).collect(),
            note: " ",
            reference: None,
            status: None,
        }
    }

    fn record(&mut self, draft: &Draft, paid: Paid) -> Value {
        let operation = self.clerk.write(self.firm, draft);
        self.put(draft.kind.resource, operation.clone());
        if draft.kind.is_settled() {
            let first = 70_000 * (1 + self.firm.ordinal) + self.count("payment");
            for payment in money::payments(first, &operation, draft.at, paid) {
                self.put("payment", payment);
            }
        }
        operation
    }

    fn invoice(&mut self, operation: &Value, partner: u64, at: u64) {
        let nth = self.count("invoice") + 1;
        let invoice = papers::invoice(self.firm, nth, operation, &self.partners[partner as usize - 1], at);
        self.put("invoice", invoice);
    }

    fn count(&self, resource: &str) -> u64 {
        self.rows.get(resource).map_or(0, |rows| rows.len() as u64)
    }

    fn put(&mut self, resource: &'static str, row: Value) {
        self.rows.entry(resource).or_default().push(row);
    }
}

/// A day around the end of the past: some before it, more behind it.
pub(crate) fn around(nth: u64) -> String {
    midnight((EPOCH_DAY - 10 + nth) * DAY_MS, 1)
}
