//! The pages, read in a pseudo-language: what is left in plain letters was typed, or comes from no
//! catalogue.

use axum::http::StatusCode;
use commands::LinkPurpose;
use domain::examples;
use event_store::testing::Engine;
use jiff::SignedDuration;
use testing::http::{Answer, Fields, UNDO_WINDOW};
use texts::pseudo;
use uuid::Uuid;

use super::support::{Service, service};

/// What was typed beside the example application, and names that stay in every language.
const KNOWN: [&str; 22] = [
    "Postulo",
    "SIRET",
    "PDF",
    "ROME",
    "Camille",
    "Dupont",
    "Dominique",
    "Paris",
    "Français",
    "English",
    "CV Camille « été ».pdf",
    "dominique@boulangerie.example",
    "3 place du Marché, 75011 Paris",
    "Venez avec vos questions.",
    "demo",
    "First",
    "Second <b>",
    "Bonjour <vous>",
    "rh@boulangerie.example",
    "page.html",
    "Fri, 20 Nov 2026",
    "noreply",
];

const INTERVIEW: Fields<'static> = &[
    ("place", "onsite"),
    ("date", "2026-12-03"),
    ("time", "14:30"),
    ("zone", "Europe/Paris"),
    ("recruiter_name", "Dominique Dupont"),
    ("recruiter_email", "dominique@boulangerie.example"),
    ("recruiter_phone", "01 23 45 67 89"),
    ("recruiter_address", "3 place du Marché, 75011 Paris"),
    ("message", "Venez avec vos questions."),
];

struct Reader {
    service: Service,
    known: Vec<String>,
    missed: Vec<String>,
    read: usize,
}

impl Reader {
    async fn new() -> Self {
        let draft = examples::draft();
        let names = [
            "candidate_email",
            "candidate_first_name",
            "candidate_last_name",
            "candidate_phone",
            "candidate_address",
            "candidate_peid",
            "employer_email",
            "employer_description",
            "siret",
            "job",
            "message",
        ];
        let mut known: Vec<_> = names.iter().map(|name| draft.get(name).to_owned()).collect();
        known.push("Camille Martin".to_owned());
        known.extend(KNOWN.map(str::to_owned));
        Self { service: service(Engine::Sqlite).await, known, missed: vec![], read: 0 }
    }

    fn read(&mut self, place: &str, answer: &Answer) {
        let known: Vec<_> = self.known.iter().map(String::as_str).collect();
        let left = pseudo::words_left(&answer.text(), &known);
        self.missed.extend(left.into_iter().map(|word| format!("{place}: {word}")));
        self.read += 1;
    }

    async fn get(&mut self, path: &str) -> Answer {
        let answer = self.service.get(path).await;
        self.read(path, &answer);
        answer
    }

    async fn post(&mut self, path: &str, fields: Fields<'_>) -> Answer {
        let answer = self.service.post(path, fields).await;
        self.read(path, &answer);
        answer
    }
}

#[tokio::test]
async fn no_page_of_a_recruiter_or_a_candidate_holds_a_word_that_a_third_language_would_miss() {
    let _spoken = pseudo::speak();
    let mut reader = Reader::new().await;
    let id = reader.service.apply().await;
    let (recruiter, candidate) = (reader.service.recruiter(id), reader.service.candidate(id));
    reader.get(&recruiter).await;
    reader.get(&candidate).await;
    for kind in ["interview", "info", "rejection", "hired"] {
        let path = format!("{recruiter}/{kind}");
        reader.get(&path).await;
        reader.post(&path, &[]).await;
    }
    let path = format!("{recruiter}/interview");
    let preview = reader.post(&path, INTERVIEW).await;
    let done = reader.service.press(&path, &preview, "send").await.leads_to().to_owned();
    reader.get(&done).await;
    reader.get(&recruiter).await;
    reader.get(&path).await;
    reader.get(&done.replace("/done/", "/undo/")).await;
    reader.get(&candidate).await;
    reader.service.clock.advance(UNDO_WINDOW);
    for path in [&recruiter, &done, &done.replace("/done/", "/undo/"), &candidate] {
        reader.get(path).await;
    }
    let withdraw = format!("{candidate}/withdraw");
    reader.get(&withdraw).await;
    reader.post(&withdraw, &[]).await;
    reader.post(&withdraw, &[("reason", "")]).await;
    for path in [&recruiter, &path, &candidate, &withdraw] {
        reader.get(path).await;
    }
    assert_eq!(reader.missed, Vec::<String>::new(), "{} pages", reader.read);
}

#[tokio::test]
async fn no_page_about_a_persons_data_holds_a_word_that_a_third_language_would_miss() {
    let _spoken = pseudo::speak();
    let mut reader = Reader::new().await;
    let id = reader.service.apply().await;
    let candidate = reader.service.candidate(id);
    reader.get(&format!("{candidate}/data")).await;
    reader.post(&format!("{candidate}/data"), &[]).await;
    reader.post(&format!("{candidate}/data"), &[("wish", "export")]).await;
    let export = reader.service.data(LinkPurpose::Export, id);
    let erasure = reader.service.data(LinkPurpose::Erasure, id);
    reader.get(&export).await;
    reader.get(&erasure).await;
    let erase = format!("{erasure}/erase");
    reader.post(&erase, &[]).await;
    let application = id.to_string();
    let fields = [("application", application.as_str()), ("confirmed", "yes")];
    let erased = reader.post(&erase, &fields).await;
    assert_eq!(erased.status, StatusCode::OK);
    for path in [&candidate, &erasure, &export] {
        reader.get(path).await;
    }
    assert_eq!(reader.missed, Vec::<String>::new(), "{} pages", reader.read);
}

#[tokio::test]
async fn no_page_about_a_link_that_leads_nowhere_holds_a_word_that_a_third_language_would_miss() {
    let _spoken = pseudo::speak();
    let mut reader = Reader::new().await;
    let id = reader.service.apply().await;
    let links = [reader.service.recruiter(id), reader.service.candidate(id)];
    for path in ["/nothing", "/r/altered", "/c/altered", "/p/altered"] {
        reader.get(path).await;
    }
    reader.get(&format!("{}/done/{}", links[0], Uuid::nil())).await;
    reader.service.clock.advance(SignedDuration::from_hours(24 * 400));
    for path in links {
        reader.get(&path).await;
    }
    assert_eq!(reader.missed, Vec::<String>::new(), "{} pages", reader.read);
}
