//! One shop's proxy: from a request to an answer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::rc::Rc;

use crate::clients::{Client, Clock, Transport, shared};
use crate::engine::{CallOptions, Desk, Gathered, Ms, Settings};
use crate::intercars::LANGUAGES;
use crate::operation::{Args, Error, ErrorKind, Operation, encode_segment};
use crate::storefront::{Availability, MatchRule, Offer, ShopPrices, Storefront};
use crate::widgets::{Element, Lang, fragment};
use crate::wire::{Selection, Units, write_text};
use crate::{incocloud, intercars};

use super::breaker::{Breakers, INTERVAL};
use super::browser::Origins;
use super::cache::{CacheKey, Found, LONGEST_STALE, Scope, Wish, may_be_stale, serves};
use super::combined::{Asked, Json, Line, MOST_LINES, MOST_SKUS, list, marked, posted_lines, searched};
use super::documents::Own;
use super::exchange::{Body, Request, Response};
use super::limits::{Limits, Verdict};
use super::metrics::{Kept, Metrics};
use super::mirror::{self, Route};
use super::policy::{self, Policy};
use super::pricing::{self, Pricing};
use super::problem;
use super::query::invalid;
use super::session::{self, Claims, Role, SessionKeys};
use super::visitor::Places;

/// Answers that are kept at most, of each kind.
const KEPT: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();
/// Longest that anybody waits.
pub(super) const LONGEST: Ms = 30_000;
/// Pages that are read at a supplier to find a buyer's own rows for one page.
const MOST_PAGES: usize = 10;
/// One visitor's requests a minute, where the shop says nothing else; and of all together, where nobody can tell them apart.
const VISITOR_PER_MINUTE: u32 = 240;
const ALL_PER_MINUTE: u32 = 12_000;

/// Flights of one platform have one number each: below these are the suppliers' tokens, and the shop's items at 3 << 40.
const STOCK_FLIGHTS: u64 = 1 << 40;
const OFFER_FLIGHTS: u64 = 2 << 40;
const INCOCLOUD_TOKENS: u64 = 4 << 40;
const MIRROR_FLIGHTS: u64 = 5 << 40;
const SEARCH_FLIGHTS: u64 = 6 << 40;

/// What a proxy needs of its runtime.
pub trait Platform: Transport + Clock + SessionKeys {
    /// A line of the log, in JSON; without a secret.
    fn log(&self, line: &str);

    /// Whether this request is a person's; none where nobody can tell.
    fn challenge(&self, _ticket: u32) -> impl Future<Output = Option<bool>> {
        std::future::ready(None)
    }

    /// Whether answers are shared with other instances.
    fn shares(&self) -> bool {
        false
    }

    /// Answers that others have left.
    fn left(&self, keys: Vec<String>) -> impl Future<Output = Vec<Option<Vec<u8>>>> {
        std::future::ready(vec![None; keys.len()])
    }

    /// Leaves answers for others.
    fn leave(&self, _answers: Vec<(String, Vec<u8>)>, _for_ms: Ms) -> impl Future<Output = ()> {
        std::future::ready(())
    }

    /// Whether this instance is the one that asks, of all that want to.
    fn leads(&self, _key: String, _for_ms: Ms) -> impl Future<Output = bool> {
        std::future::ready(true)
    }
}

/// How a proxy is set up; checked when it is made.
#[derive(Debug, Default)]
pub struct ProxySettings {
    /// The supplier's account.
    pub intercars: Option<Settings>,
    /// The figure at which the supplier caps what it tells.
    pub availability_cap: u32,
    /// The shop's own point of sale.
    pub incocloud: Option<Settings>,
    /// Where the shop's items meet the supplier's products.
    pub rules: Vec<MatchRule>,
    /// What the shop's own prices are.
    pub shop: Option<ShopPrices>,
    /// Origins whose pages may read answers.
    pub allowed_origins: Vec<String>,
    /// The shop's own words for places, by the suppliers' codes.
    pub places: Places,
    /// Whether sessions are taken; without, everybody is a visitor.
    pub sessions: bool,
    /// Who may call what.
    pub policy: policy::Given,
    /// What is asked.
    pub pricing: pricing::Given,
    /// One visitor's requests a minute.
    pub visitor_per_minute: Option<u32>,
    /// Whether visitors can be told apart.
    pub addresses: bool,
    /// Whether there is somebody to ask who is a person.
    pub challenges: bool,
    /// Name of the shop and of all that answers depend on, as far as it is not in a key: no secret.
    pub tenant: String,
    /// Name of the suppliers' accounts: no secret.
    pub account: String,
}

/// Questions that may share a request.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Group {
    pub scope: Rc<Scope>,
    pub location: Vec<String>,
}

/// An answer of a mirrored path, as it leaves.
#[derive(Clone)]
struct Mirrored {
    body: Rc<[u8]>,
    skipped: Rc<str>,
    next: Option<Rc<str>>,
}

