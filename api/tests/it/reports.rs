//! What mail providers report: Mailjet with a secret, `SendGrid` with a signature.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::application::{ApplicationStatus, RecordSentToEmployer};
use domain::{EmailAddress, JobApplication, examples};
use event_store::StreamId;
use event_store::testing::Engine;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey as _;
use rstest::rstest;
use serde_json::{Value, json};
use testing::cause;
use testing::http::{MAILJET_SECRET, Office};

use super::{office, set_up};

const MESSAGE_ID: &str = "m1.employer@postulo.example";
/// More than fits a number of most programs.
const PROVIDER_ID: &str = "1152921504606846977";
const EMPLOYER: &str = "recrutement@boulangerie.example";

/// An application whose e-mail to the employer left through a provider.
async fn sent(service: &Office) {
    let id = service.application;
    let kept = commands::MailedEmail {
        from: String::new(),
        to: EMPLOYER.to_owned().into(),
        reply_to: None,
        subject: String::new().into(),
        date: examples::minutes(0),
        text: String::new().into(),
        html: String::new().into(),
        calendar: None,
        files: vec![],
    };
    service
        .commands
        .emails()
        .keep_email(StreamId::of::<JobApplication>(&id.to_string()), "employer", MESSAGE_ID, &kept)
        .await
        .unwrap();
    service.commands.emails().name_email(MESSAGE_ID, PROVIDER_ID).await.unwrap();
    let sent =
        RecordSentToEmployer { message_id: examples::valid(MESSAGE_ID), at: examples::minutes(1) };
    service.commands.perform(&id.to_string(), &sent, &cause()).await.unwrap();
}

