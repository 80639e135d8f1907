//! The customer's card, and its finances.

use crate::operation::{Form, Operation};
use crate::wire::{Shape, schema};

use super::{NOTHING, READ};

schema! {
    /// An address.
    pub ADDRESS = Address {
        /// ISO 3166.
        Optional countryCode: Text,
        /// Town.
        Optional locality: Text,
        /// Street and numbers in one text.
        Optional streetAddressFull: Text,
        /// Street.
        Optional street: Text,
        /// Number of the house.
        Optional building: Text,
        /// Number of the flat.
        Optional flat: Text,
        /// Postal code.
        Optional postalCode: Text,
        /// Town of the post office.
        Optional postOffice: Text,
    }

    /// Delivery routes.
    pub ROUTES = Routes {
        /// Whether the customer is on one.
        Optional active: Bool,
    }

    /// The customer's card.
    pub CUSTOMER = Customer {
        /// Name of the company.
        Optional name: Text,
        /// Such as `ACTIVE`.
        Optional status: Text,
        /// ISO 3166.
        Optional countryCode: Text,
        /// Addresses.
        Optional address: Many(ADDRESS),
        /// Codes of the warehouses that serve the customer.
        Optional logisticPath: Texts,
        /// Code of the usual warehouse.
        Optional defaultLocation: Text,
        /// Such as `INVOICE`.
        Optional fiscalDocument: Text,
        /// Whether documents come electronically.
        Optional eDocumentStatus: Bool,
        /// Codes.
        Optional paymentMethods: Texts,
        /// Code.
        Optional defaultPaymentMethod: Text,
        /// Code.
        Optional defaultDeliveryMethod: Text,
        /// Whether orders go out without a confirm call.
        Optional automaticOrderConfirmation: Bool,
        /// Delivery routes.
        Optional routes: One(ROUTES),
    }

    /// The customer's finances. Amounts are in `currencyCode`.
    pub FINANCES = Finances {
        /// Whether orders are taken now.
        Required orderingAllowed: Bool,
        /// Whether paying later is allowed.
        Optional deferredPaymentAllowed: Bool,
        /// What the customer owes.
        Optional balance: Number,
        /// What should have been paid by now: above zero, orders are mostly refused.
        Optional overdueBalance: Number,
        /// Booked against the customer.
        Optional debit: Number,
        /// Booked for the customer.
        Optional credit: Number,
        /// Points, not money.
        Optional vipPoints: Number,
        /// Credit granted.
        Optional creditLimit: Number,
        /// Credit used.
        Optional utilizedCreditLimit: Number,
        /// Credit left.
        Optional availableCreditLimit: Number,
        /// Ordered and not yet invoiced.
        Optional notInvoicedOrders: Number,
        /// ISO 4217.
        Optional currencyCode: Text,
    }
}

/// `GET /customer`.
pub static GET_CUSTOMER: Operation = Operation {
    name: "customer",
    source: "getCustomer",
    forms: &[Form::get("/customer", &[])],
    args: &NOTHING,
    answer: Shape::One(&CUSTOMER),
    ..READ
};

/// `GET /customer/finances`.
pub static GET_FINANCES: Operation = Operation {
    name: "finances",
    source: "calculateBalanceList",
    forms: &[Form::get("/customer/finances", &[])],
    args: &NOTHING,
    answer: Shape::One(&FINANCES),
    ..READ
};
