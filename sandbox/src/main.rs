//! The sandbox as a server on this machine.

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use lexopt::prelude::*;
use stocklane_sandbox::{ACCOUNTS, APPLICATIONS, Sandbox, Settings, server};

const ABOUT: &str = "\
Inter Cars' IC API and IncoCloud's Web API, emulated: modelled on the suppliers' documents, not on the live services.
Nothing here orders, sells, costs or proves anything about the real ones.";

const OPTIONS: &str = "\
stocklane-sandbox [--port N] [--rate N] [--cors]

  --port N   listen on 127.0.0.1:N; 0 takes any free port (default 8790)
  --rate N   requests a sliding minute for each customer of Inter Cars (default 600)
  --cors     let pages of any origin call it
  --help     this text

Inter Cars is at /ic, its tokens at POST /oauth2/token; IncoCloud at /connect/api, its tokens at
GET /connect/api/access_token; controls at /_sandbox/.
Credentials (client id or app id, secret):";

struct Options {
    port: u16,
    settings: Settings,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{ABOUT}\n\n{OPTIONS}");
            for account in &ACCOUNTS {
                println!("  {}  {}", account.client_id, account.client_secret);
            }
            for application in &APPLICATIONS {
                println!("  {}  {}", application.app_id, application.app_secret);
            }
            return ExitCode::SUCCESS;
        }
        Err(error) => return failed(&error),
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("stocklane-sandbox: {error}");
    ExitCode::FAILURE
}

/// The options given; none where help is wanted.
fn options() -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { port: 8790, settings: Settings::default() };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => options.port = arguments.value()?.parse()?,
            Long("rate") => options.settings.rate = arguments.value()?.parse()?,
            Long("cors") => options.settings.cors = true,
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

fn run(options: Options) -> std::io::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        println!("{ABOUT}");
        println!("listening on http://{}", listener.local_addr()?);
        let sandbox = Arc::new(Mutex::new(Sandbox::new(options.settings)));
        match server::serve(listener, sandbox).await? {}
    })
}
