//! The npm package: each WebAssembly module built once, put together with `pkg-template/`, and looked over as the
//! tarball that npm would publish.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::generate;
use crate::progress::{Progress, say};
use crate::tools::Tools;

/// A feature of the crate `stocklane-js` each, and a file of the package.
const MODULES: [&str; 3] = ["clients", "edge", "page"];

/// How many steps `build` shows.
pub const STEPS: usize = 2 * MODULES.len() + 2;

/// What is built of the crate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// What users get.
    Published,
    /// The same with exports that panic on purpose: for tests.
    Probe,
}

impl Variant {
    /// Where the package is put together.
    fn dir(self, tools: &Tools) -> PathBuf {
        tools.root.join(match self {
            Self::Published => "pkg",
            Self::Probe => "pkg-probe",
        })
    }

    /// The name by which tests import it.
    fn name(self) -> &'static str {
        match self {
            Self::Published => "stocklane",
            Self::Probe => "stocklane-probe",
        }
    }

    fn features(self, module: &str) -> String {
        match self {
            Self::Published => module.to_owned(),
            Self::Probe => format!("{module},panic-probe,bench-probe"),
        }
    }

    fn module_dir(self, module: &str) -> String {
        match self {
            Self::Published => format!("target/modules/{module}"),
            Self::Probe => format!("target/modules/{module}-probe"),
        }
    }
}

/// Builds the modules and puts the package together.
pub fn build(tools: &Tools, progress: &mut Progress, variant: Variant) -> Result<()> {
    for module in MODULES {
        build_module(tools, progress, variant, module)?;
    }
    let dir = variant.dir(tools);
    let shown = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    progress.quick(&format!("{shown}: putting together"), || {
        assemble(tools, variant)?;
        generate::write(&dir)?;
        Ok(String::new())
    })?;
    progress.quick(&format!("{shown}: what npm would publish"), || {
        let published = look_over(tools, &dir)?;
        Ok(format!("{} files, {:.1} KB packed", published.files, published.packed / 1000.0))
    })
}

/// Puts the packed and unpacked package where `import "stocklane"` finds it: tests see what users would install.
pub fn install(tools: &Tools, variant: Variant) -> Result<()> {
    let packed = tools.target.join("packed");
    fs::create_dir_all(&packed)?;
    let mut npm = tools.command("npm");
    npm.current_dir(variant.dir(tools)).args(["pack", "--json", "--ignore-scripts", "--pack-destination"]).arg(&packed);
    let report = npm_report(npm)?;
    let file = report.get("filename").and_then(Value::as_str).context("npm pack names no file")?;
    let home = tools.root.join("node_modules").join(variant.name());
    remove(&home)?;
    fs::create_dir_all(&home)?;
    let mut tar = tools.command("tar");
    tar.arg("-xzf").arg(packed.join(file)).arg("-C").arg(&home).arg("--strip-components=1");
    let unpacked = tar.output().context("tar")?;
    if !unpacked.status.success() {
        bail!("tar: {}", String::from_utf8_lossy(&unpacked.stderr));
    }
    Ok(())
}

/// The table of sizes.
pub fn print_sizes(tools: &Tools) -> Result<()> {
    say("");
    let mut node = tools.node_script(&tools.root.join("benches/size.mjs"));
    node.arg(Variant::Published.dir(tools));
    if !node.status().context("node")?.success() {
        bail!("benches/size.mjs failed");
    }
    Ok(())
}

/// Cargo knows best whether anything changed; wasm-opt, the slow part, runs again only where cargo's result is new.
fn build_module(tools: &Tools, progress: &mut Progress, variant: Variant, module: &str) -> Result<()> {
    let features = variant.features(module);
    let cargo_args = cargo_args(tools, &features)?;
    let mut cargo = tools.cargo();
    cargo
        .args(["build", "--package", "stocklane-js", "--release", "--target", "wasm32-unknown-unknown"])
        .args(&cargo_args);
    if progress.coloured() {
        cargo.env("CARGO_TERM_COLOR", "always");
    }
    progress.run(&format!("module {features}: compiling"), cargo)?;

    let out_dir = tools.root.join(variant.module_dir(module));
    let compiled = tools.target.join("wasm32-unknown-unknown/release/stocklane_js.wasm");
    let inputs = inputs(tools, &compiled)?;
    let stamp = out_dir.join("inputs");
    if fs::read_to_string(&stamp).is_ok_and(|built| built == inputs) {
        return progress.quick(&format!("module {features}: binding, optimising"), || Ok("unchanged".to_owned()));
    }
    remove(&out_dir)?;
    let mut wasm_pack = tools.command("wasm-pack");
    wasm_pack.args(["build", "--target", "web", "--release", "--no-pack", "--no-gitignore", "--mode", "no-install"]);
    wasm_pack.arg("--out-dir").arg(&out_dir).args(["--out-name", module, "src/js", "--"]).args(&cargo_args);
    progress.run(&format!("module {features}: binding, optimising"), wasm_pack)?;
    fs::write(stamp, inputs)?;
    Ok(())
}

