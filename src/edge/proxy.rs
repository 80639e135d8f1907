//! One shop's proxy: from a request to an answer.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

use crate::clients::{Client, Clock, Quiet, Transport, shared};
use crate::engine::{CallOptions, Desk, Ms, Settings};
use crate::intercars::{LANGUAGES, OPERATIONS};
use crate::operation::{Error, ErrorKind, Operation, encode_segment};
use crate::storefront::{Availability, Offer, Storefront};
use crate::widgets::{Element, Lang, fragment};
use crate::wire::{Selection, Units, write_text};

use super::browser::Origins;
use super::exchange::{Body, Request, Response};
use super::mirror::{self, Route};
use super::problem;
use super::query::{self, invalid};
use super::session::{self, Claims, Role, SessionKeys};
use super::visitor::{self, Places};

/// Answers that are kept at most.
const KEPT: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();
/// SKUs and lines of one request of a visitor: the suppliers' own batches.
const MOST_SKUS: usize = 100;
const MOST_LINES: usize = 30;

/// Flights of one platform have one number each: below these are the token's.
const STOCK_FLIGHTS: u64 = 1 << 40;
const OFFER_FLIGHTS: u64 = 2 << 40;

/// What a proxy needs of its runtime.
pub trait Platform: Transport + Clock + SessionKeys {
    /// A line of the log, in JSON; without a secret.
    fn log(&self, line: &str);
}

/// How a proxy is set up; checked when it is made.
#[derive(Debug)]
pub struct ProxySettings {
    /// The supplier's account.
    pub intercars: Settings,
    /// The figure at which the supplier caps what it tells.
    pub availability_cap: u32,
    /// Origins whose pages may read answers.
    pub allowed_origins: Vec<String>,
    /// The shop's own words for places, by the suppliers' codes.
    pub places: Places,
    /// Whether sessions are taken; without, everybody is a visitor.
    pub sessions: bool,
}

/// What an answer depends on beside its key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Group {
    ship_to: Option<String>,
    location: Vec<String>,
    language: String,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Question {
    group: Group,
    /// A SKU, and the pieces as written.
    sku: String,
    pieces: String,
}

/// A shop's proxy. Everything that it remembers is in here, and nothing in the module.
pub struct Proxy<P> {
    platform: Rc<P>,
    client: Rc<Client<P>>,
    storefront: Storefront<P>,
    origins: Origins,
    places: Places,
    sessions: bool,
    language: String,
    stock: RefCell<Desk<Group, Question, Rc<Availability>>>,
    offers: RefCell<Desk<Group, Question, Option<Rc<Offer>>>>,
}

/// Who asks.
struct Caller {
    role: Role,
    claims: Option<Claims>,
}

impl<P: Platform> Proxy<P> {
    /// # Errors
    /// [`ErrorKind::Validation`] where the settings are not sound.
    pub fn new(platform: Rc<P>, settings: ProxySettings) -> Result<Proxy<P>, Error> {
        let origins = Origins::new(settings.allowed_origins)?;
        let language = settings.intercars.language.clone();
        let flight: Ms = settings.intercars.timeout_ms + 1_000;
        let [stock, quote] =
            ["stock", "quote"].map(|name| Operation::named(OPERATIONS, name).map_or(0, |operation| operation.fresh_ms));
        let client = Rc::new(Client::new(OPERATIONS, platform.clone(), settings.intercars));
        Ok(Proxy {
            storefront: Storefront::new(Some(client.clone()), settings.availability_cap),
            platform,
            client,
            origins,
            places: settings.places,
            sessions: settings.sessions,
            language,
            stock: RefCell::new(Desk::new(stock, flight, MOST_SKUS, KEPT).numbered_from(STOCK_FLIGHTS)),
            offers: RefCell::new(Desk::new(quote, flight, MOST_LINES, KEPT).numbered_from(OFFER_FLIGHTS)),
        })
    }

    /// Answers a request. Every failure is a problem with a correlation id that stands in the log too.
    pub async fn handle(&self, request: Request) -> Response {
        if request.method == "OPTIONS" {
            return self.origins.preflight(&request);
        }
        let answer = match request.body {
            None if request.method == "POST" => Err(invalid("the body is too long")),
            _ => self.answer(&request).await,
        };
        let response = answer.unwrap_or_else(|error| {
            let id = self.correlation_id();
            self.platform.log(&log_line(&error, &id, request.target().0));
            problem(&error, &id, self.platform.now())
        });
        self.origins.expose(&request, response)
    }

