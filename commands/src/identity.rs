//! Identity: what people sign in with, whichever kind of account they have: passwords, second factors,
//! sessions, tokens of programs, known devices, limits of attempts, one-time links.
//!
//! Passwords are kept as argon2id hashes (RFC 9106) beside the log, never in it. What happens to an
//! account is told to the log in events of its own kind.
//!
//! To add a kind of account: its table, which has the columns of [`Credentials`] beside its own; an
//! `impl AccountKind`; its line in [`KINDS`].

mod attempts;
mod credentials;
mod gate;
mod grant;
mod hashing;
mod named;
mod one_time_link;
mod open_sessions;
mod password;
mod reset;
pub(crate) mod second_factor;
mod session;
mod sign_in;
mod strength;

use domain::{Decision, Refused, Stored};
use event_store::DbError;
use jiff::Timestamp;
use uuid::Uuid;

use crate::accounts::UserAccount;
use crate::facades::Identity;
use crate::operators::OperatorAccount;
use crate::{CommandError, Commands, Receipt};

pub use attempts::Crowd;
pub use credentials::{Credentials, CredentialsVersion, OpeningError, Spared};
pub(crate) use gate::Gate;
pub use grant::{RefreshError, RefreshToken, TokenGrant, TokenKind, Tokens};
pub use named::Named;
pub use one_time_link::{LinkToken, LinkUse, OneTimeLink};
pub use open_sessions::{OpenSession, SessionOrigin};
pub use password::{Password, PasswordError};
pub use reset::PasswordReset;
pub use second_factor::{Enrolment, SecondFactorError};
pub use session::{Lifetimes, Session, SessionToken};
pub use sign_in::SignInError;
pub use strength::Strength;

/// A kind of account, implemented for its accounts: what is known of one, and how the log is told what
/// happens to it. Nothing else in here knows who has accounts.
pub trait AccountKind: Clone + Send + Sync + Sized + 'static {
    /// The aggregate in whose stream the events of an account are.
    type Aggregate: Stored + cqrs_es::Aggregate<Error = Self::Refusal>;
    /// Why something may not happen to one.
    type Refusal: Refused;
    /// The decision that records what happened to one.
    type Record: Decision<Aggregate = Self::Aggregate>;

    /// The name of the kind, as it is stored with sessions and links; it never changes.
    const KIND: &'static str;
    /// The table of its accounts, by `id`, with the columns of [`Credentials`]; a name that is written in
    /// the program.
    const TABLE: &'static str;
    /// How long its sessions last.
    const SESSIONS: Lifetimes;

    /// How many strangers are looked at.
    const CROWD: Crowd = Crowd::FEW;

    /// Whom `name`, as it is typed at the sign-in, may mean.
    fn named(
        commands: &Commands,
        name: &str,
    ) -> impl Future<Output = Result<Named, DbError>> + Send;

    /// Whether `name` means the account of this id too, which [`Self::named`] may have left out: it
    /// is asked for those whose owner's browser is known.
    fn is_named(
        _commands: &Commands,
        _name: &str,
        _id: Uuid,
    ) -> impl Future<Output = Result<bool, DbError>> + Send {
        async { Ok(false) }
    }

    /// The account of this id.
    fn load(
        commands: &Commands,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<Self>, DbError>> + Send;

    /// Its id: no account of another kind has it.
    fn id(&self) -> Uuid;

    /// The address that its letters go to, and by which an authenticator app names it.
    fn address(&self) -> &str;

    /// The address that a link of this use is sent to, and good for.
    fn address_for(&self, _link: LinkUse) -> &str {
        self.address()
    }

    /// Whether its address is its own alone. Several may carry one that nobody confirmed.
    fn owns_address(&self) -> bool {
        true
    }

    /// Whether it may sign in: it is neither disabled nor closed.
    fn may_sign_in(&self) -> bool;

    /// Since when it has its credentials, as they were when it was read: what is opened with others
    /// is not opened.
    fn credentials_version(&self) -> CredentialsVersion;

    /// Brings the row of an account up to date with what was recorded of it, where it holds more than
    /// credentials.
    fn recorded(
        _commands: &Commands,
        _id: Uuid,
        _receipt: &Receipt<Self::Aggregate>,
    ) -> impl Future<Output = Result<(), CommandError<Self::Refusal>>> + Send {
        async { Ok(()) }
    }

    /// The record of what happened to an account; `None` where this kind has none for it.
    fn record(happened: Happened, at: Timestamp) -> Option<Self::Record>;
}

/// What happened to the credentials of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Somebody signed in, with a second factor or without.
    SignedIn {
        /// Whether a second factor was given.
        second_factor: bool,
    },
    /// Another password was set.
    PasswordChanged,
    /// A second factor was set.
    SecondFactorSet,
    /// It was taken away.
    SecondFactorRemoved,
    /// A lock-out was lifted.
    Unlocked,
    /// Whoever reads the letters to its address showed so.
    AddressConfirmed,
    /// A refresh token came back after another one had taken its place: it was stolen.
    TokenReused,
}

/// A kind, as what tidies up after all of them knows it.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) sessions: Lifetimes,
}

impl Kind {
    pub(crate) const fn of<A: AccountKind>() -> Self {
        Self { name: A::KIND, sessions: A::SESSIONS }
    }
}

/// Every kind of account.
pub(crate) const KINDS: &[Kind] = &[Kind::of::<OperatorAccount>(), Kind::of::<UserAccount>()];

/// A statement about the table of a kind of account.
fn of_table<A: AccountKind>(statement: &str) -> String {
    statement.replace("{table}", A::TABLE)
}

impl Identity<'_> {
    /// Tells the log what happened to an account.
    async fn tell<A: AccountKind>(
        self,
        id: Uuid,
        happened: Happened,
        cause: &crate::Cause,
    ) -> Result<(), CommandError<A::Refusal>> {
        let Some(record) = A::record(happened, self.clock.now()) else { return Ok(()) };
        let receipt = self.perform(&id.to_string(), &record, cause).await?;
        if receipt.events.is_empty() {
            return Ok(());
        }
        A::recorded(&self, id, &receipt).await
    }
}

#[cfg(test)]
mod tests;
