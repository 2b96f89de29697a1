//! The JSON Schema (draft 2020-12) of every event version: today's are generated from the types, those
//! of earlier versions are kept as they were released.

use serde_json::Value;

use crate::aggregates::{self, Described};
use crate::upcast::{self, Earlier};

/// One schema file per version of an event of these aggregates: its name, like `Submitted.v1.json`, and
/// its content.
pub fn of_events(aggregates: &[Described]) -> Vec<(String, Value)> {
    let mut files = of_today(aggregates);
    files.extend(upcast::earlier(aggregates).map(of_earlier));
    files
}

/// The schema of a version that is written no more, as it was released.
pub(crate) fn of_earlier(earlier: &Earlier) -> (String, Value) {
    let schema = serde_json::from_str(earlier.schema);
    let schema = schema.expect("the schema of an earlier version is JSON: a test sees");
    (file_name(earlier.kind, earlier.version), schema)
}

fn file_name(kind: &str, version: u32) -> String {
    format!("{kind}.v{version}.json")
}

/// The schemas of the versions that are written today.
pub(crate) fn of_today(aggregates: &[Described]) -> Vec<(String, Value)> {
    aggregates.iter().flat_map(variants).collect()
}

/// A personal value of a kind of event.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonalField {
    /// The kind of event.
    pub event: String,
    /// The names on the way to it; `*` for each item of a list.
    pub path: Vec<String>,
    /// What stands there once it is forgotten.
    pub placeholder: Value,
    /// Whether it is the address of the person whose record it is: `x-subject` in the schema.
    pub subject: bool,
}

/// The kinds of events with which a stream's personal data are forgotten.
pub fn erasing(aggregates: &[Described]) -> impl Iterator<Item = &'static str> {
    aggregates::kinds(aggregates).filter(|kind| kind.erases).map(|kind| kind.name)
}

/// Every personal value of every kind of event, as the schemas declare them.
pub fn personal_fields(aggregates: &[Described]) -> Vec<PersonalField> {
    let mut fields = vec![];
    for (_, schema) in of_events(aggregates) {
        let kind = schema.pointer("/properties/type/const").and_then(Value::as_str);
        if let Some(event) = kind {
            personal_in(event, &schema, &schema, &mut vec![], &mut fields);
        }
    }
    fields
}

/// The addresses of persons in every kind of event: of those whose records they are.
pub fn subject_fields(aggregates: &[Described]) -> Vec<PersonalField> {
    personal_fields(aggregates).into_iter().filter(|field| field.subject).collect()
}

fn personal_in(
    event: &str,
    whole: &Value,
    schema: &Value,
    path: &mut Vec<String>,
    fields: &mut Vec<PersonalField>,
) {
    if schema.get("x-personal") == Some(&Value::Bool(true)) {
        let placeholder = schema.get("x-placeholder").cloned().unwrap_or_default();
        let subject = schema.get("x-subject") == Some(&Value::Bool(true));
        // Each version of an event names it.
        let known = |field: &&mut PersonalField| field.event == event && field.path == *path;
        if let Some(known) = fields.iter_mut().find(known) {
            known.subject |= subject;
            return;
        }
        let (event, path) = (event.to_owned(), path.clone());
        fields.push(PersonalField { event, path, placeholder, subject });
        return;
    }
    let reference = schema.get("$ref").and_then(Value::as_str);
    let definition = reference.and_then(|name| whole.pointer(name.trim_start_matches('#')));
    let alternatives =
        ["oneOf", "anyOf", "allOf"].iter().filter_map(|key| schema.get(*key)?.as_array());
    for inner in definition.into_iter().chain(alternatives.flatten()) {
        personal_in(event, whole, inner, path, fields);
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, inner) in properties.into_iter().flatten() {
        path.push(name.clone());
        personal_in(event, whole, inner, path, fields);
        path.pop();
    }
    if let Some(items) = schema.get("items") {
        path.push("*".to_owned());
        personal_in(event, whole, items, path, fields);
        path.pop();
    }
}

