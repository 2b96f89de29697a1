//! What somebody does who forgot their password, or shows that an address is theirs: each by a one-time link
//! in a letter.
//!
//! Asking tells nothing: the answer is the same, and takes as long, whether or not anybody signs in by that
//! name. So what is done for those who do comes after the answer.

use event_store::DbError;

use super::gate::Door;
use super::{AccountKind, Happened, LinkToken, LinkUse, OneTimeLink, Password, SignInError};
use crate::allotments::Limit;
use crate::facades::Identity;
use crate::{Cause, CommandError};

/// A letter that is to be written: to whom, with which link.
#[derive(Clone, Debug)]
pub struct PasswordReset<A> {
    /// Whose password it is.
    pub account: A,
    /// The link for the letter.
    pub link: OneTimeLink,
}

impl Identity<'_> {
    /// Whether somebody may ask now for a letter to whoever signs in by this name: so many times under one
    /// name, and altogether, as passwords may be tried.
    pub async fn may_ask_for_reset<A: AccountKind>(self, name: &str) -> Result<(), SignInError> {
        let (attempts, now) = (self.gate.attempts::<A>(Door::Reset), self.clock.now());
        if let Some(until) = attempts.crowded(now) {
            return Err(SignInError::Crowded { until });
        }
        let whose = A::named(&self, name).await?.whose(name);
        Ok(attempts.take(&whose, None, true, now)?)
    }

    /// The letter that is to be written to whoever signs in by this name: `None` where nobody does, or may,
    /// or where they were written to often enough this hour.
    pub async fn begin_reset<A: AccountKind>(
        self,
        name: &str,
    ) -> Result<Option<PasswordReset<A>>, DbError> {
        let Some(id) = A::named(&self, name).await?.ids.first().copied() else { return Ok(None) };
        let account = A::load(&self, id).await?.filter(A::may_sign_in);
        let Some(account) = account else { return Ok(None) };
        if self.limits().try_now(&Limit::of_resets(A::KIND, id)).await?.is_err() {
            return Ok(None);
        }
        let link = self.make_link(&account, LinkUse::ResetPassword).await?;
        Ok(Some(PasswordReset { account, link }))
    }

    /// Gives the account of a link another password, and uses the link up. Its sessions and tokens end; a
    /// second factor stays, and is asked for at the next sign-in. `false` where the link leads nowhere any more.
    pub async fn reset_password<A: AccountKind>(
        self,
        token: &LinkToken,
        password: &Password,
        cause: &Cause,
    ) -> Result<bool, CommandError<A::Refusal>> {
        let account = self.linked::<A>(LinkUse::ResetPassword, token).await?;
        let Some(account) = account else { return Ok(false) };
        // First: where it has to wait its turn, the link is not lost.
        let hash = password.hash(&self.gate.hashing).await?;
        if !self.use_link(token).await? {
            return Ok(false);
        }
        self.keep_password(&account, hash, cause).await?;
        Ok(true)
    }

    /// Records that the owner of an account reads the letters to its address, and uses the link up; the
    /// account, unless the link leads nowhere any more.
    pub async fn confirm_address<A: AccountKind>(
        self,
        token: &LinkToken,
        cause: &Cause,
    ) -> Result<Option<A>, CommandError<A::Refusal>> {
        let account = self.linked::<A>(LinkUse::ConfirmAddress, token).await?;
        let Some(account) = account else { return Ok(None) };
        if !self.use_link(token).await? {
            return Ok(None);
        }
        self.tell::<A>(account.id(), Happened::AddressConfirmed, cause).await?;
        Ok(Some(account))
    }
}
