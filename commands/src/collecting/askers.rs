//! Who asked for a run: it is told to them alone. Several may have asked for the same one, where
//! what they asked for waited already. It is no fact about offers: it lies beside the log, and goes
//! with the account.

use event_store::{DbError, args, timestamp_text};
use jiff::Timestamp;
use uuid::Uuid;

use super::WholeRun;
use crate::facades::Collecting;

const NOTE: &str = "
    INSERT INTO collection_askers (account, run, asked_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (account, run) DO NOTHING";
const FIND: &str = "
    SELECT asked_at
    FROM collection_askers
    WHERE account = $1 AND run = $2";
const ALL: &str = "
    SELECT run, asked_at
    FROM collection_askers
    WHERE account = $1
    ORDER BY asked_at, run";
const FORGET: &str = "DELETE FROM collection_askers WHERE account = $1";
const CLEAR: &str = "DELETE FROM collection_askers WHERE asked_at < $1";

impl Collecting<'_> {
    /// Notes that somebody asked for a run; twice is once. Not where the account is closed
    /// meanwhile.
    pub async fn note_asker(self, account: Uuid, run: Uuid) -> Result<(), DbError> {
        let args = args![account, run, timestamp_text(self.clock.now())];
        self.space().write_beside(account, NOTE, args).await.map(drop)
    }

    /// A run as a whole, as it is told to this account; `None` where it did not ask for it, or
    /// there is none of this id.
    pub async fn whole_run_for(
        self,
        account: Uuid,
        run: Uuid,
    ) -> Result<Option<WholeRun>, DbError> {
        let args = args![account, run];
        let asked: Option<(String,)> = self.log.db().fetch_optional(FIND, args).await?;
        if asked.is_some() { self.whole_run(run).await } else { Ok(None) }
    }

    /// The runs that somebody asked for, with the time; the first one first.
    pub async fn asked_for_by(self, account: Uuid) -> Result<Vec<(String, String)>, DbError> {
        self.log.db().fetch_all(ALL, args![account]).await
    }

    /// Forgets what somebody asked for.
    pub(crate) async fn forget_asker(self, account: Uuid) -> Result<(), DbError> {
        self.log.db().execute(FORGET, args![account]).await.map(drop)
    }

    /// Clears away who asked before this.
    pub(super) async fn clear_askers(self, before: Timestamp) -> Result<u64, DbError> {
        self.log.db().execute(CLEAR, args![timestamp_text(before)]).await
    }
}
