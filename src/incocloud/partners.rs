//! Partners: customers and suppliers. Personal data.

use crate::wire::schema;

schema! {
    /// A customer or a supplier. Personal data: not for logs.
    pub PARTNER = IncoPartner {
        /// Number of the partner.
        OptionalKey id: Number = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// Second name.
        Optional name2: Text = Inferred,
        /// Code.
        Optional code: Text = Inferred,
        /// Who is liable.
        Optional liable_person: Text = Inferred,
        /// Town.
        Optional city: Text = Inferred,
        /// Address.
        Optional address: Text = Inferred,
        /// Telephone.
        Optional telephone: Text = Inferred,
        /// Mail address.
        Optional email: Text = Inferred,
        /// Company number in Bulgaria.
        Optional bulstat: Text = Inferred,
        /// Tax number.
        Optional tax_number: Text = Inferred,
        /// Bank.
        Optional bank_name: Text = Inferred,
        /// Account.
        Optional bank_account: Text = Inferred,
        /// Which of the items' prices is asked.
        Optional price_group: Number = Inferred,
        /// Its group.
        Optional group_id: Number = Inferred,
        /// Note.
        Optional note: Text = Inferred,
        /// Days in which to pay.
        Optional payment_days: Number = Inferred,
        /// Place among its group's partners.
        Optional order: Number = Inferred,
        /// Whether it was removed.
        Optional deleted: Bool = Inferred,
    }

    /// A group of partners.
    pub PARTNER_GROUP = IncoPartnerGroup {
        /// Number of the group.
        OptionalKey id: Number = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// Place in the tree.
        Optional code: Text = Inferred,
    }
}
