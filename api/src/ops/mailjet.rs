//! Mailjet's event webhook: <https://dev.mailjet.com/email/guides/webhooks/>. It signs nothing, so a
//! secret stands in its address; it repeats what is not answered 200.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use commands::{Cause, ReportOutcome, ReportedId};
use domain::application::Report;
use domain::{Fault, Personal, Prose, fault};
use jiff::Timestamp;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use web::app::App;
use web::problem::{Kind, Problem};
use web::query::Query;
use web::request::Context;

/// Takes an array of events, or a single one. What is not about an e-mail of ours is counted.
pub(crate) async fn reports(
    State(app): State<App>,
    uri: Uri,
    context: Context,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let mut query = Query::of(&uri, &["secret"]);
    let secret = query.take("secret", "", |text| Some(text.to_owned())).unwrap_or_default();
    query.finish()?;
    let expected = app.settings.mailjet_events_secret.as_deref();
    let matches = |expected: &str| bool::from(expected.as_bytes().ct_eq(secret.as_bytes()));
    if !expected.is_some_and(matches) {
        let why = "The secret in the address is missing or another one.";
        return Err(Problem::new(Kind::Forbidden, why));
    }
    let events = match serde_json::from_slice(without_mark(&body)) {
        Ok(Value::Array(events)) => events,
        Ok(event @ Value::Object(_)) => vec![event],
        _ => {
            let why = "The body is neither a JSON array of events nor one event.";
            return Err(Problem::new(Kind::MalformedRequest, why));
        }
    };
    let cause = Cause::mail_provider("mailjet", context.id);
    let (mut recorded, mut unknown, mut ignored) = (0, 0, 0);
    for event in &events {
        let Some((report, at)) = read(event, app.commands.now()) else {
            ignored += 1;
            continue;
        };
        let (message_id, provider_id) = (message_id(event), provider_id(event));
        let id =
            ReportedId { message_id: message_id.as_deref(), provider_id: provider_id.as_deref() };
        let fault = report.fault();
        match app.commands.emails().record_report(id, report, at, &cause).await {
            Ok(ReportOutcome::Recorded) => {
                recorded += 1;
                tell_the_operator("Mailjet", fault);
            }
            Ok(ReportOutcome::Unknown) => unknown += 1,
            // The whole array comes again; what is recorded already changes nothing then.
            Err(error) => return Err(Problem::unavailable(&error)),
        }
    }
    Ok(Json(json!({ "recorded": recorded, "unknown": unknown, "ignored": ignored })))
}

/// A JSON body without the byte order mark that some programs put in front (RFC 8259 8.1).
pub(super) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// What did not arrive by our fault is for somebody to mend.
pub(super) fn tell_the_operator(provider: &str, fault: Option<Fault>) {
    if let Some(fault) = fault.filter(|fault| fault.is_ours()) {
        tracing::error!(
            fault = fault.as_str(),
            "{provider} holds an e-mail back, and the fault is ours: its page under /admin tells \
             what {provider} says; mend that, then send the e-mail again"
        );
    }
}

/// Ours, which Mailjet gives back.
fn message_id(event: &Value) -> Option<String> {
    let id = event.get("CustomID").or_else(|| event.get("customid"))?.as_str()?;
    Some(id.to_owned())
}

/// Theirs: a number of 64 bits, or the same as text.
fn provider_id(event: &Value) -> Option<String> {
    match event.get("MessageID")? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// What is reported, and when; `None` for what changes nothing, such as `unsub`.
fn read(event: &Value, now: Timestamp) -> Option<(Report, Timestamp)> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    let cause = || told(&[text("error_related_to"), text("error"), text("comment")]);
    let report = match text("event") {
        "sent" => Report::Delivered,
        "open" => Report::Opened,
        "click" => Report::Clicked,
        "bounce" | "blocked" => {
            let flag = |name: &str| match event.get(name) {
                Some(Value::Bool(yes)) => *yes,
                Some(Value::String(text)) => text == "true" || text == "1",
                Some(Value::Number(number)) => number.as_i64() == Some(1),
                _ => false,
            };
            let hard = flag("hard_bounce");
            let (related_to, error) = (text("error_related_to"), text("error"));
            let fault =
                fault::Problem::of_mailjet(related_to, error, text("comment"), hard).fault();
            match text("event") {
                "blocked" => Report::Blocked { fault, cause: cause() },
                _ if hard || flag("blocked") => {
                    Report::Bounced { permanent: true, fault, cause: cause() }
                }
                _ => Report::Bounced { permanent: false, fault: Fault::Transient, cause: cause() },
            }
        }
        "spam" => Report::MarkedAsSpam,
        _ => return None,
    };
    Some((report, time(event.get("time"), now)))
}

/// Seconds since 1970, as a number or as text; now, where there is nothing sensible.
pub(super) fn time(value: Option<&Value>, now: Timestamp) -> Timestamp {
    let seconds = match value {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    // A clock that runs ahead does not put reports into the future.
    at.filter(|at| at.as_second() > 0).map_or(now, |at| at.min(now))
}

/// What a provider says, cut to the bound of an event; "unknown" where it says nothing.
pub(super) fn told(parts: &[&str]) -> Personal<Prose<2000>> {
    let parts: Vec<_> = parts.iter().filter(|part| !part.trim().is_empty()).copied().collect();
    let text = parts.join(": ");
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let text: String = plain.take(2000).collect();
    let unknown = || "unknown".parse().expect("a short word is prose");
    Personal::new(text.parse().unwrap_or_else(|_| unknown()))
}
