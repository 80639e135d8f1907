//! Faults on demand: what goes wrong, with which requests, how often.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::http::{Ending, Reply, Request};

/// One fault and the requests it befalls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Which requests; all, if left out.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// How many of them; 0 means until the faults are cleared.
    #[serde(default = "once")]
    pub times: u32,
    /// Milliseconds that the answer comes late, whatever it is.
    #[serde(default)]
    pub delay_ms: u64,
    /// What goes wrong.
    #[serde(default)]
    pub fault: Fault,
}

fn once() -> u32 {
    1
}

/// Which requests a fault befalls: those that meet all that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Match {
    /// By the operation's name, `token` and `incoToken` included.
    pub operation: Option<String>,
    /// By the customer's client id or app id.
    pub account: Option<String>,
    /// By a text in the path, query or body.
    pub contains: Option<String>,
    /// From the nth request on that meets the rest, counted from 1 since the rule was set.
    pub nth: Option<u32>,
}

/// What goes wrong.
///
/// `commit` says whether the request takes effect all the same: an order is placed though its answer is an error.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Fault {
    /// Nothing but the delay.
    #[default]
    Delay,
    /// So many bytes of the body, and then nothing for ever.
    Stall {
        /// Bytes of the body that still come.
        #[serde(default)]
        after: usize,
    },
    /// The connection is cut: before the status line, or after so many bytes of the body.
    #[serde(rename_all = "camelCase")]
    Cut {
        /// Whether the request takes effect.
        commit: bool,
        /// Bytes of the body that still come; if left out, not even the status line does. Needs `commit`.
        after: Option<usize>,
    },
    /// 429 in the supplier's own form.
    #[serde(rename_all = "camelCase")]
    Throttle {
        /// The header's value, free; without it there is no header.
        retry_after: Option<String>,
    },
    /// 401 in the supplier's own form.
    Unauthorized,
    /// 500 with a body that says nothing.
    Internal {
        /// Whether the request takes effect.
        #[serde(default)]
        commit: bool,
    },
    /// Any error in the supplier's own form: `Wrong server` of IncoCloud with its 403.
    Refuse {
        /// Its status.
        status: u16,
        /// What it says.
        text: String,
    },
    /// 403 with the HTML page of a content network.
    Blocked,
    /// 200 and no body.
    Empty,
    /// The first half of the right body, delivered as if it were whole.
    Truncated,
    /// 200 and JSON of nothing but nested arrays.
    Deep {
        /// How many.
        #[serde(default = "very_deep")]
        depth: usize,
    },
    /// Any answer.
    #[serde(rename_all = "camelCase")]
    Reply {
        /// Its status.
        status: u16,
        /// Its headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Its body: a text as it is, anything else as JSON.
        #[serde(default)]
        body: Value,
        /// Whether the request takes effect.
        #[serde(default)]
        commit: bool,
    },
}

fn very_deep() -> usize {
    100_000
}

impl Fault {
    /// Whether the request takes effect.
    fn commits(&self) -> bool {
        match self {
            Self::Cut { commit, .. } | Self::Internal { commit } | Self::Reply { commit, .. } => *commit,
            Self::Throttle { .. } | Self::Unauthorized | Self::Refuse { .. } | Self::Blocked => false,
            Self::Delay | Self::Stall { .. } | Self::Empty | Self::Truncated | Self::Deep { .. } => true,
        }
    }

    /// Makes of the right answer what is answered; `refuse` says no as the supplier does.
    fn spoil(&self, reply: &mut Reply, refuse: impl FnOnce(u16, Option<&str>) -> Reply) {
        // A whole body would be a whole answer, whatever comes behind it.
        let short = |after: usize| after.min(reply.body.len().saturating_sub(1));
        match self {
            Self::Delay => {}
            Self::Stall { after } => reply.ending = Ending::Stall(short(*after)),
            Self::Cut { after: Some(after), commit: true } => reply.ending = Ending::CutBody(short(*after)),
            Self::Cut { .. } => reply.ending = Ending::CutAll,
            Self::Throttle { retry_after } => {
                *reply = refuse(429, None);
                if let Some(value) = retry_after {
                    reply.headers.push(("Retry-After".into(), value.clone()));
                }
            }
            Self::Unauthorized => *reply = refuse(401, None),
            Self::Internal { .. } => *reply = refuse(500, None),
            Self::Refuse { status, text } => *reply = refuse(*status, Some(text)),
            Self::Blocked => *reply = Reply::new(403, "text/html; charset=utf-8", BLOCKED),
            Self::Empty => reply.body.clear(),
            Self::Truncated => reply.body.truncate(reply.body.len() / 2),
            Self::Deep { depth } => reply.body = "[".repeat(*depth).into_bytes(),
            Self::Reply { status, headers, body, .. } => {
                let body = match body {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    json => json.to_string(),
                };
                *reply = Reply::new(*status, "application/json", body);
                for (name, value) in headers {
                    reply.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
                    reply.headers.push((name.clone(), value.clone()));
                }
            }
        }
    }
}

const BLOCKED: &str = "<!DOCTYPE html><html><head><title>Access Denied</title></head><body>\
    <h1>Access Denied</h1><p>You don't have permission to access this server.</p>\
    <p>Reference #18.2f5e1402.1719393300.1a2b3c4d</p></body></html>";

/// The faults that are set.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<(Rule, u32)>,
}

impl Faults {
    /// Sets one more.
    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push((rule, 0));
    }

    /// Clears all.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Those set, and how many requests each has met.
    pub(crate) fn list(&self) -> Value {
        let rows = self.rules.iter().map(|(rule, met)| {
            let mut row = json!(rule);
            row["met"] = json!(met);
            row
        });
        rows.collect()
    }

    /// The fault that befalls this request: of several the one set first.
    pub(crate) fn strike(
        &mut self,
        operation: Option<&str>,
        account: Option<&str>,
        request: &Request,
    ) -> Option<Struck> {
        let is = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        let mut struck = None;
        for (rule, met) in &mut self.rules {
            let Match { operation: o, account: a, contains, nth } = &rule.matching;
            let meets = is(o, operation) && is(a, account) && contains.as_ref().is_none_or(|text| holds(request, text));
            if !meets {
                continue;
            }
            *met += 1;
            let past = met.saturating_sub(nth.unwrap_or(1).max(1) - 1);
            let due = past >= 1 && (rule.times == 0 || past <= rule.times);
            if due && struck.is_none() {
                struck = Some(Struck(rule.clone()));
            }
        }
        struck
    }
}

fn holds(request: &Request, text: &str) -> bool {
    request.target.contains(text) || String::from_utf8_lossy(&request.body).contains(text)
}

/// A fault that befalls a request.
pub(crate) struct Struck(Rule);

impl Struck {
    /// Whether the request takes effect all the same.
    pub(crate) fn commits(&self) -> bool {
        self.0.fault.commits()
    }

    /// Makes of the right answer, or of an empty one, what is answered.
    pub(crate) fn spoil(&self, reply: &mut Reply, refuse: impl FnOnce(u16, Option<&str>) -> Reply) {
        self.0.fault.spoil(reply, refuse);
        reply.delay_ms = self.0.delay_ms;
    }

    /// What the fault is called.
    pub(crate) fn kind(&self) -> String {
        json!(self.0.fault)["kind"].as_str().unwrap_or_default().to_owned()
    }
}
