//! The admin, read in a pseudo-language: what is left in plain letters was typed, is a name for
//! programs, or comes from no catalogue.

use axum::http::Method;
use domain::AGGREGATES;
use domain::operator::Role;
use event_store::testing::Engine;
use texts::pseudo;

use super::roles::address;
use super::service;

/// Names that stay in every language: of the product, of platforms, of units, of languages, of
/// methods and read models.
const KNOWN: [&str; 10] = [
    "Postulo",
    "SIRET",
    "ROME",
    "UTC",
    "Français",
    "English",
    "Emploi Facile",
    "GET",
    "HEAD",
    "/ min",
];

/// Names for programs, which operators read as they stand in the log: codes of roles, actors,
/// platforms, languages, lists, read models and reactors.
const CODES: [&str; 18] = [
    "admin",
    "analyst",
    "application",
    "auditor",
    "cases",
    "demo",
    "emails",
    "events",
    "fr",
    "operator",
    "permit",
    "recorded",
    "subjects",
    "support",
    "system",
    "terms",
    "applications",
    "validity",
];

/// Whether operators read `word` as a name for programs: a code, a kind of event, a part of an
/// address of the admin or of an id.
fn is_code(word: &str) -> bool {
    let of_address = |path: &str| path.split(|c: char| !c.is_alphanumeric()).any(|it| it == word);
    CODES.contains(&word)
        || word.contains(|c: char| c.is_ascii_digit())
        || AGGREGATES.iter().any(|aggregate| aggregate.aggregate_type == word)
        || schema_names().iter().any(|name| name == word)
        || projections::all().iter().any(|it| it.name().split('_').any(|part| part == word))
        || admin::table().iter().any(|(_, path, ..)| of_address(path))
}

/// The kinds of events, by the files of their schemas.
fn schema_names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/events");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    files.filter_map(|it| Some(it.to_str()?.split('.').next()?.to_owned())).collect()
}

#[tokio::test]
async fn no_page_of_the_admin_holds_a_word_that_a_third_language_would_miss() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Admin).await;
    let auditor = service.sign_in(Role::Auditor).await;
    let submission = domain::examples::full_submission();
    let mut known: Vec<String> = KNOWN.map(str::to_owned).to_vec();
    typed(&serde_json::to_value(&submission).unwrap(), &mut known);
    known.push(submission.candidate.full_name().reveal().clone());
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let mut missed = vec![];
    let _spoken = pseudo::speak();
    for (method, path, ..) in admin::table() {
        if path.ends_with("sign-out") || path.ends_with("{file}") || path.ends_with("case-file.zip")
        {
            continue;
        }
        for cookie in [&cookie, &auditor] {
            let to = address(path, &service);
            let answer = match method {
                Method::GET => service.get_as(&to, cookie).await,
                _ => service.post_as(&to, cookie, &[]).await,
            };
            let left = pseudo::words_left(&answer.body, &known);
            let left = left.into_iter().filter(|word| !is_code(word));
            missed.extend(left.map(|word| format!("{method} {path}: {word}")));
        }
    }
    missed.dedup();
    assert_eq!(missed, Vec::<String>::new());
}

/// The values of `json` that a person typed: codes of ours are small letters.
fn typed(json: &serde_json::Value, into: &mut Vec<String>) {
    match json {
        serde_json::Value::String(text)
            if !text.chars().all(|c| c.is_ascii_lowercase() || c == '_') =>
        {
            into.push(text.clone());
        }
        serde_json::Value::Array(values) => {
            for value in values {
                typed(value, into);
            }
        }
        serde_json::Value::Object(values) => {
            for value in values.values() {
                typed(value, into);
            }
        }
        _ => {}
    }
}
