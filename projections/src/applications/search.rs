//! `application_terms`: words under which applications are found, as numbers; and the lists that
//! operators search.
//!
//! A term is a whole word of a name, of the job or of the employer's name, an e-mail address, a
//! SIRET, or the candidate's id, without accents and in lower case; the first 64 bits of its HMAC-SHA256
//! under the key of the blind index stand for it. An index of words and positions finds and sorts in one go.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use domain::application::{ApplicationEvent, ApplicationEventKind, ApplicationStatus, Submission};
use domain::{EmailAddress, JobApplication};
use event_store::{DbError, Interval, Log, Position, Value, args};

use super::{ApplicationRow, Cursor, List};
use crate::words::{WORDS, plain, rarest_first, sought, words};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Removal, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "application_terms",
    about: "Words under which applications are found: one row for each word of each application.",
    key: &["term", "submitted_position"],
    of: Owner::begun::<JobApplication>("submitted_position"),
    columns: &[
        Column::new("term", Kind::Integer, "The first 64 bits of the word's HMAC-SHA256.")
            .blind("term"),
        Column::new(
            "submitted_position",
            Kind::Integer,
            "The application: where its submission is in the log.",
        ),
    ],
    // To take away the words of one application without looking through those of all.
    indexes: &[Index::on("application", &["submitted_position"])],
    revision: 2,
};

pub(crate) struct ApplicationTerms;

impl ReadModel for ApplicationTerms {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted, ApplicationEventKind::PersonalDataErased]
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<JobApplication>]) -> Vec<Rows> {
        let rows = histories.iter().flat_map(of_history).collect();
        vec![Rows::new(&TABLE, rows)]
    }

    /// Nobody is found by what was forgotten.
    fn removals(&self, histories: &[History<JobApplication>]) -> Vec<Removal> {
        let erased = histories.iter().filter(|history| is_erased(history));
        let position =
            |history: &History<JobApplication>| history.events.first().map(|it| it.position);
        let removal = |position: Position| Removal {
            table: &TABLE,
            equal: vec![("submitted_position", position.into())],
        };
        erased.filter_map(position).map(removal).collect()
    }
}

fn is_erased(history: &History<JobApplication>) -> bool {
    history.events.iter().any(|recorded| {
        recorded.erased || matches!(recorded.event, ApplicationEvent::PersonalDataErased { .. })
    })
}

fn of_history(history: &History<JobApplication>) -> Vec<Vec<Value>> {
    let mut rows = vec![];
    if is_erased(history) {
        return rows;
    }
    for recorded in history.new_events() {
        if let ApplicationEvent::Submitted { submission, .. } = &recorded.event {
            let terms: BTreeSet<String> = terms(submission).into_iter().collect();
            rows.extend(terms.into_iter().map(|term| args![term, recorded.position]));
        }
    }
    rows
}

fn terms(submission: &Submission) -> Vec<String> {
    let (candidate, employer) = (&submission.candidate, &submission.employer);
    let mut terms = vec![
        plain(candidate.email.reveal().as_str()),
        plain(employer.email.reveal().as_str()),
        employer.siret.to_string(),
        plain(candidate.peid.reveal().as_str()),
        sent_to(employer.email.reveal()),
    ];
    for text in [
        candidate.first_name.reveal().as_str(),
        candidate.last_name.reveal().as_str(),
        submission.job.as_str(),
        employer.description.as_str(),
    ] {
        terms.extend(words(text).take(WORDS));
    }
    terms
}

/// The term of an employer's address, letters' case aside, which no search looks for: nobody types a
/// space in front.
fn sent_to(address: &EmailAddress) -> String {
    format!(" {}", address.as_str().to_ascii_lowercase())
}

const SENT_TO: &str = "
    SELECT count(*)
    FROM application_terms
    WHERE term = $1";

/// How many applications went to this address, as an employer's.
pub(crate) async fn applications_to(log: &Log, address: &EmailAddress) -> Result<i64, DbError> {
    let term = TABLE.blinded(log, "term", &sent_to(address));
    let (count,): (i64,) = log.db().fetch_one(SENT_TO, vec![term]).await?;
    Ok(count)
}

