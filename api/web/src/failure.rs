//! The failure of a handler: why it answers with another page than its own.

use std::error::Error;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{AttachmentError, CommandError, SubjectExportError, advice};
use event_store::{DbError, ReadError, SealedError};
use texts::RenderError;

use crate::page::{self, Notice};

/// A failure of a handler: a page that says what is wrong, or the cause for which nothing could be
/// done. `?` makes both. The cause goes to the log, once; the answer is 503 without a word, which
/// [`crate::refusal::told`] then tells in the language of the request ([`crate::lang::Spoken`]) and
/// in the way of those who asked.
pub enum Failure {
    /// What is wrong, for whoever asked.
    Notice(Box<Notice>),
    /// What could not be done, and why: for the log alone.
    Cause(Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// A failure of a cause that `?` does not take by itself.
    pub fn of(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Cause(Box::new(cause))
    }
}

impl From<Notice> for Failure {
    fn from(notice: Notice) -> Self {
        Self::Notice(Box::new(notice))
    }
}

impl<R: Error + Send + Sync + 'static> From<CommandError<R>> for Failure {
    fn from(error: CommandError<R>) -> Self {
        Self::of(error)
    }
}

/// Causes that `?` takes: those with which the layers below fail. Each is named, so that `?` never
/// takes what a person mistyped for a failure of ours, nor writes it into the log.
macro_rules! causes {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::of(error)
            }
        }
    )*};
}

causes!(AttachmentError, DbError, ReadError, RenderError, SealedError, SubjectExportError);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Notice(notice) => notice.into_response(),
            Self::Cause(cause) => {
                tracing::error!(error = %advice::told(&*cause), "a page could not do its work");
                (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, page::LATER)])
                    .into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::middleware::from_fn;
    use axum::routing::{MethodRouter, get};
    use domain::Language;
    use tower::ServiceExt as _;

    use super::*;
    use crate::lang::{Asked, Lang};
    use crate::upload::FormError;

    /// What a layer below does not get done.
    fn stored() -> Result<(), AttachmentError> {
        Err(AttachmentError::Folder(std::io::Error::other("the disk is full")))
    }

    /// The lines that were logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    struct Told {
        status: StatusCode,
        retry_after: String,
        kind: String,
        policy: String,
        body: String,
        log: String,
    }

    /// The answer of `handler` at this address to a browser that reads English, and what was logged.
    async fn told(address: &str, handler: MethodRouter) -> Told {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let _logging = tracing::subscriber::set_default(subscriber);
        let path = address.split('?').next().unwrap();
        let router = Router::new().route(path, handler);
        let router = router.layer(from_fn(crate::refusal::told));
        let request = Request::get(address).header("accept-language", "en").body(Body::empty());
        let (parts, body) = router.oneshot(request.unwrap()).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 1 << 16).await.unwrap();
        let header = |name| {
            let value = parts.headers.get(name).map(|it| it.to_str().unwrap().to_owned());
            value.unwrap_or_default()
        };
        Told {
            status: parts.status,
            retry_after: header(header::RETRY_AFTER),
            kind: header(header::CONTENT_TYPE),
            policy: header(header::CONTENT_SECURITY_POLICY),
            body: String::from_utf8(body.to_vec()).unwrap(),
            log: lines.text(),
        }
    }

    /// Fails once it knows that its page is French, unless the address asks for another language.
    async fn failing(asked: Asked) -> Result<(), Failure> {
        asked.settle(Language::Fr);
        Ok(stored()?)
    }

    #[rstest::rstest]
    #[case::of_a_page("/admin/exports", Language::Fr)]
    #[case::of_a_link("/r/token", Language::Fr)]
    #[case::of_a_link_that_asks_otherwise("/r/token?lang=en", Language::En)]
    #[case::of_a_frame("/embed/form", Language::Fr)]
    #[tokio::test]
    async fn a_failure_is_told_in_the_language_that_was_settled(
        #[case] address: &str,
        #[case] language: Language,
    ) {
        let Told { status, retry_after, kind, body, log, .. } = told(address, get(failing)).await;
        assert_eq!((status, &*retry_after), (StatusCode::SERVICE_UNAVAILABLE, "5"));
        assert!(kind.starts_with("text/html"), "{kind}");
        let lang = Lang(language);
        let title = lang.t("common-service-unavailable-right-now");
        assert!(body.contains(&format!("lang=\"{}\"", lang.code())), "{body}");
        assert!(body.contains(title), "{body}");
        assert_eq!(log.matches("cannot be made").count(), 1, "once: {log}");
        assert!(log.contains("the disk is full"), "with what caused it: {log}");
        assert!(!body.contains("disk"), "the cause is for the log alone: {body}");
    }

    #[tokio::test]
    async fn a_failure_in_a_frame_may_be_framed() {
        let told = told("/embed/form", get(failing)).await;
        assert!(told.policy.contains("frame-ancestors *"), "{}", told.policy);
    }

    #[tokio::test]
    async fn a_failure_is_a_problem_to_a_program() {
        let told = told("/api/v1/applications", get(failing)).await;
        assert_eq!((told.status, &*told.retry_after), (StatusCode::SERVICE_UNAVAILABLE, "5"));
        assert_eq!(told.kind, "application/problem+json");
        assert!(!told.body.contains("disk"), "{}", told.body);
    }

    #[tokio::test]
    async fn a_failure_before_anybody_knows_the_language_is_told_as_the_browser_is_set() {
        let failing = || async { Ok::<(), Failure>(stored()?) };
        let told = told("/r/token", get(failing)).await;
        assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(told.body.contains("lang=\"en\""), "{}", told.body);
    }

    #[tokio::test]
    async fn a_notice_stays_as_it_is_and_is_not_logged() {
        let notice = || async { Err::<(), Failure>(Notice::erased(Lang(Language::Fr)).into()) };
        let told = told("/r/token", get(notice)).await;
        assert_eq!(told.status, StatusCode::GONE);
        let title = Lang(Language::Fr).t("common-this-application-erased");
        assert!(told.body.contains(title), "{}", told.body);
        assert_eq!(told.log, "");
    }

    #[rstest::rstest]
    #[case::without_room(FormError::Busy, 503, "5")]
    #[case::too_slow(FormError::TooSlow, 503, "5")]
    #[case::cut(FormError::Malformed, 400, "")]
    #[tokio::test]
    async fn a_body_that_may_come_again_is_no_wrong_one(
        #[case] error: FormError,
        #[case] status: u16,
        #[case] retry_after: &str,
    ) {
        let notice = move || async move {
            Err::<(), Failure>(Notice::of_body(error, Lang(Language::Fr)).into())
        };
        let told = told("/me/cv", get(notice)).await;
        assert_eq!((told.status.as_u16(), &*told.retry_after), (status, retry_after));
    }
}
