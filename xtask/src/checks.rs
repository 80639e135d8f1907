//! `cargo xtask test`: every check there is, each timed, and one line that sums them up.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::demo;
use crate::package::{self, Variant};
use crate::progress::{Progress, plain, say};
use crate::setup::{self, Need};
use crate::tools::Tools;

/// What came of a step.
struct Outcome {
    name: &'static str,
    seconds: f64,
    passed: usize,
    failed: usize,
    note: String,
}

/// The steps that ran, in their order.
struct Report {
    outcomes: Vec<Outcome>,
    /// Only steps whose name has one of these; all if there is none.
    wanted: Vec<String>,
}

/// Passed and failed cases.
type Count = (usize, usize);

/// Every step by its name.
const STEPS: [&str; 19] = [
    "set-up",
    "format",
    "clippy, host",
    "clippy, wasm32",
    "cargo test",
    "package",
    "package with panic probe",
    "package installed",
    "types, TypeScript now",
    "types, TypeScript 5.0",
    "sandbox built",
    "js in Node",
    "js in Chromium",
    "js in workerd",
    "js in Deno",
    "js in Bun",
    "bundlers",
    "edge proxy",
    "demo, end to end",
];

/// Steps for runtimes that nobody needs to work on this and nothing here fetches: the runtime, and what may name its binary.
const IF_THERE: [(&str, &str, &str); 2] = [("js in Deno", "deno", "DENO"), ("js in Bun", "bun", "BUN")];

fn is_there(tools: &Tools, runtime: &str, variable: &str) -> bool {
    env::var_os(variable).is_some() || tools.find(runtime).is_some()
}

/// Runs the checks. A failure stops only what depends on it.
pub fn run(tools: &Tools, names: &[String]) -> Result<ExitCode> {
    if let Some(name) = names.iter().find(|name| !STEPS.iter().any(|step| step.contains(name.as_str()))) {
        bail!("no step is named like {name:?}; the steps are: {}", STEPS.join("; "));
    }
    let mut progress = Progress::new();
    let mut report = Report { outcomes: Vec::new(), wanted: names.to_vec() };
    let p = &mut progress;

    let ready = report.always("set-up", || {
        setup::provide(tools, p, &[Need::WasmTarget, Need::Linters, Need::NpmPackages, Need::WasmTools])?;
        p.expect(lines_of(tools, names));
        Ok((1, 0))
    });
    report.step("format", true, || {
        let mut cargo = tools.cargo();
        cargo.args(["fmt", "--all", "--check"]);
        counted(p, "format: cargo fmt --check", cargo, |_| None)
    });
    report.step("clippy, host", true, || {
        let mut cargo = tools.cargo();
        cargo.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        counted(p, "clippy: the workspace, host", cargo, |_| None)
    });
    report.step("clippy, wasm32", ready, || {
        let mut cargo = tools.cargo();
        cargo.args(["clippy", "--package", "stocklane-js", "--target", "wasm32-unknown-unknown"]);
        cargo.args(["--no-default-features", "--features", "clients,edge,page", "--", "-D", "warnings"]);
        counted(p, "clippy: the modules, wasm32", cargo, |_| None)
    });
    report.step("cargo test", true, || {
        let mut cargo = tools.cargo();
        cargo.args(["test", "--workspace", "--no-fail-fast"]);
        // The decoder is fuzzed for a minute here, and for two seconds where somebody runs `cargo test` by hand.
        cargo.env("STOCKLANE_FUZZ_SECONDS", "60");
        counted(p, "cargo test: the workspace", cargo, count_cargo)
    });

    let package = report.step("package", ready, || built(tools, p, Variant::Published));
    let probe = report.step("package with panic probe", package, || built(tools, p, Variant::Probe));
    let installed = report.step("package installed", package && probe, || {
        p.quick("package: packed, unpacked into node_modules", || {
            package::install(tools, Variant::Published)?;
            package::install(tools, Variant::Probe)?;
            Ok(String::new())
        })?;
        Ok((1, 0))
    });

    for (name, compiler) in [("types, TypeScript now", "typescript"), ("types, TypeScript 5.0", "typescript-old")] {
        let usages = tools.root.join("tests/package");
        if !has_file(&usages, ".ts") {
            report.skip(name, "no usage file in tests/package");
            continue;
        }
        report.step(name, installed, || {
            let mut tsc = tools.node_script(&tools.root.join("node_modules").join(compiler).join("bin/tsc"));
            tsc.arg("--project").arg(&usages);
            counted(p, &format!("{name}: tsc --strict on tests/package"), tsc, |_| None)
        });
    }

    let sandbox = report.step("sandbox built", true, || {
        demo::build_sandbox(tools, p)?;
        Ok((1, 0))
    });
    for (name, runtime) in [("js in Node", "node"), ("js in Chromium", "chromium"), ("js in workerd", "workerd")] {
        report.step(name, installed && sandbox, || {
            if runtime == "chromium" {
                setup::provide_chromium(tools, p)?;
            }
            let file = format!("tests/harness/{runtime}.test.mjs");
            node_tests(tools, p, &format!("js suites: {runtime}"), runtime, &[&file])
        });
    }
    for (name, runtime, variable) in IF_THERE {
        if !is_there(tools, runtime, variable) {
            report.skip(name, &format!("{runtime} is not on the PATH nor named by ${variable}"));
            continue;
        }
        report.step(name, installed && sandbox, || {
            let file = format!("tests/harness/{runtime}.test.mjs");
            node_tests(tools, p, &format!("js suites: {runtime}"), runtime, &[&file])
        });
    }
    report.step("bundlers", installed, || {
        setup::provide_chromium(tools, p)?;
        node_tests(tools, p, "bundlers: Vite, webpack, esbuild", "bundlers", &["tests/package/bundlers.test.mjs"])
    });
    report.step("edge proxy", installed && sandbox, || {
        let files = ["proxy", "crowd", "fleet", "threats", "threats-load", "through"]
            .map(|name| format!("tests/workers/{name}.test.mjs"));
        let files = files.each_ref().map(String::as_str);
        node_tests(tools, p, "edge proxy: in workerd and in Node", "workers", &files)
    });
    report.step("demo, end to end", installed && sandbox, || {
        setup::provide_chromium(tools, p)?;
        node_tests(tools, p, "demo: as a visitor meets it, in Chromium", "e2e", &["tests/e2e/demo.test.mjs"])
    });
    report.print(progress.seconds())
}