/// Something to be asked again while nobody waits.
enum Renewal {
    Availability(Rc<Scope>, Vec<String>, Vec<String>),
    Offers(Rc<Scope>, Vec<Line>),
    Search(Rc<Scope>, String),
    Mirrored(Rc<Scope>, Args),
}

type Answers<G, V> = RefCell<Desk<G, CacheKey, V>>;

/// A shop's proxy. Everything that it remembers is in here, and nothing in the module.
pub struct Proxy<P> {
    pub(super) platform: Rc<P>,
    pub(super) intercars: Option<Rc<Client<P>>>,
    incocloud: Option<Rc<Client<P>>>,
    pub(super) storefront: Storefront<P>,
    origins: Origins,
    pub(super) places: Places,
    sessions: bool,
    language: String,
    policy: Policy,
    pub(super) pricing: Pricing,
    limits: Limits,
    addresses: bool,
    challenges: bool,
    tenant: Rc<str>,
    account: Rc<str>,
    pub(super) stock: Answers<Group, Json>,
    pub(super) quotes: Answers<Group, Option<Json>>,
    pub(super) searches: Answers<Group, Json>,
    mirrored: Answers<CacheKey, Mirrored>,
    pub(super) stock_fresh_ms: Ms,
    pub(super) quote_fresh_ms: Ms,
    due: RefCell<Vec<Renewal>>,
    pub(super) metrics: Metrics,
    pub(super) breakers: Breakers,
}

/// Who asks.
struct Caller {
    role: Role,
    claims: Option<Claims>,
}

impl<P: Platform> Proxy<P> {
    /// One that asks the supplier by `platform` and the shop's own point of sale by `shop`.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] where the settings are not sound.
    pub fn new(platform: Rc<P>, shop: Rc<P>, settings: ProxySettings) -> Result<Proxy<P>, Error> {
        let origins = Origins::new(settings.allowed_origins)?;
        let policy = Policy::new(&settings.policy)?;
        let pricing = Pricing::new(&settings.pricing)?;
        let both = [&settings.intercars, &settings.incocloud];
        if both.iter().all(|account| account.is_none()) {
            return Err(Error::new(ErrorKind::Validation, "the proxy needs intercars, incocloud, or both"));
        }
        let language = both.iter().find_map(|account| Some(account.as_ref()?.language.clone())).unwrap_or_default();
        let flight =
            both.iter().filter_map(|account| Some(account.as_ref()?.timeout_ms)).max().unwrap_or(LONGEST) + 1_000;
        let intercars =
            settings.intercars.map(|account| Rc::new(Client::new(intercars::OPERATIONS, platform.clone(), account)));
        let incocloud = settings.incocloud.map(|account| {
            let client = Client::new(incocloud::OPERATIONS, shop, account);
            Rc::new(client.numbered_from(INCOCLOUD_TOKENS))
        });
        let mut storefront = Storefront::new(intercars.clone(), settings.availability_cap);
        if let Some(client) = &incocloud {
            let max_age = crate::storefront::ITEMS_MAX_AGE_MS;
            storefront = storefront.with_shop(client.clone(), settings.rules, settings.shop, max_age);
        }
        let [stock_fresh_ms, quote_fresh_ms] = ["stock", "quote"]
            .map(|name| Operation::named(intercars::OPERATIONS, name).map_or(0, |operation| operation.fresh_ms));
        let per_minute = if settings.addresses { VISITOR_PER_MINUTE } else { ALL_PER_MINUTE };
        Ok(Proxy {
            storefront,
            platform,
            intercars,
            incocloud,
            origins,
            policy,
            pricing,
            places: settings.places,
            sessions: settings.sessions,
            language,
            limits: Limits::new(settings.visitor_per_minute.unwrap_or(per_minute)),
            addresses: settings.addresses,
            challenges: settings.challenges,
            tenant: settings.tenant.into(),
            account: settings.account.into(),
            stock: RefCell::new(Desk::new(stock_fresh_ms, flight, MOST_SKUS, KEPT).numbered_from(STOCK_FLIGHTS)),
            quotes: RefCell::new(Desk::new(quote_fresh_ms, flight, MOST_LINES, KEPT).numbered_from(OFFER_FLIGHTS)),
            searches: RefCell::new(
                Desk::new(super::combined::SEARCH_FRESH_MS, flight, 1, KEPT).numbered_from(SEARCH_FLIGHTS),
            ),
            mirrored: RefCell::new(Desk::new(stock_fresh_ms, flight, 1, KEPT).numbered_from(MIRROR_FLIGHTS)),
            stock_fresh_ms,
            quote_fresh_ms,
            due: RefCell::default(),
            metrics: Metrics::default(),
            breakers: Breakers::default(),
        })
    }

