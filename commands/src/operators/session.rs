//! Who is signed in. The browser keeps a random token; the database its SHA-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::operator::OperatorRefusal;
use event_store::{DbError, args, parse_timestamp, timestamp_text};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::OperatorAccount;
use crate::{Cause, CommandError, Commands};

/// A session ends after so long without a request.
const IDLE: SignedDuration = SignedDuration::from_hours(2);
/// And after so long in any case.
const WHOLE: SignedDuration = SignedDuration::from_hours(12);
/// What was written down of a session is never further ahead of the clock, unless that was wrong.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// That a session was used is written down this often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What a browser keeps of a session: 32 random bytes in base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

impl SessionToken {
    /// A token that a browser presents.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text for the browser.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> String {
        hex::encode(Sha256::digest(&self.0))
    }
}

/// A session: whose it is, and whether the second factor was given.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub operator: OperatorAccount,
    /// Whether all that is asked for at sign-in was given.
    pub verified: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    operator_id: String,
    verified: bool,
    created_at: String,
    seen_at: String,
}

const OPEN: &str = "
    INSERT INTO sessions (digest, operator_id, verified, created_at, seen_at)
    VALUES ($1, $2, $3, $4, $4)";
const FIND: &str = "
    SELECT operator_id, verified, created_at, seen_at
    FROM sessions
    WHERE digest = $1";
const SEEN: &str = "UPDATE sessions SET seen_at = $2 WHERE digest = $1";
const END: &str = "DELETE FROM sessions WHERE digest = $1";
const END_OF: &str = "DELETE FROM sessions WHERE operator_id = $1";
const END_OLD: &str = "
    DELETE FROM sessions
    WHERE created_at < $1 OR seen_at < $2 OR created_at > $3 OR seen_at > $3";

impl Commands {
    /// Opens a session. Its token is always fresh: what a browser had before is worth nothing.
    pub async fn open_session(
        &self,
        operator: &OperatorAccount,
        verified: bool,
        second_factor: bool,
        cause: &Cause,
    ) -> Result<SessionToken, CommandError<OperatorRefusal>> {
        let token = SessionToken(URL_SAFE_NO_PAD.encode(self.ids.random()));
        let (db, now) = (self.log.db(), self.clock.now());
        db.execute(OPEN, args![token.digest(), operator.id, verified, now]).await?;
        if verified {
            self.signed_in(operator.id, second_factor, cause).await?;
        }
        Ok(token)
    }

    /// The session of this token, while it lasts and its operator may sign in.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<Session>, DbError> {
        let (db, now) = (self.log.db(), self.clock.now());
        let row: Option<Row> = db.fetch_optional(FIND, args![token.digest()]).await?;
        let Some(row) = row else { return Ok(None) };
        let is_over = |since: &str, lasts: SignedDuration| {
            parse_timestamp(since)
                .map_or(true, |since| now.duration_since(since) >= lasts || since > now + AHEAD)
        };
        if is_over(&row.created_at, WHOLE) || is_over(&row.seen_at, IDLE) {
            self.end_session(token).await?;
            return Ok(None);
        }
        if is_over(&row.seen_at, NOTED_EVERY) {
            db.execute(SEEN, args![token.digest(), timestamp_text(now)]).await?;
        }
        let id = row.operator_id.parse::<Uuid>();
        let operator = match id {
            Ok(id) => self.operator(id).await?,
            Err(_) => None,
        };
        let operator = operator.filter(|operator| !operator.disabled);
        Ok(operator.map(|operator| Session { operator, verified: row.verified }))
    }

    /// Forgets the sessions that are over.
    pub(crate) async fn clear_sessions(&self) -> Result<u64, DbError> {
        let now = self.clock.now();
        self.log.db().execute(END_OLD, args![now - WHOLE, now - IDLE, now + AHEAD]).await
    }

    /// Ends a session.
    pub async fn end_session(&self, token: &SessionToken) -> Result<(), DbError> {
        self.log.db().execute(END, args![token.digest()]).await.map(drop)
    }

    pub(super) async fn end_sessions_of(&self, id: Uuid) -> Result<(), DbError> {
        self.log.db().execute(END_OF, args![id]).await.map(drop)
    }
}
