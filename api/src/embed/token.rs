//! Tokens: a partner's server asks for one with its secret, the form brings it back.

use std::collections::HashMap;

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::{Form, Json};
use commands::{ClientError, ClientSecret, EmbedClaim};
use serde_json::{Value, json};

use crate::app::App;
use crate::problem::chain;

/// The fields of the request; those that are not known are ignored.
type Fields = HashMap<String, String>;
type Answer = (StatusCode, Json<Value>);

fn refused(why: &str) -> Answer {
    (StatusCode::FORBIDDEN, Json(json!({ "error": why })))
}

/// The claim that `fields` make at `timestamp`, or which parameter is missing.
pub(crate) fn claim<'a>(
    get: impl Fn(&str) -> Option<&'a str>,
    timestamp: i64,
) -> Result<EmbedClaim<'a>, &'static str> {
    let required =
        |name: &'static str| get(name).filter(|value| !value.trim().is_empty()).ok_or(name);
    Ok(EmbedClaim {
        client_id: required("client_id")?,
        candidate_email: required("candidate_email")?,
        candidate_peid: required("candidate_peid")?,
        employer_email: required("employer_email")?,
        timestamp,
    })
}

pub(crate) async fn issue(
    State(app): State<App>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Answer {
    let Ok(Form(fields)) = fields else {
        return refused("The body is not application/x-www-form-urlencoded text.");
    };
    let get = |name: &str| fields.get(name).map(String::as_str);
    let timestamp = app.commands.now().as_second();
    let claim = match claim(get, timestamp) {
        Ok(claim) => claim,
        Err(name) => return refused(&format!("The parameter {name} is missing.")),
    };
    let Some(secret) = get("client_secret") else {
        return refused("The parameter client_secret is missing.");
    };
    let secret = ClientSecret::presented(secret);
    match app.commands.authenticate(claim.client_id, &secret).await {
        Ok(client) => match app.request_limits.count(&client).and_then(|it| it.refused_for()) {
            Some(seconds) => {
                let why = format!("Too many requests: try again in {seconds} s.");
                (StatusCode::TOO_MANY_REQUESTS, Json(json!({ "error": why })))
            }
            None => given(&app, &claim),
        },
        Err(ClientError::Disabled) => refused("This client is disabled."),
        Err(ClientError::WrongCredentials) => {
            refused("This client_id is unknown, or its client_secret is another one.")
        }
        Err(ClientError::Command(error)) => {
            tracing::error!(error = %chain(&error), "a token could not be issued");
            let why = "The service is not available right now. Try again in a few seconds.";
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": why })))
        }
    }
}

pub(crate) async fn refresh(
    State(app): State<App>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Answer {
    let Ok(Form(fields)) = fields else {
        return refused("The body is not application/x-www-form-urlencoded text.");
    };
    let get = |name: &str| fields.get(name).map(String::as_str);
    let Some(timestamp) = get("timestamp").and_then(|text| text.parse().ok()) else {
        return refused("The parameter timestamp is missing.");
    };
    let claim = match claim(get, timestamp) {
        Ok(claim) => claim,
        Err(name) => return refused(&format!("The parameter {name} is missing.")),
    };
    let now = app.commands.now();
    let tokens = app.commands.embed_tokens();
    match tokens.check(get("token").unwrap_or_default(), &claim, now) {
        Ok(()) => given(&app, &EmbedClaim { timestamp: now.as_second(), ..claim }),
        Err(error) => refused(&error.to_string()),
    }
}

fn given(app: &App, claim: &EmbedClaim<'_>) -> Answer {
    let token = app.commands.embed_tokens().token(claim);
    (StatusCode::OK, Json(json!({ "token": token, "timestamp": claim.timestamp })))
}
