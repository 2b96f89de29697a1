//! Bodies as real clients send them: compressed, with a byte order mark, in another encoding, cut.

use axum::body::Body;
use axum::http::{StatusCode, header};
use event_store::testing::Engine;
use rstest::rstest;
use testing::http::{Answer, Site};

use super::support::{APPLICATIONS, fields, service};
use super::{multipart, multipart_request, with};

async fn sent(service: &Site, kind: &str, body: impl Into<Body>) -> Answer {
    let mut request = service.json(APPLICATIONS, body);
    match kind {
        "" => drop(request.headers_mut().remove(header::CONTENT_TYPE)),
        kind => drop(request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap())),
    }
    service.send(request).await
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[rstest]
#[case("gzip", false)]
#[case("GZIP", false)]
#[case("x-gzip, identity", false)]
#[case("deflate", false)]
#[case("br", false)]
#[case("zstd", false)]
#[case("aws-chunked", false)]
#[case("identity", true)]
#[case("", true)]
#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_body_is_told_as_that(#[case] coding: &str, #[case] taken: bool) {
    let service = service(Engine::Sqlite).await;
    let mut request = service.json(APPLICATIONS, fields().to_string());
    request.headers_mut().insert(header::CONTENT_ENCODING, coding.parse().unwrap());
    let answer = service.send(request).await;
    if taken {
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        return;
    }
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(answer.header("accept-encoding"), "identity");
    assert_eq!(answer.json()["type"], "/problems/unsupported-content-coding");
    assert!(answer.json()["detail"].as_str().unwrap().contains("compress"), "{}", answer.body);
    assert_eq!(service.events().await, 1, "nothing but the client's registration");
}

