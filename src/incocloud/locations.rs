//! Locations: stores, warehouses, and a restaurant's tables.

use crate::wire::schema;

schema! {
    /// A store, a warehouse, or a restaurant's table.
    pub LOCATION = IncoLocation {
        /// Number of the location.
        OptionalKey id: Number = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// Second name.
        Optional name2: Text = Inferred,
        /// Code.
        Optional code: Text = Inferred,
        /// Which of the items' prices is asked.
        Optional price_group: Number = Inferred,
        /// Its group.
        Optional group_id: Number = Inferred,
        /// Place among its group's locations.
        Optional order: Number = Inferred,
        /// Whether it was removed.
        Optional deleted: Bool = Inferred,
    }

    /// A group of locations.
    pub LOCATION_GROUP = IncoLocationGroup {
        /// Number of the group.
        OptionalKey id: Number = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// Place in the tree.
        Optional code: Text = Inferred,
    }

    /// Which rows of a list that is not dated.
    pub LIST_QUERY = ListQuery {
        /// This one.
        Optional id: Number,
        /// Those of this group.
        Optional group_id: Number,
        /// The one with this code.
        Optional code: TextOrNumber,
    }
}
