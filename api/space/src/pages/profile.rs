//! The profile, on a page: what somebody is, looks for and can, and a line for each post and course.

use std::collections::BTreeSet;

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Query, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::space::{
    CriteriaFields, Education, Experience, JobType, LocationType, MAX_YEARS, ProfileAbout,
    ProfileEdit, ProfileFields, ProfileSkill,
};
use domain::{FieldError, Invalid, WebAddress};
use url::form_urlencoded;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Page, WrongField};

use super::moves::{Done, refused};
use super::profile_entry::period;

/// What somebody types.
#[derive(Default)]
struct Typed {
    title: String,
    summary: String,
    skills: String,
    location: String,
    job_types: BTreeSet<String>,
    location_types: BTreeSet<String>,
    phone: String,
    linkedin: String,
    website: String,
    years: String,
    salary_min: String,
    salary_max: String,
}

fn shown(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

impl Typed {
    fn read(body: &[u8]) -> Self {
        let mut typed = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.into_owned();
            match &*name {
                "title" => typed.title = value,
                "summary" => typed.summary = value,
                "skills" => typed.skills = value,
                "location" => typed.location = value,
                "job_types" => {
                    typed.job_types.insert(value);
                }
                "location_types" => {
                    typed.location_types.insert(value);
                }
                "phone" => typed.phone = value,
                "linkedin" => typed.linkedin = value,
                "website" => typed.website = value,
                "years" => typed.years = value,
                "salary_min" => typed.salary_min = value,
                "salary_max" => typed.salary_max = value,
                _ => {}
            }
        }
        typed
    }

    fn of(fields: &ProfileFields) -> Self {
        let about = &fields.about;
        let skills: Vec<_> = fields.skills.iter().map(|it| it.name.as_str()).collect();
        Self {
            title: shown(about.title.as_ref()),
            summary: shown(about.summary.as_ref()),
            skills: skills.join(", "),
            location: shown(about.location.as_ref()),
            job_types: about.job_types.iter().map(|it| it.as_str().to_owned()).collect(),
            location_types: about.location_types.iter().map(|it| it.as_str().to_owned()).collect(),
            phone: shown(about.phone.as_ref()),
            linkedin: shown(about.linkedin_url.as_ref()),
            website: shown(about.website_url.as_ref()),
            years: shown(about.years_experience.as_ref()),
            salary_min: shown(about.salary_expectation_min.as_ref()),
            salary_max: shown(about.salary_expectation_max.as_ref()),
        }
    }

    fn edit(&self, id: impl Fn() -> Uuid) -> Result<ProfileEdit, Vec<FieldError>> {
        let mut reader = Reader::default();
        let about = ProfileAbout {
            title: reader.take("title", &self.title, str::parse),
            summary: reader.take("summary", &self.summary, str::parse),
            phone: reader.take("phone", &self.phone, str::parse),
            location: reader.take("location", &self.location, str::parse),
            linkedin_url: reader.take("linkedin", &self.linkedin, WebAddress::typed),
            website_url: reader.take("website", &self.website, WebAddress::typed),
            years_experience: reader.take("years", &self.years, |text| {
                let most = Invalid::Number { max: MAX_YEARS.into() };
                let years = text.trim().parse::<u8>().ok().filter(|years| *years <= MAX_YEARS);
                years.ok_or(most)
            }),
            salary_expectation_min: reader.take("salary_min", &self.salary_min, amount),
            salary_expectation_max: reader.take("salary_max", &self.salary_max, amount),
            job_types: self.job_types.iter().filter_map(|it| it.parse().ok()).collect(),
            location_types: self.location_types.iter().filter_map(|it| it.parse().ok()).collect(),
        };
        let names = reader.take("skills", &self.skills, CriteriaFields::keywords_of);
        let mut skills: Vec<ProfileSkill> = vec![];
        for name in names.unwrap_or_default() {
            if !skills.iter().any(|known| known.name == name) {
                skills.push(ProfileSkill { id: id(), name, level: None, category: None });
            }
        }
        if !reader.wrong.is_empty() {
            return Err(reader.wrong);
        }
        Ok(ProfileEdit::Whole { about: Box::new(about), skills })
    }
}

/// An amount as people write it: 35 000, 35 000 €.
fn amount(text: &str) -> Result<u64, Invalid> {
    let is_digit = |c: &char| !c.is_whitespace() && *c != '€';
    let text: String = text.chars().filter(is_digit).collect();
    let most = Invalid::Number { max: 100_000_000 };
    text.parse::<u64>().ok().filter(|amount| *amount <= 100_000_000).ok_or(most)
}

/// Reads fields, and keeps what is wrong with them.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) wrong: Vec<FieldError>,
}

impl Reader {
    /// What stands in a field; nothing where it is blank, or wrong.
    pub(super) fn take<T>(
        &mut self,
        field: &'static str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        if domain::as_seen(text).trim().is_empty() {
            return None;
        }
        read(text).map_err(|invalid| self.wrong.push(FieldError::new(field, invalid))).ok()
    }

    /// The same of one that must be there.
    pub(super) fn required<T: std::str::FromStr<Err = Invalid>>(
        &mut self,
        field: &'static str,
        text: &str,
    ) -> Option<T> {
        text.parse().map_err(|invalid| self.wrong.push(FieldError::new(field, invalid))).ok()
    }
}

