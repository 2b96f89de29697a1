//! Job alerts of somebody who looks for work.

use domain::account::Account;
use domain::space::{
    AlertCriteria, AlertFrequency, AlertZone, ByOwner, CreateAlert, DeleteAlert, JobAlert,
    KnownAlert, MAX_ALERTS, MatchAlert, Owned as _, SpaceRefusal, SwitchAlert,
};
use domain::{Decision, Line};
use event_store::{DbError, Position, StreamId, args, timestamp_text};
use jiff::Timestamp;
use uuid::Uuid;

use super::SpaceResult;
use crate::facades::Alerts;
use crate::people::BEGINNING;
use crate::{Cause, CommandError, Receipt};

/// An alert as somebody creates it.
#[derive(Clone, Debug)]
pub struct NewAlert {
    /// What its owner calls it.
    pub name: Line<200>,
    /// What is looked for.
    pub criteria: AlertCriteria,
    /// How often its owner is told.
    pub frequency: AlertFrequency,
    /// In which zone it is 09:00 then.
    pub zone: AlertZone,
}

/// New offers were looked at for an alert.
#[derive(Clone, Copy, Debug)]
pub struct AlertLook {
    /// For which.
    pub alert: Uuid,
    /// Up to where in the log.
    pub up_to: Position,
    /// When it is its time next.
    pub next_at: Timestamp,
}

/// What stands for each look in the statement that notes them.
const COLUMNS: usize = 4;

const LOOKED_AT: &str = "SELECT looked_at FROM alert_looks WHERE alert_id = $1";
const FORGET: &str = "
    DELETE FROM alert_looks
    WHERE alert_id = $1";

/// Looks for alerts that were deleted, which is the last that happens to one. The log says so: the
/// read model may be empty while it is rebuilt.
const LEFT: &str = "
    SELECT alert_id
    FROM alert_looks
    WHERE 'JobAlertDeleted' = (
        SELECT e.event_type
        FROM events AS e
        WHERE e.aggregate_type = 'JobAlert' AND e.aggregate_id = alert_looks.alert_id
        ORDER BY e.sequence DESC
        LIMIT 1)";

