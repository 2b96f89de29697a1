//! Tokens of programs (RFC 6749): a grant is what one program may do in the name of one account. Its access
//! tokens are short-lived and signed; its refresh tokens are random, count once, and the database knows their
//! SHA-256.
//!
//! A refresh token is followed by its successor, and its reuse later is a theft (RFC 9700, 4.14): then the
//! grant ends, and with it all tokens that descend from the first. An answer may be lost, and a second tab may
//! ask at the same moment, so for a short while the same token gives the same successor. Nothing that is stored
//! tells what it was: it is computed from its predecessor, under the signing keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use event_store::{DbError, Tx, args, parse_timestamp};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use uuid::Uuid;

use super::credentials::hold_in;
use super::{AccountKind, Happened, OpeningError};
use crate::facades::Identity;
use crate::signed::access_token::{AccessClaims, Lasting};
use crate::{Cause, CommandError};

/// How long the same refresh token gives the same successor.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// How often it does.
const REPEATS: i64 = 5;
/// What was written down is never further ahead of the clock, unless that was wrong.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// A refresh token: 32 bytes in base64url that nobody guesses.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(String);

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

impl RefreshToken {
    /// A token that somebody presents.
    pub fn presented(text: &str) -> Self {
        Self(text.chars().take(128).collect())
    }

    fn of(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The text for the program.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> String {
        hex::encode(Sha256::digest(&self.0))
    }
}

/// What a program is given.
#[derive(Clone)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: RefreshToken,
    /// From when on the access token is refused.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The tokens that programs of one kind are given.
pub struct TokenKind<A> {
    /// How long they last.
    pub lasting: Lasting,
    /// What else an access token says of the account.
    pub claims: fn(&A) -> Map<String, Value>,
}

impl<A> TokenKind<A> {
    /// Tokens that say nothing else.
    pub fn plain(lasting: Lasting) -> Self {
        Self { lasting, claims: |_| Map::new() }
    }
}

impl<A> Clone for TokenKind<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for TokenKind<A> {}

/// What one program may do in the name of one account, until it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenGrant {
    /// Its id.
    pub id: Uuid,
    /// When it began.
    pub created_at: Timestamp,
    /// When its refresh token was used last.
    pub used_at: Timestamp,
}

/// Why a refresh token gives no other tokens.
#[derive(Debug, Error)]
pub enum RefreshError<R: std::error::Error + 'static> {
    /// It is unknown, over or stolen, or its account may not sign in.
    #[error("the refresh token is not valid, or has expired")]
    Wrong,
    /// It was presented too often at once.
    #[error("the refresh token was used just now")]
    TooMany {
        /// When to sign in anew, at the latest.
        until: Timestamp,
    },
    /// The database did not answer, or the log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<R>),
}

impl<R: std::error::Error> From<DbError> for RefreshError<R> {
    fn from(error: DbError) -> Self {
        Self::Command(error.into())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    grant_id: String,
    subject: String,
    expires_at: String,
    used_at: Option<String>,
}

#[derive(sqlx::FromRow)]
struct GrantRow {
    id: String,
    created_at: String,
    used_at: String,
}

impl GrantRow {
    fn grant(self) -> Option<TokenGrant> {
        let created_at = parse_timestamp(&self.created_at).ok()?;
        let used_at = parse_timestamp(&self.used_at).ok()?;
        Some(TokenGrant { id: self.id.parse().ok()?, created_at, used_at })
    }
}

const OPEN: &str = "
    INSERT INTO token_grants (id, kind, subject, created_at, used_at, expires_at)
    VALUES ($1, $2, $3, $4, $4, $5)";
const ADD: &str = "
    INSERT INTO refresh_tokens (digest, grant_id, expires_at, repeats)
    VALUES ($1, $2, $3, 0)";
const FIND: &str = "
    SELECT token.grant_id, grants.subject, token.expires_at, token.used_at
    FROM refresh_tokens token
    JOIN token_grants grants ON grants.id = token.grant_id
    WHERE token.digest = $1 AND grants.kind = $2";
const USE: &str = "
    UPDATE refresh_tokens
    SET used_at = $2
    WHERE digest = $1 AND used_at IS NULL";
const USED: &str = "UPDATE token_grants SET used_at = $2, expires_at = $3 WHERE id = $1";
const REPEAT: &str = "
    UPDATE refresh_tokens
    SET repeats = repeats + 1
    WHERE digest = $1 AND repeats < $2";
const IS_THERE: &str = "SELECT digest FROM refresh_tokens WHERE digest = $1";
const SUBJECT: &str = "
    SELECT subject
    FROM token_grants
    WHERE id = $1 AND kind = $2";
const OF: &str = "
    SELECT id, created_at, used_at
    FROM token_grants
    WHERE kind = $1 AND subject = $2 AND expires_at > $3
    ORDER BY used_at DESC, id";
const KEPT: &str = "
    SELECT id, created_at, used_at
    FROM token_grants
    WHERE kind = $1 AND subject = $2
    ORDER BY created_at DESC, id";
const END: &str = "DELETE FROM token_grants WHERE id = $1 AND kind = $2 AND subject = $3";
const END_OTHERS: &str = "
    DELETE FROM token_grants
    WHERE kind = $1 AND subject = $2 AND id <> $3";
const END_OLD: &str = "DELETE FROM token_grants WHERE expires_at <= $1 OR created_at > $2";
/// The tokens of grants that ended, and those that are over.
const CLEAR: &str = "
    DELETE FROM refresh_tokens
    WHERE expires_at <= $1 OR grant_id NOT IN (SELECT id FROM token_grants)";

impl Identity<'_> {
    /// Gives a program tokens in the name of an account, which signed in just now with what it
    /// had when it was read.
    pub async fn grant_tokens<A: AccountKind>(
        self,
        account: &A,
        kind: TokenKind<A>,
        second_factor: bool,
        cause: &Cause,
    ) -> Result<(TokenGrant, Tokens), OpeningError<A::Refusal>> {
        let (db, now, id) = (self.log.db(), self.clock.now(), self.ids.uuid());
        let expires_at = now + kind.lasting.refresh;
        let refresh = RefreshToken::of(self.ids.random());
        let mut tx = db.begin().await?;
        if !hold_in(&mut tx, account).await? {
            tx.rollback().await?;
            return Err(OpeningError::Changed);
        }
        tx.execute(OPEN, args![id, A::KIND, account.id(), now, expires_at]).await?;
        tx.execute(ADD, args![refresh.digest(), id, expires_at]).await?;
        tx.commit().await?;
        self.signed_in::<A>(account.id(), second_factor, cause).await?;
        let grant = TokenGrant { id, created_at: now, used_at: now };
        Ok((grant, self.tokens(account, id, refresh, kind)))
    }

