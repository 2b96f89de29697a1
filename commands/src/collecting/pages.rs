//! What is remembered of the pages of a source: what their servers said of their state, and which offers they had.

use std::collections::HashMap;

use domain::offer::OfferSource;
use event_store::{DbError, args};
use uuid::Uuid;

use crate::facades::Collecting;

/// What a server said of the state of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageState {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

const STATES: &str = "
    SELECT page, etag, last_modified
    FROM collected_pages
    WHERE source = $1";

const DROP_OFFERS: &str = "
    DELETE FROM collected_page_offers
    WHERE source = $1 AND page = $2";

const ADD_OFFER: &str = "
    INSERT INTO collected_page_offers (source, page, external_id)
    VALUES ($1, $2, $3)
    ON CONFLICT (source, page, external_id) DO NOTHING";

const KEEP_STATE: &str = "
    INSERT INTO collected_pages (source, page, etag, last_modified)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (source, page) DO UPDATE
    SET etag = excluded.etag, last_modified = excluded.last_modified";

const DROP_STATE: &str = "
    DELETE FROM collected_pages
    WHERE source = $1 AND page = $2";

const OF_PAGE: &str = "
    SELECT external_id
    FROM collected_page_offers
    WHERE source = $1 AND page = $2";

const SEEN: &str = "
    UPDATE offer_sightings
    SET seen_at = $3
    WHERE source = $1 AND external_id IN (
        SELECT external_id
        FROM collected_page_offers
        WHERE source = $1 AND page = $2)";

const READ_ANEW: &str = "
    UPDATE collected_pages
    SET etag = NULL, last_modified = NULL
    WHERE (source, page) IN (
        SELECT o.source, o.page
        FROM offer_sightings AS s
        JOIN collected_page_offers AS o ON o.source = s.source AND o.external_id = s.external_id
        WHERE s.offer_id = $1)";

const FORGET_STATES: &str = "DELETE FROM collected_pages WHERE source = $1";
const FORGET_OFFERS: &str = "DELETE FROM collected_page_offers WHERE source = $1";

impl Collecting<'_> {
    /// What the servers of a source's pages said of their state.
    pub async fn page_states(
        self,
        source: &OfferSource,
    ) -> Result<HashMap<String, PageState>, DbError> {
        let rows: Vec<(String, Option<String>, Option<String>)> =
            self.log.db().fetch_all(STATES, args![source.as_str()]).await?;
        let state = |(page, etag, last_modified)| (page, PageState { etag, last_modified });
        Ok(rows.into_iter().map(state).collect())
    }

    /// Remembers which offers a page has, once they are recorded, and what its server says of its state.
    pub async fn page_read(
        self,
        source: &OfferSource,
        page: &str,
        offers: &[String],
        state: &PageState,
    ) -> Result<(), DbError> {
        let name = source.as_str();
        let mut tx = self.log.db().begin().await?;
        tx.execute(DROP_OFFERS, args![name, page]).await?;
        for offer in offers {
            tx.execute(ADD_OFFER, args![name, page, offer.as_str()]).await?;
        }
        let PageState { etag, last_modified } = state;
        tx.execute(KEEP_STATE, args![name, page, etag.clone(), last_modified.clone()]).await?;
        tx.commit().await
    }

    /// Notes that the offers of a page are still there, as far as anybody knows: it did not change, or it was not
    /// to be had. Says how many there are.
    pub async fn page_stands(self, source: &OfferSource, page: &str) -> Result<u64, DbError> {
        let args = args![source.as_str(), page, self.clock.now()];
        self.log.db().execute(SEEN, args).await
    }

    /// The offers that a page had when it was read last, by the source's own ids.
    pub async fn page_offers(
        self,
        source: &OfferSource,
        page: &str,
    ) -> Result<Vec<String>, DbError> {
        let rows: Vec<(String,)> =
            self.log.db().fetch_all(OF_PAGE, args![source.as_str(), page]).await?;
        Ok(rows.into_iter().map(|(offer,)| offer).collect())
    }

    /// Has the pages of an offer read anew when they are collected next, whether they changed or
    /// not: it is to come back where they still show it.
    pub(crate) async fn read_anew(self, offer: Uuid) -> Result<(), DbError> {
        self.log.db().execute(READ_ANEW, args![offer.to_string()]).await.map(drop)
    }

    /// Forgets a page that is gone.
    pub async fn page_gone(self, source: &OfferSource, page: &str) -> Result<(), DbError> {
        let mut tx = self.log.db().begin().await?;
        tx.execute(DROP_OFFERS, args![source.as_str(), page]).await?;
        tx.execute(DROP_STATE, args![source.as_str(), page]).await?;
        tx.commit().await
    }

    /// Forgets all pages of a source.
    pub(super) async fn forget_pages(self, source: &str) -> Result<(), DbError> {
        let mut tx = self.log.db().begin().await?;
        tx.execute(FORGET_STATES, args![source]).await?;
        tx.execute(FORGET_OFFERS, args![source]).await?;
        tx.commit().await
    }
}