fn cargo_args(tools: &Tools, features: &str) -> Result<Vec<String>> {
    // Panic messages name source files: they shall not name the folders of whoever built the package. Cargo joins this
    // list to the one in .cargo/config.toml.
    let flags: Vec<String> = source_dirs(tools)
        .into_iter()
        .flat_map(|(dir, name)| ["--remap-path-prefix".to_owned(), format!("{}={name}", dir.display())])
        .collect();
    let flags = serde_json::to_string(&flags)?;
    Ok(vec![
        "--no-default-features".to_owned(),
        "--features".to_owned(),
        features.to_owned(),
        "--config".to_owned(),
        format!("target.wasm32-unknown-unknown.rustflags={flags}"),
    ])
}

/// The folders of source files and what they are called in the package.
fn source_dirs(tools: &Tools) -> Vec<(PathBuf, &'static str)> {
    let mut dirs = vec![(tools.root.clone(), "stocklane")];
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    if let Some(registries) = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok()) {
        let mut found: Vec<PathBuf> = registries.flatten().map(|entry| entry.path()).collect();
        found.sort();
        dirs.extend(found.into_iter().map(|dir| (dir, "deps")));
    }
    dirs
}

/// A fingerprint of all that decides what wasm-pack makes of a compiled module.
fn inputs(tools: &Tools, compiled: &Path) -> Result<String> {
    let mut hash = DefaultHasher::new();
    for file in [compiled, &tools.root.join("src/js/Cargo.toml"), &tools.root.join("package-lock.json")] {
        fs::read(file).with_context(|| file.display().to_string())?.hash(&mut hash);
    }
    tools.locked_version("wasm-bindgen")?.hash(&mut hash);
    Ok(format!("{:016x}", hash.finish()))
}

fn assemble(tools: &Tools, variant: Variant) -> Result<()> {
    let dir = variant.dir(tools);
    remove(&dir)?;
    copy_tree(&tools.root.join("pkg-template"), &dir)?;

    let manifest = dir.join("package.json");
    let text = fs::read_to_string(&manifest).context("pkg-template/package.json")?;
    fs::write(&manifest, with_version(&text, &crate_version(tools)?)?)?;

    for module in MODULES {
        let built = tools.root.join(variant.module_dir(module));
        for file in [".js", ".d.ts", "_bg.wasm", "_bg.wasm.d.ts"].map(|end| format!("{module}{end}")) {
            let to = dir.join(&file);
            if to.exists() {
                bail!("pkg-template/{file} has the name of a file that wasm-bindgen writes");
            }
            fs::copy(built.join(&file), &to).with_context(|| format!("{file} of the module {module}"))?;
        }
        forgive_stale_closures(&dir.join(format!("{module}.js")))?;
        without_dispose(&dir.join(format!("{module}.d.ts")))?;
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"] {
        let from = tools.root.join(file);
        if from.is_file() {
            fs::copy(from, dir.join(file))?;
        }
    }
    Ok(())
}

/// `Symbol.dispose` is in no library of a compiler before 5.2, nor in ES2022's: whoever checks declarations would meet it.
fn without_dispose(declarations: &Path) -> Result<()> {
    let text = fs::read_to_string(declarations)?;
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("[Symbol.dispose]()")).collect();
    fs::write(declarations, kept.join("\n") + "\n")?;
    Ok(())
}

/// Timers and promises of a replaced instance still come back to the glue, which throws at them: in Node an uncaught error
/// ends the process. Their calls were rejected long ago, so that nobody is there to be told.
fn forgive_stale_closures(glue: &Path) -> Result<()> {
    const THROWN: &str = "throw new Error('Cannot invoke closure from previous WASM instance');";
    let text = fs::read_to_string(glue)?;
    if !text.contains(THROWN) {
        bail!("{}: wasm-bindgen words stale closures in another way now", glue.display());
    }
    fs::write(glue, text.replace(THROWN, "return;"))?;
    Ok(())
}

/// The template's version is a placeholder; the rest of its text, and the order of its conditions, stay as written.
fn with_version(manifest: &str, version: &str) -> Result<String> {
    let parsed: Value = serde_json::from_str(manifest).context("pkg-template/package.json")?;
    let placeholder =
        parsed.get("version").and_then(Value::as_str).context("pkg-template/package.json has no version")?;
    let written = format!("\"version\": \"{placeholder}\"");
    if manifest.matches(&written).count() != 1 {
        bail!("pkg-template/package.json should have {written} exactly once");
    }
    Ok(manifest.replace(&written, &format!("\"version\": \"{version}\"")))
}

