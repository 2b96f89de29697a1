//! Notifications that somebody read or deleted. What is told follows from the log; that it was read is a mark of
//! its reader, no fact about an application or an alert: it lies beside the log, outlives a rebuild of the read
//! models, and goes with the account.

use domain::space::NOTIFIED;
use event_store::{DbError, Value, args, timestamp_text};
use jiff::Timestamp;
use uuid::Uuid;

use crate::facades::Space;

/// So many are marked by one statement.
const AT_ONCE: usize = 200;
/// What stands for each in that statement.
const COLUMNS: usize = 4;

const REMOVE: &str = "
    INSERT INTO notification_marks (owner, notification, removed_at, marked_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (owner, notification) DO UPDATE
    SET removed_at = excluded.removed_at, marked_at = excluded.marked_at";
const ALL: &str = "
    SELECT notification, read_at, removed_at
    FROM notification_marks
    WHERE owner = $1
    ORDER BY notification";
const FORGET: &str = "DELETE FROM notification_marks WHERE owner = $1";
const CLEAR: &str = "DELETE FROM notification_marks WHERE marked_at < $1";

/// A mark of a notification.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct NotificationMark {
    /// Where its event is in the log.
    pub notification: i64,
    /// When it was read.
    pub read_at: Option<String>,
    /// When it was deleted.
    pub removed_at: Option<String>,
}

impl Space<'_> {
    /// Marks notifications of somebody as read; the first time counts. Whoever calls looks whose
    /// they are. In a closed account nothing is marked.
    pub async fn read_notifications(
        self,
        owner: Uuid,
        notifications: &[i64],
    ) -> Result<(), DbError> {
        let now = timestamp_text(self.now());
        for some in notifications.chunks(AT_ONCE) {
            let values: Vec<Value> = some
                .iter()
                .flat_map(|notification| args![owner, *notification, now.clone(), now.clone()])
                .collect();
            let places = |row: usize| {
                let first = row * COLUMNS;
                format!("(${}, ${}, ${}, ${})", first + 1, first + 2, first + 3, first + 4)
            };
            let rows: Vec<_> = (0..some.len()).map(places).collect();
            let sql = format!(
                "INSERT INTO notification_marks (owner, notification, read_at, marked_at)
                 VALUES {}
                 ON CONFLICT (owner, notification) DO UPDATE
                 SET read_at = COALESCE(notification_marks.read_at, excluded.read_at),
                     marked_at = excluded.marked_at",
                rows.join(", ")
            );
            if !self.write_beside(owner, &sql, values).await? {
                break;
            }
        }
        Ok(())
    }

    /// Takes a notification off somebody's list. Whoever calls looks whose it is. In a closed
    /// account nothing is marked.
    pub async fn remove_notification(self, owner: Uuid, notification: i64) -> Result<(), DbError> {
        let now = timestamp_text(self.now());
        let args = args![owner, notification, now.clone(), now];
        self.write_beside(owner, REMOVE, args).await.map(drop)
    }

    /// Every mark of somebody.
    pub async fn notification_marks(self, owner: Uuid) -> Result<Vec<NotificationMark>, DbError> {
        self.log.db().fetch_all(ALL, args![owner]).await
    }

    /// Forgets what somebody read.
    pub(crate) async fn forget_notification_marks(self, owner: Uuid) -> Result<(), DbError> {
        self.log.db().execute(FORGET, args![owner]).await.map(drop)
    }

    /// Deletes the marks of what is told no more: they are younger than what they mark.
    pub(crate) async fn clear_notification_marks(self) -> Result<u64, DbError> {
        let before: Timestamp = self.now() - NOTIFIED;
        self.log.db().execute(CLEAR, args![before]).await
    }
}