impl Alerts<'_> {
    /// Creates an alert under this id; the same id again changes nothing. What came before is not new to it.
    pub async fn create(
        self,
        id: Uuid,
        owner: Uuid,
        new: NewAlert,
        cause: &Cause,
    ) -> SpaceResult<Receipt<JobAlert>> {
        if !self.take_place(owner, id).await? {
            let refusal = SpaceRefusal::TooManyAlerts { max: MAX_ALERTS };
            return Err(CommandError::Refused(refusal));
        }
        let NewAlert { name, criteria, frequency, zone } = new;
        let (up_to, at) = (self.end().await?, self.now());
        let decision = CreateAlert { owner, name, criteria, frequency, zone, up_to, at };
        let receipt = self.perform_first(&id.to_string(), &decision, cause).await?;
        self.space().unless_closed::<JobAlert>(owner, id).await?;
        Ok(receipt)
    }

    /// Takes one of the places of somebody's alerts, before the alert begins; `false` where all are taken.
    async fn take_place(self, owner: Uuid, id: Uuid) -> SpaceResult<bool> {
        let (account, name) = (owner.to_string(), id.to_string());
        let (account, alert) = (StreamId::of::<Account>(&account), StreamId::of::<JobAlert>(&name));
        if self.people().takes_place(account, alert, MAX_ALERTS).await? {
            return Ok(true);
        }
        let freed = self.free_places(owner).await?;
        Ok(freed && self.people().takes_place(account, alert, MAX_ALERTS).await?)
    }

    /// Frees the places of alerts that were deleted, or never began; says whether there were any.
    async fn free_places(self, owner: Uuid) -> SpaceResult<bool> {
        let account = owner.to_string();
        let account = StreamId::of::<Account>(&account);
        let (before, mut freed) = (self.now() - BEGINNING, false);
        for record in self.people().belongings(account).await? {
            let name = record.aggregate_id.as_str();
            let Ok(id) = name.parse() else { continue };
            if !record.is_of::<JobAlert>() {
                continue;
            }
            freed |= match self.state_of(name).await? {
                JobAlert::Known(_) => false,
                JobAlert::Absent => {
                    let alert = StreamId::of::<JobAlert>(name);
                    self.people().gives_up_place(account, alert, before).await?
                }
                JobAlert::Deleted { .. } => {
                    self.clear(id, owner).await?;
                    true
                }
            };
        }
        Ok(freed)
    }

    async fn part(self, owner: Uuid, id: Uuid) -> Result<(), DbError> {
        let (owner, id) = (owner.to_string(), id.to_string());
        let owner = StreamId::of::<Account>(&owner);
        self.people().parted(owner, StreamId::of::<JobAlert>(&id)).await
    }

    /// Where the log ends: what comes later is new.
    pub async fn end(self) -> SpaceResult<i64> {
        Ok(self.log.head().await?.get())
    }

    /// Takes a decision about an alert, on behalf of its owner.
    pub async fn decide<D>(
        self,
        id: Uuid,
        owner: Uuid,
        decision: D,
        cause: &Cause,
    ) -> SpaceResult<Receipt<JobAlert>>
    where
        D: Decision<Aggregate = JobAlert>,
    {
        self.perform(&id.to_string(), &ByOwner { owner, decision }, cause).await
    }

    /// The alert of this id.
    pub async fn find(self, id: Uuid, owner: Uuid) -> SpaceResult<KnownAlert> {
        let state: JobAlert = self.state_of(&id.to_string()).await?;
        state.of(owner).map_err(CommandError::Refused)?;
        state.known().cloned().map_err(CommandError::Refused)
    }

    /// Deletes an alert: what was looked for can be read no more. Twice is once.
    pub async fn delete(
        self,
        id: Uuid,
        owner: Uuid,
        cause: &Cause,
    ) -> SpaceResult<Receipt<JobAlert>> {
        let receipt = self.decide(id, owner, DeleteAlert { at: self.now() }, cause).await?;
        self.clear(id, owner).await?;
        Ok(receipt)
    }

    /// Clears what is kept beside the log of an alert that was deleted.
    pub(crate) async fn clear(self, id: Uuid, owner: Uuid) -> Result<(), DbError> {
        let name = id.to_string();
        self.log.db().execute(FORGET, args![id]).await?;
        self.people().clear_stream(StreamId::of::<JobAlert>(&name)).await?;
        self.part(owner, id).await
    }

    /// Switches an alert off, for whoever holds the link of one of its letters. One that was deleted stays so.
    pub async fn stop(self, id: Uuid, cause: &Cause) -> SpaceResult<Receipt<JobAlert>> {
        let decision = SwitchAlert { active: false, up_to: 0, at: self.now() };
        self.perform(&id.to_string(), &decision, cause).await
    }

    /// Has its owner told of new offers, once: a letter follows from the event.
    pub async fn matched(
        self,
        id: Uuid,
        decision: &MatchAlert,
        cause: &Cause,
    ) -> SpaceResult<Receipt<JobAlert>> {
        self.perform(&id.to_string(), decision, cause).await
    }

    /// When new offers were last looked at for an alert.
    pub async fn looked_at(self, alert: Uuid) -> Result<Option<String>, DbError> {
        let row: Option<(String,)> = self.log.db().fetch_optional(LOOKED_AT, args![alert]).await?;
        Ok(row.map(|(at,)| at))
    }

    /// Notes that new offers were looked at for these alerts; no more than 500 at once.
    pub async fn looked(self, looks: &[AlertLook]) -> Result<(), DbError> {
        if looks.is_empty() {
            return Ok(());
        }
        let at = timestamp_text(self.now());
        let mut values = vec![];
        for look in looks {
            let next_at = timestamp_text(look.next_at);
            values.extend(args![look.alert, at.clone(), next_at, look.up_to.get()]);
        }
        let places = |row: usize| {
            let first = row * COLUMNS;
            format!("(${}, ${}, ${}, ${})", first + 1, first + 2, first + 3, first + 4)
        };
        let rows: Vec<_> = (0..looks.len()).map(places).collect();
        let sql = format!(
            "INSERT INTO alert_looks (alert_id, looked_at, next_at, up_to)
             VALUES {}
             ON CONFLICT (alert_id) DO UPDATE
             SET looked_at = excluded.looked_at, next_at = excluded.next_at, up_to = excluded.up_to",
            rows.join(", ")
        );
        self.log.db().execute(&sql, values).await.map(drop)
    }

    /// Deletes looks for alerts that were deleted, as of somebody who looked meanwhile; says how
    /// many.
    pub(crate) async fn clear_looks(self) -> Result<u64, DbError> {
        let left: Vec<(String,)> = self.log.db().fetch_all(LEFT, args![]).await?;
        let mut cleared = 0;
        for (alert,) in left {
            cleared += self.log.db().execute(FORGET, args![alert]).await?;
        }
        Ok(cleared)
    }
}
