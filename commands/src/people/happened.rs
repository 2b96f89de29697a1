//! What happened to records of a space, as their owner is handed it.

use domain::space::{
    DescribedBy, JobAlert, JobAlertEvent, TrackedApplication, TrackedApplicationEvent as Tracked,
};
use event_store::timestamp_text;
use serde_json::{Value, json};

use crate::History;

/// What happened to a tracked application, oldest first: when, to which status it went, and who
/// archived or described it.
pub(super) fn to_tracked(history: &History<TrackedApplication>) -> Value {
    history.events.iter().map(|recorded| step(&recorded.event)).collect()
}

fn step(event: &Tracked) -> Value {
    let mut told = json!({ "type": event.kind().as_str(), "at": timestamp_text(event.at()) });
    match event {
        Tracked::TrackedApplicationAdded { status, .. }
        | Tracked::TrackedApplicationMoved { status, .. } => told["status"] = json!(status),
        Tracked::TrackedApplicationDescribed { description, .. } => {
            told["by"] = json!(description.as_ref().map(|it| writer(&it.by)));
        }
        Tracked::TrackedApplicationArchived { by, .. } => told["by"] = json!(by),
        _ => {}
    }
    told
}

const fn writer(by: &DescribedBy) -> &'static str {
    match by {
        DescribedBy::Owner => "owner",
        DescribedBy::Page => "page",
        DescribedBy::Model { .. } => "model",
    }
}

/// The offers that an alert told its owner of, oldest first: those of each letter, and how many
/// matched then.
pub(super) fn told_by(history: &History<JobAlert>) -> Value {
    let told = history.events.iter().filter_map(|recorded| match &recorded.event {
        JobAlertEvent::JobAlertMatched { offers, total, at, .. } => {
            let (at, offers) = (timestamp_text(*at), offers.reveal().ids());
            Some(json!({ "at": at, "offers": offers, "total": total }))
        }
        _ => None,
    });
    told.collect()
}
