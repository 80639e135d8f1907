//! The native shell: sockets and the clock around the core, and the delivery that a reply asks for.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::{Ending, Reply, Request, Sandbox};

/// A sandbox that several connections share.
pub type Shared = Arc<Mutex<Sandbox>>;

/// Serves whoever connects, until it is dropped.
pub async fn serve(listener: TcpListener, sandbox: Shared) -> std::io::Result<Infallible> {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&sandbox)));
            }
            // Out of file descriptors, or a guest gone before it was greeted: the next one may fare better.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(stream: TcpStream, sandbox: Shared) {
    // Answers are small and asked for one by one.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, Arc::clone(&sandbox)));
    // An error here is a guest that left, or a cut that was ordered.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(request: hyper::Request<Incoming>, sandbox: Shared) -> Result<hyper::Response<Delivered>, Cut> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let request = Request {
        method: head.method.to_string(),
        target: head.uri.path_and_query().map_or("/", |t| t.as_str()).to_owned(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.to_string(), value)
            })
            .collect(),
        body: body.to_vec(),
    };
    let under_way = request.target.starts_with("/connect/").then(|| UnderWay::new(&sandbox));
    // One request at a time, for as long as it takes to compute; what takes time to deliver waits outside.
    let reply = lock(&sandbox).handle(now_ms(), &request);
    if reply.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(reply.delay_ms)).await;
    }
    respond(reply, under_way)
}

fn respond(reply: Reply, under_way: Option<UnderWay>) -> Result<hyper::Response<Delivered>, Cut> {
    if reply.ending == Ending::CutAll {
        return Err(Cut);
    }
    let mut response = hyper::Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    // What cannot be said in HTTP was asked for by a fault: then nothing is said.
    response.body(Delivered::new(reply.body, reply.ending, under_way)).map_err(|_| Cut)
}

/// The shell's time.
fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

fn lock(sandbox: &Shared) -> MutexGuard<'_, Sandbox> {
    sandbox.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One of IncoCloud's requests, until its answer is delivered or the guest is gone.
struct UnderWay(Shared);

impl UnderWay {
    fn new(sandbox: &Shared) -> Self {
        lock(sandbox).incocloud_began();
        Self(Arc::clone(sandbox))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&self.0).incocloud_ended();
    }
}

/// The connection ends here.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

/// A body that comes as it was ordered: whole, or its first part and then silence or a cut.
struct Delivered {
    /// What is still to be sent.
    body: Bytes,
    /// The length that is promised, kept or not.
    promised: u64,
    end: End,
    _under_way: Option<UnderWay>,
}

/// What comes behind the bytes.
enum End {
    Proper,
    Silence,
    /// A cut, once what was sent before has left for the wire.
    Cut {
        flushed: bool,
    },
}

impl Delivered {
    fn new(body: Vec<u8>, ending: Ending, under_way: Option<UnderWay>) -> Self {
        let promised = body.len() as u64;
        let mut body = Bytes::from(body);
        let end = match ending {
            Ending::Complete | Ending::CutAll => End::Proper,
            Ending::Stall(after) => {
                body.truncate(after);
                End::Silence
            }
            Ending::CutBody(after) => {
                body.truncate(after);
                End::Cut { flushed: false }
            }
        };
        Self { body, promised, end, _under_way: under_way }
    }
}

impl Body for Delivered {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let part = std::mem::take(&mut self.body);
        if !part.is_empty() {
            self.promised -= part.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        match &mut self.end {
            End::Proper => Poll::Ready(None),
            // Nobody ever wakes this: the guest has to leave.
            End::Silence => Poll::Pending,
            End::Cut { flushed: true } => Poll::Ready(Some(Err(Cut))),
            // hyper flushes when a body has nothing at the moment.
            End::Cut { flushed } => {
                *flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.promised == 0 && matches!(self.end, End::Proper)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
