//! The recruiter's pages.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::{Language, examples};
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;
use testing::http::{Fields, UNDO_WINDOW, form, unescaped};

use super::support::{PDF, service};

const INTERVIEW: Fields<'static> = &[
    ("place", "onsite"),
    ("date", "2026-12-03"),
    ("time", "14:30"),
    ("zone", "Europe/Paris"),
    ("recruiter_name", "Dominique Dupont"),
    ("recruiter_email", "dominique@boulangerie.example"),
    ("recruiter_phone", "01 23 45 67 89"),
    ("recruiter_address", "3 place du Marché, 75011 Paris"),
    ("message", "Venez avec vos questions.\r\nÀ bientôt."),
];
const INFO: Fields<'static> = &[
    ("message", "Quand êtes-vous libre ?"),
    ("recruiter_name", "Dominique Dupont"),
    ("recruiter_email", "dominique@boulangerie.example"),
];
const REJECTION: Fields<'static> = &[("reason", "novacancy"), ("message", "Merci à vous.")];
const HIRE: Fields<'static> = &[("message", "Bienvenue parmi nous."), ("confirmed", "yes")];

fn fields(of: &str) -> Fields<'static> {
    match of {
        "interview" => INTERVIEW,
        "info" => INFO,
        "rejection" => REJECTION,
        _ => HIRE,
    }
}

#[rstest]
#[case("interview", "InterviewProposed", "Venez avec vos questions.")]
#[case("info", "InfoRequested", "Quand êtes-vous libre ?")]
#[case("rejection", "Rejected", "Merci à vous.")]
#[case("hired", "Hired", "Bienvenue parmi nous.")]
#[tokio::test]
async fn an_answer_is_filled_in_previewed_modified_and_sent_once(
    #[case] kind: &str,
    #[case] event: &str,
    #[case] message: &str,
) {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let path = format!("{}/{kind}", service.recruiter(id));

    let empty = service.get(&path).await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(!empty.text().contains(" checked"), "nothing is chosen beforehand");

    let preview = service.post(&path, fields(kind)).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    assert!(preview.text().contains("<iframe class=\"email\" sandbox=\"\""));
    assert!(preview.text().contains(message));
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);

    let modify = service.press(&path, &preview, "modify").await;
    assert!(unescaped(&modify.text()).contains(message));
    for (name, value) in fields(kind).iter().filter(|(name, _)| *name != "message") {
        let shown = unescaped(&modify.text());
        let kept = shown.contains(&format!("value=\"{value}\""))
            || shown.contains(&format!(">\n{value}</textarea>"));
        assert!(kept, "{name} is kept");
    }
    let again = service.post(&path, fields(kind)).await;

    let done = service.press(&path, &again, "send").await;
    let page = service.get(done.leads_to()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(unescaped(&page.text()).contains(message));
    let twice = service.press(&path, &again, "send").await;
    assert_eq!(twice.leads_to(), done.leads_to());
    assert_eq!(service.kinds_of(id).await, ["Submitted", event]);
}

