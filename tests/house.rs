//! The rules of the house that matter are tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "house/contexts.rs"]
mod contexts;
#[path = "house/words.rs"]
mod words;

/// What each room may import of ours. Arrows point down only.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("event-store", &["cipher"]),
    ("event-store/cipher", &[]),
    ("texts", &["domain"]),
    ("commands", &["domain", "event-store"]),
    ("projections", &["domain", "event-store"]),
    ("integrations", &["domain"]),
    ("workers", &["commands", "domain", "event-store", "integrations", "projections", "texts"]),
    ("api/web", &["commands", "domain", "event-store", "texts"]),
    ("api/archive", &["commands", "domain", "event-store", "texts", "web"]),
    (
        "api/accounts",
        &["archive", "commands", "domain", "event-store", "projections", "texts", "web"],
    ),
    ("api/admin", &["archive", "commands", "domain", "event-store", "projections", "texts", "web"]),
    (
        "api/applications",
        &["archive", "commands", "domain", "event-store", "projections", "texts", "web"],
    ),
    ("api/permits", &["commands", "domain", "event-store", "projections", "texts", "web"]),
    (
        "api/offers",
        &["accounts", "commands", "domain", "event-store", "projections", "texts", "web"],
    ),
    (
        "api/space",
        &["accounts", "commands", "domain", "event-store", "projections", "texts", "web"],
    ),
    (
        "api",
        &[
            "accounts",
            "admin",
            "applications",
            "archive",
            "commands",
            "domain",
            "event-store",
            "offers",
            "permits",
            "projections",
            "space",
            "texts",
            "web",
        ],
    ),
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
            let other = other.rsplit('/').next().unwrap_or(other);
            assert!(
                !dependencies.contains_key(other) || allowed.contains(&other),
                "{room} must not depend on {other}"
            );
        }
    }
}

