//! What programs may ask of notifications.

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::Uri;
use projections::space::{notification, notifications, unread_ids, unread_notifications};
use web::App;
use web::api::Bearer;
use web::problem::{Kind, Problem};
use web::query::Query;

use super::openapi::{ListQuery, NotificationProblems};
use super::wire::{Message, Told, ToldList, Unread};
use crate::applications::whose;

const NOT_FOUND: &str = "Notification not found";
/// Notifications of a page, where it does not say.
const SHOWN: usize = 20;
/// The same at most.
const MOST: usize = 100;

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unavailable(error: event_store::DbError) -> Problem {
    Problem::unavailable(&error)
}

/// The name of a notification that is the asker's.
async fn theirs(app: &App, bearer: &Bearer, text: &str) -> Result<i64, Problem> {
    let not_found = || Problem::new(Kind::NotFound, NOT_FOUND);
    let id = text.parse().map_err(|_| not_found())?;
    let found = notification(app.commands.log(), whose(app, bearer), id).await;
    found.map_err(unavailable)?.map(|it| it.id).ok_or_else(not_found)
}

/// How many are asked for, after how many.
fn asked(uri: &Uri, bearer: &Bearer) -> Result<(usize, usize), Problem> {
    let mut query = Query::of(uri, &["limit", "offset"]);
    let number = |text: &str| text.parse::<usize>().ok();
    let limit = query.take("limit", bearer.lang.t("notify-limit"), |text| {
        number(text).filter(|limit| (1..=MOST).contains(limit))
    });
    let offset = query.take("offset", bearer.lang.t("notify-offset"), number);
    query.finish_unprocessable()?;
    Ok((offset.unwrap_or(0), limit.unwrap_or(SHOWN)))
}

#[utoipa::path(
    get,
    path = "/api/notifications",
    operation_id = "listNotifications",
    tag = "notifications",
    params(ListQuery),
    responses((status = 200, description = "The latest first", body = ToldList), NotificationProblems),
    security(("bearer" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    bearer: Bearer,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<ToldList>, Problem> {
    let (offset, limit) = asked(&uri, &bearer)?;
    let found = notifications(app.commands.log(), whose(&app, &bearer), offset, limit).await;
    let found = found.map_err(unavailable)?;
    let told = found.items.iter().map(|it| Told::new(it, bearer.lang));
    Ok(Json(ToldList {
        notifications: told.collect(),
        total: found.total,
        unread_count: found.unread,
    }))
}

#[utoipa::path(
    get,
    path = "/api/notifications/unread-count",
    operation_id = "countUnreadNotifications",
    tag = "notifications",
    responses((status = 200, description = "How many were not read", body = Unread), NotificationProblems),
    security(("bearer" = []))
)]
pub(crate) async fn unread_count(
    State(app): State<App>,
    bearer: Bearer,
) -> Result<Json<Unread>, Problem> {
    let count = unread_notifications(app.commands.log(), whose(&app, &bearer)).await;
    Ok(Json(Unread { unread_count: count.map_err(unavailable)? }))
}

#[utoipa::path(
    put,
    path = "/api/notifications/{id}/read",
    operation_id = "readNotification",
    tag = "notifications",
    params(("id" = i64, Path, description = "Which notification")),
    responses((status = 200, description = "It is marked as read", body = Message), NotificationProblems),
    security(("bearer" = []))
)]
pub(crate) async fn read(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Message>, Problem> {
    let id = theirs(&app, &bearer, &text).await?;
    let marked = app.commands.space().read_notifications(bearer.account.id, &[id]).await;
    marked.map_err(unavailable)?;
    Ok(Json(Message { message: bearer.lang.t("notify-told-read") }))
}

#[utoipa::path(
    put,
    path = "/api/notifications/mark-all-read",
    operation_id = "readAllNotifications",
    tag = "notifications",
    responses((status = 200, description = "All are marked as read", body = Message), NotificationProblems),
    security(("bearer" = []))
)]
pub(crate) async fn read_all(
    State(app): State<App>,
    bearer: Bearer,
) -> Result<Json<Message>, Problem> {
    let ids = unread_ids(app.commands.log(), whose(&app, &bearer)).await.map_err(unavailable)?;
    let marked = app.commands.space().read_notifications(bearer.account.id, &ids).await;
    marked.map_err(unavailable)?;
    Ok(Json(Message { message: bearer.lang.t("notify-told-all") }))
}

#[utoipa::path(
    delete,
    path = "/api/notifications/{id}",
    operation_id = "deleteNotification",
    tag = "notifications",
    params(("id" = i64, Path, description = "Which notification")),
    responses((status = 200, description = "It is told no more", body = Message), NotificationProblems),
    security(("bearer" = []))
)]
pub(crate) async fn delete(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Message>, Problem> {
    let id = theirs(&app, &bearer, &text).await?;
    let removed = app.commands.space().remove_notification(bearer.account.id, id).await;
    removed.map_err(unavailable)?;
    Ok(Json(Message { message: bearer.lang.t("notify-told-removed") }))
}
