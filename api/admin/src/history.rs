//! The history of one application, played again for auditors: each event, and how things stood then.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use commands::replay::{AsOf, Replay};
use domain::dates;
use event_store::Position;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use super::application::operators;
use super::case_file::{CaseFileError, case_file};
use super::frame::Frame;
use super::operator::CurrentOperator;
use super::steps::{self, Shown};
use web::Failure;
use web::app::App;
use web::download::disposition;
use web::lang::Lang;
use web::page::{Notice, Page};

/// As of when, as the forms send it: a date and a time in UTC, or a position of the log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    date: String,
    time: String,
    position: String,
}

#[derive(Template)]
#[template(path = "history.html")]
pub(crate) struct HistoryPage {
    lang: Lang,
    frame: Frame,
    id: Uuid,
    candidate: String,
    job: String,
    asked: Asked,
    /// What is wrong with the date or the time, and with the position.
    wrong: [String; 2],
    /// As of when, in words; empty where the whole history is shown.
    as_of: String,
    steps: Vec<Shown>,
    later: usize,
    status: &'static str,
    status_name: &'static str,
    state: String,
}

/// When that was. Without a time, the whole day counts.
fn as_of(asked: &Asked, lang: Lang) -> Result<AsOf, [String; 2]> {
    let position = asked.position.trim();
    if !position.is_empty() {
        let position = position.parse().ok().filter(|position: &i64| *position > 0);
        let wrong = lang.t("admin-applications-give-whole-number-1-or-more");
        let position = position.ok_or_else(|| [String::new(), wrong.to_owned()])?;
        return Ok(AsOf::Position(Position::new(position)));
    }
    let (date, time) = (asked.date.trim(), asked.time.trim());
    if date.is_empty() && time.is_empty() {
        return Ok(AsOf::End);
    }
    let wrong = |text: &str| [text.to_owned(), String::new()];
    let date = dates::date(date).map_err(|_| wrong(lang.t("admin-applications-give-date")))?;
    let time = match time {
        "" => Time::MAX,
        time => dates::time(time).map_err(|_| wrong(lang.t("admin-applications-give-time")))?,
    };
    let zoned = date.to_datetime(time).to_zoned(TimeZone::UTC);
    let zoned = zoned.map_err(|_| wrong(lang.t("admin-applications-give-date")))?;
    Ok(AsOf::Time(zoned.timestamp()))
}

fn in_words(as_of: AsOf, lang: Lang) -> String {
    match as_of {
        AsOf::End => String::new(),
        AsOf::Time(at) => lang.with("admin-applications-as-of-time", ("time", &steps::moment(at))),
        AsOf::Position(position) => {
            let position = position.to_string();
            lang.with("admin-applications-when-log-ended-at", ("position", &position))
        }
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Page<HistoryPage>, Failure> {
    let lang = signed.lang;
    let history = app.commands.applications().find(id).await?;
    let application = history.state.known().map_err(|_| Notice::not_found(lang))?;
    let submission = &application.submission;
    let candidate = submission.candidate.full_name().reveal().clone();
    let job = submission.job.to_string();
    let names = operators(&app).await?;
    // What was not understood shows nothing, so that nobody takes it for the answer.
    let (as_of, wrong) = match as_of(&asked, lang) {
        Ok(as_of) => (as_of, <[String; 2]>::default()),
        Err(wrong) => (AsOf::Position(Position::START), wrong),
    };
    let is_wrong = wrong.iter().any(|wrong| !wrong.is_empty());
    let replay = Replay::of(history, as_of);
    let status = replay.status();
    Ok(Page::new(HistoryPage {
        lang,
        frame: Frame::new(&signed, "/admin/audit", ""),
        id,
        candidate,
        job,
        as_of: if is_wrong { String::new() } else { in_words(as_of, lang) },
        steps: steps::shown(&replay, &names, lang),
        later: if is_wrong { 0 } else { replay.later },
        status,
        status_name: steps::status_name(status, lang),
        state: serde_json::to_string_pretty(&replay.state).map_err(Failure::of)?,
        asked,
        wrong,
    }))
}

impl HistoryPage {
    fn is_wrong(&self) -> bool {
        self.wrong.iter().any(|wrong| !wrong.is_empty())
    }
}

/// The case file, to be downloaded.
pub(crate) async fn file(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let file = case_file(&app.commands, id, app.audit.as_ref(), lang.0).await;
    let file = file.map_err(|error| match error {
        CaseFileError::Unknown(_) => Notice::not_found(lang).into(),
        error => Failure::of(error),
    })?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, disposition(&format!("postulo-{id}-case-file.zip"))),
    ];
    Ok((headers, file).into_response())
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    fn read(date: &str, time: &str, position: &str) -> Result<AsOf, [String; 2]> {
        let [date, time, position] = [date, time, position].map(str::to_owned);
        as_of(&Asked { date, time, position }, Lang(Language::En))
    }

    #[test]
    fn a_time_is_exact_and_a_day_alone_is_the_whole_day() {
        let time = |text: &str| Ok(AsOf::Time(text.parse().unwrap()));
        assert_eq!(read("", "", ""), Ok(AsOf::End));
        assert_eq!(read("2026-11-20", "09:30", ""), time("2026-11-20T09:30:00Z"));
        assert_eq!(read("2026-11-20", "09:30:05.25", ""), time("2026-11-20T09:30:05.25Z"));
        assert_eq!(read("2026-11-20", "", ""), time("2026-11-20T23:59:59.999999999Z"));
        assert_eq!(read("2026-11-20", "", "7"), Ok(AsOf::Position(Position::new(7))));
    }

    #[test]
    fn what_is_no_time_and_no_position_is_told() {
        assert!(read("", "09:30", "").is_err_and(|[time, _]| !time.is_empty()));
        assert!(read("20/11/2026", "14 h 30", "").is_ok(), "as people type it");
        assert!(read("31/11/2026", "", "").is_err_and(|[time, _]| !time.is_empty()));
        assert!(read("2026-11-20", "half past", "").is_err_and(|[time, _]| !time.is_empty()));
        for position in ["0", "-1", "one", "99999999999999999999"] {
            assert!(read("", "", position).is_err_and(|[_, position]| !position.is_empty()));
        }
    }
}
