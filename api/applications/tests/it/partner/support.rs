//! The service as the partner `demo` meets it.

use std::time::Duration;

use commands::LinkPurpose;
use domain::examples;
use event_store::testing::Engine;
use serde_json::Value;
use testing::http::{HttpBuilder, Site};
use testing::{Fixture, cause};
use uuid::Uuid;

/// Where applications are sent to.
pub(crate) const APPLICATIONS: &str = "/api/v1/applications";

pub(crate) async fn service(engine: Engine) -> Site {
    let site = on(Fixture::new(engine).await.http()).await;
    site.projections();
    site
}

/// A service whose read models stay as they were when it began.
pub(crate) async fn behind(engine: Engine) -> Site {
    on(Fixture::new(engine).await.http().behind()).await
}

/// A service where a request may take so long.
pub(crate) async fn with_timeout(engine: Engine, timeout: Duration) -> Site {
    let http = Fixture::new(engine).await.http();
    on(http.settings(|settings| settings.request_timeout = timeout)).await
}

async fn on(http: HttpBuilder) -> Site {
    let site = http.routes(applications::routes);
    site.register_demo(examples::partner_settings()).await;
    site
}

/// A submitted application; its id and the recruiter's or candidate's token.
pub(crate) async fn application(site: &Site, person: LinkPurpose) -> (Uuid, String) {
    let done = site
        .commands
        .applications()
        .submit(examples::submission(), &[], None, &cause())
        .await
        .unwrap();
    (done.id, site.token(person, done.id))
}

/// An application as partners send it.
pub(crate) fn fields() -> Value {
    let draft = examples::draft();
    let names = domain::application::SubmissionDraft::FIELDS;
    let set = names.into_iter().filter(|name| !draft.get(name).is_empty());
    set.map(|name| (name.to_owned(), draft.get(name).into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
