//! The demo: both suppliers emulated, the Worker and its shop, on this machine.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::package::{self, Variant};
use crate::processes::{self, Running};
use crate::progress::{Progress, say};
use crate::setup::{self, Need};
use crate::tools::Tools;

/// The Worker bundles itself at its first start.
const PATIENCE: Duration = Duration::from_secs(90);

/// Starts everything; runs until Ctrl-C, or with `--check` until the page was fetched once.
pub fn run(tools: &Tools, args: &[String]) -> Result<ExitCode> {
    let check = args.iter().any(|arg| arg == "--check");
    if let Some(other) = args.iter().find(|arg| *arg != "--check") {
        bail!("demo does not know {other:?}");
    }
    let mut progress = Progress::new();
    progress.expect(package::STEPS + 4);
    setup::provide(tools, &mut progress, &[Need::WasmTarget, Need::NpmPackages, Need::WasmTools])?;
    package::build(tools, &mut progress, Variant::Published)?;
    progress.quick("package: installing it for the shop", || {
        package::install(tools, Variant::Published)?;
        Ok(String::new())
    })?;

    build_sandbox(tools, &mut progress)?;
    let logs = tools.target.join("demo");
    fs::create_dir_all(&logs)?;
    let mut sandbox = None;
    let mut sandbox_url = String::new();
    progress.quick("sandbox: starting both suppliers", || {
        let (running, url) = start_sandbox(tools)?;
        sandbox_url.clone_from(&url);
        sandbox.insert(running).log_to(&logs.join("sandbox.log"))?;
        stock_the_shop(&url)?;
        Ok(url)
    })?;

    let port = processes::free_port(8787)?;
    let mut worker = None;
    progress.quick("Worker: bundling and starting", || {
        let running = worker.insert(start_worker(tools, port, &sandbox_url)?);
        let log = logs.join("worker.log");
        running.log_to(&log)?;
        let advice =
            || format!("the Worker does not answer; its log:\n{}", fs::read_to_string(&log).unwrap_or_default());
        wait_until_healthy(running, port).with_context(advice)?;
        Ok(format!("http://127.0.0.1:{port}"))
    })?;

    if check {
        let (status, body) = get(port, "/").context("fetching the page")?;
        say(&format!("\nGET / → {status}, {} bytes", body.len()));
        return Ok(if status == 200 && !body.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let line = "─".repeat(64);
    say(&format!(
        "\n{line}\n  The shop      http://127.0.0.1:{port}/\n  The sandbox   {sandbox_url}\n  Logs          {}\n\n  ready after {:.0} s; Ctrl-C stops everything\n{line}",
        logs.display(),
        progress.seconds()
    ));
    loop {
        for child in [&mut sandbox, &mut worker].into_iter().flatten() {
            if let Some(status) = child.ended()? {
                bail!("a part of the demo ended by itself ({status}); its log is in {}", logs.display());
            }
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Builds the sandbox's binary.
pub fn build_sandbox(tools: &Tools, progress: &mut Progress) -> Result<()> {
    let mut cargo = tools.cargo();
    cargo.args(["build", "--package", "stocklane-sandbox", "--bin", "stocklane-sandbox"]);
    progress.run("sandbox: compiling", cargo)?;
    Ok(())
}

fn start_sandbox(tools: &Tools) -> Result<(Running, String)> {
    let mut command = tools.command(tools.sandbox_binary());
    command.args(["--port", "0"]);
    let mut sandbox = Running::start(command)?;
    let url = sandbox.wait_for(Duration::from_secs(20), |line| {
        line.split_once("listening on ").map(|(_, url)| url.trim().trim_end_matches('/').to_owned())
    })?;
    Ok((sandbox, url))
}

/// The parts of the page that the shop has on its own shelves.
fn stock_the_shop(sandbox: &str) -> Result<()> {
    const ROWS: &str = r#"{"resource":"item","set":[
        {"id":90001,"code":"ADDFFF","name":"Oil filter OP 520","availability":[{"location_id":1,"quantity":12}]},
        {"id":90002,"code":"SBX001231","name":"Air filter HU 1231/2 x","availability":[{"location_id":1,"quantity":2}]}]}"#;
    let port = sandbox.rsplit(':').next().and_then(|port| port.parse().ok()).context("the sandbox's port")?;
    match send(port, "POST", "/_sandbox/incocloud/rows", ROWS)? {
        (200, _) => Ok(()),
        (status, body) => bail!("the sandbox answers {status}: {}", String::from_utf8_lossy(&body)),
    }
}

fn start_worker(tools: &Tools, port: u16, sandbox: &str) -> Result<Running> {
    let www = tools.root.join("www");
    let mut wrangler = tools.command("wrangler");
    // Not a terminal and CI: wrangler asks nothing and does not redraw.
    wrangler.current_dir(&www).env("CI", "1");
    wrangler.args(["dev", "--local", "--show-interactive-dev-session=false", "--ip", "127.0.0.1"]);
    wrangler.args(["--port", &port.to_string(), "--inspector-port", &processes::free_port(0)?.to_string()]);
    let variables = [
        format!("IC_BASE_URL:{sandbox}/ic"),
        format!("IC_TOKEN_URL:{sandbox}/oauth2/token"),
        "IC_CLIENT_ID:sandbox-client".to_owned(),
        "IC_CLIENT_SECRET:sandbox-secret".to_owned(),
        format!("INCO_AUTH_URL:{sandbox}/connect/api/access_token"),
        format!("INCO_TRUSTED_SERVERS:{sandbox}"),
        "INCO_APP_ID:sandbox-app".to_owned(),
        "INCO_APP_SECRET:sandbox-app-secret".to_owned(),
        "PLACES:{\"1\":\"Lane 7\"}".to_owned(),
        format!("ALLOWED_ORIGINS:http://127.0.0.1:{port},http://localhost:{port}"),
    ];
    for variable in variables {
        wrangler.args(["--var", &variable]);
    }
    Running::start(wrangler)
}

fn wait_until_healthy(worker: &mut Running, port: u16) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut last = "nothing listens yet".to_owned();
    while Instant::now() < deadline {
        if let Some(status) = worker.ended()? {
            // What it wrote last is still on its way to the log.
            std::thread::sleep(Duration::from_millis(300));
            bail!("wrangler ended: {status}");
        }
        match get(port, "/healthz") {
            Ok((200, _)) => return Ok(()),
            Ok((status, _)) => last = format!("/healthz answers {status}"),
            Err(error) => last = error.to_string(),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    bail!("{last} after {} s", PATIENCE.as_secs())
}

fn get(port: u16, path: &str) -> Result<(u16, Vec<u8>)> {
    send(port, "GET", path, "")
}

/// One request to our own machine: not worth an HTTP client.
fn send(port: u16, method: &str, path: &str, body: &str) -> Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html,*/*\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("no HTTP answer")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split_whitespace().nth(1).and_then(|code| code.parse().ok()).context("no HTTP status")?;
    Ok((status, answer.split_off(end + 4)))
}
