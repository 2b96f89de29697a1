//! The statements that make, exchange and mend tables and indexes.
//!
//! An index keeps its table, so its name changes sides when two tables exchange theirs: an index of
//! `emails` may be called `emails_rebuild_settled`. Both names mean the same here.

use std::collections::BTreeSet;

use event_store::{Catalog, DbError, FoundTable, Tx, args};

use crate::table::Generation;
use crate::{Index, Projection, Table};

/// Both generations of a table.
const BOTH: [Generation; 2] = [Generation::Live, Generation::Rebuilding];

/// Whether all tables of a projection, and those in which they are built anew, are as declared.
pub(super) fn all_as_declared(catalog: &Catalog, projection: &dyn Projection) -> bool {
    projection.tables().iter().all(|table| {
        BOTH.iter().all(|generation| {
            catalog.get(&generation.name(table.name)).is_some_and(|found| {
                let wrong = Indexes::of(table, found, &|_| false);
                found.shape.is_like(&table.shape())
                    && wrong.missing.is_empty()
                    && wrong.superfluous.is_empty()
            })
        })
    })
}

/// Makes an empty table with its indexes.
pub(super) async fn create(
    tx: &mut Tx,
    table: &Table,
    generation: Generation,
) -> Result<(), DbError> {
    tx.create_table(&generation.name(table.name), &table.shape()).await?;
    let catalog = tx.catalog().await?;
    mend_indexes_of(tx, &catalog, table, generation, &|_| false).await
}

/// Empties the copy, so that no data of a person stay behind, and makes its indexes anew, however they were
/// defined. One of another shape is made anew itself.
pub(crate) async fn renew(tx: &mut Tx, catalog: &Catalog, table: &Table) -> Result<(), DbError> {
    if mend_copy(tx, catalog, table).await? {
        return Ok(());
    }
    let copy = Generation::Rebuilding.name(table.name);
    tx.execute(&format!("DELETE FROM {copy}"), args![]).await?;
    mend_indexes_of(tx, catalog, table, Generation::Rebuilding, &|_| true).await
}

/// Drops one of the declared indexes of the copy, if it has any: [`renew`] makes them again.
pub(crate) async fn drop_an_index(
    tx: &mut Tx,
    catalog: &Catalog,
    table: &Table,
) -> Result<bool, DbError> {
    let found = catalog.get(&Generation::Rebuilding.name(table.name));
    let own = found.and_then(|it| it.indexes.iter().find(|name| short(table, name).is_some()));
    let Some(name) = own else { return Ok(false) };
    tx.drop_index(name).await?;
    Ok(true)
}

/// Makes the copy where it is missing or of another shape; whether it was so.
pub(super) async fn mend_copy(
    tx: &mut Tx,
    catalog: &Catalog,
    table: &Table,
) -> Result<bool, DbError> {
    let copy = Generation::Rebuilding.name(table.name);
    if let Some(found) = catalog.get(&copy) {
        if found.shape.is_like(&table.shape()) {
            return Ok(false);
        }
        for name in &found.indexes {
            tx.drop_index(name).await?;
        }
        tx.execute(&format!("DROP TABLE {copy}"), args![]).await?;
    }
    create(tx, table, Generation::Rebuilding).await?;
    Ok(true)
}

/// Exchanges the names of the two tables.
pub(crate) async fn exchange(tx: &mut Tx, table: &Table) -> Result<(), DbError> {
    let (live, copy) = (table.name, Generation::Rebuilding.name(table.name));
    let aside = format!("{live}_aside");
    for (from, to) in [(live, &*aside), (&copy, live), (&aside, &copy)] {
        tx.execute(&format!("ALTER TABLE {from} RENAME TO {to}"), args![]).await?;
    }
    for index in table.indexes.iter().filter(|index| index.words) {
        let [name, other] = [live, &copy].map(|on| format!("{on}_{}", index.name));
        tx.exchange_word_indexes(index.word_index(&name, live), index.word_index(&other, &copy))
            .await?;
    }
    Ok(())
}

