//! The objects that programs are told.

use event_store::timestamp_text;
use projections::space::{Notification, Notified};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::lang::Lang;

use super::Words;

/// A notification.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct Told {
    /// Names it: a whole number.
    id: i64,
    /// `new_job` (new offers match an alert) or `status_change` (an employer answered, or proposes an interview).
    #[serde(rename = "type")]
    kind: &'static str,
    /// What happened, in the language that was asked for.
    title: String,
    /// To what.
    message: String,
    /// The newest of the offers; none where it is about an application.
    related_job_id: Option<Uuid>,
    /// The application; none where it is about offers.
    related_application_id: Option<Uuid>,
    is_read: bool,
    read_at: Option<String>,
    created_at: String,
}

impl Told {
    pub(crate) fn new(notification: &Notification, lang: Lang) -> Self {
        let Words { title, message, .. } = Words::of(notification, lang);
        let (kind, job, application) = match &notification.about {
            Notified::Matched { newest, .. } => ("new_job", *newest, None),
            Notified::Answered { application, .. } => ("status_change", None, Some(*application)),
        };
        Self {
            id: notification.id,
            kind,
            title,
            message,
            related_job_id: job,
            related_application_id: application,
            is_read: notification.read_at.is_some(),
            read_at: notification.read_at.map(timestamp_text),
            created_at: timestamp_text(notification.at),
        }
    }
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
#[schema(as = Notifications)]
pub(crate) struct ToldList {
    /// The latest first.
    pub(crate) notifications: Vec<Told>,
    /// How many there are, on all pages.
    pub(crate) total: usize,
    /// How many of these were not read.
    pub(crate) unread_count: usize,
}

/// How many notifications were not read.
#[derive(Serialize, ToSchema)]
#[schema(as = UnreadCount)]
pub(crate) struct Unread {
    pub(crate) unread_count: u64,
}

/// What was done, in words.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationMessage)]
pub(crate) struct Message {
    pub(crate) message: &'static str,
}
