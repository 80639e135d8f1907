//! Who may call what, and what they are shown of it: one allow-list. What is not named does not exist.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::operation::{Audience, Error, ErrorKind, Operation};
use crate::storefront::{AVAILABILITY, OFFER};
use crate::wire::{Kind, Schema, Selection, schema};
use crate::{incocloud, intercars};

use super::session::Role;

schema! {
    /// What a search finds.
    pub HIT = Hit {
        /// The supplier's product identifier.
        Required sku: Text,
        /// The supplier's product index.
        Optional index: Text,
        /// Who makes it.
        Optional brand: Text,
        /// In a few words, in the language asked for.
        Optional name: Text,
    }
}

/// As users write it: for each role, by the client's methods, the wire paths that are shown.
pub type Given = BTreeMap<Role, BTreeMap<String, Show>>;

/// What is shown of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Show {
    /// Wire paths, or `*`.
    pub show: Vec<String>,
}

/// What a role is shown of one operation.
#[derive(Debug)]
pub(super) struct Shown {
    /// Without what the shop pays.
    open: Selection,
    /// With it.
    with_cost: Selection,
}

impl Shown {
    pub fn to(&self, sees_cost: bool) -> &Selection {
        if sees_cost { &self.with_cost } else { &self.open }
    }
}

/// Who may call what, by role. The package's own lists are made when somebody of that role comes: a cold proxy answers a
/// visitor first, and staff's list is of everything.
#[derive(Debug, Default)]
pub(super) struct Policy([OnceCell<Allowed>; 3]);

/// By the table's own names of operations.
type Allowed = HashMap<&'static str, Shown>;

/// What a supplier charges the shop, under every name that it goes by: for those alone who may know.
const COST: [&str; 11] = [
    "customerPriceNet",
    "customerPriceGross",
    "unitPriceNet",
    "unitPriceGross",
    "totalNet",
    "totalGross",
    "toBePaid",
    "trade_in_price",
    "price_in",
    "vat_in",
    "cost",
];
/// Places by a supplier's codes: never a visitor's business.
const VISITOR_NEVER: [&str; 2] = ["places.location", "cost"];

/// The combined answers, with what a visitor is shown where the shop says nothing else.
const COMBINED: [(&str, &Schema, &[&str]); 3] = [
    (
        "availability",
        &AVAILABILITY,
        &[
            "sku",
            "state",
            "quantity",
            "places.source",
            "places.label",
            "places.quantity",
            "places.orderBy",
            "places.deliverBy",
        ],
    ),
    (
        "offers",
        &OFFER,
        &["sku", "quantity", "source", "unit", "total", "vatPercentage", "deposit", "priceOnRequest", "deliverBy"],
    ),
    ("search", &HIT, &["sku", "index", "brand", "name"]),
];

const STOCK: [&str; 13] = [
    "location",
    "sku",
    "availability",
    "latestDeliveryDate",
    "orderDateTimeTo",
    "shipToBusinessUnitDeliveryDateTime",
    "customerRouteStartDateTime",
    "index",
    "name",
    "description",
    "blockedReturn",
    "gtuCode",
    "eans",
];
const PRICED: [&str; 16] = [
    "sku",
    "quantity",
    "index",
    "name",
    "description",
    "blockedReturn",
    "gtuCode",
    "eans",
    "price.currencyCode",
    "price.listPriceNet",
    "price.listPriceGross",
    "price.vatPercentage",
    "price.vatAmount",
    "price.refundableAmount",
    "price.refundableAmountNet",
    "price.refundableAmountGross",
];
const PRICED_COST: [&str; 2] = ["price.customerPriceNet", "price.customerPriceGross"];
const PAPER: [&str; 7] =
    ["id", "currencyCode", "billTo", "shipTo", "lines.sku", "lines.vatPercentage", "lines.deliveryId"];
