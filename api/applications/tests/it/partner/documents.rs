//! A document that is sent is in the application, or its sender is told: never dropped.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use event_store::testing::Engine;
use rstest::rstest;
use serde_json::json;
use testing::http::{Answer, Site};

use super::form::{opened, send};
use super::support::{APPLICATIONS, fields, service};
use super::{multipart_request, with};

const PDF: &[u8] = b"%PDF-1.7\n";

/// A multipart body of parts with these headers.
fn parts(parts: &[(String, &[u8])]) -> Vec<u8> {
    let mut body = vec![];
    for (headers, bytes) in parts {
        body.extend(format!("--xx\r\n{headers}\r\n\r\n").into_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--xx--\r\n");
    body
}

fn application() -> (String, Vec<u8>) {
    let header = "Content-Disposition: form-data; name=\"application\"".to_owned();
    (header, fields().to_string().into_bytes())
}

async fn apply(service: &Site, header: &str, bytes: &[u8]) -> Answer {
    let (name, application) = application();
    let body = parts(&[(name, &application), (header.to_owned(), bytes)]);
    service.send(multipart_request(service, "/api/v1/applications", body)).await
}

#[rstest]
#[case("name=\"attachments\"; filename=\"cv.pdf\"", "cv.pdf")]
#[case("name=\"attachments[]\"; filename=\"cv.pdf\"", "cv.pdf")]
#[case("name=\"attachments[0]\"; filename=\"cv.pdf\"", "cv.pdf")]
#[case("name=\"file\"; filename=\"cv.pdf\"", "cv.pdf")]
#[case("name=\"message\"; filename=\"cv.pdf\"", "cv.pdf")]
#[case("name=\"Attachments\"; filename=cv.pdf", "cv.pdf")]
#[case("filename=\"cv.pdf\"", "cv.pdf")]
#[case("name=\"attachments\"; filename*=utf-8''CV%20%C3%A9t%C3%A9.pdf", "CV été.pdf")]
#[case("name=\"cv\"; filename*=utf-8''CV%20%C3%A9t%C3%A9.pdf", "CV été.pdf")]
#[case("name=\"attachments\"", "document.pdf")]
#[case("name=\"attachments[]\"; filename=\"\"", "document.pdf")]
#[case("name=\"cv\"\r\nContent-Type: application/pdf", "document.pdf")]
#[tokio::test(flavor = "multi_thread")]
async fn a_part_with_a_file_name_is_a_document_whatever_it_is_called(
    #[case] about: &str,
    #[case] name: &str,
) {
    let service = service(Engine::Sqlite).await;
    let header = format!("Content-Disposition: form-data; {about}");
    let taken = apply(&service, &header, PDF).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{about}: {}", taken.body);
    assert_eq!(taken.json()["attachments"][0]["name"], name, "{about}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_name_cannot_be_read_is_told_as_that() {
    let service = service(Engine::Sqlite).await;
    let header = "Content-Disposition: form-data; name=\"cv\"; filename*=utf-8''%FF.pdf";
    let refused = apply(&service, header, PDF).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert_eq!(refused.json()["errors"][0]["field"], "attachments");
    assert_eq!(refused.json()["errors"][0]["code"], "file_name_unreadable");
    assert_eq!(service.events().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_may_come_as_a_blob_and_unknown_text_fields_are_ignored() {
    let service = service(Engine::Sqlite).await;
    let blob = "Content-Disposition: form-data; name=\"application\"; filename=\"blob\"\r\nContent-Type: application/json";
    let other = "Content-Disposition: form-data; name=\"consent_categories\"";
    let cv = "Content-Disposition: form-data; name=\"attachments\"; filename=\"cv.pdf\"";
    let application = fields().to_string();
    let body = parts(&[
        (blob.to_owned(), application.as_bytes()),
        (other.to_owned(), b"1,2"),
        (cv.to_owned(), PDF),
    ]);
    let taken = service.send(multipart_request(&service, "/api/v1/applications", body)).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    assert_eq!(taken.json()["attachments"].as_array().unwrap().len(), 1);
}

#[rstest]
#[case(json!(["cv.pdf"]), 422)]
#[case(json!([{ "name": "cv.pdf", "content": "JVBERi0xLjc=" }]), 422)]
#[case(json!("cv.pdf"), 422)]
#[case(json!([]), 201)]
#[case(json!(null), 201)]
#[tokio::test(flavor = "multi_thread")]
async fn documents_within_the_json_are_refused_with_the_way_to_send_them(
    #[case] attachments: serde_json::Value,
    #[case] status: u16,
) {
    let service = service(Engine::Sqlite).await;
    let answer = service.send(service.json(APPLICATIONS, with("attachments", attachments))).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    if status == 422 {
        assert_eq!(answer.json()["errors"][0]["code"], "not_files", "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_sends_names_of_files_alone_is_told_so() {
    let service = service(Engine::Sqlite).await;
    let fields = opened(&service).await;
    for (value, status) in [("cv.pdf", 422), ("", 200)] {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&fields).append_pair("attachments", value);
        let request = Request::post("/embed/candidater/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.finish()));
        let answer = service.send(request.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_in_front_of_the_token_are_taken_when_it_holds_and_not_when_it_does_not() {
    let service = service(Engine::Sqlite).await;
    let fields = opened(&service).await;
    let cv = "Content-Disposition: form-data; name=\"attachments\"; filename=\"cv.pdf\"";
    let mut all = vec![(cv.to_owned(), PDF)];
    let header = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");
    all.extend(fields.iter().map(|(name, value)| (header(name), value.as_bytes())));
    let sent = multipart_request(&service, "/embed/candidater/", parts(&all));
    assert_eq!(service.send(sent).await.status, StatusCode::OK);

    let mut forged = fields.clone();
    forged.retain(|(name, _)| name != "form_ticket");
    forged.iter_mut().filter(|(name, _)| name == "token").for_each(|(_, token)| token.push('x'));
    let refused = send(&service, &forged, Some(("cv.pdf", PDF))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert_eq!(service.events().await, 2);
}
