//! Connections to PostgreSQL that break in the worst moment: a proxy stands in between and cuts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use event_store::testing::{Engine, TestDb};
use event_store::{AppendError, Db, Log, LogOptions, Position};
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::support::{all, assert_in_order, clock, event};

/// What the proxy does to the call that appends.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
enum Cut {
    /// It passes.
    Not,
    /// The server never gets it.
    BeforeTheServer,
    /// The server has done it, and its answer never arrives.
    AfterTheServer,
}

#[derive(Clone)]
struct Proxy {
    url: String,
    cut: Arc<AtomicU8>,
}

impl Proxy {
    async fn before(server: &str) -> Self {
        let mut url = Url::parse(server).unwrap();
        let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        // What is cut must be readable.
        url.query_pairs_mut().append_pair("sslmode", "disable");
        let proxy = Self { url: url.into(), cut: Arc::new(AtomicU8::new(Cut::Not as u8)) };
        let cut = Arc::clone(&proxy.cut);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&target).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&cut)));
            }
        });
        proxy
    }

    fn cut_next(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }

    fn has_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst) == Cut::Not as u8
    }
}

/// Passes bytes both ways, until a connection ends or is cut: by then both are dropped.
async fn pass(mut client: TcpStream, mut server: TcpStream, cut: Arc<AtomicU8>) {
    const CALL: &[u8] = b"2026-11-20T22:24:14.000000Z";
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { return };
                // Only the call that appends carries the time.
                let appends = up[..count].windows(CALL.len()).any(|bytes| bytes == CALL);
                let armed = if appends { cut.swap(Cut::Not as u8, Ordering::SeqCst) } else { Cut::Not as u8 };
                if armed == Cut::BeforeTheServer as u8 {
                    return;
                }
                if server.write_all(&up[..count]).await.is_err() {
                    return;
                }
                if armed == Cut::AfterTheServer as u8 {
                    // Its answer comes after the commit.
                    drop(server.read(&mut down).await);
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(count @ 1..) = read else { return };
                if client.write_all(&down[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn log_behind_a_proxy() -> (TestDb, Proxy, Log) {
    let test_db = TestDb::new(Engine::Postgres).await;
    let proxy = Proxy::before(test_db.url()).await;
    let db = Db::connect(&proxy.url).await.unwrap();
    let log = Log::open(db, Arc::new(clock()), LogOptions::default()).await.unwrap();
    // The statement is prepared by now: what is cut later is the call itself.
    log.append("thing", "first", 0, vec![event("Happened", 1)]).await.unwrap();
    (test_db, proxy, log)
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_and_acknowledged() {
    let (_keep, proxy, log) = log_behind_a_proxy().await;
    proxy.cut_next(Cut::AfterTheServer);
    let events = vec![event("Happened", 2), event("Happened", 3)];
    let appended = log.append("thing", "one", 0, events).await.unwrap();
    assert!(proxy.has_cut());
    assert_eq!((appended.first, appended.last), (Position::new(2), Position::new(3)));
    assert_in_order(&all(&log).await);
}

#[rstest]
#[tokio::test]
async fn a_call_that_never_arrived_fails_and_the_next_one_works() {
    let (_keep, proxy, log) = log_behind_a_proxy().await;
    proxy.cut_next(Cut::BeforeTheServer);
    let lost = log.append("thing", "one", 0, vec![event("Happened", 2)]).await;
    assert!(proxy.has_cut());
    assert!(
        matches!(&lost, Err(AppendError::Unavailable(error)) if error.is_temporary()),
        "{lost:?}"
    );
    let again = log.append("thing", "one", 0, vec![event("Happened", 2)]).await;
    assert_eq!(again.unwrap().first, Position::new(2));
}

#[tokio::test]
async fn another_writers_event_is_not_taken_for_ours() {
    let (test_db, proxy, log) = log_behind_a_proxy().await;
    let other = Log::open(test_db.db(), Arc::new(clock()), LogOptions::default()).await.unwrap();
    other.append("thing", "one", 0, vec![event("Happened", 5)]).await.unwrap();
    proxy.cut_next(Cut::AfterTheServer);
    let refused = log.append("thing", "one", 0, vec![event("Happened", 2)]).await;
    assert!(proxy.has_cut());
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(all(&log).await.len(), 2);
}
