//! Mailjet's Send API v3.1: <https://dev.mailjet.com/email/guides/send-api-v31/>.
//!
//! Tracking of opens and clicks is off for each e-mail: it needs the receiver's consent.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::fault::Problem;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::mail::header::one_line;
use crate::mail::{
    Email, MailUrlError, Mailer, ONE_CLICK, Reply, SendError, Taken, Template, decoded,
};
use integrations::http::{self, Failure, on_a_slow_line};

/// How long a request may take, the transport of its e-mail aside.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The sender is not known or not verified there: error codes of the API.
const ABOUT_SENDER: [&str; 3] = ["send-0008", "send-0011", "mj-0015"];
/// The template is not there, or cannot be used.
const ABOUT_TEMPLATE: [&str; 2] = ["send-0010", "send-0012"];

/// An account at Mailjet.
pub(crate) struct Mailjet {
    client: reqwest::Client,
    url: Url,
    key: String,
    secret: String,
    category: String,
}

impl Mailjet {
    /// `mailjet://KEY:SECRET@HOST`, the host of the European Union being `api.mailjet.com`;
    /// `?plain=true` speaks without TLS, to a stand-in on this machine.
    pub(crate) fn open(text: &str, category: &str) -> Result<Self, MailUrlError> {
        let given = Url::parse(text).map_err(|_| MailUrlError::Malformed)?;
        let mut scheme = "https";
        for (name, value) in given.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("plain", "true") => scheme = "http",
                ("plain", "false") => {}
                ("plain", _) => return Err(MailUrlError::Parameter("plain")),
                _ => return Err(MailUrlError::Parameter("after the question mark")),
            }
        }
        let host = given.host_str().ok_or(MailUrlError::Malformed)?;
        let port = given.port().map(|port| format!(":{port}")).unwrap_or_default();
        let url = Url::parse(&format!("{scheme}://{host}{port}/v3.1/send"));
        let (key, secret) =
            (decoded(given.username())?, decoded(given.password().unwrap_or_default())?);
        if key.is_empty() || secret.is_empty() {
            return Err(MailUrlError::Malformed);
        }
        Ok(Self {
            client: http::client(TIMEOUT).map_err(MailUrlError::Https)?,
            url: url.map_err(|_| MailUrlError::Malformed)?,
            key,
            secret,
            category: category.to_owned(),
        })
    }
}

#[async_trait]
impl Mailer for Mailjet {
    async fn send(&self, email: &Email) -> Result<Taken, SendError> {
        let request = self.client.post(self.url.clone());
        let body = body(email, &self.category).to_string();
        let request = request
            .basic_auth(&self.key, Some(&self.secret))
            .timeout(TIMEOUT + on_a_slow_line(body.len()))
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        match http::send(request).await {
            Ok(answer) => read(answer.status, &answer.body),
            Err(Failure(why)) => Err(SendError::Unreachable(why)),
        }
    }

    /// An empty request is refused for what it lacks, and before that for who asks.
    async fn check(&self) -> Result<(), SendError> {
        let nothing = json!({ "SandboxMode": true, "Messages": [] });
        let request = self.client.post(self.url.clone());
        let request = request.basic_auth(&self.key, Some(&self.secret)).json(&nothing);
        match http::send(request).await {
            Ok(answer) if matches!(answer.status.as_u16(), 401 | 403) => {
                read(answer.status, &answer.body).map(drop)
            }
            Ok(_) => Ok(()),
            Err(Failure(why)) => Err(SendError::Unreachable(why)),
        }
    }
}

/// The request's body. Mailjet gives the e-mail a Message-ID of its own and gives ours back with
/// each event, as the `CustomID`.
fn body(email: &Email, category: &str) -> Value {
    let mut message = json!({
        "From": { "Email": email.from.as_str(), "Name": one_line(&email.from_name) },
        "To": [{ "Email": email.to.as_str() }],
        "Subject": one_line(&email.letter.subject),
        "CustomID": email.message_id,
        "MonitoringCategory": category,
        "TrackOpens": "disabled",
        "TrackClicks": "disabled",
        "Headers": { "Auto-Submitted": "auto-generated", "Content-Language": email.language.code() },
    });
    if let Some(url) = &email.unsubscribe {
        message["Headers"]["List-Unsubscribe"] = format!("<{}>", one_line(url)).into();
        message["Headers"]["List-Unsubscribe-Post"] = ONE_CLICK.into();
    }
    let mut set = |name: &str, value: Value| message[name] = value;
    if let Some(reply_to) = &email.reply_to {
        set("ReplyTo", json!({ "Email": reply_to.as_str() }));
    }
    if let Some(Template { id, variables }) = &email.template {
        set("TemplateID", (*id).into());
        set("TemplateLanguage", true.into());
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
        set("Variables", Value::Object(variables.collect::<Map<_, _>>()));
    } else {
        set("TextPart", email.letter.text.as_str().into());
        set("HTMLPart", email.letter.html.as_str().into());
    }
    let files =
        email.files.iter().map(|file| attachment(&file.content_type, &file.name, &file.bytes));
    let calendar = email.letter.calendar.iter().map(|calendar| {
        let kind = format!("text/calendar; method={}; charset=UTF-8", calendar.method);
        attachment(&kind, &calendar.file_name, calendar.ics.as_bytes())
    });
    let files: Vec<_> = files.chain(calendar).collect();
    if !files.is_empty() {
        set("Attachments", files.into());
    }
    json!({ "Messages": [message] })
}

