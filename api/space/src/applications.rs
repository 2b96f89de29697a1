//! What somebody applied for.

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use commands::NewTracked;
use domain::space::{
    AddNote, ChangeTracked, DayOrTime, HideTracked, RemoveTracked, TrackedApplication,
    TrackedDetails, TrackedStatus,
};
use domain::{Line, Personal, Prose, WebAddress};
use event_store::Position;
use projections::space::{Cursor, Filter, MOST, Shelf, TrackedItem, Whose, list as listed, stamp};
use serde_json::{Map, Value};
use web::App;
use web::api::{Bearer, Body};
use web::problem::Problem;

use crate::fields::Fields;
use crate::not_modified;
use crate::openapi::{
    ApplicationQuery, ChangedApplication, NewApplication, NewNote, SpaceProblems,
};
use crate::place::{Place, id, place};
use crate::refused::{APPLICATION, unfit};
use crate::wire::Application;

/// How long a request waits until what it did is in the lists.
pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// Whose space a request is about.
pub(crate) fn whose<'a>(app: &App, bearer: &'a Bearer) -> Whose<'a> {
    let (owner, email) = (bearer.account.id, bearer.account.confirmed_email());
    Whose { owner, email, now: app.commands.now() }
}

/// Waits until the lists show what was done.
pub(crate) async fn shown(app: &App, position: Position) {
    // Where that takes too long, the lists show it later.
    (app.caught_up)(position, PATIENCE).await;
}

/// What somebody applied for
#[utoipa::path(
    get,
    path = "/applications",
    operation_id = "listTrackedApplications",
    tag = "space",
    security(("bearer" = [])),
    params(ApplicationQuery),
    responses(
        (status = 200, body = Vec<Application>, description = "Newest first"),
        (status = 304, description = "Nothing of it changed since `If-None-Match`"),
        SpaceProblems,
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    bearer: Bearer,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &bearer)?;
    let (log, whose) = (app.commands.log(), whose(&app, &bearer));
    let stamp = stamp(log, whose).await.map_err(|error| Problem::unavailable(&error))?;
    let email = bearer.account.confirmed_email().unwrap_or_default();
    let tag = not_modified::tag(&[&stamp, email, uri.query().unwrap_or_default()]);
    if not_modified::has(&headers, &tag) {
        return Ok(not_modified::not_modified(&tag));
    }
    let Some(filter) = asked.filter else {
        return Ok(not_modified::json(&tag, &[(); 0]));
    };
    let limit = asked.limit.unwrap_or(MOST);
    let list = listed(log, whose, &filter, limit).await;
    let list = list.map_err(|error| Problem::unavailable(&error))?;
    let items: Vec<Application> = list.items.into_iter().map(Into::into).collect();
    let mut answer = not_modified::json(&tag, &items);
    if let Some(next) = list.next.filter(|_| asked.limit.is_some()) {
        let link = link_to_next(&uri, &next.to_string());
        answer.headers_mut().extend(link.map(|link| (header::LINK, link)));
    }
    Ok(answer)
}

/// The `Link` to the next page (RFC 8288): the same address with another cursor.
pub(crate) fn link_to_next(uri: &Uri, cursor: &str) -> Option<HeaderValue> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let given = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    query.extend_pairs(given.filter(|(name, _)| name != "cursor"));
    let query = query.append_pair("cursor", cursor).finish();
    HeaderValue::from_str(&format!("<{}?{query}>; rel=\"next\"", uri.path())).ok()
}

/// What of the list is asked for.
struct Asked {
    /// None where nothing can be so.
    filter: Option<Filter>,
    limit: Option<u32>,
}

