//! A language model, asked for JSON of a schema: by `OpenAI`'s chat completions, which many servers speak, or by
//! Anthropic's messages. Whatever it answers is checked by who asked: servers take a schema and ignore it.

use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;
use url::Url;

use crate::SetUpError;
use crate::http::{self, Failure};

/// How long an answer may take; small machines are slow.
const TIMEOUT: Duration = Duration::from_mins(3);
/// A longer answer is none.
const MAX_ANSWER: usize = 1 << 20;
/// Tokens that an answer may have.
const TOKENS: u32 = 2_000;

/// How a model is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelKind {
    /// `OpenAI`'s chat completions: also Ollama, llama.cpp, vLLM, Mistral and others.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
}

/// A model on a server.
#[derive(Clone)]
pub struct Model {
    kind: ModelKind,
    url: Url,
    key: Option<HeaderValue>,
    name: String,
    client: reqwest::Client,
}

/// The key is a secret.
impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A model did not answer, or nothing that can be used. No text quotes what it was asked or what it said.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModelError {
    /// It does not answer, or cannot now.
    #[error("the model does not answer: {0}")]
    Unavailable(String),
    /// It asks for fewer requests.
    #[error("the model's server asks for fewer requests")]
    Busy(Option<Duration>),
    /// The key is wrong, or its account is empty.
    #[error("the model's server refuses the key or its account ({0}): check POSTULO_LLM_KEY")]
    Key(u16),
    /// It does not take the request.
    #[error(
        "the model's server does not take the request ({0}): check POSTULO_LLM_URL, POSTULO_LLM_MODEL and POSTULO_LLM_KIND"
    )]
    Request(u16),
    /// It will not.
    #[error("the model refuses to answer")]
    Refusal,
    /// It answered something else than what it was asked for.
    #[error("the model answers {0}")]
    Unusable(&'static str),
}

impl ModelError {
    /// Whether the same question may be answered later.
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Busy(_))
    }
}

/// What was said in a conversation.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// By who asks.
    User(String),
    /// By the model.
    Model(String),
}

impl Model {
    /// A model called `name` on the server at `url`: its base address, or the whole one of the interface.
    pub fn new(
        kind: ModelKind,
        url: &Url,
        key: Option<&str>,
        name: &str,
    ) -> Result<Self, SetUpError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SetUpError::Address);
        }
        let key = key.map(str::trim).filter(|key| !key.is_empty());
        let value = |key: &str| match kind {
            ModelKind::OpenAi => HeaderValue::from_str(&format!("Bearer {key}")),
            ModelKind::Anthropic => HeaderValue::from_str(key),
        };
        let mut key = key.map(value).transpose().map_err(|_| SetUpError::Token)?;
        if let Some(key) = &mut key {
            key.set_sensitive(true);
        }
        let client = http::client(TIMEOUT).map_err(SetUpError::Https)?;
        Ok(Self { kind, url: address(kind, url), key, name: name.to_owned(), client })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says next.
    pub(crate) async fn answer(
        &self,
        system: &str,
        said: &[Said],
        schema: &Value,
    ) -> Result<String, ModelError> {
        let mut request = self.client.post(self.url.clone());
        if let Some(key) = &self.key {
            let field = match self.kind {
                ModelKind::OpenAi => reqwest::header::AUTHORIZATION,
                ModelKind::Anthropic => HeaderName::from_static("x-api-key"),
            };
            request = request.header(field, key.clone());
        }
        if self.kind == ModelKind::Anthropic {
            request = request.header("anthropic-version", "2023-06-01");
        }
        let request = request.json(&self.question(system, said, schema));
        let sent = http::send_whole(request, MAX_ANSWER).await;
        metrics::counter!("postulo_partner_requests_total", "partner" => "model",
            "status" => sent.as_ref().map_or("none".to_owned(), |it| it.0.as_u16().to_string()))
        .increment(1);
        let (status, headers, body) = sent.map_err(|Failure(why)| ModelError::Unavailable(why))?;
        if !status.is_success() {
            return Err(refused(status, &headers, &body));
        }
        match self.kind {
            ModelKind::OpenAi => openai(&body),
            ModelKind::Anthropic => anthropic(&body),
        }
    }

    fn question(&self, system: &str, said: &[Said], schema: &Value) -> Value {
        let turn = |said: &Said| match said {
            Said::User(text) => json!({"role": "user", "content": text}),
            Said::Model(text) => json!({"role": "assistant", "content": text}),
        };
        let turns: Vec<Value> = said.iter().map(turn).collect();
        match self.kind {
            ModelKind::OpenAi => {
                // Only the newer servers know the newer name.
                let is_newer = self.url.host_str().is_some_and(|host| host.ends_with("openai.com"));
                let tokens = if is_newer { "max_completion_tokens" } else { "max_tokens" };
                let mut messages = vec![json!({"role": "system", "content": system})];
                messages.extend(turns);
                json!({
                    "model": self.name,
                    "messages": messages,
                    tokens: TOKENS,
                    "response_format": {"type": "json_schema",
                        "json_schema": {"name": "offer", "strict": true, "schema": schema}},
                })
            }
            ModelKind::Anthropic => json!({
                "model": self.name,
                "max_tokens": TOKENS,
                "system": system,
                "messages": turns,
                "output_config": {"format": {"type": "json_schema", "schema": schema}},
            }),
        }
    }
}

