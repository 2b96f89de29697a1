//! Digests of what is declared: of the shape of rows, and of each index, which needs no rows built anew.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Noted;
use crate::columns::type_name;
use crate::{Column, Index, Privacy, Projection, Table};

/// The digests of a projection's tables, as they are noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digests {
    /// Of everything that a row depends on.
    pub(super) shape: String,
    /// A line for each index, with its digest.
    pub(super) indexes: String,
}

impl Digests {
    /// Whether it is these that are noted.
    pub(super) fn are(&self, noted: &Noted) -> bool {
        self.shape == noted.shape && self.indexes == noted.indexes
    }
}

/// Whether it is not this definition of the index that is noted.
pub(super) fn is_other(noted: &Noted, table: &Table, index: &Index) -> bool {
    let line = line(table, index);
    !noted.indexes.lines().any(|noted| noted == line)
}

/// What is noted of an index.
fn line(table: &Table, index: &Index) -> String {
    let words = if index.words { " words" } else { "" };
    let digest = Sha256::digest(format!("{:?} {:?}{words}", index.columns, index.only));
    format!("{} {} {}", table.name, index.name, hex::encode(&digest[..8]))
}

/// What is declared of the tables of a projection.
pub(super) fn of(projection: &dyn Projection) -> Digests {
    let (mut shape, mut indexes) = (String::new(), String::new());
    // Writing to a String cannot fail.
    for table in projection.tables() {
        let _ = writeln!(shape, "{} {} {:?}", table.name, table.revision, table.key);
        for column in table.columns {
            let (name, kind) = (column.name, type_name(column.kind));
            let _ = writeln!(shape, "{name} {kind} {} {}", column.nullable, privacy(column));
        }
        for index in table.indexes {
            let _ = writeln!(indexes, "{}", line(table, index));
        }
    }
    Digests { shape: hex::encode(Sha256::digest(shape)), indexes }
}

/// How it is stored. Columns in the open are called as they were before any were sealed, so that their
/// rows stay.
fn privacy(column: &Column) -> String {
    match column.privacy {
        Privacy::Open => "false".to_owned(),
        Privacy::Withheld => "true".to_owned(),
        Privacy::Personal { .. } => "sealed".to_owned(),
        Privacy::Blind { purpose } | Privacy::Pseudonym { purpose } => format!("blind {purpose}"),
    }
}
