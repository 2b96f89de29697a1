//! The guard: a proxy on this machine alone, for one browser and as long as it runs. It resolves every name itself
//! and connects to the very address that it looked at, so that the browser reaches what the fetcher would reach,
//! whatever a page asks for: by a link, a frame, a script, a socket or a redirection.
//!
//! It is no proxy for others: it serves processes of our own account alone ([`super::peer`]).

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use url::{Position, Url};

use super::peer;
use crate::reach::Reach;

/// Connections at once.
const CONNECTIONS: usize = 64;
/// Bytes that may pass in all, both ways.
const BYTES: usize = 64 << 20;
/// The longest head of a request, in bytes.
const HEAD: usize = 32 << 10;
/// How long the head of a request, or a connection, may take.
const PATIENCE: Duration = Duration::from_secs(10);

const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

/// A proxy that ends when it is dropped, with every connection.
pub(super) struct Guard {
    pub(super) port: u16,
    rules: Arc<Rules>,
    at_work: JoinHandle<()>,
}

struct Rules {
    reach: Reach,
    at: SocketAddrV4,
    left: AtomicUsize,
    was_asked: AtomicBool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.at_work.abort();
    }
}

impl Guard {
    pub(super) async fn open(reach: Reach) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let at = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        let (left, was_asked) = (AtomicUsize::new(BYTES), AtomicBool::new(false));
        let rules = Arc::new(Rules { reach, at, left, was_asked });
        let at_work = tokio::spawn(accept(listener, rules.clone()));
        Ok(Self { port, rules, at_work })
    }

    /// Whether the browser asked it for anything that it may have.
    pub(super) fn was_asked(&self) -> bool {
        self.rules.was_asked.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, rules: Arc<Rules>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, SocketAddr::V4(peer))) if open.len() < CONNECTIONS => {
                    open.spawn(serve(client, peer, rules.clone()));
                }
                // What is too much is closed.
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = open.join_next() => {}
        }
    }
}

/// Whatever goes wrong is told to the browser alone, which makes of it what it does of any page that is not there.
async fn serve(mut client: TcpStream, peer: SocketAddrV4, rules: Arc<Rules>) {
    if !peer::is_of_our_account(peer, rules.at).await {
        return;
    }
    let Ok(Ok(head)) = timeout(PATIENCE, head(&mut client)).await else { return };
    let Some(request) = Request::parse(&head) else {
        return refuse(&mut client, "400 Bad Request").await;
    };
    let Ok(addresses) = rules.reach.addresses(&request.url).await else {
        return refuse(&mut client, "403 Forbidden").await;
    };
    let Some(server) = connect(&addresses).await else {
        return refuse(&mut client, "502 Bad Gateway").await;
    };
    rules.was_asked.store(true, Ordering::Relaxed);
    // It ends as either side does.
    let _ = request.pass(client, server, &rules.left).await;
}

async fn refuse(client: &mut TcpStream, status: &str) {
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let _ = client.write_all(answer.as_bytes()).await;
}