/// How many lines of progress the chosen steps will show. The set-up counts its own.
fn lines_of(tools: &Tools, names: &[String]) -> usize {
    let mut lines = 0;
    for step in &STEPS[1..] {
        if IF_THERE.iter().any(|(name, runtime, variable)| name == step && !is_there(tools, runtime, variable)) {
            continue;
        }
        if names.is_empty() || names.iter().any(|name| step.contains(name.as_str())) {
            lines += if matches!(*step, "package" | "package with panic probe") { package::STEPS } else { 1 };
        }
    }
    lines
}

fn built(tools: &Tools, progress: &mut Progress, variant: Variant) -> Result<Count> {
    package::build(tools, progress, variant)?;
    Ok((1, 0))
}

/// Tests of Node's own runner. They measure time: one file after the other.
fn node_tests(tools: &Tools, progress: &mut Progress, what: &str, name: &str, files: &[&str]) -> Result<Count> {
    let results = tools.target.join("harness");
    fs::create_dir_all(&results)?;
    let tap = results.join(format!("{name}.tap"));
    let mut node = tools.command("node");
    node.args(["--test", "--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap"]);
    node.arg(format!("--test-reporter-destination={}", tap.display()));
    node.args(["--test-concurrency", "1"]).args(files.iter().map(|file| tools.root.join(file)));
    node.env("STOCKLANE_SANDBOX", tools.sandbox_binary());
    if let Some(chromium) = tools.chromium() {
        node.env("CHROME", chromium);
    }
    counted(progress, what, node, |_| count_tap(&tap))
}