const PAPER_COST: [&str; 4] = ["lines.unitPriceNet", "lines.unitPriceGross", "lines.totalNet", "lines.totalGross"];
const DELIVERY: [&str; 14] = [
    "orderId",
    "shipFrom",
    "deliveryMethod",
    "creationDate",
    "fiscalDocumentNumber",
    "lines.index",
    "lines.name",
    "lines.description",
    "lines.gtuCode",
    "lines.eans",
    "lines.shippedQuantity",
    "lines.returnedQuantity",
    "lines.brandReference",
    "lines.retailPrice",
];
const INVOICE: [&str; 13] = [
    "techId",
    "issueFrom",
    "paymentMethod",
    "issueDate",
    "salesDate",
    "dueDate",
    "invoiceClassification",
    "invoiceType",
    "paymentStatus",
    "ksefNumber",
    "lines.quantity",
    "lines.orderId",
    "lines.tariffNo",
];
const ORDER: [&str; 22] = [
    "requisitionId",
    "fiscalDocumentNumber",
    "customNumber",
    "shipFrom",
    "deliveryMethod",
    "paymentMethod",
    "creationDate",
    "acceptedDate",
    "statusCode",
    "phaseCode",
    "deferredPayment",
    "comments",
    "lines.name",
    "lines.index",
    "lines.description",
    "lines.gtuCode",
    "lines.eans",
    "lines.requiredQuantity",
    "lines.missingQuantity",
    "lines.acceptedQuantity",
    "lines.collectedQuantity",
    "lines.packagedQuantity",
];
const TOTALS: [&str; 2] = ["totalNet", "totalGross"];
const ITEM: [&str; 17] = [
    "id",
    "code",
    "name",
    "availability",
    "name2",
    "bar_code",
    "bar_code2",
    "bar_code3",
    "catalog",
    "catalog2",
    "catalog3",
    "description",
    "m_unit",
    "regular_price",
    "group_id",
    "group_name",
    "vat_group_id",
];
const SALE: [&str; 14] = [
    "id",
    "operation_number",
    "total",
    "location",
    "date",
    "partner_id",
    "vat",
    "details.item_id",
    "details.item_code",
    "details.item_name",
    "details.quantity",
    "details.price_out",
    "details.discount",
    "details.total",
];

/// What a buyer is shown where the shop says nothing else: each list below its prefix.
type Lists = &'static [(&'static str, &'static [&'static str])];
const BUYER: [(&str, Lists); 18] = [
    ("stock", &[("", &STOCK)]),
    ("quote", &[("", &PRICED), ("", &PRICED_COST), ("lines.", &STOCK)]),
    ("price", &[("lines.", &PRICED), ("lines.", &PRICED_COST)]),
    ("categories", &[("", &["categoryId", "label"])]),
    ("products", &[("", &["totalResults", "hasNextPage", "products"])]),
    ("getDelivery", &[("", &PAPER), ("", &PAPER_COST), ("", &DELIVERY)]),
    ("searchDeliveries", &[("", &PAPER), ("", &PAPER_COST), ("", &DELIVERY)]),
    ("searchDeliveryMetadata", &[("", &PAPER), ("", &PAPER_COST), ("", &DELIVERY)]),
    ("getInvoice", &[("", &PAPER), ("", &PAPER_COST), ("", &TOTALS), ("", &["toBePaid"]), ("", &INVOICE)]),
    ("searchInvoices", &[("", &PAPER), ("", &PAPER_COST), ("", &TOTALS), ("", &["toBePaid"]), ("", &INVOICE)]),
    ("getRequisition", &[("", &PAPER), ("", &PAPER_COST), ("", &TOTALS), ("", &ORDER)]),
    ("searchRequisitions", &[("", &PAPER), ("", &PAPER_COST), ("", &TOTALS), ("", &ORDER)]),
    ("getOrder", &[("", &PAPER), ("", &PAPER_COST), ("", &TOTALS), ("", &ORDER)]),
    ("item", &[("", &ITEM)]),
    ("item_group", &[("", &["id", "name", "code"])]),
    ("location", &[("", &["id", "name"])]),
    ("sale", &[("", &SALE)]),
    ("sales_order", &[("", &SALE)]),
];

impl Policy {
    /// The shop's allow-list; where it says nothing of a role, the package's own.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for an unknown operation or path, for what a role may never have, and for `*` of a visitor.
    pub fn new(given: &Given) -> Result<Policy, Error> {
        let policy = Policy::default();
        for (role, operations) in given {
            let mut allowed = Allowed::new();
            for (name, Show { show }) in operations {
                allow(&mut allowed, *role, name, show)?;
            }
            // Nobody has asked yet.
            let _ = policy.0[*role as usize].set(allowed);
        }
        Ok(policy)
    }

    /// What a role is shown of an operation; none where it does not exist for it.
    pub fn shown(&self, role: Role, name: &str) -> Option<&Shown> {
        // Keys are the table's own names.
        let name = COMBINED
            .iter()
            .map(|(known, ..)| *known)
            .find(|known| *known == name)
            .or_else(|| Some(mirrored(name)?.name))?;
        // A list of the package's own that were not sound would show nothing; the test below sees to it that all are.
        self.0[role as usize].get_or_init(|| defaults(role).unwrap_or_default()).get(name)
    }
}

/// The package's own list.
fn defaults(role: Role) -> Result<Allowed, Error> {
    let mut allowed = Allowed::new();
    let all = ["*".to_owned()];
    for (name, _, visitor) in COMBINED {
        match role {
            Role::Visitor => allow(&mut allowed, role, name, &owned(visitor))?,
            _ => allow(&mut allowed, role, name, &all)?,
        }
    }
    match role {
        Role::Visitor => {}
        Role::Buyer => {
            for (name, lists) in BUYER {
                let known = mirrored(name).map(|operation| operation.answer.schema());
                let paths =
                    lists.iter().flat_map(|(prefix, paths)| paths.iter().map(move |path| format!("{prefix}{path}")));
                // The lists are shared by operations that have not all of their fields.
                let paths: Vec<String> = paths.filter(|path| known.is_some_and(|schema| has(schema, path))).collect();
                allow(&mut allowed, role, name, &paths)?;
            }
        }
        Role::Staff => {
            for operation in intercars::OPERATIONS.iter().chain(incocloud::OPERATIONS) {
                if operation.safe {
                    allow(&mut allowed, role, operation.name, &all)?;
                }
            }
        }
    }
    Ok(allowed)
}