impl Asked {
    fn of(uri: &Uri, bearer: &Bearer) -> Result<Self, Problem> {
        let wrong = |name: &str, what: &'static str| {
            let detail = bearer.lang.t(what);
            unfit(bearer.lang.with("space-wrong-field", (("field", name), ("detail", detail))))
        };
        let mut filter = Filter::default();
        let (mut limit, mut possible) = (None, true);
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        for (name, value) in query.filter(|(_, value)| !value.trim().is_empty()) {
            match &*name {
                "status" => match TrackedStatus::read(&value) {
                    Ok(status) => filter.status = Some(status),
                    Err(_) => possible = false,
                },
                "q" => filter.text = value.into_owned(),
                "archived" => {
                    filter.shelf = match &*value {
                        "true" => Shelf::Archived,
                        "false" => Shelf::Current,
                        _ => return Err(wrong("archived", "space-true-or-false")),
                    }
                }
                "cursor" => {
                    let cursor = value.parse::<Cursor>();
                    filter.cursor = Some(cursor.map_err(|_| wrong("cursor", "space-no-cursor"))?);
                }
                "limit" => {
                    let read = value.parse().ok().filter(|n| (1..=MOST).contains(n));
                    limit = Some(read.ok_or_else(|| wrong("limit", "space-limit"))?);
                }
                _ => {}
            }
        }
        Ok(Self { filter: Some(filter).filter(|_| possible), limit })
    }
}

/// The fields of an application that programs may write.
fn changes(fields: &Fields) -> Result<ChangeTracked, Problem> {
    Ok(ChangeTracked {
        company: fields.parse("company")?.some(),
        position: fields.parse("position")?.some(),
        location: fields.parse::<Line<200>>("location")?.clearing(),
        url: fields.parse::<WebAddress>("url")?.clearing(),
        applied_on: fields.date("application_date")?.some(),
        status: fields.read("status", TrackedStatus::read)?.some(),
        description: fields.parse("description")?.clearing(),
        archived: fields.boolean("archived")?,
        ..ChangeTracked::default()
    })
}

/// Track an application
#[utoipa::path(
    post,
    path = "/applications",
    operation_id = "trackApplication",
    tag = "space",
    security(("bearer" = [])),
    request_body = NewApplication,
    responses((status = 201, body = Application, description = "It is tracked"), SpaceProblems),
)]
pub(crate) async fn add(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Body<Map<String, Value>>,
) -> Result<Response, Problem> {
    let fields = Fields::new(body, bearer.lang);
    if fields.is_null("status") {
        let detail = bearer.lang.t("space-not-null");
        let wrong =
            bearer.lang.with("space-wrong-field", (("field", "status"), ("detail", detail)));
        return Err(unfit(wrong));
    }
    let (company, position) = (fields.required("company")?, fields.required("position")?);
    let given = changes(&fields)?;
    let now = app.commands.now();
    let details = TrackedDetails {
        company: Personal::new(company),
        position: Personal::new(position),
        location: given.location.flatten().map(Personal::new),
        url: given.url.flatten().map(Personal::new),
        applied_on: given.applied_on.unwrap_or(DayOrTime::utc(now)),
    };
    let new = NewTracked {
        details,
        status: given.status.unwrap_or(TrackedStatus::Sent),
        description: given.description.flatten(),
        notes: fields.list("notes")?.unwrap_or_default(),
    };
    let (id, owner, cause) = (app.commands.fresh_id(), bearer.account.id, bearer.cause());
    let receipt = app.commands.space().track(id, owner, new, &cause).await;
    let receipt = receipt.map_err(|error| APPLICATION.refused(error, bearer.lang))?;
    shown(&app, receipt.position).await;
    let known = receipt.state.there().map_err(|_| APPLICATION.not_found())?;
    let item = TrackedItem::of_state(id, known).ok_or_else(|| APPLICATION.not_found())?;
    Ok((StatusCode::CREATED, Json(Application::from(item))).into_response())
}

