//! Whose a document is: a buyer reads its own, and is told of no others.

use crate::operation::Operation;
use crate::wire::{Row, Schema};

use super::cache::Scope;
use super::session::Role;

/// What makes a row a buyer's own.
pub(super) enum Own {
    /// One of these fields names it as the receiving or the paying customer.
    Customer([usize; 2]),
    /// This field names it as the shop's partner.
    Partner(usize),
}

impl Own {
    /// None where rows are nobody's own, or everybody may be shown them.
    pub fn of(operation: &Operation, role: Role) -> Option<Own> {
        if role == Role::Staff {
            return None;
        }
        let schema: &Schema = operation.answer.schema();
        match (schema.position("billTo"), schema.position("shipTo"), schema.position("partner_id")) {
            (Some(bill_to), Some(ship_to), _) => Some(Own::Customer([bill_to, ship_to])),
            (_, _, Some(partner)) => Some(Own::Partner(partner)),
            _ => None,
        }
    }

    /// Whether a row is this session's.
    pub fn holds(&self, row: Row<'_>, scope: &Scope) -> bool {
        match self {
            Own::Customer(fields) => scope.ship_to.as_deref().is_some_and(|customer| {
                fields.iter().any(|&field| row.text(field).is_some_and(|text| text == customer))
            }),
            Own::Partner(field) => scope
                .partner
                .is_some_and(|partner| row.plain(*field).and_then(|text| text.parse::<u64>().ok()) == Some(partner)),
        }
    }
}
