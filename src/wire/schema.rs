//! What a row is made of, as data: the decoding pass, the cutting literals, the TypeScript declarations, the proxy's
//! policy and the documentation are all read off it.

/// A row's shape under its name in the declarations.
#[derive(Debug)]
pub struct Schema {
    /// Name of the TypeScript interface.
    pub name: &'static str,
    /// What a row is; for the declarations, not for the modules.
    #[cfg(not(target_family = "wasm"))]
    pub doc: &'static str,
    /// In the order in which the supplier writes them: then each key is found at the first try.
    pub fields: &'static [Field],
}

/// One field of a row, under its wire name.
#[derive(Debug)]
pub struct Field {
    /// As on the wire.
    pub name: &'static str,
    /// The name with its quotes and its colon.
    pub key: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
    /// How well its name and kind are known.
    pub certainty: Certainty,
    /// What it means; for the declarations, not for the modules.
    #[cfg(not(target_family = "wasm"))]
    pub doc: &'static str,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// A list of texts.
    Texts,
    /// An object.
    One(&'static Schema),
    /// A list of objects.
    Many(&'static Schema),
    /// Anything that is valid JSON; typed as `unknown`.
    Any,
    /// A text or a number.
    TextOrNumber,
    /// A number or a list of objects, most likely: anything is let through.
    NumberOrMany(&'static Schema),
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always there and never null; a row without it is refused.
    Required,
    /// Required, and part of what tells the row from others: the pass notes where it stands.
    Key,
    /// May be absent, and part of what tells the row from others.
    OptionalKey,
    /// May be absent. Null is let through as sent.
    Optional,
    /// May be absent, and is documented to be null at times.
    Nullable,
    /// Always there: the list that holds the rows of an answer which is one object. Their keys are noted.
    Rows,
    /// Of arguments: sent as 1 where left out.
    OneIfLeftOut,
}

/// How well a field's name and kind are known. A value of another kind than expected is a fault in a literal field; in any
/// other it is kept as sent, and to readers in Rust the field is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The supplier prints it.
    Literal,
    /// It follows from what is known of the supplier's system.
    Inferred,
    /// It is likely, and no more.
    Guessed,
}

impl Certainty {
    /// The one that is given; literal where none is.
    #[doc(hidden)]
    pub const fn given(given: &[Certainty]) -> Certainty {
        match given {
            [certainty, ..] => *certainty,
            [] => Certainty::Literal,
        }
    }

    /// In lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Certainty::Literal => "literal",
            Certainty::Inferred => "inferred",
            Certainty::Guessed => "guessed",
        }
    }
}

impl Need {
    /// Whether the pass notes where the value stands.
    pub const fn is_key(self) -> bool {
        matches!(self, Need::Key | Need::OptionalKey)
    }

    /// Whether a row without it is refused.
    pub const fn is_required(self) -> bool {
        matches!(self, Need::Required | Need::Key | Need::Rows)
    }
}

impl Schema {
    /// Position of a field by its wire name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

/// The name in a [`Field::key`]: the same bytes, so that a module holds them once.
#[doc(hidden)]
pub const fn name_within(key: &'static str) -> &'static str {
    key.split_at(key.len() - 2).0.split_at(1).1
}

/// Declares a [`Schema`], and a type of the same name whose constants are its fields' positions:
///
/// ```
/// use stocklane_wire::schema;
/// schema! {
///     /// A price.
///     pub PRICE = Price {
///         /// ISO 4217.
///         Required currencyCode: Text,
///     }
/// }
/// assert_eq!(PRICE.fields[Price::currencyCode].name, "currencyCode");
/// ```
///
/// What the supplier does not print is marked: `Optional name2: Text = Inferred`. A name that is none in Rust is given apart:
/// `Optional kind as "type": Number`.
#[macro_export]
macro_rules! schema {
    (@key $field:ident) => { concat!("\"", stringify!($field), "\":") };
    (@key $field:ident $wire:literal) => { concat!("\"", $wire, "\":") };
    ($(
        $(#[doc = $doc:literal])+
        pub $name:ident = $type:ident {
            $( $(#[doc = $field_doc:literal])+ $need:ident $field:ident $( as $wire:literal )? : $kind:ident $( ( $child:ident ) )? $( = $certainty:ident )? ),* $(,)?
        }
    )+) => { $(
        $(#[doc = $doc])+
        pub static $name: $crate::Schema = $crate::Schema {
            name: stringify!($type),
            #[cfg(not(target_family = "wasm"))]
            doc: concat!($($doc),+),
            fields: &[ $( $crate::Field {
                name: $crate::name_within($crate::schema!(@key $field $( $wire )?)),
                key: $crate::schema!(@key $field $( $wire )?),
                kind: $crate::Kind::$kind $( (&$child) )?,
                need: $crate::Need::$need,
                certainty: $crate::Certainty::given(&[ $( $crate::Certainty::$certainty )? ]),
                #[cfg(not(target_family = "wasm"))]
                doc: concat!($($field_doc),+),
            } ),* ],
        };

        #[doc = concat!("Where the fields of [`", stringify!($name), "`] stand.")]
        #[allow(dead_code)]
        pub struct $type;

        const _: () = {
            #[allow(dead_code, non_camel_case_types, clippy::enum_variant_names)]
            enum Position { $( $field ),* }
            #[allow(dead_code, non_upper_case_globals)]
            impl $type {
                $( $(#[doc = $field_doc])+ pub const $field: usize = Position::$field as usize; )*
            }
        };
    )+ };
}
