//! The objects that programs are told.

use event_store::timestamp_text;
use jiff::Timestamp;
use projections::space::{TaskItem, TrackedItem};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An application.
#[derive(Serialize, ToSchema)]
pub(crate) struct Application {
    #[serde(rename = "_id")]
    id: Uuid,
    company: String,
    position: String,
    url: Option<String>,
    #[serde(rename = "application_date")]
    applied_on: String,
    status: &'static str,
    location: Option<String>,
    description: Option<String>,
    notes: Option<Vec<String>>,
    created_at: String,
    updated_at: Option<String>,
    archived: bool,
}

impl From<TrackedItem> for Application {
    fn from(item: TrackedItem) -> Self {
        let text = |text: domain::Personal<String>| text.reveal().clone();
        let notes: Vec<_> = item.notes.into_iter().map(|note| text(note.text)).collect();
        Self {
            id: item.id,
            company: text(item.company),
            position: text(item.position),
            url: item.url.map(text),
            applied_on: item.applied_on.wire(),
            status: item.status.wire(),
            location: item.location.map(text),
            description: item.description.map(text),
            notes: if notes.is_empty() { None } else { Some(notes) },
            created_at: time(item.created_at),
            updated_at: item.updated_at.map(time),
            archived: item.archived,
        }
    }
}

/// A task.
#[derive(Serialize, ToSchema)]
pub(crate) struct Task {
    #[serde(rename = "_id")]
    id: Uuid,
    user_id: Uuid,
    title: String,
    /// Never null: pages of programs look for words in it.
    description: String,
    status: &'static str,
    archived: bool,
    due_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<Uuid>,
    created_at: String,
    updated_at: String,
}

impl From<TaskItem> for Task {
    fn from(item: TaskItem) -> Self {
        Self {
            id: item.id,
            user_id: item.owner,
            title: item.title.reveal().clone(),
            description: item.description.map(|it| it.reveal().clone()).unwrap_or_default(),
            status: item.status.wire(),
            archived: item.archived,
            due_date: item.due_on.map(domain::space::DayOrTime::wire),
            application_id: item.application,
            created_at: time(item.created_at),
            updated_at: time(item.updated_at),
        }
    }
}

/// A time in UTC, with `Z`: without it browsers would read it as one of their own zone.
pub(crate) fn time(at: Timestamp) -> String {
    timestamp_text(at)
}
