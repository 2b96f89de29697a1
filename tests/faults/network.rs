//! An unfriendly network: whatever strangers do, others are answered.

use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::place::{PATIENCE, Place, Server, until};
use crate::services::alone;

/// The program, which may have so many files open.
fn with_descriptors(place: &Place, limit: u32) -> Command {
    let mut command = place.command_of("sh");
    let start = format!("ulimit -n {limit} && exec '{}' \"$@\"", env!("CARGO_BIN_EXE_postulo"));
    command.args(["-c", &start, "sh"]);
    command
}

/// How many files the program has open at most in its first seconds, with nobody there.
async fn needed_descriptors(place: &Place) -> u32 {
    let server = place.serve().await;
    let mut most = 0;
    for _ in 0..100 {
        let open = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
        most = most.max(u32::try_from(open).unwrap());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.stop().await;
    most
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(PATIENCE).pool_max_idle_per_host(0);
    client.build().unwrap()
}

/// Connections over which this was sent, and nothing more.
async fn connections(server: &Server, count: usize, sent: &[u8]) -> Vec<TcpStream> {
    let address = server.base.strip_prefix("http://").unwrap();
    let mut connections = vec![];
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // One that was closed already has nothing left to say.
        let _ = stream.write_all(sent).await;
        connections.push(stream);
    }
    connections
}

/// Waits until the other side closes it.
async fn closed(mut stream: TcpStream) {
    let read = async {
        let mut buffer = [0; 4096];
        while let Ok(1..) = stream.read(&mut buffer).await {}
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the connection is kept for ever");
}

const HALF_A_HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nX: ";
const HALF_A_BODY: &[u8] =
    b"POST /api/v1/applications HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{";
const WHOLE: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_only_wait_never_keep_others_out() {
    let _alone = alone().await;
    let place = Place::new(&[]);
    for role in ["serve", "worker"] {
        let server = place.start_as(with_descriptors(&place, 256), &[role]).await;
        for sent in [b"".as_slice(), HALF_A_HEAD, HALF_A_BODY, WHOLE] {
            let waiting = connections(&server, 240, sent).await;
            let health = client().get(format!("{}/health/ready", server.base)).send().await;
            assert_eq!(health.unwrap().status(), 200, "{role}");
            drop(waiting);
        }
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_with_hardly_any_descriptors_goes_on_by_itself() {
    let _alone = alone().await;
    let place = Place::new(&[("POSTULO_LOG", "info")]);
    let limit = needed_descriptors(&place).await + 12;
    let server = place.start_as(with_descriptors(&place, limit), &["serve"]).await;
    let waiting = connections(&server, 120, HALF_A_HEAD).await;
    drop(waiting);
    until("it answers again", || async {
        let answer = client().get(format!("{}/health/live", server.base)).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    server.stop().await;
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("POSTULO_CONNECTIONS"), "{log}");
    let told = log.matches("connections cannot be taken").count();
    assert!(told <= 2, "told {told} times");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_slow_silent_or_does_not_read_is_sent_away() {
    let _alone = alone().await;
    let place = Place::new(&[
        ("POSTULO_HEAD_TIMEOUT_SECONDS", "2"),
        ("POSTULO_IDLE_TIMEOUT_SECONDS", "2"),
        ("POSTULO_WRITE_TIMEOUT_SECONDS", "5"),
        ("POSTULO_REQUEST_TIMEOUT_SECONDS", "5"),
    ]);
    let server = place.serve().await;
    let unread = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    let mut held = vec![];
    for sent in [b"".as_slice(), HALF_A_HEAD, HALF_A_BODY, WHOLE] {
        held.extend(connections(&server, 1, sent).await);
    }
    let hoarder = connections(&server, 1, &unread).await;
    // It reads nothing until the service has given it up.
    until("only we are connected", || async {
        let metrics = client().get(format!("{}/metrics", server.base)).send().await.unwrap();
        let text = metrics.text().await.unwrap();
        text.lines().any(|line| line == "postulo_http_connections 1")
    })
    .await;
    for stream in held.into_iter().chain(hoarder) {
        closed(stream).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_adds_series_to_the_metrics() {
    let _alone = alone().await;
    let place = Place::new(&[("POSTULO_LOG", "info")]);
    let server = place.serve().await;
    let mut invented: Vec<_> = (0..300)
        .map(|number| {
            format!(
                "INVENTED{number} /invented/{number}/x HTTP/1.1\r\nHost: invented{number}\r\nX-Request-Id: invented{number}\r\nUser-Agent: invented{number}\r\n\r\n"
            )
        })
        .collect();
    invented.push("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned());
    let invented = invented.concat();
    closed(connections(&server, 1, invented.as_bytes()).await.remove(0)).await;
    let client = client();
    let metrics = client.get(format!("{}/metrics", server.base)).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("method=\"_OTHER\""), "{metrics}");
    assert!(!metrics.to_lowercase().contains("invented"), "{metrics}");
    server.stop().await;
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("_OTHER unmatched answered 404"), "{log}");
    assert!(!log.to_lowercase().contains("invented"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_behind_a_proxy_of_ours_are_counted_apart() {
    let _alone = alone().await;
    let place = Place::new(&[
        ("POSTULO_TRUSTED_PROXIES", "127.0.0.0/8"),
        ("POSTULO_NETWORK_REQUESTS__PAGES", "2"),
        ("POSTULO_LOG", "info"),
    ]);
    let server = place.serve().await;
    let client = client();
    let ask = |from: &'static str| {
        let request = client.get(format!("{}/docs", server.base)).header("x-forwarded-for", from);
        async move { request.send().await.unwrap() }
    };
    for _ in 0..2 {
        assert_eq!(ask("198.51.100.1, 203.0.113.9").await.status(), 200);
    }
    let refused = ask("198.51.100.2, 203.0.113.9").await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(ask("203.0.113.9, 203.0.113.10").await.status(), 200);
    tokio::time::timeout(Duration::from_mins(1), server.stop()).await.unwrap();
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(!log.contains("203.0.113") && !log.contains("198.51.100"), "{log}");
}
