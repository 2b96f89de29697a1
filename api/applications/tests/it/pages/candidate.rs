//! The candidate's pages.

use axum::http::StatusCode;
use domain::{Language, examples};
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;
use testing::http::{UNDO_WINDOW, form};
use uuid::Uuid;

use super::support::{Service, service};

async fn propose_interview(service: &Service, id: Uuid) {
    let path = format!("{}/interview", service.recruiter(id));
    let fields = [
        ("place", "phone"),
        ("date", "2026-12-03"),
        ("time", "14:30"),
        ("zone", "Europe/Paris"),
        ("recruiter_name", "Dominique Dupont"),
        ("recruiter_phone", "01 23 45 67 89"),
        ("message", "Je vous appellerai."),
    ];
    let preview = service.post(&path, &fields).await;
    service.press(&path, &preview, "send").await.leads_to();
}

async fn reject(service: &Service, id: Uuid) {
    let path = format!("{}/rejection", service.recruiter(id));
    let preview = service.post(&path, &[("reason", "skills"), ("message", "Dommage.")]).await;
    service.press(&path, &preview, "send").await.leads_to();
}

#[tokio::test]
async fn an_answer_shows_once_it_can_no_longer_be_taken_back() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let page = service.candidate(id);
    propose_interview(&service, id).await;
    let early = service.get(&page).await.text();
    assert!(!early.contains("Je vous appellerai.") && !early.contains("propose un entretien"));
    service.clock.advance(UNDO_WINDOW);
    let told = service.get(&page).await.text();
    for part in ["jeudi 3 décembre 2026", "Dominique Dupont", "Je vous appellerai."] {
        assert!(told.contains(part), "{part}");
    }
}

#[tokio::test]
async fn an_interview_that_does_not_take_place_says_so_to_both_sides() {
    const NOTE: &str = "Cet entretien n’aura pas lieu.";
    let service = service(Engine::Sqlite).await;
    let [rejected, withdrawn] = [service.apply().await, service.apply().await];
    for id in [rejected, withdrawn] {
        propose_interview(&service, id).await;
    }
    service.clock.advance(UNDO_WINDOW);
    for id in [rejected, withdrawn] {
        assert!(!service.get(&service.candidate(id)).await.text().contains(NOTE));
        assert!(!service.get(&service.recruiter(id)).await.text().contains(NOTE));
    }
    let path = format!("{}/rejection", service.recruiter(rejected));
    let preview = service.post(&path, &[("reason", "skills"), ("message", "")]).await;
    let preview = preview.text();
    assert!(preview.contains("L’entretien proposé pour le jeudi 3 décembre 2026"), "{preview}");
    reject(&service, rejected).await;
    assert!(service.get(&service.recruiter(rejected)).await.text().contains(NOTE));
    let early = service.get(&service.candidate(rejected)).await.text();
    assert!(!early.contains(NOTE), "the rejection may still be taken back");
    service.clock.advance(UNDO_WINDOW);
    let withdraw = format!("{}/withdraw", service.candidate(withdrawn));
    service.post(&withdraw, &[("reason", "")]).await.leads_to();
    for id in [rejected, withdrawn] {
        assert!(service.get(&service.candidate(id)).await.text().contains(NOTE));
        assert!(service.get(&service.recruiter(id)).await.text().contains(NOTE));
    }
}

#[tokio::test]
async fn a_second_answer_under_way_leaves_the_first_one_standing() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    propose_interview(&service, id).await;
    service.clock.advance(UNDO_WINDOW);
    let before = service.get(&service.candidate(id)).await.main();
    assert!(before.contains("Confirmez votre présence"));
    reject(&service, id).await;
    let under_way = service.get(&service.candidate(id)).await.main();
    assert!(under_way.contains("Confirmez votre présence"));
    assert!(!under_way.contains("Dommage.") && !under_way.contains("refus"));
    service.clock.advance(UNDO_WINDOW);
    let told = service.get(&service.candidate(id)).await.main();
    assert!(told.contains("Dommage.") && told.contains("n’a pas retenu"));
}

