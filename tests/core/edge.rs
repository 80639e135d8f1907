//! A shop's proxy in a world whose time is a number: its platform, its suppliers, and who asks.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::{Value, json};
use stocklane::clients::{Clock, Transport};
use stocklane::edge::{
    Body, Platform, PolicyGiven, PricingGiven, Proxy, ProxySettings, Request, Response, SessionKeys, mint,
};
use stocklane::engine::{Credentials, Failure, Ms, Outgoing, Settings};
use stocklane::intercars::AVAILABILITY_CAP;
use stocklane::operation::{Audience, Error, Form, Operation, Response as Answer, Rule};
use stocklane::storefront::ShopPrices;
use stocklane::wire::{Kind, Schema, Shape};
use stocklane::{incocloud, intercars};

use super::supplier::{answer, settings, token};
use super::world::{Caller, Logged, Reply, World};

/// Where the wholesaler is.
pub const INTERCARS: &str = "https://supplier.test/ic";
/// Where the shop's own service is.
pub const INCOCLOUD: &str = "https://own.incocloud.com";
const INCOCLOUD_TOKEN: &str = "https://id.incocloud.test/connect/api/access_token";
/// How long the cache takes that instances share.
const CACHE_LATENCY: Ms = 2;

/// What several instances share.
#[derive(Default)]
pub struct Common {
    entries: RefCell<HashMap<String, (Vec<u8>, Ms)>>,
    leaders: RefCell<HashMap<String, Ms>>,
    /// Everything that was ever left.
    pub ever: RefCell<Vec<(String, Vec<u8>)>>,
    /// Whether whoever leads is the last that is heard of it: nothing that it leaves arrives.
    pub deaf: Cell<bool>,
}

/// A runtime: the world, and what a proxy wants beside it.
pub struct Edge {
    pub world: Rc<World>,
    pub logs: RefCell<Vec<String>>,
    /// What the challenge says, and how often it was asked.
    pub person: Cell<Option<bool>>,
    pub challenged: Cell<usize>,
    pub common: Option<Rc<Common>>,
}

impl Edge {
    pub fn new(world: &Rc<World>, common: Option<&Rc<Common>>) -> Rc<Edge> {
        Rc::new(Edge {
            world: world.clone(),
            logs: RefCell::default(),
            person: Cell::new(None),
            challenged: Cell::new(0),
            common: common.cloned(),
        })
    }

    fn signature(data: &[u8]) -> Vec<u8> {
        let mut state = 0xcbf2_9ce4_8422_2325u64;
        for byte in b"the shop's key".iter().chain(data) {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        state.to_be_bytes().to_vec()
    }
}

impl Clock for Edge {
    fn now(&self) -> Ms {
        self.world.now()
    }

    fn random(&self) -> f64 {
        self.world.random()
    }

    async fn sleep(&self, until: Ms) {
        self.world.sleep(until).await;
    }

    fn lead(&self, flight: u64) {
        self.world.lead(flight);
    }

    fn land(&self, flight: u64) {
        self.world.land(flight);
    }
}

impl Transport for Edge {
    async fn send(&self, outgoing: Outgoing, until: Ms) -> Result<Answer, Failure> {
        self.world.send(outgoing, until).await
    }
}

impl SessionKeys for Edge {
    async fn sign(&self, data: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(Edge::signature(data))
    }

    async fn verify(&self, data: &[u8], signature: &[u8]) -> bool {
        Edge::signature(data) == signature
    }
}

impl Platform for Edge {
    fn log(&self, line: &str) {
        self.logs.borrow_mut().push(line.to_owned());
    }

    async fn challenge(&self, _ticket: u32) -> Option<bool> {
        self.challenged.set(self.challenged.get() + 1);
        self.person.get()
    }

    fn shares(&self) -> bool {
        self.common.is_some()
    }

    async fn left(&self, keys: Vec<String>) -> Vec<Option<Vec<u8>>> {
        self.sleep(self.now() + CACHE_LATENCY).await;
        let Some(common) = &self.common else { return vec![None; keys.len()] };
        let (entries, now) = (common.entries.borrow(), self.now());
        keys.iter()
            .map(|key| entries.get(key).filter(|(_, until)| now < *until).map(|(value, _)| value.clone()))
            .collect()
    }

