//! The rules of the house that matter are tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import of ours. Arrows point down only.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("event-store", &[]),
    ("texts", &["domain"]),
    ("commands", &["domain", "event-store"]),
    ("projections", &["domain", "event-store"]),
    ("workers", &["commands", "domain", "event-store", "texts"]),
    ("api", &["commands", "domain", "event-store", "projections", "texts"]),
];

const MAX_LINES: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of the rooms and of the binary, tests and benches aside.
fn production_files() -> Vec<PathBuf> {
    let mut files = vec![];
    let mut folders: Vec<_> =
        ARROWS.iter().map(|(room, _)| root().join(room).join("src")).collect();
    folders.push(root().join("src"));
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn is_tests(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests")
        || path.components().any(|part| part.as_os_str() == "tests")
}

#[test]
fn arrows_point_down() {
    for (room, allowed) in ARROWS {
        let text = fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap();
        for (other, _) in ARROWS {
            assert!(
                !dependencies.contains_key(*other) || allowed.contains(other),
                "{room} must not depend on {other}"
            );
        }
    }
}

#[test]
fn a_file_holds_one_thing() {
    let mut long = BTreeMap::new();
    for path in production_files().iter().filter(|path| !is_tests(path)) {
        let text = fs::read_to_string(path).unwrap();
        let production = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let lines = production.lines().count();
        if lines > MAX_LINES {
            long.insert(path.clone(), lines);
        }
    }
    assert!(long.is_empty(), "find the second thing in these files and split them: {long:#?}");
}

#[test]
fn only_the_event_store_knows_that_there_are_two_engines() {
    for path in production_files() {
        let inside = path.strip_prefix(root()).unwrap();
        if inside.starts_with("event-store") || inside.starts_with("src/config") || is_tests(inside)
        {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let production = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for word in ["Sqlite", "Postgres"] {
            assert!(
                !production.contains(word),
                "{} says {word}: what differs between engines belongs into event-store",
                inside.display()
            );
        }
    }
}

#[test]
fn every_page_keeps_to_the_content_security_policy() {
    for folder in ["api/src"] {
        let mut folders = vec![root().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "html") {
                    let text = fs::read_to_string(&path).unwrap();
                    for forbidden in [" style=\"", "<style", " onclick=", " onload=", "=\"https://"]
                    {
                        let found = text.contains(forbidden);
                        assert!(!found, "{} holds {forbidden}", path.display());
                    }
                }
            }
        }
    }
}

#[test]
fn the_compose_file_runs_what_the_private_services_are() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let compose = read("docker-compose.yml");
    let jars = read("script/kafka/pom.xml");
    let (_, rest) = jars.split_once("<kafka.version>").unwrap();
    let (version, _) = rest.split_once('<').unwrap();
    assert!(compose.contains(&format!("image: apache/kafka:{version}\n")), "Kafka {version}");
    for role in ["api", "projector", "relay", "worker", "migrate"] {
        assert!(compose.contains(&format!("command: [\"{role}\"]\n")), "{role}");
    }
    assert!(compose.contains("replicas: 2\n"), "two workers");
}

/// Every metric that a dashboard, a rule or the guide names is one that the program has.
#[test]
fn what_is_watched_is_measured() {
    let mut program = String::new();
    for path in production_files() {
        program.push_str(&fs::read_to_string(path).unwrap());
    }
    let documents =
        ["docs/monitoring/dashboard.json", "docs/monitoring/alerts.yml", "docs/operating.md"];
    for document in documents {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let names: BTreeSet<&str> = text
            .split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
            .filter(|word| word.starts_with("postulo_"))
            .collect();
        assert!(!names.is_empty(), "{document} names no metric");
        for name in names {
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let known = |name: &str| program.contains(&format!("\"{name}\""));
            assert!(known(name) || base.is_some_and(known), "{document} names {name}");
        }
    }
}

/// Pages and commands, in which a hint or a message may give an example of what to type.
fn places_with_examples() -> Vec<PathBuf> {
    let mut files = production_files();
    let mut folders = vec![root().join("api/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                files.push(path);
            }
        }
    }
    files
}

/// What follows "like" and its kind in a text, up to the end of the text or of the sentence.
fn examples_in(line: &str) -> Vec<&str> {
    let marks =
        [", like ", ", comme ", ", such as ", "Par exemple ", "For example ", "par exemple "];
    let found = marks.iter().flat_map(|mark| line.match_indices(mark).map(|(at, _)| (at, *mark)));
    let texts = found.map(|(at, mark)| &line[at + mark.len()..]);
    let ends = |text: &str| {
        let places = ["\"", " ;", ";", ". ", "; ", " and ", " or ", " ou "].iter();
        places.filter_map(|end| text.find(end)).min().unwrap_or(text.len())
    };
    texts.map(|text| text[..ends(text)].trim_end_matches('.')).collect()
}

/// Whether a door takes what a hint gives as an example.
fn is_taken(example: &str) -> bool {
    let numbers = |text: &str| text.split(',').all(|number| number.parse::<u32>().is_ok());
    let audit_log = |text: &str| text.split_once('/').is_some_and(|(host, _)| host.contains('.'));
    domain::dates::date(example).is_ok()
        || domain::dates::time(example).is_ok()
        || example.parse::<domain::Phone>().is_ok()
        || example.parse::<domain::EmailAddress>().is_ok()
        || example.parse::<domain::RomeCode>().is_ok()
        || example.parse::<domain::Origin>().is_ok()
        || example.parse::<domain::client::WebhookUrl>().is_ok()
        || example.parse::<uuid::Uuid>().is_ok()
        || jiff::tz::TimeZone::get(example).is_ok()
        || numbers(example)
        || audit_log(example)
}

/// Those of the translations are tried one by one, each at its own door, beside them.
#[test]
fn every_example_that_a_page_or_a_command_gives_is_taken() {
    let mut tried = 0;
    for path in places_with_examples() {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let value =
                |text: &&str| text.contains(|c: char| c.is_ascii_digit() || "@/:".contains(c));
            for example in examples_in(line).into_iter().filter(value) {
                assert!(is_taken(example), "{}: {example}", path.display());
                tried += 1;
            }
        }
    }
    assert!(tried >= 15, "{tried} examples were found: the search has gone blind");
}
