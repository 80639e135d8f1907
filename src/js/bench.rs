//! What benchmarks need and the package does not have.

use wasm_bindgen::prelude::*;

use stocklane::intercars::OPERATIONS;
use stocklane::operation::Operation;
use stocklane::wire::{Selection, Units, decode};

/// Some fields of an operation's rows, bytes to bytes, as the proxy shows them.
#[wasm_bindgen]
pub struct Projection {
    operation: &'static Operation,
    selection: Selection,
}

#[wasm_bindgen]
impl Projection {
    /// Nothing where there is no such operation or field.
    pub fn of(operation: &str, fields: Vec<String>) -> Option<Projection> {
        let operation = Operation::named(OPERATIONS, operation)?;
        let selection = Selection::of(operation.answer.schema(), fields.iter().map(String::as_str)).ok()?;
        Some(Projection { operation, selection })
    }

    /// Nothing where the body is not the operation's answer.
    pub fn project(&self, body: Vec<u8>) -> Option<Vec<u8>> {
        let tape = decode(&body, self.operation.answer, Units::Bytes).ok()?;
        let mut out = Vec::with_capacity(body.len());
        out.push(b'[');
        for (index, row) in tape.rows(&body, self.operation.answer.schema()).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.selection.write(row, &mut out);
        }
        out.push(b']');
        Some(out)
    }
}