fn allow(allowed: &mut Allowed, role: Role, name: &str, paths: &[String]) -> Result<(), Error> {
    let refused = |message: String, hint| Err(Error::new(ErrorKind::Validation, message).hint(hint));
    let place = format!("policy.{}.{name}", role.as_str());
    let (name, schema) = match COMBINED.iter().find(|(known, ..)| *known == name) {
        Some((known, schema, _)) => (*known, *schema),
        None => {
            let Some(operation) = mirrored(name) else {
                return refused(
                    format!("{place}: no operation has this name"),
                    "Name operations as the clients' methods are named.",
                );
            };
            if !operation.safe {
                return refused(format!("{place}: writes are closed at the proxy"), "Order from your backend.");
            }
            if role < least(operation.audience) {
                return refused(
                    format!("{place}: this role may never call it"),
                    "Visitors have availability, offers and search; what concerns the shop itself is for staff.",
                );
            }
            (operation.name, operation.answer.schema())
        }
    };
    let mut all = Vec::new();
    for path in paths {
        match path.as_str() {
            "*" if role == Role::Visitor => {
                return refused(
                    format!("{place}: * is not for visitors"),
                    "Name each path: what the supplier adds later must not be shown by itself.",
                );
            }
            "*" => leaves(schema, "", &mut all),
            path if !has(schema, path) => {
                return refused(
                    format!("{place}: {} has no path {path}", schema.name),
                    "Name paths by the wire's names, such as price.listPriceNet.",
                );
            }
            path => under(schema, path, &mut all),
        }
    }
    if role == Role::Visitor
        && let Some(never) = all.iter().find(|path| VISITOR_NEVER.iter().any(|never| within(never, path)))
    {
        return refused(
            format!("{place}: {never} is never shown to a visitor"),
            "Give places words of your own with `places`.",
        );
    }
    let select = |paths: Vec<&str>| {
        Selection::of(schema, paths)
            .map_err(|unknown| Error::new(ErrorKind::Validation, format!("{place}: no path {}", unknown.path)))
    };
    let is_cost = |path: &&String| COST.contains(&path.rsplit('.').next().unwrap_or_default()) || within("cost", path);
    let with_cost = select(all.iter().map(String::as_str).collect())?;
    let open = select(all.iter().filter(|path| !is_cost(path)).map(String::as_str).collect())?;
    let shown =
        if role == Role::Staff { Shown { open: with_cost.clone(), with_cost } } else { Shown { open, with_cost } };
    allowed.insert(name, shown);
    Ok(())
}

/// A supplier's operation, by its name or by its client's method.
fn mirrored(name: &str) -> Option<&'static Operation> {
    let name = match name {
        "items" => "item",
        "sales" => "sale",
        name => name,
    };
    Operation::named(intercars::OPERATIONS, name).or_else(|| Operation::named(incocloud::OPERATIONS, name))
}

fn least(audience: Audience) -> Role {
    match audience {
        Audience::Visitor => Role::Visitor,
        Audience::Buyer => Role::Buyer,
        Audience::Staff => Role::Staff,
    }
}

fn child(kind: Kind) -> Option<&'static Schema> {
    match kind {
        Kind::One(child) | Kind::Many(child) => Some(child),
        _ => None,
    }
}

fn has(schema: &Schema, path: &str) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(position) = schema.position(name) else { return false };
    match (child(schema.fields[position].kind), rest) {
        (Some(child), Some(rest)) => has(child, rest),
        (_, rest) => rest.is_none(),
    }
}

/// Every path of a schema down to its values.
fn leaves(schema: &Schema, prefix: &str, into: &mut Vec<String>) {
    for field in schema.fields {
        let path = format!("{prefix}{}", field.name);
        match child(field.kind) {
            Some(child) => leaves(child, &format!("{path}."), into),
            None => into.push(path),
        }
    }
}

/// A path, or those under it.
fn under(schema: &Schema, path: &str, into: &mut Vec<String>) {
    let mut all = Vec::new();
    leaves(schema, "", &mut all);
    into.extend(all.into_iter().filter(|leaf| within(path, leaf)));
}

/// Whether a path is this one or under it.
fn within(path: &str, leaf: &str) -> bool {
    leaf.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn owned(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_s_own_lists_are_sound() {
        for role in [Role::Visitor, Role::Buyer, Role::Staff] {
            assert_eq!(defaults(role).map(|allowed| allowed.is_empty()), Ok(false), "{role:?}");
        }
    }
}
