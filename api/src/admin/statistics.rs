//! Figures: of a period, and of e-mails by day and platform.

use askama::Template;
use axum::extract::{Query, State};
use domain::dates::date;
use event_store::Period;
use jiff::SignedDuration;
use projections::emails::{self, EmailFigures};
use projections::statistics::{self, Statistics};
use serde::Deserialize;

use super::frame::Frame;
use super::guard::Signed;
use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "admin/statistics.html")]
pub(crate) struct StatisticsPage {
    lang: Lang,
    frame: Frame,
    asked: Asked,
    figures: Vec<(&'static str, String)>,
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
    let log = app.commands.log();
    let period = Period { from: date(&asked.from).ok(), to: date(&asked.to).ok() };
    let zone = texts::default_zone();
    let (from, end) = period.moments(&zone);
    let (after, up_to) = period.stretch(log, &zone).await.map_err(|error| fail(&error))?;
    let figures = statistics::statistics(&app.db, after, up_to).await.map_err(|e| fail(&e))?;
    // E-mails by day are many: the last thirty days, unless a period is asked for.
    let end = end.unwrap_or_else(|| app.commands.now() + SignedDuration::from_hours(24));
    let from = from.unwrap_or(end - SignedDuration::from_hours(31 * 24));
    let emails = emails::figures(&app.db, from, end).await.map_err(|error| fail(&error))?;
    Ok(Page::new(StatisticsPage {
        lang,
        frame: Frame::new(&signed, "/admin/statistics", ""),
        kinds: kinds(&figures, lang),
        figures: in_words(&figures, lang),
        emails: emails.into_iter().map(rates).collect(),
        asked,
    }))
}

fn percent(share: f64) -> String {
    format!("{:.1}\u{a0}%", share * 100.0)
}

fn in_words(figures: &Statistics, lang: Lang) -> Vec<(&'static str, String)> {
    vec![
        (lang.say("Candidatures", "Applications"), figures.applications.to_string()),
        (lang.say("Candidats", "Candidates"), figures.candidates.to_string()),
        (
            lang.say("Candidatures par candidat", "Applications per candidate"),
            format!("{:.2}", figures.applications_per_candidate),
        ),
        (
            lang.say("Employeurs qui en ont reçu", "Employers that received one"),
            figures.employers.to_string(),
        ),
        (lang.say("Réponses", "Answers"), figures.answers.to_string()),
        (lang.say("Taux de réponse", "Answer rate"), percent(figures.answer_rate)),
        (
            lang.say("Employeurs qui ont répondu", "Employers that answered"),
            figures.employers_answering.to_string(),
        ),
        (
            lang.say("Candidats qui ont une réponse", "Candidates answered"),
            figures.candidates_answered.to_string(),
        ),
    ]
}

fn kinds(figures: &Statistics, lang: Lang) -> Vec<(&'static str, i64, String, i64, i64)> {
    let kinds = figures.kinds.iter().map(|kind| {
        let name = texts::answer_kind(kind.kind, lang.0);
        (name, kind.answers, percent(kind.share), kind.employers, kind.candidates)
    });
    kinds.collect()
}

/// Of the e-mails that left: delivered, opened, bounced or blocked, called spam.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn rates(day: EmailFigures) -> (EmailFigures, [String; 4]) {
    let of = |number: i64| percent(number as f64 / day.sent.max(1) as f64);
    let rates = [of(day.delivered), of(day.opened), of(day.bounced + day.blocked), of(day.spam)];
    (day, rates)
}
