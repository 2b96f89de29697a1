//! "For you": the open offers that fit, the best first, each with its reasons.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::State;
use domain::offer::NO_CITY;
use projections::space::Ranked;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::Page;

use super::card::{day, local_day};
use crate::recommendations::{about_cv, fitting};

/// Offers of the page.
const SHOWN: usize = 30;

/// An offer that fits.
struct Line {
    id: uuid::Uuid,
    title: String,
    facts: String,
    score: String,
    reasons: Vec<String>,
}

impl Line {
    fn of(ranked: Ranked, lang: Lang) -> Self {
        let Ranked { row, fit } = ranked;
        let since = day(local_day(row.posted_at.unwrap_or(row.created_at)), lang);
        let city = Some(row.city).filter(|city| city != NO_CITY);
        let facts: Vec<_> = [Some(row.company), city, Some(since)].into_iter().flatten().collect();
        Self {
            id: row.id,
            title: row.title,
            facts: facts.join(" · "),
            score: texts::match_score(&fit, lang.0),
            reasons: texts::match_reasons(&fit, lang.0),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/recommended.html")]
struct Recommended {
    lang: Lang,
    frame: Workplace,
    lines: Vec<Line>,
    says_something: bool,
    about_cv: &'static str,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let fitting = fitting(&app, signed.account.id, SHOWN).await?;
    Ok(Page::new(Recommended {
        lang,
        frame: accounts::frame(&signed, "/me/for-you", ""),
        lines: fitting.offers.into_iter().map(|ranked| Line::of(ranked, lang)).collect(),
        says_something: fitting.says_something,
        about_cv: about_cv(fitting.cv, lang),
    }))
}
