//! What the lists of dossiers tell, in words.

use domain::permit::{DossierState, Field};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::permits::PermitRow;
use web::lang::Lang;

/// A dossier in a list.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) state: &'static str,
    pub(super) state_name: &'static str,
    /// The month in which it was handed in, where that is another than that of the row before.
    pub(super) month: String,
    pub(super) created: String,
    pub(super) department: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) expiry: String,
    pub(super) nationality: String,
    pub(super) name: String,
    pub(super) employer: String,
    pub(super) followers: i64,
}

impl Row {
    fn new(row: PermitRow, lang: Lang) -> Self {
        Self {
            number: row.number(),
            state: row.state.as_str(),
            state_name: state(row.state, lang),
            month: String::new(),
            created: created(row.created_at),
            name: row.name().reveal().clone(),
            department: row.department.unwrap_or_default(),
            from: row.valid_from.map(day).unwrap_or_default(),
            to: row.valid_to.map(day).unwrap_or_default(),
            expiry: row.title_expires.map(day).unwrap_or_default(),
            nationality: row.nationality.unwrap_or_default(),
            employer: row.employer.unwrap_or_default(),
            followers: row.followers,
            id: row.id,
        }
    }
}

/// The rows of a page, with the months in which they were handed in above them.
pub(super) fn rows_by_month(rows: Vec<PermitRow>, lang: Lang) -> Vec<Row> {
    let mut last = String::new();
    let mut shown = vec![];
    for row in rows {
        let month = month(row.created_at, lang);
        let mut row = Row::new(row, lang);
        if month != last {
            row.month.clone_from(&month);
            last = month;
        }
        shown.push(row);
    }
    shown
}

/// The rows of a page in another order.
pub(super) fn rows(rows: Vec<PermitRow>, lang: Lang) -> Vec<Row> {
    rows.into_iter().map(|row| Row::new(row, lang)).collect()
}

/// What a state is called.
pub(super) fn state(state: DossierState, lang: Lang) -> &'static str {
    match state {
        DossierState::Draft => lang.t("admin-permits-draft"),
        DossierState::Initiated => lang.t("admin-permits-initiated"),
        DossierState::Received => lang.t("admin-permits-received"),
        DossierState::Closed => lang.t("admin-permits-closed"),
        DossierState::Refused => lang.t("admin-permits-refused"),
        DossierState::WithoutContinuation => lang.t("admin-permits-without-continuation"),
    }
}

/// The states, to choose from.
pub(super) fn states(lang: Lang) -> Vec<(&'static str, &'static str)> {
    DossierState::ALL.map(|it| (it.as_str(), state(it, lang))).to_vec()
}

/// When a dossier was handed in, in Paris.
pub(super) fn created(at: Timestamp) -> String {
    at.to_zoned(texts::default_zone()).strftime("%d/%m/%Y %H:%M").to_string()
}

/// A day as French forms have it.
pub(super) fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn month(at: Timestamp, lang: Lang) -> String {
    let day = at.to_zoned(texts::default_zone()).date();
    texts::month(day, lang.0)
}

/// A field of a form, as pages show it.
pub(super) struct Line {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) unreadable: bool,
    /// Whether the form does not have it.
    pub(super) absent: bool,
}

impl Line {
    /// What a form says under a label; a day as French forms have it.
    pub(super) fn of(label: String, field: &Field) -> Self {
        let text = field.date().map_or_else(|| field.text().to_owned(), day);
        Self { label, text, unreadable: field.unreadable, absent: false }
    }

    /// A field that the form does not have.
    pub(super) const fn absent(label: String) -> Self {
        Self { label, text: String::new(), unreadable: false, absent: true }
    }
}
