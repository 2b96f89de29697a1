//! A person, as the read models know them: the applications of an address, and the requests to forget
//! somebody that wait for a second operator.

use domain::EmailAddress;
use event_store::{Db, DbError, args};

use crate::applications::search::{self, Search};
use crate::applications::{ApplicationRow, Cursor};

/// Applications read at once.
const PAGE: u32 = 200;

/// Every application that came from this address, newest first. People may share an address: who acts
/// on the list looks at the names.
pub async fn applications_of(
    db: &Db,
    address: &EmailAddress,
) -> Result<Vec<ApplicationRow>, DbError> {
    let mut found = vec![];
    let mut cursor: Option<Cursor> = None;
    loop {
        let search = Search { text: address.as_str().to_owned(), cursor, ..Search::default() };
        let page = search::find(db, &search, PAGE).await?;
        // The same word finds what went to this address.
        let theirs = |row: &ApplicationRow| {
            row.erased_at.is_none()
                && row.candidate_email.reveal().eq_ignore_ascii_case(address.as_str())
        };
        found.extend(page.items.into_iter().filter(theirs));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

const TO: &str = "
    SELECT count(*)
    FROM application_terms AS t
    JOIN applications AS a ON a.submitted_position = t.submitted_position
    WHERE t.term = $1 AND lower(a.employer_email) = $2";

/// How many applications went to this address, as an employer's.
pub async fn applications_to(db: &Db, address: &EmailAddress) -> Result<i64, DbError> {
    let lower = address.as_str().to_ascii_lowercase();
    let (count,): (i64,) = db.fetch_one(TO, args![search::term_of(&lower), lower]).await?;
    Ok(count)
}

const WAITING: &str = "
    SELECT *
    FROM applications
    WHERE erasure_requested_at IS NOT NULL
    ORDER BY erasure_requested_at, id
    LIMIT $1";

/// Applications whose candidate is to be forgotten, as soon as a second operator agrees; longest
/// waiting first.
pub async fn erasures_waiting(db: &Db, limit: u32) -> Result<Vec<ApplicationRow>, DbError> {
    db.fetch_all(WAITING, args![limit]).await
}

const REQUESTS: &str = "
    SELECT count(DISTINCT erasure_request_id)
    FROM applications
    WHERE erasure_requested_at IS NOT NULL";

/// How many requests to forget somebody wait for a second operator.
pub async fn requests_waiting(db: &Db) -> Result<i64, DbError> {
    let (count,): (i64,) = db.fetch_one(REQUESTS, args![]).await?;
    Ok(count)
}