fn crate_version(tools: &Tools) -> Result<String> {
    let manifest = fs::read_to_string(tools.root.join("Cargo.toml"))?;
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(version.context("Cargo.toml has no version")?.to_owned())
}

/// What npm says of the tarball.
struct Published {
    files: usize,
    packed: f64,
}

fn look_over(tools: &Tools, dir: &Path) -> Result<Published> {
    let mut npm = tools.command("npm");
    npm.current_dir(dir).args(["pack", "--dry-run", "--json", "--ignore-scripts"]);
    let report = npm_report(npm)?;
    let listed = report.get("files").and_then(Value::as_array).context("npm pack lists no files")?;
    let packed: BTreeSet<String> =
        listed.iter().filter_map(|file| file.get("path").and_then(Value::as_str)).map(str::to_owned).collect();
    let manifest: Value = serde_json::from_slice(&fs::read(dir.join("package.json"))?)?;

    let mut faults = Vec::new();
    let mut present = BTreeSet::new();
    list_tree(dir, "", &mut present)?;
    for file in present.difference(&packed) {
        faults.push(format!("{file} is in the folder, but `files` leaves it out"));
    }
    for promised in manifest.get("files").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let promised = promised.trim_start_matches("./").trim_end_matches('/');
        let there = present.contains(promised) || present.iter().any(|file| file.starts_with(&format!("{promised}/")));
        if !promised.contains(['*', '!']) && !there {
            faults.push(format!("`files` names {promised}, which is not there"));
        }
    }
    let mut targets = Vec::new();
    for key in ["exports", "main", "module", "types", "browser", "bin"] {
        manifest.get(key).into_iter().for_each(|value| leaves(value, &mut targets));
    }
    targets.sort_unstable();
    targets.dedup();
    for target in targets {
        let target = target.trim_start_matches("./");
        if !target.contains('*') && !packed.contains(target) {
            faults.push(format!("package.json points at {target}, which is not in the tarball"));
        }
    }
    for script in ["preinstall", "install", "postinstall", "prepare"] {
        if manifest.pointer(&format!("/scripts/{script}")).is_some() {
            faults.push(format!("package.json has a script {script}: it would run on the user's machine"));
        }
    }
    let mut modules = BTreeMap::new();
    for file in packed.iter().filter(|file| file.ends_with(".wasm")) {
        let bytes = fs::read(dir.join(file))?;
        for (path, _) in source_dirs(tools) {
            let path = path.display().to_string();
            if bytes.windows(path.len()).any(|window| window == path.as_bytes()) {
                faults.push(format!("{file} names the folder {path} of this machine"));
            }
        }
        let probe = b"PROBEPANIC";
        if dir.ends_with("pkg") && bytes.windows(probe.len()).any(|window| window == probe) {
            faults.push(format!("{file} is a build for tests: it panics on purpose"));
        }
        if let Some(other) = modules.insert(bytes, file) {
            faults.push(format!("{file} is the same module as {other}"));
        }
    }
    if modules.len() != MODULES.len() {
        faults.push(format!("{} modules are in the tarball, not {}", modules.len(), MODULES.len()));
    }
    if !faults.is_empty() {
        bail!("the package is not right:\n  {}", faults.join("\n  "));
    }
    let size = report.get("size").and_then(Value::as_f64).unwrap_or_default();
    Ok(Published { files: packed.len(), packed: size })
}

fn npm_report(mut npm: std::process::Command) -> Result<Value> {
    let output = npm.output().context("npm")?;
    if !output.status.success() {
        bail!("npm pack: {}", String::from_utf8_lossy(&output.stderr));
    }
    let report: Value = serde_json::from_slice(&output.stdout).context("what npm pack says")?;
    // A list in npm until 11; later versions name each package.
    let first = match &report {
        Value::Array(packages) => packages.first(),
        Value::Object(packages) => packages.values().next(),
        _ => None,
    };
    first.cloned().context("npm pack reports no package")
}

fn leaves<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Object(map) => map.values().for_each(|inner| leaves(inner, found)),
        Value::Array(list) => list.iter().for_each(|inner| leaves(inner, found)),
        _ => {}
    }
}

fn list_tree(dir: &Path, prefix: &str, found: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_tree(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.insert(name);
        }
    }
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    // A link is removed as a link: what it points at is not ours.
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path)?,
        Ok(_) => fs::remove_file(path)?,
        Err(_) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::with_version;

    #[test]
    fn only_the_placeholder_of_the_version_changes() -> anyhow::Result<()> {
        let template = r#"{ "version": "0.0.0", "exports": { "workerd": "./b.js", "default": "./a.js" } }"#;
        assert_eq!(with_version(template, "1.2.3")?, template.replace("0.0.0", "1.2.3"));
        assert!(with_version(r#"{ "name": "x" }"#, "1.2.3").is_err());
        Ok(())
    }
}
