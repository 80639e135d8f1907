//! The operations: 18 of them and the token, in 20 calls.

use super::errors::{self, Refusal};
use crate::settings::{LanguageRequired, Settings};

/// What can be called, by the names that logs, counters and faults use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operation {
    Token,
    Stock,
    Quote,
    Price,
    Categories,
    Products,
    GetDelivery,
    SearchDeliveries,
    SearchDeliveryMetadata,
    GetInvoice,
    SearchInvoices,
    SearchRequisitions,
    SubmitRequisition,
    GetRequisition,
    ConfirmRequisition,
    CancelRequisition,
    GetOrder,
    Customer,
    Finances,
}

impl Operation {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Stock => "stock",
            Self::Quote => "quote",
            Self::Price => "price",
            Self::Categories => "categories",
            Self::Products => "products",
            Self::GetDelivery => "getDelivery",
            Self::SearchDeliveries => "searchDeliveries",
            Self::SearchDeliveryMetadata => "searchDeliveryMetadata",
            Self::GetInvoice => "getInvoice",
            Self::SearchInvoices => "searchInvoices",
            Self::SearchRequisitions => "searchRequisitions",
            Self::SubmitRequisition => "submitRequisition",
            Self::GetRequisition => "getRequisition",
            Self::ConfirmRequisition => "confirmRequisition",
            Self::CancelRequisition => "cancelRequisition",
            Self::GetOrder => "getOrder",
            Self::Customer => "customer",
            Self::Finances => "finances",
        }
    }

    /// The operation at a path, or why there is none.
    pub(crate) fn at(method: &str, segments: &[&str]) -> Result<Self, Refusal> {
        // The verbs that a path has, each with its operation.
        let verbs: &[(&str, Self)] = match segments {
            // Any verb: the token's address answers in a form of its own.
            ["oauth2", "token"] => return Ok(Self::Token),
            ["ic", "inventory", "stock"] => &[("GET", Self::Stock), ("POST", Self::Stock)],
            ["ic", "inventory", "quote"] => &[("POST", Self::Quote)],
            ["ic", "pricing", "quote"] => &[("POST", Self::Price)],
            ["ic", "catalog", "category"] => &[("GET", Self::Categories)],
            ["ic", "catalog", "products"] => &[("GET", Self::Products)],
            ["ic", "delivery"] => &[("GET", Self::SearchDeliveries)],
            ["ic", "delivery", "metadata"] => &[("GET", Self::SearchDeliveryMetadata)],
            ["ic", "delivery", _] => &[("GET", Self::GetDelivery)],
            ["ic", "invoice"] => &[("GET", Self::SearchInvoices)],
            ["ic", "invoice", _] => &[("GET", Self::GetInvoice)],
            ["ic", "sales", "requisition"] => &[("GET", Self::SearchRequisitions), ("POST", Self::SubmitRequisition)],
            ["ic", "sales", "requisition", _] => &[("GET", Self::GetRequisition)],
            ["ic", "sales", "requisition", _, "confirm"] => &[("POST", Self::ConfirmRequisition)],
            ["ic", "sales", "requisition", _, "cancel"] => &[("POST", Self::CancelRequisition)],
            ["ic", "sales", "order", _] => &[("GET", Self::GetOrder)],
            ["ic", "customer"] => &[("GET", Self::Customer)],
            ["ic", "customer", "finances"] => &[("GET", Self::Finances)],
            _ => return Err(errors::no_resource()),
        };
        verbs.iter().find(|(verb, _)| *verb == method).map(|(_, operation)| *operation).ok_or_else(errors::wrong_method)
    }

    pub(crate) fn needs_language(self, settings: &Settings) -> bool {
        match settings.language_required {
            LanguageRequired::All => true,
            LanguageRequired::Catalog => matches!(self, Self::Categories | Self::Products),
        }
    }
}