/// The address of the interface, of a base address or of itself.
fn address(kind: ModelKind, url: &Url) -> Url {
    let (whole, version) = match kind {
        ModelKind::OpenAi => ("chat/completions", "v1"),
        ModelKind::Anthropic => ("messages", "v1"),
    };
    let path = url.path().trim_end_matches('/');
    let path = if path.ends_with(whole) {
        path.to_owned()
    } else if path.is_empty() {
        format!("/{version}/{whole}")
    } else {
        format!("{path}/{whole}")
    };
    let mut url = url.clone();
    url.set_path(&path);
    url
}

fn refused(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ModelError {
    let text = String::from_utf8_lossy(&body[..body.len().min(2_000)]);
    match status.as_u16() {
        429 if text.contains("insufficient_quota") => ModelError::Key(429),
        429 => {
            let after =
                headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok()?.trim().parse().ok());
            ModelError::Busy(after.map(Duration::from_secs))
        }
        401..=403 => ModelError::Key(status.as_u16()),
        408 | 500..=599 => ModelError::Unavailable(format!("it answers {}", status.as_u16())),
        status => ModelError::Request(status),
    }
}

const NOT_JSON: ModelError = ModelError::Unusable("in another language than its interface");
const CUT: ModelError = ModelError::Unusable("more than it may");

fn openai(body: &[u8]) -> Result<String, ModelError> {
    #[derive(Deserialize)]
    struct Answer {
        choices: Vec<Choice>,
    }
    #[derive(Deserialize)]
    struct Choice {
        finish_reason: Option<String>,
        message: Message,
    }
    #[derive(Deserialize)]
    struct Message {
        content: Option<String>,
        refusal: Option<String>,
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| NOT_JSON)?;
    let choice = answer.choices.into_iter().next().ok_or(NOT_JSON)?;
    if choice.message.refusal.is_some_and(|refusal| !refusal.is_empty()) {
        return Err(ModelError::Refusal);
    }
    match choice.finish_reason.as_deref() {
        None | Some("stop") => choice.message.content.ok_or(NOT_JSON),
        Some("length") => Err(CUT),
        Some("content_filter") => Err(ModelError::Refusal),
        Some(_) => Err(ModelError::Unusable("by asking for something itself")),
    }
}

fn anthropic(body: &[u8]) -> Result<String, ModelError> {
    #[derive(Deserialize)]
    struct Answer {
        content: Vec<Block>,
        stop_reason: Option<String>,
    }
    #[derive(Deserialize)]
    struct Block {
        #[serde(rename = "type")]
        kind: String,
        text: Option<String>,
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| NOT_JSON)?;
    match answer.stop_reason.as_deref() {
        None | Some("end_turn" | "stop_sequence") => {}
        Some("refusal") => return Err(ModelError::Refusal),
        Some("max_tokens" | "model_context_window_exceeded") => return Err(CUT),
        Some(_) => return Err(ModelError::Unusable("by asking for something itself")),
    }
    let texts = answer.content.into_iter().filter(|block| block.kind == "text");
    let text: String = texts.filter_map(|block| block.text).collect();
    if text.is_empty() { Err(NOT_JSON) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(
        ModelKind::OpenAi,
        "http://localhost:11434",
        "http://localhost:11434/v1/chat/completions"
    )]
    #[case(
        ModelKind::OpenAi,
        "https://api.openai.com/v1/",
        "https://api.openai.com/v1/chat/completions"
    )]
    #[case(
        ModelKind::OpenAi,
        "https://x.example/chat/completions",
        "https://x.example/chat/completions"
    )]
    #[case(
        ModelKind::Anthropic,
        "https://api.anthropic.com",
        "https://api.anthropic.com/v1/messages"
    )]
    fn the_interface_is_found_below_the_address(
        #[case] kind: ModelKind,
        #[case] given: &str,
        #[case] asked: &str,
    ) {
        assert_eq!(address(kind, &given.parse().unwrap()).as_str(), asked);
    }

    #[rstest::rstest]
    #[case(
        r#"{"choices":[{"finish_reason":"stop","message":{"content":"{}","refusal":null}}]}"#,
        Ok("{}")
    )]
    #[case(
        r#"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"I cannot"}}]}"#,
        Err(ModelError::Refusal)
    )]
    #[case(r#"{"choices":[{"finish_reason":"length","message":{"content":"{"}}]}"#, Err(CUT))]
    #[case(r#"{"choices":[]}"#, Err(NOT_JSON))]
    #[case("<html>", Err(NOT_JSON))]
    fn chat_completions_are_read(#[case] body: &str, #[case] read: Result<&str, ModelError>) {
        assert_eq!(openai(body.as_bytes()), read.map(str::to_owned));
    }

    #[rstest::rstest]
    #[case(r#"{"content":[{"type":"text","text":"{}"}],"stop_reason":"end_turn"}"#, Ok("{}"))]
    #[case(r#"{"content":[],"stop_reason":"refusal"}"#, Err(ModelError::Refusal))]
    #[case(r#"{"content":[{"type":"text","text":"{"}],"stop_reason":"max_tokens"}"#, Err(CUT))]
    fn messages_are_read(#[case] body: &str, #[case] read: Result<&str, ModelError>) {
        assert_eq!(anthropic(body.as_bytes()), read.map(str::to_owned));
    }

    #[test]
    fn an_account_without_money_is_not_asked_again() {
        let none = HeaderMap::new();
        let poor = refused(
            StatusCode::TOO_MANY_REQUESTS,
            &none,
            br#"{"error":{"code":"insufficient_quota"}}"#,
        );
        assert!(!poor.passes());
        assert!(refused(StatusCode::TOO_MANY_REQUESTS, &none, b"{}").passes());
        let overloaded = StatusCode::from_u16(529).unwrap();
        assert!(refused(overloaded, &none, b"{}").passes());
    }
}
