//! What stands at `/`: the demo where there is one, and a word for programs that ask whether
//! somebody is there.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

use web::app::App;
use web::page;

pub(crate) async fn home(State(app): State<App>, headers: HeaderMap) -> Response {
    let mut answer = if asks_for_json(&headers) {
        Json(json!({ "message": "Postulo" })).into_response()
    } else if app.settings.demo.is_some() {
        Redirect::temporary("/embed/demo/").into_response()
    } else {
        page::not_found(headers).await.into_response()
    };
    answer.headers_mut().append(header::VARY, header::ACCEPT.into());
    answer
}

/// Browsers that open a page name JSON nowhere.
fn asks_for_json(headers: &HeaderMap) -> bool {
    let kinds = headers.get_all(header::ACCEPT).into_iter();
    kinds.filter_map(|kinds| kinds.to_str().ok()).any(|kinds| kinds.contains("application/json"))
}
