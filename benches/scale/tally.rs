//! What was counted, and the table of it.

use stocklane::engine::Ms;

use crate::Rules;

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
    pub waited: u64,
    pub waits: Vec<u32>,
    pub looks: u64,
    pub leads: u64,
    pub leaves: u64,
    pub leased: u64,
    pub states: u64,
    pub settles: u64,
    pub upstream: u64,
    pub keys: u64,
    pub in_any_minute: usize,
    pub rows_read: u64,
    pub batches: u64,
    pub rows: u64,
    pub state: u64,
    pub instances: u64,
    pub started: u64,
}

impl Tally {
    /// Somebody who has waited since then; nobody, where that is for ever.
    pub fn answered(&mut self, now: Ms, since: Ms) {
        if since <= now {
            self.waited += 1;
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

    fn wait(&self, share: f64) -> String {
        let mut waits = self.waits.clone();
        if waits.is_empty() {
            return "–".into();
        }
        let at = ((waits.len() as f64 * share) as usize).min(waits.len() - 1);
        let (_, wait, _) = waits.select_nth_unstable(at);
        format!("{wait} ms")
    }

    /// Adds what so many shops like this one count.
    fn add(&mut self, other: &Tally, shops: u64) {
        let pairs = [
            (&mut self.visitors, other.visitors),
            (&mut self.requests, other.requests),
            (&mut self.at_once, other.at_once),
            (&mut self.renewals, other.renewals),
            (&mut self.failed, other.failed),
            (&mut self.stale, other.stale),
            (&mut self.waited, other.waited),
            (&mut self.looks, other.looks),
            (&mut self.leads, other.leads),
            (&mut self.leaves, other.leaves),
            (&mut self.batches, other.batches),
            (&mut self.leased, other.leased),
            (&mut self.states, other.states),
            (&mut self.settles, other.settles),
            (&mut self.upstream, other.upstream),
            (&mut self.keys, other.keys),
            (&mut self.rows_read, other.rows_read),
            (&mut self.rows, other.rows),
            (&mut self.state, other.state),
            (&mut self.instances, other.instances),
            (&mut self.started, other.started),
        ];
        pairs.into_iter().for_each(|(mine, other)| *mine += other * shops);
        self.in_any_minute = self.in_any_minute.max(other.in_any_minute);
    }
}

pub fn print(rules: Rules, played: &[(usize, u64, Tally)], minutes: u64) {
    let mut all = Tally::default();
    played.iter().for_each(|(_, shops, tally)| all.add(tally, *shops));
    let shops: u64 = played.iter().map(|(_, shops, _)| shops).sum();
    let mut columns = vec![(format!("all {shops}"), &all)];
    // The largest, and some of the others.
    let mut shown: Vec<_> =
        [1, 10, 100, 400, 950].iter().filter_map(|least| played.iter().find(|(rank, ..)| rank >= least)).collect();
    shown.dedup_by_key(|(rank, ..)| *rank);
    columns.extend(shown.into_iter().map(|(rank, _, tally)| (format!("no. {rank}"), tally)));
    println!("\n### {}\n", rules.name);
    println!("| a minute | {} |", columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---:|".repeat(columns.len()));
    let row = |what: &str, cell: &dyn Fn(&Tally) -> String| {
        println!("| {what} | {} |", columns.iter().map(|(_, tally)| cell(tally)).collect::<Vec<_>>().join(" | "));
    };
    let per = |count: u64| thousands(count / minutes);
    let part = |count: u64, whole: u64| format!("{:.2}%", 100.0 * count as f64 / whole.max(1) as f64);
    row("pages opened", &|t| per(t.visitors));
    row("instances (started)", &|t| format!("{} ({})", thousands(t.instances), per(t.started)));
    row("Worker requests", &|t| per(t.requests));
    row("answered at once", &|t| part(t.at_once, t.requests));
    row("waited", &|t| part(t.waited, t.requests));
    row("wait, median", &|t| t.wait(0.5));
    row("wait, 99th of 100", &|t| t.wait(0.99));
    row("answered from before, marked", &|t| part(t.stale, t.requests));
    row("not within 30 s", &|t| part(t.failed, t.requests));
    row("supplier: requests", &|t| per(t.upstream));
    row("supplier: most in any minute", &|t| thousands(t.in_any_minute as u64));
    row("supplier: SKUs a request", &|t| format!("{:.1}", t.keys as f64 / t.upstream.max(1) as f64));
    if rules.coordinated {
        row("coordinator: calls", &|t| per(t.coordinator()));
        row("… for what others left", &|t| per(t.looks));
        row("… who leads", &|t| per(t.leads));
        row("… answers left", &|t| per(t.leaves));
        row("… leases", &|t| per(t.leased));
        row("… leases settled", &|t| per(t.settles));
        row("coordinator: calls a second", &|t| thousands(t.coordinator() / minutes / 60));
        row("answers: read", &|t| per(t.rows_read));
        row("answers: live", &|t| thousands(t.rows));
        row("answers: live, MB", &|t| format!("{:.1}", (t.rows * ROW) as f64 / 1e6));
        row("quota: states written", &|t| per(t.states));
        row("quota: state, bytes", &|t| thousands(t.state));
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