/// One application
#[utoipa::path(
    get,
    path = "/applications/{id}",
    operation_id = "getTrackedApplication",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    responses((status = 200, body = Application, description = "The application"), SpaceProblems),
)]
pub(crate) async fn find(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Application>, Problem> {
    let item = place(&app, whose(&app, &bearer), id(&text)).await?.into_item();
    if item.hidden { Err(APPLICATION.not_found()) } else { Ok(Json(item.into())) }
}

/// Change an application
#[utoipa::path(
    put,
    path = "/applications/{id}",
    operation_id = "changeTrackedApplication",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    request_body = ChangedApplication,
    responses((status = 200, body = Application, description = "As it is now"), SpaceProblems),
)]
pub(crate) async fn change(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Application>, Problem> {
    let id = id(&text);
    let place_of = place(&app, whose(&app, &bearer), id).await?;
    let fields = Fields::new(body, bearer.lang);
    let notes = fields.list::<Prose<5000>>("notes")?;
    let notes = notes.map(|notes| {
        notes.into_iter().map(|text| (app.commands.fresh_id(), text)).collect::<Vec<_>>()
    });
    let change = ChangeTracked { notes, at: app.commands.now(), ..changes(&fields)? };
    let (space, owner, cause) = (app.commands.space(), bearer.account.id, bearer.cause());
    let receipt = match &place_of {
        Place::Own(item) => space.decide(item.id, owner, change, &cause).await,
        Place::Sent(item) => {
            let change = without_what_is_so(change, item);
            space.decide_on_sent(item.id, owner, change, &cause).await
        }
    };
    let receipt = receipt.map_err(|error| APPLICATION.refused(error, bearer.lang))?;
    shown(&app, receipt.position).await;
    let item = place(&app, whose(&app, &bearer), id).await?.into_item();
    Ok(Json(item.into()))
}

/// The change without what is so already: programs send the whole object back.
fn without_what_is_so(mut change: ChangeTracked, item: &TrackedItem) -> ChangeTracked {
    let is = |line: &Line<200>, text: &Personal<String>| line.as_str() == text.reveal().trim();
    change.company = change.company.filter(|it| !is(it, &item.company));
    change.position = change.position.filter(|it| !is(it, &item.position));
    change.location = change.location.filter(Option::is_some);
    change.url = change.url.filter(Option::is_some);
    let sent = item.applied_on.instant();
    change.applied_on = change.applied_on.filter(|it| it.instant() != sent);
    change.status = change.status.filter(|it| *it != item.status);
    change.description = change.description.filter(Option::is_some);
    change
}

/// Remove an application
#[utoipa::path(
    delete,
    path = "/applications/{id}",
    operation_id = "removeTrackedApplication",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    responses((status = 204, description = "It is removed, now or before; for 30 days its owner may restore it"), SpaceProblems),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id(&text).ok_or_else(|| APPLICATION.not_found())?;
    let (space, owner, cause) = (app.commands.space(), bearer.account.id, bearer.cause());
    let refused = |error| APPLICATION.refused(error, bearer.lang);
    let at = app.commands.now();
    let state: TrackedApplication = app.commands.state_of(&id.to_string()).await?;
    let receipt = if state == TrackedApplication::Absent {
        // What was sent stays; it is only out of sight.
        place(&app, whose(&app, &bearer), Some(id)).await?;
        let hide = HideTracked { hidden: true, at };
        space.decide_on_sent(id, owner, hide, &cause).await.map_err(refused)?
    } else {
        space.decide(id, owner, RemoveTracked { at }, &cause).await.map_err(refused)?
    };
    shown(&app, receipt.position).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Note something about an application
#[utoipa::path(
    post,
    path = "/applications/{id}/notes",
    operation_id = "noteTrackedApplication",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    request_body = NewNote,
    responses((status = 200, body = Application, description = "The application, with the note"), SpaceProblems),
)]
pub(crate) async fn add_note(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Application>, Problem> {
    let id = id(&text);
    let place_of = place(&app, whose(&app, &bearer), id).await?;
    let text = Fields::new(body, bearer.lang).required("note")?;
    let (note, at) = (app.commands.fresh_id(), app.commands.now());
    let add = AddNote { id: note, text, at };
    let (space, owner, cause) = (app.commands.space(), bearer.account.id, bearer.cause());
    let receipt = match &place_of {
        Place::Own(item) => space.decide(item.id, owner, add, &cause).await,
        Place::Sent(item) => space.decide_on_sent(item.id, owner, add, &cause).await,
    };
    let receipt = receipt.map_err(|error| APPLICATION.refused(error, bearer.lang))?;
    shown(&app, receipt.position).await;
    Ok(Json(place(&app, whose(&app, &bearer), id).await?.into_item().into()))
}
