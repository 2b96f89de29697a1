//! The service as an operator meets it: the whole router on a real database.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use commands::{Attachments, Cause, Commands, KeyRing, Password};
use domain::examples;
use domain::operator::Role;
use event_store::testing::{Engine, TestDb};
use event_store::tree::TreeKey;
use event_store::{ActorKind, FixedClock, Log, LogOptions, RandomIds};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use projections::{Projections, RunnerOptions};
use tower::ServiceExt as _;
use uuid::Uuid;
use web::{App, AppParts, Metrics, RequestLimits, Settings};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const MAILJET_SECRET: &str = "a secret of mailjet";

pub(crate) struct Service {
    _db: TestDb,
    pub(crate) db: event_store::Db,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) commands: Commands,
    pub(crate) application: Uuid,
    router: Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }

    /// The cookies that it sets, whole.
    pub(crate) fn set_cookies(&self) -> impl Iterator<Item = &str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap())
    }

    /// The session's cookie that it sets, as a browser sends it back.
    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie_called("postulo_session=")
    }

    /// The same of the device's cookie.
    pub(crate) fn device(&self) -> Option<String> {
        self.cookie_called("postulo_device_")
    }

    fn cookie_called(&self, name: &str) -> Option<String> {
        let cookie = self.set_cookies().find(|text| text.starts_with(name))?;
        Some(cookie.split(';').next().unwrap().to_owned())
    }
}

pub(crate) fn email(role: Role) -> String {
    format!("{}@postulo.example", role.as_str())
}

/// What signs the log of the tests.
pub(crate) fn audit_key() -> TreeKey {
    TreeKey::from_seed("postulo.example/log", &[9; 32]).unwrap()
}

pub(crate) fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::nil())
}

impl Service {
    /// With an application of the client `demo`, and an operator for each role.
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::set_up(engine, |_| {}).await
    }

    pub(crate) async fn set_up(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let test_db = TestDb::new(engine).await;
        projections::schema::prepare(&test_db.db()).await.unwrap();
        let db = test_db.db();
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let ids = Arc::new(RandomIds::new(clock.clone()));
        let log = Log::open(db.clone(), clock.clone(), log_options()).await.unwrap();
        let keys = KeyRing::single("k1", [7; 32]);
        let attachments = Attachments::in_memory();
        let commands = Commands::new(log.clone(), clock.clone(), ids, attachments, &keys)
            .with_cheap_passwords();
        let demo = examples::valid("demo");
        commands.register_partner(&demo, examples::partner_settings(), &cause()).await.unwrap();
        let submission = examples::full_submission();
        let done = commands.submit(submission, &[], None, &cause()).await.unwrap();
        for role in Role::ALL {
            let password = Password::new(PASSWORD).unwrap();
            let email = examples::valid(&email(role));
            commands.create_operator(&email, role, &password, &cause()).await.unwrap();
        }
        let projections = Projections::start(log, clock.clone(), &RunnerOptions::default());
        let mut settings = Settings {
            base_url: "http://postulo.example/".parse().unwrap(),
            production: false,
            demo: None,
            mailbox: None,
            undo_window: SignedDuration::from_mins(2),
            request_timeout: Duration::from_mins(1),
            mailjet_events_secret: Some(MAILJET_SECRET.to_owned()),
            sendgrid_public_key: None,
            mail_from: examples::valid("postulo@postulo.example"),
            second_factor_required: false,
        };
        change(&mut settings);
        let app = App::new(AppParts {
            commands: commands.clone(),
            db: db.clone(),
            settings: Arc::new(settings),
            audit: Some(audit_key().into()),
            request_limits: RequestLimits::default(),
            metrics: Metrics {
                render: Arc::new(String::new),
                token: Some("metrics".into()),
                open: false,
                now: Arc::new(domain_now),
            },
            caught_up: Arc::new(move |position, timeout| {
                let projections = projections.clone();
                Box::pin(async move { projections.wait_for(&[], position, timeout).await.is_ok() })
            }),
        });
        let router = crate::router(app);
        Self { _db: test_db, db, clock, commands, application: done.id, router }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body, bytes }
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty());
        self.send(request.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form(path, cookie, fields, Some("same-origin"))).await
    }

    /// Signs in; the session's cookie.
    pub(crate) async fn sign_in(&self, role: Role) -> String {
        let fields = [("email", email(role)), ("password", PASSWORD.to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.post("/admin/sign-in", "", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.cookie().expect("a session is opened")
    }

    /// Waits until it holds, while anything moves.
    pub(crate) async fn until(&self, mut holds: impl AsyncFnMut() -> bool) {
        let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
        while !holds().await {
            assert!(tokio::time::Instant::now() < deadline, "it does not come to hold");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn caught_up(&self) {
        let head = self.commands.log().head().await.unwrap();
        projections::wait_for_all(&self.db, head, event_store::testing::PATIENCE).await.unwrap();
    }

    pub(crate) async fn kinds(&self) -> Vec<&'static str> {
        let history = self.commands.application(self.application).await.unwrap();
        history.events.iter().map(|recorded| recorded.event.kind().as_str()).collect()
    }
}

/// A form as a browser sends it, from a page that is `site` to the service; `None`: what is no
/// browser.
pub(crate) fn form(
    path: &str,
    cookie: &str,
    fields: &[(&str, &str)],
    site: Option<&str>,
) -> Request<Body> {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    request.body(Body::from(body.finish())).unwrap()
}

fn domain_now() -> jiff::Timestamp {
    domain::examples::minutes(0)
}

/// As in production: personal data are sealed.
fn log_options() -> LogOptions {
    let keys = format!("m1:{}", "5e".repeat(32));
    LogOptions { codec: commands::codec(Some(keys.parse().unwrap())), ..LogOptions::default() }
}
