//! Belongings: records that belong to another one, as tracked applications to the account of their candidate.
//! They name no address, so they are found through their owner: handed out with it, and erased with it.
//!
//! Whoever begins such a record says so with [`People::belongs`] before its first event, and asks
//! [`People::is_kept`] after it. A note of one that never began does no harm.
//!
//! **Why nothing outlives its owner.** A writer notes (1), appends (2) and reads the account (3).
//! Whoever closes the account appends that (a), lists the notes (b) and erases each (c);
//! housekeeping does (b) and (c) again for every closed account of which notes are left. Where (3)
//! sees the account open, (a) comes after it: the note and the record are there at (b), and go.
//! Where it sees it closed, the writer erases the record itself. A writer that is killed, or
//! dropped, before (3) leaves its note wherever it came: a note that comes after (b) is nobody's to
//! take away but housekeeping's, and one of a record that did not begin by (c) stays until it is
//! older than [`BEGINNING`], so that a record which begins meanwhile is found by its note and
//! erased. A note that is made again is young again. What a closer that is killed left is listed
//! again, because the stream of the account is not marked as cleared. Only a writer that takes
//! longer than [`BEGINNING`] from (1) to (2), and is killed before (3), escapes: no request lasts
//! that long.

use cqrs_es::Aggregate as _;
use domain::ApplicationRefusal;
use domain::account::{Account, AccountRefusal};
use domain::erasure::{ErasureBasis, RecordRef};
use domain::message::Message;
use event_store::{ActorKind, DbError, StreamId, args};
use jiff::SignedDuration;

use super::{messages, plain, space};
use crate::facades::People;
use crate::{Cause, CommandError, ForgetError, advice};

/// A record that was noted so long ago and did not begin never does.
pub(crate) const BEGINNING: SignedDuration = SignedDuration::from_hours(1);

/// Owners that are looked at in one statement.
const AT_ONCE: usize = 1_000;