    fn tokens<A: AccountKind>(
        self,
        account: &A,
        grant: Uuid,
        refresh: RefreshToken,
        kind: TokenKind<A>,
    ) -> Tokens {
        let (now, others) = (self.clock.now(), (kind.claims)(account));
        let claims = AccessClaims { subject: account.id(), grant, id: self.ids.uuid() };
        let lasts = kind.lasting.access;
        let (access, expires_at) = self.access_tokens.issue(claims, others, now, lasts);
        Tokens { access, refresh, expires_at }
    }

    /// The account and the grant of an access token, while both are there and the account may sign in.
    pub async fn access<A: AccountKind>(self, token: &str) -> Result<Option<(A, Uuid)>, DbError> {
        let Ok(claims) = self.access_tokens.verify(token, self.clock.now()) else {
            return Ok(None);
        };
        let args = args![claims.grant, A::KIND];
        let row: Option<(String,)> = self.log.db().fetch_optional(SUBJECT, args).await?;
        if row.is_none_or(|(subject,)| subject != claims.subject.to_string()) {
            return Ok(None);
        }
        let account = A::load(&self, claims.subject).await?.filter(A::may_sign_in);
        Ok(account.map(|account| (account, claims.grant)))
    }

    /// Ends the grant of an access token of ours, though its time may be over: whoever signs out
    /// with it holds a refresh token that lasts longer.
    pub async fn sign_out<A: AccountKind>(self, token: &str) -> Result<(), DbError> {
        let Some(claims) = self.access_tokens.recognise(token) else { return Ok(()) };
        self.end_grant::<A>(claims.subject, claims.grant).await
    }

    /// The tokens that follow a refresh token, which counts once.
    pub async fn refresh<A: AccountKind>(
        self,
        token: &RefreshToken,
        kind: TokenKind<A>,
        cause: &Cause,
    ) -> Result<(A, Tokens), RefreshError<A::Refusal>> {
        let (db, now) = (self.log.db(), self.clock.now());
        let row: Option<Row> = db.fetch_optional(FIND, args![token.digest(), A::KIND]).await?;
        let row = row.filter(|row| is_ahead(&row.expires_at, now)).ok_or(RefreshError::Wrong)?;
        let parsed = row.subject.parse::<Uuid>().ok().zip(row.grant_id.parse::<Uuid>().ok());
        let (subject, grant) = parsed.ok_or(RefreshError::Wrong)?;
        let account = A::load(&self, subject).await?.filter(A::may_sign_in);
        let account = account.ok_or(RefreshError::Wrong)?;
        let successor = match row.used_at.as_deref().and_then(|at| parse_timestamp(at).ok()) {
            None => self.rotate::<A::Refusal>(token, grant, kind.lasting, now).await?,
            Some(at) if now.duration_since(at) < GRACE => self.repeat(token, at).await?,
            Some(_) => {
                // Told first: cut off behind the end of the grant, nobody would hear of it.
                self.tell::<A>(subject, Happened::TokenReused, cause).await?;
                self.end_grant::<A>(subject, grant).await?;
                return Err(RefreshError::Wrong);
            }
        };
        let tokens = self.tokens(&account, grant, successor, kind);
        Ok((account, tokens))
    }

