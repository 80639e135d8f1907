//! Writes: sent once. What a key stands for is remembered for as long as the client lives; protection across a crash needs
//! a store of one's own.

use std::cell::Cell;

use crate::engine::{Begun, CallOptions, Gathered};
use crate::incocloud::{CREATE_SALE, NewSale, NewSaleLine, SALE, SALES, Sale, SaleLine};
use crate::intercars::{FINANCES, Finances, GET_FINANCES, SUBMIT_REQUISITION};
use crate::operation::{Args, Error, ErrorKind, written};
use crate::wire::{Decimal, Row, Units, decode};

use super::drive::Attempt;
use super::{Client, Clock, Quiet, Transport, Watch};
use crate::engine::Answer;

/// Notes whether something has left, for the case that the caller gives up.
struct Noting<'a> {
    watch: &'a dyn Watch,
    sent: Cell<bool>,
}

impl Watch for Noting<'_> {
    fn admits(&self, operation: &'static str) -> Result<Option<u32>, Error> {
        self.watch.admits(operation)
    }

    fn sending(&self) {
        self.sent.set(true);
        self.watch.sending();
    }

    fn attempted(&self, attempt: Attempt) {
        self.watch.attempted(attempt);
    }

    fn progressed(&self, done: usize, total: usize) {
        self.watch.progressed(done, total);
    }
}

/// A key whose caller is gone: if anything has left, nobody knows what came of it.
struct Open<'a, R> {
    client: &'a Client<R>,
    key: &'a str,
    sent: &'a Cell<bool>,
    settled: bool,
}

impl<R> Drop for Open<'_, R> {
    fn drop(&mut self) {
        if !self.settled {
            let mut intents = self.client.intents.borrow_mut();
            if self.sent.get() { intents.unknown(self.key) } else { intents.forget(self.key) }
        }
    }
}

impl<R: Transport + Clock> Client<R> {
    pub(super) async fn written(
        &self,
        args: Args,
        mut options: CallOptions,
        units: Units,
        watch: &dyn Watch,
    ) -> Result<Gathered, Error> {
        let operation = args.operation();
        let key = options.idempotency_key.get_or_insert_with(|| self.new_key()).clone();
        let begun = self.intents.borrow_mut().begin(&key, &args.fingerprint())?;
        if let Begun::Done(body) = begun {
            let tape = decode(&body, operation.answer, units)
                .map_err(|fault| Error::new(ErrorKind::Internal, fault.to_string()))?;
            return Ok(Gathered { answers: vec![Answer { body, tape, next: None }], skipped: Vec::new() });
        }
        let noting = Noting { watch, sent: Cell::new(false) };
        let mut open = Open { client: self, key: &key, sent: &noting.sent, settled: false };
        let sale = args.clone();
        // What is looked up after a failure is worth no more than the call itself.
        let look = CallOptions { max_retries: Some(0), idempotency_key: None, ..options.clone() };
        let outcome = self.driven(args, options, units, &noting).await;
        open.settled = true;
        {
            let mut intents = self.intents.borrow_mut();
            match &outcome {
                Ok(gathered) => {
                    intents.done(&key, gathered.answers.first().map(|answer| answer.body.clone()).unwrap_or_default());
                }
                Err(error) if error.kind == ErrorKind::UnknownOutcome => intents.unknown(&key),
                Err(_) => intents.forget(&key),
            }
        }
        match outcome {
            Err(error) if error.status == Some(400) && operation.name == SUBMIT_REQUISITION.name => {
                Err(Box::pin(self.with_finances(error, look)).await)
            }
            Err(error) if error.kind == ErrorKind::UnknownOutcome && operation.name == CREATE_SALE.name => {
                Err(Box::pin(self.with_like_sales(error, &sale, look)).await)
            }
            outcome => outcome,
        }
    }

    /// A refused order is most often one of a customer who has to pay first: then the amount is named.
    async fn with_finances(&self, mut error: Error, look: CallOptions) -> Error {
        let Ok(args) = Args::check(&GET_FINANCES, b"{}".to_vec()) else { return error };
        let found = self.driven(args, look, Units::Bytes, &Quiet).await;
        let Some(answer) = found.ok().and_then(|found| found.answers.into_iter().next()) else { return error };
        let Some(row) = answer.tape.rows(&answer.body, &FINANCES).next() else { return error };
        let overdue = row.decimal(Finances::overdueBalance).filter(|amount| *amount > Decimal::ZERO);
        let allowed = row.bool(Finances::orderingAllowed).unwrap_or(true);
        match overdue {
            Some(overdue) if !allowed => {
                let currency = row.text(Finances::currencyCode).unwrap_or_default();
                error.kind = ErrorKind::Business;
                error.message.push_str(&format!("; payments are overdue: {} {currency}", overdue.to_amount()));
                error.hint = Some("Pay what is overdue; until then the supplier takes no orders of this customer.");
            }
            None if !allowed => {
                error.kind = ErrorKind::Business;
                error.message.push_str("; the supplier takes no orders of this customer now");
                error.hint = Some("Ask the supplier why orders are not allowed: no payment is overdue.");
            }
            Some(overdue) => {
                let currency = row.text(Finances::currencyCode).unwrap_or_default();
                error.message.push_str(&format!(
                    "; orders are allowed, yet payments are overdue: {} {currency}",
                    overdue.to_amount()
                ));
            }
            None => {}
        }
        error
    }

    /// The supplier has no protection against a sale that is sent twice: sales of today that are like it are named, so that
    /// somebody can tell.
    async fn with_like_sales(&self, mut error: Error, sale: &Args, look: CallOptions) -> Error {
        const DAY: u64 = 86_400_000;
        let row = sale.row();
        let number = |field: usize| row.plain(field).unwrap_or_default();
        let today = (self.runtime().now() / DAY) as i64;
        // The shop's own day may be another than ours.
        let query = format!(
            r#"{{"location_id":{},"partner_id":{},"from_date":"{}","to_date":"{}"}}"#,
            number(NewSale::location_id),
            number(NewSale::partner_id),
            written(today - 1),
            written(today + 1)
        );
        let Ok(args) = Args::check(&SALES, query.into_bytes()) else { return error };
        let Ok(found) = self.driven(args, look, Units::Bytes, &Quiet).await else { return error };
        let wanted =
            lines(row, NewSale::details, [NewSaleLine::item_id, NewSaleLine::quantity, NewSaleLine::price_out]);
        let mut like = Vec::new();
        for answer in &found.answers {
            for row in answer.tape.rows(&answer.body, &SALE) {
                if lines(row, Sale::details, [SaleLine::item_id, SaleLine::quantity, SaleLine::price_out]) == wanted {
                    like.push(row.plain(Sale::operation_number).unwrap_or_default().into_owned());
                }
            }
        }
        error.message.push_str(&match like.as_slice() {
            [] => "; no sale of these days is like it so far".to_owned(),
            [one] => format!("; sale {one} of these days is like it"),
            several => format!("; sales {} of these days are like it", several.join(", ")),
        });
        error
    }

    fn new_key(&self) -> String {
        let half = || (self.runtime().random() * (1u64 << 53) as f64) as u64;
        format!("{:014x}{:014x}", half(), half())
    }
}

/// Item, pieces and price of each line, in whatever order.
fn lines(row: Row<'_>, details: usize, fields: [usize; 3]) -> Vec<[Option<Decimal>; 3]> {
    let rows = row.rows(details).into_iter().flatten();
    let mut lines: Vec<_> = rows.map(|row| fields.map(|field| row.decimal(field))).collect();
    lines.sort();
    lines
}
