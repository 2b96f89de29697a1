//! The check for people: a number and a date of birth typed, the answer in words.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::permits::day_in_paris;
use projections::permits::validity::ValidityRow;
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::networks::Network;
use web::page::{FieldErrors, Notice, Page, WrongField};

use super::{Look, look, number};

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    number: String,
    day: String,
    month: String,
    year: String,
}

#[derive(Template)]
#[template(path = "check/form.html")]
pub(crate) struct FormPage {
    lang: Lang,
    fields: Fields,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "check/answer.html")]
struct AnswerPage {
    lang: Lang,
    number: u64,
    /// What is told of a permit that holds.
    told: Option<Told>,
}

struct Told {
    last_day: String,
    facts: Vec<(&'static str, String)>,
}

pub(crate) async fn form(asked: Asked) -> Page<FormPage> {
    let lang = asked.or_browser();
    Page::new(FormPage { lang, fields: Fields::default(), errors: FieldErrors::none() })
}

pub(crate) async fn answer(
    State(app): State<App>,
    asked: Asked,
    network: Network,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = asked.or_browser();
    let Form(fields) = fields.map_err(|_| Notice::unreadable_form(lang))?;
    let now = app.commands.now();
    let (number, birth_date) = match read(&fields, day_in_paris(now), lang) {
        Ok(read) => read,
        Err(errors) => {
            let page = Page::new(FormPage { lang, fields, errors });
            return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    let told = match look(&app, network, number, Some(birth_date)).await? {
        Look::Holds(row) => Some(told(&row, lang)),
        Look::Nothing => None,
        Look::TooOften(seconds) => {
            let notice = Notice::refused(lang, StatusCode::TOO_MANY_REQUESTS);
            return Ok(([(header::RETRY_AFTER, seconds.to_string())], notice).into_response());
        }
        Look::UsedUp(seconds) => return Ok(used_up(now, seconds, lang)),
    };
    Ok(Page::new(AnswerPage { lang, number, told }).into_response())
}

fn told(row: &ValidityRow, lang: Lang) -> Told {
    let day = |day: Option<Date>| day.map(|day| texts::day(day, lang.0));
    let last_day = day(row.last_day()).unwrap_or_default();
    let mut facts = vec![
        (lang.t("permits-first-name"), row.first_name.clone()),
        (lang.t("permits-last-name"), row.last_name.clone()),
    ];
    facts.extend(row.siret.clone().map(|siret| (lang.t("permits-siret"), siret)));
    facts.extend(day(row.first_day()).map(|day| (lang.t("permits-first-day"), day)));
    facts.push((lang.t("permits-last-day"), last_day.clone()));
    Told { last_day, facts }
}

fn used_up(now: Timestamp, seconds: u64, lang: Lang) -> Response {
    let left = jiff::SignedDuration::from_secs(seconds.cast_signed());
    let until = web::lang::time(now.saturating_add(left).unwrap_or(now), lang);
    let notice = Notice::new(
        lang,
        StatusCode::TOO_MANY_REQUESTS,
        lang.t("permits-used-up"),
        lang.t("permits-used-up-means"),
        &lang.with("permits-used-up-next", ("time", &until)),
    );
    ([(header::RETRY_AFTER, seconds.to_string())], notice).into_response()
}

/// The number and the date of birth that were typed, or what is wrong with them.
fn read(fields: &Fields, today: Date, lang: Lang) -> Result<(u64, Date), FieldErrors> {
    let mut wrong = vec![];
    let mut object = |name, label, text: &'static str| {
        wrong.push(WrongField { name, label, text: text.to_owned() });
    };
    let number = match plain(&fields.number) {
        text if text.is_empty() => {
            object("number", lang.t("permits-number"), lang.t("permits-number-missing"));
            None
        }
        text => {
            let number = number(&text);
            if number.is_none() {
                object("number", lang.t("permits-number"), lang.t("permits-number-digits"));
            }
            number
        }
    };
    let mut part = |name, label, text: &str, range: std::ops::RangeInclusive<i16>, otherwise| {
        let read = plain(text).parse().ok().filter(|part| range.contains(part));
        if read.is_none() {
            object(name, label, otherwise);
        }
        read
    };
    let day = part("day", lang.t("permits-day"), &fields.day, 1..=31, lang.t("permits-day-wrong"));
    let month = part(
        "month",
        lang.t("permits-month"),
        &fields.month,
        1..=12,
        lang.t("permits-month-wrong"),
    );
    let years = 1900..=today.year();
    let year =
        part("year", lang.t("permits-year"), &fields.year, years, lang.t("permits-year-wrong"));
    let date = match (day, month, year) {
        (Some(day), Some(month), Some(year)) => {
            let small = |number: i16| i8::try_from(number).ok();
            let date = small(month).zip(small(day)).and_then(|(m, d)| Date::new(year, m, d).ok());
            let date = date.filter(|date| *date <= today);
            if date.is_none() {
                object("day", lang.t("permits-birth-date"), lang.t("permits-date-wrong"));
            }
            date
        }
        _ => None,
    };
    number.zip(date).ok_or_else(|| FieldErrors::in_words(wrong))
}

/// What was typed without spaces, which a number on paper may have between its digits.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

impl FormPage {
    /// The fields of the date: their names, labels, values and lengths.
    fn date_parts(&self) -> [(&'static str, &'static str, &str, u8); 3] {
        let Self { lang, fields, .. } = self;
        [
            ("day", lang.t("permits-day"), &fields.day, 2),
            ("month", lang.t("permits-month"), &fields.month, 2),
            ("year", lang.t("permits-year"), &fields.year, 4),
        ]
    }

    fn date_is_wrong(&self) -> bool {
        self.date_parts().iter().any(|(name, ..)| !self.errors.of(name).is_empty())
    }
}
