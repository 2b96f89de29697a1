//! How often the birth date of a dossier was guessed on a day: a number and a date can be tried out
//! otherwise.

use event_store::{DbError, args};
use jiff::civil::Date;

use crate::facades::Permits;

/// Wrong dates that may be tried for a number on a day.
const A_DAY: i64 = 10;

/// A look at a dossier by its number.
#[derive(Debug)]
#[must_use = "a try that is not given back was a wrong one"]
pub enum Try {
    /// It may be made, and counts as a wrong one until it is given back.
    Taken,
    /// The day's are used up: also the right date is refused.
    UsedUp,
}

/// Counts before looking: of many that come at once no more get through.
const TAKE: &str = "
    INSERT INTO permit_tries (dossier_number, day, number)
    VALUES ($1, $2, 1)
    ON CONFLICT (dossier_number) DO UPDATE
    SET number = CASE WHEN permit_tries.day = excluded.day THEN permit_tries.number + 1 ELSE 1 END,
        day = excluded.day
    WHERE permit_tries.day <> excluded.day OR permit_tries.number < $3";

const GIVE_BACK: &str = "
    UPDATE permit_tries
    SET number = number - 1
    WHERE dossier_number = $1 AND day = $2 AND number > 0";

const OLD: &str = "
    DELETE FROM permit_tries
    WHERE day < $1";

impl Permits<'_> {
    /// Takes one of the day's tries for a number, whether there is such a dossier or not.
    pub async fn take_try(self, number: &str, day: Date) -> Result<Try, DbError> {
        let args = args![number, day.to_string(), A_DAY];
        let taken = self.log.db().execute_shared(TAKE, args).await?;
        Ok(if taken > 0 { Try::Taken } else { Try::UsedUp })
    }

    /// Gives a try back that was right.
    pub async fn give_try_back(self, number: &str, day: Date) -> Result<(), DbError> {
        let args = args![number, day.to_string()];
        self.log.db().execute_shared(GIVE_BACK, args).await.map(drop)
    }

    /// Forgets the tries of the days before.
    pub async fn clear_tries(self, today: Date) -> Result<u64, DbError> {
        self.log.db().execute(OLD, args![today.to_string()]).await
    }
}
