//! Whatever arrives from outside, through every parser that meets it: the answer is one of ours and
//! never a failure, and what was not taken leaves nothing behind.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use commands::LinkPurpose;
use event_store::testing::Engine;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;
use testing::http::Site;
use tokio::runtime::Runtime;

use super::multipart;
use super::support::{APPLICATIONS, application, fields, service};

const CASES: u32 = 192;

/// Sends one request for each case. A request that is refused changes nothing.
fn never_fails<S>(strategy: &S, request: impl Fn(&Site, S::Value) -> Request<Body>)
where
    S: Strategy,
{
    let runtime = Runtime::new().unwrap();
    let service = runtime.block_on(service(Engine::Sqlite));
    let mut runner = TestRunner::new(Config { cases: CASES, ..Config::default() });
    let outcome = runner.run(strategy, |value| {
        let request = request(&service, value);
        runtime.block_on(async {
            let before = service.events().await;
            let answer = service.send(request).await;
            let after = service.events().await;
            // A key that came before gives the result that it gave then.
            let replayed = !answer.header("idempotency-replayed").is_empty();
            let taken = answer.status == StatusCode::CREATED && !replayed;
            prop_assert!(!answer.status.is_server_error(), "{}: {}", answer.status, answer.body);
            prop_assert_eq!(after - before, i64::from(taken), "{}: {}", answer.status, answer.body);
            Ok::<(), TestCaseError>(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Texts that parsers stumble over, among any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[\\x00-\\x7f]{0,40}",
        Just("\r\nBcc: victim@example.org".to_owned()),
        Just("\u{202e}\u{0}<script>".to_owned()),
        Just("é".repeat(10_000)),
        Just("99999999999999999999".to_owned()),
        Just("-1".to_owned()),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A body with some bytes changed, put in or cut off.
fn damaged(body: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let damage = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    prop::collection::vec(damage, 1..6).prop_map(move |damages| {
        let mut bytes = body.clone();
        for (place, byte, kind) in damages {
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                2 => bytes.truncate(place),
                _ => drop(bytes.remove(place)),
            }
        }
        bytes
    })
}

#[test]
fn a_json_body_with_any_value_in_any_field() {
    let names: Vec<String> = fields().as_object().unwrap().keys().cloned().collect();
    let changes = prop::collection::vec((prop::sample::select(names), json()), 0..4);
    never_fails(&changes, |service, changes| {
        let mut body = fields();
        for (name, value) in changes {
            body[name] = value;
        }
        service.json(APPLICATIONS, body.to_string())
    });
}

#[test]
fn a_json_body_of_any_shape_or_damaged() {
    let strategy = prop_oneof![
        json().prop_map(|value| value.to_string().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
        damaged(fields().to_string().into_bytes()),
    ];
    never_fails(&strategy, |service, body| service.json(APPLICATIONS, body));
}

#[test]
fn a_damaged_multipart_body() {
    let application = fields().to_string();
    let body = multipart(&[("application", &application)], Some(("cv.pdf", b"%PDF-1.7\n%%EOF\n")));
    never_fails(&damaged(body), |service, body| {
        super::multipart_request(service, "/api/v1/applications", body)
    });
}

#[test]
fn any_idempotency_key_and_any_credentials() {
    let header = prop::collection::vec(any::<u8>(), 0..300)
        .prop_filter_map("not a header", |bytes| HeaderValue::from_bytes(&bytes).ok());
    let strategy = (header.clone(), header, any::<bool>());
    never_fails(&strategy, |service, (key, credentials, known)| {
        let mut request = service.json(APPLICATIONS, fields().to_string());
        request.headers_mut().insert("idempotency-key", key);
        if !known {
            request.headers_mut().insert(header::AUTHORIZATION, credentials);
        }
        request
    });
}

#[test]
fn any_query_of_a_list() {
    let name = prop::sample::select(vec!["cursor", "limit", "status", "since", "other"]);
    let query = prop::collection::vec((name, text()), 0..4);
    never_fails(&query, |service, pairs| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        // Longer ones never reach a server.
        query.extend_pairs(
            pairs.iter().map(|(name, text)| (name, text.chars().take(200).collect::<String>())),
        );
        Request::get(format!("/api/v1/applications?{}", query.finish()))
            .header(header::AUTHORIZATION, service.basic())
            .body(Body::empty())
            .unwrap()
    });
}

/// A form as browsers send it, of fields that a handler knows and others.
fn form(path: String, pairs: &[(&'static str, String)]) -> Request<Body> {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(pairs);
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.finish()))
        .unwrap()
}

#[test]
fn any_fields_in_the_partner_protocol() {
    let name = prop::sample::select(vec![
        "client_id",
        "client_secret",
        "token",
        "timestamp",
        "candidate_email",
        "candidate_peid",
        "employer_email",
        "siret",
        "candidate_phone",
        "next_url",
        "lang",
        "send_confirmation",
    ]);
    let path = prop::sample::select(vec![
        "/auth/application/token/",
        "/auth/application/token/refresh/",
        "/embed/candidater/",
        "/embed/validate/",
    ]);
    let strategy = (path, prop::collection::vec((name, text()), 0..6));
    never_fails(&strategy, |_, (path, pairs)| form(path.to_owned(), &pairs));
}

#[test]
fn any_fields_in_the_forms_of_recruiters_and_candidates() {
    let runtime = Runtime::new().unwrap();
    let service = runtime.block_on(service(Engine::Sqlite));
    let (_, recruiter) = runtime.block_on(application(&service, LinkPurpose::Recruiter));
    let (_, candidate) = runtime.block_on(application(&service, LinkPurpose::Candidate));
    let name = prop::sample::select(vec![
        "step",
        "ticket",
        "date",
        "time",
        "place",
        "message",
        "subject",
        "reason",
        "zone",
        "contact_name",
        "contact_email",
        "contact_phone",
        "greeting",
        "answers_seen",
    ]);
    let page = prop::sample::select(vec!["interview", "rejection", "info", "hired", "withdraw"]);
    let strategy = (page, prop::collection::vec((name, text()), 0..6), text(), any::<bool>());
    let mut runner = TestRunner::new(Config { cases: CASES, ..Config::default() });
    let outcome = runner.run(&strategy, |(page, pairs, forged, is_forged)| {
        // The last step of an answer is signed, and a withdrawal is a step of its own.
        let (audience, token) =
            if page == "withdraw" { ("c", &candidate) } else { ("r", &recruiter) };
        let forged: String =
            url::form_urlencoded::byte_serialize(forged.as_bytes()).take(300).collect();
        let is_forged = is_forged || page == "withdraw";
        let token = if is_forged { format!("{forged}x") } else { token.clone() };
        runtime.block_on(async {
            let before = service.events().await;
            let request = form(format!("/{audience}/{token}/{page}"), &pairs);
            let answer = service.send(request).await;
            prop_assert!(!answer.status.is_server_error(), "{}: {}", answer.status, answer.body);
            prop_assert_eq!(service.events().await, before, "{}", answer.body);
            Ok::<(), TestCaseError>(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