/// Gives a copy of another shape the columns that it lacks, without a value: statements that know this
/// version's shape can be run on it until [`renew`] makes it anew.
pub(crate) async fn widen(tx: &mut Tx, table: &Table) -> Result<(), DbError> {
    let copy = Generation::Rebuilding.name(table.name);
    let catalog = tx.catalog().await?;
    let Some(found) = catalog.get(&copy) else { return Ok(()) };
    for column in table.shape().columns {
        if !found.shape.columns.iter().any(|it| it.name == column.name) {
            tx.add_column(&copy, column).await?;
        }
    }
    Ok(())
}

/// Makes the indexes that are missing and drops those that are not declared, on both tables; those of
/// which there is another definition are made anew.
pub(super) async fn mend_indexes(
    tx: &mut Tx,
    table: &Table,
    is_other: IsOther<'_>,
) -> Result<(), DbError> {
    for generation in BOTH {
        let catalog = tx.catalog().await?;
        mend_indexes_of(tx, &catalog, table, generation, is_other).await?;
    }
    Ok(())
}

async fn mend_indexes_of(
    tx: &mut Tx,
    catalog: &Catalog,
    table: &Table,
    generation: Generation,
    is_other: IsOther<'_>,
) -> Result<(), DbError> {
    let on = generation.name(table.name);
    let Some(found) = catalog.get(&on) else { return Ok(()) };
    let wrong = Indexes::of(table, found, is_other);
    let mut taken: BTreeSet<&str> =
        catalog.values().flat_map(|found| &found.indexes).map(String::as_str).collect();
    for index in wrong.superfluous {
        tx.drop_index(index).await?;
        taken.remove(index.as_str());
    }
    for index in wrong.missing {
        let names = BOTH.map(|side| format!("{}_{}", side.name(table.name), index.name));
        if index.words && !tx.has_schemas() {
            // Statements name it, so it follows when tables exchange their names.
            let name = format!("{on}_{}", index.name);
            tx.create_word_index(index.word_index(&name, &on)).await?;
            continue;
        }
        let name = names.iter().find(|name| !taken.contains(name.as_str())).unwrap_or(&names[0]);
        if index.words {
            tx.create_word_index(index.word_index(name, &on)).await?;
            continue;
        }
        let columns = index.columns.join(", ");
        let only = index.only.map(|only| format!(" WHERE {only}")).unwrap_or_default();
        tx.execute(&format!("CREATE INDEX {name} ON {on} ({columns}){only}"), args![]).await?;
    }
    Ok(())
}

/// Whether the index that is there under the name of this one is defined otherwise.
type IsOther<'a> = &'a (dyn Fn(&Index) -> bool + Sync);

/// What is wrong with the indexes of a table.
struct Indexes<'a> {
    missing: Vec<&'static Index>,
    superfluous: Vec<&'a String>,
}

impl<'a> Indexes<'a> {
    fn of(table: &Table, found: &'a FoundTable, is_other: IsOther<'_>) -> Self {
        let mut missing: Vec<&Index> = table.indexes.iter().collect();
        let mut superfluous = vec![];
        for name in &found.indexes {
            // Any other name is that of somebody else's index.
            let Some(short) = short(table, name) else { continue };
            match missing.iter().position(|index| index.name == short) {
                Some(place) if !is_other(missing[place]) => drop(missing.remove(place)),
                _ => superfluous.push(name),
            }
        }
        Self { missing, superfluous }
    }
}

/// The name of an index among those of its table, whichever side it was made on.
fn short<'a>(table: &Table, index: &'a str) -> Option<&'a str> {
    let rest = index.strip_prefix(table.name)?;
    rest.strip_prefix("_rebuild_").or_else(|| rest.strip_prefix('_'))
}
