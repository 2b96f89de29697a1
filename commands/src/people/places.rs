//! Places: where somebody may have so many records of a kind at most, each takes up a place of its own before it
//! begins. Two that come at once never get the same one, whichever process they come to.

use std::collections::BTreeSet;

use event_store::{DbError, StreamId, args};
use jiff::Timestamp;

use crate::facades::People;

const NOTED: &str = "
    SELECT aggregate_id, place
    FROM belongings
    WHERE owner_type = $1 AND owner_id = $2 AND aggregate_type = $3";

const TAKE: &str = "
    INSERT INTO belongings (owner_type, owner_id, aggregate_type, aggregate_id, place, noted_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING";

const GIVE_UP: &str = "
    DELETE FROM belongings
    WHERE owner_type = $1 AND owner_id = $2 AND aggregate_type = $3 AND aggregate_id = $4
      AND COALESCE(noted_at, '') < $5";

const NOTE_AGAIN: &str = "
    UPDATE belongings
    SET noted_at = $5
    WHERE owner_type = $1 AND owner_id = $2 AND aggregate_type = $3 AND aggregate_id = $4";

impl People<'_> {
    /// Notes that a record belongs to another one, before it begins, in one of so many places of
    /// its kind; `false` where none is free. A record that is noted already keeps the place it has,
    /// and is noted anew.
    pub(crate) async fn takes_place(
        self,
        owner: StreamId<'_>,
        record: StreamId<'_>,
        most: usize,
    ) -> Result<bool, DbError> {
        // Whoever is faster leaves one place less.
        for _ in 0..=most {
            let args = args![owner.aggregate_type, owner.aggregate_id, record.aggregate_type];
            let noted: Vec<(String, Option<i64>)> = self.log.db().fetch_all(NOTED, args).await?;
            if noted.iter().any(|(id, _)| id == record.aggregate_id) {
                // Whoever frees the places of what never began may have been faster.
                if self.notes_again(owner, record).await? {
                    return Ok(true);
                }
                continue;
            }
            let taken: BTreeSet<_> = noted.iter().filter_map(|(_, place)| *place).collect();
            let free = (1..).take(most).find(|place: &i64| !taken.contains(place));
            let Some(place) = free.filter(|_| noted.len() < most) else { return Ok(false) };
            let args = args![
                owner.aggregate_type,
                owner.aggregate_id,
                record.aggregate_type,
                record.aggregate_id,
                place,
                self.clock.now(),
            ];
            if self.log.db().execute(TAKE, args).await? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn notes_again(self, owner: StreamId<'_>, record: StreamId<'_>) -> Result<bool, DbError> {
        let args = args![
            owner.aggregate_type,
            owner.aggregate_id,
            record.aggregate_type,
            record.aggregate_id,
            self.clock.now(),
        ];
        Ok(self.log.db().execute(NOTE_AGAIN, args).await? > 0)
    }

    /// Frees the place of a record that did not begin though it was noted before this; says whether it did.
    pub(crate) async fn gives_up_place(
        self,
        owner: StreamId<'_>,
        record: StreamId<'_>,
        before: Timestamp,
    ) -> Result<bool, DbError> {
        let args = args![
            owner.aggregate_type,
            owner.aggregate_id,
            record.aggregate_type,
            record.aggregate_id,
            before,
        ];
        Ok(self.log.db().execute(GIVE_UP, args).await? > 0)
    }
}
