//! Client platforms: who they are, their secret, whether they are let in.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use commands::{CommandError, PartnerAccount};
use domain::partner::EmailLimits;
use domain::{Origin, PartnerId, PartnerRefusal};
use jiff::SignedDuration;
use projections::partners::PartnerRow;
use serde::Deserialize;

use super::frame::{Done, Frame, time};
use super::operator::CurrentOperator;
use super::requests::wrong;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "partners.html")]
pub(crate) struct Clients {
    lang: Lang,
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    contact_email: String,
    state: &'static str,
    /// The class of its tag.
    tag: &'static str,
    webhooks: usize,
    failing: bool,
}

pub(crate) async fn list(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(done): Query<Done>,
) -> Result<Page<Clients>, Failure> {
    let lang = signed.lang;
    let partners = projections::partners::all(&app.db).await?;
    let state = |partner: &PartnerRow| match (partner.disabled_at, partner.paused_at) {
        (Some(_), _) => (lang.t("admin-platforms-disabled"), "tag undeliverable"),
        (None, Some(_)) => (lang.t("admin-platforms-paused"), "tag undeliverable"),
        _ if !partner.settings.mails_employers => (lang.t("admin-platforms-staging"), "tag"),
        _ => (lang.t("admin-platforms-active"), "tag sent"),
    };
    let rows = partners.into_iter().map(|partner| Row {
        state: state(&partner).0,
        tag: state(&partner).1,
        id: partner.id.to_string(),
        name: partner.settings.name.to_string(),
        contact_email: partner.settings.contact_email.readable().into_owned(),
        webhooks: partner.webhooks.len(),
        failing: partner.webhooks.iter().any(|webhook| webhook.failing),
    });
    let frame = Frame::new(&signed, "/admin/clients", &done.done);
    Ok(Page::new(Clients { lang, frame, rows: rows.collect() }))
}