fn attachment(kind: &str, name: &str, bytes: &[u8]) -> Value {
    json!({ "ContentType": kind, "Filename": one_line(name), "Base64Content": STANDARD.encode(bytes) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    messages: Vec<MessageAnswer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MessageAnswer {
    status: String,
    #[serde(default)]
    to: Vec<Receiver>,
    #[serde(default)]
    errors: Vec<ErrorAnswer>,
}

#[derive(Deserialize)]
struct Receiver {
    /// 64 bits: as text here, because programs that read JSON numbers as doubles alter it.
    #[serde(rename = "MessageID")]
    message_id: serde_json::Number,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorAnswer {
    #[serde(default)]
    error_code: String,
    #[serde(default)]
    status_code: u16,
    #[serde(default)]
    error_message: String,
}

/// An error can hide in a 2xx, so the message's own status counts.
fn read(status: StatusCode, body: &[u8]) -> Result<Taken, SendError> {
    let told = || String::from_utf8_lossy(body).chars().take(500).collect::<String>();
    let code = status.as_u16();
    if matches!(code, 401 | 403 | 408 | 429 | 500..=599) {
        return Err(refusal(code, "", told()));
    }
    let answer: Option<Answer> = serde_json::from_slice(body).ok();
    let Some(message) = answer.and_then(|answer| answer.messages.into_iter().next()) else {
        return Err(match code {
            400 | 413 | 422 => refusal(code, "", told()),
            // A page of something else's, such as a proxy's.
            400..=499 => SendError::of(Reply::new(Problem::Protocol, code, told())),
            _ => SendError::of(Reply::new(
                Problem::TryAgain,
                code,
                format!("no answer of Mailjet's: {}", told()),
            )),
        });
    };
    if message.status == "success" {
        let provider_id = message.to.first().map(|to| to.message_id.to_string());
        return Ok(Taken { provider_id });
    }
    let Some(error) = message.errors.first() else {
        return Err(refusal(code, "", told()));
    };
    let ErrorAnswer { error_code, status_code, error_message } = error;
    Err(refusal(*status_code, error_code, format!("{error_code} {error_message}")))
}

/// Why Mailjet does not take it, by the status and the error code.
fn refusal(status: u16, error_code: &str, text: String) -> SendError {
    let blocked = text.to_lowercase().contains("blocked");
    let problem = match (status, error_code) {
        (401 | 403, _) if blocked => Problem::HeldBack,
        (401 | 403, _) => Problem::Credentials,
        (429, _) => Problem::TooFast,
        (408 | 500..=599, _) => Problem::TryAgain,
        (413, _) => Problem::TooLarge,
        (_, code) if ABOUT_SENDER.contains(&code) => Problem::SenderAddress,
        (_, code) if ABOUT_TEMPLATE.contains(&code) => Problem::OwnContent,
        (_, "mj-0013") => Problem::InvalidAddress,
        _ => Problem::Refused,
    };
    SendError::of(Reply::new(problem, status, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json(status: u16, body: &Value) -> Result<Taken, SendError> {
        read(StatusCode::from_u16(status).unwrap(), body.to_string().as_bytes())
    }

    #[test]
    fn the_provider_names_the_email_with_64_bits() {
        let id = 1_152_921_504_606_846_977_u64;
        let body = json!({ "Messages": [{ "Status": "success", "To": [{ "MessageID": id }] }] });
        let taken = read_json(200, &body).unwrap();
        assert_eq!(taken.provider_id.as_deref(), Some("1152921504606846977"));
    }

    #[rstest::rstest]
    #[case(200, 400, "mj-0013", "refused")]
    #[case(200, 400, "send-0008", "misconfigured")]
    #[case(200, 400, "send-0010", "misconfigured")]
    #[case(200, 429, "mj-0001", "busy")]
    #[case(400, 401, "mj-0001", "misconfigured")]
    fn an_error_can_hide_in_a_success(
        #[case] status: u16,
        #[case] inner: u16,
        #[case] code: &str,
        #[case] outcome: &str,
    ) {
        let error = json!({ "ErrorCode": code, "StatusCode": inner, "ErrorMessage": "no" });
        let body = json!({ "Messages": [{ "Status": "error", "Errors": [error] }] });
        let sorted = match read_json(status, &body) {
            Err(SendError::Refused(_)) => "refused",
            Err(SendError::Misconfigured(_)) => "misconfigured",
            Err(SendError::Busy(_)) => "busy",
            _ => "something else",
        };
        assert_eq!(sorted, outcome);
    }

    #[test]
    fn what_is_no_answer_is_tried_again_or_refused_by_its_status() {
        let read =
            |status: u16, body: &str| read(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        assert!(matches!(read(200, "<html>"), Err(SendError::Busy(_))));
        assert!(matches!(read(502, "<html>"), Err(SendError::Busy(_))));
        assert!(matches!(read(400, "<html>"), Err(SendError::Refused(_))));
        assert!(matches!(read(404, "<html>"), Err(SendError::Misconfigured(_))));
        assert!(matches!(read(401, "{}"), Err(SendError::Misconfigured(_))));
        let Err(SendError::Misconfigured(blocked)) =
            read(403, "Your account has been temporarily blocked")
        else {
            panic!("an account that is blocked waits for the operator")
        };
        assert_eq!(blocked.problem, Problem::HeldBack);
    }

    #[rstest::rstest]
    #[case("mailjet://key:secret@api.mailjet.com", Some("https://api.mailjet.com/v3.1/send"))]
    #[case("mailjet://key:s%2Fcret@127.0.0.1:99?plain=true", Some("http://127.0.0.1:99/v3.1/send"))]
    #[case("mailjet://key@api.mailjet.com", None)]
    #[case("mailjet://key:secret@api.mailjet.com?plain=maybe", None)]
    fn an_account_is_an_address(#[case] text: &str, #[case] url: Option<&str>) {
        let opened = Mailjet::open(text, "send-application").ok();
        assert_eq!(opened.as_ref().map(|opened| opened.url.as_str()), url);
    }
}
