//! A person, as the read models know them: what is kept under an address, and the requests to erase
//! somebody that wait for a second operator.

use domain::erasure::{ErasureCase, RecordRef};
use domain::{EmailAddress, Personal};
use event_store::{Db, DbError, Log, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::applications::search::{self, Search};
use crate::applications::{ApplicationRow, TABLE};
use crate::subjects;

/// Applications read at once.
const PAGE: u32 = 200;

const APPLICATIONS: &str = "
    SELECT *
    FROM applications
    WHERE erased_at IS NULL
        AND id IN (
            SELECT aggregate_id FROM subjects WHERE term = $1 AND aggregate_type = 'JobApplication'
        )
    ORDER BY submitted_position DESC";

/// Every application that came from this address, newest first. People may share an address: who acts
/// on the list looks at the names.
pub async fn applications_of(
    log: &Log,
    address: &EmailAddress,
) -> Result<Vec<ApplicationRow>, DbError> {
    let term = subjects::term(log, address.as_str());
    let mut rows: Vec<ApplicationRow> =
        TABLE.fetch_all(log, &TABLE.by_name(APPLICATIONS), args![term]).await?;
    // Addresses that differ in accents alone share a term.
    rows.retain(|row| row.candidate_email.reveal().eq_ignore_ascii_case(address.as_str()));
    Ok(rows)
}

/// What is kept under this address besides applications, latest first.
pub async fn others_of(log: &Log, address: &EmailAddress) -> Result<Vec<RecordRef>, DbError> {
    let mut found = subjects::of(log, address).await?;
    found.retain(|record| record.as_application().is_none());
    Ok(found)
}

/// What goes with these applications of an address: they, and where none of its applications is left
/// out, whatever else is kept under it, for it is nobody else's; that comes first, and the applications
/// in their order. Requests that wait are always meant: they end with the last of what they are about.
pub async fn meant(
    log: &Log,
    address: &EmailAddress,
    chosen: &[Uuid],
) -> Result<Vec<RecordRef>, DbError> {
    let all = applications_of(log, address).await?;
    let is_whole = all.iter().all(|row| chosen.contains(&row.id));
    let mut meant = others_of(log, address).await?;
    meant.retain(|record| is_whole || record.is_of::<ErasureCase>());
    meant.extend(chosen.iter().copied().map(RecordRef::application));
    Ok(meant)
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
pub async fn named(log: &Log, text: &str) -> Result<Vec<Person>, DbError> {
    let search = Search { text: text.to_owned(), ..Search::default() };
    let mut people: Vec<Person> = vec![];
    for row in search::find(log, &search, PAGE).await?.items {
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

/// How many applications went to this address, as an employer's.
pub async fn applications_to(log: &Log, address: &EmailAddress) -> Result<i64, DbError> {
    search::applications_to(log, address).await
}

const WAITING: &str = "
    SELECT *
    FROM applications
    WHERE erasure_requested_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM erasure_cases AS c WHERE c.id = erasure_request_id)
    ORDER BY erasure_requested_at, id
    LIMIT $1";

/// Applications whose candidate is to be forgotten, as soon as a second operator agrees, and for which
/// there is no erasure case: they were asked for before there were any. Longest waiting first.
pub async fn erasures_waiting(log: &Log, limit: u32) -> Result<Vec<ApplicationRow>, DbError> {
    TABLE.fetch_all(log, &TABLE.by_name(WAITING), args![limit]).await
}

const REQUESTS: &str = "
    SELECT (SELECT count(*) FROM erasure_cases WHERE state = 'waiting')
         + (SELECT count(DISTINCT erasure_request_id)
            FROM applications
            WHERE erasure_requested_at IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM erasure_cases AS c WHERE c.id = erasure_request_id))";

/// How many requests to forget somebody wait for a second operator.
pub async fn requests_waiting(db: &Db) -> Result<i64, DbError> {
    let (count,): (i64,) = db.fetch_one(REQUESTS, args![]).await?;
    Ok(count)
}
