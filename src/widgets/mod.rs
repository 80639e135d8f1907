//! Data to HTML: what the custom elements show, rendered where the data are.
//!
//! One function writes the markup of an element's shadow root. At the edge it is wrapped as declarative shadow DOM, so
//! that it is painted before any script runs. Whatever came from a supplier or a request is escaped; what nobody could
//! tell is said so, and never shown as zero.

mod date;
mod escape;
mod price;
mod quote;
mod stock;
mod strings;
mod style;
#[cfg(test)]
mod tests;

use crate::storefront::{Availability, Offer};

pub use strings::Lang;
pub use style::STYLE;

/// One element of a page, with what it shows; without an answer it says that nobody could tell.
#[derive(Clone, Copy, Debug)]
pub enum Element<'a> {
    /// `<stocklane-stock>`.
    Stock {
        /// As asked for.
        sku: &'a str,
        /// What is known.
        answer: Option<&'a Availability>,
    },
    /// `<stocklane-quote>`.
    Quote {
        /// As asked for.
        sku: &'a str,
        /// Pieces, as asked for.
        quantity: f64,
        /// What is known.
        answer: Option<&'a Offer>,
    },
}

/// What stands in the shadow root of an element: its style and its markup.
pub fn render(element: &Element<'_>, lang: Lang) -> String {
    let mut out = String::with_capacity(STYLE.len() + 1024);
    push_content(&mut out, element, lang);
    out
}

/// The element itself with its shadow root, ready to stand in a page.
pub fn declarative(element: &Element<'_>, lang: Lang) -> String {
    fragment(&[*element], lang)
}

/// A run of elements with their shadow roots, in the order given: what `/widgets/…` answers.
pub fn fragment(elements: &[Element<'_>], lang: Lang) -> String {
    let mut out = String::with_capacity(elements.len() * (STYLE.len() + 1024));
    for element in elements {
        let (name, sku) = match element {
            Element::Stock { sku, .. } => ("stocklane-stock", sku),
            Element::Quote { sku, .. } => ("stocklane-quote", sku),
        };
        out.push('<');
        out.push_str(name);
        out.push_str(" sku=\"");
        escape::push(&mut out, sku);
        if let Element::Quote { quantity, .. } = element {
            out.push_str("\" quantity=\"");
            price::push_plain(&mut out, *quantity);
        }
        out.push_str("\" lang=\"");
        out.push_str(lang.code());
        out.push_str("\"><template shadowrootmode=\"open\">");
        push_content(&mut out, element, lang);
        out.push_str("</template></");
        out.push_str(name);
        out.push_str(">\n");
    }
    out
}

/// Whatever was so a while ago says so.
fn push_stale(out: &mut String, stale: Option<bool>, lang: Lang) {
    if stale == Some(true) {
        out.push_str("<p part=\"stale\">");
        out.push_str(lang.words().stale);
        out.push_str("</p>");
    }
}

fn push_content(out: &mut String, element: &Element<'_>, lang: Lang) {
    out.push_str("<style>");
    out.push_str(STYLE);
    out.push_str("</style>");
    match element {
        Element::Stock { answer, .. } => stock::push(out, *answer, lang),
        Element::Quote { answer, .. } => quote::push(out, *answer, lang),
    }
}