    /// The successor of a token that was not used yet. Of several who present it at once, one uses it, and
    /// the others repeat.
    async fn rotate<R: std::error::Error + 'static>(
        self,
        token: &RefreshToken,
        grant: Uuid,
        lasting: Lasting,
        now: Timestamp,
    ) -> Result<RefreshToken, RefreshError<R>> {
        let expires_at = now + lasting.refresh;
        let [first, ..] = &self.successors(token)[..] else { return Err(RefreshError::Wrong) };
        let mut tx = self.log.db().begin().await?;
        if tx.execute(USE, args![token.digest(), now]).await? == 0 {
            tx.rollback().await?;
            return self.repeat(token, now).await;
        }
        tx.execute(ADD, args![first.digest(), grant, expires_at]).await?;
        tx.execute(USED, args![grant, now, expires_at]).await?;
        tx.commit().await?;
        Ok(first.clone())
    }

    /// The successor that a token has already.
    async fn repeat<R: std::error::Error + 'static>(
        self,
        token: &RefreshToken,
        used_at: Timestamp,
    ) -> Result<RefreshToken, RefreshError<R>> {
        let db = self.log.db();
        if db.execute(REPEAT, args![token.digest(), REPEATS]).await? == 0 {
            return Err(RefreshError::TooMany { until: used_at + GRACE });
        }
        // The signing key may have changed since.
        for successor in self.successors(token) {
            let row: Option<(String,)> =
                db.fetch_optional(IS_THERE, args![successor.digest()]).await?;
            if row.is_some() {
                return Ok(successor);
            }
        }
        Err(RefreshError::Wrong)
    }

    /// What may follow a token, by each of the signing keys; the newest first.
    fn successors(self, token: &RefreshToken) -> Vec<RefreshToken> {
        self.access_tokens.successors(token.reveal()).into_iter().map(RefreshToken::of).collect()
    }

    /// Ends the grant that a refresh token belongs to, used or not (RFC 7009); nothing where there is none.
    pub async fn revoke<A: AccountKind>(self, token: &RefreshToken) -> Result<(), DbError> {
        let args = args![token.digest(), A::KIND];
        let row: Option<Row> = self.log.db().fetch_optional(FIND, args).await?;
        let Some(row) = row else { return Ok(()) };
        let args = args![row.grant_id, A::KIND, row.subject];
        self.log.db().execute(END, args).await.map(drop)
    }

    /// Ends a grant of this account: its tokens are refused from now on.
    pub async fn end_grant<A: AccountKind>(
        self,
        subject: Uuid,
        grant: Uuid,
    ) -> Result<(), DbError> {
        self.log.db().execute(END, args![grant, A::KIND, subject]).await.map(drop)
    }

    /// The grants of an account, the one that was used last first.
    pub async fn grants<A: AccountKind>(self, subject: Uuid) -> Result<Vec<TokenGrant>, DbError> {
        let args = args![A::KIND, subject, self.clock.now()];
        let rows: Vec<GrantRow> = self.log.db().fetch_all(OF, args).await?;
        Ok(rows.into_iter().filter_map(GrantRow::grant).collect())
    }

    /// Every grant of an account that is kept, the newest first; also one that is over and not
    /// cleared yet.
    pub(crate) async fn kept_grants<A: AccountKind>(
        self,
        subject: Uuid,
    ) -> Result<Vec<TokenGrant>, DbError> {
        let rows: Vec<GrantRow> = self.log.db().fetch_all(KEPT, args![A::KIND, subject]).await?;
        Ok(rows.into_iter().filter_map(GrantRow::grant).collect())
    }

    /// Forgets the grants and refresh tokens that are over.
    pub(crate) async fn clear_grants(self) -> Result<u64, DbError> {
        let (db, now) = (self.log.db(), self.clock.now());
        let grants = db.execute(END_OLD, args![now, now + AHEAD]).await?;
        Ok(grants + db.execute(CLEAR, args![now]).await?)
    }
}

/// Ends the grants of an account but one.
pub(super) async fn end_other_grants<A: AccountKind>(
    tx: &mut Tx,
    subject: Uuid,
    keep: Option<Uuid>,
) -> Result<(), DbError> {
    let keep = keep.map(|id| id.to_string()).unwrap_or_default();
    tx.execute(END_OTHERS, args![A::KIND, subject, keep]).await.map(drop)
}

fn is_ahead(at: &str, now: Timestamp) -> bool {
    parse_timestamp(at).is_ok_and(|at| at > now)
}
