//! Clients that are silent, slow, malformed or hostile; all of them come back when they are sent away.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Between two bytes of who is slow, and before who was sent away comes back.
const PAUSE: Duration = Duration::from_secs(1);
/// How long who does nothing waits before it asks for something else.
const LONG: Duration = Duration::from_mins(2);

#[derive(Clone, Copy)]
enum Kind {
    /// Connects and says nothing.
    Silent,
    /// Sends the head of a request byte by byte.
    SlowHead,
    /// Asks once and keeps the connection.
    Kept,
    /// Sends a body byte by byte.
    SlowBody,
    /// Sends most of a large form and keeps the rest back.
    HeldForm,
    /// Asks for much and reads nothing.
    Unread,
    /// Sends what is no request, or a wrong one.
    Malformed,
    /// Invents methods, paths and names.
    Inventive,
    /// Tries passwords.
    SignIn,
}

const KINDS: [Kind; 9] = [
    Kind::Silent,
    Kind::SlowHead,
    Kind::Kept,
    Kind::SlowBody,
    Kind::HeldForm,
    Kind::Unread,
    Kind::Malformed,
    Kind::Inventive,
    Kind::SignIn,
];

/// Starts so many of each kind, until `stop`. Who tries passwords costs the most, so that these are
/// fewer.
pub(super) fn start(
    base: &str,
    of_each: usize,
    stop: &CancellationToken,
) -> anyhow::Result<TaskTracker> {
    let address: SocketAddr = base.strip_prefix("http://").context("plain HTTP")?.parse()?;
    let tasks = TaskTracker::new();
    for kind in KINDS {
        let clients = if matches!(kind, Kind::SignIn) { of_each.div_ceil(20) } else { of_each };
        for client in 0..clients {
            let stop = stop.clone();
            tasks.spawn(async move {
                for turn in 0_usize.. {
                    tokio::select! {
                        // What becomes of it is the service's business.
                        _ = kind.act(address, client * 1_000_000 + turn) => {}
                        () = stop.cancelled() => break,
                    }
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        () = stop.cancelled() => break,
                    }
                }
            });
        }
    }
    tasks.close();
    Ok(tasks)
}

impl Kind {
    async fn act(self, address: SocketAddr, number: usize) -> std::io::Result<()> {
        let socket = TcpSocket::new_v4()?;
        if matches!(self, Self::Unread) {
            socket.set_recv_buffer_size(4096)?;
        }
        let mut stream = socket.connect(address).await?;
        match self {
            Self::Silent => {}
            Self::SlowHead => {
                stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX: ").await?;
                trickle(&mut stream).await?;
            }
            Self::Kept => stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await?,
            Self::SlowBody => {
                stream
                    .write_all(
                        b"POST /api/v1/applications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
                    )
                    .await?;
                trickle(&mut stream).await?;
            }
            Self::HeldForm => {
                stream.write_all(HELD).await?;
                stream.write_all(&vec![b'x'; 1 << 20]).await?;
            }
            Self::Unread => {
                let one = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
                stream.write_all(one.repeat(500).as_bytes()).await?;
                tokio::time::sleep(LONG).await;
                return Ok(());
            }
            Self::Malformed => {
                stream.write_all(MALFORMED[number % MALFORMED.len()].as_bytes()).await?;
            }
            Self::Inventive => {
                let request = format!(
                    "M{number} /r/{number}/%ff HTTP/1.1\r\nHost: host-{number}.example\r\nUser-Agent: {number}\r\nX-Request-Id: {number}\r\nConnection: close\r\n\r\n"
                );
                stream.write_all(request.as_bytes()).await?;
            }
            Self::SignIn => {
                let body = format!("email=nobody{number}%40example.org&password=wrong");
                let request = format!(
                    "POST /admin/sign-in HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(request.as_bytes()).await?;
            }
        }
        until_closed(&mut stream).await
    }
}

const HELD: &[u8] = b"POST /embed/validate/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 2000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"attachments\"; filename=\"cv.pdf\"\r\n\r\n";

const MALFORMED: [&str; 7] = [
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /r/%ff/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /api/v1/applications HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nno frame at all, and more than nine octets of it",
];

/// A byte now and then, until the other side has enough of it.
async fn trickle(stream: &mut TcpStream) -> std::io::Result<()> {
    loop {
        tokio::time::sleep(PAUSE).await;
        stream.write_all(b"x").await?;
    }
}

async fn until_closed(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}