/// Runs a child, shows what it wrote if it failed, and counts its cases; one that counts none is a case by itself.
fn counted(
    progress: &mut Progress,
    what: &str,
    mut command: Command,
    count: impl Fn(&str) -> Option<Count>,
) -> Result<Count> {
    if progress.coloured() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let finished = progress.watch(what, command)?;
    let succeeded = finished.status.success();
    if !succeeded {
        say(&finished.output);
    }
    let (passed, failed) = count(&plain(&finished.output)).unwrap_or((usize::from(succeeded), 0));
    // What died before it could count is a failure all the same.
    Ok((passed, if succeeded { failed } else { failed.max(1) }))
}

fn count_cargo(output: &str) -> Option<Count> {
    let mut count = None;
    for line in output.lines().filter(|line| line.starts_with("test result: ")) {
        let number = |word: &str| {
            let part = line.split([';', '.']).find(|part| part.trim().ends_with(word))?;
            part.split_whitespace().next()?.parse::<usize>().ok()
        };
        let (passed, failed) = count.unwrap_or((0, 0));
        count = Some((passed + number(" passed").unwrap_or(0), failed + number(" failed").unwrap_or(0)));
    }
    count
}

fn count_tap(tap: &Path) -> Option<Count> {
    let text = fs::read_to_string(tap).ok()?;
    let number =
        |start: &str| text.lines().rev().find_map(|line| line.strip_prefix(start)?.trim().parse::<usize>().ok());
    Some((number("# pass ")?, number("# fail ")? + number("# cancelled ").unwrap_or(0)))
}

fn has_file(dir: &Path, end: &str) -> bool {
    fs::read_dir(dir).is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().ends_with(end)))
}

impl Report {
    /// Runs a step whatever was chosen, and says whether it ran well.
    fn always(&mut self, name: &'static str, work: impl FnOnce() -> Result<Count>) -> bool {
        let started = Instant::now();
        let (count, note) = match work() {
            Ok(count) => (count, String::new()),
            Err(error) => {
                let error = format!("{error:#}");
                say(&format!("\n{name}: {error}\n"));
                ((0, 1), error.lines().next().unwrap_or_default().to_owned())
            }
        };
        let (passed, failed) = count;
        self.outcomes.push(Outcome { name, seconds: started.elapsed().as_secs_f64(), passed, failed, note });
        failed == 0
    }

    /// Whether it ran well. A step is worth nothing if what it depends on failed.
    fn step(&mut self, name: &'static str, depends: bool, work: impl FnOnce() -> Result<Count>) -> bool {
        if !self.wanted.is_empty() && !self.wanted.iter().any(|wanted| name.contains(wanted.as_str())) {
            return true;
        }
        if !depends {
            let note = "not run: what it needs failed".to_owned();
            self.outcomes.push(Outcome { name, seconds: 0.0, passed: 0, failed: 1, note });
            return false;
        }
        self.always(name, work)
    }

    fn skip(&mut self, name: &'static str, why: &str) {
        if self.wanted.is_empty() || self.wanted.iter().any(|wanted| name.contains(wanted.as_str())) {
            let note = format!("skipped: {why}");
            self.outcomes.push(Outcome { name, seconds: 0.0, passed: 0, failed: 0, note });
        }
    }

    fn print(&self, seconds: f64) -> Result<ExitCode> {
        say(&format!("\n{:<26} {:>7} {:>7} {:>9}", "step", "passed", "failed", "seconds"));
        for outcome in &self.outcomes {
            let line = format!(
                "{:<26} {:>7} {:>7} {:>9.1}  {}",
                outcome.name, outcome.passed, outcome.failed, outcome.seconds, outcome.note
            );
            say(line.trim_end());
        }
        let passed: usize = self.outcomes.iter().map(|outcome| outcome.passed).sum();
        let failed: usize = self.outcomes.iter().map(|outcome| outcome.failed).sum();
        say(&format!("{:<26} {:>7} {:>7} {seconds:>9.1}\n", "all", passed, failed));
        say(&format!("{passed} passed, {failed} failed"));
        Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

#[cfg(test)]
mod tests {
    use super::count_cargo;

    #[test]
    fn the_cases_of_all_test_binaries_are_added_up() {
        let output = "\
running 3 tests
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s
test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        assert_eq!(count_cargo(output), Some((15, 2)));
        assert_eq!(count_cargo("error: could not compile"), None);
    }
}
