//! Figures: of a period, and of e-mails by day and platform.

use askama::Template;
use axum::extract::{Query, State};
use domain::dates::date;
use event_store::Period;
use jiff::ToSpan as _;
use jiff::civil::Date;
use projections::emails::{self, EmailFigures};
use projections::statistics::{self, Statistics};
use serde::Deserialize;

use super::chart::Chart;
use super::frame::Frame;
use super::guard::Signed;
use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};

/// Days of a period that is not asked for, today included.
const DAYS: i64 = 30;

/// A period, as the form names it. Without either field it is the last thirty days; an empty one has
/// no bound on that side.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/statistics.html")]
pub(crate) struct StatisticsPage {
    lang: Lang,
    frame: Frame,
    from: String,
    to: String,
    /// The period of all figures, in words.
    period: String,
    wrong: Option<&'static str>,
    figures: Vec<(&'static str, String)>,
    chart: Option<Chart>,
    kinds: Vec<(&'static str, i64, String, i64, i64)>,
    emails: Vec<(EmailFigures, [String; 4])>,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Page<StatisticsPage>, Notice> {
    let lang = signed.lang;
    let fail = |error: &dyn std::error::Error| Notice::failed(lang, error);
    let zone = texts::default_zone();
    let today = app.commands.now().to_zoned(zone.clone()).date();
    let (period, wrong) = period(&asked, today, lang);
    let interval = period.interval(&zone);
    let figures = statistics::statistics(&app.db, interval).await.map_err(|e| fail(&e))?;
    let days = statistics::by_day(&app.db, interval, &zone).await.map_err(|e| fail(&e))?;
    let emails = emails::figures(&app.db, interval, &zone).await.map_err(|error| fail(&error))?;
    let written = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    Ok(Page::new(StatisticsPage {
        lang,
        frame: Frame::new(&signed, "/admin/statistics", ""),
        from: written(period.from),
        to: written(period.to),
        period: period_in_words(&period, lang),
        wrong,
        kinds: kinds(&figures, lang),
        figures: in_words(&figures, lang),
        chart: Chart::new(&days, period.from, period.to, lang),
        emails: emails.into_iter().map(|day| rates(day, lang)).collect(),
    }))
}

/// The period that is asked for, and what is wrong with it: then it is the last thirty days.
fn period(asked: &Asked, today: Date, lang: Lang) -> (Period, Option<&'static str>) {
    let usual = Period { from: today.checked_sub((DAYS - 1).days()).ok(), to: Some(today) };
    if asked.from.is_none() && asked.to.is_none() {
        return (usual, None);
    }
    let read = |text: &Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => date(text).map(Some),
    };
    match (read(&asked.from), read(&asked.to)) {
        (Ok(Some(from)), Ok(Some(to))) if from > to => {
            let wrong = lang.t("admin-figures-period-ends-before-it-begins-these");
            (usual, Some(wrong))
        }
        (Ok(from), Ok(to)) => (Period { from, to }, None),
        _ => {
            let wrong = lang.t("admin-figures-date-written-20-11-2026-or");
            (usual, Some(wrong))
        }
    }
}

fn period_in_words(period: &Period, lang: Lang) -> String {
    let day = |day: Date| texts::day(day, lang.0);
    match (period.from, period.to) {
        (None, None) => lang.t("admin-figures-since-beginning").to_owned(),
        (Some(from), None) => lang.with("admin-figures-since-day", ("day", &day(from))),
        (None, Some(to)) => lang.with("admin-figures-until-day", ("day", &day(to))),
        (Some(from), Some(to)) if from == to => {
            lang.with("admin-figures-on-day", ("day", &day(from)))
        }
        (Some(from), Some(to)) => {
            lang.with("admin-figures-from-day-to-day", (("from", &day(from)), ("to", &day(to))))
        }
    }
}

/// With the sign that the language sets before the decimals.
fn decimal(number: f64, decimals: usize, lang: Lang) -> String {
    format!("{number:.decimals$}").replace('.', lang.t("admin-figures-decimal-mark"))
}

fn percent(share: f64, lang: Lang) -> String {
    lang.with("admin-figures-percent", ("number", &decimal(share * 100.0, 1, lang)))
}

fn in_words(figures: &Statistics, lang: Lang) -> Vec<(&'static str, String)> {
    vec![
        (lang.t("admin-figures-applications-candidatures"), figures.applications.to_string()),
        (lang.t("admin-figures-candidates"), figures.candidates.to_string()),
        (
            lang.t("admin-figures-applications-per-candidate"),
            decimal(figures.applications_per_candidate, 2, lang),
        ),
        (lang.t("admin-figures-employers-that-received-one"), figures.employers.to_string()),
        (lang.t("admin-figures-answers"), figures.answers.to_string()),
        (lang.t("admin-figures-answer-rate"), percent(figures.answer_rate, lang)),
        (lang.t("admin-figures-employers-that-answered"), figures.employers_answering.to_string()),
        (lang.t("admin-figures-candidates-answered"), figures.candidates_answered.to_string()),
    ]
}

fn kinds(figures: &Statistics, lang: Lang) -> Vec<(&'static str, i64, String, i64, i64)> {
    let kinds = figures.kinds.iter().map(|kind| {
        let name = texts::answer_kind(kind.kind, lang.0);
        (name, kind.answers, percent(kind.share, lang), kind.employers, kind.candidates)
    });
    kinds.collect()
}

/// Of the e-mails that left: delivered, opened, bounced or blocked, called spam.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn rates(day: EmailFigures, lang: Lang) -> (EmailFigures, [String; 4]) {
    let of = |number: i64| percent(number as f64 / day.sent.max(1) as f64, lang);
    let rates = [of(day.delivered), of(day.opened), of(day.bounced + day.blocked), of(day.spam)];
    (day, rates)
}
