//! The shell: what reaches the wire, and many guests at once.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use stocklane_sandbox::{Fault, Match, Rule, Sandbox, Settings, server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const BASIC: &str = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=";
const FORM: &str = "grant_type=client_credentials&scope=allinone";

async fn start(rules: Vec<Rule>) -> (std::net::SocketAddr, server::Shared) {
    let mut sandbox = Sandbox::new(Settings::default());
    rules.into_iter().for_each(|rule| sandbox.add_fault(rule));
    let shared = Arc::new(Mutex::new(sandbox));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, Arc::clone(&shared)));
    (address, shared)
}

fn token_request() -> String {
    let length = FORM.len();
    format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nAuthorization: {BASIC}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{FORM}"
    )
}

/// What comes until the server closes, or until nothing has come for a while; and whether it closed.
async fn read(stream: &mut TcpStream) -> (String, bool) {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        match tokio::time::timeout(Duration::from_millis(300), stream.read(&mut part)).await {
            Ok(Ok(0) | Err(_)) => return (String::from_utf8(bytes).unwrap(), true),
            Ok(Ok(length)) => bytes.extend(&part[..length]),
            Err(_) => return (String::from_utf8(bytes).unwrap(), false),
        }
    }
}

async fn ask(fault: Fault) -> (String, bool) {
    let rule = Rule { matching: Match::default(), times: 1, delay_ms: 0, fault };
    let (address, _) = start(vec![rule]).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(token_request().as_bytes()).await.unwrap();
    read(&mut stream).await
}

#[tokio::test]
async fn a_connection_is_kept() {
    let (address, _) = start(Vec::new()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(token_request().as_bytes()).await.unwrap();
        let (text, closed) = read(&mut stream).await;
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with('}'), "{text}");
        assert!(!closed);
    }
}

#[tokio::test]
async fn cuts_and_stalls_are_delivered() {
    let (text, closed) = ask(Fault::Cut { commit: false, after: None }).await;
    assert_eq!((text.as_str(), closed), ("", true));

    let (text, closed) = ask(Fault::Cut { commit: true, after: Some(10) }).await;
    assert!(closed && text.ends_with("\r\n\r\n{\"access_t"), "{text}");

    let (text, closed) = ask(Fault::Stall { after: 10 }).await;
    assert!(!closed && text.ends_with("\r\n\r\n{\"access_t"), "{text}");

    let (text, closed) = ask(Fault::Empty).await;
    assert!(!closed && text.contains("content-length: 0\r\n") && text.ends_with("\r\n\r\n"), "{text}");

    let (text, _) = ask(Fault::Blocked).await;
    assert!(text.starts_with("HTTP/1.1 403 Forbidden\r\n") && text.ends_with("</html>"), "{text}");
}

/// IncoCloud's requests are counted while their answers are on the way, however these end.
#[tokio::test]
async fn how_many_were_under_way_at_once() {
    let late = Rule { matching: Match::default(), times: 0, delay_ms: 300, fault: Fault::Delay };
    let (address, shared) = start(vec![late]).await;
    let ask = async || {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = "GET /connect/api/location?token=none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    };
    tokio::join!(ask(), ask(), ask());
    tokio::join!(ask(), ask());
    assert_eq!(shared.lock().unwrap().counters()["incocloud"]["maxConcurrent"], 3);
}

/// A thousand guests, each answered half a second late: together that takes half a second too.
#[tokio::test]
async fn a_thousand_guests_wait_side_by_side() {
    let late = Rule { matching: Match::default(), times: 0, delay_ms: 500, fault: Fault::Delay };
    let (address, shared) = start(vec![late]).await;
    let began = Instant::now();
    let guests: Vec<_> = (0..1_000)
        .map(|_| {
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.write_all(token_request().as_bytes()).await.unwrap();
                let mut start = [0; 15];
                stream.read_exact(&mut start).await.unwrap();
                assert_eq!(&start, b"HTTP/1.1 200 OK");
            })
        })
        .collect();
    for guest in guests {
        guest.await.unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(shared.lock().unwrap().counters()["tokens"], 1_000);
}
