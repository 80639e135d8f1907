//! Pieces of suppliers, and clients of them.

use std::rc::Rc;

use stocklane::clients::{Client, Table};
use stocklane::engine::{CallOptions, Credentials, Gathered, Ms, Outgoing, Settings};
use stocklane::intercars::OPERATIONS;
use stocklane::operation::{Error, Headers, Names, Response};
use stocklane::wire::Units;

use super::world::{Caller, Notes, Reply, World, is_token};

/// How long a token request takes.
pub const TOKEN_LATENCY: Ms = 80;
/// How long everything else takes.
pub const LATENCY: Ms = 120;

pub fn response(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response { status, headers: Headers::default(), body: body.into() }
}

pub fn with(mut response: Response, name: &str, value: impl Into<String>) -> Response {
    response.headers.0.push((name.to_owned(), value.into()));
    response
}

pub fn token(value: &str, seconds: u32) -> Reply {
    let body = format!("{{\"access_token\":\"{value}\",\"token_type\":\"Bearer\",\"expires_in\":{seconds}}}");
    Reply::Answer(TOKEN_LATENCY, response(200, body))
}

pub fn answer(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer(LATENCY, response(status, body))
}

/// Gives a token to everybody, and leaves the rest to `rest`.
pub fn after_token(mut rest: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> impl FnMut(&Outgoing, Ms) -> Reply {
    let mut tokens = 0;
    move |outgoing, now| {
        if is_token(outgoing) {
            tokens += 1;
            return token(&format!("T{tokens}"), 3_600);
        }
        rest(outgoing, now)
    }
}

/// Which SKUs a stock request asks for, or which lines a quote.
pub fn asked(outgoing: &Outgoing) -> Vec<String> {
    let list = match &outgoing.body {
        Some(body) => {
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            if let Some(lines) = body["lines"].as_array() {
                return lines.iter().map(|line| line["sku"].as_str().unwrap().to_owned()).collect();
            }
            body["sku"].as_str().unwrap().to_owned()
        }
        None => {
            let (_, query) = outgoing.url.split_once("sku=").unwrap();
            query.split('&').next().unwrap().to_owned()
        }
    };
    list.split(',').map(str::to_owned).collect()
}

/// A stock answer with a row for each of these.
pub fn rows<'a>(skus: impl IntoIterator<Item = &'a String>) -> String {
    let rows: Vec<String> =
        skus.into_iter().map(|sku| format!("{{\"location\":\"POZ\",\"sku\":\"{sku}\",\"availability\":5}}")).collect();
    format!("[{}]", rows.join(","))
}

/// Knows everything and is never short.
pub fn plenty(outgoing: &Outgoing, _: Ms) -> Reply {
    answer(200, rows(&asked(outgoing)))
}

pub fn settings() -> Settings {
    Settings {
        base_url: "https://supplier.test/ic".to_owned(),
        timeout_ms: 10_000,
        max_retries: 2,
        requests_per_minute: Some(600),
        concurrency: usize::MAX,
        names: Names::default(),
        language: "en".to_owned(),
        credentials: Some(Credentials::new("https://id.supplier.test/oauth2/token".to_owned(), " id ", "secret\n")),
        leased_as: None,
    }
}

/// A client, and the world that it lives in.
pub struct Shop {
    pub world: Rc<World>,
    pub client: Rc<Client<World>>,
}

pub type Outcome = Result<Gathered, Error>;

impl Shop {
    pub fn new(supplier: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Shop {
        Shop::with(OPERATIONS, settings(), supplier)
    }

    pub fn with(table: Table, settings: Settings, supplier: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Shop {
        let world = World::new(supplier);
        let client = Rc::new(Client::new(table, world.clone(), settings));
        Shop { world, client }
    }

    pub fn call(&self, operation: &'static str, args: impl Into<Vec<u8>>, options: CallOptions) -> Caller<Outcome> {
        let (client, args, watch) = (self.client.clone(), args.into(), Notes(self.world.clone()));
        self.world.spawn(async move { client.call(operation, args, options, Units::Bytes, &watch).await })
    }

    pub fn stock(&self, skus: &[String]) -> Caller<Outcome> {
        self.call("stock", serde_json::json!({ "sku": skus }).to_string(), CallOptions::default())
    }

    pub fn stock_of(&self, sku: &str) -> Caller<Outcome> {
        self.stock(&[sku.to_owned()])
    }
}

/// So many SKUs with this beginning.
pub fn skus(start: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{start}{number}")).collect()
}

/// The SKUs that a call answered, in the order of its rows.
pub fn answered(gathered: &Gathered) -> Vec<String> {
    use stocklane::intercars::{STOCK_LINE, StockLine};
    let rows = gathered.answers.iter().flat_map(|answer| answer.tape.rows(&answer.body, &STOCK_LINE));
    rows.map(|row| row.text(StockLine::sku).unwrap().into_owned()).collect()
}
