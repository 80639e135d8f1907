//! The routes below `/_sandbox/`, by which a test turns the screws and looks behind the scenes.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::{Clock, LATEST_MS, iso, parse_iso};
use crate::faults::Rule;
use crate::http::{Reply, Request};
use crate::{APPLICATIONS, Application, Sandbox};

/// What a route answers, or why it does not.
type Outcome = Result<Value, (u16, String)>;

/// Answers a request to a control route.
pub(crate) fn handle(sandbox: &mut Sandbox, handed_in_ms: u64, request: &Request) -> Reply {
    match route(sandbox, handed_in_ms, request) {
        Ok(body) => Reply::json(200, &body),
        Err((status, error)) => Reply::json(status, &json!({ "error": error })),
    }
}

fn route(sandbox: &mut Sandbox, handed_in_ms: u64, request: &Request) -> Outcome {
    let segments = request.segments();
    let route = segments.get(1..).unwrap_or_default().join("/");
    let query = request.query();
    let parameter = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| &v[..]);
    match (request.method.as_str(), route.as_str()) {
        ("GET", "time") => Ok(time(sandbox, handed_in_ms)),
        ("PUT", "time") => {
            set_time(sandbox, handed_in_ms, body(request)?)?;
            Ok(time(sandbox, handed_in_ms))
        }
        ("GET", "settings") => Ok(json!(sandbox.settings())),
        ("PUT", "settings") => {
            let settings = sandbox.settings().with(body(request)?).map_err(refused)?;
            sandbox.set_settings(settings);
            Ok(json!(sandbox.settings()))
        }
        ("GET", "faults") => Ok(sandbox.faults.list()),
        ("POST", "faults") => {
            let rules: Vec<Rule> = match body(request)? {
                rules @ Value::Array(_) => serde_json::from_value(rules),
                rule => serde_json::from_value(rule).map(|rule| vec![rule]),
            }
            .map_err(|e| refused(e.to_string()))?;
            rules.into_iter().for_each(|rule| sandbox.add_fault(rule));
            Ok(sandbox.faults.list())
        }
        ("DELETE", "faults") => {
            sandbox.clear_faults();
            Ok(json!([]))
        }
        ("DELETE", "tokens") => {
            sandbox.revoke_tokens();
            Ok(json!({}))
        }
        ("GET", "log") => {
            let since = parameter("since").and_then(|n| n.parse().ok()).unwrap_or(0);
            Ok(sandbox.log(since))
        }
        ("GET", "counters") => Ok(sandbox.counters()),
        ("GET", "ledger") => Ok(sandbox.ledger(handed_in_ms)),
        ("GET", "incocloud/rows") => {
            let firm = application(parameter("account"))?;
            let resource = parameter("resource").unwrap_or_default();
            sandbox.incocloud_rows(firm, resource).ok_or_else(|| refused("there is no such resource".into()))
        }
        ("POST", "incocloud/rows") => {
            let asked: SetRows = serde_json::from_value(body(request)?).map_err(|e| refused(e.to_string()))?;
            let firm = application(asked.account.as_deref())?;
            sandbox.change_incocloud_rows(firm, &asked.resource, asked.set, &asked.remove).map_err(refused)?;
            Ok(json!({}))
        }
        ("POST", "reset") => {
            sandbox.reset();
            Ok(json!({}))
        }
        _ => Err((404, "no such control route; see the sandbox's README".into())),
    }
}

fn body(request: &Request) -> Outcome {
    request.json().ok_or_else(|| refused("the body must be JSON".into()))
}

fn refused(why: String) -> (u16, String) {
    (400, why)
}

fn time(sandbox: &Sandbox, handed_in_ms: u64) -> Value {
    let now = sandbox.clock.now(handed_in_ms);
    json!({ "now": iso(now), "ms": now, "clock": sandbox.clock.name() })
}

/// The application of that id; the first, if none is named.
fn application(id: Option<&str>) -> Result<&'static Application, (u16, String)> {
    let Some(id) = id else {
        return Ok(&APPLICATIONS[0]);
    };
    Application::of_id(id).ok_or_else(|| refused("there is no such application".into()))
}

/// A change of rows in an application's books.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetRows {
    /// The application's id.
    account: Option<String>,
    resource: String,
    /// Rows with the fields to lay over what is there.
    #[serde(default)]
    set: Vec<Value>,
    /// Ids; of the stock, rows.
    #[serde(default)]
    remove: Vec<Value>,
}

/// A change of the sandbox's time: to a moment, on by so much, or both.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetTime {
    now: Option<Moment>,
    #[serde(default)]
    advance_ms: u64,
    /// Whether it stands still; as before, if left out.
    frozen: Option<bool>,
    /// Back to the shell's own time; the rest is then not looked at.
    #[serde(default)]
    real: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Moment {
    Ms(u64),
    Iso(String),
}

fn set_time(sandbox: &mut Sandbox, handed_in_ms: u64, body: Value) -> Result<(), (u16, String)> {
    let asked: SetTime = serde_json::from_value(body).map_err(|e| refused(e.to_string()))?;
    if asked.real {
        sandbox.clock = Clock::HandedIn;
        return Ok(());
    }
    let now = match asked.now {
        None => sandbox.clock.now(handed_in_ms),
        Some(Moment::Ms(ms)) => ms,
        Some(Moment::Iso(text)) => {
            parse_iso(&text).ok_or_else(|| refused("now must be ISO 8601 with a zone".into()))?
        }
    };
    let now = now.saturating_add(asked.advance_ms);
    if now > LATEST_MS {
        return Err(refused("that is too far in the future".into()));
    }
    let frozen = asked.frozen.unwrap_or(sandbox.clock.is_frozen());
    sandbox.clock.set(handed_in_ms, now, frozen);
    Ok(())
}
