//! Checks the fields of a form without sending it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::embed::form::suppressed;
use crate::embed::opening::{Given, Reason, open};
use crate::embed::parameters::{draft, mended};
use web::app::App;
use web::upload::{Form, FormError, Reading};

/// What is wrong with the form as a whole stands under this name, as the protocol has it.
const WHOLE: &str = "__all__";

pub(crate) async fn validate(
    State(app): State<App>,
    request: Request,
) -> (StatusCode, Json<Value>) {
    let form = Form::of(request, Reading::TEXT).await;
    if let Some(error) = form.stopped {
        let why = match error {
            FormError::TooLarge => "The body is larger than 64 KiB. Send the fields alone.".into(),
            error => error.to_string(),
        };
        return (error.status(), Json(json!({ "error": why })));
    }
    let given: Given = mended(form.fields.into_iter().collect());
    let opened = open(&app, &given).await;
    let lang = match &opened {
        Ok(opened) => opened.lang,
        Err(closed) => closed.lang,
    };
    let mut errors: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut wrong = vec![];
    // The platform has no part in what is wrong with a field.
    if let Ok(nobody) = "nobody".parse() {
        wrong.extend(draft(&given).parse(nobody, lang.0, vec![]).err().unwrap_or_default());
    }
    match opened {
        // Whether an address is on the list is told to those alone who come with a token for it.
        Ok(_) => wrong.extend(suppressed(&app, &given).await.unwrap_or_default()),
        Err(closed) if closed.reason == Reason::Unavailable => {
            let why = "The service is not available right now. Try again in a few seconds.";
            return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": why })));
        }
        Err(closed) => {
            errors.insert(WHOLE, vec![closed.message()]);
        }
    }
    for error in wrong {
        errors.entry(error.field).or_default().push(texts::invalid(&error.invalid, lang.0));
    }
    (StatusCode::OK, Json(json!({ "errors": errors })))
}
