//! Who asks: HTTP Basic (RFC 7617) with a client's id and secret.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::TypedHeader;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Basic;
use commands::{Client, ClientError, ClientSecret};

use crate::app::App;
use crate::problem::{Kind, Problem};

/// The client platform whose credentials came with the request.
pub(crate) struct Asker(pub(crate) Client);

impl FromRequestParts<App> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header = TypedHeader::<Authorization<Basic>>::from_request_parts(parts, app).await;
        let Ok(TypedHeader(Authorization(basic))) = header else {
            let detail = "Send your client id and secret with HTTP Basic authentication.";
            return Err(Problem::new(Kind::WrongCredentials, detail));
        };
        let secret = ClientSecret::presented(basic.password());
        match app.commands.authenticate(basic.username(), &secret).await {
            Ok(client) => Ok(Self(client)),
            Err(ClientError::WrongCredentials) => {
                let detail = "This client id is unknown, or its secret is another one.";
                Err(Problem::new(Kind::WrongCredentials, detail))
            }
            Err(ClientError::Command(error)) => Err(error.into()),
        }
    }
}
