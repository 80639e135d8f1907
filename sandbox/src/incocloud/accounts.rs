//! The applications that the sandbox knows, each with the books of a firm of its own.

/// An application that a firm created for itself, and what tells its books from the other's.
#[derive(Debug)]
pub struct Application {
    /// Its id.
    pub app_id: &'static str,
    /// Its secret.
    pub app_secret: &'static str,
    /// Its place in [`APPLICATIONS`].
    pub ordinal: u64,
    /// What its prices are in.
    pub currency: &'static str,
    /// Whether its prices include the tax.
    pub prices_include_vat: bool,
    /// Its items by number, first and last of each stretch.
    pub items: &'static [(u64, u64)],
    /// How many partners it has.
    pub partners: u64,
}

/// The two firms. Items, partners, locations and operations have other ids in each.
pub static APPLICATIONS: [Application; 2] = [
    Application {
        app_id: "sandbox-app",
        app_secret: "sandbox-app-secret",
        ordinal: 0,
        currency: "BGN",
        prices_include_vat: true,
        items: &[(1, 1_200)],
        partners: 150,
    },
    Application {
        app_id: "second-app",
        app_secret: "second-app-secret",
        ordinal: 1,
        currency: "EUR",
        prices_include_vat: false,
        items: &[(1, 60), (401, 640)],
        partners: 40,
    },
];

impl Application {
    /// The application of that id.
    pub(crate) fn of_id(app_id: &str) -> Option<&'static Self> {
        APPLICATIONS.iter().find(|application| application.app_id == app_id)
    }

    /// The id of its nth item.
    pub(crate) fn item_id(&self, n: u64) -> u64 {
        n + 10_000 * self.ordinal
    }

    /// The id of its nth partner.
    pub(crate) fn partner_id(&self, n: u64) -> u64 {
        n + 1_000 * self.ordinal
    }

    /// The id of its nth location.
    pub(crate) fn location_id(&self, n: u64) -> u64 {
        n + 10 * self.ordinal
    }

    /// A number out of `number` that is another one for each purpose and firm.
    pub(crate) fn roll(&self, number: u64, purpose: u64) -> u64 {
        crate::seeded::roll(number + 1_000_000_000 * self.ordinal, 2_000 + purpose)
    }
}
