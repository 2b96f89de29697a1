//! What somebody is found and counted by in the read models, taken away with their key.
//!
//! The read models themselves take it away, too, when they come to the event that destroyed the key: one
//! that was behind may have written a name again.

use crate::columns::tables;
use crate::table::Generation;
use crate::{Column, Owner, Table};

/// The statements that take the names of a stream's person out of every read model, and out of the copy
/// that is built anew: for the transaction in which the key of the stream is destroyed. Each has three
/// arguments: `$1` the kind of aggregate, `$2` which one, `$3` the position of its first event. Rows in
/// another version's shape are not known to them: [`crate::schema::outdated`] tells whether there are any.
pub fn erasing_statements() -> Vec<String> {
    let both = [Generation::Live, Generation::Rebuilding];
    let of = |(_, table): (_, &'static Table)| both.map(|copy| statement(table, copy));
    tables().flat_map(of).flatten().collect()
}

/// `None` where rows of the table hold nobody's name.
fn statement(table: &Table, copy: Generation) -> Option<String> {
    let blind: Vec<&Column> = table.plain().filter(|column| column.purpose().is_some()).collect();
    if blind.is_empty() {
        return None;
    }
    // Each mentions all three arguments: a statement is bound to as many as it has.
    let theirs = match table.of {
        Owner::Nobody => return None,
        Owner::Stream { kind, id } => format!("$1 = '{kind}' AND {id} = $2 AND $3 > 0"),
        Owner::Named { kind, id } => format!("{kind} = $1 AND {id} = $2 AND $3 > 0"),
        Owner::Begun { kind, at } => format!("$1 = '{kind}' AND $2 <> '' AND {at} = $3"),
    };
    let name = copy.name(table.name);
    Some(if blind.iter().all(|column| column.nullable) {
        let empty: Vec<_> = blind.iter().map(|column| format!("{} = NULL", column.name)).collect();
        format!("UPDATE {name} SET {} WHERE {theirs}", empty.join(", "))
    } else {
        format!("DELETE FROM {name} WHERE {theirs}")
    })
}