const ADD: &str = "
    INSERT INTO belongings (owner_type, owner_id, aggregate_type, aggregate_id, noted_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (owner_type, owner_id, aggregate_type, aggregate_id) DO UPDATE
    SET noted_at = excluded.noted_at";
const OF: &str = "
    SELECT aggregate_type, aggregate_id
    FROM belongings
    WHERE owner_type = $1 AND owner_id = $2
    ORDER BY aggregate_type, aggregate_id";
const REMOVE: &str = "
    DELETE FROM belongings
    WHERE owner_type = $1 AND owner_id = $2 AND aggregate_type = $3 AND aggregate_id = $4";
const REMOVE_ALL: &str = "
    DELETE FROM belongings
    WHERE aggregate_type = $1 AND aggregate_id = $2";

/// Accounts with belongings and without a row, which goes when an account is closed.
const WITHOUT_ROW: &str = "
    SELECT owners.owner_id
    FROM (
        SELECT DISTINCT owner_id
        FROM belongings
        WHERE owner_type = 'Account' AND owner_id > $1) AS owners
    WHERE NOT EXISTS (
        SELECT 1
        FROM accounts
        WHERE accounts.id = owners.owner_id)
    ORDER BY owners.owner_id
    LIMIT $2";

impl People<'_> {
    /// Notes that a record belongs to another one, before it begins.
    pub async fn belongs(self, owner: StreamId<'_>, record: StreamId<'_>) -> Result<(), DbError> {
        let mut args = of_both(owner, record);
        args.extend(args![self.clock.now()]);
        self.log.db().execute(ADD, args).await.map(drop)
    }

    /// Whether a record that was noted and has begun stays; one whose account was closed meanwhile
    /// is erased at once, or by housekeeping where that fails.
    pub async fn is_kept(
        self,
        owner: StreamId<'_>,
        record: StreamId<'_>,
    ) -> Result<bool, CommandError<AccountRefusal>> {
        let account: Account = self.state_of(owner.aggregate_id).await?;
        if !matches!(account, Account::Closed { .. }) {
            return Ok(true);
        }
        let Ok(record) = RecordRef::new(record.aggregate_type, record.aggregate_id) else {
            return Ok(false);
        };
        if let Err(error) = self.erase_belonging(owner, &record, &ErasureBasis::Owner).await {
            tracing::error!(
                error = advice::told(&error),
                %record,
                "what began while its account closed stays; it is tried again"
            );
        }
        Ok(false)
    }

    /// What belongs to a record.
    pub async fn belongings(self, owner: StreamId<'_>) -> Result<Vec<RecordRef>, DbError> {
        let args = args![owner.aggregate_type, owner.aggregate_id];
        let rows: Vec<(String, String)> = self.log.db().fetch_all(OF, args).await?;
        Ok(rows.into_iter().filter_map(|(kind, id)| RecordRef::new(&kind, &id).ok()).collect())
    }

    /// The same without what says itself that it is another account's: a note alone makes nothing
    /// theirs. And without letters to addresses that were never shown to be the account's: what was
    /// written there, or not, is for whoever reads the letters.
    pub(crate) async fn own_belongings(
        self,
        owner: StreamId<'_>,
    ) -> Result<Vec<RecordRef>, CommandError<ApplicationRefusal>> {
        let (mut own, mut addresses) = (vec![], None);
        for record in self.belongings(owner).await.map_err(CommandError::Unavailable)? {
            if space::is_anothers(&self, &record, owner).await? {
                continue;
            }
            if record.is_of::<Message>() {
                if addresses.is_none() {
                    let confirmed = self.accounts().addresses_of(owner.aggregate_id).await;
                    addresses = Some(confirmed.map_err(plain)?);
                }
                let id = record.aggregate_id.as_str();
                if !messages::is_to(&self, id, addresses.as_deref().unwrap_or_default()).await? {
                    continue;
                }
            }
            own.push(record);
        }
        Ok(own)
    }

    /// Notes that a record, which was erased, belongs to nothing any more.
    pub async fn parted(self, owner: StreamId<'_>, record: StreamId<'_>) -> Result<(), DbError> {
        self.log.db().execute(REMOVE, of_both(owner, record)).await.map(drop)
    }

    /// The same of a record that does not say whose it was.
    pub(crate) async fn parted_from_all(self, record: StreamId<'_>) -> Result<(), DbError> {
        let args = args![record.aggregate_type, record.aggregate_id];
        self.log.db().execute(REMOVE_ALL, args).await.map(drop)
    }

    /// Erases what was begun while accounts were being closed, or noted then; says of how many
    /// accounts some was left. One that cannot be erased holds up none of the others.
    pub(crate) async fn erase_late_belongings(self) -> Result<usize, ForgetError> {
        let (mut outcome, mut last) = (Ok(0), String::new());
        loop {
            let args = args![last.as_str(), i64::try_from(AT_ONCE).unwrap_or(i64::MAX)];
            let owners: Vec<(String,)> = self.log.db().fetch_all(WITHOUT_ROW, args).await?;
            for (id,) in &owners {
                match self.erase_late_of(id).await {
                    Ok(late) => outcome = outcome.map(|count: usize| count + usize::from(late)),
                    Err(error) => outcome = Err(error),
                }
            }
            match owners.into_iter().nth(AT_ONCE - 1) {
                Some((id,)) => last = id,
                None => return outcome,
            }
        }
    }

    /// Erases what belongs to an account, where it is closed; says whether it is.
    async fn erase_late_of(self, id: &str) -> Result<bool, ForgetError> {
        let account = self.state_of::<Account>(id).await.map_err(plain)?;
        if !matches!(account, Account::Closed { .. }) {
            return Ok(false);
        }
        let owner = StreamId::new(Account::TYPE, id);
        self.erase_belongings(owner, &ErasureBasis::Owner).await.map(|()| true)
    }

    /// Erases what belongs to a record. Cut off, it goes on when it is called again; one that cannot be erased
    /// holds up none of the others.
    pub(crate) async fn erase_belongings(
        self,
        owner: StreamId<'_>,
        basis: &ErasureBasis,
    ) -> Result<(), ForgetError> {
        let mut outcome = Ok(());
        for record in self.belongings(owner).await? {
            if let Err(error) = self.erase_belonging(owner, &record, basis).await {
                let told = advice::told(&error);
                tracing::error!(error = told, %record, "what belongs to a forgotten person stays; it is tried again");
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn erase_belonging(
        self,
        owner: StreamId<'_>,
        record: &RecordRef,
        basis: &ErasureBasis,
    ) -> Result<(), ForgetError> {
        let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
        // Asked before it is erased: what begins in between keeps its note.
        let began = self.log.any_stream(kind, &[id]).await;
        let began = began.map_err(CommandError::<ApplicationRefusal>::from)?;
        if !space::is_anothers(&self, record, owner).await? {
            let by = format!("erasure of {}", owner.aggregate_id);
            let cause = Cause::request(ActorKind::System, Some(by), self.ids.uuid());
            self.erase(record, basis, &cause).await?;
        }
        let record = StreamId::new(kind, id);
        if began {
            self.parted(owner, record).await?;
        } else {
            self.gives_up_place(owner, record, self.clock.now() - BEGINNING).await?;
        }
        Ok(())
    }
}

fn of_both(owner: StreamId<'_>, record: StreamId<'_>) -> Vec<event_store::Value> {
    args![owner.aggregate_type, owner.aggregate_id, record.aggregate_type, record.aggregate_id]
}
