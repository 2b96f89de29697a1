//! What answers over HTTP on a fixture: an audience's routes, or the whole router.

mod answer;
mod office;
mod partner;
mod request;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::examples;
use event_store::Clock as _;
use event_store::tree::Signer;
use jiff::SignedDuration;
use projections::wait_for_all;
use web::{App, AppParts, CaughtUp, Metrics, RequestLimits, Settings};

pub use answer::{Answer, unescaped};
pub use office::{Office, PASSWORD, email};
pub use partner::basic;
pub use request::{form, with_cookie};

use crate::Fixture;

/// The secret in the address that Mailjet reports to.
pub const MAILJET_SECRET: &str = "a secret of mailjet";

/// How long an answer may be taken back.
pub const UNDO_WINDOW: SignedDuration = SignedDuration::from_mins(2);

/// The fields of a form, by name.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

/// A service in the making, see [`Fixture::http`].
#[derive(Debug)]
pub struct HttpBuilder {
    fixture: Fixture,
    settings: Settings,
    audit: Option<Signer>,
    is_behind: bool,
}

/// A service that a test asks. It is a [`Fixture`], too.
pub struct Site {
    /// What its handlers use.
    pub app: App,
    router: Router,
    fixture: Fixture,
}

impl Fixture {
    /// What answers over HTTP on this fixture: say what differs from the settings of the tests, then
    /// [`HttpBuilder::routes`].
    pub fn http(self) -> HttpBuilder {
        let settings = Settings {
            base_url: "http://postulo.example/".parse().unwrap(),
            production: false,
            demo: None,
            mailbox: Some(self.mailbox().to_owned()),
            undo_window: UNDO_WINDOW,
            request_timeout: Duration::from_mins(1),
            mailjet_events_secret: Some(MAILJET_SECRET.to_owned()),
            sendgrid_public_key: None,
            mail_from: examples::valid("postulo@postulo.example"),
            second_factor_required: false,
            permits: web::app::Permits::default(),
            accounts: web::app::Accounts::default(),
            offers: web::app::Offers::default(),
        };
        HttpBuilder { fixture: self, settings, audit: None, is_behind: false }
    }
}

impl HttpBuilder {
    /// With other settings.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// With a key that signs the log.
    #[must_use]
    pub fn signed_by(mut self, key: impl Into<Signer>) -> Self {
        self.audit = Some(key.into());
        self
    }

    /// With read models that nobody follows: they stay as they are.
    #[must_use]
    pub fn behind(mut self) -> Self {
        self.is_behind = true;
        self
    }

    /// With the routes of an audience.
    pub fn routes(self, routes: impl FnOnce(&App) -> Router<App>) -> Site {
        self.router(|app| web::layers::around(routes(&app), app))
    }

    /// With a router that has its layers.
    pub fn router(self, router: impl FnOnce(App) -> Router) -> Site {
        let Self { fixture, settings, audit, is_behind } = self;
        let clock = fixture.clock.clone();
        let app = App::new(AppParts {
            commands: fixture.commands.clone(),
            db: fixture.db().clone(),
            settings: Arc::new(settings),
            audit,
            request_limits: RequestLimits::default(),
            metrics: Metrics {
                render: Arc::new(String::new),
                token: Some("metrics".to_owned()),
                open: false,
                now: Arc::new(move || clock.now()),
            },
            caught_up: if is_behind { waiting(&fixture) } else { following(&fixture) },
        });
        Site { router: router(app.clone()), app, fixture }
    }
}

/// Waits for the read models of this process, which are followed from then on.
fn following(fixture: &Fixture) -> CaughtUp {
    let read_models = fixture.read_models.clone();
    Arc::new(move |position, timeout| {
        let here = read_models.followed().clone();
        Box::pin(async move { here.wait_for(&[], position, timeout).await.is_ok() })
    })
}

/// Waits for what other processes do.
fn waiting(fixture: &Fixture) -> CaughtUp {
    let db = fixture.db().clone();
    Arc::new(move |position, timeout| {
        let db = db.clone();
        Box::pin(async move { wait_for_all(&db, position, timeout).await.is_ok() })
    })
}

impl Deref for Site {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.fixture
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("fixture", &self.fixture).finish_non_exhaustive()
    }
}
