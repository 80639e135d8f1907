//! Categories and products, with the catalog's traps: the ceiling, leaves that answer with their siblings, answers that
//! hold the parent, and parents that hold more than their leaves together.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::arguments::{Key, split};
use super::errors::{Refusal, business, invalid, nothing_asked};
use super::language::Language;
use super::product::Product;
use super::{Call, samples};
use crate::seeded::roll;
use crate::settings::BrandsFilter;

/// How many products are generated, numbered from 1.
pub(crate) const PRODUCTS: u32 = 80_700;
/// Rows of one query that can be reached.
const CEILING: usize = 10_000;

/// A node or leaf of the tree. Its products are numbered without a gap, and its children's lie among them.
#[derive(Debug)]
pub(crate) struct Category {
    /// `SalesClassificationNode_…` or `GenericArticle_…`
    pub(crate) id: &'static str,
    parent: Option<&'static str>,
    products: RangeInclusive<u32>,
    labels: [&'static str; 3],
}

impl Category {
    /// What it is called.
    pub(crate) fn label(&self, language: Language) -> &'static str {
        language.of(self.labels)
    }

    /// Whether it is a generic article.
    pub(crate) fn is_leaf(&self) -> bool {
        self.id.starts_with("GenericArticle_")
    }

    fn row(&self, language: Language) -> Value {
        json!({ "categoryId": self.id, "label": self.label(language) })
    }
}

const fn node(
    id: &'static str,
    parent: &'static str,
    products: RangeInclusive<u32>,
    labels: [&'static str; 3],
) -> Category {
    Category { id, parent: if parent.is_empty() { None } else { Some(parent) }, products, labels }
}

/// The tree, parents before children. Of 40,000 brake parts the leaves hold 38,500; one leaf of lighting holds 36,000.
#[rustfmt::skip]
static TREE: [Category; 24] = [
    node("SalesClassificationNode_6000000", "", 1..=4200, ["Filters", "Filtry", "Филтри"]),
    node("SalesClassificationNode_6100000", "SalesClassificationNode_6000000", 1..=3000, ["Engine filters", "Filtry silnika", "Филтри за двигател"]),
    node("SalesClassificationNode_6110000", "SalesClassificationNode_6100000", 1..=1200, ["Oil filtration", "Filtracja oleju", "Филтриране на масло"]),
    node("SalesClassificationNode_6111000", "SalesClassificationNode_6110000", 1..=1100, ["Oil filter / housing / seal", "Filtr oleju / obudowa / uszczelka", "Маслен филтър / корпус / уплътнение"]),
    node("GenericArticle_1280", "SalesClassificationNode_6111000", 1..=600, ["Oil filter", "Filtr oleju", "Маслен филтър"]),
    node("GenericArticle_1281", "SalesClassificationNode_6111000", 601..=900, ["Oil filter housing", "Obudowa filtra oleju", "Корпус на маслен филтър"]),
    node("GenericArticle_1282", "SalesClassificationNode_6111000", 901..=1050, ["Oil filter seal", "Uszczelka filtra oleju", "Уплътнение на маслен филтър"]),
    node("SalesClassificationNode_6120000", "SalesClassificationNode_6100000", 1201..=3000, ["Air filtration", "Filtracja powietrza", "Филтриране на въздух"]),
    node("GenericArticle_8", "SalesClassificationNode_6120000", 1201..=2600, ["Air filter", "Filtr powietrza", "Въздушен филтър"]),
    node("GenericArticle_1283", "SalesClassificationNode_6120000", 2601..=3000, ["Air filter housing", "Obudowa filtra powietrza", "Корпус на въздушен филтър"]),
    node("SalesClassificationNode_6200000", "SalesClassificationNode_6000000", 3001..=4000, ["Cabin filters", "Filtry kabinowe", "Филтри за купе"]),
    node("GenericArticle_424", "SalesClassificationNode_6200000", 3001..=4000, ["Cabin filter", "Filtr kabinowy", "Филтър за купе"]),
    node("SalesClassificationNode_7000000", "", 4201..=44200, ["Brakes", "Hamulce", "Спирачки"]),
    node("SalesClassificationNode_7100000", "SalesClassificationNode_7000000", 4201..=28700, ["Disc brake", "Hamulec tarczowy", "Дискова спирачка"]),
    node("GenericArticle_402", "SalesClassificationNode_7100000", 4201..=13200, ["Brake pad set", "Komplet klocków hamulcowych", "Комплект спирачни накладки"]),
    node("GenericArticle_82", "SalesClassificationNode_7100000", 13201..=21700, ["Brake disc", "Tarcza hamulcowa", "Спирачен диск"]),
    node("GenericArticle_78", "SalesClassificationNode_7100000", 21701..=28200, ["Brake caliper", "Zacisk hamulcowy", "Спирачен апарат"]),
    node("SalesClassificationNode_7200000", "SalesClassificationNode_7000000", 28701..=40700, ["Drum brake", "Hamulec bębnowy", "Барабанна спирачка"]),
    node("GenericArticle_70", "SalesClassificationNode_7200000", 28701..=35700, ["Brake shoe set", "Komplet szczęk hamulcowych", "Комплект спирачни челюсти"]),
    node("GenericArticle_123", "SalesClassificationNode_7200000", 35701..=40300, ["Brake drum", "Bęben hamulcowy", "Спирачен барабан"]),
    node("GenericArticle_3357", "SalesClassificationNode_7000000", 40701..=43600, ["Brake fluid", "Płyn hamulcowy", "Спирачна течност"]),
    node("SalesClassificationNode_8000000", "", 44201..=80700, ["Lighting", "Oświetlenie", "Осветление"]),
    node("GenericArticle_255", "SalesClassificationNode_8000000", 44201..=80200, ["Bulb", "Żarówka", "Крушка"]),
    node("GenericArticle_259", "SalesClassificationNode_8000000", 80201..=80700, ["Headlight", "Reflektor", "Фар"]),
];

/// Nodes whose children are answered with the node itself among them.
const HOLDS_ITSELF: [&str; 2] = ["SalesClassificationNode_6111000", "SalesClassificationNode_7000000"];

/// The category of that id.
pub(crate) fn find(id: &str) -> Option<&'static Category> {
    TREE.iter().find(|category| category.id == id)
}

