//! Job offers that somebody does not want to see again. It is a wish about what is shown to them, no fact about
//! the offer: it lies beside the log, and goes with the account.

use std::collections::HashSet;

use event_store::{DbError, args, timestamp_text};
use uuid::Uuid;

use crate::facades::Offers;

const HIDE: &str = "
    INSERT INTO hidden_offers (account, offer, hidden_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (account, offer) DO NOTHING";
const ANY: &str = "SELECT offer FROM hidden_offers WHERE account = $1 LIMIT 1";
const ALL: &str = "SELECT offer FROM hidden_offers WHERE account = $1 ORDER BY hidden_at, offer";
const FORGET: &str = "DELETE FROM hidden_offers WHERE account = $1";

impl Offers<'_> {
    /// Hides an offer from somebody; hiding twice is hiding once. Not where the account is closed
    /// meanwhile.
    pub async fn hide_from(self, account: Uuid, offer: Uuid) -> Result<(), DbError> {
        let args = args![account, offer, timestamp_text(self.now())];
        self.space().write_beside(account, HIDE, args).await.map(drop)
    }

    /// Whether anything is hidden from somebody.
    pub async fn hides_from(self, account: Uuid) -> Result<bool, DbError> {
        let found: Option<(String,)> = self.log().db().fetch_optional(ANY, args![account]).await?;
        Ok(found.is_some())
    }

    /// What is hidden from somebody, in the order in which it was hidden.
    pub async fn hidden_from(self, account: Uuid) -> Result<Vec<String>, DbError> {
        let rows: Vec<(String,)> = self.log().db().fetch_all(ALL, args![account]).await?;
        Ok(rows.into_iter().map(|(offer,)| offer).collect())
    }

    /// The same as ids, to be looked up.
    pub async fn ids_hidden_from(self, account: Uuid) -> Result<HashSet<Uuid>, DbError> {
        let hidden = self.hidden_from(account).await?;
        Ok(hidden.iter().filter_map(|offer| offer.parse().ok()).collect())
    }

    /// Forgets what is hidden from somebody.
    pub(crate) async fn forget_hidden(self, account: Uuid) -> Result<(), DbError> {
        self.log().db().execute(FORGET, args![account]).await.map(drop)
    }
}