#[rstest]
#[case("application/json", b"\xef\xbb\xbf")]
#[case("application/json", b"\xef\xbb\xbf\r\n ")]
#[case("application/json;charset=utf-8", b"")]
#[case("application/json; Charset=\"UTF-8\"", b"")]
#[case("Application/JSON; charset=UTF8; version=1", b"")]
#[case("application/json; charset=iso-8859-1", b"")]
#[tokio::test(flavor = "multi_thread")]
async fn json_in_utf_8_is_taken_however_it_is_announced(#[case] kind: &str, #[case] before: &[u8]) {
    let service = service(Engine::Sqlite).await;
    let body = [before, with("job", "Pâtissier").as_bytes()].concat();
    let answer = sent(&service, kind, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.json()["job"], "Pâtissier");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_json_is_told_with_its_place_and_what_to_do() {
    let service = service(Engine::Sqlite).await;
    let whole = fields().to_string();
    let latin = with("job", "P\u{1}tissier").replace("\\u0001", "\u{1}");
    let latin: Vec<u8> = latin
        .chars()
        .map(|c| if c == '\u{1}' { 0xe2 } else { u8::try_from(c).unwrap_or(b'?') })
        .collect();
    let open = &whole[..whole.len() - 1];
    let json = "application/json";
    let bodies: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        (json, [b"\xff\xfe".to_vec(), utf16(&whole)].concat(), 400, "UTF-16"),
        (json, utf16(&whole), 400, "UTF-16"),
        (json, latin.clone(), 400, "not UTF-8 at byte"),
        ("application/json; charset=iso-8859-1", latin, 415, "charset"),
        (json, open.as_bytes().to_vec(), 400, "ends too early"),
        (json, format!("{whole} x").into_bytes(), 400, "something follows"),
        (json, format!("{whole}{whole}").into_bytes(), 400, "something follows"),
        (json, format!("{open},}}").into_bytes(), 400, "comma"),
        (json, format!("{open},\"siret\":01}}").into_bytes(), 400, "in `siret`"),
        (json, format!("{open},\"siret\":1e999}}").into_bytes(), 400, "quotation marks"),
        (json, format!("{open},\"job\":\"a\nb\"}}").into_bytes(), 400, "in `job`"),
        (json, format!("{open},\"job\":\"\\ud83d\"}}").into_bytes(), 400, "half of a pair"),
        (json, format!("{open},\"x\":{}}}", "[".repeat(5000)).into_bytes(), 400, "nested"),
        (json, vec![], 400, "empty"),
        (json, b" \r\n".to_vec(), 400, "empty"),
        (json, b"\"text\"".to_vec(), 400, "not an object"),
        (json, b"candidate_email=a".to_vec(), 400, "line 1"),
        ("", whole.clone().into_bytes(), 415, "missing"),
        ("text/plain", whole.clone().into_bytes(), 415, "application/json"),
        ("application/jsonx", whole.clone().into_bytes(), 415, "application/json"),
        ("application/x-www-form-urlencoded", whole.clone().into_bytes(), 415, "application/json"),
        ("multipart/form-data", whole.clone().into_bytes(), 400, "boundary"),
        (json, vec![b' '; 300 * 1024], 413, "256 KiB"),
    ];
    for (kind, body, status, words) in bodies {
        let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = sent(&service, kind, body).await;
        assert_eq!(answer.status.as_u16(), status, "{kind} {start}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(words), "{kind} {start}: {detail}");
        assert!(!detail.contains("Camille"), "nothing of a person is quoted: {detail}");
    }
    assert_eq!(service.events().await, 1, "nothing but the client's registration");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_stands_twice_or_has_another_type_is_named() {
    let service = service(Engine::Sqlite).await;
    let whole = fields().to_string();
    let open = &whole[..whole.len() - 1];
    for (body, field, code) in [
        (format!("{open},\"job\":\"Pâtissier\"}}"), "job", "repeated"),
        (format!("{open},\"s\\u0069ret\":\"73282932000074\"}}"), "siret", "repeated"),
        (with("siret", 73_282_932_000_075_u64), "siret", "siret"),
        (with("siret", -73_282_932_000_074_i64), "siret", "type"),
        (with("candidate_peid", 1234.5), "candidate_peid", "type"),
        (with("candidate_peid", 9_007_199_254_740_992_u64), "candidate_peid", "type"),
        (with("message", 7), "message", "type"),
        (with("candidate_peid", 12_345_678_901_234_567_890_u64), "candidate_peid", "type"),
        (with("job", serde_json::json!(["Boulanger"])), "job", "type"),
        (with("send_confirmation", "true"), "send_confirmation", "boolean"),
        (with("language", "klingon"), "language", "language"),
        (with("job", "é".repeat(129)), "job", "too_long"),
    ] {
        let answer = service.send(service.json(APPLICATIONS, body)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {}", answer.body);
        let errors = answer.json()["errors"].clone();
        assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
        assert_eq!((&errors[0]["field"], &errors[0]["code"]), (&field.into(), &code.into()));
    }
    let unknown = format!("{open},\"x\":1,\"x\":2}}");
    assert_eq!(service.send(service.json(APPLICATIONS, unknown)).await.status, StatusCode::CREATED);
}

#[rstest]
#[case("siret", "73282932000074", "73282932000074")]
#[case("siret", "73282932000074.0", "73282932000074")]
#[case("candidate_peid", "1234", "1234")]
#[case("candidate_peid", "0", "0")]
#[case("candidate_peid", "-0.0", "0")]
#[case("candidate_peid", "9007199254740991", "9007199254740991")]
#[case("candidate_phone", "612345678", "612345678")]
#[case("candidate_phone", "33612345678", "33612345678")]
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_a_program_made_of_digits_is_taken_as_them(
    #[case] field: &str,
    #[case] sent: &str,
    #[case] taken: &str,
) {
    let service = service(Engine::Sqlite).await;
    let number: serde_json::Value = serde_json::from_str(sent).unwrap();
    let answer = service.send(service.json(APPLICATIONS, with(field, number))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.json()[field], taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_json_part_of_a_multipart_body_may_come_as_a_file_and_with_a_mark() {
    let service = service(Engine::Sqlite).await;
    let marked = format!("\u{feff}{}", fields());
    let path = "/api/v1/applications";
    let body = multipart(&[("application", &marked)], None);
    let answer = service.send(multipart_request(&service, path, body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let part = format!(
        "--xx\r\nContent-Disposition: form-data; name=\"application\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n{marked}\r\n--xx--\r\n"
    );
    let answer = service.send(multipart_request(&service, path, part.into_bytes())).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let twice = multipart(&[("application", &marked), ("application", &marked)], None);
    let answer = service.send(multipart_request(&service, path, twice)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.json()["detail"].as_str().unwrap().contains("more than once"));
}
