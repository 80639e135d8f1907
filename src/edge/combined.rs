//! The combined answers: `/availability`, `/offers`, `/search`, and what `/widgets/…` is made of.

use std::rc::Rc;

use crate::engine::CallOptions;
use crate::intercars::{PRODUCT, PRODUCTS, Product};
use crate::operation::{Args, Error, ErrorKind, Lane};
use crate::storefront::{AVAILABILITY, OFFER};
use crate::wire::{Row, Units, write_text};

use super::cache::{CacheKey, Found, Scope, Wish};
use super::exchange::Request;
use super::metrics::Upstream;
use super::mirror::{self, Route};
use super::policy::HIT;
use super::proxy::{Dates, Group, Platform, Proxy, nothing_here};
use super::query::{self, invalid};
use super::session::Role;
use super::visitor;

/// SKUs and lines of one request of a visitor: the suppliers' own batches.
pub(super) const MOST_SKUS: usize = 100;
pub(super) const MOST_LINES: usize = 30;
/// What is found does not change from one minute to the next.
pub(super) const SEARCH_FRESH_MS: u64 = 600_000;
/// Longest text that is searched for: the longest index.
const LONGEST_SEARCH: usize = 64;

/// One answer in JSON, as a role is shown it.
pub(super) type Json = Rc<[u8]>;

/// What a query of the combined answers asks.
#[derive(Default)]
pub(super) struct Asked {
    pub skus: Vec<String>,
    pub quantities: Vec<String>,
    pub location: Vec<String>,
    pub ship_to: Option<String>,
    pub lang: Option<String>,
}

/// One line of an offer.
#[derive(Clone)]
pub(super) struct Line {
    pub sku: String,
    pub pieces: String,
}

impl Asked {
    pub fn parse(query: &str, known: &[&str]) -> Result<Asked, Error> {
        let mut asked = Asked::default();
        for (name, value) in query::pairs(query, known)? {
            match name {
                "sku" => asked.skus = query::list(value, MOST_SKUS)?,
                "quantity" => asked.quantities = query::list(value, MOST_LINES)?,
                "location" => asked.location = query::list(value, 10)?,
                "shipTo" => asked.ship_to = Some(query::decode(value)?),
                _ => asked.lang = Some(query::decode(value)?),
            }
        }
        if asked.skus.is_empty() {
            return Err(invalid("the query needs sku"));
        }
        if !asked.skus.iter().all(|sku| is_sku(sku)) {
            return Err(invalid("a SKU has 1 to 32 letters and digits"));
        }
        Ok(asked)
    }

    pub fn lines(&self) -> Result<Vec<Line>, Error> {
        if self.skus.len() > MOST_LINES {
            return Err(invalid("the query asks for too many at once"));
        }
        if !self.quantities.is_empty() && self.quantities.len() != self.skus.len() {
            return Err(invalid("quantity needs one entry for each sku"));
        }
        let pieces = |at: usize| self.quantities.get(at).map_or("1", String::as_str);
        let lines = self.skus.iter().enumerate();
        lines.map(|(at, sku)| Line::new(sku.clone(), pieces(at))).collect()
    }
}

impl Line {
    fn new(sku: String, pieces: &str) -> Result<Line, Error> {
        // Whole pieces, without a leading zero: then equal numbers are equal texts.
        let whole = !pieces.starts_with('0') && pieces.len() <= 6 && pieces.bytes().all(|byte| byte.is_ascii_digit());
        if pieces.is_empty() || !whole {
            return Err(invalid("a quantity is a whole number from 1 on"));
        }
        Ok(Line { sku, pieces: pieces.to_owned() })
    }
}

/// Lines of a posted question for offers.
pub(super) fn posted_lines(request: &Request) -> Result<Vec<Line>, Error> {
    use crate::intercars::{QUOTE, QuoteQuery, Wanted};
    let Some(form) = QUOTE.forms.first() else { return Err(nothing_here()) };
    let args = mirror::args(&Route::of(&QUOTE, form), request, &[])?;
    let lines = args.row().rows(QuoteQuery::lines).into_iter().flatten().map(|line| {
        let sku = line.text(Wanted::sku).filter(|sku| is_sku(sku)).ok_or_else(|| invalid("each line needs a sku"))?;
        Line::new(sku.into_owned(), &line.plain(Wanted::quantity).unwrap_or("1".into()))
    });
    let lines: Vec<Line> = lines.collect::<Result<_, _>>()?;
    if lines.is_empty() || lines.len() > MOST_LINES {
        return Err(invalid("ask for 1 to 30 lines at once"));
    }
    Ok(lines)
}

