//! Subscriptions and vouchers.

use crate::wire::schema;

schema! {
    /// A subscription. What else it has is passed on.
    pub SUBSCRIPTION = IncoSubscription {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// An event of a subscription. What else it has is passed on.
    pub SUBSCRIPTION_EVENT = IncoSubscriptionEvent {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// A voucher or gift card. What else it has is passed on.
    pub VOUCHER = IncoVoucher {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }
}
