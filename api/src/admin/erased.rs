//! What an operator sees of an application whose candidate was forgotten: that, when and why; never
//! the placeholders that stand for what is gone.

use std::sync::LazyLock;

use commands::History;
use domain::JobApplication;
use domain::application::{Basis, Event};
use domain::schema::{self, PersonalField};
use event_store::Recorded;
use serde_json::Value;

use super::frame::time;
use crate::lang::Lang;

static PERSONAL: LazyLock<Vec<PersonalField>> = LazyLock::new(schema::personal_fields);

/// When and why the candidate was forgotten; `None` while they are not.
pub(super) fn told(history: &History<JobApplication>, lang: Lang) -> Option<String> {
    let (basis, at) = history.events.iter().rev().find_map(|it| match it.event {
        Event::PersonalDataErased { basis, at } => Some((basis, at)),
        _ => None,
    })?;
    let why = match basis {
        Basis::Candidate => lang.say(
            "le candidat l’a voulu, et l’a confirmé depuis son adresse",
            "the candidate wanted it, and confirmed it from their address",
        ),
        Basis::Operators => lang.say(
            "une personne de l’équipe l’a demandé, une autre a donné son accord",
            "one operator asked for it and another one agreed",
        ),
        Basis::CommandLine => {
            lang.say("depuis la ligne de commande de la machine", "from the machine’s command line")
        }
        Basis::Retention => lang.say(
            "rien ne s’était passé pendant la durée de conservation",
            "nothing had happened for as long as data are kept",
        ),
    };
    let erased = lang.say("Données personnelles effacées le", "Personal data were erased on");
    Some(format!("{erased} {}{} {why}.", time(at), lang.say("\u{a0}:", ":")))
}

/// An event as JSON; what was personal and is gone says so.
pub(super) fn payload(recorded: &Recorded<Event>, lang: Lang) -> String {
    let mut payload = serde_json::to_value(&recorded.event).unwrap_or_default();
    if recorded.erased {
        let kind = recorded.event.kind().as_str();
        let gone = Value::from(lang.say("(effacé)", "(erased)"));
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
