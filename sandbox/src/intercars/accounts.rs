//! The customers that the sandbox knows.

/// A customer of the supplier, and what its credentials are.
#[derive(Debug)]
pub struct Account {
    /// OAuth2 client id.
    pub client_id: &'static str,
    /// OAuth2 client secret.
    pub client_secret: &'static str,
    /// Its place in [`ACCOUNTS`], also a digit in the ids of its documents.
    pub ordinal: u64,
    /// Whom its invoices go to.
    pub bill_to: &'static str,
    /// Its own number, in every spelling.
    pub own_ship_to: &'static [&'static str],
    /// Every receiver that its documents name.
    pub ship_to: &'static [&'static str],
    /// The warehouses it is served from.
    pub logistic_path: &'static [&'static str],
    /// What it pays in.
    pub currency: &'static str,
    /// Its market.
    pub country: &'static str,
    /// Least discount off the list price, in percent.
    pub discount: i64,
}

/// Every warehouse, in the order in which answers list them.
pub const WAREHOUSES: [&str; 7] = ["KOM", "HSN", "POZ", "HZA", "LAZ", "SOF", "VAR"];

/// The two customers: the one of the documents' samples, and another who must never see the first one's data.
pub static ACCOUNTS: [Account; 2] = [
    Account {
        client_id: "sandbox-client",
        client_secret: "sandbox-secret",
        ordinal: 0,
        bill_to: "8.0",
        own_ship_to: &["8.0", "000008"],
        ship_to: &["8.0", "000008", "80"],
        logistic_path: &["KOM", "HSN", "POZ", "HZA", "LAZ"],
        currency: "PLN",
        country: "PL",
        discount: 20,
    },
    Account {
        client_id: "second-client",
        client_secret: "second-secret",
        ordinal: 1,
        bill_to: "90",
        own_ship_to: &["90"],
        ship_to: &["90", "91"],
        logistic_path: &["HSN", "SOF", "VAR"],
        currency: "EUR",
        country: "BG",
        discount: 10,
    },
];
