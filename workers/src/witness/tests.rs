//! A real HTTP server that does not always take what it is sent.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::routing::post as on_post;
use event_store::testing::until;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::*;

/// Where notes arrive. The first answers are those that a test asked for, then 204.
#[derive(Clone)]
struct Receiver {
    answers: Arc<Mutex<Vec<StatusCode>>>,
    /// What came: `Content-Type`, `Authorization`, body.
    came: Arc<Mutex<Vec<[String; 3]>>>,
    /// One permit for each request that may be answered.
    may_answer: Arc<Semaphore>,
}

impl Receiver {
    async fn start(answers: &[StatusCode], may_answer: usize) -> (Self, Url) {
        let answers = Arc::new(Mutex::new(answers.iter().rev().copied().collect()));
        let may_answer = Arc::new(Semaphore::new(may_answer));
        let it = Self { answers, came: Arc::default(), may_answer };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/notes", on_post(take)).with_state(it.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (it, format!("http://log:secret-word@{address}/notes?token=hidden").parse().unwrap())
    }

    fn bodies(&self) -> Vec<String> {
        self.came.lock().unwrap().iter().map(|[_, _, body]| body.clone()).collect()
    }

    async fn until_came(&self, count: usize) {
        until("so many came", async || {
            let came = self.came.lock().unwrap().len();
            if came >= count { Ok(()) } else { Err(came) }
        })
        .await;
    }
}

async fn take(State(it): State<Receiver>, request: Request) -> StatusCode {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 65_536).await.unwrap();
    let told =
        |name| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let came = [told(header::CONTENT_TYPE), told(header::AUTHORIZATION), body];
    it.came.lock().unwrap().push(came);
    it.may_answer.acquire().await.unwrap().forget();
    it.answers.lock().unwrap().pop().unwrap_or(StatusCode::NO_CONTENT)
}

#[tokio::test]
async fn a_post_that_fails_is_made_up_for_by_the_next_note() {
    let refusal = [StatusCode::SERVICE_UNAVAILABLE];
    let (receiver, url) = Receiver::start(&refusal, 100).await;
    let (witness, task) = Witness::start(url).unwrap();
    witness.post("postulo.example/log\n1\n");
    receiver.until_came(1).await;
    witness.post("postulo.example/log\n2\n");
    drop(witness);
    task.await.unwrap();
    assert_eq!(receiver.bodies(), ["postulo.example/log\n1\n", "postulo.example/log\n2\n"]);
    let [kind, authorization, _] = receiver.came.lock().unwrap()[0].clone();
    assert_eq!(kind, "text/plain; charset=utf-8");
    assert_eq!(authorization, "Basic bG9nOnNlY3JldC13b3Jk");
}

#[tokio::test]
async fn only_the_newest_note_waits_and_signing_waits_for_none() {
    let (receiver, url) = Receiver::start(&[], 0).await;
    let (witness, task) = Witness::start(url).unwrap();
    witness.post("first");
    receiver.until_came(1).await;
    for note in ["second", "third", "last"] {
        witness.post(note); // nothing is answered yet, and this returns
    }
    receiver.may_answer.add_permits(100);
    drop(witness);
    task.await.unwrap();
    assert_eq!(receiver.bodies(), ["first", "last"]);
}

#[tokio::test]
async fn what_went_wrong_is_told_without_what_is_secret_of_the_address() {
    let (_receiver, url) = Receiver::start(&[StatusCode::FOUND], 100).await;
    let refused = Elsewhere::at(url).unwrap().post("note".to_owned()).await.unwrap_err();
    assert_eq!(refused, "it answered 302", "no redirection is followed");
    // A port that was free a moment ago.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody: Url =
        format!("http://log:secret-word@{closed}/notes?token=hidden").parse().unwrap();
    let elsewhere = Elsewhere::at(nobody.clone()).unwrap();
    let failed = elsewhere.post("note".to_owned()).await.unwrap_err();
    assert!(failed.starts_with("no connection"), "{failed}");
    let told = failed + &place(&nobody);
    assert!(!told.contains("secret") && !told.contains("hidden") && !told.contains("log:"));
    assert_eq!(place(&"https://kept.example/notes?token=hidden".parse().unwrap()), "kept.example");
}

#[tokio::test]
async fn the_newest_note_is_asked_for_and_an_address_that_hands_out_none_says_nothing() {
    const NOTE: &str = "kept.example/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} kept.example/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let serve = async |router: Router| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Elsewhere::at(format!("http://{address}/notes").parse().unwrap()).unwrap()
    };
    let handing_out = Router::new().route("/notes", axum::routing::get(|| async { NOTE }));
    assert_eq!(serve(handing_out).await.newest().await.unwrap().as_deref(), Some(NOTE));
    let a_page = Router::new().route("/notes", axum::routing::get(|| async { "Welcome" }));
    assert_eq!(serve(a_page).await.newest().await.unwrap(), None);
    let only_taking = Router::new().route("/notes", on_post(|| async {}));
    assert_eq!(serve(only_taking).await.newest().await.unwrap(), None);
    assert_eq!(serve(Router::new()).await.newest().await.unwrap(), None);
}
