//! What a fresh machine lacks, and the quickest way to it that works there. What is there already is found by its
//! version and costs no network.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::{Context, Result, bail};

use crate::progress::{Progress, say};
use crate::tools::Tools;

/// wasm-pack of this minor version is known to take our options; any of its patches will do.
const WASM_PACK: &str = "0.15.1";

/// Something that a command cannot do without.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// rustc's library for wasm32.
    WasmTarget,
    /// rustfmt and clippy.
    Linters,
    /// What package.json pins.
    NpmPackages,
    /// wasm-bindgen, wasm-pack; wasm-opt is an npm package.
    WasmTools,
}

/// A thing that is missing.
enum Missing {
    WasmTarget,
    Linters,
    NpmPackages,
    WasmBindgen(String),
    WasmPack,
}

/// Sets up what is missing.
pub fn provide(tools: &Tools, progress: &mut Progress, needs: &[Need]) -> Result<()> {
    let (missing, present) = look(tools, needs)?;
    if !present.is_empty() {
        say(&format!("there already: {}", present.join(", ")));
    }
    progress.expect(missing.len());
    for thing in &missing {
        install(tools, progress, thing)?;
    }
    if missing.iter().any(|thing| matches!(thing, Missing::WasmBindgen(_) | Missing::WasmPack)) {
        // Half a gigabyte that nothing needs again.
        let _ = fs::remove_dir_all(tools.target.join("tools-build"));
    }
    Ok(())
}

fn look(tools: &Tools, needs: &[Need]) -> Result<(Vec<Missing>, Vec<String>)> {
    let (mut missing, mut present) = (Vec::new(), Vec::new());
    if needs.contains(&Need::WasmTarget) {
        match has_wasm_target(tools)? {
            true => present.push("the wasm32 target".to_owned()),
            false => missing.push(Missing::WasmTarget),
        }
    }
    if needs.contains(&Need::Linters) {
        match has_linters(tools) {
            true => present.push("rustfmt, clippy".to_owned()),
            false => missing.push(Missing::Linters),
        }
    }
    if needs.contains(&Need::NpmPackages) {
        let node = tools.version("node", "--version");
        let node = node.context("Node is missing: install Node 20 or newer, with npm (nodejs.org)")?;
        let major: u32 = node.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        if major < 20 {
            bail!("Node {node} is too old: 20 or newer is needed");
        }
        present.push(format!("Node {node}"));
        match has_npm_packages(tools)? {
            true => present.push("npm packages".to_owned()),
            false => missing.push(Missing::NpmPackages),
        }
    }
    if needs.contains(&Need::WasmTools) {
        let wanted = tools.locked_version("wasm-bindgen")?;
        match tools.version("wasm-bindgen", "--version") {
            Some(version) if version == wanted => present.push(format!("wasm-bindgen {version}")),
            _ => missing.push(Missing::WasmBindgen(wanted)),
        }
        match tools.version("wasm-pack", "--version") {
            Some(version) if minor(&version) == minor(WASM_PACK) => present.push(format!("wasm-pack {version}")),
            _ => missing.push(Missing::WasmPack),
        }
    }
    Ok((missing, present))
}

fn install(tools: &Tools, progress: &mut Progress, thing: &Missing) -> Result<()> {
    match thing {
        Missing::WasmTarget => {
            let mut rustup = tools.command("rustup");
            rustup.args(["target", "add", "wasm32-unknown-unknown"]);
            progress.run("the wasm32 target: rustup target add", rustup)?;
        }
        Missing::Linters => {
            let mut rustup = tools.command("rustup");
            rustup.args(["component", "add", "rustfmt", "clippy"]);
            progress.run("rustfmt and clippy: rustup component add", rustup)?;
        }
        Missing::NpmPackages => {
            let mut npm = tools.command("npm");
            // Nothing here needs its install script, and none should run.
            npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
            progress.run("npm packages: npm ci, about half a minute", npm)?;
            fs::write(npm_stamp(tools), npm_lock_hash(tools)?)?;
        }
        Missing::WasmBindgen(version) => {
            let what = format!("wasm-bindgen {version}: compiling, about 2 minutes");
            cargo_install(tools, progress, &what, &format!("wasm-bindgen-cli@{version}"))?;
        }
        Missing::WasmPack => {
            let what = format!("wasm-pack {WASM_PACK}: compiling, about a minute");
            cargo_install(tools, progress, &what, &format!("wasm-pack@{WASM_PACK}"))?;
        }
    }
    Ok(())
}

/// A debug build: the tools run for a second, an optimised build of them would take minutes more.
fn cargo_install(tools: &Tools, progress: &mut Progress, what: &str, package: &str) -> Result<()> {
    let mut cargo = tools.cargo();
    cargo.args(["install", "--debug", "--root"]).arg(tools.install_root()).arg(package);
    cargo.env("CARGO_TARGET_DIR", tools.target.join("tools-build"));
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    progress.run(what, cargo)?;
    Ok(())
}

/// Chromium, for the tests that need a browser. The error says what to do.
pub fn provide_chromium(tools: &Tools, progress: &mut Progress) -> Result<()> {
    if tools.chromium().is_some() {
        return Ok(());
    }
    let advice = "Chromium is missing: install chromium or google-chrome, or name its binary in $CHROME";
    if !is_root(tools) || tools.find("apt-get").is_none() {
        bail!(advice);
    }
    progress.expect(2);
    let mut update = tools.command("apt-get");
    update.arg("update");
    progress.run("Chromium: apt-get update", update)?;
    let mut install = tools.command("apt-get");
    install.args(["install", "--yes", "chromium", "chromium-driver"]).env("DEBIAN_FRONTEND", "noninteractive");
    progress.run("Chromium: apt-get install, about a minute", install)?;
    tools.chromium().map(|_| ()).context(advice)
}

fn has_wasm_target(tools: &Tools) -> Result<bool> {
    let output =
        tools.command("rustc").args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]).output()?;
    let dir = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    // rustc knows the path of a target that is not installed, too.
    Ok(output.status.success() && fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()))
}

fn has_linters(tools: &Tools) -> bool {
    ["fmt", "clippy"]
        .into_iter()
        .all(|name| tools.cargo().args([name, "--version"]).output().is_ok_and(|output| output.status.success()))
}

fn has_npm_packages(tools: &Tools) -> Result<bool> {
    let installed = fs::read_to_string(npm_stamp(tools)).unwrap_or_default();
    Ok(installed == npm_lock_hash(tools)?)
}

/// Inside what `npm ci` removes: a broken installation has no stamp.
fn npm_stamp(tools: &Tools) -> std::path::PathBuf {
    tools.root.join("node_modules/.installed-from-lock")
}

fn npm_lock_hash(tools: &Tools) -> Result<String> {
    let mut hash = DefaultHasher::new();
    fs::read(tools.root.join("package-lock.json")).context("package-lock.json")?.hash(&mut hash);
    Ok(format!("{:016x}", hash.finish()))
}

fn minor(version: &str) -> Option<&str> {
    version.rsplit_once('.').map(|(minor, _)| minor)
}

fn is_root(tools: &Tools) -> bool {
    env::consts::FAMILY == "unix"
        && tools.command("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