    async fn answer(&self, request: &Request) -> Result<Response, Error> {
        let (path, query) = request.target();
        let caller = self.caller(request).await?;
        let get = matches!(request.method.as_str(), "GET");
        match path {
            "/healthz" if get => Ok(Response::new(200, Body::Text("ok"))),
            "/availability" if get => {
                let asked = Asked::parse(query, &["sku", "location", "shipTo"])?;
                let found = self.availability(&asked.skus, self.group(request, &caller, &asked)?).await?;
                let shown: Vec<_> =
                    found.iter().map(|answer| visitor::availability(answer, caller.role, &self.places)).collect();
                json(&shown)
            }
            "/offers" if get => {
                let asked = Asked::parse(query, &["sku", "quantity", "shipTo"])?;
                let found = self.offers(&asked.lines()?, self.group(request, &caller, &asked)?).await?;
                json(&found.into_iter().flatten().map(|offer| (*offer).clone()).collect::<Vec<_>>())
            }
            "/offers" if request.method == "POST" => {
                self.origins.check(request)?;
                let lines = posted_lines(request)?;
                let group = self.group(request, &caller, &Asked::default())?;
                let found = self.offers(&lines, group).await?;
                json(&found.into_iter().flatten().map(|offer| (*offer).clone()).collect::<Vec<_>>())
            }
            "/widgets/stock" if get => {
                let asked = Asked::parse(query, &["sku", "lang"])?;
                let group = Group { language: asked.language(&self.language), ..self.group(request, &caller, &asked)? };
                let found = self.availability(&asked.skus, group).await?;
                let shown: Vec<_> =
                    found.iter().map(|answer| visitor::availability(answer, Role::Visitor, &self.places)).collect();
                let elements: Vec<_> = asked
                    .skus
                    .iter()
                    .zip(&shown)
                    .map(|(sku, answer)| Element::Stock { sku, answer: Some(answer) })
                    .collect();
                Ok(Response::new(200, Body::Html(fragment(&elements, asked.lang()))))
            }
            "/widgets/quote" if get => {
                let asked = Asked::parse(query, &["sku", "quantity", "lang"])?;
                let lines = asked.lines()?;
                let group = Group { language: asked.language(&self.language), ..self.group(request, &caller, &asked)? };
                let found = self.offers(&lines, group).await?;
                let elements: Vec<_> = lines
                    .iter()
                    .zip(&found)
                    .map(|(line, offer)| Element::Quote {
                        sku: &line.sku,
                        quantity: line.pieces.parse().unwrap_or(1.0),
                        answer: offer.as_deref(),
                    })
                    .collect();
                Ok(Response::new(200, Body::Html(fragment(&elements, asked.lang()))))
            }
            _ => match path.strip_prefix("/intercars") {
                Some(rest) => self.mirrored(request, &caller, rest).await,
                None => Err(nothing_here()),
            },
        }
    }

