//! What lies beside the log of somebody who has an account: it goes when that is closed, and none
//! comes after. Whatever is theirs, and no event, is written by [`Space::write_beside`].

use event_store::{DbError, Value, args};
use uuid::Uuid;

use crate::facades::Space;

/// Closing deletes the row, and waits for whoever holds it.
const HOLD: &str = "
    UPDATE accounts
    SET closes_at = closes_at
    WHERE id = $1";

impl Space<'_> {
    /// Runs a statement that writes something of this account; nothing where the account is closed.
    /// Answers whether it is open.
    pub(crate) async fn write_beside(
        self,
        owner: Uuid,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<bool, DbError> {
        let mut tx = self.log.db().begin().await?;
        let open = tx.execute(HOLD, args![owner]).await? > 0;
        if open {
            tx.execute(sql, args).await?;
        }
        tx.commit().await?;
        Ok(open)
    }
}