/// The events of an aggregate, which are variants of an internally tagged enum, each as a schema of its own.
fn variants(aggregate: &Described) -> Vec<(String, Value)> {
    let whole = (aggregate.schema)();
    let definitions = whole.get("$defs");
    let variants = whole.get("oneOf").and_then(Value::as_array);
    variants
        .into_iter()
        .flatten()
        .filter_map(|variant| {
            let kind = variant.pointer("/properties/type/const")?.as_str()?;
            let version = aggregate.kinds.iter().find(|known| known.name == kind)?.version;
            let mut schema = serde_json::Map::new();
            schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
            schema.insert("title".into(), format!("{kind}, version {version}").into());
            schema.extend(variant.as_object()?.clone());
            if let Some(definitions) = definitions {
                let used = used_definitions(variant, definitions);
                if !used.is_empty() {
                    schema.insert("$defs".into(), used.into());
                }
            }
            Some((file_name(kind, version), schema.into()))
        })
        .collect()
}

/// The definitions that `schema` refers to, and those that these refer to.
fn used_definitions(schema: &Value, all: &Value) -> serde_json::Map<String, Value> {
    let mut used = serde_json::Map::new();
    let mut to_visit = vec![schema];
    while let Some(value) = to_visit.pop() {
        match value {
            Value::Object(fields) => {
                let name = fields.get("$ref").and_then(Value::as_str);
                if let Some(name) = name.and_then(|name| name.strip_prefix("#/$defs/"))
                    && !used.contains_key(name)
                    && let Some(definition) = all.get(name)
                {
                    used.insert(name.to_owned(), definition.clone());
                    to_visit.push(definition);
                }
                to_visit.extend(fields.values());
            }
            Value::Array(items) => to_visit.extend(items),
            _ => {}
        }
    }
    used.sort_keys();
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AGGREGATES;
    use crate::application::ApplicationEventKind;
    use crate::examples;
    use cqrs_es::DomainEvent as _;
    use sha2::{Digest as _, Sha256};

    /// SHA-256 of each frozen schema, as it was released.
    const RELEASED: &[(&str, &str)] = &[
        (
            "ForwardedToMemo.v1.json",
            "fdafa65ae02241af5e5028fba7fa6b5f23f00fc8d0f44d84320e5face06b8df9",
        ),
        ("Submitted.v1.json", "e999d5024062f169bd0a3217d110d4a43ba192f9a123b94955a160982b26325e"),
        ("EmailFailed.v1.json", "338f62e7e6350fcb3a3bea7fc4224e519acdb67102ba79e9f3ad0fc398e4d1ac"),
        (
            "EmailSkipped.v1.json",
            "a753389dc4a04293b01a3e8df71c6ac3ea840ad5ff80f1f8d9629353eab0b194",
        ),
        (
            "ResendRequested.v1.json",
            "ade43a0e310732914398e28c47621066b0f7ebb3803fb89ff879ca843171ef7a",
        ),
        ("EmailResent.v1.json", "57e33743da69905b65bea81d092f0d07fbef1d66069f10b87a1df2f24ce820c7"),
        (
            "JobAlertMatched.v1.json",
            "7e6d990b9368fef9dc5ed35455a7e826eb4ae8f21e2f4b5fdfd279e6be5d691a",
        ),
    ];

    #[test]
    fn a_released_schema_never_changes() {
        let mut found = vec![];
        for earlier in upcast::earlier(AGGREGATES) {
            let (name, schema) = of_earlier(earlier);
            let digest = Sha256::digest(earlier.schema).into();
            let digest = crate::Digest::from_bytes(digest).to_string();
            let written = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            assert_eq!(written, earlier.schema, "{name} is published as it is kept");
            found.push((name, digest));
        }
        let found: Vec<_> = found.iter().map(|(name, it)| (name.as_str(), it.as_str())).collect();
        assert_eq!(found, RELEASED, "take the change back, and make a new version of the event");
    }

    #[test]
    fn every_version_from_the_first_to_todays_has_one_schema() {
        let mut names: Vec<_> = of_events(AGGREGATES).into_iter().map(|(name, _)| name).collect();
        let kinds = of_today(AGGREGATES)
            .into_iter()
            .map(|(name, _)| name.split('.').next().unwrap().into());
        let mut wanted: Vec<_> = kinds
            .flat_map(|kind: String| {
                (1..=aggregates::version_of(&kind)).map(move |version| file_name(&kind, version))
            })
            .collect();
        names.sort();
        wanted.sort();
        assert_eq!(names, wanted);
    }

    #[test]
    fn every_kind_of_event_has_a_schema() {
        let names: Vec<_> = of_today(AGGREGATES).into_iter().map(|(name, _)| name).collect();
        let kinds = aggregates::kinds(AGGREGATES).map(|kind| file_name(kind.name, kind.version));
        assert_eq!(names, kinds.collect::<Vec<_>>());
    }

    #[test]
    fn full_and_minimal_events_follow_their_schema() {
        let schemas = of_events(AGGREGATES);
        let mut seen = std::collections::HashSet::new();
        for event in examples::every_event() {
            let name = format!("{}.v{}.json", event.event_type(), event.event_version());
            let (_, schema) = schemas.iter().find(|(file, _)| *file == name).unwrap();
            let validator = jsonschema::validator_for(schema).unwrap();
            let value = serde_json::to_value(&event).unwrap();
            if let Err(error) = validator.validate(&value) {
                panic!("{name}: {error}\n{value:#}");
            }
            seen.insert(event.kind());
        }
        assert_eq!(seen.len(), ApplicationEventKind::ALL.len());
    }

    #[test]
    fn what_is_personal_is_found_in_every_depth() {
        let fields = personal_fields(AGGREGATES);
        let of = |event: &str| -> Vec<String> {
            let of_it = fields.iter().filter(|field| field.event == event);
            of_it.map(|field| format!("{} {}", field.path.join("/"), field.placeholder)).collect()
        };
        insta::assert_snapshot!(
            ["Submitted", "InterviewProposed", "Withdrawn", "SentToEmployer"]
                .map(|event| format!("{event}\n  {}", of(event).join("\n  ")))
                .join("\n")
        );
        assert!(fields.iter().all(|field| field.placeholder.is_string()), "{fields:#?}");
    }

    #[test]
    fn the_address_of_whose_record_it_is_is_a_personal_address_of_a_first_event() {
        let found: Vec<_> = subject_fields(AGGREGATES)
            .iter()
            .map(|it| (it.event.clone(), it.path.join(".")))
            .collect();
        let found = found.iter().map(|(event, path)| (&**event, &**path));
        let (later, found): (Vec<_>, Vec<_>) = found
            .partition(|(event, path)| path.starts_with("changes.") || event.contains("Change"));
        assert_eq!(
            found,
            [
                ("Submitted", "submission.candidate.email"),
                ("AddressSuppressed", "address"),
                ("MessageQueued", "letter.to"),
                ("ErasureCaseOpened", "address"),
                ("PermitRequested", "dossier.holder.email"),
                ("PermitRequested", "dossier.holder.worker_email"),
                ("AccountRegistered", "email"),
                ("OfferCollected", "content.apply_email"),
                ("OfferPublished", "content.apply_email"),
            ]
        );
        // Whose dossier it is may be corrected: both addresses, in every event with changes. An account and
        // an offer may get another address.
        assert!(later.iter().all(|(event, path)| event.starts_with("Permit")
            && ["changes.holder.email", "changes.holder.worker_email"].contains(path)
            || ["AccountEmailChangeAsked", "AccountEmailChanged"].contains(event)
                && *path == "email"
            || *event == "OfferChanged" && *path == "content.apply_email"));
    }

    /// A text may hold anything that a person typed. Whether it belongs to one is declared beside
    /// the field: by its type `Personal`, or by `#[schemars(extend("x-personal" = false))]`.
    #[test]
    fn every_text_is_declared_to_belong_to_a_person_or_not_to() {
        let mut undeclared = vec![];
        for (name, schema) in of_events(AGGREGATES) {
            texts(&schema, &name, &mut undeclared);
        }
        assert!(undeclared.is_empty(), "declare these: {undeclared:#?}");
    }

    /// Where free text stands without a declaration: of no closed set, pattern or format that a
    /// name cannot have.
    fn texts(schema: &Value, place: &str, undeclared: &mut Vec<String>) {
        let Some(fields) = schema.as_object() else { return };
        let is_text = match fields.get("type") {
            Some(Value::Array(types)) => types.iter().any(|it| it == "string"),
            Some(kind) => kind == "string",
            None => false,
        };
        let format = fields.get("format").and_then(Value::as_str).unwrap_or_default();
        let closed = ["const", "enum", "pattern"].iter().any(|it| fields.contains_key(*it))
            || ["uuid", "date-time", "date", "time"].contains(&format);
        if is_text && !closed && !fields.contains_key("x-personal") {
            undeclared.push(place.to_owned());
        }
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("properties" | "$defs", Value::Object(named)) => {
                    for (name, schema) in named {
                        texts(schema, &format!("{place} {name}"), undeclared);
                    }
                }
                ("oneOf" | "anyOf" | "allOf", Value::Array(all)) => {
                    for schema in all {
                        texts(schema, place, undeclared);
                    }
                }
                ("items", schema) => texts(schema, place, undeclared),
                _ => {}
            }
        }
    }
}
