//! Interviews that employers proposed to somebody, as far as they know of them.

use std::collections::BTreeMap;

use domain::application::Place;
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

const PROPOSED: &str = "
    SELECT a.id, k.answered_at, k.starts_at, k.place
    FROM applications AS a
    JOIN answers AS k ON k.application_id = a.id AND k.undone = FALSE AND k.undo_until <= $2
    WHERE a.candidate_pseudonym = $1 AND a.erased_at IS NULL AND a.status = 'interview_proposed'
      AND k.kind = 'interview' AND k.starts_at IS NOT NULL
    ORDER BY k.answered_at";

/// The interviews that somebody knows of and that were not called off; of several dates for one the latest.
pub async fn interviews(log: &Log, whose: Whose<'_>) -> Result<Vec<ProposedInterview>, DbError> {
    let Some(email) = whose.email else { return Ok(vec![]) };
    let args = args![pseudonym(log, email), whose.now];
    let rows: Vec<(String, String, String, Option<String>)> =
        log.db().fetch_all(PROPOSED, args).await?;
    let mut latest: BTreeMap<Uuid, _> = BTreeMap::new();
    for (id, proposed_at, starts_at, place) in rows {
        if let (Ok(id), Ok(proposed_at), Ok(starts_at)) =
            (id.parse(), parse_timestamp(&proposed_at), parse_timestamp(&starts_at))
        {
            latest.insert(id, (proposed_at, starts_at, place.and_then(|it| it.parse().ok())));
        }
    }
    let mut found = vec![];
    for (id, (proposed_at, starts_at, place)) in latest {
        if let Some(application) = find(log, id).await? {
            found.push(ProposedInterview { application, proposed_at, starts_at, place });
        }
    }
    Ok(found)
}
