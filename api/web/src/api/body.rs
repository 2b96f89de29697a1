//! What a program sends: JSON, and one sentence that says what is wrong with it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::lang::Lang;
use crate::problem::{Kind, Problem};

/// The JSON body of a request. One that cannot be read is answered by 422, whose `detail` is one sentence.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let lang = Lang::accepted(request.headers());
        // A list would be read as the members in their order.
        let Json(body) = Json::<Map<String, Value>>::from_request(request, state)
            .await
            .map_err(|rejection| problem(&rejection, lang))?;
        let body = T::deserialize(Value::Object(body));
        // What serde says of it names the member; it quotes what was sent, which stays out of it.
        body.map(Self).map_err(|_| unfit(lang, "api-members-missing-or-wrong"))
    }
}

fn unfit(lang: Lang, key: &'static str) -> Problem {
    Problem::new(Kind::InvalidFields, lang.t(key)).in_language(lang)
}

fn problem(rejection: &JsonRejection, lang: Lang) -> Problem {
    let (kind, key) = match rejection {
        JsonRejection::JsonDataError(_) => (Kind::InvalidFields, "api-members-missing-or-wrong"),
        JsonRejection::JsonSyntaxError(_) => (Kind::InvalidFields, "api-not-json"),
        JsonRejection::MissingJsonContentType(_) => (Kind::InvalidFields, "api-send-json"),
        JsonRejection::BytesRejection(bytes) if bytes.status().as_u16() == 413 => {
            (Kind::TooLarge, "api-too-large")
        }
        _ => (Kind::MalformedRequest, "api-unreadable"),
    };
    Problem::new(kind, lang.t(key)).in_language(lang)
}
