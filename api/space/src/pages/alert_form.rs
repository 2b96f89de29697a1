//! The form of an alert. What matches is shown before anything is kept; where there is a script, the count follows
//! while the criteria are typed.

use std::collections::BTreeSet;

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Path, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::NewAlert;
use domain::space::{
    AlertCriteria, AlertFrequency, AlertZone, ChangeAlert, CriteriaFields, JobType, LocationType,
};
use domain::{FieldError, Invalid, Line};
use projections::space::matches_total;
use url::form_urlencoded;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page, WrongField};

use super::alerts::{Matching, counted};
use super::moves::refused;
use crate::applications::shown;
use crate::place::{id, new_id};

/// What somebody types.
#[derive(Default)]
struct Typed {
    id: String,
    name: String,
    keywords: String,
    location: String,
    job_types: BTreeSet<String>,
    location_types: BTreeSet<String>,
    salary_min: String,
    salary_max: String,
    only_with_salary: bool,
    frequency: String,
    zone: String,
    /// What the button says.
    what: String,
}

impl Typed {
    fn read(body: &[u8]) -> Self {
        let mut typed = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.into_owned();
            match &*name {
                "id" => typed.id = value,
                "name" => typed.name = value,
                "keywords" => typed.keywords = value,
                "location" => typed.location = value,
                "job_types" => {
                    typed.job_types.insert(value);
                }
                "location_types" => {
                    typed.location_types.insert(value);
                }
                "salary_min" => typed.salary_min = value,
                "salary_max" => typed.salary_max = value,
                "only_with_salary" => typed.only_with_salary = value == "yes",
                "frequency" => typed.frequency = value,
                "zone" => typed.zone = value,
                "what" => typed.what = value,
                _ => {}
            }
        }
        typed
    }

    fn of(alert: &domain::space::KnownAlert) -> Self {
        let fields = alert.criteria.reveal().fields();
        let amount = |amount: Option<u64>| amount.map(|it| it.to_string()).unwrap_or_default();
        Self {
            name: alert.name.reveal().to_string(),
            keywords: fields.keywords_text(),
            location: fields.location.as_ref().map(ToString::to_string).unwrap_or_default(),
            job_types: fields.job_types.iter().map(|it| it.as_str().to_owned()).collect(),
            location_types: fields.location_types.iter().map(|it| it.as_str().to_owned()).collect(),
            salary_min: amount(fields.salary_min),
            salary_max: amount(fields.salary_max),
            only_with_salary: fields.only_with_salary,
            frequency: alert.frequency.as_str().to_owned(),
            zone: alert.zone.reveal().to_string(),
            ..Self::default()
        }
    }

    fn criteria(&self) -> Result<AlertCriteria, Vec<FieldError>> {
        let mut wrong = vec![];
        let mut amount = |field, text: &str| {
            // As people write them: 35 000, 35 000 €.
            let is_digit = |c: &char| !c.is_whitespace() && !matches!(c, '€' | '\u{202f}');
            let text: String = text.chars().filter(is_digit).collect();
            if text.is_empty() {
                return None;
            }
            let read = text.parse().map_err(|_| Invalid::Number { max: 100_000_000 });
            read.map_err(|invalid| wrong.push(FieldError::new(field, invalid))).ok()
        };
        let salary_min = amount("salary_min", &self.salary_min);
        let salary_max = amount("salary_max", &self.salary_max);
        let mut take = |field, invalid| wrong.push(FieldError::new(field, invalid));
        let keywords = CriteriaFields::keywords_of(&self.keywords)
            .map_err(|invalid| take("keywords", invalid))
            .unwrap_or_default();
        let location = match self.location.trim() {
            "" => None,
            text => text.parse().map_err(|invalid| take("location", invalid)).ok(),
        };
        let fields = CriteriaFields {
            keywords,
            location,
            job_types: self.job_types.iter().filter_map(|it| it.parse().ok()).collect(),
            location_types: self.location_types.iter().filter_map(|it| it.parse().ok()).collect(),
            salary_min,
            salary_max,
            only_with_salary: self.only_with_salary,
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        AlertCriteria::new(fields).map_err(|invalid| vec![FieldError::new("keywords", invalid)])
    }

    fn alert(&self) -> Result<NewAlert, Vec<FieldError>> {
        let criteria = self.criteria();
        let name: Result<Line<200>, _> = self.name.parse();
        let zone: Result<AlertZone, _> = match self.zone.trim() {
            "" => Ok(AlertZone::default()),
            text => text.parse(),
        };
        let frequency: AlertFrequency = self.frequency.parse().unwrap_or_default();
        match (name, criteria, zone) {
            (Ok(name), Ok(criteria), Ok(zone)) => Ok(NewAlert { name, criteria, frequency, zone }),
            (name, criteria, zone) => {
                let mut wrong: Vec<_> = name
                    .err()
                    .map(|invalid| FieldError::new("name", invalid))
                    .into_iter()
                    .collect();
                wrong.extend(criteria.err().into_iter().flatten());
                wrong.extend(zone.err().map(|invalid| FieldError::new("zone", invalid)));
                Err(wrong)
            }
        }
    }
}

fn told(wrong: &[FieldError], lang: Lang) -> FieldErrors {
    let told = wrong.iter().map(|error| WrongField {
        name: error.field,
        label: match error.field {
            "name" => lang.t("alerts-name"),
            "location" => lang.t("alerts-location"),
            "salary_min" => lang.t("alerts-salary-min"),
            "salary_max" => lang.t("alerts-salary-max"),
            "zone" => lang.t("alerts-zone"),
            _ => lang.t("alerts-keywords"),
        },
        text: texts::invalid(&error.invalid, lang.0),
    });
    FieldErrors::in_words(told.collect())
}

