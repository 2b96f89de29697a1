//! `subjects`: whose record a stream is, by the person's address. It reads what the schemas mark with
//! `x-subject`, and knows no aggregate.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use domain::erasure::RecordRef;
use domain::schema::{self, PersonalField};
use domain::{Described, EmailAddress, aggregates};
use event_store::{DbError, Log, Recorded, Value, args};
use serde_json::Value as Json;

use crate::projection::Changes;
use crate::{
    ApplyError, Column, Index, Kind, NewEvents, Owner, Projection, Removal, Rows, Table, words,
};

/// The table.
pub const TABLE: Table = Table {
    name: "subjects",
    about: "Records by the addresses of the persons whose they are: one row for each address of each stream.",
    key: &["term", "aggregate_type", "aggregate_id"],
    of: Owner::Named { kind: "aggregate_type", id: "aggregate_id" },
    columns: &[
        Column::new(
            "term",
            Kind::Text,
            "Names the address: an HMAC-SHA256 of it in lower case and without accents, hexadecimal.",
        )
        .blind("subject"),
        Column::new("aggregate_type", Kind::Text, "The kind of aggregate."),
        Column::new("aggregate_id", Kind::Text, "Which aggregate.").withheld(),
        Column::new("named_at", Kind::Time, "When the stream last named the address."),
    ],
    indexes: &[Index::on("stream", &["aggregate_type", "aggregate_id", "named_at"])],
    revision: 1,
};

/// The term that stands for an address.
pub(crate) fn term(log: &Log, address: &str) -> Value {
    TABLE.blinded(log, "term", &words::plain(address))
}

/// The read model of what these aggregates' schemas say.
pub(crate) struct Subjects {
    aggregates: Arc<[Described]>,
    naming: OnceLock<Vec<PersonalField>>,
}

impl Subjects {
    pub(crate) fn of(aggregates: &[Described]) -> Self {
        Self { aggregates: aggregates.into(), naming: OnceLock::new() }
    }

    fn naming(&self) -> &[PersonalField] {
        self.naming.get_or_init(|| schema::subject_fields(&self.aggregates))
    }
}

#[async_trait]
impl Projection for Subjects {
    fn name(&self) -> &'static str {
        TABLE.name
    }

    /// Those that name a person, and those with which a person is forgotten.
    fn events(&self) -> Vec<&'static str> {
        let naming = self.naming();
        let kinds = aggregates::kinds(&self.aggregates);
        kinds
            .filter(|kind| kind.erases || naming.iter().any(|field| field.event == kind.name))
            .map(|kind| kind.name)
            .collect()
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    async fn changes(&self, new: &NewEvents<'_>) -> Result<Changes, ApplyError> {
        let log = new.log();
        let naming = self.naming();
        let (mut rows, mut removals) = (vec![], vec![]);
        for raw in new.iter() {
            let stream = (&raw.aggregate_type, &raw.aggregate_id);
            if schema::erasing(&self.aggregates).any(|kind| kind == raw.event_type) {
                // Nobody is found by what was forgotten.
                rows.retain(|(of, _): &(_, Vec<Value>)| *of != stream);
                let equal = vec![
                    ("aggregate_type", raw.aggregate_type.as_str().into()),
                    ("aggregate_id", raw.aggregate_id.as_str().into()),
                ];
                removals.push(Removal { table: &TABLE, equal });
                continue;
            }
            let recorded: Recorded<Json> = log.decode(raw)?;
            if recorded.erased {
                continue;
            }
            for field in naming.iter().filter(|field| field.event == raw.event_type) {
                for address in addresses(&recorded.event, field) {
                    let term = term(log, address);
                    let (kind, id) = (raw.aggregate_type.as_str(), raw.aggregate_id.as_str());
                    rows.push((stream, args![term, kind, id, raw.recorded_at]));
                }
            }
        }
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        Ok(Changes { rows: vec![Rows::new(&TABLE, rows)], removals })
    }
}

/// The addresses that stand in this field of an event; a placeholder is nobody's.
fn addresses<'a>(event: &'a Json, field: &'a PersonalField) -> Vec<&'a str> {
    let mut found = vec![event];
    for step in &field.path {
        found = match step.as_str() {
            "*" => found.into_iter().filter_map(Json::as_array).flatten().collect(),
            name => found.into_iter().filter_map(|value| value.get(name)).collect(),
        };
    }
    let there = found.into_iter().filter(|value| **value != field.placeholder);
    there.filter_map(Json::as_str).collect()
}

const OF: &str = "
    SELECT aggregate_type, aggregate_id
    FROM subjects
    WHERE term = $1
    ORDER BY named_at DESC, aggregate_type, aggregate_id";

/// The records of whoever has this address, latest first.
pub async fn of(log: &Log, address: &EmailAddress) -> Result<Vec<RecordRef>, DbError> {
    let term = term(log, address.as_str());
    let rows: Vec<(String, String)> = log.db().fetch_all(OF, args![term]).await?;
    let record = |(kind, id): (String, String)| RecordRef::new(&kind, &id).ok();
    Ok(rows.into_iter().filter_map(record).collect())
}
