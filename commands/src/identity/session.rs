//! Who is signed in. The browser keeps a random token; the database its SHA-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use event_store::{DbError, Tx, args, parse_timestamp, timestamp_text};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::credentials::hold_in;
use super::{AccountKind, KINDS, OpeningError, of_table};
use crate::Cause;
use crate::facades::Identity;

/// How long the sessions of a kind of account last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// A session ends after so long without a request.
    pub idle: SignedDuration,
    /// And after so long in any case.
    pub whole: SignedDuration,
}

/// What was written down of a session is never further ahead of the clock, unless that was wrong.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// What concerns the credentials of others asks for one's own after so long.
const CONFIRMED_FOR: SignedDuration = SignedDuration::from_mins(10);
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

    pub(super) fn digest(&self) -> String {
        hex::encode(Sha256::digest(&self.0))
    }
}

/// A session: whose it is, and whether the second factor was given.
#[derive(Clone, Debug)]
pub struct Session<A: AccountKind> {
    /// Who.
    pub account: A,
    /// Whether all that is asked for at sign-in was given.
    pub verified: bool,
    /// When the password and the code were given last.
    pub confirmed_at: Option<Timestamp>,
    /// When its account had signed in before it.
    pub previous_sign_in_at: Option<String>,
    /// Sign-ins that were refused between the two.
    pub refused_sign_ins: i64,
    /// Since when they were.
    pub refused_since: Option<String>,
}

impl<A: AccountKind> Session<A> {
    /// Whether the credentials were given a short while ago, which what concerns those of others asks
    /// for.
    pub fn is_confirmed(&self, now: Timestamp) -> bool {
        let age = self.confirmed_at.map(|at| now.duration_since(at));
        age.is_some_and(|age| !age.is_negative() && age < CONFIRMED_FOR)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    subject: String,
    verified: bool,
    created_at: String,
    seen_at: String,
    confirmed_at: Option<String>,
    previous_sign_in_at: Option<String>,
    refused_sign_ins: i64,
    refused_since: Option<String>,
}

// The column `operator_id` holds the id of the account, whatever its kind.
const OPEN: &str = "
    INSERT INTO sessions
        (digest, kind, operator_id, verified, created_at, seen_at, confirmed_at,
         previous_sign_in_at, refused_sign_ins, refused_since)
    SELECT $1, $5, id, $3, $4, $4, $4, last_signed_in_at, refused_sign_ins, refused_since
    FROM {table}
    WHERE id = $2";
const FIND: &str = "
    SELECT operator_id AS subject, verified, created_at, seen_at, confirmed_at,
           previous_sign_in_at, refused_sign_ins, refused_since
    FROM sessions
    WHERE digest = $1 AND kind = $2";
const SEEN: &str = "UPDATE sessions SET seen_at = $2 WHERE digest = $1";
const END: &str = "DELETE FROM sessions WHERE digest = $1";
const CONFIRMED: &str = "UPDATE sessions SET confirmed_at = $2 WHERE digest = $1";
const END_OTHERS: &str = "
    DELETE FROM sessions
    WHERE kind = $1 AND operator_id = $2 AND digest <> $3";
const END_OLD: &str = "
    DELETE FROM sessions
    WHERE kind = $4 AND (created_at < $1 OR seen_at < $2 OR created_at > $3 OR seen_at > $3)";

impl Identity<'_> {
    /// Opens a session. Its token is always fresh: what a browser had before is worth nothing. What
    /// was given must still be what the account had when it was read.
    pub async fn open_session<A: AccountKind>(
        self,
        account: &A,
        verified: bool,
        second_factor: bool,
        cause: &Cause,
    ) -> Result<SessionToken, OpeningError<A::Refusal>> {
        let token = SessionToken(URL_SAFE_NO_PAD.encode(self.ids.random()));
        let (db, now) = (self.log.db(), self.clock.now());
        let mut tx = db.begin().await?;
        if !hold_in(&mut tx, account).await? {
            tx.rollback().await?;
            return Err(OpeningError::Changed);
        }
        let args = args![token.digest(), account.id(), verified, now, A::KIND];
        tx.execute(&of_table::<A>(OPEN), args).await?;
        tx.commit().await?;
        if verified {
            self.signed_in::<A>(account.id(), second_factor, cause).await?;
        }
        Ok(token)
    }

    /// The session of this token, while it lasts and its account may sign in.
    pub async fn session<A: AccountKind>(
        self,
        token: &SessionToken,
    ) -> Result<Option<Session<A>>, DbError> {
        let (db, now) = (self.log.db(), self.clock.now());
        let row: Option<Row> = db.fetch_optional(FIND, args![token.digest(), A::KIND]).await?;
        let Some(row) = row else { return Ok(None) };
        let is_over = |since: &str, lasts: SignedDuration| {
            parse_timestamp(since)
                .map_or(true, |since| now.duration_since(since) >= lasts || since > now + AHEAD)
        };
        if is_over(&row.created_at, A::SESSIONS.whole) || is_over(&row.seen_at, A::SESSIONS.idle) {
            self.end_session(token).await?;
            return Ok(None);
        }
        if is_over(&row.seen_at, NOTED_EVERY) {
            db.execute(SEEN, args![token.digest(), timestamp_text(now)]).await?;
        }
        let account = match row.subject.parse::<Uuid>() {
            Ok(id) => A::load(&self, id).await?,
            Err(_) => None,
        };
        let account = account.filter(A::may_sign_in);
        // One that waits for its code ends with the password that opened it: the account must not
        // be newer than that.
        if !row.verified {
            let args = args![token.digest(), A::KIND];
            let still: Option<Row> = db.fetch_optional(FIND, args).await?;
            if still.is_none() {
                return Ok(None);
            }
        }
        let confirmed_at = row.confirmed_at.as_deref().and_then(|at| parse_timestamp(at).ok());
        Ok(account.map(|account| Session {
            account,
            verified: row.verified,
            confirmed_at,
            previous_sign_in_at: row.previous_sign_in_at,
            refused_sign_ins: row.refused_sign_ins,
            refused_since: row.refused_since,
        }))
    }

    /// Notes that the owner of a session gave their credentials again.
    pub async fn session_confirmed(self, token: &SessionToken) -> Result<(), DbError> {
        let args = args![token.digest(), self.clock.now()];
        self.log.db().execute(CONFIRMED, args).await.map(drop)
    }

    /// Forgets the sessions that are over.
    pub(crate) async fn clear_sessions(self) -> Result<u64, DbError> {
        let now = self.clock.now();
        let mut cleared = 0;
        for kind in KINDS {
            let (whole, idle) = (kind.sessions.whole, kind.sessions.idle);
            let args = args![now - whole, now - idle, now + AHEAD, kind.name];
            cleared += self.log.db().execute(END_OLD, args).await?;
        }
        Ok(cleared)
    }

    /// Ends a session.
    pub async fn end_session(self, token: &SessionToken) -> Result<(), DbError> {
        self.log.db().execute(END, args![token.digest()]).await.map(drop)
    }
}

/// Ends the sessions of an account but one.
pub(super) async fn end_other_sessions<A: AccountKind>(
    tx: &mut Tx,
    id: Uuid,
    keep: Option<&SessionToken>,
) -> Result<(), DbError> {
    let keep = keep.map(SessionToken::digest).unwrap_or_default();
    tx.execute(END_OTHERS, args![A::KIND, id, keep]).await.map(drop)
}
