//! The applications of the log that came from an account's confirmed address. Nothing of them is copied.

use event_store::{DbError, Log, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::Whose;
use crate::applications::{ApplicationRow, TABLE, find};

/// What stands for an address in `applications`.
pub(super) fn pseudonym(log: &Log, email: &str) -> Value {
    TABLE.blinded(log, "candidate_pseudonym", &email.to_lowercase())
}

const PAGE: &str = "
    SELECT *
    FROM applications
    WHERE candidate_pseudonym = $1 AND erased_at IS NULL AND (submitted_at, id) < ($2, $3)
    ORDER BY submitted_at DESC, id DESC
    LIMIT $4";

/// A page of them, newest first, after this place.
pub(super) async fn page(
    log: &Log,
    email: &str,
    after: (&str, &str),
    limit: u32,
) -> Result<Vec<ApplicationRow>, DbError> {
    let args = args![pseudonym(log, email), after.0, after.1, limit];
    TABLE.fetch_all(log, &TABLE.by_name(PAGE), args).await
}

/// What an application of the log is to an account.
#[derive(Clone, Debug)]
pub enum Sent {
    /// It came from the account's address.
    Theirs(Box<ApplicationRow>),
    /// It came from somebody else.
    Others,
    /// There is none.
    None,
}

const IS_FROM: &str = "
    SELECT id
    FROM applications
    WHERE id = $1 AND candidate_pseudonym = $2 AND erased_at IS NULL";

/// What the application of this id is to an account.
pub async fn of_account(log: &Log, whose: Whose<'_>, id: Uuid) -> Result<Sent, DbError> {
    let Some(row) = find(log, id).await? else { return Ok(Sent::None) };
    let Some(email) = whose.email else { return Ok(Sent::Others) };
    let args = args![id, pseudonym(log, email)];
    let found: Option<(String,)> = log.db().fetch_optional(IS_FROM, args).await?;
    Ok(if found.is_some() { Sent::Theirs(Box::new(row)) } else { Sent::Others })
}

const SENT: &str = "
    SELECT *
    FROM applications
    WHERE candidate_pseudonym = $1 AND erased_at IS NULL AND submitted_at >= $2 AND submitted_at < $3
    ORDER BY submitted_at, id";

/// All that came from this address in a time, oldest first.
pub async fn sent_to_account(
    log: &Log,
    email: &str,
    from: Timestamp,
    before: Timestamp,
) -> Result<Vec<ApplicationRow>, DbError> {
    let args = args![pseudonym(log, email), from, before];
    TABLE.fetch_all(log, &TABLE.by_name(SENT), args).await
}
