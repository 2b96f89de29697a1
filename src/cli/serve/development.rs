//! What a service in development has from its first start on, so that it can be tried out: a client with a demo
//! page, an operator, an account of a candidate, a source of job offers.

use anyhow::Result;
use api::Demo;
use commands::{Cause, LinkUse, Registration};
use domain::collecting::SourceKind;
use domain::partner::PartnerSettings;
use domain::{EmailAddress, Language};
use event_store::ActorKind;
use url::Url;

use crate::cli::out::say;
use crate::config::{Config, Mode};
use crate::wiring::{self, Parts};

/// Who may sign in to the admin pages.
const ADMIN: &str = "admin@postulo.example";
/// Who has a space of their own: the candidate of the demo page, whose applications are in it.
const CANDIDATE: &str = "camille.martin@candidat.example";

/// Who may sign in at once.
#[derive(Clone, Copy, Default)]
pub(super) struct Ready {
    admin: bool,
    candidate: bool,
}

impl Ready {
    /// Makes those who are not there yet.
    pub(super) async fn prepare(config: &Config, parts: &Parts) -> Result<Self> {
        let admin = operator(config, parts).await?;
        Ok(Self { admin, candidate: candidate(config, parts).await? })
    }

    /// Tells how to sign in to the admin pages.
    pub(super) fn tell_admin(self, config: &Config) {
        if self.admin {
            tell(config, ADMIN, "admin-password");
        }
    }

    /// Tells how to sign in to the space of a candidate.
    pub(super) fn tell_candidate(self, config: &Config) {
        if self.candidate {
            tell(config, CANDIDATE, "account-password");
        }
    }
}

fn tell(config: &Config, name: &str, file: &str) {
    let password = config.storage.data_dir.join(file);
    say!("             sign in as {name}, with the password in {}", password.display());
}

/// A site of our own, from which job offers are collected when somebody asks for it.
pub(super) async fn sample_source(parts: &Parts, base_url: &Url) -> Result<()> {
    let target = base_url.join("/dev/jobs/sitemap.xml")?;
    let (name, kind) = ("sample".parse()?, SourceKind::Pages);
    Ok(parts.commands.collecting().set_up_source(&name, kind, target.as_str()).await?)
}

/// In development, the client of the demo page; registered at the first start.
pub(super) async fn demo(config: &Config, parts: &Parts) -> Result<Option<Demo>> {
    if config.mode == Mode::Production {
        return Ok(None);
    }
    let client_id: domain::PartnerId = "demo".parse()?;
    let secret = wiring::demo_secret(config, parts.ids.as_ref())?;
    if parts.commands.partners().find(&client_id).await?.is_none() {
        let settings = PartnerSettings::new(
            "Emploi Démo".parse()?,
            "candidatures@demo.postulo.example".parse()?,
        );
        let cause = Cause::request(ActorKind::System, None, parts.ids.uuid());
        let registered =
            parts.commands.partners().register_with(&client_id, settings, &secret, &cause).await;
        // Another process that starts for the first time may have been faster.
        if let Err(error) = registered
            && parts.commands.partners().find(&client_id).await?.is_none()
        {
            return Err(error.into());
        }
    }
    Ok(Some(Demo { client_id, secret }))
}

/// In development, someone who may do all; created at the first start, where there is no operator yet. Whether
/// there is that one.
async fn operator(config: &Config, parts: &Parts) -> Result<bool> {
    let (_, password) = wiring::admin_password(config, parts.ids.as_ref())?;
    if parts.commands.operators().all().await?.is_empty() {
        let cause = Cause::request(ActorKind::System, None, parts.ids.uuid());
        let email = ADMIN.parse()?;
        let created = parts
            .commands
            .operators()
            .create(&email, domain::operator::Role::Admin, &password, &cause)
            .await;
        if let Err(error) = created
            && parts.commands.operators().all().await?.is_empty()
        {
            return Err(error.into());
        }
    }
    let operators = parts.commands.operators().all().await?;
    Ok(operators.iter().any(|it| it.email.reveal() == ADMIN))
}

/// In development, an account with a confirmed address; made at the first start, where there is no account yet.
/// Whether there is that one.
async fn candidate(config: &Config, parts: &Parts) -> Result<bool> {
    let (_, password) = wiring::account_password(config, parts.ids.as_ref())?;
    let (accounts, email) = (parts.commands.accounts(), CANDIDATE.parse::<EmailAddress>()?);
    if accounts.newest(None, 1).await?.is_empty() {
        let cause = Cause::request(ActorKind::System, None, parts.ids.uuid());
        let full_name = Some("Camille Martin".parse()?);
        let language = Language::default();
        let new =
            Registration { email: email.clone(), username: None, full_name, language, password };
        let account = accounts.register(new, &cause).await?;
        // Before anything follows the log: no letter asks for it.
        let link = parts.commands.identity().make_link(&account, LinkUse::ConfirmAddress).await?;
        let confirmed = accounts.confirm_email(&link.token, &cause).await;
        // Another process that starts for the first time may have been faster.
        if let Err(error) = confirmed
            && !is_confirmed(parts, &email).await?
        {
            return Err(error.into());
        }
    }
    is_confirmed(parts, &email).await
}

async fn is_confirmed(parts: &Parts, email: &EmailAddress) -> Result<bool> {
    Ok(parts
        .commands
        .accounts()
        .of_address(email)
        .await?
        .iter()
        .any(|account| account.email_confirmed))
}
