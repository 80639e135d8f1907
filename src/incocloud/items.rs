//! Items, their groups and their tags.

use crate::wire::schema;

schema! {
    /// What lies at one location.
    pub AT_LOCATION = AtLocation {
        /// Where.
        Required location_id: Number,
        /// Pieces.
        Required quantity: Number,
    }

    /// An item: goods or a service. Prices are per unit, in the database's currency; whether tax is in them is a setting of
    /// the database.
    pub ITEM = Item {
        /// Number of the item.
        OptionalKey id: Number,
        /// The shop's own code.
        Required code: Text,
        /// Name.
        Required name: Text,
        /// Pieces at hand, less what is reserved: absent, a number, or a list by location.
        Optional availability: NumberOrMany(AT_LOCATION),
        /// Second name.
        Optional name2: Text = Inferred,
        /// Bar code.
        Optional bar_code: Text = Inferred,
        /// Another bar code.
        Optional bar_code2: Text = Inferred,
        /// Another bar code.
        Optional bar_code3: Text = Inferred,
        /// Catalogue number.
        Optional catalog: Text = Inferred,
        /// Another catalogue number.
        Optional catalog2: Text = Inferred,
        /// Another catalogue number.
        Optional catalog3: Text = Inferred,
        /// Description.
        Optional description: Text = Inferred,
        /// Unit of measure.
        Optional m_unit: Text = Inferred,
        /// Second unit of measure.
        Optional m_unit2: Text = Inferred,
        /// How many of the second unit one of the first is.
        Optional m_unit_ratio: Number = Inferred,
        /// Order again below that.
        Optional minimal_quantity: Number = Inferred,
        /// Order up to that.
        Optional nominal_quantity: Number = Inferred,
        /// Flags: 1 fixed price, 2 variable price, 4 manual production, 8 non-inventory, 16 distributed charge, 32 discount.
        Optional flags as "type": Number = Inferred,
        /// Price at which it is bought.
        Optional trade_in_price: Number = Inferred,
        /// Wholesale price.
        Optional trade_price: Number = Inferred,
        /// Retail price.
        Optional regular_price: Number = Inferred,
        /// Price of group 1.
        Optional price_group1: Number = Inferred,
        /// Price of group 2.
        Optional price_group2: Number = Inferred,
        /// Price of group 3.
        Optional price_group3: Number = Inferred,
        /// Price of group 4.
        Optional price_group4: Number = Inferred,
        /// Price of group 5.
        Optional price_group5: Number = Inferred,
        /// Price of group 6.
        Optional price_group6: Number = Inferred,
        /// Price of group 7.
        Optional price_group7: Number = Inferred,
        /// Price of group 8.
        Optional price_group8: Number = Inferred,
        /// Its group.
        Optional group_id: Number = Inferred,
        /// Name of its group.
        Optional group_name: Text = Inferred,
        /// Its tax group.
        Optional vat_group_id: Number = Inferred,
        /// Whether it is made of others.
        Optional is_recipe: Bool = Inferred,
        /// Place among its group's items.
        Optional order: Number = Inferred,
        /// Whether it was removed.
        Optional deleted: Bool = Inferred,
    }

    /// A group of items. Groups form a tree by their codes: each level adds three letters.
    pub ITEM_GROUP = IncoItemGroup {
        /// Number of the group.
        OptionalKey id: Number = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// Place in the tree.
        Optional code: Text = Inferred,
    }

    /// A tag.
    pub ITEM_TAG = IncoItemTag {
        /// Number of the tag.
        OptionalKey id: Number = Guessed,
        /// Name.
        Optional name: Text = Guessed,
        /// Colour.
        Optional color: Text = Guessed,
    }

    /// That an item has a tag.
    pub ITEM_TAG_CONNECTION = IncoItemTagConnection {
        /// Number of the connection.
        OptionalKey id: Number = Guessed,
        /// The item.
        Optional item_id: Number = Guessed,
        /// The tag.
        Optional tag_id: Number = Guessed,
    }

    /// Which items.
    pub ITEM_QUERY = ItemQuery {
        /// This one.
        Optional id: Number,
        /// Those of this location.
        Optional location_id: Number,
        /// Those of exactly this group, without the groups below it.
        Optional group_id: Number,
        /// Those with this tag.
        Optional tag_id: Number,
        /// Those at hand; services pass.
        Optional only_available: Bool,
        /// With `availability`.
        Optional include_availability: Bool,
        /// The one with this code.
        Optional code: TextOrNumber,
        /// Those with this catalogue number, in any of the three fields.
        Optional catalog: TextOrNumber,
    }
}
