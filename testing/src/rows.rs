//! Every row of a read model's table, as a test compares it.

use event_store::{DbError, Log, args};
use projections::{Kind, OpenedRow, PersonalValues, Privacy, Table, Unreadable};

/// Stands before what is blinded: each log has a key of its own for that.
pub const BLINDED: &str = "blinded:";

#[derive(sqlx::FromRow)]
struct Row {
    cells: String,
    #[sqlx(skip)]
    personal: serde_json::Map<String, serde_json::Value>,
}

impl OpenedRow for Row {
    fn fill(&mut self, values: &mut PersonalValues) -> Result<(), Unreadable> {
        self.personal = values.rest();
        Ok(())
    }
}

/// The personal values of every row, by their columns' names, in the order of the table's key.
pub async fn personal_values(
    log: &Log,
    table: &'static Table,
) -> Result<Vec<serde_json::Map<String, serde_json::Value>>, DbError> {
    let query =
        format!("SELECT '' AS cells, * FROM {} ORDER BY {}", table.name, table.key.join(", "));
    let rows: Vec<Row> = table.fetch_all(log, &table.by_name(&query), args![]).await?;
    Ok(rows.into_iter().map(|row| row.personal).collect())
}

/// Every row as a text, opened, in the order of the table's key: the plain columns, then the personal
/// ones by name.
pub async fn rows(log: &Log, table: &'static Table) -> Vec<String> {
    let cell = |column: &projections::Column| match (column.kind, column.privacy) {
        // As text, the engines write it differently.
        (Kind::Boolean, _) => format!("CASE WHEN {} THEN 'true' ELSE 'false' END", column.name),
        (_, Privacy::Blind { .. } | Privacy::Pseudonym { .. }) => {
            format!("coalesce('{BLINDED}' || CAST({} AS TEXT), 'NULL')", column.name)
        }
        _ => format!("coalesce(CAST({} AS TEXT), 'NULL')", column.name),
    };
    let cells: Vec<_> = table.plain().map(cell).collect();
    let query = format!(
        "SELECT {} AS cells, * FROM {} ORDER BY {}",
        cells.join(" || ' | ' || "),
        table.name,
        table.key.join(", ")
    );
    let query = table.by_name(&query);
    let rows: Vec<Row> = if table.has_personal() {
        table.fetch_all(log, &query, args![]).await.unwrap()
    } else {
        log.db().fetch_all(&query, args![]).await.unwrap()
    };
    let text = |Row { cells, personal }: Row| {
        let personal = personal.into_iter().map(|(name, value)| format!(" | {name}: {value}"));
        personal.fold(cells, |text, value| text + &value)
    };
    rows.into_iter().map(text).collect()
}
