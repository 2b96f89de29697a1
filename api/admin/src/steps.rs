//! A history as people read it, step by step: on the page of auditors and in a case file.

use commands::replay::{PatchOperation, Replay, Step};
use domain::application::ApplicationStatus;
use event_store::timestamp_text;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use uuid::Uuid;

use super::application::actor_name;
use web::lang::Lang;

/// One event with who, when, why, and what it did.
pub(super) struct Shown {
    pub(super) position: i64,
    pub(super) kind: &'static str,
    /// For programs (RFC 3339).
    pub(super) stamp: String,
    pub(super) at: String,
    pub(super) actor: String,
    pub(super) event_id: Uuid,
    pub(super) causation_id: Uuid,
    /// Where the event that caused it is, when it is one of these.
    pub(super) caused_by: Option<i64>,
    pub(super) correlation_id: Uuid,
    pub(super) payload: String,
    /// Whether the person was forgotten: placeholders stand for what was personal.
    pub(super) erased: bool,
    pub(super) changes: Vec<Change>,
    pub(super) status: &'static str,
    pub(super) status_name: &'static str,
}

/// One change of the state, in words.
pub(super) struct Change {
    pub(super) path: String,
    pub(super) verb: &'static str,
    /// What is there now; empty where nothing is.
    pub(super) value: String,
    /// Whether the value takes several lines.
    pub(super) tall: bool,
}

pub(super) fn shown(replay: &Replay, names: &[(String, String)], lang: Lang) -> Vec<Shown> {
    let place = |id: Uuid| {
        let cause = replay.steps.iter().find(|step| step.recorded.metadata.event_id == id);
        cause.map(|step| step.recorded.position.get())
    };
    let shown = |step: &Step| {
        let (recorded, metadata) = (&step.recorded, &step.recorded.metadata);
        Shown {
            position: recorded.position.get(),
            kind: recorded.event.kind().as_str(),
            stamp: timestamp_text(recorded.recorded_at),
            at: moment(recorded.recorded_at),
            actor: actor_name(&metadata.actor, names),
            event_id: metadata.event_id,
            causation_id: metadata.causation_id,
            caused_by: place(metadata.causation_id),
            correlation_id: metadata.correlation_id,
            payload: step.payload(),
            erased: recorded.erased,
            changes: step.told_changes().iter().map(|it| Change::new(it, lang)).collect(),
            status: step.status,
            status_name: status_name(step.status, lang),
        }
    };
    replay.steps.iter().map(shown).collect()
}

/// What a status is called.
pub(super) fn status_name(status: &'static str, lang: Lang) -> &'static str {
    status.parse::<ApplicationStatus>().map_or(status, |status| texts::status(status, lang.0))
}

/// A recorded time as auditors read it: exact, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S%.6f UTC").to_string()
}

impl Change {
    /// A change by RFC 6902; a comparison yields these three kinds alone.
    fn new(change: &PatchOperation, lang: Lang) -> Self {
        let (verb, value) = match change {
            PatchOperation::Add(it) => (lang.t("admin-applications-added"), Some(&it.value)),
            PatchOperation::Replace(it) => (lang.t("admin-applications-becomes"), Some(&it.value)),
            _ => (lang.t("admin-applications-gone"), None),
        };
        let tall = value.is_some_and(|it| it.is_object() || it.is_array());
        let value = match value {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
        };
        Self { path: change.path().to_string(), verb, value, tall }
    }
}
