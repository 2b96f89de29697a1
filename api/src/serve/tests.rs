use std::time::Duration;

use axum::body::Bytes;
use axum::routing::{get, post};
use futures::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::*;
use web::networks::{PerMinute, Proxies};

/// So long that no test ever waits for it.
const NEVER: Duration = Duration::from_hours(24);
/// So short that a test that waits for it does not take long.
const SOON: Duration = Duration::from_millis(200);

fn patient(connections: usize) -> ConnectionLimits {
    ConnectionLimits { connections, head: NEVER, idle: NEVER, write: NEVER }
}

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn start(router: Router, limits: ConnectionLimits) -> Self {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let networks = Arc::new(Networks::new(PerMinute::default(), Proxies::default()));
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(listener, router, limits, networks, stop.clone()));
        Self { address, stop, task }
    }

    /// A connection over which this was sent.
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const GET_ONE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// All that comes until the connection is closed, by a reset too.
async fn all_of(stream: &mut TcpStream) -> String {
    let (mut all, mut buffer) = (vec![], [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        all.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(all).unwrap()
}

/// What comes until the answer's last word is there; the connection stays.
async fn answer(stream: &mut TcpStream) {
    let mut all = vec![];
    while !all.ends_with(b"hello") {
        all.push(stream.read_u8().await.unwrap());
    }
}

#[rstest::rstest]
#[case::silent("")]
#[case::half_a_head("GET / HTTP/1.1\r\nHost: x\r\nX: ")]
#[case::half_a_preface("PRI * HTTP/2.0\r\n")]
#[tokio::test]
async fn a_connection_that_does_not_finish_a_head_is_closed(#[case] sent: &str) {
    let running = Running::start(hello(), ConnectionLimits { head: SOON, ..patient(9) });
    let mut stream = running.send(sent).await;
    assert!(!all_of(&mut stream).await.contains("200 OK"));
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_closed_too() {
    let running = Running::start(hello(), ConnectionLimits { head: SOON, ..patient(9) });
    let (mut from, mut to) = running.send("GET / HTTP/1.1\r\nHost: x\r\nX: ").await.into_split();
    let trickle = tokio::spawn(async move {
        while to.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SOON / 10).await;
        }
    });
    let mut buffer = [0; 64];
    while let Ok(1..) = from.read(&mut buffer).await {}
    trickle.await.unwrap();
}

#[tokio::test]
async fn a_connection_that_is_kept_without_a_request_is_closed() {
    let running = Running::start(hello(), ConnectionLimits { idle: SOON, ..patient(9) });
    let mut stream = running.send(GET).await;
    assert!(all_of(&mut stream).await.ends_with("hello"));
}

#[tokio::test]
async fn the_head_of_a_second_request_is_waited_for_no_longer_than_that_of_the_first() {
    let running = Running::start(hello(), ConnectionLimits { head: SOON, ..patient(9) });
    let mut stream = running.send(GET).await;
    answer(&mut stream).await;
    stream.write_all(b"GET / HT").await.unwrap();
    assert_eq!(all_of(&mut stream).await, "");
}

/// An answer without an end, and what tells when it is given up.
fn endless() -> (Router, mpsc::Receiver<()>) {
    let (guard, given_up) = mpsc::channel(1);
    let answer = move || {
        let guard = guard.clone();
        async move {
            let chunk = Bytes::from_static(&[b'x'; 16 * 1024]);
            let stream = futures::stream::repeat(chunk).map(move |chunk| {
                let _ = &guard;
                Ok::<_, Infallible>(chunk)
            });
            Body::from_stream(stream)
        }
    };
    (Router::new().route("/", get(answer)), given_up)
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_closed_and_what_it_held_is_freed() {
    let (router, mut given_up) = endless();
    let limits = ConnectionLimits { write: SOON, ..patient(9) };
    let running = Running::start(router, limits);
    let _stream = running.send(GET).await;
    running.stop.cancel();
    // Nothing holds the answer once it is dropped with its router.
    running.task.await.unwrap();
    assert_eq!(given_up.recv().await, None);
}

#[tokio::test]
async fn a_reader_that_is_slow_is_waited_for() {
    let body = vec![b'x'; 2 << 20];
    let length = body.len();
    let router = Router::new().route("/", get(move || async move { body }));
    let limits = ConnectionLimits { head: SOON, idle: SOON, ..patient(9) };
    let running = Running::start(router, limits);
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stream = socket.connect(running.address).await.unwrap();
    stream.write_all(GET.as_bytes()).await.unwrap();
    let (mut read, mut buffer) = (0, vec![0; 64 * 1024]);
    while let Ok(more @ 1..) = stream.read(&mut buffer).await {
        read += more;
        tokio::time::sleep(SOON / 20).await;
    }
    assert!(read > length, "{read} of {length}");
}

#[tokio::test]
async fn silent_connections_leave_for_one_that_asks() {
    let running = Running::start(hello(), patient(4));
    let mut silent = vec![];
    for _ in 0..20 {
        silent.push(running.send("GET / HT").await);
    }
    for _ in 0..20 {
        let mut stream = running.send(GET_ONE).await;
        assert!(all_of(&mut stream).await.ends_with("hello"));
    }
    assert_eq!(all_of(&mut silent[0]).await, "", "the one that waited longest is closed");
}

/// A router whose answers wait for a sign, and how many are waited for.
fn held() -> (Router, watch::Sender<bool>, mpsc::Receiver<()>) {
    let (open, opened) = watch::channel(false);
    let (tell, told) = mpsc::channel(64);
    let handler = move |body: Bytes| {
        let (mut opened, tell) = (opened.clone(), tell.clone());
        async move {
            let _ = tell.send(()).await;
            let _ = opened.wait_for(|open| *open).await;
            format!("{} bytes, hello", body.len())
        }
    };
    (Router::new().route("/", post(handler)), open, told)
}

const POST_ONE: &str =
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc";

#[tokio::test]
async fn a_request_at_work_never_leaves_for_another_which_waits_for_its_place() {
    let (router, open, mut told) = held();
    let running = Running::start(router, patient(2));
    let mut at_work = vec![running.send(POST_ONE).await, running.send(POST_ONE).await];
    for _ in 0..2 {
        told.recv().await.unwrap();
    }
    at_work.push(running.send(POST_ONE).await);
    open.send(true).unwrap();
    for stream in &mut at_work {
        assert!(all_of(stream).await.ends_with("3 bytes, hello"));
    }
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_takes_no_more() {
    let (router, open, mut told) = held();
    let running = Running::start(router, patient(9));
    let mut at_work = running.send(POST_ONE).await;
    let mut silent = running.send("").await;
    told.recv().await.unwrap();
    running.stop.cancel();
    assert_eq!(all_of(&mut silent).await, "");
    open.send(true).unwrap();
    assert!(all_of(&mut at_work).await.ends_with("3 bytes, hello"));
    running.task.await.unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn a_request_knows_who_is_at_the_other_end() {
    let of = |axum::Extension(peer): axum::Extension<Peer>| async move {
        format!("{} says hello", peer.address)
    };
    let running = Running::start(Router::new().route("/", get(of)), patient(9));
    let mut stream = running.send(GET_ONE).await;
    assert!(all_of(&mut stream).await.ends_with("127.0.0.1 says hello"));
}

#[test]
fn connections_leave_descriptors_for_all_else() {
    let within = |descriptors| ConnectionLimits::default().within(descriptors).connections;
    assert_eq!(within(1_048_576), 1024);
    assert_eq!(within(1024), 696);
    assert_eq!(within(256), 120);
    assert_eq!(within(64), 8, "few, and the process still answers");
}

#[test]
fn a_lasting_failure_is_told_once_a_minute_and_tried_again_ever_more_slowly() {
    let (mut failures, begin) = (Failures::default(), Instant::now());
    let error = io::Error::from_raw_os_error(24);
    assert_eq!(failures.count(&error, begin), Duration::from_millis(10));
    for second in 0..60 {
        let pause = failures.count(&error, begin + Duration::from_secs(second));
        assert!(pause <= Duration::from_millis(500));
    }
    assert_eq!(failures.told, Some(begin));
    failures.count(&error, begin + TELL_EVERY);
    assert_eq!(failures.told, Some(begin + TELL_EVERY));
    failures.end();
    assert_eq!(failures.count(&error, begin + TELL_EVERY), Duration::from_millis(10));
}