fn label(field: &str, lang: Lang) -> &'static str {
    match field {
        "title" => lang.t("profile-job"),
        "summary" => lang.t("profile-summary"),
        "skills" => lang.t("profile-skills"),
        "location" => lang.t("profile-place"),
        "phone" => lang.t("profile-phone"),
        "linkedin" => lang.t("profile-linkedin"),
        "website" => lang.t("profile-website"),
        "years" => lang.t("profile-years"),
        "salary_min" => lang.t("profile-salary-min"),
        _ => lang.t("profile-salary-max"),
    }
}

/// What is wrong, in words.
pub(super) fn told(
    wrong: &[FieldError],
    label: fn(&str, Lang) -> &'static str,
    lang: Lang,
) -> FieldErrors {
    let told = wrong.iter().map(|error| WrongField {
        name: error.field,
        label: label(error.field, lang),
        text: texts::invalid(&error.invalid, lang.0),
    });
    FieldErrors::in_words(told.collect())
}

/// A post or a course, on a line.
struct Entry {
    id: Uuid,
    title: String,
    facts: String,
}

impl Entry {
    fn experience(it: &Experience, lang: Lang) -> Self {
        let when = period(it.start, it.end, it.current, lang);
        Self::new(it.id, it.title.as_str(), &[it.company.as_str(), &when])
    }

    fn education(it: &Education, lang: Lang) -> Self {
        let when = period(it.start, it.end, false, lang);
        Self::new(it.id, it.degree.as_str(), &[it.school.as_str(), &when])
    }

    fn new(id: Uuid, title: &str, facts: &[&str]) -> Self {
        let facts: Vec<_> = facts.iter().copied().filter(|it| !it.is_empty()).collect();
        Self { id, title: title.to_owned(), facts: facts.join(" · ") }
    }
}

#[derive(Template)]
#[template(path = "pages/profile.html")]
struct ProfilePage {
    lang: Lang,
    frame: Workplace,
    typed: Typed,
    errors: FieldErrors,
    experiences: Vec<Entry>,
    educations: Vec<Entry>,
}

impl ProfilePage {
    /// The types of job, each with its name and whether it is ticked.
    fn job_types(&self) -> Vec<(&'static str, String, bool)> {
        let slugs = JobType::ALL.into_iter().filter(|it| *it != JobType::Contract);
        let name = |slug| self.lang.with("alerts-job-type", ("type", slug));
        let ticked = |slug| self.typed.job_types.contains(slug);
        slugs.map(JobType::as_str).map(|slug| (slug, name(slug), ticked(slug))).collect()
    }

    fn location_types(&self) -> Vec<(&'static str, String, bool)> {
        let name = |slug| self.lang.with("alerts-location-type", ("type", slug));
        let ticked = |slug| self.typed.location_types.contains(slug);
        let slugs = LocationType::ALL.into_iter().map(LocationType::as_str);
        slugs.map(|slug| (slug, name(slug), ticked(slug))).collect()
    }
}

/// What the profile of whoever is signed in says.
pub(super) async fn fields(app: &App, signed: &CurrentUser) -> Result<ProfileFields, Failure> {
    let known = app.commands.space().profile(signed.account.id).await;
    let known = known.map_err(|error| refused(error, signed.lang))?;
    Ok(known.map(|it| it.profile.reveal().fields().clone()).unwrap_or_default())
}

fn show(
    signed: &CurrentUser,
    fields: &ProfileFields,
    typed: Typed,
    wrong: &[FieldError],
    done: &Done,
) -> Response {
    let lang = signed.lang;
    let mut frame = accounts::frame(signed, "/me/profile", "");
    done.tell(&mut frame, "/me/profile", lang);
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ProfilePage {
        lang,
        frame,
        typed,
        errors: told(wrong, label, lang),
        experiences: fields.experiences.iter().map(|it| Entry::experience(it, lang)).collect(),
        educations: fields.educations.iter().map(|it| Entry::education(it, lang)).collect(),
    };
    Page::new(page).status(status).into_response()
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let fields = fields(&app, &signed).await?;
    Ok(show(&signed, &fields, Typed::of(&fields), &[], &done))
}

pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let typed = Typed::read(&body);
    match typed.edit(|| app.commands.fresh_id()) {
        Ok(edit) => {
            let (owner, cause) = (signed.account.id, signed.cause());
            let changed = app.commands.space().change_profile(owner, edit, &cause).await;
            changed.map_err(|error| refused(error, signed.lang))?;
            Ok(Redirect::to("/me/profile?done=profile").into_response())
        }
        Err(wrong) => {
            let fields = fields(&app, &signed).await?;
            Ok(show(&signed, &fields, typed, &wrong, &Done::default()))
        }
    }
}
