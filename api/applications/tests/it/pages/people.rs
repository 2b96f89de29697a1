//! The candidate has their data, or is forgotten.

use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use commands::{LinkPurpose, MailedEmail};
use domain::application::DeleteAttachments;
use domain::suppression::SuppressionReason;
use domain::{EmailAddress, JobApplication, Language, examples};
use event_store::StreamId;
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;
use testing::cause;
use testing::http::{Answer, UNDO_WINDOW, form};
use uuid::Uuid;
use zip::ZipArchive;

use super::support::{PDF, Service, service};

const ADDRESS: &str = "camille.martin@example.org";

/// An application that came with the same address.
async fn apply_as(service: &Service, first_name: &str, job: &str) -> Uuid {
    let mut draft = examples::draft();
    draft.set("candidate_first_name", first_name.to_owned());
    draft.set("job", job.to_owned());
    service.apply_as(draft, Language::Fr, &["CV.pdf", "cv.pdf"]).await
}

fn application(id: Uuid) -> (&'static str, String) {
    ("application", id.to_string())
}

async fn post(service: &Service, path: &str, fields: &[(&'static str, String)]) -> Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    service.post(path, &fields).await
}

fn confirmed() -> (&'static str, String) {
    ("confirmed", "yes".to_owned())
}

fn files(answer: &Answer) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(answer.bytes.clone())).unwrap();
    let count = zip.len();
    let read = |nth| {
        let mut file = zip.by_index(nth).unwrap();
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

fn text<'a>(files: &'a [(String, Vec<u8>)], name: &str) -> &'a str {
    let (_, bytes) = files.iter().find(|(known, _)| known == name).unwrap();
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_pressed_twice_asks_once_and_each_button_asks() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let page = service.candidate(id);
    let ids: Vec<_> = service.get(&page).await.hidden().into_iter().map(|(_, id)| id).collect();
    assert_eq!(service.kinds_of(id).await, ["Submitted"], "looking asks for nothing");
    let to = format!("{page}/data");
    for (request, wish) in [(&ids[0], "export"), (&ids[0], "export"), (&ids[1], "erasure")] {
        let answer = service.post(&to, &[("request_id", request), ("wish", wish)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let told = answer.main();
        assert!(told.contains("c•••@e•••.org") && told.contains("deux jours"), "{told}");
        assert!(!answer.text().contains(ADDRESS), "whoever sees the page learns no address");
    }
    let asked = "PersonalDataRequested";
    assert_eq!(service.kinds_of(id).await, ["Submitted", asked, asked]);
    for wrong in
        [[("request_id", "1"), ("wish", "export")], [("request_id", &ids[0]), ("wish", "")]]
    {
        assert_eq!(service.post(&to, &wrong).await.status, StatusCode::BAD_REQUEST);
    }
    let foreign = service.send(form(&to, &[("wish", "export")], "cross-site")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_who_takes_no_e_mail_is_told_so() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let address: EmailAddress = ADDRESS.parse().unwrap();
    let until = examples::minutes(60);
    let reason = SuppressionReason::Bounced;
    service.commands.suppressions().suppress(&address, reason, until, &cause()).await.unwrap();
    let fields = [("request_id", Uuid::nil().to_string()), ("wish", "export".to_owned())];
    let answer = post(&service, &format!("{}/data", service.candidate(id)), &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_link_to_data_changes_nothing() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let other = apply_as(&service, "Dominique", "Pâtissier (H/F)").await;
    let before = service.commands.log().head().await.unwrap();
    for person in [LinkPurpose::Export, LinkPurpose::Erasure] {
        let path = service.data(person, id);
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let answer = service.request(method.clone(), &path).await;
            assert_eq!(answer.status, StatusCode::OK);
            if method == Method::GET {
                let page = answer.main();
                assert!(page.contains("Camille Martin") && page.contains("Dominique Martin"));
                assert!(page.contains(&format!("value=\"{other}\" checked")), "{page}");
            }
        }
        for action in ["export", "erase"] {
            let answer = service.get(&format!("{path}/{action}")).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        }
    }
    assert_eq!(service.commands.log().head().await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_data_opens_for_two_days_and_no_other_link_does() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let recruiters = service.recruiter(id).replacen("/r/", "/p/", 1);
    let candidates = service.candidate(id).replacen("/c/", "/p/", 1);
    for bad in [recruiters, candidates, "/p/x".to_owned()] {
        assert_eq!(service.get(&bad).await.status, StatusCode::NOT_FOUND);
        let answer = post(&service, &format!("{bad}/erase"), &[application(id), confirmed()]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let page = service.data(LinkPurpose::Erasure, id);
    service.clock.advance(SignedDuration::from_hours(48));
    let late = service.get(&page).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert!(late.main().contains("deux jours"));
    let answer = post(&service, &format!("{page}/erase"), &[application(id), confirmed()]).await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_archive_holds_what_was_sent_and_answered_and_nothing_of_others(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let id = apply_as(&service, "Camille", "Boulanger (H/F)").await;
    let path = format!("{}/rejection", service.recruiter(id));
    let preview = service.post(&path, &[("reason", "skills"), ("message", "Dommage.")]).await;
    service.press(&path, &preview, "send").await.leads_to();
    let email = |to: &str, html: &str| MailedEmail {
        from: "Zoé via Emploi <a@b.example>".to_owned(),
        to: to.to_owned().into(),
        reply_to: None,
        subject: "Votre candidature".to_owned().into(),
        date: examples::minutes(1),
        text: "Bonjour".to_owned().into(),
        html: html.to_owned().into(),
        calendar: None,
        files: vec![],
    };
    let commands = &service.commands;
    let copy = email(ADDRESS, "<p>Une copie</p>");
    commands
        .emails()
        .keep_email(
            StreamId::of::<JobApplication>(&id.to_string()),
            "confirmation",
            "m1@x.example",
            &copy,
        )
        .await
        .unwrap();
    let to_employer = email("rh@example.org", "<a href=/r/TOKEN>Répondre</a>");
    commands
        .emails()
        .keep_email(
            StreamId::of::<JobApplication>(&id.to_string()),
            "employer",
            "m2@x.example",
            &to_employer,
        )
        .await
        .unwrap();
    let page = service.data(LinkPurpose::Export, id);
    let export = format!("{page}/export");
    let early = post(&service, &export, &[application(id)]).await;
    assert!(!text(&files(&early), "data.json").contains("Dommage."), "it may still be taken back");
    service.clock.advance(UNDO_WINDOW);
    let answer = post(&service, &export, &[application(id)]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/zip");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename*=UTF-8''postulo-data.zip")
    );
    let files = files(&answer);
    let names: Vec<_> = files.iter().map(|(name, _)| name.replace(&id.to_string(), "ID")).collect();
    assert_eq!(
        names,
        [
            "index.html",
            "data.json",
            "README.txt",
            "attachments/ID/CV.pdf",
            "attachments/ID/cv (2).pdf",
            "emails/2026-11-20 confirmation.html",
            "emails/2026-11-20 confirmation.txt",
        ]
    );
    assert_eq!(files[3].1, PDF);
    assert_eq!(text(&files, "emails/2026-11-20 confirmation.html"), "<p>Une copie</p>");
    let data: serde_json::Value = serde_json::from_str(text(&files, "data.json")).unwrap();
    let one = &data["applications"][0];
    assert_eq!(data["format"], "postulo-personal-data/1");
    assert_eq!(one["candidate"]["phone"], "06 12 34 56 78");
    assert_eq!(one["answers"][0]["message"], "Dommage.");
    assert_eq!(one["documents"][1]["file"].as_str().unwrap(), files[4].0);
    let readme = text(&files, "README.txt");
    for key in keys(&data) {
        assert!(readme.contains(&key), "README.txt says nothing of {key}");
    }
    for (name, bytes) in &files {
        let content = String::from_utf8_lossy(bytes);
        for others in ["Mozilla", "seconds_on_page", "/r/", "rh@example.org"] {
            assert!(!content.contains(others), "{name} holds {others}");
        }
    }
    let page = text(&files, "index.html");
    assert!(page.contains("Dommage.") && page.contains("attachments/") && !page.contains("http"));
    assert_eq!(service.kinds_of(id).await, ["Submitted", "Rejected"], "reading leaves no trace");
}

/// Every key of the document.
fn keys(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| [vec![key.clone()], keys(value)].concat())
            .collect(),
        serde_json::Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => vec![],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_erased_that_was_not_confirmed_or_is_not_theirs() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let mut draft = examples::draft();
    draft.set("candidate_email", "alex@example.org".to_owned());
    let foreign = service.apply_as(draft, Language::Fr, &[]).await;
    let page = service.data(LinkPurpose::Erasure, id);
    for (fields, says) in [
        (vec![application(id)], "Cochez la case pour confirmer."),
        (vec![confirmed()], "Cochez au moins une candidature."),
        (vec![confirmed(), application(foreign)], "Cochez au moins une candidature."),
        (vec![confirmed(), ("application", "?".to_owned())], "Cochez au moins une candidature."),
    ] {
        let answer = post(&service, &format!("{page}/erase"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(answer.main().contains(says) && answer.main().contains("id=\"summary\""), "{says}");
    }
    let answer = post(&service, &format!("{page}/export"), &[application(foreign)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("application", id.to_string()), confirmed()];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let other_site = service.send(form(&format!("{page}/erase"), &fields, "cross-site")).await;
    assert_eq!(other_site.status, StatusCode::FORBIDDEN);
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
    assert_eq!(service.kinds_of(foreign).await, ["Submitted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shares_an_address_is_forgotten_alone() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let other = apply_as(&service, "Dominique", "Pâtissier (H/F)").await;
    let page = service.data(LinkPurpose::Erasure, id);
    let answer = post(&service, &format!("{page}/erase"), &[application(id), confirmed()]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let told = answer.main();
    assert!(told.contains("gardées à votre demande\u{a0}: 1") && !told.contains("href"), "{told}");
    assert_eq!(service.kinds_of(id).await, ["Submitted", "PersonalDataErased"]);
    assert_eq!(service.kinds_of(other).await, ["Submitted"]);
    assert_eq!(service.get(&service.candidate(other)).await.status, StatusCode::OK);
    let again = post(&service, &format!("{page}/erase"), &[application(id), confirmed()]).await;
    assert_eq!(again.status, StatusCode::GONE, "a second press is told that it was done");
    let theirs = service.get(&service.data(LinkPurpose::Export, other)).await.main();
    assert!(theirs.contains("Dominique") && !theirs.contains("Camille"), "{theirs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_an_erased_application_says_that_it_was_erased_and_no_more() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let (candidate, recruiter) = (service.candidate(id), service.recruiter(id));
    let overview = service.get(&recruiter).await.text();
    let (_, rest) = overview.split_once(&format!("{recruiter}/attachments/")).unwrap();
    let document = format!("{recruiter}/attachments/{}", rest.split('"').next().unwrap());
    assert_eq!(service.get(&document).await.status, StatusCode::OK);
    let page = service.data(LinkPurpose::Erasure, id);
    let done = post(&service, &format!("{page}/erase"), &[application(id), confirmed()]).await;
    assert_eq!(done.status, StatusCode::OK);
    for path in [
        candidate.clone(),
        format!("{candidate}/withdraw"),
        recruiter.clone(),
        format!("{recruiter}/interview"),
        format!("{recruiter}/done/{}", Uuid::nil()),
        format!("{recruiter}/undo/{}", Uuid::nil()),
        document,
        page.clone(),
    ] {
        for (language, says) in
            [("fr-FR,fr;q=0.9", "a été effacée"), ("en-GB,en;q=0.9", "was erased")]
        {
            let request = Request::get(&path).header(header::ACCEPT_LANGUAGE, language);
            let answer = service.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::GONE, "{path}");
            assert!(answer.main().contains(says), "{path}: {}", answer.main());
            for gone in ["Camille", "Boulang", "erased@", "Dupont"] {
                assert!(!answer.text().contains(gone), "{path} tells {gone}");
            }
        }
    }
    for path in [format!("{candidate}/withdraw"), format!("{candidate}/data")] {
        let fields = [("request_id", Uuid::nil().to_string()), ("wish", "export".to_owned())];
        assert_eq!(post(&service, &path, &fields).await.status, StatusCode::GONE);
    }
    let rejection = [("reason", "skills"), ("step", "send")];
    let answer = service.post(&format!("{recruiter}/rejection"), &rejection).await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert_eq!(service.kinds_of(id).await, ["Submitted", "PersonalDataErased"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_were_deleted_are_said_to_be() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    service.clock.advance(SignedDuration::from_hours(31 * 24));
    let now = service.commands.now();
    let decision = DeleteAttachments { before: now, at: now };
    service.commands.perform(&id.to_string(), &decision, &cause()).await.unwrap();
    for (path, says) in [
        (service.recruiter(id), "Supprimées au bout de 31\u{a0}jours."),
        (format!("{}?lang=en", service.candidate(id)), "Deleted after 31\u{a0}days."),
    ] {
        let page = service.get(&path).await.main();
        assert!(page.contains(says) && !page.contains("été"), "{page}");
    }
}

#[rstest]
#[case("fr")]
#[case("en")]
#[tokio::test(flavor = "multi_thread")]
async fn the_pages_about_data_read_as_written_down(#[case] lang: &str) {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    apply_as(&service, "Dominique", "Pâtissier (H/F)").await;
    let data = service.data(LinkPurpose::Erasure, id);
    let candidate = service.candidate(id);
    let snap = |name: &str, text: String| {
        let text = text.replace(&data, "/p/TOKEN").replace(&candidate, "/c/TOKEN");
        insta::assert_snapshot!(format!("{name}_{lang}"), text);
    };
    let ids: Vec<_> =
        service.get(&candidate).await.hidden().into_iter().map(|(_, id)| id).collect();
    let fields = [("request_id", ids[0].as_str()), ("wish", "erasure")];
    snap(
        "data_asked",
        service.post(&format!("{candidate}/data?lang={lang}"), &fields).await.main(),
    );
    let asked = format!("{data}?lang={lang}");
    snap("data", service.get(&asked).await.main());
    let erase = format!("{data}/erase?lang={lang}");
    let one = application(id);
    snap("data_wrong", post(&service, &erase, std::slice::from_ref(&one)).await.main());
    let archive =
        post(&service, &format!("{data}/export?lang={lang}"), std::slice::from_ref(&one)).await;
    snap("archive", text(&files(&archive), "index.html").replace(&id.to_string(), "ID"));
    snap("data_erased", post(&service, &erase, &[one, confirmed()]).await.main());
}