/// What is searched for.
pub(super) fn searched(query: &str) -> Result<String, Error> {
    let mut text = String::new();
    for (_, value) in query::pairs(query, &["q"])? {
        text = query::decode(value)?.trim().to_owned();
    }
    match text.chars().count() {
        1..=LONGEST_SEARCH => Ok(text),
        _ => Err(invalid("q is a SKU or an index of 1 to 64 characters")),
    }
}

fn is_sku(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl<P: Platform> Proxy<P> {
    pub(super) async fn availability(
        &self,
        scope: &Rc<Scope>,
        skus: &[String],
        location: &[String],
        wish: Wish,
    ) -> Result<Found<Json>, Error> {
        let selection = self.shown(scope, "availability")?;
        let group = Group { scope: scope.clone(), location: location.to_vec() };
        // A place's name has no line break, but it may have a comma.
        let place = if location.is_empty() { String::new() } else { format!(" {}", location.join("\n")) };
        let keys: Vec<CacheKey> =
            skus.iter().map(|sku| CacheKey::new(scope, "availability", [sku.as_str(), &place].concat())).collect();
        let ask = async |keys: &[CacheKey], dates: &Dates| {
            let mut query = b"{\"sku\":".to_vec();
            texts(&mut query, keys.iter().map(|key| key.args().split(' ').next().unwrap_or_default()));
            if !location.is_empty() {
                query.extend_from_slice(b",\"location\":");
                texts(&mut query, location.iter().map(String::as_str));
            }
            end(&mut query, scope);
            let now = || self.platform.now();
            let watch = self.upstream(&now);
            let found = self.storefront.availability(query, options(scope, wish), &watch).await?;
            if found.iter().any(|answer| answer.partial) {
                self.half(&self.stock, keys, self.stock_fresh_ms, dates)?;
            }
            let shown = found.iter().map(|answer| {
                visitor::shown(&visitor::availability(answer, scope.role, &self.places), &AVAILABILITY, selection)
            });
            shown.collect()
        };
        self.kept(&self.stock, &group, &keys, "availability", self.stock_fresh_ms, wish, ask).await
    }

    /// Nothing in the place of a line that nobody has a price for.
    pub(super) async fn offers(
        &self,
        scope: &Rc<Scope>,
        lines: &[Line],
        wish: Wish,
    ) -> Result<Found<Option<Json>>, Error> {
        let selection = self.shown(scope, "offers")?;
        let group = Group { scope: scope.clone(), location: Vec::new() };
        let keys: Vec<CacheKey> =
            lines.iter().map(|line| CacheKey::new(scope, "offers", format!("{} {}", line.sku, line.pieces))).collect();
        let ask = async |keys: &[CacheKey], dates: &Dates| {
            let mut query = b"{\"lines\":[".to_vec();
            for (index, key) in keys.iter().enumerate() {
                let (sku, pieces) = key.args().split_once(' ').unwrap_or_default();
                query.extend_from_slice(if index == 0 { b"{\"sku\":" } else { b",{\"sku\":" });
                write_text(&mut query, sku);
                query.extend_from_slice(b",\"quantity\":");
                query.extend_from_slice(pieces.as_bytes());
                query.push(b'}');
            }
            query.push(b']');
            end(&mut query, scope);
            let now = || self.platform.now();
            let watch = self.upstream(&now);
            let (bids, partial) = self.storefront.bids(query, options(scope, wish), &watch).await?;
            if partial {
                self.half(&self.quotes, keys, self.quote_fresh_ms, dates)?;
            }
            let shown = bids.iter().map(|bids| {
                let offer = self.pricing.offer(bids);
                offer.map(|offer| visitor::shown(&offer, &OFFER, selection)).transpose()
            });
            shown.collect()
        };
        self.kept(&self.quotes, &group, &keys, "offers", self.quote_fresh_ms, wish, ask).await
    }

    /// A list of what has this SKU or this index.
    pub(super) async fn search(&self, scope: &Rc<Scope>, text: &str, wish: Wish) -> Result<Found<Json>, Error> {
        let selection = self.shown(scope, "search")?;
        let Some(client) = &self.intercars else { return Err(nothing_here()) };
        let group = Group { scope: scope.clone(), location: Vec::new() };
        let keys = [CacheKey::new(scope, "search", text.to_owned())];
        let ask = async |keys: &[CacheKey], _: &Dates| {
            let now = || self.platform.now();
            let watch = self.upstream(&now);
            let mut found = Vec::new();
            for key in keys {
                let mut hits: Vec<Json> = Vec::new();
                for name in ["sku", "index"] {
                    if name == "sku" && !is_sku(key.args()) {
                        continue;
                    }
                    let mut query = format!("{{\"{name}\":").into_bytes();
                    write_text(&mut query, key.args());
                    query.push(b'}');
                    let Ok(args) = Args::check(&PRODUCTS, query) else { continue };
                    let answers = match client.called(args, options(scope, wish), Units::Bytes, &watch).await {
                        Ok(gathered) => gathered.answers,
                        // The supplier says so where nothing has this name.
                        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Validation) => continue,
                        Err(error) => return Err(error),
                    };
                    for answer in &answers {
                        for row in answer.tape.rows(&answer.body, PRODUCTS.answer.schema()) {
                            for product in row.rows(crate::intercars::ProductPage::products).into_iter().flatten() {
                                let hit = visitor::shown(&hit(product), &HIT, selection)?;
                                if !hits.contains(&hit) {
                                    hits.push(hit);
                                }
                            }
                        }
                    }
                }
                found.push(list(&hits).into());
            }
            Ok(found)
        };
        self.kept(&self.searches, &group, &keys, "search", SEARCH_FRESH_MS, wish, ask).await
    }

    /// Looks on while a supplier is asked.
    pub(super) fn upstream<'a>(&'a self, now: &'a dyn Fn() -> u64) -> Upstream<'a> {
        Upstream { metrics: &self.metrics, breakers: &self.breakers, now }
    }
}

