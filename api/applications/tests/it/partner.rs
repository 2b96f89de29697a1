//! The JSON API and the embed protocol, through the router.

mod bodies;
mod description;
mod documents;
mod form;
mod hostile;
mod limit;
mod problems;
mod pseudo;
mod slow;
mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use event_store::testing::Engine;
use rstest::rstest;
use serde_json::{Value, json};
use testing::cause;
use testing::http::{Site, basic};

use support::{APPLICATIONS, application, behind, fields, service};

fn with(name: &str, value: impl Into<Value>) -> String {
    let mut all = fields();
    all[name] = value.into();
    all.to_string()
}

/// A multipart body of text fields and one file.
fn multipart(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = vec![];
    for (name, value) in fields {
        let part =
            format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some((name, bytes)) = file {
        let part = format!(
            "--xx\r\nContent-Disposition: form-data; name=\"attachments\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend(part.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--xx--\r\n");
    body
}

fn multipart_request(service: &Site, path: &str, body: Vec<u8>) -> Request<Body> {
    Request::post(path)
        .header(header::AUTHORIZATION, service.basic())
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xx")
        .body(Body::from(body))
        .unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_found_as_soon_as_it_was_taken(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let taken = service.send(service.json(APPLICATIONS, fields().to_string())).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let location = taken.header("location").to_owned();
    let found = service.asked("GET", &location).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.body);
    assert_eq!(found.json(), taken.json());
    let events = service.asked("GET", &format!("{location}/events")).await;
    assert_eq!(events.json()[0]["kind"], "Submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_was_taken_and_cannot_be_read_yet_is_no_404() {
    let service = behind(Engine::Sqlite).await;
    let taken = service.send(service.json(APPLICATIONS, fields().to_string())).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let location = taken.header("location");
    let position = taken.json()["position"].clone();
    for path in [location.to_owned(), format!("{location}?position={position}")] {
        let answer = service.asked("GET", &path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", answer.body);
        assert_eq!(answer.json()["type"], "/problems/unavailable");
        assert_eq!(answer.header("retry-after"), "5");
    }
    let events = service.asked("GET", &format!("{location}/events")).await;
    assert_eq!(events.status, StatusCode::OK, "{}", events.body);
    let unknown =
        service.asked("GET", "/api/v1/applications/019ab1f5-0000-7000-8000-000000000000").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.body);

    let other = "other".parse().unwrap();
    let settings = domain::examples::partner_settings();
    service.commands.partners().register(&other, settings, &cause()).await.unwrap();
    let submission =
        domain::application::Submission { partner: other, ..domain::examples::submission() };
    let done =
        service.commands.applications().submit(submission, &[], None, &cause()).await.unwrap();
    let others = service.asked("GET", &format!("/api/v1/applications/{}", done.id)).await;
    assert_eq!(others.status, StatusCode::NOT_FOUND, "{}", others.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_the_first_result_and_another_body_is_refused(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let send = async |body: String| {
        let mut request = service.json(APPLICATIONS, body);
        request.headers_mut().insert("idempotency-key", "k-1".parse().unwrap());
        service.send(request).await
    };
    let first = send(fields().to_string()).await;
    let again = send(fields().to_string()).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, first.json()));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = send(with("job", "Pâtissier")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.json()["type"], "/problems/idempotency-key-reused");
    assert_eq!(service.events().await, 2, "the client's registration and one application");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_told_at_once() {
    let service = service(Engine::Sqlite).await;
    let answer = service.send(service.json(APPLICATIONS, "{}")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_bodies_get_a_clear_error_and_store_nothing() {
    let service = service(Engine::Sqlite).await;
    let long = "a".repeat(10_000);
    let bodies: Vec<(Vec<u8>, u16)> = vec![
        (with("candidate_last_name", long).into_bytes(), 422),
        (with("candidate_first_name", "Bob\r\nBcc: x@example.org").into_bytes(), 422),
        (with("job", "a\u{0}b").into_bytes(), 422),
        (with("candidate_email", json!({"a": 1})).into_bytes(), 422),
        (with("send_confirmation", 7).into_bytes(), 422),
        (with("siret", "73282932000075").into_bytes(), 422),
        (b"{\"job\": \"\xff\xfe\"}".to_vec(), 400),
        (b"[]".to_vec(), 400),
        ("[".repeat(100_000).into_bytes(), 400),
        (b"{\"job\": ".to_vec(), 400),
        (vec![b' '; 300 * 1024], 413),
    ];
    for (body, status) in bodies {
        let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = service.send(service.json(APPLICATIONS, body)).await;
        assert_eq!(answer.status.as_u16(), status, "{start}: {}", answer.body);
        assert!(!answer.json()["detail"].as_str().unwrap().is_empty());
    }
    assert_eq!(service.events().await, 1, "nothing but the client's registration");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_uploads_get_a_clear_error_and_store_nothing() {
    let service = service(Engine::Sqlite).await;
    let application = fields().to_string();
    let whole = [("application", application.as_str())];
    let truncated = multipart(&whole, Some(("cv.pdf", b"%PDF-1.7 text")));
    let truncated = truncated[..truncated.len() - 12].to_vec();
    let large = vec![b'a'; 11 * 1024 * 1024];
    let bodies: Vec<(Vec<u8>, u16)> = vec![
        (multipart(&whole, Some(("cv.pdf", b"PK\x03\x04 a zip, they say"))), 422),
        (multipart(&whole, Some(("cv.pdf", b"MZ\x90\0 a program"))), 422),
        (multipart(&whole, Some(("cv.pdf", b""))), 422),
        (multipart(&whole, Some(("big.txt", &large))), 413),
        (multipart(&[], Some(("cv.pdf", b"%PDF-1.7"))), 400),
        (truncated, 400),
    ];
    for (body, status) in bodies {
        let request = multipart_request(&service, "/api/v1/applications", body);
        let answer = service.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
    assert_eq!(service.events().await, 1);
    let good = multipart(&whole, Some(("cv.pdf", b"%PDF-1.7\n")));
    let taken = service.send(multipart_request(&service, "/api/v1/applications", good)).await;
    assert_eq!(taken.json()["attachments"][0]["media_type"], "application/pdf", "{}", taken.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_without_credentials_or_anothers_application() {
    let service = service(Engine::Sqlite).await;
    let (id, _) = application(&service, commands::LinkPurpose::Recruiter).await;
    let path = format!("/api/v1/applications/{id}");
    let nobody = service.get(&path).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert!(nobody.header("www-authenticate").starts_with("Basic"));

    let other = "other".parse().unwrap();
    let settings = domain::examples::partner_settings();
    let secret = service.commands.partners().register(&other, settings, &cause()).await.unwrap();
    let basic = basic("other", secret.reveal());
    for path in [path.clone(), format!("{path}/events")] {
        let request = Request::get(path).header(header::AUTHORIZATION, &basic);
        let answer = service.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_problem_too() {
    let service = service(Engine::Sqlite).await;
    assert_eq!(service.get("/api/v1/nothing").await.json()["type"], "/problems/not-found");
    let request = Request::delete("/api/v1/applications").body(Body::empty()).unwrap();
    let answer = service.send(request).await;
    assert_eq!(answer.json()["type"], "/problems/method-not-allowed");
}

/// The parameters of the form, with a token of the demo client.
async fn parameters(service: &Site) -> Vec<(String, String)> {
    let draft = domain::examples::draft();
    let mut all: Vec<(String, String)> = vec![
        ("client_id".into(), "demo".into()),
        ("client_secret".into(), service.secret().to_owned()),
    ];
    for name in domain::application::SubmissionDraft::FIELDS {
        all.push((name.into(), draft.get(name).into()));
    }
    let given: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let token = service.post_form("/auth/application/token/", &given).await;
    assert_eq!(token.status, StatusCode::OK, "{}", token.body);
    all.retain(|(name, _)| name != "client_secret");
    all.push(("token".into(), token.json()["token"].as_str().unwrap().into()));
    all.push(("timestamp".into(), token.json()["timestamp"].to_string()));
    all
}

fn query(parameters: &[(String, String)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(parameters);
    format!("/embed/candidater/?{}", text.finish())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_needs_the_secret_and_every_parameter() {
    let service = service(Engine::Sqlite).await;
    for (missing, path) in [
        ("client_secret", "/auth/application/token/"),
        ("candidate_peid", "/auth/application/token/"),
        ("token", "/auth/application/token/refresh/"),
    ] {
        let mut all = parameters(&service).await;
        all.push(("client_secret".into(), service.secret().to_owned()));
        all.retain(|(name, _)| name != missing);
        let given: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = service.post_form(path, &given).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{missing}");
        assert!(!answer.json()["error"].as_str().unwrap().is_empty());
    }
    let all = parameters(&service).await;
    let given: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let renewed = service.post_form("/auth/application/token/refresh/", &given).await;
    assert_eq!(renewed.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_opens_with_its_token_and_only_for_the_clients_site() {
    let service = service(Engine::Sqlite).await;
    let all = parameters(&service).await;
    let page = service.get(&query(&all)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("id=\"application\""));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors https://emploi-facile.example"), "{policy}");

    for (name, value) in
        [("token", "forged"), ("employer_email", "x@example.org"), ("client_id", "nobody")]
    {
        let mut altered = all.clone();
        altered.iter_mut().filter(|(n, _)| n == name).for_each(|(_, v)| *v = value.into());
        let page = service.get(&query(&altered)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}");
        assert!(!page.body.contains("<form"), "{name}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_applies_once_and_shows_markup_as_text(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let mut all = parameters(&service).await;
    all.push(("form_id".into(), uuid::Uuid::from_u128(5).to_string()));
    all.push(("next_url".into(), "javascript:alert(1)".into()));
    let given: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let body = multipart(&given, Some(("cv.pdf", b"%PDF-1.7\n")));
    for _ in 0..2 {
        let sent =
            service.send(multipart_request(&service, "/embed/candidater/", body.clone())).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        assert!(!sent.body.contains("javascript:"));
    }
    assert_eq!(service.events().await, 2);

    let script = "<script>alert(1)</script>\"'";
    all.iter_mut()
        .filter(|(n, _)| n == "candidate_first_name")
        .for_each(|(_, v)| *v = script.into());
    all.retain(|(n, _)| n != "candidate_phone");
    let given: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let again = multipart_request(&service, "/embed/candidater/", multipart(&given, None));
    let again = service.send(again).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!again.body.contains("<script>alert"), "what was typed is kept as text");
    assert!(again.body.contains("alert(1)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_page_hands_out_no_token_without_the_secret() {
    let service = service(Engine::Sqlite).await;
    let page = service.get("/embed/demo/?client_id=demo").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let page = service
        .get(&format!("/embed/demo/?client_id=demo&client_secret={}", service.secret()))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains(service.secret()), "no secret in an address");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_told_that_somebody_is_there_and_people_that_there_is_no_page() {
    let service = service(Engine::Sqlite).await;
    for (accepts, status) in [
        ("application/json, text/plain, */*", 200),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 404),
        ("*/*", 404),
    ] {
        let request = Request::get("/").header("accept", accepts).body(Body::empty()).unwrap();
        let answer = service.send(request).await;
        assert_eq!(answer.status, status, "{accepts}");
        assert!(answer.header("vary").contains("accept"), "{accepts}");
        if status == 200 {
            assert_eq!(answer.json(), json!({ "message": "Postulo" }));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_what_the_routes_answer() {
    let service = service(Engine::Sqlite).await;
    let document = service.get("/api/v1/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for path in
        ["/api/v1/applications", "/api/v1/applications/{id}", "/api/v1/applications/{id}/events"]
    {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let taken = service.send(service.json(APPLICATIONS, fields().to_string())).await.json();
    let known = &document["components"]["schemas"]["ApplicationResource"]["properties"];
    for name in taken.as_object().unwrap().keys() {
        assert!(known[name].is_object(), "{name} is not described");
    }
    assert_eq!(service.get("/docs").await.status, StatusCode::OK);
}
