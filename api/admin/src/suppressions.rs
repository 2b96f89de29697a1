//! The suppression list: why nothing is sent to an address, until when; lift, add.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use commands::CommandError;
use domain::suppression::SuppressionReason;
use domain::{EmailAddress, suppression::SuppressionRefusal};
use event_store::Position;
use jiff::SignedDuration;
use projections::suppressions;
use serde::Deserialize;

use super::frame::{Frame, distance, time};
use super::operator::CurrentOperator;
use super::requests::wrong;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

const PAGE: u32 = 50;
/// The longest that an operator may put an address on the list, in days.
const MOST_DAYS: u32 = 3650;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    address: String,
    before: Option<i64>,
    done: String,
}

#[derive(Template)]
#[template(path = "suppressions.html")]
pub(crate) struct Suppressions {
    lang: Lang,
    frame: Frame,
    address: String,
    rows: Vec<Row>,
    next: Option<i64>,
}

struct Row {
    /// As the form that lifts it sends it.
    address: String,
    /// The same for readers.
    readable: String,
    reason: &'static str,
    since: String,
    until: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<Suppressions>, Failure> {
    let lang = signed.lang;
    let now = app.commands.now();
    let address = Some(asked.address.trim()).filter(|address| !address.is_empty());
    let before = asked.before.map(Position::new);
    let mut rows =
        suppressions::in_force(app.commands.log(), now, address, before, PAGE + 1).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more).map(|row| row.last_position.get());
    let rows = rows.into_iter().map(|row| Row {
        readable: readable(row.address.reveal()),
        address: row.address.reveal().clone(),
        reason: reason(&row.reason, lang),
        since: time(row.since),
        until: format!("{} ({})", time(row.until), distance(row.until, now, lang)),
    });
    Ok(Page::new(Suppressions {
        lang,
        frame: Frame::new(&signed, "/admin/suppressions", &asked.done),
        rows: rows.collect(),
        address: asked.address,
        next,
    }))
}

pub(super) fn reason(reason: &str, lang: Lang) -> &'static str {
    match reason {
        "spam" => lang.t("admin-people-its-owner-called-one-our-emails"),
        "blocked" => lang.t("admin-people-mail-provider-passes-nothing-on-to"),
        "bounced" => lang.t("admin-people-email-came-back-address-does-not"),
        _ => lang.t("admin-people-operator-put-it-on-list"),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    address: String,
    days: String,
}

fn address(text: &str, lang: Lang) -> Result<EmailAddress, Notice> {
    text.trim().parse().map_err(|invalid| wrong(lang, &texts::invalid(&invalid, lang.0)))
}

/// Puts an address on the list.
pub(crate) async fn add(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let address = address(&fields.address, lang)?;
    let days = fields.days.trim().parse::<u32>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    let days = days.ok_or_else(|| {
        let why = lang.t("admin-people-give-1-to-3650-days");
        wrong(lang, why)
    })?;
    let until = app.commands.now() + SignedDuration::from_hours(24 * i64::from(days));
    let reason = SuppressionReason::Operator;
    let in_force =
        app.commands.suppressions().suppress(&address, reason, until, &signed.cause()).await?;
    if in_force > until {
        let longer =
            lang.with("admin-people-this-address-on-list-for-longer", ("time", &time(in_force)));
        return Err(wrong(lang, &longer).into());
    }
    seen(&app).await;
    Ok(Redirect::to("/admin/suppressions?done=suppressed").into_response())
}

/// Takes an address off the list.
pub(crate) async fn lift(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    // The list shows an address as it was taken, which the door may have taken otherwise once.
    let listed = EmailAddress::try_from(fields.address.trim().to_owned());
    let address = listed.or_else(|_| address(&fields.address, lang))?;
    match app.commands.suppressions().lift(&address, &signed.cause()).await {
        Ok(()) => {
            seen(&app).await;
            Ok(Redirect::to("/admin/suppressions?done=lifted").into_response())
        }
        Err(CommandError::Refused(SuppressionRefusal::NotSuppressed)) => {
            Err(wrong(lang, lang.t("admin-people-this-address-not-on-list")).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits for the list to show what was done, for a moment.
pub(super) async fn seen(app: &App) {
    if let Ok(head) = app.commands.log().head().await {
        (app.caught_up)(head, std::time::Duration::from_secs(2)).await;
    }
}
