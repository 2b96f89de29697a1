//! The service as a browser meets it: the whole router over a real log, with a clock that stands
//! still and ids that repeat.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use commands::{Attachments, Cause, Commands, KeyRing, LinkPurpose, Upload};
use domain::application::SubmissionDraft;
use domain::{Language, examples};
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, FixedClock, Log, LogOptions, SeededIds};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use projections::{Projections, RunnerOptions};
use tempfile::TempDir;
use tower::ServiceExt as _;
use url::form_urlencoded;
use uuid::Uuid;
use web::{App, AppParts, Metrics, RequestLimits, Settings};

/// A small document that is a PDF by its first bytes.
pub(crate) const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

/// How long an answer may be taken back.
pub(crate) const UNDO_WINDOW: SignedDuration = SignedDuration::from_mins(2);

pub(crate) struct Service {
    pub(crate) app: App,
    pub(crate) clock: Arc<FixedClock>,
    _mailbox: TempDir,
    router: Router,
    _test_db: TestDb,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("the body is text")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirection leads.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.header("location")
    }

    /// The page's content, without empty lines.
    pub(crate) fn main(&self) -> String {
        let text = self.text();
        let (_, rest) = text.split_once("<main").expect("a page has a main part");
        let (main, _) = rest.split_once("</main>").expect("the main part ends");
        let lines = main.lines().map(str::trim_end).filter(|line| !line.is_empty());
        format!("<main{}\n</main>", lines.collect::<Vec<_>>().join("\n"))
    }

    /// The fields that a form carries along unseen.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let text = self.text();
        let inputs = text.split("<input type=\"hidden\" name=\"").skip(1);
        inputs
            .map(|input| {
                let (name, rest) = input.split_once("\" value=\"").unwrap();
                let (value, _) = rest.split_once('"').unwrap();
                (name.to_owned(), unescaped(value))
            })
            .collect()
    }
}

/// Text as a browser reads it.
pub(crate) fn unescaped(html: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .into_iter()
        .fold(html.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}

pub(crate) async fn service(engine: Engine) -> Service {
    let test_db = TestDb::new(engine).await;
    projections::schema::prepare(&test_db.db()).await.unwrap();
    let clock = Arc::new(FixedClock::new(examples::minutes(0)));
    let ids = Arc::new(SeededIds::new(1, clock.clone()));
    let log = Log::open(test_db.db(), clock.clone(), log_options()).await.unwrap();
    let keys = KeyRing::single("test", [7; 32]);
    let commands = Commands::new(log, clock.clone(), ids, Attachments::in_memory(), &keys);
    let mailbox = TempDir::new().unwrap();
    // The read models are followed from the first time on that somebody waits for them.
    let started: OnceLock<Projections> = OnceLock::new();
    let (followed, followers_clock) = (commands.log().clone(), clock.clone());
    let projections = Arc::new(move || {
        let start = || {
            let options = RunnerOptions::default();
            Projections::start(followed.clone(), followers_clock.clone(), &options)
        };
        started.get_or_init(start).clone()
    });
    let settings = Settings {
        base_url: "http://postulo.example/".parse().unwrap(),
        production: false,
        demo: None,
        mailbox: Some(mailbox.path().to_owned()),
        undo_window: UNDO_WINDOW,
        request_timeout: Duration::from_mins(1),
        mailjet_events_secret: Some("a secret of mailjet".into()),
        sendgrid_public_key: None,
        mail_from: examples::valid("postulo@postulo.example"),
        second_factor_required: false,
    };
    let app = App::new(AppParts {
        commands,
        db: test_db.db(),
        settings: Arc::new(settings),
        audit: None,
        request_limits: RequestLimits::default(),
        metrics: Metrics {
            render: Arc::new(String::new),
            token: Some("metrics".into()),
            open: false,
            now: Arc::new(domain_now),
        },
        caught_up: Arc::new(move |position, timeout| {
            let projections = projections();
            Box::pin(async move { projections.wait_for(&[], position, timeout).await.is_ok() })
        }),
    });
    let router = crate::router(app.clone());
    Service { app, clock, _mailbox: mailbox, router, _test_db: test_db }
}

/// A form's fields, by name.
pub(crate) type Fields<'a> = &'a [(&'a str, &'a str)];

impl Service {
    /// Submits the example application, with one document.
    pub(crate) async fn apply(&self) -> Uuid {
        self.apply_as(examples::draft(), Language::Fr, &["CV Camille « été ».pdf"]).await
    }

    /// Submits `draft` with small PDFs of these names.
    pub(crate) async fn apply_as(
        &self,
        draft: SubmissionDraft,
        language: Language,
        files: &[&str],
    ) -> Uuid {
        let upload = |name: &&str| Upload { name: (*name).to_owned(), bytes: PDF.into() };
        let documents = commands::recognise(files.iter().map(upload).collect()).unwrap();
        let attachments = documents.iter().map(|document| document.attachment.clone()).collect();
        let submission = draft.parse(examples::valid("demo"), language, attachments).unwrap();
        let cause = Cause::request(ActorKind::Candidate, None, Uuid::nil());
        let submitted = self.app.commands.submit(submission, &documents, None, &cause).await;
        submitted.unwrap().id
    }

    /// The path of the recruiter's page.
    pub(crate) fn recruiter(&self, id: Uuid) -> String {
        let token =
            self.app.commands.links().token(LinkPurpose::Recruiter, id, self.app.commands.now());
        format!("/r/{token}")
    }

    /// The path of the candidate's page.
    pub(crate) fn candidate(&self, id: Uuid) -> String {
        let token =
            self.app.commands.links().token(LinkPurpose::Candidate, id, self.app.commands.now());
        format!("/c/{token}")
    }

    /// The path of the page that a link to a person's data opens.
    pub(crate) fn data(&self, person: LinkPurpose, id: Uuid) -> String {
        let token = self.app.commands.links().token(person, id, self.app.commands.now());
        format!("/p/{token}")
    }

    /// The names of what happened to an application.
    pub(crate) async fn events(&self, id: Uuid) -> Vec<&'static str> {
        let history = self.app.commands.application(id).await.unwrap();
        history.events.iter().map(|recorded| recorded.event.kind().as_str()).collect()
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.read(Method::GET, path).await
    }

    pub(crate) async fn read(&self, method: Method, path: &str) -> Answer {
        self.ask(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: Fields<'_>) -> Answer {
        self.ask(form(path, fields, "same-origin")).await
    }

    /// Sends a preview's form with one of its buttons.
    pub(crate) async fn press(&self, path: &str, preview: &Answer, button: &str) -> Answer {
        let hidden = preview.hidden();
        let mut fields: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.push(("step", button));
        self.post(path, &fields).await
    }
}

/// A form as a browser sends it, from a page that is `site` to the service.
pub(crate) fn form(path: &str, fields: Fields<'_>, site: &str) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::USER_AGENT, "Mozilla/5.0")
        .header("sec-fetch-site", site)
        .body(Body::from(body))
        .unwrap()
}

fn domain_now() -> jiff::Timestamp {
    domain::examples::minutes(0)
}

/// As in production: personal data are sealed.
fn log_options() -> LogOptions {
    let keys = format!("m1:{}", "5e".repeat(32));
    LogOptions { codec: commands::codec(Some(keys.parse().unwrap())), ..LogOptions::default() }
}