#[rstest]
#[case("interview", &["place", "date", "time", "zone", "recruiter_name", "recruiter_email"])]
#[case("info", &["message", "recruiter_name", "recruiter_email"])]
#[case("rejection", &["reason"])]
#[case("hired", &["confirmed"])]
#[tokio::test]
async fn an_empty_form_comes_back_with_every_error_at_its_field(
    #[case] kind: &str,
    #[case] wrong: &[&str],
) {
    let service = service(Engine::Sqlite).await;
    let path = format!("{}/{kind}", service.recruiter(service.apply().await));
    let answer = service.post(&path, &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = answer.text();
    for field in wrong {
        assert!(text.contains(&format!("<a href=\"#{field}\">")), "{field} in the summary");
        assert!(text.contains(&format!("id=\"{field}-error\"")), "{field} beside its field");
        assert!(text.contains(&format!(" id=\"{field}\"")), "{field} is there to be reached");
    }
}

#[tokio::test]
async fn errors_keep_what_was_typed() {
    let service = service(Engine::Sqlite).await;
    let path = format!("{}/interview", service.recruiter(service.apply().await));
    let mut typed = INTERVIEW.to_vec();
    typed[1] = ("date", "2020-01-01");
    typed[5] = ("recruiter_email", "not an address \"<b>");
    let answer = service.post(&path, &typed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = unescaped(&answer.text());
    for (_, value) in &typed {
        let value = value.replace("\r\n", "\n");
        assert!(text.replace("\r\n", "\n").contains(&value), "{value}");
    }
    assert!(!answer.text().contains("<b>"));
}

#[rstest]
#[tokio::test]
async fn of_a_hundred_answers_at_once_one_wins_and_the_others_are_told(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let id = service.apply().await;
    let base = service.recruiter(id);
    let kinds = ["interview", "info", "rejection", "hired"];
    let mut previews = vec![];
    for number in 0..100 {
        let kind = kinds[number % kinds.len()];
        let path = format!("{base}/{kind}");
        let preview = service.post(&path, fields(kind)).await;
        previews.push((path, preview));
    }
    let sent = previews.iter().map(|(path, preview)| service.press(path, preview, "send"));
    let answers = futures::future::join_all(sent).await;
    let won = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
    assert_eq!(won, 1);
    for told in answers.iter().filter(|answer| answer.status != StatusCode::SEE_OTHER) {
        assert_eq!(told.status, StatusCode::CONFLICT);
        assert!(told.text().contains("<h1>Déjà répondu</h1>"));
        assert!(told.text().contains("Ce que vous pouvez encore faire"));
    }
    assert_eq!(service.kinds_of(id).await.len(), 2);
}

#[tokio::test]
async fn an_answer_given_after_an_end_is_refused_with_what_was_answered() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let base = service.recruiter(id);
    let (rejection, hired) = (format!("{base}/rejection"), format!("{base}/hired"));
    let early = service.post(&hired, HIRE).await;
    let preview = service.post(&rejection, REJECTION).await;
    service.press(&rejection, &preview, "send").await.leads_to();

    let late = service.press(&hired, &early, "send").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("Merci à vous."));
    let form = service.get(&hired).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text().contains("Déjà répondu") && !form.text().contains("<form"));
    insta::assert_snapshot!("already_answered", form.main().replace(&base, "/r/TOKEN"));
}

#[tokio::test]
async fn a_ticket_is_good_for_what_was_previewed_and_for_a_day() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let path = format!("{}/rejection", service.recruiter(id));
    let preview = service.post(&path, REJECTION).await;
    let ticket = preview.hidden().into_iter().find(|(name, _)| name == "ticket").unwrap().1;

    let other =
        [("reason", "skills"), ("message", "Other."), ("ticket", &ticket), ("step", "send")];
    let shown = service.post(&path, &other).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text().contains("Relisez-le"));
    let none = service.post(&path, &[("reason", "skills"), ("step", "send")]).await;
    assert!(none.text().contains("Relisez-le"));

    service.clock.advance(SignedDuration::from_hours(24));
    let late = service.press(&path, &preview, "send").await;
    assert!(late.text().contains("Relisez-le"));
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[rstest]
#[case(Method::GET, "/candidature/reponse/7d444840-9dc0-11d1-b245-5ffdce74fad2/1")]
#[case(Method::GET, "/candidature/reponse/7d444840-9dc0-11d1-b245-5ffdce74fad2/3/")]
#[case(Method::POST, "/candidature/reponse/7d444840-9dc0-11d1-b245-5ffdce74fad2/2")]
#[tokio::test]
async fn a_link_of_the_former_service_says_what_to_do_in_both_languages(
    #[case] method: Method,
    #[case] path: &str,
) {
    let service = service(Engine::Sqlite).await;
    for (lang, reply) in
        [("fr", "Répondez simplement à cet e-mail"), ("en", "Simply reply to that e-mail")]
    {
        let path = format!("{path}?lang={lang}");
        let page = match method {
            Method::GET => service.get(&path).await,
            _ => service.post(&path, REJECTION).await,
        };
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.text().contains(reply), "{}", page.text());
        assert!(!page.text().contains("<form"));
    }
}

#[tokio::test]
async fn links_that_are_forged_cut_old_or_anothers_open_nothing() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let base = service.recruiter(id);
    let candidates = service.candidate(id).replacen("/c/", "/r/", 1);
    let cut = &base[..base.len() - 4];
    for bad in [cut, &candidates, "/r/x", "/r/%00", &service.recruiter(uuid::Uuid::from_u128(9))] {
        for page in ["", "/interview", "/undo/00000000-0000-0000-0000-000000000000"] {
            let answer = service.get(&format!("{bad}{page}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{bad}{page}");
            assert!(answer.text().contains("Ce lien n’est pas valable"));
            assert!(!answer.text().contains("Camille"));
        }
    }
    service.clock.advance(SignedDuration::from_hours(90 * 24));
    let old = service.get(&base).await;
    assert_eq!(old.status, StatusCode::GONE);
    assert!(old.text().contains("Ce lien a expiré"));
}