    /// A supplier's own path. Whoever may not call it is told the same as where there is nothing.
    async fn mirrored(&self, request: &Request, caller: &Caller, path: &str) -> Result<Response, Error> {
        let Some(route) = mirror::route(OPERATIONS, &request.method, path) else {
            return Err(nothing_here());
        };
        let operation = route.operation;
        // Buyers' rows are the shop's prices, which come with the shop's price rules: until then these paths are for staff.
        // Writes wait for the order ledger: nothing is ordered through a proxy that could order twice.
        if caller.role != Role::Staff || !operation.safe {
            return Err(nothing_here());
        }
        self.origins.check(request)?;
        let asked = mirror::args(&route, request, None)?;
        let ship_to = operation.args.position("shipTo").and_then(|position| asked.row().text(position));
        if let Some(ship_to) = &ship_to
            && !caller.ships_to(ship_to)
        {
            return Err(nothing_here());
        }
        let args = match (ship_to, caller.only_ship_to()) {
            (None, Some(only)) => mirror::args(&route, request, Some(only))?,
            _ => asked,
        };
        let options = CallOptions {
            language: Some(self.language_of(request)),
            fresh: request.cache_control.as_deref() == Some("no-cache"),
            ..CallOptions::default()
        };
        let gathered = self.client.called(args, options, Units::Bytes, &Quiet).await?;
        let schema = operation.answer.schema();
        let selection = Selection::all(schema);
        let mut body = Vec::new();
        let list = gathered.answers.iter().all(|answer| answer.tape.is_list());
        for answer in &gathered.answers {
            for row in answer.tape.rows(&answer.body, schema) {
                if list || !body.is_empty() {
                    body.push(if body.is_empty() { b'[' } else { b',' });
                }
                selection.write(row, &mut body);
            }
        }
        if list {
            body.extend_from_slice(if body.is_empty() { b"[]" } else { b"]" });
        }
        let response = Response::new(200, Body::Json(body));
        if gathered.skipped.is_empty() {
            return Ok(response);
        }
        let mut names = String::new();
        for skipped in &gathered.skipped {
            if !names.is_empty() {
                names.push(',');
            }
            encode_segment(&mut names, &skipped.key.text);
        }
        Ok(response.with("X-Stocklane-Skipped", names))
    }

    async fn caller(&self, request: &Request) -> Result<Caller, Error> {
        let visitor = Caller { role: Role::Visitor, claims: None };
        if !self.sessions {
            return Ok(visitor);
        }
        let bearer = request.authorization.as_deref().and_then(|value| value.strip_prefix("Bearer "));
        let cookie = request.cookie.as_deref().and_then(|cookies| {
            // A cookie comes along whoever made the browser ask; only with the static header it speaks for its owner.
            request.marked.as_deref()?;
            cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("__Host-stocklane="))
        });
        let Some(session) = bearer.or(cookie) else { return Ok(visitor) };
        let now = self.platform.now();
        match session::verify(&*self.platform, session, request.origin.as_deref(), now).await {
            Some(claims) => Ok(Caller { role: claims.role, claims: Some(claims) }),
            None => Err(Error::new(ErrorKind::Policy, "the session is not valid here, or has ended")),
        }
    }

    fn group(&self, request: &Request, caller: &Caller, asked: &Asked) -> Result<Group, Error> {
        let ship_to = match (&asked.ship_to, caller.role) {
            (None, _) => caller.only_ship_to().map(str::to_owned),
            (Some(named), Role::Staff) if caller.ships_to(named) => Some(named.clone()),
            (Some(_), _) => return Err(invalid("shipTo comes from the session")),
        };
        if !asked.location.is_empty() && caller.role == Role::Visitor {
            return Err(invalid("the query has an unknown parameter"));
        }
        Ok(Group { ship_to, location: asked.location.clone(), language: self.language_of(request) })
    }

    fn language_of(&self, request: &Request) -> String {
        reduced(request.language.as_deref().unwrap_or_default()).unwrap_or(&self.language).to_owned()
    }

    async fn availability(&self, skus: &[String], group: Group) -> Result<Vec<Rc<Availability>>, Error> {
        let questions: Vec<Question> =
            skus.iter().map(|sku| Question { group: group.clone(), sku: sku.clone(), pieces: String::new() }).collect();
        shared(&*self.platform, &self.stock, &group, &questions, async |keys: &[Question]| {
            let mut query = b"{\"sku\":".to_vec();
            texts(&mut query, keys.iter().map(|key| key.sku.as_str()));
            if !group.location.is_empty() {
                query.extend_from_slice(b",\"location\":");
                texts(&mut query, group.location.iter().map(String::as_str));
            }
            ship_to(&mut query, &group);
            let found = self.storefront.availability(query, options(&group), &Quiet).await?;
            Ok(found.into_iter().map(Rc::new).collect())
        })
        .await
    }

    async fn offers(&self, lines: &[Line], group: Group) -> Result<Vec<Option<Rc<Offer>>>, Error> {
        let questions: Vec<Question> = lines
            .iter()
            .map(|line| Question { group: group.clone(), sku: line.sku.clone(), pieces: line.pieces.clone() })
            .collect();
        shared(&*self.platform, &self.offers, &group, &questions, async |keys: &[Question]| {
            let mut query = b"{\"lines\":[".to_vec();
            for (index, key) in keys.iter().enumerate() {
                query.extend_from_slice(if index == 0 { b"{\"sku\":" } else { b",{\"sku\":" });
                write_text(&mut query, &key.sku);
                query.extend_from_slice(b",\"quantity\":");
                query.extend_from_slice(key.pieces.as_bytes());
                query.push(b'}');
            }
            query.push(b']');
            ship_to(&mut query, &group);
            let found = self.storefront.offers_by_line(query, options(&group), &Quiet).await?;
            Ok(found.into_iter().map(|offers| offers.into_iter().next().map(Rc::new)).collect())
        })
        .await
    }

    fn correlation_id(&self) -> String {
        format!("{:016x}", (self.platform.random() * (1u64 << 53) as f64) as u64)
    }
}