async fn mailjet(service: &Office, secret: &str, body: &str) -> (StatusCode, Value) {
    let query: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let path = format!("/pipeline/eventcallback/?secret={query}");
    let answer = service.send(Request::post(path).body(Body::from(body.to_owned())).unwrap()).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

fn event(kind: &str) -> Value {
    let id: serde_json::Number = PROVIDER_ID.parse().unwrap();
    json!({ "event": kind, "time": 1_795_165_300, "MessageID": id, "email": EMPLOYER,
            "hard_bounce": kind == "bounce", "error_related_to": "recipient", "error": "user unknown" })
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reports_in_any_order_and_twice_are_recorded_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = office(engine).await;
    sent(&service).await;
    let body = json!([event("open"), event("sent"), event("open"), event("unsub")]).to_string();
    for _ in 0..2 {
        let (status, told) = mailjet(&service, MAILJET_SECRET, &body).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        assert_eq!(told, json!({ "recorded": 3, "unknown": 0, "ignored": 1 }));
    }
    // A single event, named by our own id.
    let mut single = event("click");
    single["CustomID"] = MESSAGE_ID.into();
    single["MessageID"] = 7.into();
    let (status, _) = mailjet(&service, MAILJET_SECRET, &single.to_string()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(service.kinds().await[2..], ["EmailOpened", "EmailDelivered", "EmailClicked"]);
    let history = service.commands.applications().find(service.application).await.unwrap();
    assert_eq!(history.state.status(), Some(ApplicationStatus::Sent));
}

#[rstest]
#[case("bounce", "bounced")]
#[case("spam", "spam")]
#[case("blocked", "blocked")]
#[tokio::test(flavor = "multi_thread")]
async fn what_should_receive_nothing_more_is_on_the_list_for_a_month(
    #[case] kind: &str,
    #[case] reason: &str,
) {
    let service = office(Engine::Sqlite).await;
    sent(&service).await;
    let body = json!([event(kind)]).to_string();
    mailjet(&service, MAILJET_SECRET, &body).await;
    let address: EmailAddress = examples::valid(EMPLOYER);
    let listed = service.commands.suppressions().find(&address).await.unwrap().unwrap();
    assert_eq!(listed.reason.as_str(), reason);
    assert_eq!(listed.until.duration_since(listed.since).as_hours(), 30 * 24);
    // What an operator lifted stays lifted when the same report comes again.
    service.commands.suppressions().lift(&address, &cause()).await.unwrap();
    mailjet(&service, MAILJET_SECRET, &body).await;
    assert!(service.commands.suppressions().find(&address).await.unwrap().is_none());
}

#[rstest]
#[case("content", "content blocked", "sent")]
#[case("spam", "sender blocked", "sent")]
#[case("mailjet", "preblocked", "sent")]
#[case("recipient", "quota exceeded", "undeliverable")]
#[case("domain", "relay/access denied", "undeliverable")]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_fault_of_the_address_lists_nobody(
    #[case] related_to: &str,
    #[case] error: &str,
    #[case] status: &str,
) {
    let service = office(Engine::Sqlite).await;
    sent(&service).await;
    let mut blocked = event("blocked");
    blocked["error_related_to"] = related_to.into();
    blocked["error"] = error.into();
    let (_, told) = mailjet(&service, MAILJET_SECRET, &blocked.to_string()).await;
    assert_eq!(told["recorded"], 1);
    let address: EmailAddress = examples::valid(EMPLOYER);
    assert!(service.commands.suppressions().find(&address).await.unwrap().is_none());
    let history = service.commands.applications().find(service.application).await.unwrap();
    assert_eq!(history.state.status().unwrap().as_str(), status);
    service.caught_up().await;
    let cookie = service.sign_in(domain::operator::Role::Admin).await;
    let front = service.get_as("/admin", &cookie).await.body;
    let told = front.contains("E-mails retenus par notre faute");
    assert_eq!(told, status == "sent", "the operator is told of what is ours: {front}");
    let list = front.contains("href=\"/admin/emails?reason=withheld\"");
    assert_eq!(list, told, "and where it is");
    let list = service.get_as("/admin/emails?reason=withheld", &cookie).await.body;
    let here = list.contains(&format!("href=\"/admin/applications/{}\"", service.application));
    assert_eq!(here && list.contains(EMPLOYER), told, "{list}");
    let analyst = service.sign_in(domain::operator::Role::Analyst).await;
    let front = service.get_as("/admin", &analyst).await.body;
    assert!(!front.contains("/admin/emails"), "who may not see whom they were for: {front}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_on_the_list_counts_from_what_happened() {
    let service = office(Engine::Sqlite).await;
    sent(&service).await;
    let address: EmailAddress = examples::valid(EMPLOYER);
    let now = service.commands.now();
    let mut spam = event("spam");
    let happened = now - jiff::SignedDuration::from_hours(10 * 24);
    spam["time"] = happened.as_second().into();
    mailjet(&service, MAILJET_SECRET, &spam.to_string()).await;
    let listed = service.commands.suppressions().find(&address).await.unwrap().unwrap();
    assert_eq!(listed.until.duration_since(now).as_hours(), 20 * 24);

    let service = office(Engine::Sqlite).await;
    sent(&service).await;
    let happened = now - jiff::SignedDuration::from_hours(31 * 24);
    spam["time"] = happened.as_second().into();
    let (_, told) = mailjet(&service, MAILJET_SECRET, &spam.to_string()).await;
    assert_eq!(told["recorded"], 1);
    assert!(service.commands.suppressions().find(&address).await.unwrap().is_none(), "it is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_bounce_lists_nobody() {
    let service = office(Engine::Sqlite).await;
    sent(&service).await;
    let mut soft = event("bounce");
    soft["hard_bounce"] = false.into();
    mailjet(&service, MAILJET_SECRET, &soft.to_string()).await;
    assert_eq!(service.kinds().await[2..], ["EmailBounced"]);
    let address: EmailAddress = examples::valid(EMPLOYER);
    assert!(service.commands.suppressions().find(&address).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reports_without_the_secret_and_garbage_is_refused() {
    let service = office(Engine::Sqlite).await;
    sent(&service).await;
    let body = json!([event("spam")]).to_string();
    for secret in ["", "wrong", "a secret of mailje"] {
        assert_eq!(mailjet(&service, secret, &body).await.0, StatusCode::FORBIDDEN);
    }
    for body in ["", "not json", "3", "\"text\"", "null"] {
        assert_eq!(
            mailjet(&service, MAILJET_SECRET, body).await.0,
            StatusCode::BAD_REQUEST,
            "{body}"
        );
    }
    for odd in
        ["[3, null, {}]", "{}", "[{\"event\": 3}]", "[{\"event\":\"sent\",\"MessageID\":{}}]"]
    {
        assert_eq!(mailjet(&service, MAILJET_SECRET, odd).await.0, StatusCode::OK, "{odd}");
    }
    let unknown = json!([{ "event": "sent", "MessageID": 99, "time": 1 }]).to_string();
    let (status, told) = mailjet(&service, MAILJET_SECRET, &unknown).await;
    assert_eq!((status, &told["unknown"]), (StatusCode::OK, &json!(1)));
    assert_eq!(service.commands.emails().unknown_reports_since("2026-11-20").await.unwrap(), 2);
    assert_eq!(service.kinds().await.len(), 2, "nothing was recorded");

    let none = set_up(Engine::Sqlite, |settings| settings.mailjet_events_secret = None).await;
    assert_eq!(mailjet(&none, "", &body).await.0, StatusCode::FORBIDDEN, "unconfigured is closed");
}

fn service_key(signing: &SigningKey) -> String {
    let public = signing.verifying_key().to_public_key_der().unwrap();
    STANDARD.encode(public.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn sendgrid_reports_only_with_its_signature_and_in_time() {
    let signing = SigningKey::from_slice(&[7; 32]).unwrap();
    let key = service_key(&signing);
    let service = set_up(Engine::Sqlite, |it| it.sendgrid_public_key = Some(key)).await;
    sent(&service).await;
    let body = json!([
        { "event": "processed", "smtp-id": format!("<{MESSAGE_ID}>"), "sg_event_id": "1" },
        { "event": "delivered", "smtp-id": format!("<{MESSAGE_ID}>"), "sg_event_id": "2" },
        { "event": "bounce", "type": "bounce", "message_id": MESSAGE_ID, "reason": "550 no",
          "timestamp": 1_795_165_300, "sg_event_id": "3" },
    ])
    .to_string();
    let now = service.commands.now().as_second();
    let post = async |signed: &str, timestamp: i64, body: &str| {
        let signature: Signature = signing.sign(format!("{timestamp}{signed}").as_bytes());
        let request = Request::post("/webhooks/sendgrid")
            .header(
                "X-Twilio-Email-Event-Webhook-Signature",
                STANDARD.encode(signature.to_der().as_bytes()),
            )
            .header("X-Twilio-Email-Event-Webhook-Timestamp", timestamp.to_string())
            .body(Body::from(body.to_owned()));
        service.send(request.unwrap()).await.status
    };
    assert_eq!(post("[]", now, &body).await, StatusCode::FORBIDDEN, "another body");
    assert_eq!(post(&body, now - 601, &body).await, StatusCode::FORBIDDEN, "a recording");
    let bare = Request::post("/webhooks/sendgrid").body(Body::from(body.clone())).unwrap();
    assert_eq!(service.send(bare).await.status, StatusCode::FORBIDDEN);
    assert_eq!(service.kinds().await.len(), 2);
    for _ in 0..2 {
        assert_eq!(post(&body, now, &body).await, StatusCode::OK);
    }
    assert_eq!(service.kinds().await[2..], ["EmailDelivered", "EmailBounced"]);
    assert_eq!(post("{}", now, "{}").await, StatusCode::BAD_REQUEST);

    let address: EmailAddress = examples::valid(EMPLOYER);
    let listed = async || service.commands.suppressions().find(&address).await.unwrap().is_some();
    assert!(!listed().await, "550 alone does not say that there is no such mailbox");
    for (report, closes) in [
        (json!({ "event": "dropped", "reason": "Recipient List over Package Quota" }), false),
        (json!({ "event": "dropped", "reason": "Bounced Address" }), true),
    ] {
        let other = set_up(Engine::Sqlite, |it| {
            it.sendgrid_public_key = Some(service_key(&signing));
        });
        let other = other.await;
        sent(&other).await;
        let mut report = report;
        report["message_id"] = MESSAGE_ID.into();
        let body = json!([report]).to_string();
        let now = other.commands.now().as_second();
        let signature: Signature = signing.sign(format!("{now}{body}").as_bytes());
        let signature = STANDARD.encode(signature.to_der().as_bytes());
        let request = Request::post("/webhooks/sendgrid")
            .header("X-Twilio-Email-Event-Webhook-Signature", signature)
            .header("X-Twilio-Email-Event-Webhook-Timestamp", now.to_string())
            .body(Body::from(body));
        assert_eq!(other.send(request.unwrap()).await.status, StatusCode::OK);
        let found = other.commands.suppressions().find(&address).await.unwrap();
        assert_eq!(found.is_some(), closes, "{report}");
    }
}