    async fn leave(&self, answers: Vec<(String, Vec<u8>)>, for_ms: Ms) {
        self.sleep(self.now() + CACHE_LATENCY).await;
        let Some(common) = self.common.as_ref().filter(|common| !common.deaf.get()) else { return };
        for (key, _) in &answers {
            common.leaders.borrow_mut().remove(key);
        }
        // What is kept for no time is not kept: a lead is given back so.
        if for_ms == 0 {
            return;
        }
        common.ever.borrow_mut().extend(answers.iter().cloned());
        let until = self.now() + for_ms;
        common.entries.borrow_mut().extend(answers.into_iter().map(|(key, value)| (key, (value, until))));
    }

    async fn leads(&self, key: String, for_ms: Ms) -> bool {
        self.sleep(self.now() + CACHE_LATENCY).await;
        let Some(common) = &self.common else { return true };
        let now = self.now();
        let mut leaders = common.leaders.borrow_mut();
        let leads = leaders.get(&key).is_none_or(|until| now >= *until);
        if leads {
            leaders.insert(key, now + for_ms);
        }
        leads
    }
}

/// A shop with the wholesaler alone.
pub fn wholesale() -> ProxySettings {
    ProxySettings {
        intercars: Some(Settings { base_url: INTERCARS.to_owned(), ..settings() }),
        availability_cap: AVAILABILITY_CAP,
        allowed_origins: vec!["https://shop.test".to_owned()],
        sessions: true,
        tenant: "shop".to_owned(),
        account: "account".to_owned(),
        ..ProxySettings::default()
    }
}

/// A shop with a point of sale of its own too.
pub fn both() -> ProxySettings {
    let credentials = Credentials::new(INCOCLOUD_TOKEN.to_owned(), "app", "app secret");
    ProxySettings {
        incocloud: Some(Settings { credentials: Some(credentials), requests_per_minute: None, ..settings() }),
        shop: Some(ShopPrices::new("BGN".to_owned(), true, "regular_price").unwrap()),
        ..wholesale()
    }
}

pub fn policy(given: Value) -> PolicyGiven {
    serde_json::from_value(given).unwrap()
}

/// Of list prices, where nothing else is said.
pub fn pricing(given: Value) -> PricingGiven {
    serde_json::from_value(with_base(given)).unwrap()
}

pub fn with_base(mut given: Value) -> Value {
    if given.get("base").is_none() {
        given["base"] = json!("list");
    }
    given
}

/// Gives tokens, and leaves the rest to `rest`.
pub fn tokens(mut rest: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> impl FnMut(&Outgoing, Ms) -> Reply {
    move |outgoing, now| match () {
        _ if outgoing.url.ends_with("/oauth2/token") => token("T", 3_600),
        _ if outgoing.url.starts_with(INCOCLOUD_TOKEN) => {
            answer(200, format!("{{\"token\":\"T\",\"server_url\":\"{INCOCLOUD}\"}}"))
        }
        _ => rest(outgoing, now),
    }
}

pub fn is_shop(outgoing: &Outgoing) -> bool {
    outgoing.url.starts_with(INCOCLOUD)
}

/// One instance of a proxy, and its world.
pub struct Front {
    pub world: Rc<World>,
    pub edge: Rc<Edge>,
    pub proxy: Rc<Proxy<Edge>>,
}

impl Front {
    pub fn new(settings: ProxySettings, supplier: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Front {
        Front::in_world(&World::new(tokens(supplier)), None, settings)
    }

    /// One of several instances.
    pub fn in_world(world: &Rc<World>, common: Option<&Rc<Common>>, settings: ProxySettings) -> Front {
        let edge = Edge::new(world, common);
        let proxy = Rc::new(Proxy::new(edge.clone(), edge.clone(), settings).unwrap());
        Front { world: world.clone(), edge, proxy }
    }

    /// Sets a request going.
    pub fn send(&self, request: Request) -> Caller<Response> {
        let proxy = self.proxy.clone();
        self.world.spawn(async move { proxy.handle(request).await })
    }

    pub fn ask(&self, request: Request) -> Response {
        self.send(request).outcome()
    }

    pub fn renew(&self) {
        let proxy = self.proxy.clone();
        self.world.spawn(async move { proxy.renew().await }).outcome();
    }

    /// A request with a session of these claims, made at this moment; null has none.
    pub fn by(&self, claims: &Value, request: Request) -> Request {
        if claims.is_null() {
            return request;
        }
        let (edge, now) = (self.edge.clone(), self.edge.now());
        let mut claims = claims.clone();
        claims["expiresInSeconds"] = json!(900);
        let claims = claims.to_string();
        let session = self.world.spawn(async move { mint(&*edge, claims.as_bytes(), now).await }).outcome().unwrap();
        Request { authorization: Some(format!("Bearer {session}")), ..request }
    }

    pub fn get(&self, claims: &Value, target: &str) -> Response {
        self.ask(self.by(claims, request("GET", target)))
    }

    /// Everything that was asked of the suppliers, tokens apart.
    pub fn calls(&self) -> Vec<Logged> {
        let is_token = |outgoing: &Outgoing| outgoing.url.starts_with(INCOCLOUD_TOKEN);
        self.world.calls().into_iter().filter(|logged| !is_token(&logged.outgoing)).collect()
    }

    pub fn hits(&self) -> usize {
        self.calls().len()
    }

    /// Moves the clock by so much, and lets everybody go on.
    pub fn pass(&self, ms: Ms) {
        self.world.run_for(self.world.passed() + ms);
    }

    pub fn metrics(&self) -> String {
        text(&self.get(&staff(), "/metrics"))
    }
}

pub fn request(method: &str, target: &str) -> Request {
    Request {
        method: method.to_owned(),
        url: format!("https://proxy.test{target}"),
        marked: Some("1".to_owned()),
        body: Some(Vec::new()),
        ..Request::default()
    }
}

pub fn post(target: &str, body: &Value) -> Request {
    Request { body: Some(body.to_string().into_bytes()), ..request("POST", target) }
}

pub fn visitor() -> Value {
    Value::Null
}

pub fn buyer() -> Value {
    json!({"sub": "b", "role": "buyer", "shipTo": "S1", "partnerId": 7})
}

pub fn payer() -> Value {
    json!({"sub": "p", "role": "buyer", "shipTo": "S1", "partnerId": 7, "seesCost": true})
}

pub fn staff() -> Value {
    json!({"sub": "s", "role": "staff"})
}

/// Each kind of caller by its name.
pub fn everybody() -> [(&'static str, Value); 4] {
    [("visitor", visitor()), ("buyer", buyer()), ("buyer with cost", payer()), ("staff", staff())]
}

pub fn text(response: &Response) -> String {
    match &response.body {
        Body::Empty => String::new(),
        Body::Json(bytes) | Body::Problem(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        Body::Html(text) | Body::Text(text) => text.clone(),
    }
}

pub fn read(response: &Response) -> Value {
    serde_json::from_str(&text(response)).unwrap_or_else(|error| panic!("{error}: {}", text(response)))
}

pub fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// Every byte of an answer.
pub fn whole(response: &Response) -> String {
    let headers: Vec<String> = response.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{} {}\n{}", response.status, headers.concat(), text(response))
}

/// The same without what tells one failure from another.
pub fn nameless(response: &Response) -> String {
    match header(response, "X-Correlation-Id") {
        Some(id) => whole(response).replace(id, ""),
        None => whole(response),
    }
}

/// Sound arguments of an operation, out of the table: what is required, and what its rules want.
pub fn sound_args(operation: &Operation) -> Value {
    let mut args = required(operation.args);
    let name = |position: usize| operation.args.fields[position].name;
    for rule in operation.rules {
        match *rule {
            Rule::OneOf(lists) => args[name(lists[0])] = json!(["A"]),
            Rule::AnyOf(texts) => args[name(*texts.last().unwrap())] = json!("A"),
            Rule::Days(from, to) => {
                args[name(from)] = json!("2024-06-25");
                args[name(to)] = json!("2024-06-26");
            }
            Rule::Lines(list) => args[name(list)][0]["sku"] = json!("A"),
            _ => {}
        }
    }
    args
}

fn required(schema: &Schema) -> Value {
    let mut row = json!({});
    for field in schema.fields.iter().filter(|field| field.need.is_required()) {
        row[field.name] = match field.kind {
            Kind::Number => json!(1),
            Kind::Bool => json!(true),
            Kind::Texts => json!(["ID1"]),
            Kind::One(child) => required(child),
            Kind::Many(child) => json!([required(child)]),
            _ => json!("ID1"),
        };
    }
    row
}

/// Whether a path of a form is this one.
pub fn is_path(form: &Form, path: &str) -> bool {
    match form.path.split_once("{}") {
        None => form.path == path,
        Some((before, after)) => path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|id| !id.is_empty() && !id.contains('/')),
    }
}

/// The operation that was asked for at a supplier, by the table.
pub fn asked_for(outgoing: &Outgoing) -> &'static Operation {
    let (base, table) =
        if is_shop(outgoing) { (INCOCLOUD, incocloud::OPERATIONS) } else { (INTERCARS, intercars::OPERATIONS) };
    let path = outgoing.url.strip_prefix(base).unwrap().split('?').next().unwrap();
    let is = |form: &Form| form.method.as_str() == outgoing.method && is_path(form, path);
    let found = table.iter().filter(|operation| operation.forms.iter().any(is));
    found
        .min_by_key(|operation| operation.forms[0].path.contains("{}"))
        .unwrap_or_else(|| panic!("nobody serves {path}"))
}

/// A row with a value of its own in every field, at every level, and in fields that nobody knows.
#[derive(Default)]
pub struct Canaries {
    next: u32,
    answers: HashMap<&'static str, Value>,
    /// What was put where, below the operation's name; what nobody knows is at a path that ends in `zz_new`.
    pub put: BTreeMap<String, String>,
}

impl Canaries {
    fn row(&mut self, schema: &Schema, prefix: &str) -> Value {
        let mut row = json!({});
        for field in schema.fields {
            let path = format!("{prefix}{}", field.name);
            row[field.name] = match field.kind {
                Kind::Number => json!(self.number(&path)),
                Kind::Bool => json!(true),
                Kind::Texts => json!([self.text(&path)]),
                Kind::One(child) => self.row(child, &format!("{path}.")),
                Kind::Many(child) | Kind::NumberOrMany(child) => json!([self.row(child, &format!("{path}."))]),
                Kind::Any => json!({ "deep": self.text(&path) }),
                _ => json!(self.text(&path)),
            };
        }
        // Whose it is, and which item: so that somebody is shown it.
        for (name, value) in
            [("sku", json!("A")), ("shipTo", json!("S1")), ("billTo", json!("S1")), ("partner_id", json!(7))]
        {
            if row.get(name).is_some() {
                self.put.remove(&format!("{prefix}{name}"));
                row[name] = value;
            }
        }
        row["zz_new"] =
            json!({ "deep": [self.text(&format!("{prefix}zz_new")), self.number(&format!("{prefix}number.zz_new"))] });
        row
    }

    /// An operation's answer with one row, always the same.
    pub fn answer(&mut self, operation: &Operation) -> Value {
        if let Some(known) = self.answers.get(operation.name) {
            return known.clone();
        }
        let prefix = format!("{}.", operation.name);
        let answer = match operation.answer {
            Shape::Rows(schema) => json!([self.row(schema, &prefix)]),
            Shape::One(schema) | Shape::OneOrRows(schema) => self.row(schema, &prefix),
        };
        self.answers.insert(operation.name, answer.clone());
        answer
    }

    fn text(&mut self, path: &str) -> String {
        self.next += 1;
        let canary = format!("CANARY{}X", self.next);
        self.put.insert(path.to_owned(), canary.clone());
        canary
    }

    fn number(&mut self, path: &str) -> u64 {
        self.next += 1;
        let canary = 7_700_000_000 + u64::from(self.next);
        self.put.insert(path.to_owned(), canary.to_string());
        canary
    }
}

/// Whether somebody with this role may call an operation, as the table says.
pub fn may(claims: &Value, operation: &Operation) -> bool {
    operation.safe
        && match claims["role"].as_str() {
            None | Some("visitor") => false,
            Some("buyer") => operation.audience != Audience::Staff,
            _ => true,
        }
}