#[tokio::test]
async fn html_is_shown_as_text_everywhere() {
    const EVIL: &str = "<script>alert(1)</script>\"'><img src=x>";
    let service = service(Engine::Sqlite).await;
    let mut draft = examples::draft();
    for name in ["candidate_first_name", "candidate_last_name", "candidate_address"] {
        draft.set(name, EVIL.to_owned());
    }
    for name in ["employer_description", "job", "message"] {
        draft.set(name, EVIL.to_owned());
    }
    let id = service.apply_as(draft, Language::Fr, &["<img src=x>.pdf"]).await;
    let base = service.recruiter(id);
    let path = format!("{base}/interview");
    let mut evil = INTERVIEW.to_vec();
    for field in [4, 7, 8] {
        evil[field].1 = EVIL;
    }
    let preview = service.post(&path, &evil).await;
    let done = service.press(&path, &preview, "send").await;
    let mut pages =
        vec![preview, service.press(&path, &service.post(&path, &evil).await, "modify").await];
    for address in [base.clone(), path, done.leads_to().to_owned(), service.candidate(id)] {
        pages.push(service.get(&address).await);
    }
    for page in pages {
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        assert!(text.contains("&#60;script"), "it is shown");
        assert!(!text.contains("<script>alert") && !text.contains("<img"), "{text}");
        // An e-mail in a srcdoc is escaped twice.
        if let Some((_, rest)) = text.split_once("srcdoc=\"") {
            let email = unescaped(rest.split('"').next().unwrap());
            assert!(email.contains("&lt;script") && !email.contains("<script>alert"));
            assert!(!email.contains("<img src=x"));
        }
    }
}

#[tokio::test]
async fn forms_from_other_sites_are_refused() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let base = service.recruiter(id);
    let path = format!("{base}/rejection");
    let preview = service.post(&path, REJECTION).await;
    let hidden = preview.hidden();
    let mut sent: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    sent.push(("step", "send"));
    for site in ["cross-site", "same-site"] {
        let answer = service.send(form(&path, &sent, site)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{site}");
    }
    let mut by_origin = form(&path, &sent, "x");
    by_origin.headers_mut().remove("sec-fetch-site");
    by_origin.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    by_origin.headers_mut().insert("host", "postulo.example".parse().unwrap());
    assert_eq!(service.send(by_origin).await.status, StatusCode::FORBIDDEN);
    assert_eq!(service.kinds_of(id).await, ["Submitted"]);
}

#[tokio::test]
async fn opening_pages_changes_nothing() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let base = service.recruiter(id);
    let path = format!("{base}/rejection");
    let preview = service.post(&path, REJECTION).await;
    let done = service.press(&path, &preview, "send").await;
    let undo = done.leads_to().replace("/done/", "/undo/");
    let before = service.kinds_of(id).await;
    let pages = ["", "/interview", "/info", "/rejection?step=send&reason=skills", "/hired"];
    let pages = pages.map(|page| format!("{base}{page}")).into_iter().chain([
        undo,
        done.leads_to().to_owned(),
        service.candidate(id),
        format!("{}/withdraw", service.candidate(id)),
    ]);
    for page in pages {
        for method in [Method::GET, Method::HEAD] {
            let answer = service.request(method.clone(), &page).await;
            assert!(!answer.status.is_server_error(), "{method} {page}");
            assert_eq!(answer.bytes.is_empty(), method == Method::HEAD, "{method} {page}");
        }
    }
    assert_eq!(service.kinds_of(id).await, before);
}