    /// Answers a request. Every failure is a problem with a correlation id that stands in the log too.
    pub async fn handle(&self, request: Request) -> Response {
        if request.method == "OPTIONS" {
            return self.origins.preflight(&request);
        }
        let (path, _) = request.target();
        let answer = self.answer(&request).await;
        let response = answer.unwrap_or_else(|error| {
            let id = self.correlation_id();
            self.platform.log(&log_line(&error, &id, path));
            problem(&error, &id, self.platform.now())
        });
        self.metrics.answered(route_name(path), response.status);
        self.origins.expose(&request, response)
    }

    /// Whether something is to be asked again while nobody waits.
    pub fn is_due(&self) -> bool {
        !self.due.borrow().is_empty()
    }

    /// Asks again for what was served although it was no longer fresh.
    pub async fn renew(&self) {
        loop {
            let Some(next) = self.due.borrow_mut().pop() else { return };
            // A failure leaves what is there; whoever needs it next asks, and is told.
            match next {
                Renewal::Availability(scope, skus, location) => {
                    drop(self.availability(&scope, &skus, &location, Wish::Newer).await);
                }
                Renewal::Offers(scope, lines) => drop(self.offers(&scope, &lines, Wish::Newer).await),
                Renewal::Search(scope, text) => drop(self.search(&scope, &text, Wish::Newer).await),
                Renewal::Mirrored(scope, args) => drop(self.mirrored_rows(&scope, &args, Wish::Newer).await),
            }
        }
    }

    async fn answer(&self, request: &Request) -> Result<Response, Error> {
        let (path, query) = request.target();
        // Monitors ask without wanting the body.
        if path == "/healthz" && matches!(request.method.as_str(), "GET" | "HEAD") {
            return Ok(Response::new(200, Body::Text("ok".into())));
        }
        let caller = self.caller(request).await?;
        if request.body.is_none() && request.method == "POST" {
            let (kind, message) = (ErrorKind::Validation, "the body is longer than 32 KB");
            return Err(Error { status: Some(413), ..Error::new(kind, message) });
        }
        let get = request.method == "GET";
        let now = caller.role > Role::Visitor && request.cache_control.as_deref() == Some("no-cache");
        let wish = if now { Wish::Now } else { Wish::Kept };
        match path {
            "/availability" if get => {
                let asked = Asked::parse(query, &["sku", "location", "shipTo"])?;
                self.within_limits(request, &caller, &asked.skus).await?;
                let scope = self.scope(request, &caller, &asked)?;
                let found = self.availability(&scope, &asked.skus, &asked.location, wish).await?;
                if found.renew {
                    self.due.borrow_mut().push(Renewal::Availability(scope, asked.skus, asked.location));
                }
                Ok(listed(&found.values, found.stale))
            }
            "/offers" if get => {
                let asked = Asked::parse(query, &["sku", "quantity", "shipTo"])?;
                let lines = asked.lines()?;
                self.within_limits(request, &caller, &asked.skus).await?;
                self.offered(self.scope(request, &caller, &asked)?, lines, wish).await
            }
            "/offers" if request.method == "POST" => {
                self.origins.check(request)?;
                let lines = posted_lines(request)?;
                let skus: Vec<String> = lines.iter().map(|line| line.sku.clone()).collect();
                self.within_limits(request, &caller, &skus).await?;
                self.offered(self.scope(request, &caller, &Asked::default())?, lines, wish).await
            }
            "/search" if get => {
                let text = searched(query)?;
                self.within_limits(request, &caller, std::slice::from_ref(&text)).await?;
                let scope = self.scope(request, &caller, &Asked::default())?;
                let found = self.search(&scope, &text, wish).await?;
                if found.renew {
                    self.due.borrow_mut().push(Renewal::Search(scope, text));
                }
                let body = found.values.first().map_or(b"[]".to_vec(), |hits| hits.to_vec());
                Ok(stamped(Response::new(200, Body::Json(body)), found.stale))
            }
            "/widgets/stock" if get => {
                let asked = Asked::parse(query, &["sku", "lang"])?;
                self.within_limits(request, &caller, &asked.skus).await?;
                let scope = self.in_language(self.visitors(request), &asked);
                let found = self.availability(&scope, &asked.skus, &[], Wish::Kept).await?;
                let stale = found.stale.map(|_| true);
                let seen = |answer: Availability| Availability { stale, ..answer };
                let answers: Vec<Option<Availability>> =
                    found.values.iter().map(|value| parsed(value).map(seen)).collect();
                let elements: Vec<_> = asked
                    .skus
                    .iter()
                    .zip(&answers)
                    .map(|(sku, answer)| Element::Stock { sku, answer: answer.as_ref() })
                    .collect();
                let html = fragment(&elements, lang(&asked));
                if found.renew {
                    self.due.borrow_mut().push(Renewal::Availability(scope, asked.skus, Vec::new()));
                }
                Ok(stamped(Response::new(200, Body::Html(html)), found.stale))
            }
            "/widgets/quote" if get => {
                let asked = Asked::parse(query, &["sku", "quantity", "lang"])?;
                let lines = asked.lines()?;
                self.within_limits(request, &caller, &asked.skus).await?;
                let scope = self.in_language(self.visitors(request), &asked);
                let found = self.offers(&scope, &lines, Wish::Kept).await?;
                let mut elements = Vec::new();
                let stale = found.stale.map(|_| true);
                let seen = |offer: Offer| Offer { stale, ..offer };
                let offers: Vec<Option<Offer>> =
                    found.values.iter().map(|value| parsed(value.as_ref()?).map(seen)).collect();
                for (line, offer) in lines.iter().zip(&offers) {
                    let quantity = line.pieces.parse().unwrap_or(1.0);
                    elements.push(Element::Quote { sku: &line.sku, quantity, answer: offer.as_ref() });
                }
                let html = fragment(&elements, lang(&asked));
                if found.renew {
                    self.due.borrow_mut().push(Renewal::Offers(scope, lines));
                }
                Ok(stamped(Response::new(200, Body::Html(html)), found.stale))
            }
            "/metrics" if get && caller.role == Role::Staff => {
                self.origins.check(request)?;
                let now = self.platform.now();
                let left = |name, client: &Option<Rc<Client<P>>>| {
                    Some((name, client.as_ref()?.account().borrow_mut().quota_left(now)?))
                };
                let quota: Vec<_> = [left("intercars", &self.intercars), left("incocloud", &self.incocloud)]
                    .into_iter()
                    .flatten()
                    .collect();
                Ok(Response::new(200, Body::Text(self.metrics.text(&quota, &self.breakers))))
            }
            _ => {
                let mirror = [("/intercars", intercars::OPERATIONS), ("/incocloud", incocloud::OPERATIONS)];
                for (prefix, table) in mirror {
                    if let Some(rest) = path.strip_prefix(prefix) {
                        return self.mirrored(request, &caller, table, rest, wish).await;
                    }
                }
                Err(nothing_here())
            }
        }
    }

