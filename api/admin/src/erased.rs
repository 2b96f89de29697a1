//! What an operator sees of an application whose candidate was forgotten: that, when and why; never
//! the placeholders that stand for what is gone.

use std::sync::LazyLock;

use commands::History;
use domain::application::{ApplicationEvent, Basis};
use domain::schema::{self, PersonalField};
use domain::{AGGREGATES, JobApplication};
use event_store::Recorded;
use serde_json::Value;

use super::frame::time;
use web::lang::Lang;

static PERSONAL: LazyLock<Vec<PersonalField>> =
    LazyLock::new(|| schema::personal_fields(AGGREGATES));

/// When and why the candidate was forgotten; `None` while they are not.
pub(super) fn told(history: &History<JobApplication>, lang: Lang) -> Option<String> {
    let (basis, at) = history.events.iter().rev().find_map(|it| match it.event {
        ApplicationEvent::PersonalDataErased { basis, at } => Some((basis, at)),
        _ => None,
    })?;
    let why = match basis {
        Basis::Candidate => lang.t("admin-people-candidate-wanted-it-and-confirmed-it"),
        Basis::Operators => lang.t("admin-people-one-operator-asked-for-it-and"),
        Basis::CommandLine => lang.t("admin-people-from-machines-command-line"),
        Basis::Retention => lang.t("admin-people-nothing-had-happened-for-as-long"),
    };
    Some(lang.with("admin-people-personal-data-erased-on", (("time", &time(at)), ("why", &why))))
}

/// An event as JSON; what was personal and is gone says so.
pub(super) fn payload(recorded: &Recorded<ApplicationEvent>, lang: Lang) -> String {
    let mut payload = serde_json::to_value(&recorded.event).unwrap_or_default();
    if recorded.erased {
        let kind = recorded.event.kind().as_str();
        let gone = Value::from(lang.t("admin-people-erased"));
        for field in PERSONAL.iter().filter(|field| field.event == kind) {
            put(&mut payload, &field.path, &gone);
        }
    }
    serde_json::to_string_pretty(&payload).unwrap_or_default()
}

fn put(value: &mut Value, path: &[String], gone: &Value) {
    match (path, value) {
        (_, Value::Null) => {}
        ([], found) => *found = gone.clone(),
        ([step, rest @ ..], Value::Array(items)) if step == "*" => {
            for item in items {
                put(item, rest, gone);
            }
        }
        ([step, rest @ ..], Value::Object(members)) => {
            if let Some(member) = members.get_mut(step) {
                put(member, rest, gone);
            }
        }
        _ => {}
    }
}
