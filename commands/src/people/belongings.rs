//! Belongings: records that belong to another one, as tracked applications to the account of their candidate.
//! They name no address, so they are found through their owner: handed out with it, and erased with it.
//!
//! Whoever begins such a record says so with [`People::belongs`] before its first event. A note of one that
//! never began does no harm.

use domain::ApplicationRefusal;
use domain::erasure::{ErasureBasis, RecordRef};
use event_store::{ActorKind, DbError, StreamId, args};

use super::space;
use crate::facades::People;
use crate::{Cause, CommandError, ForgetError, advice};

const ADD: &str = "
    INSERT INTO belongings (owner_type, owner_id, aggregate_type, aggregate_id)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (owner_type, owner_id, aggregate_type, aggregate_id) DO NOTHING";
const OF: &str = "
    SELECT aggregate_type, aggregate_id
    FROM belongings
    WHERE owner_type = $1 AND owner_id = $2
    ORDER BY aggregate_type, aggregate_id";
const REMOVE: &str = "
    DELETE FROM belongings
    WHERE owner_type = $1 AND owner_id = $2 AND aggregate_type = $3 AND aggregate_id = $4";

impl People<'_> {
    /// Notes that a record belongs to another one, before it begins.
    pub async fn belongs(self, owner: StreamId<'_>, record: StreamId<'_>) -> Result<(), DbError> {
        self.log.db().execute(ADD, of_both(owner, record)).await.map(drop)
    }

    /// What belongs to a record.
    pub async fn belongings(self, owner: StreamId<'_>) -> Result<Vec<RecordRef>, DbError> {
        let args = args![owner.aggregate_type, owner.aggregate_id];
        let rows: Vec<(String, String)> = self.log.db().fetch_all(OF, args).await?;
        Ok(rows.into_iter().filter_map(|(kind, id)| RecordRef::new(&kind, &id).ok()).collect())
    }

    /// The same without what says itself that it is another account's: a note alone makes nothing theirs.
    pub(crate) async fn own_belongings(
        self,
        owner: StreamId<'_>,
    ) -> Result<Vec<RecordRef>, CommandError<ApplicationRefusal>> {
        let mut own = vec![];
        for record in self.belongings(owner).await.map_err(CommandError::Unavailable)? {
            if !space::is_anothers(&self, &record, owner).await? {
                own.push(record);
            }
        }
        Ok(own)
    }

    /// Notes that a record, which was erased, belongs to nothing any more.
    pub async fn parted(self, owner: StreamId<'_>, record: StreamId<'_>) -> Result<(), DbError> {
        self.log.db().execute(REMOVE, of_both(owner, record)).await.map(drop)
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
        if !space::is_anothers(&self, record, owner).await? {
            let by = format!("erasure of {}", owner.aggregate_id);
            let cause = Cause::request(ActorKind::System, Some(by), self.ids.uuid());
            self.erase(record, basis, &cause).await?;
        }
        let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
        Ok(self.parted(owner, StreamId::new(kind, id)).await?)
    }
}

fn of_both(owner: StreamId<'_>, record: StreamId<'_>) -> Vec<event_store::Value> {
    args![owner.aggregate_type, owner.aggregate_id, record.aggregate_type, record.aggregate_id]
}
