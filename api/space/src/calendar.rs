//! The calendar of tasks with due dates and of interviews, under a secret address that its owner makes and revokes.
//! Whoever knows the address reads it; an address that is none any more says nothing of whose it was.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::space::{DayOrTime, TaskStatus};
use jiff::{SignedDuration, Timestamp};
use projections::space::{Whose, dated_tasks, interviews};
use serde::Deserialize;
use texts::{FeedEntry, FeedTime};
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{Notice, Page};

use crate::not_modified;
use crate::pages::Done;

/// A calendar has so many tasks at most: what is coming before what is overdue.
const MOST: u32 = 1000;
/// What is due today is coming, wherever its owner is.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long a task is taken to last that is due at a time.
const A_TASK: SignedDuration = SignedDuration::from_mins(30);
/// How long an interview is taken to last: nobody is asked.
const AN_INTERVIEW: SignedDuration = SignedDuration::from_hours(1);

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    lang: Lang,
    frame: Workplace,
    /// Whether there is an address.
    exists: bool,
    /// The address, where it was made just now; else empty.
    address: String,
}

fn shown(signed: &CurrentUser, exists: bool, address: String, done: &Done) -> CalendarPage {
    let lang = signed.lang;
    let mut frame = accounts::frame(signed, "/me/tasks", "");
    done.tell(&mut frame, "/me/tasks", lang);
    CalendarPage { lang, frame, exists, address }
}

/// The page where the address is made and revoked.
pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let exists = app.commands.space().has_calendar(signed.account.id).await?;
    Ok(Page::new(shown(&signed, exists, String::new(), &done)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    what: String,
}

/// Makes the address, and shows it once; or revokes it.
pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Fields { what }) = fields.map_err(|_| Notice::impossible_form(signed.lang))?;
    let (space, owner) = (app.commands.space(), signed.account.id);
    if what == "revoke" {
        space.revoke_calendar(owner).await?;
        return Ok(Redirect::to("/me/tasks/calendar?done=calendar-revoked").into_response());
    }
    let secret = space.make_calendar(owner).await?;
    let path = format!("me/calendar/{}.ics", secret.reveal());
    let address = app.settings.base_url.join(&path).map(String::from).unwrap_or_default();
    Ok(Page::new(shown(&signed, true, address, &Done::default())).into_response())
}

/// The calendar, for whoever knows its address.
pub(crate) async fn feed(
    State(app): State<App>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let unknown = || {
        let lang = Lang::accepted(&headers);
        Notice::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.t("space-calendar-none"),
            lang.t("space-calendar-none-means"),
            lang.t("space-calendar-none-next"),
        )
    };
    let secret = file.strip_suffix(".ics").ok_or_else(unknown)?;
    let owner = app.commands.space().calendar_owner(secret).await?.ok_or_else(unknown)?;
    let account = app.commands.accounts().find(owner).await?;
    let account = account.filter(|it| !it.disabled).ok_or_else(unknown)?;
    let lang = Lang(account.language);
    let whose = Whose { owner, email: account.confirmed_email(), now: app.commands.now() };
    let text = texts::calendar_feed(&entries(&app, whose, lang).await?, lang.0);
    let tag = not_modified::tag(&[&text]);
    if not_modified::has(&headers, &tag) {
        return Ok(not_modified::not_modified(&tag));
    }
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, tag),
    ];
    Ok((headers, text).into_response())
}

async fn entries(app: &App, whose: Whose<'_>, lang: Lang) -> Result<Vec<FeedEntry>, Failure> {
    let log = app.commands.log();
    let base = &app.settings.base_url;
    let host = base.host_str().unwrap_or("postulo");
    let url = |path: String| base.join(&path).map(String::from).unwrap_or_default();
    let mut entries = vec![];
    let today = whose.now - A_DAY;
    for task in dated_tasks(log, whose.owner, today, MOST).await? {
        let Some(due) = task.due_on.filter(|_| task.status != TaskStatus::Done) else { continue };
        entries.push(FeedEntry {
            uid: format!("{}@{host}", task.id),
            changed_at: task.updated_at,
            time: match due {
                DayOrTime::Day(day) => FeedTime::Day(day),
                DayOrTime::Time { at, .. } => FeedTime::From(at, A_TASK),
            },
            summary: task.title.reveal().clone(),
            description: task.description.map(|it| it.reveal().clone()).unwrap_or_default(),
            location: String::new(),
            url: url(format!("me/tasks/{}", task.id)),
        });
    }
    for interview in interviews(log, whose).await? {
        let application = &interview.application;
        let (employer, job) = (application.employer_description.as_str(), application.job.as_str());
        entries.push(FeedEntry {
            uid: format!("interview-{}@{host}", application.id),
            changed_at: interview.proposed_at,
            time: FeedTime::From(interview.starts_at, AN_INTERVIEW),
            summary: lang.with("space-calendar-interview", (("employer", employer), ("job", job))),
            description: String::new(),
            location: interview
                .place
                .map(|it| texts::place(it, lang.0))
                .unwrap_or_default()
                .to_owned(),
            url: url(format!("me/applications/{}", application.id)),
        });
    }
    // The same every time: programs compare what they fetch with what they have.
    entries.sort_by_cached_key(|entry| (begins(entry.time), entry.uid.clone()));
    Ok(entries)
}

/// When an entry begins; a day, at its beginning in UTC.
fn begins(time: FeedTime) -> Timestamp {
    match time {
        FeedTime::Day(day) => DayOrTime::Day(day).instant(),
        FeedTime::From(at, _) => at,
    }
}
