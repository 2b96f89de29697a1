//! Tokens: a partner's server asks for one with its secret, the form brings it back.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use commands::{EmbedClaim, PartnerError, PartnerSecret, advice};
use domain::{EmailAddress, Invalid, Language, Line};
use serde_json::{Value, json};

use crate::embed::opening::{Given, Reason, claim, since};
use web::app::App;
use web::upload::{Form, FormError, Reading};

type Answer = (StatusCode, Json<Value>);

fn refused(why: &str) -> Answer {
    (StatusCode::FORBIDDEN, Json(json!({ "error": why })))
}

/// The fields of the request, in either kind of form; those that are not known are ignored.
async fn fields(request: Request) -> Result<Given, Answer> {
    let form = Form::of(request, Reading::TEXT).await;
    match form.stopped {
        None => Ok(form.fields.into_iter().collect()),
        Some(FormError::TooLarge) => {
            let why = "The body is larger than 64 KiB.";
            Err((StatusCode::PAYLOAD_TOO_LARGE, Json(json!({ "error": why }))))
        }
        Some(error) => Err(refused(&error.to_string())),
    }
}

/// What the token binds is what an application can be sent with: a mistake is told here, where the
/// partner's server reads it, and not to the candidate.
fn sound(claim: &EmbedClaim<'_>) -> Result<(), (&'static str, Invalid)> {
    let email = |name, text: &str| text.trim().parse::<EmailAddress>().map_err(|why| (name, why));
    email("candidate_email", claim.candidate_email)?;
    email("employer_email", claim.employer_email)?;
    let peid = claim.candidate_peid.trim().parse::<Line<64>>();
    peid.map(drop).map_err(|why| ("candidate_peid", why))
}

pub(crate) async fn issue(State(app): State<App>, request: Request) -> Answer {
    let fields = match fields(request).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
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
    let secret = PartnerSecret::presented(secret);
    match app.commands.partners().authenticate(claim.client_id, &secret).await {
        Ok(partner) => match app.request_limits.count(&partner).and_then(|it| it.refused_for()) {
            Some(seconds) => {
                let why = format!("Too many requests: try again in {seconds} s.");
                (StatusCode::TOO_MANY_REQUESTS, Json(json!({ "error": why })))
            }
            None => match sound(&claim) {
                Ok(()) => given(&app.commands.embed_tokens().token(&claim), timestamp),
                Err((name, invalid)) => {
                    let rule = texts::invalid(&invalid, Language::En);
                    refused(&format!("The parameter {name} cannot be used. {rule}"))
                }
            },
        },
        Err(PartnerError::Disabled) => refused("This client is disabled."),
        Err(PartnerError::WrongCredentials) => {
            refused("This client_id is unknown, or its client_secret is another one.")
        }
        Err(PartnerError::Command(error)) => {
            tracing::error!(error = %advice::told(&error), "a token could not be issued");
            let why = "The service is not available right now. Try again in a few seconds.";
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": why })))
        }
    }
}

pub(crate) async fn refresh(State(app): State<App>, request: Request) -> Answer {
    let fields = match fields(request).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let get = |name: &str| fields.get(name).map(String::as_str);
    let since = match since(&app, get) {
        Ok(since) => since,
        Err(Reason::Missing(name)) => {
            return refused(&format!("The parameter {name} is missing."));
        }
        Err(_) => return refused("The token is missing, altered, or more than 30 minutes old."),
    };
    let timestamp = app.commands.now().as_second();
    let renewed = claim(get, timestamp)
        .ok()
        .and_then(|claim| app.commands.embed_tokens().renewed(&claim, since).ok());
    match renewed {
        Some(token) => given(&token, timestamp),
        None => refused("The form has been open for 12 hours: its token is not renewed any more."),
    }
}

fn given(token: &str, timestamp: i64) -> Answer {
    (StatusCode::OK, Json(json!({ "token": token, "timestamp": timestamp })))
}
