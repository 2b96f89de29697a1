//! Interviews that employers proposed to somebody, as far as they know of them.

use std::collections::BTreeMap;

use domain::application::{AnswerKind, Place};
use event_store::{DbError, Log, args, parse_timestamp};
use jiff::Timestamp;
use uuid::Uuid;

use super::Whose;
use super::sent::pseudonym;
use crate::applications::{ApplicationRow, find};

/// An interview, with the application that it is about.
#[derive(Clone, Debug)]
pub struct ProposedInterview {
    /// The application.
    pub application: ApplicationRow,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When it begins.
    pub starts_at: Timestamp,
    /// Where it takes place.
    pub place: Option<Place>,
}

/// The status of an application tells of answers that may still be taken back: what counts is the latest that is
/// told.
const TOLD: &str = "
    SELECT a.id, k.kind, k.answered_at, k.starts_at, k.place
    FROM applications AS a
    JOIN answers AS k ON k.application_id = a.id AND k.undone = FALSE AND k.undo_until <= $2
    WHERE a.candidate_pseudonym = $1 AND a.erased_at IS NULL AND a.status <> 'withdrawn'
      AND NOT EXISTS (
        SELECT 1
        FROM tracked_applications AS t
        WHERE t.owner = $3 AND t.application_id = a.id AND t.hidden = TRUE)
    ORDER BY k.answered_at";

type Told = (String, String, String, Option<String>, Option<String>);

/// The interviews that somebody knows of and that were not called off; of several dates for one the
/// latest. An answer that may still be taken back neither shows one nor hides one; of what they hid
/// there is none.
pub async fn interviews(log: &Log, whose: Whose<'_>) -> Result<Vec<ProposedInterview>, DbError> {
    let Some(email) = whose.email else { return Ok(vec![]) };
    let args = args![pseudonym(log, email), whose.now, whose.owner];
    let rows: Vec<Told> = log.db().fetch_all(TOLD, args).await?;
    let mut latest: BTreeMap<Uuid, _> = BTreeMap::new();
    for (id, kind, answered_at, starts_at, place) in rows {
        let (Ok(id), Ok(answered_at)) = (id.parse(), parse_timestamp(&answered_at)) else {
            continue;
        };
        let starts_at = starts_at.filter(|_| kind == AnswerKind::Interview.as_str());
        let starts_at = starts_at.and_then(|it| parse_timestamp(&it).ok());
        let place = place.and_then(|it| it.parse().ok());
        latest.insert(id, starts_at.map(|starts_at| (answered_at, starts_at, place)));
    }
    let mut found = vec![];
    for (id, proposed) in latest {
        let Some((proposed_at, starts_at, place)) = proposed else { continue };
        if let Some(application) = find(log, id).await? {
            found.push(ProposedInterview { application, proposed_at, starts_at, place });
        }
    }
    Ok(found)
}