/// Whether all that is looked for is of the candidate: words of their name, their address or their id.
pub(crate) fn is_of_candidate(text: &str, row: &ApplicationRow) -> bool {
    let mut known = vec![plain(row.candidate_email.reveal()), plain(row.candidate_peid.reveal())];
    known.extend(words(row.candidate_name().reveal()));
    let sought = sought(text);
    !sought.is_empty() && sought.iter().all(|term| known.contains(term))
}

/// Which applications operators are shown.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Words, an address, a number; empty for all.
    pub text: String,
    /// Through which client platform they came.
    pub partner: Option<String>,
    /// Only those that stand there.
    pub status: Option<ApplicationStatus>,
    /// Only those submitted in this time, whenever that was recorded.
    pub submitted: Option<Interval>,
    /// Only those after the end of an earlier page.
    pub cursor: Option<Cursor>,
}

const BY_TIME: &str = "a.submitted_at DESC, a.submitted_position DESC";
const AFTER_CURSOR: &str = "
    (a.submitted_at, a.submitted_position) <
        (SELECT submitted_at, submitted_position FROM applications WHERE submitted_position = $1)";

/// A page of the applications that were searched for, newest first, `limit` at most.
pub async fn find(log: &Log, search: &Search, limit: u32) -> Result<List, DbError> {
    let terms = rarest_first(log, &TABLE, &sought(&search.text)).await?;
    if terms.is_empty() && !search.text.trim().is_empty() {
        return Ok(List { items: vec![], next: None }); // nothing that could be found
    }
    let before = search.cursor.map_or(i64::MAX, Cursor::position);
    // Of a period alone, the index of times finds and sorts in one go.
    let by_time = terms.is_empty() && search.submitted.is_some();
    let mut args = args![before, limit + 1];
    let mut place = |value: Value| {
        args.push(value);
        format!("${}", args.len())
    };
    let mut sql = format!("SELECT {} FROM applications AS a", super::TABLE.columns_as("a"));
    let mut conditions = String::new();
    // Writing to a String cannot fail.
    let is_all = terms.is_empty();
    for (nth, term) in terms.into_iter().enumerate() {
        let term = place(term);
        let _ = write!(
            sql,
            " JOIN application_terms AS t{nth} ON t{nth}.submitted_position = a.submitted_position AND t{nth}.term = {term}",
        );
    }
    let position = if is_all { "a.submitted_position" } else { "t0.submitted_position" };
    if let Some(partner) = &search.partner {
        let _ = write!(conditions, " AND a.client_id = {}", place(partner.into()));
    }
    if let Some(status) = search.status {
        let _ = write!(conditions, " AND a.status = {}", place(status.as_str().into()));
    }
    if let Some(Interval { from, before }) = search.submitted {
        let (from, before) = (place(from.into()), place(before.into()));
        let _ = write!(conditions, " AND a.submitted_at >= {from} AND a.submitted_at < {before}");
    }
    let (page, order) = match search.cursor {
        _ if !by_time => (format!("{position} < $1"), format!("{position} DESC")),
        None => (format!("{position} < $1"), BY_TIME.to_owned()),
        Some(_) => (AFTER_CURSOR.to_owned(), BY_TIME.to_owned()),
    };
    let _ = write!(sql, " WHERE {page}{conditions} ORDER BY {order} LIMIT $2");
    let items = super::TABLE.fetch_all(log, &sql, args).await?;
    Ok(List::of(items, limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::examples;

    #[test]
    fn people_find_words_addresses_and_numbers_however_they_write_them() {
        let mut submission = examples::submission();
        submission.candidate.last_name = domain::Personal::new(examples::valid("Éluard-Müller"));
        let employer = examples::valid("rh@société.example");
        submission.employer.email = domain::Personal::new(employer);
        let known: BTreeSet<String> = terms(&submission).into_iter().collect();
        for text in [
            "camille eluard",
            "MÜLLER",
            "Camille.Martin@Example.org",
            "732 829 320 00074",
            "boulanger",
            "RH@société.example",
            "rh@xn--socit-esab.example",
            "Dupont",
            "1234567a",
        ] {
            let sought = sought(text);
            assert!(!sought.is_empty() && sought.iter().all(|term| known.contains(term)), "{text}");
        }
        assert!(sought("?").is_empty());
        assert!(!known.contains(&sought("martine")[0]));
    }
}
