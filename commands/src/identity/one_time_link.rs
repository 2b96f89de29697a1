//! One-time links: a letter to the address of an account holds one, which shows that whoever opens it
//! reads the letters there. The letter has a random token; the database its SHA-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use event_store::{DbError, Tx, args};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::AccountKind;
use crate::facades::Identity;

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkUse {
    /// To choose another password.
    ResetPassword,
    /// To show that the address is the account's.
    ConfirmAddress,
}

impl LinkUse {
    /// Every use.
    pub const ALL: [Self; 2] = [Self::ResetPassword, Self::ConfirmAddress];

    /// The kind of the letter that holds such a link. What it says is for its receiver alone: whoever reads it
    /// elsewhere while the link is good has the account.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::ResetPassword => "password_reset",
            Self::ConfirmAddress => "address_confirmation",
        }
    }

    /// Whether letters of this kind hold a link.
    pub(crate) fn is_in(letter: &str) -> bool {
        Self::ALL.iter().any(|link| link.letter() == letter)
    }

    /// How it is stored.
    const fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::ConfirmAddress => "confirm_address",
        }
    }

    /// How long a link is good for it.
    pub const fn lasts(self) -> SignedDuration {
        match self {
            Self::ResetPassword => SignedDuration::from_mins(30),
            Self::ConfirmAddress => SignedDuration::from_hours(24),
        }
    }
}

/// What a letter holds of a link: 32 random bytes in base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

impl LinkToken {
    /// A token that somebody presents.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text for the letter.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> String {
        hex::encode(Sha256::digest(&self.0))
    }

    /// What ties the link to the address that it was sent to. Nobody computes it, or tries addresses
    /// with it, without the token.
    fn tie(&self, address: &str) -> String {
        let digest = Sha256::new().chain_update(&self.0).chain_update([0]);
        hex::encode(digest.chain_update(address.to_lowercase()).finalize())
    }
}

/// A link that was made.
#[derive(Clone, Debug)]
pub struct OneTimeLink {
    /// What its address ends with.
    pub token: LinkToken,
    /// From when on it leads nowhere.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    subject: String,
    tie: String,
}

const MAKE: &str = "
    INSERT INTO one_time_links (digest, kind, subject, purpose, tie, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

// One of before its own beginning was made while the clock was ahead.
const FIND: &str = "
    SELECT subject, tie
    FROM one_time_links
    WHERE digest = $1 AND kind = $2 AND purpose = $3 AND expires_at > $4 AND created_at <= $5";

const USE: &str = "DELETE FROM one_time_links WHERE digest = $1 AND expires_at > $2";
const END_OF: &str = "
    DELETE FROM one_time_links
    WHERE kind = $1 AND subject = $2 AND purpose = $3";
const END_OLD: &str = "DELETE FROM one_time_links WHERE expires_at <= $1 OR created_at > $2";

/// How far ahead of this machine's clock that of another one may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

impl Identity<'_> {
    /// A fresh link for the owner of an account, to be sent to the account's address. Links that were made
    /// before go on: whoever asks for one in somebody's name takes nothing from them.
    pub async fn make_link<A: AccountKind>(
        self,
        account: &A,
        link: LinkUse,
    ) -> Result<OneTimeLink, DbError> {
        let token = LinkToken(URL_SAFE_NO_PAD.encode(self.ids.random()));
        let now = self.clock.now();
        let expires_at = now + link.lasts();
        let tie = token.tie(account.address_for(link));
        let (digest, purpose) = (token.digest(), link.as_str());
        let args = args![digest, A::KIND, account.id(), purpose, tie, now, expires_at];
        self.log.db().execute(MAKE, args).await?;
        Ok(OneTimeLink { token, expires_at })
    }

    /// The account that a link opens, while it was not used: one that may sign in, and still has the address
    /// that the link was sent to. Looking uses nothing up, so that a mail scanner may.
    pub async fn linked<A: AccountKind>(
        self,
        link: LinkUse,
        token: &LinkToken,
    ) -> Result<Option<A>, DbError> {
        let now = self.clock.now();
        let args = args![token.digest(), A::KIND, link.as_str(), now, now + AHEAD];
        let row: Option<Row> = self.log.db().fetch_optional(FIND, args).await?;
        let Some(row) = row else { return Ok(None) };
        let Ok(id) = row.subject.parse::<Uuid>() else { return Ok(None) };
        let account = A::load(&self, id).await?;
        let is_good = |it: &A| it.may_sign_in() && row.tie == token.tie(it.address_for(link));
        Ok(account.filter(is_good))
    }

    /// Uses a link up; says whether it was there to be used.
    pub(crate) async fn use_link(self, token: &LinkToken) -> Result<bool, DbError> {
        let args = args![token.digest(), self.clock.now()];
        Ok(self.log.db().execute(USE, args).await? > 0)
    }

    /// Has the links of an account lead nowhere any more.
    pub(crate) async fn end_links<A: AccountKind>(
        self,
        id: Uuid,
        link: LinkUse,
    ) -> Result<(), DbError> {
        self.log.db().execute(END_OF, args![A::KIND, id, link.as_str()]).await.map(drop)
    }

    /// Forgets the links that are over.
    pub(crate) async fn clear_links(self) -> Result<u64, DbError> {
        let now = self.clock.now();
        self.log.db().execute(END_OLD, args![now, now + AHEAD]).await
    }
}

/// The same, together with what changes the account.
pub(super) async fn end_links_in<A: AccountKind>(
    tx: &mut Tx,
    id: Uuid,
    link: LinkUse,
) -> Result<(), DbError> {
    tx.execute(END_OF, args![A::KIND, id, link.as_str()]).await.map(drop)
}
