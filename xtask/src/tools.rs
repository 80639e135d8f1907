//! The programs that are run: where they are, which version they have, and with what environment they start.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The repository and the programs that work on it.
pub struct Tools {
    /// The repository's top.
    pub root: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
}

impl Tools {
    /// Those of the repository that `cargo xtask` was started in.
    pub fn here() -> Result<Self> {
        // Cargo names the package's directory at run time; the path of the machine that compiled us would be a guess.
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = match package.as_deref().and_then(Path::parent) {
            Some(root) => root.to_path_buf(),
            None => env::current_dir()?,
        };
        if !root.join("xtask/Cargo.toml").is_file() {
            bail!("start me as `cargo xtask …` inside the repository ({} is not its top)", root.display());
        }
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A program, started at the repository's top and finding our tools before the machine's.
    pub fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root).env("PATH", self.search_path());
        // Nothing here may ask a question, phone home or look for an update.
        command.env("WRANGLER_SEND_METRICS", "false").env("WRANGLER_LOG_PATH", self.target.join("wrangler-logs"));
        command.env("CLOUDFLARE_CF_FETCH_ENABLED", "false").env("NPM_CONFIG_UPDATE_NOTIFIER", "false");
        command
    }

    /// Cargo, of the toolchain that runs us.
    pub fn cargo(&self) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // `cargo run` describes xtask to us; its children must not take that for themselves.
        for (name, _) in env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// A JavaScript program of the repository.
    pub fn node_script(&self, script: &Path) -> Command {
        let mut command = self.command("node");
        command.arg(script);
        command
    }

    /// Where `cargo install` puts our own tools.
    pub fn install_root(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The binary of the two emulated suppliers, as a debug build leaves it.
    pub fn sandbox_binary(&self) -> PathBuf {
        self.target.join("debug").join(format!("stocklane-sandbox{}", env::consts::EXE_SUFFIX))
    }

    fn search_path(&self) -> OsString {
        let mut dirs = vec![self.root.join("node_modules/.bin"), self.install_root().join("bin")];
        dirs.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        env::join_paths(dirs).unwrap_or_else(|_| env::var_os("PATH").unwrap_or_default())
    }

    /// The file that a program's name stands for.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        let file = format!("{program}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&self.search_path()).map(|dir| dir.join(&file)).find(|path| path.is_file())
    }

    /// What a program says of its version, if it is there and runs: the last word of its first line that has a digit.
    pub fn version(&self, program: &str, flag: &str) -> Option<String> {
        let output = self.command(program).arg(flag).output().ok().filter(|output| output.status.success())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().next()?;
        let word = line
            .split_whitespace()
            .find(|word| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()))?;
        Some(word.trim_start_matches('v').to_owned())
    }

    /// The version of a crate in Cargo.lock.
    pub fn locked_version(&self, name: &str) -> Result<String> {
        let lock = fs::read_to_string(self.root.join("Cargo.lock")).context("Cargo.lock")?;
        let wanted = format!("name = \"{name}\"");
        let mut lines = lock.lines();
        lines.find(|line| *line == wanted).with_context(|| format!("Cargo.lock has no {name}"))?;
        let version =
            lines.next().and_then(|line| line.strip_prefix("version = \"")).and_then(|rest| rest.strip_suffix('"'));
        Ok(version.with_context(|| format!("Cargo.lock has no version of {name}"))?.to_owned())
    }

    /// Chromium or Chrome: `$CHROME`, else one on the PATH.
    pub fn chromium(&self) -> Option<PathBuf> {
        if let Some(path) = env::var_os("CHROME").map(PathBuf::from).filter(|path| path.is_file()) {
            return Some(path);
        }
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .into_iter()
            .find_map(|name| self.find(name))
    }
}
