//! The proof that a person was forgotten: what was personal is looked for in every table, and the
//! documents in their folder.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use domain::EmailAddress;
use domain::application::Application;
use domain::erasure::RecordRef;
use domain::schema::{self, PersonalField};
use projections::applications::search::{self, Search};
use projections::applications::{self, ApplicationRow};
use projections::people;
use serde_json::Value;
use uuid::Uuid;

use crate::cli::out::say;
use crate::wiring::Parts;

/// Shorter values stand in others' texts by chance.
const SHORTEST: usize = 5;

/// What was personal, before it goes.
pub(super) struct Before {
    address: EmailAddress,
    ids: Vec<Uuid>,
    /// Records besides applications.
    others: Vec<RecordRef>,
    /// Values that are looked for in every table: the person's alone.
    theirs: BTreeSet<String>,
    /// Values of theirs that stay, since applications that are kept hold them too.
    shared: usize,
    /// Every personal value of the applications, looked for in what is left of these.
    all: BTreeSet<String>,
}

impl Before {
    /// Reads the values.
    pub(super) async fn read(
        parts: &Parts,
        address: &EmailAddress,
        records: &[RecordRef],
        rows: &[ApplicationRow],
        kept: &[ApplicationRow],
    ) -> Result<Self> {
        let fields = schema::personal_fields(domain::AGGREGATES);
        let (mut theirs, mut all) = (BTreeSet::new(), BTreeSet::new());
        for row in rows {
            let history = parts.commands.applications().find(row.id).await?;
            if let Ok(application) = history.state.known() {
                theirs.extend(identifying(application));
            }
            for recorded in &history.events {
                let event = serde_json::to_value(&recorded.event)?;
                let kind = recorded.event.kind().as_str();
                for field in fields.iter().filter(|field| field.event == kind) {
                    personal_in(&event, field, &field.path, &mut all);
                }
            }
        }
        if kept.is_empty() {
            theirs.insert(address.to_string());
        }
        for record in records.iter().filter(|record| record.as_application().is_none()) {
            for event in events_of(parts, record).await? {
                let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
                for field in fields.iter().filter(|field| field.event == kind) {
                    personal_in(&event, field, &field.path, &mut all);
                }
            }
        }
        let count = theirs.len();
        for row in kept {
            if let Ok(application) = parts.commands.applications().find(row.id).await?.state.known()
            {
                for value in identifying(application) {
                    theirs.remove(&value);
                }
            }
        }
        let (address, ids) = (address.clone(), rows.iter().map(|row| row.id).collect());
        let others = records.iter().filter(|record| record.as_application().is_none());
        let others = others.cloned().collect();
        let shared = count - theirs.len();
        Ok(Self { address, ids, others, theirs, shared, all })
    }

    /// Looks for them; fails, naming the places and never the values, where something is left.
    pub(super) async fn prove(self, parts: &Parts) -> Result<()> {
        let mut places = vec![];
        for id in &self.ids {
            let history = parts.commands.applications().find(*id).await?;
            if history.state.remembered().is_ok() {
                places.push(format!("application {id} is not erased"));
            }
            for recorded in &history.events {
                if self.holds(&serde_json::to_value(&recorded.event)?) {
                    places.push(format!("the event at position {}", recorded.position));
                }
            }
            if let Some(row) = applications::find(&parts.log, *id).await?
                && row.erased_at.is_none()
            {
                places.push(format!("application {id} in the table applications"));
            }
            if parts.commands.attachments().holds(*id).await? {
                places.push(format!("the documents of application {id}"));
            }
        }
        for record in &self.others {
            if events_of(parts, record).await?.iter().any(|event| self.holds(event)) {
                places.push(format!("the record {record}"));
            }
        }
        let listed = people::applications_of(&parts.log, &self.address).await?;
        if listed.iter().any(|row| self.ids.contains(&row.id)) {
            places.push("the search for applications".to_owned());
        }
        let values = self.looked_for(parts).await?;
        let searched = parts.db.search_everywhere(&values).await;
        let searched = searched.context("the tables cannot be searched")?;
        places.extend(searched.found.iter().map(|(table, column)| format!("{table}.{column}")));
        if self.shared > 0 {
            say!(
                "{} values were not looked for: applications that are kept hold them, too",
                self.shared
            );
        }
        if places.is_empty() {
            say!("nothing of it is left in {} tables and the documents", searched.tables);
            return Ok(());
        }
        bail!(
            "something is left, or somebody else has the same: {}. What was under way just now goes within a quarter of an hour; what is others' stays",
            places.join("; ")
        )
    }

    /// What is looked for everywhere: without names that somebody else has, too.
    async fn looked_for(&self, parts: &Parts) -> Result<Vec<String>> {
        let mut values = vec![];
        for value in self.theirs.iter().filter(|value| value.chars().count() >= SHORTEST) {
            let search = Search { text: value.clone(), ..Search::default() };
            let namesakes = search::find(&parts.log, &search, 50).await?.items;
            let others = namesakes
                .iter()
                .any(|row| row.candidate_name().reveal().eq_ignore_ascii_case(value));
            if !others {
                values.push(value.clone());
            }
        }
        Ok(values)
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

/// What tells who somebody is, or is theirs word for word.
fn identifying(application: &Application) -> Vec<String> {
    let submission = &application.submission;
    let candidate = &submission.candidate;
    let mut values = vec![
        candidate.email.reveal().to_string(),
        candidate.full_name().reveal().clone(),
        candidate.phone.reveal().to_string(),
        candidate.address.reveal().to_string(),
        candidate.peid.reveal().to_string(),
        submission.message.reveal().to_string(),
    ];
    values.extend(candidate.peam_access_token.as_ref().map(|token| token.reveal().to_string()));
    values
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
