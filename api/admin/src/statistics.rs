//! Figures of a period: in all, by day, by kind of answer, by how soon, and of e-mails by platform.

use askama::Template;
use axum::extract::{Query, State};
use domain::dates::date;
use event_store::Period;
use jiff::ToSpan as _;
use jiff::civil::Date;
use projections::emails::EmailFigures;
use projections::statistics::{self, Statistics, TimeToAnswer};
use serde::Deserialize;

use super::activity::{Activity, in_words, usual};
use super::chart::{Days, Rank, Ranks};
use super::frame::Frame;
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

/// How long applications waited for an answer: hours from, and before.
const WAITS: [(i64, i64); 6] = [
    (0, 24),
    (24, 3 * 24),
    (3 * 24, 7 * 24),
    (7 * 24, 14 * 24),
    (14 * 24, 28 * 24),
    (28 * 24, i64::MAX),
];

/// A period, as the form names it. Without either field it is the last thirty days; an empty one has
/// no bound on that side.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "statistics.html")]
pub(crate) struct StatisticsPage {
    lang: Lang,
    frame: Frame,
    from: String,
    to: String,
    /// The period of all figures, in words.
    period: String,
    wrong: Option<&'static str>,
    figures: Vec<(&'static str, String)>,
    /// Periods to choose, with the days on which they begin and end; empty without a bound.
    periods: Vec<(&'static str, String, String)>,
    /// Over time.
    charts: Vec<Days>,
    answers_by_kind: Ranks,
    time_to_answer: Ranks,
    kinds: Vec<(&'static str, i64, String, i64, i64)>,
    emails: Vec<(EmailFigures, [String; 4])>,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<StatisticsPage>, Failure> {
    let lang = signed.lang;
    let zone = texts::default_zone();
    let today = app.commands.now().to_zoned(zone.clone()).date();
    let (period, wrong) = period(&asked, today, lang);
    let interval = period.interval(&zone);
    let figures = statistics::statistics(&app.db, interval).await?;
    let waited = statistics::time_to_answer(&app.db, interval).await?;
    let activity = Activity::load(&app.db, period).await?;
    let written = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    Ok(Page::new(StatisticsPage {
        lang,
        frame: Frame::new(&signed, "/admin/statistics", ""),
        from: written(period.from),
        to: written(period.to),
        period: in_words(&period, lang),
        periods: periods(today, lang),
        wrong,
        kinds: kinds(&figures, lang),
        charts: activity.charts(lang),
        answers_by_kind: answers_by_kind(&figures, lang),
        time_to_answer: time_to_answer(&waited, figures.applications, lang),
        figures: figures_in_words(&figures, lang),
        emails: activity.emails.into_iter().map(|day| rates(day, lang)).collect(),
    }))
}

/// The period that is asked for, and what is wrong with it: then it is the last thirty days.
fn period(asked: &Asked, today: Date, lang: Lang) -> (Period, Option<&'static str>) {
    let usual = usual(today);
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

/// Periods that are asked for often.
fn periods(today: Date, lang: Lang) -> Vec<(&'static str, String, String)> {
    let ending_today = |days: i64| {
        let from = today.checked_sub((days - 1).days()).unwrap_or(today);
        (from.to_string(), today.to_string())
    };
    let (day, week) = (ending_today(1), ending_today(7));
    let (month, year) = (ending_today(30), ending_today(365));
    vec![
        (lang.t("admin-figures-today"), day.0, day.1),
        (lang.t("admin-figures-7-days"), week.0, week.1),
        (lang.t("admin-figures-30-days"), month.0, month.1),
        (lang.t("admin-figures-year"), year.0, year.1),
        (lang.t("admin-figures-since-beginning"), String::new(), String::new()),
    ]
}

fn answers_by_kind(figures: &Statistics, lang: Lang) -> Ranks {
    let title = lang.t("admin-figures-answers-by-kind");
    let ranks = figures.kinds.iter().map(|kind| {
        let name = texts::answer_kind(kind.kind, lang.0);
        Rank::new(name, kind.answers, percent(kind.share, lang))
    });
    let about = ("chart-kinds", title, lang.t("admin-figures-kind"));
    let sum = (lang.t("admin-figures-answers"), figures.answers.to_string());
    Ranks::new(lang, about, ranks.collect(), vec![sum]).with_table()
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn time_to_answer(waited: &TimeToAnswer, applications: i64, lang: Lang) -> Ranks {
    let answered = waited.answered();
    let names = [
        lang.t("admin-figures-under-day"),
        lang.t("admin-figures-1-to-3-days"),
        lang.t("admin-figures-3-to-7-days"),
        lang.t("admin-figures-1-to-2-weeks"),
        lang.t("admin-figures-2-to-4-weeks"),
        lang.t("admin-figures-4-weeks-or-more"),
    ];
    let ranks = names.into_iter().zip(WAITS).map(|(name, (from, before))| {
        let number = waited.between(from, before);
        Rank::new(name, number, percent(number as f64 / answered.max(1) as f64, lang))
    });
    let title = lang.t("admin-figures-time-to-first-answer");
    let about = ("chart-waits", title, lang.t("admin-figures-time"));
    let mut notes = vec![];
    if let Some(hours) = waited.median() {
        notes.push((lang.t("admin-figures-median"), wait(hours, lang)));
    }
    notes.push((lang.t("admin-figures-applications-answered"), answered.to_string()));
    let without = applications - answered;
    notes.push((lang.t("admin-figures-without-answer-by-now"), without.to_string()));
    Ranks::new(lang, about, ranks.collect(), notes)
}

/// A wait in one unit: hours up to two days, days beyond.
#[expect(clippy::cast_precision_loss, reason = "a number for people")]
fn wait(hours: i64, lang: Lang) -> String {
    match hours {
        0 => lang.t("admin-figures-under-hour").to_owned(),
        ..48 => format!("{hours}\u{a0}h"),
        _ => lang.with("admin-figures-days-d", ("days", &decimal(hours as f64 / 24.0, 1, lang))),
    }
}

/// With the sign that the language sets before the decimals.
fn decimal(number: f64, decimals: usize, lang: Lang) -> String {
    format!("{number:.decimals$}").replace('.', lang.t("admin-figures-decimal-mark"))
}

fn percent(share: f64, lang: Lang) -> String {
    lang.with("admin-figures-percent", ("number", &decimal(share * 100.0, 1, lang)))
}

fn figures_in_words(figures: &Statistics, lang: Lang) -> Vec<(&'static str, String)> {
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
