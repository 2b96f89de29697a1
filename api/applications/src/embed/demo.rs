//! A page of a partner, to try the form on.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use commands::{EmbedClaim, PartnerSecret};

use crate::embed::opening::Given;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "embed/demo.html")]
struct Demo {
    lang: Lang,
    job: String,
    employer: String,
    frame: String,
}

/// The sample application; the query overrides its values.
const SAMPLES: [(&str, &str); 8] = [
    ("candidate_email", "camille.martin@candidat.example"),
    ("candidate_first_name", "Camille"),
    ("candidate_last_name", "Martin"),
    ("candidate_peid", "1234567A"),
    ("employer_email", "recrutement@boulangerie-dupont.example"),
    ("employer_description", "Boulangerie Dupont, Paris"),
    ("siret", "73282932000074"),
    ("job", "Boulanger (H/F)"),
];

/// For the demo client; or for another one whose secret comes with the request, so that no token is
/// handed out without it.
pub(crate) async fn page(
    State(app): State<App>,
    Query(mut given): Query<Given>,
    headers: HeaderMap,
) -> Response {
    let lang = given.get("lang").map(String::as_str);
    let lang = Lang::asked(lang, Lang::accepted(&headers).0);
    let secret = given.remove("client_secret").map(|secret| PartnerSecret::presented(&secret));
    let (id, secret) = match (given.remove("client_id"), secret, &app.settings.demo) {
        (Some(id), Some(secret), _) => (id, secret),
        (None, None, Some(demo)) => (demo.client_id.to_string(), demo.secret.clone()),
        (Some(id), None, Some(demo)) if id == demo.client_id.as_str() => (id, demo.secret.clone()),
        _ => return refused(lang),
    };
    if app.commands.partners().authenticate(&id, &secret).await.is_err() {
        return refused(lang);
    }
    for (name, value) in SAMPLES {
        given.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    let value = |name: &str| given.get(name).cloned().unwrap_or_default();
    let timestamp = app.commands.now().as_second();
    let (email, peid, employer) =
        (value("candidate_email"), value("candidate_peid"), value("employer_email"));
    let token = app.commands.embed_tokens().token(&EmbedClaim {
        client_id: &id,
        candidate_email: &email,
        candidate_peid: &peid,
        employer_email: &employer,
        timestamp,
    });
    let mut frame = app.settings.base_url.clone();
    frame.set_path("/embed/candidater/");
    let names = SAMPLES.iter().map(|(name, _)| *name);
    let names =
        names.chain(["candidate_rome_code", "candidate_peam_access_token", "message", "next_url"]);
    frame
        .query_pairs_mut()
        .append_pair("client_id", &id)
        .append_pair("token", &token)
        .append_pair("timestamp", &timestamp.to_string())
        .append_pair("lang", lang.code())
        .extend_pairs(names.filter_map(|name| given.get(name).map(|value| (name, value))));
    let frame = format!("{}?{}", frame.path(), frame.query().unwrap_or_default());
    Page::new(Demo { lang, job: value("job"), employer: value("employer_description"), frame })
        .into_response()
}

fn refused(lang: Lang) -> Response {
    Notice::new(
        lang,
        StatusCode::FORBIDDEN,
        lang.t("apply-this-demo-not-open"),
        lang.t("apply-it-takes-client-id-and-client"),
        lang.t("apply-without-them-only-demo-platform-can"),
    )
    .into_response()
}
