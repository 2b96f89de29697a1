//! A person, as the read models know them: the applications of an address, and the requests to forget
//! somebody that wait for a second operator.

use domain::{EmailAddress, Personal};
use event_store::{Db, DbError, args};
use jiff::Timestamp;

use crate::applications::search::{self, Search};
use crate::applications::{ApplicationRow, Cursor, TABLE};

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

/// A candidate, as the applications that were found name them: people may share an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name on the newest of the applications.
    pub name: Personal<String>,
    /// The address that all of them came from, in the letters of the newest.
    pub address: Personal<String>,
    /// How many were found.
    pub applications: i64,
    /// When the newest was submitted.
    pub last_at: Timestamp,
}

/// The candidates whose name, address or id is what was searched for, by address; whose application is
/// the newest first. Of all that fits, the newest applications are looked at, some hundreds.
pub async fn named(db: &Db, text: &str) -> Result<Vec<Person>, DbError> {
    let search = Search { text: text.to_owned(), ..Search::default() };
    let mut people: Vec<Person> = vec![];
    for row in search::find(db, &search, PAGE).await?.items {
        if row.erased_at.is_some() || !search::is_of_candidate(text, &row) {
            continue;
        }
        let address = row.candidate_email.reveal();
        let known = |person: &&mut Person| person.address.reveal().eq_ignore_ascii_case(address);
        if let Some(person) = people.iter_mut().find(known) {
            person.applications += 1;
        } else {
            people.push(Person {
                name: row.candidate_name(),
                address: row.candidate_email.clone(),
                applications: 1,
                last_at: row.submitted_at,
            });
        }
    }
    Ok(people)
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
    db.fetch_all(&TABLE.by_name(WAITING), args![limit]).await
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