#[tokio::test]
async fn an_answer_is_taken_back_while_it_may_be() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let path = format!("{}/rejection", service.recruiter(id));
    let preview = service.post(&path, REJECTION).await;
    let done = service.press(&path, &preview, "send").await.leads_to().to_owned();
    let undo = done.replace("/done/", "/undo/");

    let asked = service.get(&undo).await;
    assert!(asked.text().contains("Annuler cette réponse\u{a0}?"));
    assert!(asked.text().contains("<form"));
    for _ in 0..2 {
        let undone = service.post(&undo, &[]).await;
        assert_eq!(undone.status, StatusCode::OK);
        assert!(undone.text().contains("La réponse est annulée"));
    }
    assert_eq!(service.kinds_of(id).await, ["Submitted", "Rejected", "AnswerUndone"]);
    let back = service.press(&path, &preview, "send").await;
    assert!(service.get(back.leads_to()).await.text().contains("La réponse est annulée"));

    let again = service.post(&path, REJECTION).await;
    let undo = service.press(&path, &again, "send").await.leads_to().replace("/done/", "/undo/");
    service.clock.advance(UNDO_WINDOW);
    assert!(!service.get(&undo).await.text().contains("<form"));
    let late = service.post(&undo, &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("Il est trop tard pour annuler"));
}

#[tokio::test]
async fn a_withdrawn_application_can_no_longer_be_answered() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let path = format!("{}/hired", service.recruiter(id));
    let preview = service.post(&path, HIRE).await;
    service.post(&format!("{}/withdraw", service.candidate(id)), &[]).await.leads_to();
    let answer = service.press(&path, &preview, "send").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("ne peut plus recevoir de réponse"));
    assert!(service.get(&path).await.text().contains("retir"));
    assert_eq!(service.kinds_of(id).await, ["Submitted", "Withdrawn"]);
}

#[tokio::test]
async fn a_document_is_downloaded_and_never_opened_in_the_browser() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let base = service.recruiter(id);
    let page = service.get(&base).await.text();
    let (_, rest) = page.split_once("/attachments/").unwrap();
    let digest = rest.split('"').next().unwrap().to_owned();
    let file = service.get(&format!("{base}/attachments/{digest}")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.bytes, PDF);
    assert_eq!(file.header("content-type"), "application/pdf");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename*=UTF-8''CV%20Camille%20%C2%AB%20%C3%A9t%C3%A9%20%C2%BB.pdf"
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.header("content-security-policy"), "sandbox");
    assert_eq!(file.header("cache-control"), "no-store");

    let part = async |range: &str| {
        let request = Request::get(format!("{base}/attachments/{digest}")).header("range", range);
        service.send(request.body(Body::empty()).unwrap()).await
    };
    let answer = part("bytes=2-4").await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(answer.bytes, PDF[2..5]);
    assert_eq!(answer.header("content-range"), format!("bytes 2-4/{}", PDF.len()));
    assert_eq!(answer.header("etag"), file.header("etag"));
    let beyond = part("bytes=99999999-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), format!("bytes */{}", PDF.len()));

    let unknown = format!("{base}/attachments/{}", "0".repeat(64));
    assert_eq!(service.get(&unknown).await.status, StatusCode::NOT_FOUND);
    let other = service.apply_as(examples::draft(), Language::Fr, &[]).await;
    let elsewhere = format!("{}/attachments/{digest}", service.recruiter(other));
    assert_eq!(service.get(&elsewhere).await.status, StatusCode::NOT_FOUND, "another application");
}

#[tokio::test]
async fn a_preview_does_not_hold_the_candidates_own_link() {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let path = format!("{}/interview", service.recruiter(id));
    let preview = service.post(&path, INTERVIEW).await;
    assert!(!preview.text().contains("/c/"));
    assert!(preview.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[rstest]
#[case("fr")]
#[case("en")]
#[tokio::test]
async fn the_main_pages_read_as_written_down(#[case] lang: &str) {
    let service = service(Engine::Sqlite).await;
    let id = service.apply().await;
    let base = service.recruiter(id);
    let path = format!("{base}/interview");
    let snap = |name: &str, text: String| {
        insta::assert_snapshot!(format!("{name}_{lang}"), text.replace(&base, "/r/TOKEN"));
    };
    let asked = format!("{path}?lang={lang}");
    snap("overview", service.get(&format!("{base}?lang={lang}")).await.main());
    snap("interview", service.get(&asked).await.main());
    snap("interview_errors", service.post(&asked, &[("message", "Bonjour")]).await.main());
    let preview = service.post(&asked, INTERVIEW).await;
    let done = service.press(&asked, &preview, "send").await;
    assert!(done.leads_to().ends_with(&format!("?lang={lang}")));
    snap("done", service.get(done.leads_to()).await.main());
    snap("undo", service.get(&done.leads_to().replace("/done/", "/undo/")).await.main());
    snap("overview_answered", service.get(&format!("{base}?lang={lang}")).await.main());
}
