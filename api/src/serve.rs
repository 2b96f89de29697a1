//! The server: takes connections within bounds, so that it holds without a buffering proxy in front of
//! it. A connection that is silent, slow with the head of its request, or does not read its answer is
//! closed; where all places are taken, those that wait for their clients leave first.

mod connection;
mod places;
mod watched;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use connection::{Connection, Waits};
use places::{Place, Places};
use watched::{Answer, Arriving, Watched};
use web::networks::{Networks, Peer};

/// The head of a request may have so many bytes, and so many of an answer wait to be written, in each
/// connection.
const BUFFER: usize = 64 * 1024;
/// Streams of one HTTP/2 connection at once.
const STREAMS: u32 = 64;
/// How often an HTTP/2 client is asked whether it is there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);
/// How often a lasting failure to take connections is logged.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// The bounds of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// How many may be open at once; at least one.
    pub connections: usize,
    /// How long the head of a request may take: from its first byte, or from the connection's
    /// begin.
    pub head: Duration,
    /// How long a connection may be kept without a request.
    pub idle: Duration,
    /// How long a client may take nothing of an answer that waits for it.
    pub write: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 1024,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(10),
            write: Duration::from_secs(30),
        }
    }
}

impl ConnectionLimits {
    /// As many connections as this number of descriptors leaves room for, beside the database, the
    /// documents and what is sent; never more than before, and at least eight.
    #[must_use]
    pub fn within(self, descriptors: u64) -> Self {
        let room = descriptors.saturating_sub(RESERVED) / 4 * 3;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        Self { connections: self.connections.min(room.max(8)), ..self }
    }
}

/// Descriptors that all else needs: databases, documents, e-mails, brokers.
const RESERVED: u64 = 96;

/// What the system keeps of an answer for each client, in bytes, twice: enough for a fast line far
/// away, and little enough that a slow reader is seen to take some of it before the time-out of
/// writes is over.
const SEND_BUFFER: u32 = 128 * 1024;
/// Connections that wait to be taken.
const BACKLOG: u32 = 1024;

/// Listens on `address`; connections have what they get from here.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?; // as every server does, to be started again at once
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `router` to all who connect, until `stop`; then requests under way are finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    networks: Arc<Networks>,
    stop: CancellationToken,
) {
    let places = Places::new(limits.connections);
    let server = Arc::new(Server { router, limits, networks, stop, places });
    let tasks = TaskTracker::new();
    let mut failures = Failures::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = server.stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                // Out of descriptors or memory: whoever only waits gives theirs back.
                server.places.make_room();
                let pause = failures.count(&error, Instant::now());
                tokio::select! {
                    () = tokio::time::sleep(pause) => continue,
                    () = server.stop.cancelled() => break,
                }
            }
        };
        failures.end();
        let place = tokio::select! {
            place = server.places.take() => place,
            () = server.stop.cancelled() => break,
        };
        tasks.spawn(Arc::clone(&server).converse(stream, peer, place));
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

struct Server {
    router: Router,
    limits: ConnectionLimits,
    networks: Arc<Networks>,
    stop: CancellationToken,
    places: Places,
}

impl Server {
    async fn converse(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, place: Place) {
        // An answer is written whole: waiting to fill a packet only delays it. Where it cannot be
        // set, the connection is about to fail by itself.
        let _ = stream.set_nodelay(true);
        let connection = place.connection.clone();
        let io = TokioIo::new(Watched::new(stream, connection.clone()));
        let (router, of) = (self.router.clone(), connection.clone());
        let peer = Peer { address: peer.ip().to_canonical(), networks: Arc::clone(&self.networks) };
        let service = hyper::service::service_fn(move |request: hyper::Request<_>| {
            let (router, request_of, peer) = (router.clone(), of.clone(), peer.clone());
            let under_way = of.begins();
            async move {
                let mut request: Request =
                    request.map(|body| Body::new(Arriving::new(body, &request_of)));
                request.extensions_mut().insert(peer);
                let answered: Result<Response, Infallible> = router.oneshot(request).await;
                answered.map(|response| response.map(|body| Answer::new(body, under_way)))
            }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        // Time-outs are ours: hyper's would count for who reads its answer slowly, too.
        builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(BUFFER);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(BUFFER).unwrap_or(u32::MAX));
        let serving = std::pin::pin!(builder.serve_connection(io, service));
        let ended = self.supervise(serving, &connection).await;
        if let Some(reason) = ended {
            metrics::counter!("postulo_http_connections_closed_total", "reason" => reason)
                .increment(1);
        }
    }

    /// Drives a connection to its end; why it was closed, where it did not end by itself.
    async fn supervise<C>(
        &self,
        mut serving: Pin<&mut C>,
        connection: &Connection,
    ) -> Option<&'static str>
    where
        C: Future + hyper_util::server::graceful::GracefulConnection,
    {
        let mut armed = Instant::now();
        let mut alarm = std::pin::pin!(tokio::time::sleep_until(armed));
        let mut stopped = std::pin::pin!(self.stop.cancelled());
        let mut evicted = std::pin::pin!(connection.evicted());
        let mut stopping = false;
        std::future::poll_fn(|context| {
            if !stopping && stopped.as_mut().poll(context).is_ready() {
                stopping = true;
                serving.as_mut().graceful_shutdown();
            }
            // Its errors are the client's, and nobody here can do anything about them.
            if Future::poll(serving.as_mut(), context).is_ready() {
                return Poll::Ready(None);
            }
            if evicted.as_mut().poll(context).is_ready() {
                return Poll::Ready(Some("full"));
            }
            // All that moves the deadline happens while the connection is polled.
            let deadline = connection.deadline(&self.limits);
            if let Some((at, _)) = deadline
                && at != armed
            {
                armed = at;
                alarm.as_mut().reset(at);
            }
            match (alarm.as_mut().poll(context), deadline) {
                (Poll::Ready(()), Some((_, waits))) => Poll::Ready(Some(waits.as_str())),
                _ => Poll::Pending,
            }
        })
        .await
    }
}

impl Waits {
    /// How metrics call a connection that was closed while it waited for this.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Request => "idle",
            Self::Write => "write",
        }
    }
}

/// A connection that was given up before it was taken says nothing about the others.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Failures to take a connection, one after the other: they are told once in a while, and the pause
/// after each grows.
#[derive(Default)]
struct Failures {
    in_a_row: u32,
    told: Option<Instant>,
}

impl Failures {
    /// How long to wait before the next try.
    fn count(&mut self, error: &io::Error, now: Instant) -> Duration {
        self.in_a_row = self.in_a_row.saturating_add(1);
        if self.told.is_none_or(|told| now.duration_since(told) >= TELL_EVERY) {
            self.told = Some(now);
            tracing::error!(
                %error,
                in_a_row = self.in_a_row,
                "connections cannot be taken: raise the limit of open files, or lower POSTULO_CONNECTIONS"
            );
        }
        Duration::from_millis(10) * self.in_a_row.min(50)
    }

    fn end(&mut self) {
        self.in_a_row = 0;
    }
}

#[cfg(test)]
mod tests;