    async fn offered(&self, scope: Rc<Scope>, lines: Vec<Line>, wish: Wish) -> Result<Response, Error> {
        let found = self.offers(&scope, &lines, wish).await?;
        if found.renew {
            self.due.borrow_mut().push(Renewal::Offers(scope, lines));
        }
        let offers: Vec<Json> = found.values.into_iter().flatten().collect();
        Ok(listed(&offers, found.stale))
    }

    /// A supplier's own path. Whoever may not call it is told the same as where there is nothing.
    async fn mirrored(
        &self,
        request: &Request,
        caller: &Caller,
        table: &'static [&'static Operation],
        path: &str,
        wish: Wish,
    ) -> Result<Response, Error> {
        let Some(route) = mirror::route(table, &request.method, path) else {
            return Err(nothing_here());
        };
        let operation = route.operation;
        // Writes wait for the order ledger: nothing is ordered through a proxy that could order twice.
        let exists = operation.safe && self.policy.shown(caller.role, operation.name).is_some();
        if caller.role == Role::Visitor || !exists || self.client(operation).is_none() {
            return Err(nothing_here());
        }
        self.origins.check(request)?;
        let args = self.arguments(&route, request, caller)?;
        let named = |name: &str| operation.args.position(name).and_then(|position| args.row().text(position));
        let scope = Rc::new(Scope {
            ship_to: named("shipTo").map(|text| text.into_owned()).or_else(|| caller.ship_to()),
            ..self.scope_of(caller, self.language_of(request))
        });
        let found = self.mirrored_rows(&scope, &args, wish).await?;
        if found.renew {
            self.due.borrow_mut().push(Renewal::Mirrored(scope, args));
        }
        let Some(Mirrored { body, skipped, next }) = found.values.into_iter().next() else {
            return Err(nothing_here());
        };
        let mut response = stamped(Response::new(200, Body::Json(body.to_vec())), found.stale);
        if !skipped.is_empty() {
            response = response.with("X-Stocklane-Skipped", &*skipped);
        }
        match next {
            Some(next) => Ok(response.with("X-Stocklane-Next", &*next)),
            None => Ok(response),
        }
    }

    /// What the arguments find, kept where the operation's answers are.
    async fn mirrored_rows(&self, scope: &Rc<Scope>, args: &Args, wish: Wish) -> Result<Found<Mirrored>, Error> {
        let operation = args.operation();
        let client = self.client(operation).ok_or_else(nothing_here)?;
        let key = CacheKey::new(scope, operation.name, String::from_utf8_lossy(&args.fingerprint()).into_owned());
        let ask = async |_: &[CacheKey], _: &Dates| Ok(vec![self.rows(client, args.clone(), scope, wish).await?]);
        match operation.fresh_ms {
            0 => Ok(Found { values: ask(&[], &Dates::default()).await?, stale: None, renew: false }),
            fresh_ms => {
                let keys = [key.clone()];
                self.kept_here(&self.mirrored, &key, &keys, operation.name, (fresh_ms, wish), ask).await
            }
        }
    }

    /// Whoever asks an operation's supplier; none where the shop does not have it.
    fn client(&self, operation: &Operation) -> Option<&Rc<Client<P>>> {
        let of = |table: &[&Operation]| table.iter().any(|known| std::ptr::eq(*known, operation));
        if of(intercars::OPERATIONS) { self.intercars.as_ref() } else { self.incocloud.as_ref() }
    }

    /// Arguments of a request, with what the session settles.
    fn arguments(&self, route: &Route, request: &Request, caller: &Caller) -> Result<Args, Error> {
        let operation = route.operation;
        let mut fixed = Vec::new();
        if caller.role == Role::Buyer {
            // What is not a buyer's own is nobody's business: without a customer of its own it has no documents.
            match Own::of(operation, caller.role) {
                Some(Own::Customer(_)) if caller.ship_to().is_none() => return Err(nothing_here()),
                Some(Own::Partner(_)) => match caller.claims.as_ref().and_then(|claims| claims.partner_id) {
                    Some(partner) => fixed.push(("partner_id", partner.to_string())),
                    None => return Err(nothing_here()),
                },
                _ => {}
            }
            if operation.args.position("shipTo").is_some() {
                match caller.ship_to() {
                    Some(ship_to) => fixed.push(("shipTo", quoted(&ship_to))),
                    // It may not name one either.
                    None => {
                        let asked = mirror::args(route, request, &fixed)?;
                        let named = operation.args.position("shipTo").and_then(|position| asked.row().text(position));
                        return if named.is_none() { Ok(asked) } else { Err(invalid("shipTo comes from the session")) };
                    }
                }
            }
            return mirror::args(route, request, &fixed);
        }
        let asked = mirror::args(route, request, &fixed)?;
        let ship_to = operation.args.position("shipTo").and_then(|position| asked.row().text(position));
        match (&ship_to, caller.ship_to()) {
            (Some(ship_to), _) if !caller.ships_to(ship_to) => Err(nothing_here()),
            (None, Some(only)) if operation.args.position("shipTo").is_some() => {
                fixed.push(("shipTo", quoted(&only)));
                mirror::args(route, request, &fixed)
            }
            _ => Ok(asked),
        }
    }

    /// Rows as a role is shown them, bytes to bytes. A buyer's pages are filled from as many of the supplier's as it takes.
    async fn rows(&self, client: &Client<P>, args: Args, scope: &Scope, wish: Wish) -> Result<Mirrored, Error> {
        let operation = args.operation();
        let selection = self.shown(scope, operation.name)?;
        let own = Own::of(operation, scope.role);
        let options = CallOptions {
            language: Some(scope.language.clone()),
            overall_timeout_ms: Some(LONGEST),
            fresh: wish == Wish::Now,
            ..CallOptions::default()
        };
        let now = || self.platform.now();
        let watch = self.upstream(&now);
        let mut body = Vec::new();
        let mut offset: Option<u32> = None;
        for page in 1.. {
            let asked = match (&operation.pages, offset) {
                (Some(pages), Some(offset)) => args.with(&[(pages.offset, offset.to_string())]),
                _ => args.clone(),
            };
            let gathered = client.called(asked.clone(), options.clone(), Units::Bytes, &watch).await?;
            let rows = gathered.answers.iter().map(|answer| answer.tape.len()).sum();
            let written = write(operation, selection, own.as_ref(), scope, &gathered, &mut body);
            if let (Some(_), None) = (&own, &operation.pages)
                && written == 0
                && operation.others.is_none()
            {
                // Somebody else's document is told as one that does not exist.
                return Err(nothing_here());
            }
            let next = match (&own, &operation.pages) {
                (Some(_), Some(pages)) => Some(next_offset(&asked, pages, rows)),
                _ => None,
            };
            match next {
                Some(Some(next)) if written == 0 && page < MOST_PAGES => offset = Some(next),
                next => {
                    return Ok(Mirrored {
                        body: closed(body, &gathered).into(),
                        skipped: skipped(&gathered).into(),
                        next: next.map(|next| next.map_or("end".into(), |next| next.to_string().into())),
                    });
                }
            }
        }
        Err(nothing_here())
    }

    /// Answers to questions that were asked a moment ago, are being asked, or have to be.
    #[allow(clippy::too_many_arguments)]
    pub(super) async fn kept<V: Clone + Shared>(
        &self,
        desk: &Answers<Group, V>,
        group: &Group,
        keys: &[CacheKey],
        operation: &'static str,
        fresh_ms: Ms,
        wish: Wish,
        ask: impl AsyncFn(&[CacheKey], &Dates) -> Result<Vec<V>, Error>,
    ) -> Result<Found<V>, Error> {
        let ask = async |keys: &[CacheKey], dates: &Dates| {
            self.among_instances(keys, fresh_ms, wish == Wish::Now, dates, &ask).await
        };
        self.kept_here(desk, group, keys, operation, (fresh_ms, wish), ask).await
    }

    async fn kept_here<G: Clone + Eq + Hash, V: Clone>(
        &self,
        desk: &Answers<G, V>,
        group: &G,
        keys: &[CacheKey],
        operation: &'static str,
        (fresh_ms, wish): (Ms, Wish),
        ask: impl AsyncFn(&[CacheKey], &Dates) -> Result<Vec<V>, Error>,
    ) -> Result<Found<V>, Error> {
        let now = self.platform.now();
        let held: Option<Vec<(V, Ms)>> = keys.iter().map(|key| desk.borrow_mut().held(key, now)).collect();
        let oldest = |held: &[(V, Ms)]| held.iter().map(|(_, age)| *age).max().unwrap_or(0);
        let values = |held: Vec<(V, Ms)>| held.into_iter().map(|(value, _)| value).collect();
        match &held {
            Some(held) if serves(oldest(held), fresh_ms, wish) => {
                self.metrics.kept(operation, Kept::Hit, keys.len());
                let renew = oldest(held) >= fresh_ms;
                return Ok(Found { values: values(held.clone()), stale: None, renew });
            }
            _ => {}
        }
        if wish != Wish::Kept {
            keys.iter().for_each(|key| desk.borrow_mut().outdate(key));
        }
        let dates = Dates::default();
        let ask = async |keys: &[CacheKey]| ask(keys, &dates).await;
        match (shared(&*self.platform, desk, group, keys, LONGEST, ask).await, held) {
            (Ok(values), _) => {
                for (key, at) in dates.take() {
                    desk.borrow_mut().date(&key, at);
                }
                self.metrics.kept(operation, Kept::Miss, keys.len());
                Ok(Found { values, stale: None, renew: false })
            }
            (Err(error), Some(held)) if may_be_stale(&error) && oldest(&held) < LONGEST_STALE => {
                self.metrics.kept(operation, Kept::Stale, keys.len());
                let stale = Some(oldest(&held));
                Ok(Found { values: values(held), stale, renew: false })
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Of all instances that want to know the same, one asks and leaves the answers for the others.
    async fn among_instances<V: Clone + Shared>(
        &self,
        keys: &[CacheKey],
        fresh_ms: Ms,
        fresh: bool,
        dates: &Dates,
        ask: &impl AsyncFn(&[CacheKey], &Dates) -> Result<Vec<V>, Error>,
    ) -> Result<Vec<V>, Error> {
        /// How long a leader may take before another goes on, and how often the others look.
        const LEAD: Ms = 5_000;
        const LOOK: Ms = 60;
        if !self.platform.shares() {
            return ask(keys, dates).await;
        }
        let mut known: BTreeMap<usize, V> = BTreeMap::new();
        let deadline = self.platform.now() + LEAD;
        loop {
            let missing: Vec<usize> = (0..keys.len()).filter(|at| !known.contains_key(at)).collect();
            if !fresh {
                let texts = missing.iter().map(|&at| keys[at].text()).collect();
                let left = self.platform.left(texts).await;
                for (at, left) in missing.iter().copied().zip(left) {
                    let Some((value, when)) = left.and_then(|left| read(&left)) else { continue };
                    dates.borrow_mut().push((keys[at].clone(), when));
                    known.insert(at, value);
                }
            }
            let missing: Vec<usize> = (0..keys.len()).filter(|at| !known.contains_key(at)).collect();
            if missing.is_empty() {
                break;
            }
            let texts: Vec<String> = missing.iter().map(|&at| keys[at].text()).collect();
            let late = self.platform.now() >= deadline;
            if fresh || late || self.platform.leads(texts.join("\n"), LEAD).await {
                let wanted: Vec<CacheKey> = missing.iter().map(|&at| keys[at].clone()).collect();
                let before = dates.borrow().len();
                let answers = match ask(&wanted, dates).await {
                    Ok(answers) => answers,
                    Err(error) => {
                        // Nothing, kept for no time: whoever comes next leads.
                        self.platform.leave(vec![(texts.join("\n"), Vec::new())], 0).await;
                        return Err(error);
                    }
                };
                // What is dated by now is not what it should be.
                if dates.borrow().len() == before {
                    let now = self.platform.now();
                    let left = texts.into_iter().zip(&answers).map(|(text, answer)| (text, write_at(now, answer)));
                    self.platform.leave(left.collect(), fresh_ms).await;
                }
                known.extend(missing.into_iter().zip(answers));
                break;
            }
            self.platform.sleep(self.platform.now() + LOOK).await;
        }
        Ok(known.into_values().collect())
    }

    /// One side could not be asked. What is known from before is better than half of it, and where nothing is, half is kept
    /// only until that side may be back.
    pub(super) fn half<V: Clone>(
        &self,
        desk: &Answers<Group, V>,
        keys: &[CacheKey],
        fresh_ms: Ms,
        dates: &Dates,
    ) -> Result<(), Error> {
        let now = self.platform.now();
        let known = |key: &CacheKey| desk.borrow_mut().held(key, now).is_some_and(|(_, age)| age < LONGEST_STALE);
        if keys.iter().all(known) {
            return Err(Error::new(ErrorKind::Upstream, "one of the two systems could not be asked"));
        }
        let at = (now + INTERVAL).saturating_sub(fresh_ms);
        dates.borrow_mut().extend(keys.iter().map(|key| (key.clone(), at)));
        Ok(())
    }

    /// What a role is shown of an operation.
    pub(super) fn shown(&self, scope: &Scope, operation: &str) -> Result<&Selection, Error> {
        let shown = self.policy.shown(scope.role, operation).ok_or_else(nothing_here)?;
        Ok(shown.to(scope.sees_cost))
    }

    /// Visitors share what there is; whoever takes too much waits, and whoever takes the catalogue shows that it is a person.
    async fn within_limits(&self, request: &Request, caller: &Caller, skus: &[String]) -> Result<(), Error> {
        if caller.role != Role::Visitor {
            return Ok(());
        }
        let address = request.address.as_deref().filter(|_| self.addresses);
        let later = |at| Error::new(ErrorKind::RateLimited, "too many requests of one visitor").retry_at(Some(at));
        match self.limits.admit(address, skus.iter().map(String::as_str), self.platform.now()) {
            Verdict::Go => Ok(()),
            Verdict::Later(at) => Err(later(at)),
            // Where nobody can be told apart, many visitors look like one that wants it all.
            Verdict::Suspicious(_) if !self.addresses && !self.challenges => Ok(()),
            Verdict::Suspicious(at) if !self.challenges => Err(later(at)),
            Verdict::Suspicious(at) => match self.platform.challenge(request.ticket).await {
                Some(false) => Err(later(at)),
                Some(true) => {
                    self.limits.trust(address);
                    Ok(())
                }
                // Nobody can tell: a badge is let through, an order would not be.
                None => Ok(()),
            },
        }
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

    fn scope(&self, request: &Request, caller: &Caller, asked: &Asked) -> Result<Rc<Scope>, Error> {
        let ship_to = match (&asked.ship_to, caller.role) {
            (None, _) => caller.ship_to(),
            (Some(named), Role::Staff) if caller.ships_to(named) => Some(named.clone()),
            (Some(named), Role::Buyer) if caller.ship_to().as_ref() == Some(named) => Some(named.clone()),
            (Some(_), _) => return Err(invalid("shipTo comes from the session")),
        };
        if !asked.location.is_empty() && caller.role == Role::Visitor {
            return Err(invalid("the query has an unknown parameter"));
        }
        Ok(Rc::new(Scope { ship_to, ..self.scope_of(caller, self.language_of(request)) }))
    }

    fn scope_of(&self, caller: &Caller, language: String) -> Scope {
        let claims = caller.claims.as_ref();
        Scope {
            tenant: self.tenant.clone(),
            account: self.account.clone(),
            role: caller.role,
            sees_cost: caller.role == Role::Staff || claims.and_then(|claims| claims.sees_cost) == Some(true),
            ship_to: caller.ship_to(),
            partner: claims.and_then(|claims| claims.partner_id),
            language,
        }
    }

    /// What a page is rendered with is what everybody may see.
    fn visitors(&self, request: &Request) -> Scope {
        self.scope_of(&Caller { role: Role::Visitor, claims: None }, self.language_of(request))
    }

    fn in_language(&self, scope: Scope, asked: &Asked) -> Rc<Scope> {
        let language = asked.lang.as_deref().and_then(reduced).unwrap_or(&self.language).to_owned();
        Rc::new(Scope { language, ..scope })
    }

    fn language_of(&self, request: &Request) -> String {
        reduced(request.language.as_deref().unwrap_or_default()).unwrap_or(&self.language).to_owned()
    }

    fn correlation_id(&self) -> String {
        format!("{:016x}", (self.platform.random() * (1u64 << 53) as f64) as u64)
    }
}

/// Answers that are older than their arrival.
pub(super) type Dates = RefCell<Vec<(CacheKey, Ms)>>;

/// An answer with its time, as other instances read it.
fn write_at(at: Ms, answer: &impl Shared) -> Vec<u8> {
    [format!("{at}\n").as_bytes(), &answer.write()].concat()
}

fn read<V: Shared>(left: &[u8]) -> Option<(V, Ms)> {
    let end = left.iter().position(|byte| *byte == b'\n')?;
    let at = std::str::from_utf8(&left[..end]).ok()?.parse().ok()?;
    Some((V::read(&left[end + 1..])?, at))
}

/// An answer that other instances can read.
pub(super) trait Shared: Sized {
    fn write(&self) -> Vec<u8>;
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl Shared for Json {
    fn write(&self) -> Vec<u8> {
        self.to_vec()
    }

    fn read(bytes: &[u8]) -> Option<Json> {
        Some(bytes.into())
    }
}

/// Nothing is written as no bytes at all.
impl Shared for Option<Json> {
    fn write(&self) -> Vec<u8> {
        self.as_ref().map_or_else(Vec::new, |json| json.to_vec())
    }

    fn read(bytes: &[u8]) -> Option<Option<Json>> {
        Some((!bytes.is_empty()).then(|| bytes.into()))
    }
}

impl Caller {
    fn ships_to(&self, ship_to: &str) -> bool {
        self.claims.as_ref().and_then(|claims| claims.ship_to.as_ref()).is_some_and(|ship| ship.covers(ship_to))
    }

    fn ship_to(&self) -> Option<String> {
        Some(self.claims.as_ref()?.ship_to.as_ref()?.one()?.to_owned())
    }
}

/// Writes the rows that may be shown; how many there are.
fn write(
    operation: &Operation,
    selection: &Selection,
    own: Option<&Own>,
    scope: &Scope,
    gathered: &Gathered,
    body: &mut Vec<u8>,
) -> usize {
    let mut written = 0;
    for answer in &gathered.answers {
        for row in answer.tape.rows(&answer.body, operation.answer.schema()) {
            if own.is_some_and(|own| !own.holds(row, scope)) {
                continue;
            }
            written += 1;
            if answer.tape.is_list() || !body.is_empty() {
                body.push(if body.is_empty() { b'[' } else { b',' });
            }
            selection.write(row, body);
        }
    }
    written
}

fn closed(mut body: Vec<u8>, gathered: &Gathered) -> Vec<u8> {
    if gathered.answers.iter().all(|answer| answer.tape.is_list()) {
        body.extend_from_slice(if body.is_empty() { b"[]" } else { b"]" });
    }
    body
}

fn skipped(gathered: &Gathered) -> String {
    let mut names = String::new();
    for skipped in &gathered.skipped {
        if !names.is_empty() {
            names.push(',');
        }
        encode_segment(&mut names, &skipped.key.text);
    }
    names
}

/// Where the supplier's next page begins; none where this was the last.
fn next_offset(asked: &Args, pages: &crate::operation::Pages, rows: usize) -> Option<u32> {
    let number = |field: usize| asked.row().plain(field).and_then(|text| text.parse::<u32>().ok());
    let (offset, limit) = (number(pages.offset).unwrap_or(1), number(pages.limit).unwrap_or(pages.most));
    let next = offset.saturating_add(rows as u32);
    (rows > 0 && rows as u32 >= limit.min(pages.most) && next <= pages.last_offset).then_some(next)
}

fn quoted(text: &str) -> String {
    let mut json = Vec::new();
    write_text(&mut json, text);
    String::from_utf8_lossy(&json).into_owned()
}

fn listed(values: &[Json], stale: Option<Ms>) -> Response {
    let body = match stale {
        Some(_) => list(&values.iter().map(marked).collect::<Vec<_>>()),
        None => list(values),
    };
    stamped(Response::new(200, Body::Json(body)), stale)
}

/// Says how old an answer is that nobody could ask for anew.
fn stamped(response: Response, stale: Option<Ms>) -> Response {
    match stale {
        Some(age) => response.with("X-Stocklane-Stale", (age / 1_000).to_string()),
        None => response,
    }
}

/// None where a policy leaves out what a widget needs: it then says that nobody could tell.
fn parsed<T: serde::de::DeserializeOwned>(json: &[u8]) -> Option<T> {
    serde_json::from_slice(json).ok()
}

fn lang(asked: &Asked) -> Lang {
    asked.lang.as_deref().and_then(Lang::from_tag).unwrap_or(Lang::En)
}

/// The first language of a header that is one of the supplier's, bare.
fn reduced(header: &str) -> Option<&'static str> {
    header.split(',').find_map(|part| {
        let tag = part.split([';', '-']).next().unwrap_or_default().trim().to_ascii_lowercase();
        LANGUAGES.into_iter().find(|language| *language == tag)
    })
}

/// A path as it is counted: never a text of a visitor's.
fn route_name(path: &str) -> &'static str {
    const ROUTES: [&str; 6] = ["/healthz", "/metrics", "/availability", "/offers", "/search", "/widgets"];
    const MIRRORS: [&str; 2] = ["/intercars", "/incocloud"];
    let under = |route: &&str| path.strip_prefix(*route).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    ROUTES.into_iter().chain(MIRRORS).find(under).unwrap_or("other")
}

pub(super) fn nothing_here() -> Error {
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
    // The one status of our own is no supplier's.
    if let Some(status) = error.status.filter(|status| *status != 413) {
        line.extend_from_slice(format!(",\"upstreamStatus\":{status}").as_bytes());
    }
    line.push(b'}');
    String::from_utf8_lossy(&line).into_owned()
}
