//! `SendGrid`'s signed event webhook:
//! <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features>.
//! The signature is ECDSA (P-256, SHA-256) over the timestamp and the body, byte by byte.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use commands::{Cause, ReportOutcome, ReportedId};
use domain::Fault;
use domain::application::Report;
use domain::fault::{self, SendGridReport};
use jiff::{SignedDuration, Timestamp};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;
use serde_json::Value;

use super::mailjet::{tell_the_operator, time, told, without_mark};
use web::app::App;
use web::problem::{Kind, Problem};
use web::request::Context;

/// A signed request is taken for so long: an old one may be a recording.
const VALID_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Takes an array of events. What is not about an e-mail of ours is counted.
pub(crate) async fn reports(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let now = app.commands.now();
    let key = app.settings.sendgrid_public_key.as_deref();
    if !key.is_some_and(|key| is_signed(key, &headers, &body, now)) {
        let why = "The signature is missing, old, or not SendGrid's.";
        return Err(Problem::new(Kind::Forbidden, why));
    }
    let Ok(Value::Array(events)) = serde_json::from_slice(without_mark(&body)) else {
        let why = "The body is not a JSON array of events.";
        return Err(Problem::new(Kind::MalformedRequest, why));
    };
    let cause = Cause::mail_provider("sendgrid", context.id);
    for event in &events {
        let Some(report) = read(event) else { continue };
        let text = |name: &str| event.get(name).and_then(Value::as_str);
        // Our own argument comes with every event; the header's value where somebody altered that.
        let header = text("smtp-id").map(|id| id.trim_matches(['<', '>']));
        let id = ReportedId { message_id: text("message_id").or(header), provider_id: None };
        let at = time(event.get("timestamp"), now);
        let fault = report.fault();
        let outcome = app.commands.emails().record_report(id, report, at, &cause).await;
        if outcome.map_err(|error| Problem::unavailable(&error))? == ReportOutcome::Recorded {
            tell_the_operator("SendGrid", fault);
        }
    }
    Ok(StatusCode::OK)
}

fn is_signed(key: &str, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let check = || {
        let signature = text("x-twilio-email-event-webhook-signature")?;
        let timestamp = text("x-twilio-email-event-webhook-timestamp")?;
        let at = Timestamp::from_second(timestamp.parse().ok()?).ok()?;
        if now.duration_since(at).abs() > VALID_FOR {
            return None;
        }
        let key = VerifyingKey::from_public_key_der(&STANDARD.decode(key.trim()).ok()?).ok()?;
        let signature = Signature::from_der(&STANDARD.decode(signature).ok()?).ok()?;
        let signed = [timestamp.as_bytes(), body].concat();
        key.verify(&signed, &signature).ok()
    };
    check().is_some()
}

/// What is reported; `None` for what changes nothing, such as `processed`.
fn read(event: &Value) -> Option<Report> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    let cause = || told(&[text("status"), text("reason"), text("response")]);
    let fault = || {
        let problem = fault::Problem::of_sendgrid(&SendGridReport {
            event: text("event"),
            kind: text("type"),
            status: text("status"),
            reason: text("reason"),
            bounce_classification: text("bounce_classification"),
        });
        problem.fault()
    };
    Some(match text("event") {
        "delivered" => Report::Delivered,
        "open" => Report::Opened,
        "click" => Report::Clicked,
        "bounce" if text("type") == "blocked" => Report::Blocked { fault: fault(), cause: cause() },
        "bounce" => Report::Bounced { permanent: true, fault: fault(), cause: cause() },
        "deferred" => Report::Bounced { permanent: false, fault: Fault::Transient, cause: cause() },
        "dropped" | "blocked" => Report::Blocked { fault: fault(), cause: cause() },
        "spamreport" => Report::MarkedAsSpam,
        _ => return None,
    })
}
