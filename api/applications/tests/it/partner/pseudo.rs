//! The form, read in a pseudo-language: what is left in plain letters was typed, or comes from no
//! catalogue.

use axum::http::StatusCode;
use domain::application::SubmissionDraft;
use domain::examples;
use event_store::testing::Engine;
use testing::http::Answer;
use texts::pseudo;

use super::form::{filled_in, send, set};
use super::support::service;
use super::{parameters, query};

#[tokio::test]
async fn no_page_of_the_form_holds_a_word_that_a_third_language_would_miss() {
    let service = service(Engine::Sqlite).await;
    let draft = examples::draft();
    let mut known: Vec<String> =
        SubmissionDraft::FIELDS.iter().map(|name| draft.get(name).to_owned()).collect();
    let names = [
        "Postulo",
        "Emploi Facile",
        "SIRET",
        "Camille",
        "Boulanger",
        "demo",
        "PDF",
        "cv.exe",
        "Paris",
        // Words of the protocol, which a partner's program looks for.
        "erreur-authentification",
    ];
    known.extend(names.map(str::to_owned));
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let mut missed = vec![];
    let mut read = |place: &str, answer: &Answer| {
        let left = pseudo::words_left(&answer.body, &known);
        missed.extend(left.into_iter().map(|word| format!("{place}: {word}")));
    };

    let _spoken = pseudo::speak();
    let page = service.get(&query(&parameters(&service).await)).await;
    assert_eq!(page.status, StatusCode::OK);
    read("the form", &page);
    let mut fields = filled_in(&page);
    let mut wrong = fields.clone();
    for name in ["candidate_phone", "candidate_first_name", "message"] {
        set(&mut wrong, name, "1");
        set(&mut wrong, name, "");
    }
    read("what is wrong", &send(&service, &wrong, None).await);
    let unknown = send(&service, &fields, Some(("cv.exe", b"\x7fELF\0\x01\x02"))).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    read("a wrong file", &unknown);
    set(&mut fields, "send_confirmation", "true");
    let sent = send(&service, &fields, Some(("cv.pdf", b"%PDF-1.7\n"))).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    read("sent", &sent);
    set(&mut fields, "message", "Autrement.");
    read("sent with another message", &send(&service, &fields, None).await);
    for path in ["/embed/candidater/", "/embed/candidater/?client_id=nobody", "/embed/demo/"] {
        read(path, &service.get(path).await);
    }
    assert_eq!(missed, Vec::<String>::new());
}
