//! A name and a password, in each of the ways in which front ends send them: as JSON, as a form, or as the parts
//! of a multipart body (RFC 6749, 4.3.2, knows the form alone).

use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::header;
use serde::Deserialize;
use utoipa::ToSchema;
use web::api::Body;
use web::lang::Lang;
use web::problem::{Kind, Problem};

/// A name and a password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(super) struct Credentials {
    /// A user name, or an address.
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    /// The code of the second factor, where one is set.
    pub(super) code: Option<String>,
    /// `password`, or nothing.
    pub(super) grant_type: Option<String>,
}

impl<S: Send + Sync> FromRequest<S> for Credentials {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let lang = Lang::accepted(request.headers());
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_lowercase();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let form = Form::<Self>::from_request(request, state).await;
            return form.map(|Form(fields)| fields).map_err(|_| unreadable(lang));
        }
        if kind.starts_with("multipart/form-data") {
            let parts = Multipart::from_request(request, state).await;
            return of_parts(parts.map_err(|_| unreadable(lang))?, lang).await;
        }
        let Body(fields) = Body::<Self>::from_request(request, state).await?;
        Ok(fields)
    }
}

async fn of_parts(mut parts: Multipart, lang: Lang) -> Result<Credentials, Problem> {
    let mut credentials = Credentials::default();
    while let Some(part) = parts.next_field().await.map_err(|_| unreadable(lang))? {
        let name = part.name().unwrap_or_default().to_owned();
        let text = part.text().await.map_err(|_| unreadable(lang))?;
        match &*name {
            "username" => credentials.username = Some(text),
            "password" => credentials.password = Some(text),
            "code" => credentials.code = Some(text),
            "grant_type" => credentials.grant_type = Some(text),
            _ => {}
        }
    }
    Ok(credentials)
}

fn unreadable(lang: Lang) -> Problem {
    Problem::new(Kind::InvalidFields, lang.t("api-unreadable")).in_language(lang)
}