#[rstest]
#[tokio::test]
async fn the_candidate_withdraws_once_and_sees_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let id = service.apply().await;
    let page = service.candidate(id);
    let withdraw = format!("{page}/withdraw");
    assert_eq!(service.get(&withdraw).await.status, StatusCode::OK);
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
    let done = service.post(&withdraw, &[("reason", "J’ai trouvé un poste.")]).await;
    let status = service.get(done.leads_to()).await.text();
    assert!(status.contains("Votre candidature est retirée."));
    assert!(!status.contains("/withdraw"), "it is not offered again");
    service.post(&withdraw, &[]).await;
    assert_eq!(service.kinds_of(id).await, ["Submitted", "Withdrawn"]);
    assert_eq!(service.get(&withdraw).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_failure_is_told_in_the_language_of_the_application_or_as_the_address_asks() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply_as(examples::draft(), Language::En, &[]).await;
    let withdraw = format!("{}/withdraw", service.candidate(id));
    service.app.commands.log().close().await;
    for (path, title) in [
        (withdraw.clone(), "Service unavailable right now"),
        (format!("{withdraw}?lang=fr"), "Service momentanément indisponible"),
    ] {
        let answer = service.post(&path, &[("reason", "")]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.text().contains(title), "{}", answer.text());
    }
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[tokio::test]
async fn a_reason_that_is_too_long_is_kept_and_nothing_happens() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let long = "é".repeat(1001);
    let withdraw = format!("{}/withdraw", service.candidate(id));
    let answer = service.post(&withdraw, &[("reason", &long)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains(&long) && answer.text().contains("id=\"reason-error\""));
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[tokio::test]
async fn another_site_cannot_withdraw() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let withdraw = format!("{}/withdraw", service.candidate(id));
    let answer = service.send(form(&withdraw, &[], "cross-site")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[tokio::test]
async fn a_recruiters_link_a_forged_one_and_an_old_one_open_nothing() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let page = service.candidate(id);
    let recruiters = service.recruiter(id).replacen("/r/", "/c/", 1);
    for bad in [&recruiters, &page[..page.len() - 1], "/c/x"] {
        for path in [bad.to_owned(), format!("{bad}/withdraw")] {
            let answer = service.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.text().contains("Boulanger"));
        }
        let posted = service.post(&format!("{bad}/withdraw"), &[]).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND);
    }
    service.clock.advance(SignedDuration::from_hours(90 * 24));
    assert_eq!(service.get(&page).await.status, StatusCode::GONE);
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[tokio::test]
async fn what_concerns_the_machinery_is_not_shown() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    propose_interview(&service, id).await;
    service.clock.set(examples::minutes(60));
    let page = service.get(&service.candidate(id)).await.main();
    for internal in ["InterviewProposed", "answer_id", "Mozilla", &id.to_string()] {
        assert!(!page.contains(internal), "{internal}");
    }
}

#[rstest]
#[case("fr")]
#[case("en")]
#[tokio::test]
async fn the_pages_read_as_written_down(#[case] lang: &str) {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let base = service.candidate(id);
    let snap = |name: &str, text: String| {
        insta::assert_snapshot!(format!("{name}_{lang}"), text.replace(&base, "/c/TOKEN"));
    };
    let asked = format!("{base}?lang={lang}");
    snap("status", service.get(&asked).await.main());
    propose_interview(&service, id).await;
    service.clock.advance(UNDO_WINDOW);
    snap("status_interview", service.get(&asked).await.main());
    let withdraw = format!("{base}/withdraw?lang={lang}");
    snap("withdraw", service.get(&withdraw).await.main());
    let done = service.post(&withdraw, &[]).await;
    snap("status_withdrawn", service.get(done.leads_to()).await.main());
}