/// The deepest category that holds the product of that number.
pub(crate) fn deepest(number: u32) -> Option<&'static Category> {
    TREE.iter().rfind(|category| category.products.contains(&number))
}

/// `GET /catalog/category`
pub(crate) fn categories(call: &Call) -> Result<Value, Refusal> {
    let asked = call.arguments.one("categoryId");
    // A leaf has no children: the supplier answers with its siblings, and so with itself.
    let parent = match asked.and_then(find) {
        Some(leaf) if leaf.is_leaf() => leaf.parent,
        _ => asked,
    };
    let itself = parent.filter(|id| HOLDS_ITSELF.contains(id)).and_then(find);
    let children = TREE.iter().filter(|category| category.parent == parent);
    let rows: Vec<Value> = itself.into_iter().chain(children).map(|category| category.row(call.language)).collect();
    Ok(Value::Array(rows))
}

/// `GET /catalog/products`
pub(crate) fn products(call: &Call) -> Result<Value, Refusal> {
    let arguments = &call.arguments;
    let page = arguments.number("pageNumber", 0..=1000, 0)?;
    let size = arguments.number("pageSize", 1..=100, 25)?;
    let skip = page * size;
    let (sku, index) = (arguments.one("sku"), arguments.one("index"));
    if sku.is_some() && index.is_some() {
        return Err(invalid("sku and index exclude each other"));
    }
    if sku == Some("200383") {
        return Ok(samples::PRODUCTS.clone());
    }
    let key = sku.map(|sku| Key::Sku(sku.into())).or(index.map(|index| Key::Index(index.into())));
    let category = arguments.one("categoryId");
    if key.is_none() && category.is_none() {
        return Err(nothing_asked());
    }
    if skip + size > CEILING {
        return Err(business("ICF306", "Result window is too large, only the first 10000 products can be read"));
    }
    if let Some(key) = key {
        return Ok(page_of(call, skip, size, key.products().into_iter()));
    }
    let all = category.and_then(find).into_iter().flat_map(|category| category.products.clone()).map(Product::Number);
    match arguments.one("brands") {
        Some(brands) if call.settings.brands_filter == BrandsFilter::Working => {
            let brands: Vec<String> = split(brands).collect();
            let of_brand = all.filter(|p| brands.iter().any(|b| b.eq_ignore_ascii_case(p.brand())));
            Ok(page_of(call, skip, size, of_brand))
        }
        _ => Ok(page_of(call, skip, size, all)),
    }
}

fn page_of(call: &Call, skip: usize, size: usize, all: impl Iterator<Item = Product> + Clone) -> Value {
    let total = all.clone().count();
    let rows: Vec<Value> = all.skip(skip).take(size).map(|product| product.row(call.language)).collect();
    let hundredths = 500 + roll((total + skip) as u64, 20) % 4000;
    json!({
        "totalResults": total,
        // True at the ceiling too, where the next page is refused.
        "hasNextPage": skip + size < total,
        "requestProcessingTime": hundredths as f64 / 100.0,
        "products": rows,
    })
}
