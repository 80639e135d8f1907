//! The tasks of this repository: `cargo xtask demo | test | build | sandbox | bench`.
//!
//! Each sets up what it needs by itself: a machine with Rust (rustup) and Node ≥ 20 is enough.

mod checks;
mod demo;
mod generate;
mod package;
mod processes;
mod progress;
mod setup;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};

use progress::{Progress, say};
use setup::Need;
use tools::Tools;

const USAGE: &str = "\
cargo xtask demo [--check]      sandbox, Worker and shop, at a printed address (--check: fetch the page once, then stop)
cargo xtask test [NAME…]        every check; with names, only the steps whose name has one of them
cargo xtask build               the npm package, in pkg/
cargo xtask sandbox [ARGS…]     the two suppliers, emulated; the arguments are the sandbox's own
cargo xtask bench               the benchmarks and the sizes";

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let command = if args.is_empty() { String::new() } else { args.remove(0) };
    match run(&command, &args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, args: &[String]) -> Result<ExitCode> {
    let tools = Tools::here()?;
    processes::stop_with_us()?;
    match command {
        "build" => build(&tools),
        "demo" => demo::run(&tools, args),
        "test" => checks::run(&tools, args),
        "sandbox" => sandbox(&tools, args),
        "bench" => bench(&tools),
        "" | "help" | "--help" | "-h" => {
            say(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command {other:?}\n\n{USAGE}"),
    }
}

fn build(tools: &Tools) -> Result<ExitCode> {
    let mut progress = Progress::new();
    progress.expect(package::STEPS);
    setup::provide(tools, &mut progress, &[Need::WasmTarget, Need::NpmPackages, Need::WasmTools])?;
    package::build(tools, &mut progress, package::Variant::Published)?;
    package::print_sizes(tools)?;
    Ok(ExitCode::SUCCESS)
}

fn sandbox(tools: &Tools, args: &[String]) -> Result<ExitCode> {
    let mut cargo = tools.cargo();
    cargo.args(["run", "--quiet", "--package", "stocklane-sandbox", "--bin", "stocklane-sandbox", "--"]).args(args);
    processes::pass_through(cargo)
}

fn bench(tools: &Tools) -> Result<ExitCode> {
    build(tools)?;
    // It has the exports that are for benchmarks only.
    let mut progress = Progress::new();
    progress.expect(package::STEPS + 1);
    package::build(tools, &mut progress, package::Variant::Probe)?;
    demo::build_sandbox(tools, &mut progress)?;
    for script in ["benches/run.mjs", "benches/edge/run.mjs"] {
        let mut node = tools.node_script(&tools.root.join(script));
        node.env("STOCKLANE_SANDBOX", tools.sandbox_binary());
        let code = processes::pass_through(node)?;
        if code != ExitCode::SUCCESS {
            return Ok(code);
        }
    }
    Ok(ExitCode::SUCCESS)
}
