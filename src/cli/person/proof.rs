//! The proof that a person was forgotten: their keys are gone, nothing that was personal can be opened any
//! more, and what was kept beside the log is deleted.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Result, bail};
use domain::EmailAddress;
use domain::erasure::RecordRef;
use domain::schema::{self, PersonalField};
use domain::space::CandidateCv;
use event_store::StreamId;
use projections::{applications, people};
use serde_json::Value;
use uuid::Uuid;

use crate::cli::out::say;
use crate::wiring::Parts;

/// What was personal, before it goes.
pub(super) struct Before {
    address: EmailAddress,
    /// The applications.
    ids: Vec<Uuid>,
    /// Records besides them, with what belongs to those.
    others: HashSet<RecordRef>,
    /// Every personal value of these, looked for in what is left of them.
    all: BTreeSet<String>,
}

impl Before {
    /// Reads the values.
    pub(super) async fn read(
        parts: &Parts,
        address: &EmailAddress,
        records: &[RecordRef],
        ids: &[Uuid],
    ) -> Result<Self> {
        let fields = schema::personal_fields(domain::AGGREGATES);
        let mut others = HashSet::new();
        for record in records.iter().filter(|record| record.as_application().is_none()) {
            let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
            let belongings = parts.commands.people().belongings(StreamId::new(kind, id)).await?;
            others.insert(record.clone());
            others.extend(belongings);
        }
        let (address, ids) = (address.clone(), ids.to_vec());
        let mut before = Self { address, ids, others, all: BTreeSet::new() };
        for record in before.records() {
            for event in events_of(parts, &record).await? {
                let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
                for field in fields.iter().filter(|field| field.event == kind) {
                    personal_in(&event, field, &field.path, &mut before.all);
                }
            }
        }
        Ok(before)
    }

    fn records(&self) -> Vec<RecordRef> {
        let applications = self.ids.iter().map(|id| RecordRef::application(*id));
        applications.chain(self.others.iter().cloned()).collect()
    }

    /// Looks; fails, naming the places and never the values, where something is left.
    pub(super) async fn prove(self, parts: &Parts) -> Result<()> {
        let mut places = vec![];
        let records = self.records();
        for record in &records {
            let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
            let stream = StreamId::new(kind, id);
            if parts.log.seal_bytes(stream, "proof", b"").await?.is_some() {
                places.push(format!("the key of {record}"));
            }
            if events_of(parts, record).await?.iter().any(|event| self.holds(event)) {
                places.push(format!("the history of {record}"));
            }
            if !parts.commands.emails().of(stream).await?.is_empty() {
                places.push(format!("e-mails of {record} as they were sent"));
            }
            if record.is_of::<CandidateCv>()
                && parts.commands.space().cvs().holds(id.parse()?).await?
            {
                places.push(format!("the document of {record}"));
            }
        }
        for id in &self.ids {
            if let Some(row) = applications::find(&parts.log, *id).await?
                && row.erased_at.is_none()
            {
                places.push(format!("application {id} in the table applications"));
            }
            if parts.commands.attachments().holds(*id).await? {
                places.push(format!("the documents of application {id}"));
            }
        }
        let listed = people::applications_of(&parts.log, &self.address).await?;
        if listed.iter().any(|row| self.ids.contains(&row.id)) {
            places.push("the search for applications".to_owned());
        }
        if places.is_empty() {
            say!("{} records have no key any more: nothing of them can be opened", records.len());
            return Ok(());
        }
        bail!("something is left: {}. Run the same command again", places.join("; "))
    }

    /// Whether a text in it is one of the values.
    fn holds(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.all.contains(text),
            Value::Array(items) => items.iter().any(|item| self.holds(item)),
            Value::Object(members) => members.values().any(|member| self.holds(member)),
            _ => false,
        }
    }
}

/// The events of a record, in the open as far as its key is there.
async fn events_of(parts: &Parts, record: &RecordRef) -> Result<Vec<Value>> {
    let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
    let raw = parts.log.stream(kind, id).await?;
    raw.iter().map(|raw| Ok(parts.log.decode::<Value>(raw)?.event)).collect()
}

/// The texts of an event that are declared personal; placeholders are nobody's.
fn personal_in(
    value: &Value,
    field: &PersonalField,
    path: &[String],
    found: &mut BTreeSet<String>,
) {
    match (path, value) {
        ([], Value::String(text)) if *value != field.placeholder => {
            found.insert(text.clone());
        }
        ([step, rest @ ..], Value::Array(items)) if step == "*" => {
            for item in items {
                personal_in(item, field, rest, found);
            }
        }
        ([step, rest @ ..], Value::Object(members)) => {
            if let Some(member) = members.get(step) {
                personal_in(member, field, rest, found);
            }
        }
        _ => {}
    }
}
