//! How open offers fit somebody who looks for work.
//!
//! What is compared is bounded, however many offers there are: those that the search finds by the jobs and skills, the
//! newest [`FOUND`], and the newest [`NEWEST`] of all.

use std::collections::{HashMap, HashSet};

use domain::space::{Match, OfferFacts, Seeker};
use event_store::{Db, DbError, Sought, WordQuery};
use jiff::Timestamp;
use uuid::Uuid;

use crate::offers::{self, OfferRow, WithTerms};

/// So many of the open offers that have something in common with somebody are compared: the newest.
const FOUND: u32 = 500;
/// And so many of all.
const NEWEST: u32 = 1000;

/// An offer, and how it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// The offer.
    pub row: OfferRow,
    /// How it fits.
    pub fit: Match,
}

fn facts<'a>(row: &OfferRow, terms: &'a str, skills: &'a [String]) -> OfferFacts<'a> {
    OfferFacts {
        terms,
        skills,
        remote: row.remote,
        contract: row.contract,
        working_time: row.working_time,
        since: row.posted_at.unwrap_or(row.created_at),
    }
}

/// The open offers that fit somebody best, the best first and of those that fit alike the newest, without what their
/// account hides; `limit` at most. What has nothing in common with them is not among these.
pub async fn ranked(
    db: &Db,
    seeker: &Seeker,
    account: Uuid,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Ranked>, DbError> {
    let mut compared = offers::newest(db, account, NEWEST).await?;
    let known: HashSet<_> = compared.iter().map(|offer| offer.row.id).collect();
    let found = found(db, seeker, account).await?.into_iter();
    compared.extend(found.filter(|offer| !known.contains(&offer.row.id)));
    let seeker = seeker.clone();
    // Words of a thousand offers are compared.
    let ranked = tokio::task::spawn_blocking(move || rank(&seeker, compared, now, limit)).await;
    match ranked {
        Ok(ranked) => Ok(ranked),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The process ends.
        Err(_) => Ok(vec![]),
    }
}

async fn found(db: &Db, seeker: &Seeker, account: Uuid) -> Result<Vec<WithTerms>, DbError> {
    // Every term is one: they are made as those of offers are.
    let sought = |terms: Vec<String>| terms.iter().map(|term| Sought::term(term)).collect();
    let any: Vec<Vec<Sought>> = seeker.asks().into_iter().filter_map(sought).collect();
    if any.is_empty() {
        return Ok(vec![]);
    }
    let words = WordQuery { any, ..WordQuery::default() };
    offers::newest_with(db, &words, account, FOUND).await
}

fn rank(seeker: &Seeker, offers: Vec<WithTerms>, now: Timestamp, limit: usize) -> Vec<Ranked> {
    let skills: Vec<_> = offers.iter().map(|offer| offer.row.skills()).collect();
    let facts = offers.iter().zip(&skills).map(|(offer, skills)| {
        facts(&offer.row, offer.terms.as_deref().unwrap_or_default(), skills)
    });
    let fits = seeker.fits_each(facts, now);
    let offers = offers.into_iter().zip(fits).map(|(offer, fit)| Ranked { row: offer.row, fit });
    let mut ranked: Vec<_> = offers.filter(|offer| offer.fit.score > 0).collect();
    ranked.sort_by_key(|offer| std::cmp::Reverse((offer.fit.score, offer.row.ordinal)));
    ranked.truncate(limit);
    ranked
}

/// How each of these offers fits somebody; one that is not open any more is left out.
pub async fn fits(
    db: &Db,
    seeker: &Seeker,
    rows: &[OfferRow],
    now: Timestamp,
) -> Result<HashMap<Uuid, Match>, DbError> {
    let terms = offers::terms_of(db, rows.iter().map(|row| row.id)).await?;
    let terms: HashMap<_, _> = terms.into_iter().collect();
    let open: Vec<_> = rows.iter().filter_map(|row| Some((row, terms.get(&row.id)?))).collect();
    let skills: Vec<_> = open.iter().map(|(row, _)| row.skills()).collect();
    let facts = open.iter().zip(&skills).map(|((row, terms), skills)| facts(row, terms, skills));
    let fits = seeker.fits_each(facts, now);
    Ok(open.iter().map(|(row, _)| row.id).zip(fits).collect())
}
