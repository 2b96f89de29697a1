//! The settings of a client platform, as a form.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::partner::{EmailLimits, MailTemplates, PartnerSettings, Retention};
use domain::{FieldError, Invalid, Language, Origin, PartnerId};
use serde::Deserialize;

use super::frame::Frame;
use super::operator::CurrentOperator;
use super::partners::{SecretPage, failed, find};
use super::suppressions::seen;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};

/// The fields as the browser sends them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    id: String,
    name: String,
    contact_email: String,
    origins: String,
    mails_employers: String,
    forwards_to_memo: String,
    forwards_to_ami: String,
    language: String,
    sender_second: String,
    sender_minute: String,
    sender_hour: String,
    recipient_second: String,
    recipient_minute: String,
    recipient_hour: String,
    requests_per_minute: String,
    forms_per_hour: String,
    attachment_days: String,
    personal_data_months: String,
    template_employer: String,
    template_confirmation: String,
    template_answer: String,
    template_receipt: String,
}

#[derive(Template)]
#[template(path = "partner_form.html")]
struct PartnerForm {
    lang: Lang,
    frame: Frame,
    /// Of the client that is changed; empty for a new one.
    known: String,
    fields: Fields,
    errors: FieldErrors,
}

impl Fields {
    fn of(settings: &PartnerSettings) -> Self {
        let origins: Vec<_> = settings.origins.iter().map(Origin::as_str).collect();
        let tick = |is: bool| if is { "yes".to_owned() } else { String::new() };
        let template = |id: Option<u64>| id.map(|id| id.to_string()).unwrap_or_default();
        let (sender, recipient) = (settings.sender_limits, settings.recipient_limits);
        Self {
            id: String::new(),
            name: settings.name.to_string(),
            contact_email: settings.contact_email.to_string(),
            origins: origins.join("\n"),
            mails_employers: tick(settings.mails_employers),
            forwards_to_memo: tick(settings.forwards_to_memo),
            forwards_to_ami: tick(settings.forwards_to_ami),
            language: settings.language.code().to_owned(),
            sender_second: sender.per_second.to_string(),
            sender_minute: sender.per_minute.to_string(),
            sender_hour: sender.per_hour.to_string(),
            recipient_second: recipient.per_second.to_string(),
            recipient_minute: recipient.per_minute.to_string(),
            recipient_hour: recipient.per_hour.to_string(),
            requests_per_minute: settings.requests_per_minute.to_string(),
            forms_per_hour: settings.forms_per_hour.to_string(),
            attachment_days: settings.retention.attachment_days().to_string(),
            personal_data_months: settings.retention.personal_data_months().to_string(),
            template_employer: template(settings.mail_templates.employer),
            template_confirmation: template(settings.mail_templates.confirmation),
            template_answer: template(settings.mail_templates.answer),
            template_receipt: template(settings.mail_templates.receipt),
        }
    }

    fn parse(&self) -> Result<PartnerSettings, Vec<FieldError>> {
        let mut errors = vec![];
        let mut origins = vec![];
        for text in self.origins.split_whitespace() {
            match text.parse::<Origin>() {
                Ok(origin) => origins.push(origin),
                Err(invalid) => {
                    errors.push(FieldError::new("origins", invalid));
                    break;
                }
            }
        }
        let name = take(&mut errors, "name", &self.name);
        let contact_email = take(&mut errors, "contact_email", &self.contact_email);
        let language = take::<Language>(&mut errors, "language", &self.language);
        let mut number = |field: &'static str, text: &str| number(&mut errors, field, text);
        let sender_limits = EmailLimits {
            per_second: number("sender_second", &self.sender_second),
            per_minute: number("sender_minute", &self.sender_minute),
            per_hour: number("sender_hour", &self.sender_hour),
        };
        let recipient_limits = EmailLimits {
            per_second: number("recipient_second", &self.recipient_second),
            per_minute: number("recipient_minute", &self.recipient_minute),
            per_hour: number("recipient_hour", &self.recipient_hour),
        };
        let requests_per_minute = number("requests_per_minute", &self.requests_per_minute);
        let forms_per_hour = match self.forms_per_hour.trim() {
            "" => PartnerSettings::FORMS_PER_HOUR,
            text => number("forms_per_hour", text),
        };
        let mut count = |field, text: &str, max| count(&mut errors, field, text, max);
        let retention = Retention::new(
            count("attachment_days", &self.attachment_days, Retention::MAX_DAYS),
            count("personal_data_months", &self.personal_data_months, Retention::MAX_MONTHS),
        );
        let mail_templates = MailTemplates {
            employer: template(&mut errors, "template_employer", &self.template_employer),
            confirmation: template(
                &mut errors,
                "template_confirmation",
                &self.template_confirmation,
            ),
            answer: template(&mut errors, "template_answer", &self.template_answer),
            receipt: template(&mut errors, "template_receipt", &self.template_receipt),
        };
        match (name, contact_email, language, retention) {
            (Some(name), Some(contact_email), Some(language), Ok(retention))
                if errors.is_empty() =>
            {
                Ok(PartnerSettings {
                    name,
                    contact_email,
                    origins,
                    mails_employers: !self.mails_employers.is_empty(),
                    forwards_to_memo: !self.forwards_to_memo.is_empty(),
                    forwards_to_ami: !self.forwards_to_ami.is_empty(),
                    language,
                    sender_limits,
                    recipient_limits,
                    requests_per_minute,
                    forms_per_hour,
                    mail_templates,
                    retention,
                })
            }
            _ => Err(errors),
        }
    }
}