/// A reaction that reads a read model sees it late; a scheduled task asks again.
#[test]
fn of_the_workers_scheduled_tasks_alone_read_read_models() {
    let workers = root().join("workers/src");
    let mut tasks = 0;
    for path in production_files().iter().filter(|path| path.starts_with(&workers)) {
        let text = fs::read_to_string(path).unwrap();
        let reads = text.contains("projections::");
        if path.starts_with(workers.join("jobs")) {
            tasks += usize::from(reads);
        } else {
            assert!(!reads, "{} reads a read model", path.display());
        }
    }
    assert!(tasks > 0, "the search has gone blind");
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

/// It states what is wrong; what to do about it stands in `commands/src/advice.rs`.
#[test]
fn the_event_store_names_no_setting_and_no_command() {
    let room = root().join("event-store/src");
    let mut searched = 0;
    for path in files_below(room.clone(), &[".rs"]) {
        let inside = path.strip_prefix(&room).unwrap();
        if inside.starts_with("testing") || inside == Path::new("testing.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in ["POSTULO_", "`postulo"] {
            assert!(!text.contains(word), "event-store/src/{} says {word}", inside.display());
        }
        searched += 1;
    }
    assert!(searched > 0, "the search has gone blind");
}

#[test]
fn every_page_keeps_to_the_content_security_policy() {
    for path in files_of_pages(&[".html"]) {
        let text = fs::read_to_string(&path).unwrap();
        for forbidden in [" style=\"", "<style", " onclick=", " onload=", "=\"https://"] {
            let found = text.contains(forbidden);
            assert!(!found, "{} holds {forbidden}", path.display());
        }
    }
}

/// The files below `folder` whose names end in one of `endings`.
fn files_below(folder: PathBuf, endings: &[&str]) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![folder], vec![]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|it| path.to_string_lossy().ends_with(it)) {
                files.push(path);
            }
        }
    }
    files
}

/// The rooms that answer over HTTP, and what of them ends in one of `endings`.
fn files_of_pages(endings: &[&str]) -> Vec<PathBuf> {
    let rooms = ARROWS.iter().map(|(room, _)| *room);
    let rooms = rooms.filter(|room| room.split('/').next() == Some("api"));
    rooms.flat_map(|room| files_below(root().join(room).join("src"), endings)).collect()
}

/// The first string in `source`, which Rust and the templates write alike, and what follows it.
fn first_string(source: &str) -> Option<(String, &str)> {
    let (_, rest) = source.split_once('"')?;
    let (mut text, mut chars) = (String::new(), rest.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &rest[at + 1..])),
            '\\' if rest[at..].starts_with("\\u{a0}") => {
                text.push('\u{a0}');
                chars.nth("u{a0}".len() - 1);
            }
            '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
            c => text.push(c),
        }
    }
    None
}

/// What breaks from its word at the end of a line: a sign or a quotation mark behind a plain space.
/// No other language that is spoken here writes so.
fn breaks(text: &str) -> bool {
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| " \n\"<),.\\".contains(c));
    let sign = text.match_indices(' ').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut rest = text[at + 1..].chars();
        let sign = rest.next().is_some_and(|c| ":;!?»".contains(c)) && ends(rest.as_str());
        sign && before.is_some_and(|c| c.is_alphanumeric() || "»)}…’%-".contains(c))
    });
    sign || text.contains("« ")
}

/// What is wrong with the signs of a French text: one that stands at its word without a space, or a
/// typewriter's apostrophe.
fn lacks_its_space(french: &str) -> bool {
    let no_break = |c: Option<char>| c.is_none_or(|c| "\u{a0}\u{202f}".contains(c));
    french.contains('\'')
        || french.char_indices().any(|(at, c)| {
            let (before, after) = (&french[..at], &french[at + c.len_utf8()..]);
            let ends = after.chars().next().is_none_or(|c| " \n\u{a0}),.".contains(c));
            match c {
                ':' | ';' | '!' | '?' => ends && !no_break(before.chars().next_back()),
                '»' => !no_break(before.chars().next_back()),
                '«' => !no_break(after.chars().next()),
                _ => false,
            }
        })
}

#[test]
fn pages_keep_their_signs_at_their_words() {
    let mut wrong = vec![];
    for path in files_of_pages(&[".rs", ".html", ".txt"]) {
        let source = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let code = path.extension().is_some_and(|extension| extension == "rs");
        for (number, line) in source.lines().enumerate() {
            let place = format!("{name}:{}", number + 1);
            let mut rest = if line.trim_start().starts_with("//") { "" } else { line };
            if !code && breaks(rest) {
                wrong.push(format!("{place}: {rest}"));
            }
            while let Some((text, after)) = first_string(rest) {
                if code && breaks(&text) {
                    wrong.push(format!("{place}: {text}"));
                }
                rest = after;
            }
        }
    }
    assert!(wrong.is_empty(), "a no-break space (U+00A0) belongs here:\n{}", wrong.join("\n"));
}

#[test]
fn what_breaks_in_french_is_seen_and_what_does_not_is_not() {
    for text in ["Pourquoi ?", "un mot : un autre", "« Non »", "« Non\u{a0}»", "(ici) ;", "100 % ?"]
    {
        assert!(breaks(text), "{text}");
    }
    for text in ["Why?", "Pourquoi\u{a0}?", "one: two", "https://a.example/?b", "14:30"] {
        assert!(!breaks(text), "{text}");
    }
    for text in ["Pourquoi?", "un mot: un autre", "«Non\u{a0}»", "l'heure", "Erreur :"] {
        assert!(lacks_its_space(text), "{text}");
    }
    for text in ["Pourquoi\u{202f}?", "«\u{a0}Non\u{a0}»", "l’heure, à 14:30", "https://a.example/"]
    {
        assert!(!lacks_its_space(text), "{text}");
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

/// Catalogues, pages and commands, in which a hint or a message may give an example of what to type.
fn places_with_examples() -> Vec<PathBuf> {
    let mut files = production_files();
    files.extend(files_below(root().join("texts/locales"), &[".ftl"]));
    files.extend(files_of_pages(&[".html"]));
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
        || example.parse::<domain::space::Month>().is_ok()
        || example.parse::<domain::Phone>().is_ok()
        || example.parse::<domain::EmailAddress>().is_ok()
        || example.parse::<domain::RomeCode>().is_ok()
        || example.parse::<domain::Origin>().is_ok()
        || example.parse::<domain::partner::WebhookUrl>().is_ok()
        || example.parse::<uuid::Uuid>().is_ok()
        || jiff::tz::TimeZone::get(example).is_ok()
        || numbers(example)
        || domain::schedule::Timetable::parse(example, "UTC").is_ok()
        || audit_log(example)
}

/// Those of the messages about wrong values are tried each at its own door, too, beside them.
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