/// The head of a request, to its empty line. It is looked at before it is taken, so that nothing behind it is taken.
async fn head(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = vec![0; HEAD];
    loop {
        let seen = client.peek(&mut head).await?;
        let end = head[..seen].windows(4).position(|window| window == b"\r\n\r\n");
        match end {
            Some(end) => {
                head.truncate(end + 4);
                client.read_exact(&mut head).await?;
                return Ok(head);
            }
            None if seen == 0 || seen == HEAD => return Err(io::ErrorKind::InvalidData.into()),
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

async fn connect(addresses: &[SocketAddr]) -> Option<TcpStream> {
    for address in addresses {
        if let Ok(Ok(server)) = timeout(PATIENCE, TcpStream::connect(address)).await {
            return Some(server);
        }
    }
    None
}

/// What the browser asks for.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    url: Url,
    /// What the server is told first; nothing where the browser speaks to it itself (CONNECT).
    head: Option<String>,
    /// The length of the body behind it.
    body: usize,
}

impl Request {
    fn parse(head: &[u8]) -> Option<Self> {
        let head = std::str::from_utf8(head).ok()?.strip_suffix("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        if words.next()? != "HTTP/1.1" || words.next().is_some() {
            return None;
        }
        if method == "CONNECT" {
            return Some(Self { url: place(target)?, head: None, body: 0 });
        }
        let url = Url::parse(target).ok().filter(|url| url.scheme() == "http")?;
        let mut told =
            format!("{method} {} HTTP/1.1\r\n", &url[Position::BeforePath..Position::AfterQuery]);
        let mut body = 0;
        for line in lines {
            let (name, value) = line.split_once(':')?;
            match name.to_ascii_lowercase().as_str() {
                "connection"
                | "keep-alive"
                | "proxy-connection"
                | "proxy-authorization"
                | "upgrade" => {
                    continue;
                }
                "transfer-encoding" => return None,
                "content-length" => body = value.trim().parse().ok()?,
                _ => {}
            }
            told.extend([line, "\r\n"]);
        }
        // One request a connection, so that none goes where another one was let.
        told.push_str("Connection: close\r\n\r\n");
        Some(Self { url, head: Some(told), body })
    }

    async fn pass(
        self,
        mut client: TcpStream,
        mut server: TcpStream,
        left: &AtomicUsize,
    ) -> io::Result<()> {
        match &self.head {
            None => client.write_all(ESTABLISHED).await?,
            Some(head) => server.write_all(head.as_bytes()).await?,
        }
        let (from_client, mut to_client) = client.split();
        let (from_server, mut to_server) = server.split();
        let down = copy(from_server, &mut to_client, left);
        if self.head.is_none() {
            let up = async {
                copy(from_client, &mut to_server, left).await?;
                to_server.shutdown().await
            };
            return tokio::try_join!(up, down).map(|_| ());
        }
        let up = async {
            let mut from_client = from_client;
            copy((&mut from_client).take(self.body as u64), &mut to_server, left).await?;
            // Whatever comes now, or that it goes away, ends the connection.
            from_client.read_u8().await.map(|_| ())
        };
        tokio::select! { up = up => up, down = down => down }
    }
}

/// The place that CONNECT names: `host:port`.
fn place(target: &str) -> Option<Url> {
    let url = Url::parse(&format!("http://{target}")).ok()?;
    let is_place = url.username().is_empty()
        && url.password().is_none()
        && &url[Position::BeforePath..] == "/"
        && !target.ends_with('/');
    is_place.then_some(url)
}

/// Copies to the end, as long as bytes are left.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    left: &AtomicUsize,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let taken =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(read));
        taken.map_err(|_| io::Error::from(io::ErrorKind::QuotaExceeded))?;
        to.write_all(&buffer[..read]).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_told_without_what_is_of_the_proxy() {
        let head = b"POST http://jobs.example:8080/a?b=c#d HTTP/1.1\r\nHost: jobs.example:8080\r\n\
                     Proxy-Connection: keep-alive\r\nContent-Length: 3\r\n\r\n";
        let request = Request::parse(head).unwrap();
        let told = "POST /a?b=c HTTP/1.1\r\nHost: jobs.example:8080\r\nContent-Length: 3\r\nConnection: close\r\n\r\n";
        assert_eq!((request.head.as_deref(), request.body), (Some(told), 3));
        assert_eq!(request.url.host_str(), Some("jobs.example"));
    }

    #[rstest::rstest]
    #[case("jobs.example:443", Some(("jobs.example", 443)))]
    #[case("[::1]:80", Some(("[::1]", 80)))]
    #[case("0x7f000001:80", Some(("127.0.0.1", 80)))]
    #[case("a@jobs.example:443", None)]
    #[case("jobs.example:443/a", None)]
    #[case("jobs.example:443?a", None)]
    fn a_place_is_a_host_and_a_port(#[case] target: &str, #[case] is: Option<(&str, u16)>) {
        let url = place(target);
        let found =
            url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
        assert_eq!(found, is);
    }

    #[rstest::rstest]
    #[case("GET / HTTP/1.1\r\n\r\n")]
    #[case("GET https://jobs.example/ HTTP/1.1\r\n\r\n")]
    #[case("GET file:///etc/passwd HTTP/1.1\r\n\r\n")]
    #[case("POST http://jobs.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    #[case("GET http://jobs.example/ HTTP/1.1 \r\n\r\n")]
    fn what_is_no_request_of_a_browser_to_a_proxy_is_refused(#[case] head: &str) {
        assert_eq!(Request::parse(head.as_bytes()), None);
    }

    async fn answer(guard: &Guard, request: &str) -> String {
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, guard.port)).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn nothing_of_this_machine_is_reached() {
        let inside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = inside.local_addr().unwrap().port();
        let guard = Guard::open(Reach::Public).await.unwrap();
        for host in [
            "127.0.0.1",
            "localhost",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "2130706433",
            "127.1",
        ] {
            let connect = answer(&guard, &format!("CONNECT {host}:{port} HTTP/1.1\r\n\r\n")).await;
            assert!(connect.starts_with("HTTP/1.1 403 "), "{host}: {connect}");
            let get = answer(&guard, &format!("GET http://{host}:{port}/ HTTP/1.1\r\n\r\n")).await;
            assert!(get.starts_with("HTTP/1.1 403 "), "{host}: {get}");
        }
        assert!(timeout(Duration::from_millis(50), inside.accept()).await.is_err());
        assert!(!guard.was_asked());
    }
}
