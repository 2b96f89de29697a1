//! The check for programs, as the older service answered it.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use projections::permits::day_in_paris;
use projections::permits::files::ToldPermit;
use serde::Serialize;
use web::App;
use web::networks::Network;
use web::problem::{Kind, Problem, WrongField};

use super::{Look, look, number};
use crate::openapi::{CheckProblems, CheckedPermit};

/// The answer: a permit that holds, or nothing.
#[derive(Serialize)]
struct Checked<'a> {
    status: &'static str,
    data: Vec<ToldPermit<'a>>,
}

/// Check a permit
///
/// Whether the permit of this number and this date of birth holds today, in Europe/Paris: through its last
/// day. An unknown number, another date and a permit that is over look alike. Names are masked: their
/// second letters and spaces stay. A network may ask 20 times a minute; after ten wrong dates for a number
/// on a day, every date is refused until midnight, also for numbers that are nobody's.
#[utoipa::path(
    get,
    path = "/api/v1/apt_validity_check/{ds_id}/{date}",
    operation_id = "checkPermit",
    tag = "permits",
    params(
        ("ds_id" = inline(crate::openapi::Digits), Path, description = "The number of the dossier."),
        ("date" = inline(crate::openapi::Day), Path, description = "The date of birth, such as 1998-12-20."),
    ),
    responses(
        (status = 200, description = "Whether it holds", body = CheckedPermit),
        CheckProblems,
    ),
    security(())
)]
pub(crate) async fn answer(
    State(app): State<App>,
    network: Network,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let (ds_id, date) = path.map(|Path(parts)| parts).unwrap_or_default();
    let (number, date) = match (number(&ds_id), written_day(&date)) {
        (Some(number), Some(date)) => (number, date),
        (number, date) => return unreadable(number.is_none(), date.is_none()).into_response(),
    };
    match look(&app, network, number, date).await {
        Ok(Look::Holds(row)) => {
            let day = day_in_paris(app.commands.now());
            Json(Checked { status: "valid", data: vec![row.told(day)] }).into_response()
        }
        Ok(Look::Nothing) => Json(Checked { status: "invalid", data: vec![] }).into_response(),
        Ok(Look::TooOften(seconds)) => {
            let why = "Too many checks came from your network. Wait as long as Retry-After says.";
            refused(why, seconds)
        }
        Ok(Look::UsedUp(seconds)) => {
            let why = "Too many dates were tried for this number today. Try again tomorrow, or open the link on the permit's slip.";
            refused(why, seconds)
        }
        Err(error) => Problem::unavailable(&error).into_response(),
    }
}

/// A day as the address has it, `1998-12-20`; within it `None` where no calendar has such a day.
#[expect(clippy::option_option, reason = "it may be no date at all, or one that never was")]
fn written_day(text: &str) -> Option<Option<Date>> {
    let is_digit = |at: usize, byte: u8| {
        if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    let is_day = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| is_digit(at, byte));
    is_day.then(|| text.parse().ok())
}

fn unreadable(number: bool, date: bool) -> Problem {
    let mut wrong = vec![];
    if number {
        wrong.push(WrongField::new(
            "ds_id",
            "digits",
            "ds_id is the dossier's number: digits alone.",
        ));
    }
    if date {
        wrong.push(WrongField::new(
            "date",
            "date",
            "date is the date of birth, as year, month and day: 1998-12-20.",
        ));
    }
    Problem::parameters(wrong)
}

fn refused(why: &str, seconds: u64) -> Response {
    let headers = [(header::RETRY_AFTER, seconds.to_string())];
    (headers, Problem::new(Kind::TooManyRequests, why)).into_response()
}
