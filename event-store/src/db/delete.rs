//! Many rows deleted in pieces, for who shares the database with others.

use super::{DbError, Tx};
use crate::args;

impl Tx {
    /// Whether the table has more rows than these; it counts no further.
    pub async fn has_more_rows_than(&mut self, table: &str, rows: u64) -> Result<bool, DbError> {
        let sql =
            format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {}) AS counted", rows + 1);
        let (found,): (i64,) = self.fetch_one(&sql, args![]).await?;
        Ok(u64::try_from(found).is_ok_and(|found| found > rows))
    }

    /// Deletes so many rows, whichever; all of them where that stops nobody else from writing.
    pub async fn delete_some(&mut self, table: &str, rows: u64) -> Result<(), DbError> {
        let some = if self.has_schemas() {
            String::new()
        } else {
            format!(" WHERE rowid IN (SELECT rowid FROM {table} LIMIT {rows})")
        };
        self.execute(&format!("DELETE FROM {table}{some}"), args![]).await.map(drop)
    }
}