fn take<T: std::str::FromStr<Err = Invalid>>(
    errors: &mut Vec<FieldError>,
    field: &'static str,
    text: &str,
) -> Option<T> {
    let text = text.trim();
    let parsed = if text.is_empty() { Err(Invalid::Missing) } else { text.parse() };
    parsed.map_err(|invalid| errors.push(FieldError::new(field, invalid))).ok()
}

fn number(errors: &mut Vec<FieldError>, field: &'static str, text: &str) -> u32 {
    text.trim().parse().unwrap_or_else(|_| {
        errors.push(FieldError::new(field, Invalid::Number { max: u32::MAX.into() }));
        0
    })
}

/// A number from 1 to `max`; 0 where it is none, which is noted.
fn count(errors: &mut Vec<FieldError>, field: &'static str, text: &str, max: u32) -> u32 {
    let parsed = text.trim().parse().ok().filter(|number| (1..=max).contains(number));
    parsed.unwrap_or_else(|| {
        errors.push(FieldError::new(field, Invalid::Count { max: max.into() }));
        0
    })
}

fn template(errors: &mut Vec<FieldError>, field: &'static str, text: &str) -> Option<u64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let max = i64::MAX.cast_unsigned();
    let parsed = text.parse().ok().filter(|id| *id <= max);
    if parsed.is_none() {
        errors.push(FieldError::new(field, Invalid::Number { max }));
    }
    parsed
}

fn show(signed: &CurrentOperator, known: &str, fields: Fields, errors: &[FieldError]) -> Response {
    let (lang, status) = (signed.lang, errors.is_empty());
    let page = PartnerForm {
        lang,
        frame: Frame::new(signed, "/admin/clients", ""),
        known: known.to_owned(),
        fields,
        errors: FieldErrors::new(errors, lang),
    };
    let status = if status { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(page).status(status).into_response()
}

pub(crate) async fn new(signed: CurrentOperator) -> Response {
    let usual = "x".parse().ok().zip("x@example.org".parse().ok());
    let fields = usual.map(|(name, email)| Fields {
        name: String::new(),
        contact_email: String::new(),
        ..Fields::of(&PartnerSettings::new(name, email))
    });
    show(&signed, "", fields.unwrap_or_default(), &[])
}

/// Registers a client, and shows its secret once.
pub(crate) async fn create(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let mut errors = vec![];
    let id = take::<PartnerId>(&mut errors, "client_id", &fields.id);
    let settings = match (id, fields.parse()) {
        (Some(id), Ok(settings)) => (id, settings),
        (_, parsed) => {
            errors.extend(parsed.err().unwrap_or_default());
            return Ok(show(&signed, "", fields, &errors));
        }
    };
    let (id, settings) = settings;
    let secret = app.commands.partners().register(&id, settings, &signed.cause()).await;
    let secret = secret.map_err(|error| failed(lang, error))?;
    seen(&app).await;
    let page = SecretPage {
        lang,
        frame: Frame::new(&signed, "/admin/clients", ""),
        id: id.to_string(),
        secret: secret.reveal().to_owned(),
        old_until: String::new(),
    };
    Ok(Page::new(page).into_response())
}

pub(crate) async fn edit(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let partner = find(&app, signed.lang, &id).await?;
    Ok(show(&signed, &id, Fields::of(&partner.settings), &[]))
}

pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let partner = find(&app, lang, &id).await?;
    let settings = match fields.parse() {
        Ok(settings) => settings,
        Err(errors) => return Ok(show(&signed, &id, fields, &errors)),
    };
    let done =
        app.commands.partners().change_settings(&partner.id, settings, &signed.cause()).await;
    done.map_err(|error| failed(lang, error))?;
    seen(&app).await;
    Ok(Redirect::to(&format!("/admin/clients/{}?done=changed", partner.id)).into_response())
}
