//! The OpenAPI document says what the service takes and answers, no more and no less.

use axum::http::StatusCode;
use domain::application::SubmissionDraft;
use event_store::testing::Engine;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use testing::http::Site;
use tokio::runtime::Runtime;

use super::support::{APPLICATIONS, fields, service};

fn document() -> Value {
    serde_json::from_str(&applications::described(&applications::description())).unwrap()
}

fn body() -> Value {
    document()["components"]["schemas"]["ApplicationBody"].clone()
}

/// What the service says of one field of an application that has no other.
async fn told(service: &Site, name: &str, value: Value) -> Option<String> {
    let body = json!({ name: value });
    let answer = service.send(service.json(APPLICATIONS, body.to_string())).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let error = errors.into_iter().find(|error| error["field"] == name)?;
    Some(error["code"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_of_a_text_is_where_the_description_says() {
    let service = service(Engine::Sqlite).await;
    let body = body();
    for name in SubmissionDraft::FIELDS {
        let field = &body["properties"][name];
        let Some(max) = field["maxLength"].as_u64() else {
            assert!(field["pattern"].is_string(), "nothing bounds {name}");
            continue;
        };
        let max = usize::try_from(max).unwrap();
        let code = told(&service, name, "é".repeat(max + 1).into()).await;
        assert_eq!(code.as_deref(), Some("too_long"), "{name}");
        if field["format"].is_null() {
            assert_eq!(told(&service, name, "é".repeat(max).into()).await, None, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_description_requires_is_what_is_missing() {
    let service = service(Engine::Sqlite).await;
    let required = body()["required"].as_array().unwrap().clone();
    let mut one_of_these = vec![];
    for branch in body()["anyOf"].as_array().unwrap() {
        one_of_these.extend(branch["required"].as_array().unwrap().clone());
    }
    for name in SubmissionDraft::FIELDS {
        let code = told(&service, name, Value::Null).await;
        let missing = code.as_deref() == Some("missing");
        let either = one_of_these.contains(&name.into());
        assert_eq!(missing, either || required.contains(&name.into()), "{name}");
        assert_eq!(missing && !either, body()["properties"][name]["minLength"] == 1, "{name}");
    }
    assert_eq!(one_of_these, ["candidate_first_name", "candidate_last_name"]);
}

/// Whether `text` holds an invisible character beyond U+FFFF: engines that count in UTF-16 have no
/// range of those, so that patterns leave them to the domain.
fn beyond(text: &str) -> bool {
    let unseen = |c| matches!(c, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    text.chars().any(unseen)
}

/// Texts around the edges of what a field takes.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ \t\n\r\u{a0}\u{2028}a-cé\u{0}\u{7f}\u{85}\u{3000}]{0,6}",
        "[a-zA-Z0-9 ]{0,12}",
        "\\PC{0,8}",
        "[A-Za-z][0-9]{3,5}[ \n]?",
        "[\u{200b}-\u{200f}\u{202e}\u{ad}\u{2800}\u{3164}\u{fe0f}\u{feff}\n ,.-]{0,5}[a-cé\u{301}\n—]{0,2}[\u{200d}\u{fe0f}\u{2060}\n,]{0,3}",
        "[\u{feff} ]{0,1}[aＭ][\u{200b}\u{a0}]?[0-9０-９٠-٩]{4}[\u{2060}\n]?",
    ]
}

#[test]
fn a_text_is_taken_where_the_description_allows_it_and_nowhere_else() {
    let runtime = Runtime::new().unwrap();
    let service = runtime.block_on(service(Engine::Sqlite));
    let body = body();
    let names: Vec<_> = SubmissionDraft::FIELDS
        .into_iter()
        .chain(["send_confirmation", "language"])
        .filter(|name| body["properties"][name]["format"].is_null())
        .collect();
    let value = prop_oneof![
        8 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(json!([])),
    ];
    let mut runner = TestRunner::new(Config { cases: 512, ..Config::default() });
    let outcome = runner.run(&(prop::sample::select(names), value), |(name, value)| {
        prop_assume!(!value.as_str().is_some_and(beyond));
        // A required field that is null is as if it were not there.
        prop_assume!(!value.is_null() || body["properties"][name]["minLength"] != 1);
        let mut allowed = jsonschema::is_valid(&body["properties"][name], &value);
        // Of the names one is enough: alone it is more than signs.
        if name.ends_with("_name") {
            let names = json!({ "anyOf": body["anyOf"] });
            allowed &= jsonschema::is_valid(&names, &json!({ name: value }));
        }
        let code = runtime.block_on(told(&service, name, value.clone()));
        prop_assert_eq!(code.is_none(), allowed, "{} {:?}: {:?}", name, value, code);
        Ok::<(), TestCaseError>(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn one_name_is_enough_where_the_description_says_so_and_nowhere_else() {
    let runtime = Runtime::new().unwrap();
    let service = runtime.block_on(service(Engine::Sqlite));
    let body = body();
    let name = prop_oneof![
        2 => Just(None),
        2 => Just(Some(Value::Null)),
        8 => text().prop_map(|text| Some(text.into())),
        2 => prop::sample::select(vec!["-", ".", "—", "", "n/a", "\u{200b}", "・", "☕"])
            .prop_map(|text| Some(text.into())),
    ];
    let mut runner = TestRunner::new(Config { cases: 256, ..Config::default() });
    let outcome = runner.run(&(name.clone(), name), |(first, last)| {
        let mut sent = fields();
        for (field, name) in [("candidate_first_name", first), ("candidate_last_name", last)] {
            prop_assume!(!name.as_ref().and_then(Value::as_str).is_some_and(beyond));
            match name {
                Some(name) => sent[field] = name,
                None => drop(sent.as_object_mut().unwrap().remove(field)),
            }
        }
        let allowed = jsonschema::is_valid(&body, &sent);
        let answer = runtime.block_on(service.send(service.json(APPLICATIONS, sent.to_string())));
        prop_assert_eq!(answer.status == StatusCode::CREATED, allowed, "{}: {}", sent, answer.body);
        Ok::<(), TestCaseError>(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sees_is_missing_beyond_what_a_pattern_can_say_too() {
    let service = service(Engine::Sqlite).await;
    for text in ["\u{e0041}\u{e007f}", "\u{e0001}", "\u{e0100}", "\u{1d173}", "\u{1bca0} "] {
        for name in ["candidate_first_name", "job", "candidate_address", "message"] {
            let code = told(&service, name, text.into()).await;
            assert_eq!(code.as_deref(), Some("missing"), "{name} {text:?}");
        }
    }
}

#[test]
fn the_patterns_of_the_description_are_read_by_engines_that_count_in_utf_16() {
    let text = applications::described(&applications::description());
    assert!(text.is_ascii() || text.chars().all(|c| u32::from(c) <= 0xffff));
    assert!(!text.contains("\\\\u{") && !text.contains("\\\\U"));
}

#[test]
fn the_example_of_every_field_is_one_that_its_rules_take() {
    let body = body();
    let mut example = serde_json::Map::new();
    for (name, field) in body["properties"].as_object().unwrap() {
        if let Some(value) = field.pointer("/examples/0") {
            example.insert(name.clone(), value.clone());
        }
    }
    let runtime = Runtime::new().unwrap();
    let service = runtime.block_on(service(Engine::Sqlite));
    let sent = service.json(APPLICATIONS, Value::from(example).to_string());
    let answer = runtime.block_on(service.send(sent));
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
}

#[test]
fn every_operation_names_itself_and_all_that_it_may_answer() {
    let document = document();
    let mut ids = vec![];
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            for status in ["400", "401", "403", "429", "500", "503"] {
                let answer = &operation["responses"][status];
                let kinds = answer["content"].as_object().map(serde_json::Map::len);
                assert_eq!(kinds, Some(1), "{method} {path} {status}");
                assert!(answer["content"]["application/problem+json"].is_object());
            }
        }
    }
    ids.sort();
    let expected =
        ["getApplication", "listApplicationEvents", "listApplications", "submitApplication"];
    assert_eq!(ids, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_of_the_shape_that_the_description_gives() {
    let service = service(Engine::Sqlite).await;
    let mut document = document();
    let taken = service.send(service.json(APPLICATIONS, fields().to_string())).await;
    let location = taken.header("location").to_owned();
    let read = async |path: String| service.asked("GET", &path).await.json();
    for (path, status, answer) in [
        ("/paths/~1api~1v1~1applications/post", "201", taken.json()),
        ("/paths/~1api~1v1~1applications~1{id}/get", "200", read(location.clone()).await),
        (
            "/paths/~1api~1v1~1applications~1{id}~1events/get",
            "200",
            read(format!("{location}/events")).await,
        ),
        ("/paths/~1api~1v1~1applications/get", "200", read("/api/v1/applications".into()).await),
        (
            "/paths/~1api~1v1~1applications/get",
            "400",
            read("/api/v1/applications?limit=0".into()).await,
        ),
    ] {
        let kind = if status == "400" { "application~1problem+json" } else { "application~1json" };
        let path = path.replace('{', "%7B").replace('}', "%7D");
        let pointer = format!("#{path}/responses/{status}/content/{kind}/schema");
        document["$ref"] = pointer.as_str().into();
        let validator = jsonschema::validator_for(&document).unwrap();
        let wrong: Vec<_> = validator.iter_errors(&answer).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{pointer}: {wrong:?}: {answer}");
    }
}

#[test]
fn the_guide_for_partners_lists_every_type_of_problem() {
    let guide = include_str!("../../../../../docs/partners.md");
    let document = document();
    let types = &document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"];
    for name in types.as_array().unwrap() {
        let name = name.as_str().unwrap();
        assert!(guide.contains(&format!("| `{name}` |")), "docs/partners.md lacks {name}");
    }
}
