//! Checks the fields of a form without sending it.

use std::collections::BTreeMap;

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::{Form as Urlencoded, Json};
use serde_json::{Value, json};

use crate::app::App;
use crate::embed::form::{Given, draft, open, suppressed};
use crate::lang::Lang;
use crate::upload::Form;

pub(crate) async fn validate(
    State(app): State<App>,
    request: Request,
) -> (StatusCode, Json<Value>) {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given: Option<Given> = if kind.is_some_and(|kind| kind.starts_with("multipart/")) {
        match Multipart::from_request(request, &()).await {
            Ok(multipart) => {
                Form::read(multipart).await.ok().map(|f| f.fields.into_iter().collect())
            }
            Err(_) => None,
        }
    } else {
        Urlencoded::from_request(request, &()).await.ok().map(|Urlencoded(given)| given)
    };
    let Some(given) = given else {
        let error = "The body is neither a whole form nor a whole multipart message.";
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    };
    let client = given.get("client_id").and_then(|id| id.parse().ok());
    let client = match client {
        Some(id) => app.commands.client(&id).await.ok().flatten(),
        None => None,
    };
    let language = client.as_ref().map(|client| client.settings.language).unwrap_or_default();
    let lang = Lang::asked(given.get("lang").map(String::as_str), language);
    let id = client.map_or_else(|| "nobody".parse().ok(), |client| Some(client.id));
    let mut errors: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    if let Some(id) = id
        && let Err(wrong) = draft(&given).parse(id, lang.0, vec![])
    {
        for error in wrong {
            errors.entry(error.field).or_default().push(texts::invalid(&error.invalid, lang.0));
        }
    }
    // Whether an address is on the list is told to those alone who come with a token for it.
    if open(&app, &given).await.is_ok() {
        for error in suppressed(&app, &given).await.unwrap_or_default() {
            errors.entry(error.field).or_default().push(texts::invalid(&error.invalid, lang.0));
        }
    }
    (StatusCode::OK, Json(json!({ "errors": errors })))
}
