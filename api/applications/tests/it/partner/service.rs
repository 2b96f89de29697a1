//! The whole router on a real database, without a network.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use commands::{Attachments, Cause, Commands, KeyRing, LinkPurpose};
use domain::examples;
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, Clock, Ids, Log, LogOptions, RandomIds, SystemClock};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use projections::{Projections, RunnerOptions, wait_for_all};
use serde_json::Value;
use tower::ServiceExt as _;
use uuid::Uuid;
use web::{App, AppParts, Metrics, RequestLimits, Settings};

pub(crate) struct Service {
    _db: TestDb,
    _mailbox: tempfile::TempDir,
    pub(crate) commands: Commands,
    router: Router,
    pub(crate) secret: String,
}

pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Service {
    /// A service with the client `demo` registered.
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::start(engine, true, Duration::from_secs(30)).await
    }

    /// A service whose read models stay as they were when it began.
    pub(crate) async fn behind(engine: Engine) -> Self {
        Self::start(engine, false, Duration::from_secs(30)).await
    }

    /// As [`Service::new`], where a request may take so long.
    pub(crate) async fn with_timeout(engine: Engine, request_timeout: Duration) -> Self {
        Self::start(engine, true, request_timeout).await
    }

    async fn start(engine: Engine, reads: bool, request_timeout: Duration) -> Self {
        let db = TestDb::new(engine).await;
        projections::schema::prepare(&db.db()).await.unwrap();
        let mailbox = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn Ids> = Arc::new(RandomIds::new(clock.clone()));
        let log = Log::open(db.db(), clock.clone(), log_options()).await.unwrap();
        let keys = KeyRing::single("k1", [7; 32]);
        let commands =
            Commands::new(log.clone(), clock.clone(), ids, Attachments::in_memory(), &keys);
        let id = "demo".parse().unwrap();
        let cause = Cause::request(ActorKind::Operator, None, Uuid::nil());
        let settings = examples::partner_settings();
        let secret = commands.register_partner(&id, settings, &cause).await.unwrap();
        let options = RunnerOptions::default();
        let projections = reads.then(|| Projections::start(log, clock, &options));
        let models = db.db();
        let app = App::new(AppParts {
            commands: commands.clone(),
            db: db.db(),
            settings: Arc::new(Settings {
                base_url: "http://postulo.example".parse().unwrap(),
                production: false,
                demo: None,
                mailbox: Some(mailbox.path().to_owned()),
                undo_window: SignedDuration::from_mins(2),
                request_timeout,
                mailjet_events_secret: Some("a secret of mailjet".into()),
                sendgrid_public_key: None,
                mail_from: examples::valid("postulo@postulo.example"),
                second_factor_required: false,
            }),
            audit: None,
            request_limits: RequestLimits::default(),
            metrics: Metrics {
                render: Arc::new(String::new),
                token: Some("metrics".into()),
                open: false,
                now: Arc::new(domain_now),
            },
            caught_up: Arc::new(move |position, timeout| {
                let (projections, models) = (projections.clone(), models.clone());
                Box::pin(async move {
                    match projections {
                        Some(here) => here.wait_for(&[], position, timeout).await.is_ok(),
                        None => wait_for_all(&models, position, timeout).await.is_ok(),
                    }
                })
            }),
        });
        let (router, secret) = (crate::router(app), secret.reveal().to_owned());
        Self { _db: db, _mailbox: mailbox, commands, router, secret }
    }

    /// Asks as the partner `demo`, without a body.
    pub(crate) async fn asked(&self, method: &str, path: &str) -> Answered {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, self.basic());
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The same, where problem details (RFC 9457) of this status and kind must be the answer.
    pub(crate) async fn is_refused(&self, method: &str, path: &str, status: u16, slug: &str) {
        let answer = self.asked(method, path).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.body);
        assert_eq!(answer.json()["type"], format!("/problems/{slug}"));
        assert_eq!(answer.json()["status"], status);
        assert!(!answer.header("x-request-id").is_empty());
        if status == 405 {
            assert!(!answer.header("allow").is_empty(), "RFC 9110 15.5.6");
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answered { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// What the client `demo` reads there.
    pub(crate) async fn read(&self, path: &str) -> Answered {
        let request = Request::get(path).header(header::AUTHORIZATION, self.basic());
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.finish()));
        self.send(request.unwrap()).await
    }

    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("demo:{}", self.secret)))
    }

    /// A request of the client `demo` with a JSON body.
    pub(crate) fn submission(&self, body: impl Into<Body>) -> axum::http::request::Request<Body> {
        Request::post("/api/v1/applications")
            .header(header::AUTHORIZATION, self.basic())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into())
            .unwrap()
    }

    /// A submitted application; its id and the recruiter's or candidate's token.
    pub(crate) async fn application(&self, person: LinkPurpose) -> (Uuid, String) {
        let cause = Cause::request(ActorKind::Partner, None, Uuid::nil());
        let submission = examples::submission();
        let done = self.commands.submit(submission, &[], None, &cause).await.unwrap();
        let token = self.commands.links().token(person, done.id, self.commands.now());
        (done.id, token)
    }

    /// How many events the log holds.
    pub(crate) async fn events(&self) -> i64 {
        self.commands.log().head().await.unwrap().get()
    }
}

/// An application as partners send it.
pub(crate) fn fields() -> Value {
    let draft = examples::draft();
    let names = domain::application::SubmissionDraft::FIELDS;
    let set = names.into_iter().filter(|name| !draft.get(name).is_empty());
    set.map(|name| (name.to_owned(), draft.get(name).into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn domain_now() -> jiff::Timestamp {
    domain::examples::minutes(0)
}

/// As in production: personal data are sealed.
fn log_options() -> LogOptions {
    let keys = format!("m1:{}", "5e".repeat(32));
    LogOptions { codec: commands::codec(Some(keys.parse().unwrap())), ..LogOptions::default() }
}
