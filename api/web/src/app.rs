//! What every handler may use.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use commands::Commands;
use domain::permit::FieldMap;
use domain::{EmailAddress, Origin};
use event_store::tree::Signer;
use event_store::{Db, Position};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::limit::RequestLimits;

/// What every handler may use; clones share it. Each request makes several.
#[derive(Clone)]
pub struct App(Arc<AppParts>);

impl App {
    /// What handlers may use from now on.
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

/// What an [`App`] is made of.
pub struct AppParts {
    /// The write side.
    pub commands: Commands,
    /// The read models' database.
    pub db: Db,
    /// How the service is set up.
    pub settings: Arc<Settings>,
    /// What signs the log, so that a case file can prove what is in it.
    pub audit: Option<Signer>,
    /// How often clients asked lately.
    pub request_limits: RequestLimits,
    /// What is measured, and who may read it.
    pub metrics: Metrics,
    /// Waits until every read model has seen a position; `false` when the time is over first.
    pub caught_up: CaughtUp,
}

/// See [`AppParts::caught_up`].
pub type CaughtUp = Arc<dyn Fn(Position, Duration) -> BoxFuture<'static, bool> + Send + Sync>;

/// Who may read the metrics, and how they are written.
#[derive(Clone)]
pub struct Metrics {
    /// Writes what was counted and measured in this process.
    pub render: Arc<dyn Fn() -> String + Send + Sync>,
    /// What a program shows; `None` for anyone where it is `open`, and for nobody otherwise.
    pub token: Option<String>,
    /// Whether anyone may, without a token: in development.
    pub open: bool,
    /// The time.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// How the service is set up, as far as HTTP is concerned.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which people reach the service; links begin with it.
    pub base_url: Url,
    /// Whether HTTPS is promised to browsers (RFC 6797).
    pub production: bool,
    /// The client of the demo page, where there is one.
    pub demo: Option<Demo>,
    /// The folder of the built-in mailbox, where it is in use.
    pub mailbox: Option<PathBuf>,
    /// How long an answer may be undone before its e-mail leaves.
    pub undo_window: SignedDuration,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// The secret in the address that Mailjet reports to; nobody may report without one.
    pub mailjet_events_secret: Option<String>,
    /// `SendGrid`'s public key, in base64; nobody may report without one.
    pub sendgrid_public_key: Option<String>,
    /// The sender of letters that belong to no platform.
    pub mail_from: EmailAddress,
    /// Whether operators must give a second factor.
    pub second_factor_required: bool,
    /// How work permits are shown and checked.
    pub permits: Permits,
    /// How programs speak for accounts.
    pub accounts: Accounts,
    /// How job offers are shown.
    pub offers: Offers,
}

/// How job offers are shown.
#[derive(Clone, Debug)]
pub struct Offers {
    /// Whether anybody may look for them; otherwise those who are signed in.
    pub public: bool,
    /// The client platform in whose name people apply to those that are applied to here.
    pub client: Option<domain::PartnerId>,
    /// How long a request to collect waits for that to end.
    pub patience: Duration,
}

impl Default for Offers {
    fn default() -> Self {
        Self { public: false, client: None, patience: Duration::from_secs(25) }
    }
}

/// How programs speak for accounts of candidates and recruiters.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// The sites whose pages may call the JSON interfaces.
    pub origins: Vec<Origin>,
    /// Whether somebody who registers is told that the address is taken.
    pub tell_taken: bool,
}

/// How work permits are shown and checked.
#[derive(Clone, Debug, Default)]
pub struct Permits {
    /// The sites whose pages may ask whether a permit holds.
    pub origins: Vec<Origin>,
    /// Which labels of the forms are which fields.
    pub fields: FieldMap,
}

/// The client of the demo page. Its secret stays on the server.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The client's id.
    pub client_id: domain::PartnerId,
    /// Its secret.
    pub secret: commands::PartnerSecret,
}
