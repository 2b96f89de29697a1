//! The form that was opened: nothing typed is lost, a partner's mistakes are told to the partner, and
//! nobody sends it without end.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::examples;
use event_store::testing::Engine;
use rstest::rstest;
use testing::cause;
use testing::http::{Answer, Site};

use super::support::service;
use super::{multipart, multipart_request, parameters, query};

pub(crate) type Fields = Vec<(String, String)>;

const LETTER: &str = "Une longue lettre, écrite en une heure.";

/// What a browser would send of a page: its hidden fields, and what the candidate typed.
pub(crate) fn filled_in(page: &Answer) -> Fields {
    let mut fields = page.hidden();
    let draft = examples::draft();
    for name in
        ["candidate_first_name", "candidate_last_name", "candidate_phone", "candidate_address"]
    {
        fields.push((name.to_owned(), draft.get(name).to_owned()));
    }
    fields.push(("message".to_owned(), LETTER.to_owned()));
    fields
}

/// The form, opened and filled in.
pub(crate) async fn opened(service: &Site) -> Fields {
    let page = service.get(&query(&parameters(service).await)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    filled_in(&page)
}

pub(crate) fn set(fields: &mut Fields, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn pairs(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

pub(crate) async fn send(service: &Site, fields: &Fields, file: Option<(&str, &[u8])>) -> Answer {
    let body = multipart(&pairs(fields), file);
    service.send(multipart_request(service, "/embed/candidater/", body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_open_longer_than_its_token_lives_is_sent_all_the_same() {
    let service = service(Engine::Sqlite).await;
    let mut fields = opened(&service).await;
    set(&mut fields, "token", "expired");
    set(&mut fields, "timestamp", "1");
    let mut wrong = fields.clone();
    set(&mut wrong, "candidate_phone", "12");
    let again = send(&service, &wrong, None).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the form comes back first");
    let mut mended = filled_in(&again);
    set(&mut mended, "send_confirmation", "true");
    let sent = send(&service, &mended, Some(("cv.pdf", b"%PDF-1.7\n"))).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    assert_eq!(service.events().await, 2);

    let renewed = service.post_form("/auth/application/token/refresh/", &pairs(&fields)).await;
    assert_eq!(renewed.status, StatusCode::OK, "the page that woke up gets a token again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_no_other_form_and_no_page() {
    let service = service(Engine::Sqlite).await;
    let mut fields = opened(&service).await;
    set(&mut fields, "token", "expired");
    for (name, value) in [
        ("form_id", "00000000-0000-0000-0000-000000000009"),
        ("employer_email", "other@employeur.example"),
        ("candidate_email", "other@candidat.example"),
        ("form_ticket", "k1.AAAA.AAAA"),
    ] {
        let mut other = fields.clone();
        set(&mut other, name, value);
        let answer = send(&service, &other, None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert!(!answer.body.contains("<form"), "{name}");
        assert!(answer.body.contains(LETTER), "{name}: the letter can be copied");
    }
    assert_eq!(service.events().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_comes_back_whatever_became_of_the_documents() {
    let service = service(Engine::Sqlite).await;
    let mut fields = opened(&service).await;
    // As in the page, a field follows the documents.
    let after = ("message".to_owned(), fields.pop().unwrap().1);
    let large = vec![b'a'; 11 * 1024 * 1024];
    let mut body = multipart(&pairs(&fields), Some(("journal.txt", &large)));
    body.truncate(body.len() - b"--xx--\r\n".len());
    body.extend(multipart(&[(after.0.as_str(), after.1.as_str())], None));
    let cut = body[..body.len() - 40].to_vec();
    for (body, status, told) in [
        (body, 413, "10 Mio"),
        (cut, 413, "10 Mio"),
        (multipart(&pairs(&fields), Some(("cv.pdf", b"not one"))), 422, "PDF"),
    ] {
        let answer = service.send(multipart_request(&service, "/embed/candidater/", body)).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert!(answer.body.contains("id=\"application\"") && answer.body.contains(told));
        assert!(answer.body.contains("12 rue des Lilas"), "{}", answer.body);
    }
    let (_, letter) = after;
    set(&mut fields, "message", &letter);
    let whole = multipart(&pairs(&fields), Some(("cv.pdf", b"%PDF-1.7 and then the line broke")));
    let cut = whole[..whole.len() - 30].to_vec();
    let answer = service.send(multipart_request(&service, "/embed/candidater/", cut)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains(LETTER) && answer.body.contains("id=\"application\""));
    assert_eq!(service.events().await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_what_was_sent_is_told_so_and_can_be_sent_as_another_application(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let fields = opened(&service).await;
    assert_eq!(send(&service, &fields, None).await.status, StatusCode::OK);
    let mut corrected = fields.clone();
    set(&mut corrected, "message", "Version corrigée.");
    let told = send(&service, &corrected, None).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.body.contains("Cette version n’est pas partie"), "{}", told.body);
    assert!(told.body.contains("Version corrigée."), "what was typed is there");
    assert_eq!(service.events().await, 2, "nothing was sent");

    let mut second = filled_in(&told);
    set(&mut second, "message", "Version corrigée.");
    let sent = send(&service, &second, None).await;
    assert_eq!((sent.status, service.events().await), (StatusCode::OK, 3));
    let repeated = send(&service, &fields, None).await;
    assert_eq!((repeated.status, service.events().await), (StatusCode::OK, 3));
}

#[rstest]
#[case("siret", "73282932000075")]
#[case("siret", "")]
#[case("employer_description", "")]
#[case("candidate_rome_code", "18M05")]
#[case("candidate_peam_access_token", "a\u{1}b")]
#[tokio::test(flavor = "multi_thread")]
async fn a_partner_is_told_of_a_wrong_parameter_when_the_form_is_asked_for(
    #[case] name: &str,
    #[case] value: &str,
) {
    let service = service(Engine::Sqlite).await;
    let mut all = parameters(&service).await;
    set(&mut all, name, value);
    let page = service.get(&query(&all)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains(&format!("<code>{name}</code>")), "{}", page.body);
    assert!(!page.body.contains("<form"));
    assert!(!page.body.contains("textarea"), "nothing was typed yet");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors https://emploi-facile.example"), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_can_be_mended_is_and_the_candidate_can_apply() {
    let service = service(Engine::Sqlite).await;
    let long = "Conseiller de vente en prêt-à-porter féminin et accessoires (H/F), temps partiel 28 h, contrat saisonnier, centre commercial des Halles, Paris";
    let description = format!("  Boulangerie\r\nDupont {}", "et filles ".repeat(40));
    let mut all = parameters(&service).await;
    set(&mut all, "job", long);
    set(&mut all, "employer_description", &description);
    set(&mut all, "siret", "732 829 320-00074");
    set(&mut all, "next_url", "https://good.example@evil.example/");
    let page = service.get(&query(&all)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("contrat saisonnier, centre commercial…"), "{}", page.body);
    assert!(!page.body.contains("evil.example"));
    let sent = send(&service, &filled_in(&page), None).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_candidate_types_may_be_left_out_by_the_partner() {
    let service = service(Engine::Sqlite).await;
    let mut all = parameters(&service).await;
    all.retain(|(name, _)| {
        !matches!(name.as_str(), "job" | "candidate_phone" | "candidate_address" | "message")
    });
    let page = service.get(&query(&all)).await;
    assert!(page.body.contains("id=\"job\""), "{}", page.body);
    let mut fields = filled_in(&page);
    set(&mut fields, "job", &"Boulanger ".repeat(20));
    let told = send(&service, &fields, None).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.body.contains("id=\"job-error\""), "told beside the field: {}", told.body);
    set(&mut fields, "job", "Boulanger");
    assert_eq!(send(&service, &fields, None).await.status, StatusCode::OK);
}

#[rstest]
#[case("candidate_email", "camille")]
#[case("employer_email", "rh@")]
#[case("candidate_peid", &"1".repeat(65))]
#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_given_for_what_no_application_can_hold(
    #[case] name: &str,
    #[case] value: &str,
) {
    let service = service(Engine::Sqlite).await;
    let mut all = parameters(&service).await;
    set(&mut all, "client_secret", service.secret());
    set(&mut all, name, value);
    let answer = service.post_form("/auth/application/token/", &pairs(&all)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    assert!(answer.json()["error"].as_str().unwrap().contains(name), "{}", answer.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn thirty_forms_an_hour_leave_for_one_candidate_and_the_next_one_is_kept(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let mut settings = examples::partner_settings();
    assert_eq!(settings.forms_per_hour, 30);
    settings.forms_per_hour = 2;
    let demo = "demo".parse().unwrap();
    service.commands.partners().change_settings(&demo, settings, &cause()).await.unwrap();
    let first = opened(&service).await;
    let second = opened(&service).await;
    let third = opened(&service).await;
    let before = service.events().await;
    assert_eq!(send(&service, &first, None).await.status, StatusCode::OK);
    assert_eq!(send(&service, &second, None).await.status, StatusCode::OK);
    let refused = send(&service, &third, None).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3601).contains(&wait), "{wait}");
    assert!(refused.body.contains(LETTER) && refused.body.contains("id=\"application\""));
    assert_eq!(service.events().await, before + 2);

    assert_eq!(send(&service, &first, None).await.status, StatusCode::OK, "a repeat is no more");
    let mut other = parameters(&service).await;
    set(&mut other, "candidate_email", "other@candidat.example");
    set(&mut other, "client_secret", service.secret());
    let token = service.post_form("/auth/application/token/", &pairs(&other)).await.json();
    set(&mut other, "token", token["token"].as_str().unwrap());
    set(&mut other, "timestamp", &token["timestamp"].to_string());
    let page = service.get(&query(&other)).await;
    let sent = send(&service, &filled_in(&page), None).await;
    assert_eq!(sent.status, StatusCode::OK, "another candidate: {}", sent.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leniencies_that_real_clients_use_are_kept() {
    let service = service(Engine::Sqlite).await;
    let mut all = parameters(&service).await;
    let timestamp = all.iter().find(|(name, _)| name == "timestamp").unwrap().1.clone();
    set(&mut all, "timestamp", &format!("{timestamp}.0"));
    assert_eq!(service.get(&query(&all)).await.status, StatusCode::OK, "a timestamp is a float");
    let refresh = "/auth/application/token/refresh/";
    let renewed = service.post_form(refresh, &pairs(&all)).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.body);
    let body = multipart(&pairs(&all), None);
    let renewed = service.send(multipart_request(&service, refresh, body)).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.body);
    let sent = service.post_form("/embed/candidater/", &pairs(&all)).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    assert_eq!(service.events().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_of_a_form_tells_what_became_of_its_token() {
    let service = service(Engine::Sqlite).await;
    let mut all = parameters(&service).await;
    let right = service.post_form("/embed/validate/", &pairs(&all)).await;
    assert_eq!(right.json(), serde_json::json!({ "errors": {} }));
    set(&mut all, "token", "forged");
    set(&mut all, "siret", "1");
    let wrong = service.post_form("/embed/validate/", &pairs(&all)).await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert_eq!(wrong.json()["errors"]["__all__"].as_array().unwrap().len(), 1);
    assert_eq!(wrong.json()["errors"]["siret"].as_array().unwrap().len(), 1);
    let empty = Request::post("/embed/validate/").body(Body::empty()).unwrap();
    let empty = service.send(empty).await;
    assert_eq!(empty.status, StatusCode::OK, "{}", empty.body);
    let errors = empty.json()["errors"].as_object().unwrap().clone();
    assert_eq!(errors.len(), 12, "eleven fields and the whole: {errors:?}");
}

#[rstest]
#[case("/embed/validate/")]
#[case("/auth/application/token/")]
#[case("/auth/application/token/refresh/")]
#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_document_takes_no_large_body(#[case] path: &str) {
    let service = service(Engine::Sqlite).await;
    let large = "a".repeat(65 * 1024);
    let form = service.post_form(path, &[("message", &large)]).await;
    assert_eq!(form.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", form.body);
    assert!(!form.json()["error"].as_str().unwrap().is_empty());
    let body = multipart(&[], Some(("cv.pdf", large.as_bytes())));
    let form = service.send(multipart_request(&service, path, body)).await;
    assert_eq!(form.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", form.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_no_form_is_told_so() {
    let service = service(Engine::Sqlite).await;
    for kind in ["application/json", "text/plain", "multipart/form-data"] {
        let request = Request::post("/embed/candidater/")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from("{\"a\": 1}"))
            .unwrap();
        let answer = service.send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{kind}: {}", answer.body);
        assert!(answer.body.contains("<h1>"), "{kind}");
    }
}