impl Caller {
    fn ships_to(&self, ship_to: &str) -> bool {
        self.claims.as_ref().and_then(|claims| claims.ship_to.as_ref()).is_some_and(|ship| ship.covers(ship_to))
    }

    fn only_ship_to(&self) -> Option<&str> {
        match self.claims.as_ref()?.ship_to.as_ref()? {
            session::Ship::One(only) if only != "*" => Some(only),
            _ => None,
        }
    }
}

/// What a query of the combined answers asks.
#[derive(Default)]
struct Asked {
    skus: Vec<String>,
    quantities: Vec<String>,
    location: Vec<String>,
    ship_to: Option<String>,
    lang: Option<String>,
}

/// One line of an offer.
struct Line {
    sku: String,
    pieces: String,
}

impl Asked {
    fn parse(query: &str, known: &[&str]) -> Result<Asked, Error> {
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

    fn lines(&self) -> Result<Vec<Line>, Error> {
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

    fn lang(&self) -> Lang {
        self.lang.as_deref().and_then(Lang::from_tag).unwrap_or(Lang::En)
    }

    fn language(&self, default: &str) -> String {
        self.lang.as_deref().and_then(reduced).unwrap_or(default).to_owned()
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
fn posted_lines(request: &Request) -> Result<Vec<Line>, Error> {
    use crate::intercars::{QUOTE, QuoteQuery, Wanted};
    let Some(form) = QUOTE.forms.first() else { return Err(nothing_here()) };
    let args = mirror::args(&Route::of(&QUOTE, form), request, None)?;
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

fn is_sku(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The first language of a header that is one of the supplier's, bare.
fn reduced(header: &str) -> Option<&'static str> {
    header.split(',').find_map(|part| {
        let tag = part.split([';', '-']).next().unwrap_or_default().trim().to_ascii_lowercase();
        LANGUAGES.into_iter().find(|language| *language == tag)
    })
}

fn options(group: &Group) -> CallOptions {
    CallOptions { language: Some(group.language.clone()), ..CallOptions::default() }
}

fn ship_to(query: &mut Vec<u8>, group: &Group) {
    if let Some(ship_to) = &group.ship_to {
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

fn json<T: serde::Serialize>(answer: &T) -> Result<Response, Error> {
    let body = serde_json::to_vec(answer).map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    Ok(Response::new(200, Body::Json(body)))
}

fn nothing_here() -> Error {
    Error::new(ErrorKind::NotFound, "no such path for this session")
}

/// What the log is told of a failure: the supplier's code and number, never its words, an address or a secret.
fn log_line(error: &Error, correlation_id: &str, path: &str) -> String {
    let mut line = b"{\"level\":\"warn\",\"correlationId\":".to_vec();
    write_text(&mut line, correlation_id);
    for (name, value) in [
        ("path", Some(path)),
        ("kind", Some(error.kind.as_str())),
        ("code", error.code.as_deref()),
        ("errorId", error.error_id.as_deref()),
    ] {
        if let Some(value) = value {
            line.extend_from_slice(format!(",\"{name}\":").as_bytes());
            write_text(&mut line, value);
        }
    }
    if let Some(status) = error.status {
        line.extend_from_slice(format!(",\"upstreamStatus\":{status}").as_bytes());
    }
    line.push(b'}');
    String::from_utf8_lossy(&line).into_owned()
}
