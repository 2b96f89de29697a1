//! The secret address of somebody's calendar: whoever knows it reads their tasks, so only its digest is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Digest, Personal};
use event_store::{DbError, args};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::facades::Space;

const PUT: &str = "
    INSERT INTO calendar_feeds (owner, digest, made_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (owner) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at";
const OWNER: &str = "SELECT owner FROM calendar_feeds WHERE digest = $1";
const SINCE: &str = "SELECT made_at FROM calendar_feeds WHERE owner = $1";
const REVOKE: &str = "DELETE FROM calendar_feeds WHERE owner = $1";

fn digest(secret: &str) -> String {
    Digest::from_bytes(Sha256::digest(secret).into()).to_string()
}

impl Space<'_> {
    /// Makes a new secret for somebody's calendar; an earlier one is worth nothing any more. It is
    /// told once. Where the account is closed meanwhile, it opens nothing.
    pub async fn make_calendar(self, owner: Uuid) -> Result<Personal<String>, DbError> {
        let secret = URL_SAFE_NO_PAD.encode(self.ids.random());
        self.write_beside(owner, PUT, args![owner, digest(&secret), self.now()]).await?;
        Ok(Personal::new(secret))
    }

    /// Whose calendar this secret opens.
    pub async fn calendar_owner(self, secret: &str) -> Result<Option<Uuid>, DbError> {
        let args = args![digest(secret)];
        let row: Option<(String,)> = self.log.db().fetch_optional(OWNER, args).await?;
        Ok(row.and_then(|(owner,)| owner.parse().ok()))
    }

    /// Whether somebody's calendar has an address.
    pub async fn has_calendar(self, owner: Uuid) -> Result<bool, DbError> {
        Ok(self.calendar_since(owner).await?.is_some())
    }

    /// Since when somebody's calendar has the address that it has.
    pub async fn calendar_since(self, owner: Uuid) -> Result<Option<String>, DbError> {
        let row: Option<(String,)> = self.log.db().fetch_optional(SINCE, args![owner]).await?;
        Ok(row.map(|(made_at,)| made_at))
    }

    /// Ends the address of somebody's calendar.
    pub async fn revoke_calendar(self, owner: Uuid) -> Result<(), DbError> {
        self.log.db().execute(REVOKE, args![owner]).await.map(drop)
    }
}
