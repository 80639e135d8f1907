//! What was counted, and the table of it.

use stocklane::engine::Ms;

use crate::Fleet;

/// A kept answer with its key, in bytes.
const ROW: u64 = 330;

#[derive(Default, Clone)]
pub struct Tally {
    pub visitors: u64,
    pub requests: u64,
    pub at_once: u64,
    pub renewals: u64,
    pub failed: u64,
    pub stale: u64,
    pub waits: Vec<u32>,
    pub looks: u64,
    pub leads: u64,
    pub leaves: u64,
    pub leased: u64,
    pub grants: u64,
    pub settles: u64,
    pub upstream: [u64; 2],
    pub keys: u64,
    pub in_any_minute: usize,
    pub rows_read: u64,
    pub rows_written: u64,
    pub rows: u64,
    pub state: u64,
    pub instances: u64,
    pub started: u64,
}

impl Tally {
    /// Somebody who has waited since then; nobody, where that is for ever.
    pub fn answered(&mut self, now: Ms, since: Ms) {
        if since <= now {
            self.waits.push((now - since) as u32);
        }
    }

    pub fn failed(&mut self, since: Ms, held: bool) {
        match (since, held) {
            (Ms::MAX, _) => {}
            (_, true) => self.stale += 1,
            (_, false) => self.failed += 1,
        }
    }

    fn coordinator(&self) -> u64 {
        self.looks + self.leads + self.leaves + self.leased + self.settles
    }

    fn upstream(&self) -> u64 {
        self.upstream.iter().sum()
    }

    fn waited(&self, share: f64) -> String {
        let mut waits = self.waits.clone();
        if waits.is_empty() {
            return "–".into();
        }
        let at = ((waits.len() as f64 * share) as usize).min(waits.len() - 1);
        let (_, wait, _) = waits.select_nth_unstable(at);
        format!("{wait} ms")
    }

    fn sum(all: &[Tally]) -> Tally {
        let mut sum = Tally::default();
        for tally in all {
            sum.visitors += tally.visitors;
            sum.requests += tally.requests;
            sum.at_once += tally.at_once;
            sum.renewals += tally.renewals;
            sum.failed += tally.failed;
            sum.stale += tally.stale;
            sum.waits.extend(&tally.waits);
            sum.looks += tally.looks;
            sum.leads += tally.leads;
            sum.leaves += tally.leaves;
            sum.leased += tally.leased;
            sum.grants += tally.grants;
            sum.settles += tally.settles;
            sum.upstream[0] += tally.upstream[0];
            sum.upstream[1] += tally.upstream[1];
            sum.keys += tally.keys;
            sum.in_any_minute = sum.in_any_minute.max(tally.in_any_minute);
            sum.rows_read += tally.rows_read;
            sum.rows_written += tally.rows_written;
            sum.rows += tally.rows;
            sum.state += tally.state;
            sum.instances += tally.instances;
            sum.started += tally.started;
        }
        sum
    }
}

pub fn print(fleet: Fleet, all: &[Tally], minutes: u64) {
    let columns = [
        ("all 1,000", Tally::sum(all)),
        ("largest", all[0].clone()),
        ("10th", all[9].clone()),
        ("100th", all[99].clone()),
        ("500th", all[499].clone()),
        ("smallest", all[all.len() - 1].clone()),
    ];
    println!("\n### {}\n", match fleet {
        Fleet::Coordinated => "With the coordinator",
        Fleet::Alone => "Each instance for itself",
    });
    println!("| a minute | {} |", columns.each_ref().map(|(name, _)| *name).join(" | "));
    println!("|---|{}", "---:|".repeat(columns.len()));
    let row = |what: &str, cell: &dyn Fn(&Tally) -> String| {
        println!("| {what} | {} |", columns.each_ref().map(|(_, tally)| cell(tally)).join(" | "));
    };
    let per = |count: u64| thousands(count / minutes);
    let part = |count: u64, whole: u64| format!("{:.2}%", 100.0 * count as f64 / whole.max(1) as f64);
    row("pages opened", &|t| per(t.visitors));
    row("instances (started)", &|t| format!("{} ({})", thousands(t.instances), per(t.started)));
    row("Worker requests", &|t| per(t.requests));
    row("answered at once", &|t| part(t.at_once, t.requests));
    row("waited", &|t| part(t.waits.len() as u64, t.requests));
    row("wait, median", &|t| t.waited(0.5));
    row("wait, 99th of 100", &|t| t.waited(0.99));
    row("answered from before, marked", &|t| part(t.stale, t.requests));
    row("refused (504)", &|t| part(t.failed, t.requests));
    row("supplier: requests", &|t| per(t.upstream()));
    row("supplier: most in any minute", &|t| thousands(t.in_any_minute as u64));
    row("supplier: SKUs a request", &|t| format!("{:.1}", t.keys as f64 / t.upstream().max(1) as f64));
    if fleet == Fleet::Coordinated {
        row("coordinator: calls", &|t| per(t.coordinator()));
        row("… for kept answers", &|t| per(t.looks));
        row("… who leads", &|t| per(t.leads));
        row("… answers left", &|t| per(t.leaves));
        row("… leases", &|t| per(t.leased));
        row("… leases settled", &|t| per(t.settles));
        row("coordinator: calls a second", &|t| thousands(t.coordinator() / minutes / 60));
        row("answers: read", &|t| per(t.rows_read));
        row("answers: written", &|t| per(t.rows_written));
        row("answers: live", &|t| thousands(t.rows));
        row("answers: live, MB", &|t| format!("{:.1}", (t.rows * ROW) as f64 / 1e6));
        row("quota: state, bytes", &|t| thousands(t.state));
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
