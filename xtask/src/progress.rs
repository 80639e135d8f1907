//! What is being done, how far it is and how long it takes: one numbered line a step, redrawn on a terminal.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::processes::Running;

/// Off a terminal nothing is redrawn; a long step says this often that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// The steps of one command.
pub struct Progress {
    total: usize,
    begun: usize,
    redraw: bool,
    started: Instant,
}

/// What a finished child left.
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Both its streams.
    pub output: String,
}

impl Progress {
    /// Nothing to do yet.
    pub fn new() -> Self {
        let ci = env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0");
        Self { total: 0, begun: 0, redraw: !ci && io::stdout().is_terminal(), started: Instant::now() }
    }

    /// So many more steps are to come.
    pub fn expect(&mut self, steps: usize) {
        self.total += steps;
    }

    /// Whether a child's colours have a reader.
    pub fn coloured(&self) -> bool {
        self.redraw
    }

    /// The seconds since the command began.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// A step that is quick enough to need no sign of life. Its closure returns what to say of the result.
    pub fn quick(&mut self, what: &str, work: impl FnOnce() -> Result<String>) -> Result<()> {
        let label = self.begin(what);
        let started = Instant::now();
        let result = work();
        match &result {
            Ok(said) => self.end(&label, started, said),
            Err(_) => self.end(&label, started, "failed"),
        }
        result.map(|_| ())
    }

    /// A step that is a child process and has to succeed; its output is shown if it does not.
    pub fn run(&mut self, what: &str, command: Command) -> Result<String> {
        let finished = self.watch(what, command)?;
        if !finished.status.success() {
            say(&finished.output);
            bail!("{what}: {}", finished.status);
        }
        Ok(finished.output)
    }

    /// A step that is a child process.
    pub fn watch(&mut self, what: &str, command: Command) -> Result<Finished> {
        let label = self.begin(what);
        let started = Instant::now();
        let mut spoken = started;
        let mut child = Running::start(command)?;
        let mut output = String::new();
        let mut last = String::new();
        let status = loop {
            match child.lines().recv_timeout(Duration::from_millis(250)) {
                Ok(line) => {
                    output.push_str(&line);
                    output.push('\n');
                    if !line.trim().is_empty() {
                        last = line;
                    }
                    // The lines of a burst are drawn once.
                    if spoken.elapsed() < Duration::from_millis(100) {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    if let Some(status) = child.ended()? {
                        break status;
                    }
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
            if self.redraw {
                self.draw(&label, started, &last);
                spoken = Instant::now();
            } else if spoken.elapsed() >= HEARTBEAT {
                say(&format!("      … {:.0} s: {}", started.elapsed().as_secs_f64(), last.trim()));
                spoken = Instant::now();
            }
        };
        self.end(&label, started, if status.success() { "" } else { "failed" });
        Ok(Finished { status, output })
    }

    fn begin(&mut self, what: &str) -> String {
        self.begun += 1;
        // A step that nobody announced must not read as [8/7].
        self.total = self.total.max(self.begun);
        let label = format!("[{}/{}] {what}", self.begun, self.total);
        if self.redraw {
            let _ = write!(io::stdout(), "{label} …");
        } else {
            say(&format!("{label} …"));
        }
        let _ = io::stdout().flush();
        label
    }

    fn draw(&self, label: &str, started: Instant, last: &str) {
        let width = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100usize);
        let head = format!("{label} … {:.0} s", started.elapsed().as_secs_f64());
        let room = width.saturating_sub(head.chars().count() + 4);
        let tail: String = plain(last.trim()).chars().take(room).collect();
        let _ = write!(io::stdout(), "\r\x1b[2K{head}  \x1b[2m{tail}\x1b[0m");
        let _ = io::stdout().flush();
    }

    fn end(&self, label: &str, started: Instant, said: &str) {
        let seconds = started.elapsed().as_secs_f64();
        let said = if said.is_empty() { "done" } else { said };
        if self.redraw {
            say(&format!("\r\x1b[2K{label}: {said}, {seconds:.1} s"));
        } else {
            say(&format!("      {said}, {seconds:.1} s"));
        }
    }
}

/// Writes a line. A reader that went away (`| head`) is no reason to stop a build.
pub fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// A line without its colours.
pub fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            text.push(c);
        } else if chars.next() == Some('[') {
            // The sequence ends with its first letter.
            chars.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    text
}