#[derive(Template)]
#[template(path = "pages/alert_form.html")]
pub(crate) struct AlertForm {
    lang: Lang,
    frame: Workplace,
    /// Which alert is changed; none for a new one.
    of: Option<Uuid>,
    typed: Typed,
    errors: FieldErrors,
    matching: Option<Matching>,
}

impl AlertForm {
    fn action(&self) -> String {
        match self.of {
            Some(id) => format!("/me/alerts/{id}/edit"),
            None => "/me/alerts/new".to_owned(),
        }
    }

    /// Whether it is a new one that nobody typed into yet: its zone may be that of the browser.
    fn is_fresh(&self) -> bool {
        self.of.is_none() && self.typed.what.is_empty()
    }

    fn title(&self) -> &'static str {
        let key = if self.of.is_some() { "alerts-edit-title" } else { "alerts-new-title" };
        self.lang.t(key)
    }

    fn keeps(&self) -> &'static str {
        let key = if self.of.is_some() { "alerts-save" } else { "alerts-create" };
        self.lang.t(key)
    }

    /// The types of job, each with its name and whether it is ticked.
    fn job_types(&self) -> Vec<(&'static str, String, bool)> {
        // The others say what it says.
        let offered = JobType::ALL.into_iter().map(JobType::as_str);
        let offered =
            offered.filter(|slug| *slug != JobType::Contract.as_str() || self.ticks(slug));
        let name = |slug| self.lang.with("alerts-job-type", ("type", slug));
        offered.map(|slug| (slug, name(slug), self.ticks(slug))).collect()
    }

    fn ticks(&self, slug: &str) -> bool {
        self.typed.job_types.contains(slug)
    }

    fn location_types(&self) -> Vec<(&'static str, String, bool)> {
        let of = |it: LocationType| {
            let slug = it.as_str();
            let name = self.lang.with("alerts-location-type", ("type", slug));
            (slug, name, self.typed.location_types.contains(slug))
        };
        LocationType::ALL.into_iter().map(of).collect()
    }

    fn frequencies(&self) -> Vec<(&'static str, String, bool)> {
        let chosen: AlertFrequency = self.typed.frequency.parse().unwrap_or_default();
        let of = |it: AlertFrequency| {
            let slug = it.as_str();
            (slug, self.lang.with("alerts-frequency-means", ("frequency", slug)), it == chosen)
        };
        AlertFrequency::ALL.into_iter().map(of).collect()
    }
}

/// The form, with what matches where the criteria can be read.
async fn form(
    app: &App,
    signed: &CurrentUser,
    of: Option<Uuid>,
    typed: Typed,
    wrong: &[FieldError],
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let matching = match typed.criteria() {
        Ok(criteria) => Some(Matching::of(app, &criteria, signed).await?),
        Err(_) => None,
    };
    let frame = accounts::frame(signed, "/me/alerts", "");
    let errors = told(wrong, lang);
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = AlertForm { lang, frame, of, typed, errors, matching };
    Ok(Page::new(page).status(status).into_response())
}

pub(crate) async fn new_page(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Response, Failure> {
    let typed = Typed {
        id: app.commands.fresh_id().to_string(),
        zone: AlertZone::default().to_string(),
        ..Typed::default()
    };
    form(&app, &signed, None, typed, &[]).await
}

/// Shows what matches, or creates the alert.
pub(crate) async fn create(
    State(app): State<App>,
    signed: CurrentUser,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let (lang, typed) = (signed.lang, Typed::read(&body));
    if typed.what == "preview" {
        let wrong = typed.criteria().err().unwrap_or_default();
        return form(&app, &signed, None, typed, &wrong).await;
    }
    let new = match typed.alert() {
        Ok(new) => new,
        Err(wrong) => return form(&app, &signed, None, typed, &wrong).await,
    };
    let owner = signed.account.id;
    let name = new_id(&app, owner, &typed.id);
    let created = app.commands.alerts().create(name, owner, new, &signed.cause()).await;
    let receipt = created.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    Ok(Redirect::to("/me/alerts?done=alert-created").into_response())
}

/// How many offers match what is typed, in words; nothing where it cannot be read yet.
pub(crate) async fn count(
    State(app): State<App>,
    signed: CurrentUser,
    RawForm(body): RawForm,
) -> Result<String, Failure> {
    let Ok(criteria) = Typed::read(&body).criteria() else { return Ok(String::new()) };
    let total = matches_total(&app.db, &criteria, signed.account.id).await?;
    Ok(counted(total, signed.lang))
}

pub(crate) async fn edit_page(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let known = app.commands.alerts().find(id, signed.account.id).await;
    let known = known.map_err(|error| refused(error, lang))?;
    form(&app, &signed, Some(id), Typed::of(&known), &[]).await
}

/// Shows what would match, or changes the alert.
pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let (commands, owner) = (app.commands.alerts(), signed.account.id);
    commands.find(id, owner).await.map_err(|error| refused(error, lang))?;
    let typed = Typed::read(&body);
    if typed.what == "preview" {
        let wrong = typed.criteria().err().unwrap_or_default();
        return form(&app, &signed, Some(id), typed, &wrong).await;
    }
    let new = match typed.alert() {
        Ok(new) => new,
        Err(wrong) => return form(&app, &signed, Some(id), typed, &wrong).await,
    };
    let change = ChangeAlert {
        name: Some(new.name),
        criteria: Some(new.criteria),
        frequency: Some(new.frequency),
        zone: Some(new.zone),
        at: app.commands.now(),
        ..ChangeAlert::default()
    };
    let receipt = commands.decide(id, owner, change, &signed.cause()).await;
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    Ok(Redirect::to("/me/alerts?done=alert-changed").into_response())
}
