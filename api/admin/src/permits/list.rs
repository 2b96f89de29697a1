//! The list of dossiers.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use event_store::Period;
use jiff::ToSpan as _;
use jiff::civil::Date;
use projections::permits::{self, Expiring, Filter, day_in_paris};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::told::{Row, rows_by_month, states};
use super::within;
use crate::frame::Frame;
use crate::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

/// Dossiers of a page.
pub(super) const PAGE: u32 = 100;

/// Which dossiers, as the form asks for them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    text: String,
    state: String,
    department: String,
    expiring: String,
    month: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "permits/list.html")]
struct Dossiers {
    lang: Lang,
    frame: Frame,
    asked: Asked,
    states: Vec<(&'static str, &'static str)>,
    departments: Vec<String>,
    expiring: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    next: String,
    /// The same filter, for the files.
    query: String,
    limited_to: String,
}

/// Which last days `expiring` means, seen from today.
fn last_days(expiring: &str, today: Date) -> Option<Expiring> {
    let ahead = |days: i64| today.saturating_add(days.days());
    Some(match expiring {
        "30" => Expiring { from: today, to: ahead(30) },
        "90" => Expiring { from: today, to: ahead(90) },
        "over" => Expiring { from: Date::MIN, to: today.yesterday().unwrap_or(today) },
        _ => return None,
    })
}

/// The first and the last day of a month such as `2026-11`.
fn month(text: &str) -> Option<Period> {
    let first: Date = format!("{}-01", text.trim()).parse().ok()?;
    Some(Period { from: Some(first), to: Some(first.last_of_month()) })
}

impl Asked {
    /// What the read model is asked for.
    pub(super) fn filter(&self, signed: &CurrentOperator, today: Date) -> Filter {
        Filter {
            text: self.text.clone(),
            state: self.state.parse().ok(),
            department: Some(self.department.clone()).filter(|it| !it.is_empty()),
            within: within(signed),
            expiring: last_days(&self.expiring, today),
            created: month(&self.month).map(|month| month.interval(&texts::default_zone())),
            cursor: self.cursor.parse().ok(),
        }
    }

    /// The same from another place on, as a query.
    fn query(&self, cursor: &str) -> String {
        let fields = [
            ("text", self.text.as_str()),
            ("state", &self.state),
            ("department", &self.department),
            ("expiring", &self.expiring),
            ("month", &self.month),
            ("cursor", cursor),
        ];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        Serializer::new(String::new()).extend_pairs(fields).finish()
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (lang, log) = (signed.lang, app.commands.log());
    let filter = asked.filter(&signed, day_in_paris(app.commands.now()));
    let found = permits::list(log, &filter, PAGE).await?;
    // A number leads to its dossier at once.
    let is_number = !asked.text.is_empty() && asked.text.bytes().all(|it| it.is_ascii_digit());
    if let ([only], true, None) = (found.items.as_slice(), is_number, &filter.cursor) {
        return Ok(Redirect::to(&format!("/admin/permits/{}", only.id)).into_response());
    }
    let mut departments = permits::departments(log).await?;
    if !filter.within.is_empty() {
        departments.retain(|number| filter.within.contains(number));
    }
    let next = found.next.map(|cursor| asked.query(&cursor.to_string()));
    let page = Dossiers {
        lang,
        frame: Frame::new(&signed, "/admin/permits", ""),
        states: states(lang),
        departments,
        expiring: vec![
            ("30", lang.t("admin-permits-within-30-days")),
            ("90", lang.t("admin-permits-within-90-days")),
            ("over", lang.t("admin-permits-over-already")),
        ],
        rows: rows_by_month(found.items, lang),
        next: next.map(|query| format!("/admin/permits?{query}")).unwrap_or_default(),
        query: asked.query(""),
        limited_to: filter.within.join(", "),
        asked,
    };
    Ok(Page::new(page).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_month_is_all_of_its_days() {
        let period = Period { from: Some(date(2028, 2, 1)), to: Some(date(2028, 2, 29)) };
        assert_eq!(month("2028-02"), Some(period));
        for text in ["", "2026", "2026-13", "11/2026"] {
            assert_eq!(month(text), None, "{text}");
        }
    }

    #[test]
    fn a_permit_that_ends_today_is_not_over() {
        let today = date(2026, 11, 27);
        let over = last_days("over", today).unwrap();
        assert!(over.to < today);
        assert_eq!(last_days("30", today), Some(Expiring { from: today, to: date(2026, 12, 27) }));
        assert_eq!(last_days("", today), None);
    }
}