#[derive(serde::Serialize)]
struct Hit {
    sku: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

fn hit(row: Row<'_>) -> Hit {
    debug_assert!(std::ptr::eq(row.schema(), &PRODUCT));
    let text = |field: usize| row.text(field).map(|text| text.into_owned());
    Hit {
        sku: text(Product::sku).unwrap_or_default(),
        index: text(Product::index),
        brand: text(Product::brand),
        name: text(Product::shortDescription),
    }
}

/// A JSON list of these.
pub(super) fn list(values: &[Json]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 + values.iter().map(|value| value.len() + 1).sum::<usize>());
    out.push(b'[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(value);
    }
    out.push(b']');
    out
}

/// The same values, each with the mark that it was so a while ago.
pub(super) fn marked(value: &Json) -> Json {
    const MARK: &[u8] = b"{\"stale\":true";
    let rest = value.get(1..).unwrap_or_default();
    let comma: &[u8] = if rest == b"}" { b"" } else { b"," };
    [MARK, comma, rest].concat().into()
}

fn options(scope: &Scope, wish: Wish) -> CallOptions {
    CallOptions {
        language: Some(scope.language.clone()),
        overall_timeout_ms: Some(super::proxy::LONGEST),
        // What pages show to everybody waits in one line: prices that always go first would leave nothing for stock.
        lane: (scope.role == Role::Visitor).then_some(Lane::Stock),
        fresh: wish == Wish::Now,
        ..CallOptions::default()
    }
}

fn end(query: &mut Vec<u8>, scope: &Scope) {
    if let Some(ship_to) = &scope.ship_to {
        query.extend_from_slice(b",\"shipTo\":");
        write_text(query, ship_to);
    }
    query.push(b'}');
}

fn texts<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str>) {
    out.push(b'[');
    for (index, text) in texts.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(out, text);
    }
    out.push(b']');
}
