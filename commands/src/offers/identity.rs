//! Which offer something is that a source shows: the same offer has one stream, wherever it is found.
//!
//! The tables lie beside the log, are written before the offer is, and name streams whose ids follow from what was
//! seen first. So whoever is cut off in between leaves a name without an offer, and the next one to see it
//! begins that very stream; no read model is asked, which would be late.

use std::collections::BTreeSet;

use domain::Line;
use domain::offer::{Comparable, JobOffer, OfferSource};
use event_store::{Db, DbError, Record, Tx, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::facades::Offers;

/// Names the lock under which offers are told apart.
const LOCK: i64 = 7_305_131;

/// The namespace of keys (UUIDv5).
const KEYS: Uuid = Uuid::from_u128(0x2f61_9d0a_66c8_4c55_8a5e_0f0a_5d4b_1c11);

/// Offers of one block that are compared: the latest of a company that publishes by the thousand.
const COMPARED: i64 = 2000;

const SIGHTING: &str = "
    SELECT offer_id
    FROM offer_sightings
    WHERE source = $1 AND external_id = $2";

const SEEN: &str = "
    INSERT INTO offer_sightings (source, external_id, offer_id, seen_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (source, external_id) DO UPDATE
    SET offer_id = excluded.offer_id, seen_at = excluded.seen_at";

const OF_KEY: &str = "
    SELECT offer_id
    FROM offer_keys
    WHERE key = $1";

const TAKE_KEY: &str = "
    INSERT INTO offer_keys (key, offer_id)
    VALUES ($1, $2)
    ON CONFLICT (key) DO NOTHING";

const DROP_KEYS: &str = "
    DELETE FROM offer_keys
    WHERE offer_id = $1";

const GIVE_KEYS: &str = "
    UPDATE offer_keys
    SET offer_id = $2
    WHERE offer_id = $1";

const GIVE_SIGHTINGS: &str = "
    UPDATE offer_sightings
    SET offer_id = $2
    WHERE offer_id = $1";

const OF_BLOCK: &str = "
    SELECT offer_id, company, title, url
    FROM offer_blocks
    WHERE block = $1
    ORDER BY offer_id
    LIMIT $2";

const TAKE_BLOCK: &str = "
    INSERT INTO offer_blocks (block, offer_id, company, title, url)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (block, offer_id) DO UPDATE
    SET company = excluded.company, title = excluded.title, url = excluded.url";

const DROP_BLOCKS: &str = "
    DELETE FROM offer_blocks
    WHERE offer_id = $1";

const GONE: &str = "
    SELECT external_id, offer_id
    FROM offer_sightings
    WHERE source = $1 AND seen_at < $2
    ORDER BY external_id
    LIMIT $3";

const FORGET_SIGHTING: &str = "
    DELETE FROM offer_sightings
    WHERE source = $1 AND external_id = $2 AND seen_at < $3";

const SHOWN_BY: &str = "
    SELECT external_id, offer_id
    FROM offer_sightings
    WHERE source = $1
    ORDER BY external_id";

const ELSEWHERE: &str = "
    SELECT count(*)
    FROM offer_sightings
    WHERE offer_id = $1 AND (source <> $2 OR seen_at >= $3)";

const SEEN_LAST: &str = "
    SELECT max(seen_at)
    FROM offer_sightings
    WHERE offer_id = $1";

/// An offer as a source shows it.
pub(super) struct Shown<'a> {
    pub(super) source: &'a OfferSource,
    pub(super) external_id: &'a Line<500>,
    pub(super) comparable: &'a Comparable,
}

/// A key as it is kept: of one length, whatever it says.
fn kept(kind: &str, text: &str) -> String {
    Uuid::new_v5(&KEYS, format!("{kind}\n{text}").as_bytes()).to_string()
}

/// The keys of an offer: its address goes before what it says.
fn keys(comparable: &Comparable) -> Vec<String> {
    let address = comparable.url.iter().map(|url| kept("url", url));
    address.chain([kept("offer", &comparable.key())]).collect()
}

impl Offers<'_> {
    /// The id of the offer that a source shows, which is known by then under all its names; and that it was seen is
    /// noted.
    pub(super) async fn identify(self, shown: &Shown<'_>, now: Timestamp) -> Result<Uuid, DbError> {
        let (source, external_id) = (shown.source.as_str(), shown.external_id.as_str());
        let db = self.log.db();
        // The way of nearly all: it was seen before.
        let known: Option<(String,)> =
            db.fetch_optional(SIGHTING, args![source, external_id]).await?;
        if let Some(id) = known.and_then(|(id,)| id.parse::<Uuid>().ok()) {
            db.execute(SEEN, args![source, external_id, id.to_string(), now]).await?;
            return Ok(id);
        }
        let mut tx = db.begin().await?;
        tx.alone(LOCK).await?;
        let known: Option<(String,)> =
            tx.fetch_optional(SIGHTING, args![source, external_id]).await?;
        let id = match known.and_then(|(id,)| id.parse().ok()) {
            Some(id) => id,
            None => match same(&mut Reader::Tx(&mut tx), shown.comparable).await? {
                Some(id) => id,
                None => JobOffer::id_of(shown.source, shown.external_id),
            },
        };
        take_names(&mut tx, id, shown.comparable).await?;
        tx.execute(SEEN, args![source, external_id, id.to_string(), now]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// The id that an offer which a source shows has or would get; nothing is noted.
    pub(super) async fn identified(self, shown: &Shown<'_>) -> Result<Uuid, DbError> {
        let args = args![shown.source.as_str(), shown.external_id.as_str()];
        let db = self.log.db();
        let known: Option<(String,)> = db.fetch_optional(SIGHTING, args).await?;
        let id = match known.and_then(|(id,)| id.parse().ok()) {
            Some(id) => Some(id),
            None => same(&mut Reader::Db(db), shown.comparable).await?,
        };
        Ok(id.unwrap_or_else(|| JobOffer::id_of(shown.source, shown.external_id)))
    }

    /// All that a source shows, as far as is known, as its own ids and offers.
    pub(super) async fn shown_by(
        self,
        source: &OfferSource,
    ) -> Result<Vec<(String, Uuid)>, DbError> {
        let rows: Vec<(String, String)> =
            self.log.db().fetch_all(SHOWN_BY, args![source.as_str()]).await?;
        let parsed = |(external_id, id): (String, String)| Some((external_id, id.parse().ok()?));
        Ok(rows.into_iter().filter_map(parsed).collect())
    }

    /// Gives an offer the names of what it says now, in the place of those that it had. Those that another offer
    /// has stay with it.
    pub(super) async fn rename(self, id: Uuid, comparable: &Comparable) -> Result<(), DbError> {
        let mut tx = self.log.db().begin().await?;
        tx.alone(LOCK).await?;
        drop_names(&mut tx, id).await?;
        take_names(&mut tx, id, comparable).await?;
        tx.commit().await
    }

    /// The other offers that are the same as this one.
    pub(super) async fn same_as(
        self,
        id: Uuid,
        comparable: &Comparable,
    ) -> Result<BTreeSet<Uuid>, DbError> {
        let mut reader = Reader::Db(self.log.db());
        let mut same = alike(&mut reader, comparable).await?;
        same.extend(named(&mut reader, comparable).await?);
        same.remove(&id);
        Ok(same)
    }

    /// Gives the names of an offer, and what its sources show, to another one.
    pub(super) async fn give_names(self, from: Uuid, to: Uuid) -> Result<(), DbError> {
        let mut tx = self.log.db().begin().await?;
        tx.alone(LOCK).await?;
        for statement in [GIVE_KEYS, GIVE_SIGHTINGS] {
            tx.execute(statement, args![from.to_string(), to.to_string()]).await?;
        }
        tx.execute(DROP_BLOCKS, args![from.to_string()]).await?;
        tx.commit().await
    }

    /// What a source has not shown since then, at most so many, as its own ids and offers.
    pub(super) async fn unseen(
        self,
        source: &OfferSource,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<(String, Uuid)>, DbError> {
        let args = args![source.as_str(), since, limit];
        let rows: Vec<(String, String)> = self.log.db().fetch_all(GONE, args).await?;
        let parsed = |(external_id, id): (String, String)| Some((external_id, id.parse().ok()?));
        Ok(rows.into_iter().filter_map(parsed).collect())
    }

    /// Whether another source shows an offer, or this one did so since then, under another id.
    pub(super) async fn is_seen_otherwise(
        self,
        source: &OfferSource,
        id: Uuid,
        since: Timestamp,
    ) -> Result<bool, DbError> {
        let args = args![id.to_string(), source.as_str(), since];
        let (others,): (i64,) = self.log.db().fetch_one(ELSEWHERE, args).await?;
        Ok(others > 0)
    }

    /// Forgets that a source showed something under this id, unless it did so since then.
    pub(super) async fn unsee(
        self,
        source: &OfferSource,
        external_id: &str,
        since: Timestamp,
    ) -> Result<(), DbError> {
        let args = args![source.as_str(), external_id, since];
        self.log.db().execute(FORGET_SIGHTING, args).await.map(drop)
    }

    /// When any source showed an offer last.
    pub(super) async fn seen_last(self, id: Uuid) -> Result<Option<Timestamp>, DbError> {
        let (seen,): (Option<String>,) =
            self.log.db().fetch_one(SEEN_LAST, args![id.to_string()]).await?;
        Ok(seen.and_then(|seen| seen.parse().ok()))
    }
}

/// Where offers are looked for: in a transaction that takes names, or where nothing is written.
enum Reader<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl Reader<'_> {
    async fn fetch_all<R: Record>(
        &mut self,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Vec<R>, DbError> {
        match self {
            Self::Db(db) => db.fetch_all(sql, args).await,
            Self::Tx(tx) => tx.fetch_all(sql, args).await,
        }
    }

    async fn fetch_optional<R: Record>(
        &mut self,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Option<R>, DbError> {
        match self {
            Self::Db(db) => db.fetch_optional(sql, args).await,
            Self::Tx(tx) => tx.fetch_optional(sql, args).await,
        }
    }
}

/// The offer that is the same as this one.
async fn same(reader: &mut Reader<'_>, comparable: &Comparable) -> Result<Option<Uuid>, DbError> {
    match named(reader, comparable).await?.first() {
        Some(id) => Ok(Some(*id)),
        // Of several the same one, whoever asks.
        None => Ok(alike(reader, comparable).await?.pop_first()),
    }
}

/// The offers that have its names, the one with its address first.
async fn named(reader: &mut Reader<'_>, comparable: &Comparable) -> Result<Vec<Uuid>, DbError> {
    let mut named = vec![];
    for key in keys(comparable) {
        let known: Option<(String,)> = reader.fetch_optional(OF_KEY, args![key]).await?;
        named.extend(known.and_then(|(id,)| id.parse::<Uuid>().ok()));
    }
    Ok(named)
}

/// The offers that are like it.
async fn alike(
    reader: &mut Reader<'_>,
    comparable: &Comparable,
) -> Result<BTreeSet<Uuid>, DbError> {
    if comparable.url.is_none() {
        return Ok(BTreeSet::new()); // it is like no other
    }
    let mut alike = BTreeSet::new();
    for block in comparable.blocks() {
        let rows: Vec<(String, String, String, String)> =
            reader.fetch_all(OF_BLOCK, args![kept("block", &block), COMPARED]).await?;
        for (id, company, title, url) in rows {
            let url = Some(url).filter(|url| !url.is_empty());
            let other = Comparable { company, title, place: comparable.place.clone(), url };
            if comparable.is_same(&other) {
                alike.extend(id.parse::<Uuid>().ok());
            }
        }
    }
    Ok(alike)
}

async fn take_names(tx: &mut Tx, id: Uuid, comparable: &Comparable) -> Result<(), DbError> {
    for key in keys(comparable) {
        tx.execute(TAKE_KEY, args![key, id.to_string()]).await?;
    }
    // One without an address is like no other.
    if let Some(url) = &comparable.url {
        let (company, title) = (comparable.company.as_str(), comparable.title.as_str());
        for block in comparable.blocks() {
            let block = kept("block", &block);
            let args = args![block, id.to_string(), company, title, url.as_str()];
            tx.execute(TAKE_BLOCK, args).await?;
        }
    }
    Ok(())
}

async fn drop_names(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    for statement in [DROP_KEYS, DROP_BLOCKS] {
        tx.execute(statement, args![id.to_string()]).await?;
    }
    Ok(())
}