#[derive(Template)]
#[template(path = "partner.html")]
pub(crate) struct PartnerPage {
    lang: Lang,
    frame: Frame,
    id: String,
    name: String,
    facts: Vec<(&'static str, String)>,
    disabled: bool,
    /// Since when its letters wait; empty while they leave.
    paused_at: String,
    old_secret_until: String,
    webhooks: usize,
}

/// The client of this id, as it stands now.
pub(super) async fn find(app: &App, lang: Lang, id: &str) -> Result<PartnerAccount, Failure> {
    let id: PartnerId = id.parse().map_err(|_| Notice::not_found(lang))?;
    let found = app.commands.partners().find(&id).await?;
    Ok(found.ok_or_else(|| Notice::not_found(lang))?)
}

pub(super) fn failed(lang: Lang, error: CommandError<PartnerRefusal>) -> Failure {
    match error {
        CommandError::Refused(PartnerRefusal::NotFound | PartnerRefusal::NoSuchWebhook) => {
            Notice::not_found(lang)
        }
        CommandError::Refused(PartnerRefusal::AlreadyRegistered) => {
            wrong(lang, lang.t("admin-platforms-this-id-taken-choose-another-one"))
        }
        CommandError::Refused(PartnerRefusal::WebhookKnown) => {
            wrong(lang, lang.t("admin-platforms-this-address-registered-already"))
        }
        CommandError::Refused(PartnerRefusal::TooManyWebhooks) => {
            wrong(lang, lang.t("admin-platforms-platform-may-have-ten-webhooks-remove"))
        }
        error => return error.into(),
    }
    .into()
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Page<PartnerPage>, Failure> {
    let lang = signed.lang;
    let partner = find(&app, lang, &id).await?;
    let now = app.commands.now();
    let old = partner.old_secret_until.filter(|until| now < *until);
    Ok(Page::new(PartnerPage {
        lang,
        frame: Frame::new(&signed, "/admin/clients", &done.done),
        name: partner.settings.name.to_string(),
        facts: facts(&partner, lang),
        disabled: partner.disabled_at.is_some(),
        paused_at: partner.paused_at.map(time).unwrap_or_default(),
        old_secret_until: old.map(time).unwrap_or_default(),
        webhooks: partner.webhooks.len(),
        id,
    }))
}

fn facts(partner: &PartnerAccount, lang: Lang) -> Vec<(&'static str, String)> {
    let settings = &partner.settings;
    let yes = |is: bool| {
        if is { lang.t("admin-platforms-yes") } else { lang.t("admin-platforms-no") }.to_owned()
    };
    let origins: Vec<_> = settings.origins.iter().map(Origin::as_str).collect();
    let limits = |limits: EmailLimits| {
        let EmailLimits { per_second, per_minute, per_hour } = limits;
        let number = |number: u32| if number == 0 { "∞".to_owned() } else { number.to_string() };
        let (second, minute, hour) = (number(per_second), number(per_minute), number(per_hour));
        format!("{second} / s, {minute} / min, {hour} / h")
    };
    let templates = &settings.mail_templates;
    let templates = [
        ("employer", templates.employer),
        ("confirmation", templates.confirmation),
        ("answer", templates.answer),
        ("receipt", templates.receipt),
    ];
    let templates: Vec<_> =
        templates.into_iter().filter_map(|(name, id)| Some(format!("{name} {}", id?))).collect();
    let days = settings.retention.attachment_days();
    let days = lang.with("admin-platforms-kept-days", ("days", &days));
    let months = settings.retention.personal_data_months();
    let months = lang.with("admin-platforms-kept-months", ("months", &months));
    vec![
        (lang.t("admin-platforms-contact-address"), settings.contact_email.readable().into_owned()),
        (
            lang.t("admin-platforms-origins-form"),
            if origins.is_empty() {
                lang.t("admin-platforms-any").to_owned()
            } else {
                origins.join(", ")
            },
        ),
        (lang.t("admin-platforms-mails-employers"), yes(settings.mails_employers)),
        (lang.t("admin-platforms-forwards-to-memo"), yes(settings.forwards_to_memo)),
        (lang.t("admin-platforms-forwards-to-ami"), yes(settings.forwards_to_ami)),
        (lang.t("admin-platforms-language"), settings.language.code().to_owned()),
        (lang.t("admin-platforms-applications-by-address"), limits(settings.sender_limits)),
        (lang.t("admin-platforms-emails-received-by-address"), limits(settings.recipient_limits)),
        (
            lang.t("admin-platforms-api-requests-minute"),
            match settings.requests_per_minute {
                0 => "∞".to_owned(),
                number => number.to_string(),
            },
        ),
        (
            lang.t("admin-platforms-forms-by-address-and-hour"),
            match settings.forms_per_hour {
                0 => "∞".to_owned(),
                number => number.to_string(),
            },
        ),
        (lang.t("admin-platforms-documents-kept"), days),
        (lang.t("admin-platforms-personal-data-kept"), months),
        (lang.t("admin-platforms-mail-templates"), templates.join(", ")),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Rotate {
    hours: String,
}

#[derive(Template)]
#[template(path = "secret.html")]
pub(super) struct SecretPage {
    pub(super) lang: Lang,
    pub(super) frame: Frame,
    pub(super) id: String,
    pub(super) secret: String,
    /// Until when the one before is taken too; empty where there is none.
    pub(super) old_until: String,
}

/// Gives a new secret, shown once; the old one is taken for some hours more.
pub(crate) async fn rotate(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    fields: Result<Form<Rotate>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let partner = find(&app, lang, &id).await?;
    let hours = fields.hours.trim().parse::<u32>().ok().filter(|hours| *hours <= 24 * 90);
    let hours = hours.ok_or_else(|| {
        let why = lang.t("admin-platforms-give-0-to-2160-hours-for");
        wrong(lang, why)
    })?;
    let overlap = SignedDuration::from_hours(hours.into());
    let cause = signed.cause();
    let secret = app.commands.partners().rotate_secret(&partner.id, overlap, &cause).await;
    let secret = secret.map_err(|error| failed(lang, error))?;
    let page = SecretPage {
        lang,
        frame: Frame::new(&signed, "/admin/clients", ""),
        id,
        secret: secret.reveal().to_owned(),
        old_until: time(app.commands.now() + overlap),
    };
    Ok(Page::new(page).into_response())
}

/// Which of two acts.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Act {
    act: String,
}

/// Pauses a client's letters, or lets them leave again.
pub(crate) async fn pause(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    fields: Result<Form<Act>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let partner = find(&app, lang, &id).await?;
    let (done, told) = match fields.act.as_str() {
        "pause" => {
            (app.commands.partners().pause(&partner.id, &signed.cause()).await, "client-paused")
        }
        "resume" => {
            let resumed = app.commands.partners().resume(&partner.id, &signed.cause()).await;
            (resumed.map(drop), "client-resumed")
        }
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    done.map_err(|error| failed(lang, error))?;
    Ok(Redirect::to(&format!("/admin/clients/{}?done={told}", partner.id)).into_response())
}

/// Shuts a client out, or lets it in again.
pub(crate) async fn disable(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    fields: Result<Form<Act>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let disabled = match fields.act.as_str() {
        "disable" => true,
        "enable" => false,
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    let partner = find(&app, lang, &id).await?;
    let done = app.commands.partners().disable(&partner.id, disabled, &signed.cause()).await;
    done.map_err(|error| failed(lang, error))?;
    let told = if disabled { "disabled" } else { "enabled" };
    Ok(Redirect::to(&format!("/admin/clients/{}?done={told}", partner.id)).into_response())
}
