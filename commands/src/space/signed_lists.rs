//! Signed lists of applications, as far as they are remembered: that one was made, when, and its digest. Nothing
//! of what stands in a list is kept.

use domain::Digest;
use event_store::{DbError, args, parse_timestamp};
use jiff::Timestamp;
use uuid::Uuid;

use crate::facades::Space;

/// A signed list that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedListRow {
    /// SHA-256 of the list's canonical JSON.
    pub digest: String,
    /// The public key that signed it, NAME+ID+KEY.
    pub key: String,
    /// When.
    pub made_at: Timestamp,
}

const ADD: &str = "
    INSERT INTO signed_lists (id, owner, digest, key, made_at)
    VALUES ($1, $2, $3, $4, $5)";
const FIND: &str = "
    SELECT digest, key, made_at
    FROM signed_lists
    WHERE id = $1";
const OF: &str = "
    SELECT id, digest, key, made_at
    FROM signed_lists
    WHERE owner = $1
    ORDER BY made_at, id";
const CLEAR: &str = "DELETE FROM signed_lists WHERE owner = $1";

impl Space<'_> {
    /// Remembers that a list was made; not where the account is closed meanwhile.
    pub async fn remember_list(
        self,
        id: Uuid,
        owner: Uuid,
        digest: &Digest,
        key: &str,
        made_at: Timestamp,
    ) -> Result<(), DbError> {
        let args = args![id, owner, digest.to_string(), key, made_at];
        self.write_beside(owner, ADD, args).await.map(drop)
    }

    /// The list of this id, as far as it is remembered.
    pub async fn signed_list(self, id: Uuid) -> Result<Option<SignedListRow>, DbError> {
        let row: Option<(String, String, String)> =
            self.log.db().fetch_optional(FIND, args![id]).await?;
        Ok(row.and_then(|(digest, key, made_at)| {
            Some(SignedListRow { digest, key, made_at: parse_timestamp(&made_at).ok()? })
        }))
    }

    /// The lists that somebody made, as far as they are remembered, by their ids; oldest first.
    pub async fn signed_lists_of(
        self,
        owner: Uuid,
    ) -> Result<Vec<(String, SignedListRow)>, DbError> {
        let rows: Vec<(String, String, String, String)> =
            self.log.db().fetch_all(OF, args![owner]).await?;
        let list = |(id, digest, key, made_at): (String, String, String, String)| {
            let made_at = parse_timestamp(&made_at).ok()?;
            Some((id, SignedListRow { digest, key, made_at }))
        };
        Ok(rows.into_iter().filter_map(list).collect())
    }

    /// Deletes what lies beside the log of somebody's space: lists, the calendar's address, what was read.
    pub(crate) async fn clear_beside(self, owner: Uuid) -> Result<(), DbError> {
        self.log.db().execute(CLEAR, args![owner]).await?;
        self.forget_notification_marks(owner).await?;
        self.revoke_calendar(owner).await
    }
}
