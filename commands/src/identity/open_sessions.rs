//! The open sessions of an account, as its owner sees them: where each was opened from, and since when, with
//! a way to end it.
//!
//! Of where, no more is kept than an owner needs to know their own again: a network without its last part, and
//! the family of the browser and of the system, not their versions.

use event_store::{DbError, args};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{AccountKind, SessionToken};
use crate::facades::Identity;

/// Where a session was opened from. What is not known is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionOrigin {
    /// The network, without its last part: `203.0.113.…`.
    pub network: String,
    /// The browser's family: `Firefox`.
    pub browser: String,
    /// The system's family: `Android`.
    pub system: String,
}

/// A session that is open.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// What names it to its owner. It opens nothing.
    pub name: String,
    /// When it was opened, and when it was used last; to the minute.
    pub created_at: String,
    /// When it was used last, to the minute.
    pub seen_at: String,
    /// Where it was opened from.
    pub origin: SessionOrigin,
    /// Whether it is the one that asks.
    pub is_present: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    digest: String,
    created_at: String,
    seen_at: String,
    sealed_origin: Option<Vec<u8>>,
}

const OPEN: &str = "
    SELECT digest, created_at, seen_at, sealed_origin
    FROM sessions
    WHERE kind = $1 AND operator_id = $2 AND verified AND created_at >= $3 AND seen_at >= $4
    ORDER BY seen_at DESC, digest";

const KEPT: &str = "
    SELECT digest, created_at, seen_at, sealed_origin
    FROM sessions
    WHERE kind = $1 AND operator_id = $2
    ORDER BY created_at DESC, digest";

const SET_ORIGIN: &str = "UPDATE sessions SET sealed_origin = $2 WHERE digest = $1";
const END_ONE: &str = "DELETE FROM sessions WHERE digest = $1 AND kind = $2 AND operator_id = $3";

/// What an origin is sealed for.
fn origin_name(digest: &str) -> String {
    format!("session origin {digest}")
}

/// What names a session to its owner: it leads neither to the token nor to its digest.
fn name(digest: &str) -> String {
    hex::encode(&Sha256::digest(format!("session {digest}"))[..12])
}

impl Identity<'_> {
    /// Keeps where a session was opened from.
    pub async fn note_origin(
        self,
        token: &SessionToken,
        origin: &SessionOrigin,
    ) -> Result<(), DbError> {
        let digest = token.digest();
        let Ok(text) = serde_json::to_vec(origin) else { return Ok(()) };
        let sealed = self.log.seal_of_none(&origin_name(&digest), &text);
        self.log.db().execute(SET_ORIGIN, args![digest, sealed]).await.map(drop)
    }

    /// The open sessions of an account, the one used last first.
    pub async fn open_sessions<A: AccountKind>(
        self,
        id: Uuid,
        present: &SessionToken,
    ) -> Result<Vec<OpenSession>, DbError> {
        let present = present.digest();
        let shown = |row: Row| {
            let is_present = row.digest == present;
            self.shown(row, is_present)
        };
        Ok(self.session_rows::<A>(id).await?.into_iter().map(shown).collect())
    }

    /// Every session of an account that is kept, the newest first; also one that waits for its
    /// code, and one that is over and not cleared yet.
    pub(crate) async fn kept_sessions<A: AccountKind>(
        self,
        id: Uuid,
    ) -> Result<Vec<OpenSession>, DbError> {
        let rows: Vec<Row> = self.log.db().fetch_all(KEPT, args![A::KIND, id]).await?;
        Ok(rows.into_iter().map(|row| self.shown(row, false)).collect())
    }

    fn shown(self, row: Row, is_present: bool) -> OpenSession {
        OpenSession {
            name: name(&row.digest),
            is_present,
            origin: self.origin(&row),
            created_at: row.created_at,
            seen_at: row.seen_at,
        }
    }

    /// Ends the session of an account that has this name; whether there was one.
    pub async fn end_session_named<A: AccountKind>(
        self,
        id: Uuid,
        named: &str,
    ) -> Result<bool, DbError> {
        let rows = self.session_rows::<A>(id).await?;
        let Some(row) = rows.into_iter().find(|row| name(&row.digest) == named) else {
            return Ok(false);
        };
        Ok(self.log.db().execute(END_ONE, args![row.digest, A::KIND, id]).await? > 0)
    }

    async fn session_rows<A: AccountKind>(self, id: Uuid) -> Result<Vec<Row>, DbError> {
        let now = self.clock.now();
        let args = args![A::KIND, id, now - A::SESSIONS.whole, now - A::SESSIONS.idle];
        self.log.db().fetch_all(OPEN, args).await
    }

    /// Where a session was opened from; nothing where a version from before opened it, or where it cannot be
    /// opened.
    fn origin(self, row: &Row) -> SessionOrigin {
        let Some(sealed) = row.sealed_origin.as_deref() else { return SessionOrigin::default() };
        let opened = self.log.open_of_none(&origin_name(&row.digest), sealed);
        opened.ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }
}
