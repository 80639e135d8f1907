//! Catalog: the tree of categories, and the products in them.

use crate::operation::{Audience, Form, Lane, Operation, Rule, Sent};
use crate::wire::{Shape, schema};

use super::READ;

schema! {
    /// A node of the tree of categories.
    pub CATEGORY = Category {
        /// Such as `SalesClassificationNode_6111000`, or `GenericArticle_1280` for a leaf.
        Key categoryId: Text,
        /// Name in the language asked for.
        Required label: Text,
    }

    /// Which node's children; the roots where left out.
    pub CATEGORY_QUERY = CategoryQuery {
        /// The node.
        Optional categoryId: Text,
    }

    /// What kind of article a product is.
    pub GENERIC_ARTICLE = GenericArticle {
        /// Such as `GenericArticle_1280`.
        Optional genericArticleId: Text,
        /// Whether it is the product's main kind.
        Optional primary: Bool,
        /// Names by language.
        Optional name: Any,
    }

    /// A product. Sizes are texts with a decimal comma: `packageSizes` reads them.
    pub PRODUCT = Product {
        /// Customs tariff number.
        Optional customsCode: Text,
        /// The supplier's product identifier.
        Key sku: Text,
        /// The supplier's product index.
        Optional index: Text,
        /// Number in TecDoc.
        Optional tecDoc: Text,
        /// Producer in TecDoc: a text or a number.
        Nullable tecDocProd: TextOrNumber,
        /// The producer's own number.
        Optional articleNumber: Text,
        /// Name of the brand.
        OptionalKey brand: Text,
        /// In the language asked for.
        Optional shortDescription: Text,
        /// In the language asked for.
        Optional description: Text,
        /// Bar codes; some are none.
        Optional eans: Texts,
        /// Polish tax group.
        Nullable gtuCode: Text,
        /// Kinds of article.
        Optional genericArticleReferences: Many(GENERIC_ARTICLE),
        /// Kilograms, with a decimal comma.
        Optional packageWeight: TextOrNumber,
        /// Centimetres, with a decimal comma; spelt so on the supplier's page.
        Optional packageWidht: TextOrNumber,
        /// Centimetres, with a decimal comma; spelt so on the supplier's page.
        Optional packageLenght: TextOrNumber,
        /// Centimetres, with a decimal comma.
        Optional packageHeight: TextOrNumber,
        /// Whether the item cannot be returned. Not reliable in lists of a category.
        Optional blockedReturn: Bool,
        /// Centimetres, as the live service spells it.
        Optional packageWidth: TextOrNumber,
        /// Centimetres, as the live service spells it.
        Optional packageLength: TextOrNumber,
        /// Centimetres.
        Optional packageDepth: TextOrNumber,
    }

    /// A page of products.
    pub PRODUCT_PAGE = ProductPage {
        /// How many there are in all; the supplier shows 10,000 of them at most.
        Required totalResults: Number,
        /// Whether another page follows.
        Required hasNextPage: Bool,
        /// Milliseconds that the supplier took.
        Optional requestProcessingTime: Number,
        /// The page.
        Rows products: Many(PRODUCT),
    }

    /// Which products: of a category, or one by its SKU or index.
    pub PRODUCT_QUERY = ProductQuery {
        /// From 0.
        Optional pageNumber: Number,
        /// 1 to 100; 25 where left out.
        Optional pageSize: Number,
        /// The category.
        Optional categoryId: Text,
        /// One SKU.
        Optional sku: Text,
        /// One index, matched exactly.
        Optional index: Text,
        /// A brand.
        Optional brands: Text,
    }
}

/// `GET /catalog/category`.
pub static CATEGORIES: Operation = Operation {
    name: "categories",
    source: "getCategory",
    forms: &[Form::get("/catalog/category", &[Sent::query(CategoryQuery::categoryId, "categoryId")])],
    args: &CATEGORY_QUERY,
    answer: Shape::Rows(&CATEGORY),
    audience: Audience::Buyer,
    lane: Lane::Stock,
    fresh_ms: 3_600_000,
    ..READ
};

/// `GET /catalog/products`.
pub static PRODUCTS: Operation = Operation {
    name: "products",
    source: "getProducts",
    forms: &[Form::get(
        "/catalog/products",
        &[
            Sent::query(ProductQuery::categoryId, "categoryId"),
            Sent::query(ProductQuery::sku, "sku"),
            Sent::query(ProductQuery::index, "index"),
            Sent::query(ProductQuery::brands, "brands"),
            Sent::query(ProductQuery::pageNumber, "pageNumber"),
            Sent::query(ProductQuery::pageSize, "pageSize"),
        ],
    )],
    args: &PRODUCT_QUERY,
    rules: &[
        Rule::AnyOf(&[ProductQuery::categoryId, ProductQuery::sku, ProductQuery::index]),
        Rule::NotBoth(ProductQuery::sku, ProductQuery::index),
        Rule::Within(ProductQuery::pageNumber, 0, 1_000),
        Rule::Within(ProductQuery::pageSize, 1, 100),
    ],
    answer: Shape::One(&PRODUCT_PAGE),
    audience: Audience::Buyer,
    lane: Lane::Stock,
    fresh_ms: 3_600_000,
    ..READ
};
