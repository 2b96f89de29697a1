//! Who asks: HTTP Basic (RFC 7617) with a client's id and secret.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::TypedHeader;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Basic;
use commands::{PartnerAccount, PartnerError, PartnerSecret};

use web::app::App;
use web::problem::{Kind, Problem};

/// The client platform whose credentials came with the request.
#[derive(Clone)]
pub(crate) struct Asker(pub(crate) PartnerAccount);

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Problem;

    /// [`authenticated`] has put it there.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(wrong_credentials)
    }
}

fn wrong_credentials() -> Problem {
    let detail = "This client id is unknown, or its secret is another one.";
    Problem::new(Kind::WrongCredentials, detail)
}

/// Lets those in who are a client platform, as often as it may ask.
pub(crate) async fn authenticated(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let partner = match partner(&app, &mut parts).await {
        Ok(partner) => partner,
        Err(problem) => return problem.into_response(),
    };
    let standing = app.request_limits.count(&partner);
    let mut response = if standing.and_then(|standing| standing.refused_for()).is_some() {
        let detail = "Your client has made all the requests that it may make for now. Wait as long as Retry-After says, then send this one again.";
        Problem::new(Kind::TooManyRequests, detail).into_response()
    } else {
        parts.extensions.insert(Asker(partner));
        next.run(Request::from_parts(parts, body)).await
    };
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    response
}

async fn partner(app: &App, parts: &mut Parts) -> Result<PartnerAccount, Problem> {
    let header = TypedHeader::<Authorization<Basic>>::from_request_parts(parts, app).await;
    let Ok(TypedHeader(Authorization(basic))) = header else {
        let detail = "Send your client id and secret with HTTP Basic authentication.";
        return Err(Problem::new(Kind::WrongCredentials, detail));
    };
    let secret = PartnerSecret::presented(basic.password());
    match app.commands.partners().authenticate(basic.username(), &secret).await {
        Ok(partner) => Ok(partner),
        Err(PartnerError::WrongCredentials) => Err(wrong_credentials()),
        Err(PartnerError::Disabled) => {
            let detail = "Your client is disabled. Get in touch with those who run this service.";
            Err(Problem::new(Kind::ClientDisabled, detail))
        }
        Err(PartnerError::Command(error)) => Err(error.into()),
    }
}
