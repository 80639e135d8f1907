//! Who asks the sandbox in these tests.

use serde_json::Value;
use stocklane_sandbox::{Ending, Reply, Request, Sandbox, Settings};

/// 2026-06-26T07:00:00Z, when every test starts.
pub const START: u64 = 1_782_457_200_000;
pub const MINUTE: u64 = 60_000;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

/// Base64 of the two accounts' credentials.
pub const FIRST: &str = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=";
pub const SECOND: &str = "Basic c2Vjb25kLWNsaWVudDpzZWNvbmQtc2VjcmV0";

/// A customer with a token, and the sandbox it talks to.
pub struct Guest {
    pub sandbox: Sandbox,
    pub now: u64,
    pub language: &'static str,
    token: String,
}

impl Guest {
    /// The first account.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// The first account, some switches turned.
    pub fn with(turn: impl FnOnce(&mut Settings)) -> Self {
        // Long enough for tests in which days go by.
        let mut settings = Settings { token_lifetime_seconds: 30 * DAY / 1000, ..Settings::default() };
        turn(&mut settings);
        let mut guest = Self { sandbox: Sandbox::new(settings), now: START, language: "en", token: String::new() };
        guest.sign_in(FIRST);
        guest
    }

    /// From now on it asks for this account.
    pub fn sign_in(&mut self, credentials: &str) {
        let reply = self.send(&token_request(credentials));
        self.token = body(&reply)["access_token"].as_str().unwrap().to_owned();
    }

    pub fn send(&mut self, request: &Request) -> Reply {
        self.sandbox.handle(self.now, request)
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, &format!("/ic{path}"))
            .header("Authorization", &format!("Bearer {}", self.token))
            .header("Accept-Language", self.language)
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.send(&self.request("GET", path))
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.send(&self.request("POST", path).body(body.to_string()))
    }

    /// The body of an answer that must be a good one.
    pub fn got(&mut self, path: &str) -> Value {
        good(&self.get(path))
    }

    /// The body of an answer that must be a good one.
    pub fn posted(&mut self, path: &str, body: &Value) -> Value {
        good(&self.post(path, body))
    }

    /// The code of an answer that must be a business error in an array.
    pub fn refused(&mut self, path: &str) -> String {
        code(&self.get(path))
    }

    pub fn control(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::new(method, &format!("/_sandbox/{path}")).body(body.to_string());
        good(&self.send(&request))
    }
}

pub fn token_request(credentials: &str) -> Request {
    Request::new("POST", "/oauth2/token")
        .header("Authorization", credentials)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&scope=allinone")
}

pub fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

pub fn good(reply: &Reply) -> Value {
    let text = String::from_utf8_lossy(&reply.body);
    assert_eq!((reply.status, reply.ending), (200, Ending::Complete), "{text}");
    body(reply)
}

pub fn code(reply: &Reply) -> String {
    let text = String::from_utf8_lossy(&reply.body);
    assert_eq!(reply.status, 400, "{text}");
    body(reply)[0]["code"].as_str().unwrap().to_owned()
}

/// The values of one field of an array's rows.
pub fn column(rows: &Value, field: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

/// A date some days after the start.
pub fn date(days: i64) -> String {
    let day = jiff::Timestamp::from_millisecond(START as i64 + days * DAY as i64).unwrap();
    day.strftime("%Y-%m-%d").to_string()
}
