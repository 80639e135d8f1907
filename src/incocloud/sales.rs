//! Sales and their kin: everything that moves goods.

use super::SALES;
use super::payments::PAYMENT;
use crate::operation::{Args, Error, ErrorKind, Inquiry, written};
use crate::wire::{Decimal, Row, schema};

schema! {
    /// A line of an operation. Prices are per unit, in the line's currency; whether tax is in them is a setting of the
    /// database.
    pub SALE_LINE = SaleLine {
        /// Number of the line.
        Optional detail_id: Number = Inferred,
        /// The item.
        Optional item_id: Number = Inferred,
        /// Its code.
        Optional item_code: Text = Inferred,
        /// Its name.
        Optional item_name: Text = Inferred,
        /// Unit of measure.
        Optional m_unit_name: Text = Inferred,
        /// Pieces.
        Optional quantity: Number = Inferred,
        /// Price at which it was bought.
        Optional price_in: Number = Inferred,
        /// Price at which it is sold, after discount.
        Optional price_out: Number = Inferred,
        /// Tax in the price at which it was bought.
        Optional vat_in: Number = Inferred,
        /// Tax in the price at which it is sold.
        Optional vat_out: Number = Inferred,
        /// Tax in percent.
        Optional vat_rate: Number = Inferred,
        /// In percent.
        Optional discount: Number = Inferred,
        /// For all pieces.
        Optional total: Number = Inferred,
        /// Currency.
        Optional currency_id: Number = Inferred,
        /// Rate of the currency.
        Optional currency_rate: Number = Inferred,
        /// Lot.
        Optional lot: Text = Inferred,
        /// Serial number.
        Optional serial_number: Text = Inferred,
        /// Best before.
        Optional expiration_date: Text = Inferred,
        /// Made on.
        Optional production_date: Text = Inferred,
        /// Note.
        Optional note: Text = Inferred,
    }
}

/// What moves goods has the same fields, but a sale's number and total are certain.
macro_rules! stock_operation {
    ($(#[doc = $doc:literal])* $schema:ident = $model:ident { $($own:tt)* }) => {
        schema! {
            $(#[doc = $doc])*
            pub $schema = $model {
                $($own)*
                /// Number of the row; nothing says that it equals `operation_number`.
                OptionalKey id: Number = Inferred,
                /// 1 purchase, 2 sale, 19 sales order, 27 credit note, 33 restaurant order, 34 return, 35 reservation, 39 purchase
                /// return.
                Optional operation_type: Number = Inferred,
                /// Location.
                OptionalKey location_id: Number = Inferred,
                /// Name of the location.
                Optional location: Text = Inferred,
                /// Code of the location.
                Optional location_code: Text = Inferred,
                /// Partner.
                Optional partner_id: Number = Inferred,
                /// Name of the partner.
                Optional partner_name: Text = Inferred,
                /// Code of the partner.
                Optional partner_code: Text = Inferred,
                /// User.
                Optional user_id: Number = Inferred,
                /// Name of the user.
                Optional user_name: Text = Inferred,
                /// Day; without a zone it is the shop's local time.
                OptionalKey date: Text = Inferred,
                /// When it was written; without a zone it is the shop's local time.
                Optional time_stamp: Text = Inferred,
                /// The document that it refers to.
                Optional reference_document_id: Number = Inferred,
                /// Note.
                Optional note: Text = Inferred,
                /// Tax in the total.
                Optional vat: Number = Inferred,
                /// Status.
                Optional status_id: Number = Guessed,
                /// Lines.
                Optional details: Many(SALE_LINE) = Inferred,
                /// Payments, with `load_payments`.
                Optional payments: Many(PAYMENT) = Guessed,
            }
        }
    };
}

stock_operation! {
    /// A sale.
    SALE = Sale {
        /// Number of the sale.
        Key operation_number: Number,
        /// What it comes to, most likely with tax, in the database's currency.
        Required total: Number,
    }
}

stock_operation! {
    /// A sales order, a return, a credit note, a purchase, a purchase return, or a restaurant's order: as a sale.
    STOCK_OPERATION = IncoOperation {
        /// Number of the operation.
        OptionalKey operation_number: Number = Inferred,
        /// What it comes to, in the database's currency.
        Optional total: Number = Inferred,
    }
}

schema! {
    /// Which operations.
    pub OPERATION_QUERY = OperationQuery {
        /// The one with this number.
        Optional operation_number: Number,
        /// Those of this location.
        Optional location_id: Number,
        /// Those of this partner.
        Optional partner_id: Number,
        /// From this day on, YYYY-MM-DD, the shop's local time.
        Optional from_date: Text,
        /// To this day, which is inside.
        Optional to_date: Text,
        /// With `payments`.
        Optional load_payments: Bool,
    }

    /// A line of a new sale.
    pub NEW_SALE_LINE = NewSaleLine {
        /// The item.
        Required item_id: Number,
        /// Pieces.
        Required quantity: Number,
        /// For one piece, after discount; whether with tax is a setting of the database.
        Required price_out: Number,
    }

    /// A new sale.
    pub NEW_SALE = NewSale {
        /// Where.
        Required location_id: Number,
        /// To whom.
        Required partner_id: Number,
        /// What.
        Required details: Many(NEW_SALE_LINE),
    }

    /// What was created.
    pub CREATED = CreatedSale {
        /// Number of the row; nothing says that it is the operation's number.
        Required id: Number,
    }
}

/// The supplier has no protection against a sale that is sent twice: sales of these days that are like it are named, so that
/// somebody can tell.
pub static LIKE_SALES: Inquiry = Inquiry {
    operation: &SALES,
    helps: |error| error.kind == ErrorKind::UnknownOutcome,
    args: |sale, now_ms| {
        const DAY: u64 = 86_400_000;
        let number = |field: usize| sale.row().plain(field).unwrap_or_default().into_owned();
        let today = (now_ms / DAY) as i64;
        // The shop's own day may be another than ours.
        format!(
            r#"{{"location_id":{},"partner_id":{},"from_date":"{}","to_date":"{}"}}"#,
            number(NewSale::location_id),
            number(NewSale::partner_id),
            written(today - 1),
            written(today + 1)
        )
    },
    tell: tell_like_sales,
};

fn tell_like_sales(error: &mut Error, sale: &Args, found: &mut dyn Iterator<Item = Row<'_>>) {
    let new = [NewSaleLine::item_id, NewSaleLine::quantity, NewSaleLine::price_out];
    let wanted = lines(sale.row(), NewSale::details, new);
    let sold = [SaleLine::item_id, SaleLine::quantity, SaleLine::price_out];
    let like: Vec<_> = found
        .filter(|row| lines(*row, Sale::details, sold) == wanted)
        .map(|row| row.plain(Sale::operation_number).unwrap_or_default().into_owned())
        .collect();
    error.message.push_str(&match like.as_slice() {
        [] => "; no sale of these days is like it so far".to_owned(),
        [one] => format!("; sale {one} of these days is like it"),
        several => format!("; sales {} of these days are like it", several.join(", ")),
    });
}

/// Item, pieces and price of each line, in whatever order.
fn lines(row: Row<'_>, details: usize, fields: [usize; 3]) -> Vec<[Option<Decimal>; 3]> {
    let rows = row.rows(details).into_iter().flatten();
    let mut lines: Vec<_> = rows.map(|row| fields.map(|field| row.decimal(field))).collect();
    lines.sort();
    lines
}
