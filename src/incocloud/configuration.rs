//! Taxes, price rules and statuses.

use crate::wire::schema;

schema! {
    /// A tax group.
    pub VAT_GROUP = IncoVatGroup {
        /// Number of the group.
        OptionalKey id: Number = Inferred,
        /// Code.
        Optional code: Text = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// In percent.
        Optional vat_value: Number = Inferred,
    }

    /// A price rule or promotion.
    pub PRICE_RULE = IncoPriceRule {
        /// Number of the rule.
        OptionalKey id: Number = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// What it says, in the supplier's own language.
        Optional formula: Text = Inferred,
        /// Whether it holds.
        Optional enabled: Bool = Inferred,
        /// Which goes first.
        Optional priority: Number = Inferred,
    }

    /// A status of operations.
    pub OPERATION_STATUS = IncoOperationStatus {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }
}
