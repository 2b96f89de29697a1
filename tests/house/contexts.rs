//! Contexts know only whom they name.

use std::collections::BTreeSet;

use super::{is_tests, production_files, root};

/// The contexts of the house, and whom each of them knows. What has no line here is the house's own, and may
/// know all of them.
const CONTEXTS: &[(&str, &[&str])] = &[
    // Closing an account erases its owner, and what belongs to it.
    ("account", &["erasure"]),
    ("application", &["erasure"]),
    // An application's letters and messages are reported on in the same words; a letter to whoever has an
    // account belongs to the account.
    ("message", &["account", "application"]),
    ("offer", &[]),
    ("operator", &[]),
    ("partner", &[]),
    ("permit", &[]),
    ("suppression", &[]),
    ("collecting", &["offer", "operator", "schedule"]),
    ("schedule", &[]),
    // What somebody sent through the form is in their space by itself.
    ("space", &["account", "application", "offer"]),
    // The first requests to erase somebody stand in their applications.
    ("erasure", &["application"]),
];

/// The layers that have a folder or a file a context.
const LAYERS: &[&str] = &["domain", "commands", "projections"];

/// The context that a module belongs to: `commands::partners` to `partner`, `erasure_cases` to `erasure`.
fn context_of(module: &str) -> Option<&'static str> {
    let is_its = |name: &str| {
        module == name
            || module.strip_prefix(name).is_some_and(|rest| rest == "s" || rest == "_cases")
    };
    CONTEXTS.iter().map(|(name, _)| *name).find(|name| is_its(name))
}

/// The modules that follow `crate::` or a layer's name in a text.
fn modules_named(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for layer in LAYERS.iter().chain(&["crate"]) {
        for (at, _) in text.match_indices(&format!("{layer}::")) {
            let rest = &text[at + layer.len() + 2..];
            let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
            if let Some(list) = rest.strip_prefix('{') {
                let (list, _) = list.split_once('}').unwrap_or((list, ""));
                let names = list.split(',').filter_map(|it| it.trim().split("::").next());
                found.extend(names);
            } else {
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                found.insert(&rest[..end]);
            }
        }
    }
    found
}

#[test]
fn contexts_know_only_whom_they_name() {
    let mut wrong = vec![];
    let mut of_contexts = 0;
    for path in production_files().iter().filter(|path| !is_tests(path)) {
        let relative = path.strip_prefix(root()).unwrap();
        let mut parts = relative.iter().filter_map(|part| part.to_str());
        let (layer, _, first) = (parts.next(), parts.next(), parts.next());
        let (Some(layer), Some(first)) = (layer, first) else { continue };
        if !LAYERS.contains(&layer) {
            continue;
        }
        let Some(own) = context_of(first.trim_end_matches(".rs")) else { continue };
        of_contexts += 1;
        let (_, known) = CONTEXTS.iter().find(|(name, _)| *name == own).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let production = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for other in modules_named(production).into_iter().filter_map(context_of) {
            if other != own && !known.contains(&other) {
                wrong.push(format!("{} knows {other}", relative.display()));
            }
        }
    }
    assert!(of_contexts > 30, "the contexts are found: {of_contexts} files");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_a_file_names_is_found_in_each_way_to_name_it() {
    let text = "use crate::{partner, schedule::Timetable};\nlet it = domain::message::Message;";
    assert_eq!(modules_named(text), BTreeSet::from(["message", "partner", "schedule"]));
    assert_eq!(context_of("erasure_cases"), Some("erasure"));
    assert_eq!(context_of("operator_acts"), None);
}
