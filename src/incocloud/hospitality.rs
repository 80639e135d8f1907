//! Hotels and restaurants.

use crate::wire::schema;

schema! {
    /// A table's reservation.
    pub RESERVATION = IncoReservation {
        /// Number of the reservation.
        OptionalKey id: Number = Inferred,
        /// The table.
        Optional location_id: Number = Inferred,
        /// For whom.
        Optional partner_id: Number = Inferred,
        /// By whom.
        Optional user_id: Number = Inferred,
        /// How many persons.
        Optional persons: Number = Inferred,
        /// When; without a zone it is the shop's local time.
        Optional date_time: Text = Inferred,
        /// Note.
        Optional note: Text = Inferred,
    }

    /// A booking. What else it has is passed on.
    pub BOOKING = IncoBooking {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// What can be booked. What else it has is passed on.
    pub BOOKING_AVAILABILITY = IncoBookingAvailability {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// A guest's profile. What else it has is passed on.
    pub BOOKING_PROFILE = IncoBookingProfile {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// A type of room. What else it has is passed on.
    pub BOOKING_LOCATION_TYPE = IncoBookingLocationType {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// A type of rate. What else it has is passed on.
    pub BOOKING_RATE_TYPE = IncoBookingRateType {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// A booking's status.
    pub BOOKING_STATUS = IncoBookingStatus {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }

    /// A restaurant order's status.
    pub RESTAURANT_STATUS = IncoRestaurantOrderRequestStatus {
        /// Its number.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
    }
}
