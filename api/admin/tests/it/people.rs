//! A person, as operators find, hand out and forget them: two of them for the latter.

use axum::http::StatusCode;
use domain::application::RecordSentToEmployer;
use domain::operator::{OperatorEvent, Role};
use domain::suppression::SuppressionReason;
use domain::{ApplicationRefusal, EmailAddress, Language, examples};
use event_store::testing::Engine;
use rstest::rstest;
use testing::cause;
use testing::http::{Answer, Office};
use uuid::Uuid;

use super::service;

const REQUEST: &str = "01a1fd61-0000-7000-8000-000000000001";
const ADDRESS: &str = "camille.martin@example.org";

/// Another application from the same address, by this person.
async fn apply_as(service: &Office, first_name: &str, email: &str) -> Uuid {
    let mut submission = examples::submission();
    submission.candidate.first_name = domain::Personal::new(examples::valid(first_name));
    submission.candidate.email = domain::Personal::new(examples::valid(email));
    service.commands.applications().submit(submission, &[], None, &cause()).await.unwrap().id
}

async fn find(service: &Office, cookie: &str, address: &str) -> Answer {
    service.post_as("/admin/people", cookie, &[("address", address)]).await
}

async fn decide(service: &Office, cookie: &str, act: &str) -> Answer {
    let fields = [("request_id", REQUEST), ("act", act)];
    service.post_as("/admin/people/requests", cookie, &fields).await
}

/// Support asks for both applications to be erased.
async fn ask(service: &Office, cookie: &str, ids: &[Uuid]) -> Answer {
    let ids: Vec<_> = ids.iter().map(Uuid::to_string).collect();
    let mut fields = vec![("address", ADDRESS), ("request_id", REQUEST)];
    fields.extend(ids.iter().map(|id| ("application", id.as_str())));
    service.post_as("/admin/people/erasure", cookie, &fields).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_by_an_address_that_is_written_down_nowhere(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let other = apply_as(&service, "Dominique", ADDRESS).await;
    apply_as(&service, "Alex", "alex@example.org").await;
    let address: EmailAddress = ADDRESS.parse().unwrap();
    let until = examples::minutes(60 * 24);
    let reason = SuppressionReason::Bounced;
    service.commands.suppressions().suppress(&address, reason, until, &cause()).await.unwrap();
    let cookie = service.sign_in(Role::Support).await;
    let before = service.commands.log().head().await.unwrap();
    let empty = service.get_as("/admin/people", &cookie).await;
    assert_eq!(empty.status, StatusCode::OK);
    assert_eq!(service.commands.log().head().await.unwrap(), before);
    let page = find(&service, &cookie, "Camille.Martin@Example.org ").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for shown in ["Camille Martin", "Dominique Martin", "Boulanger (H/F)", "un e-mail est revenu"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(
        page.body.contains(&format!("value=\"{other}\" checked")) && !page.body.contains("Alex")
    );
    let employer = find(&service, &cookie, "recrutement@boulangerie.example").await;
    assert!(
        employer.body.contains("Candidatures envoyées à cette adresse\u{a0}: 3"),
        "{}",
        employer.body
    );
    let nobody = find(&service, &cookie, "nobody@example.org").await;
    assert!(nobody.body.contains("Aucune."));
    let wrong = find(&service, &cookie, "camille").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("value=\"camille\"") && wrong.body.contains("id=\"address-error\"")
    );

    let acts = acts(&service).await;
    assert_eq!(
        acts,
        [
            "person.find: 2 applications",
            "person.find: 0 applications",
            "person.find: 0 applications"
        ]
    );
}

/// What support did, in words.
async fn acts(service: &Office) -> Vec<String> {
    service.caught_up().await;
    let page = service.get_as("/admin/acts", &service.sign_in(Role::Admin).await).await;
    assert!(!page.body.to_lowercase().contains(ADDRESS), "an act names no address");
    let support = service.operator(Role::Support).await.id.to_string();
    let events = service.commands.log().stream("Operator", &support).await.unwrap();
    let log = service.commands.log();
    let events = events.iter().map(|event| log.decode::<OperatorEvent>(event).unwrap().event);
    let acted = events.filter_map(|event| match event {
        OperatorEvent::OperatorActed { action, subject, .. } => {
            Some(format!("{action}: {subject}"))
        }
        _ => None,
    });
    acted.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_data_are_handed_out_and_nobody_elses() {
    let service = service(Engine::Sqlite).await;
    let foreign = apply_as(&service, "Alex", "alex@example.org").await.to_string();
    service.caught_up().await;
    let cookie = service.sign_in(Role::Support).await;
    let id = service.application.to_string();
    let fields = [("address", ADDRESS), ("application", &id), ("application", &foreign)];
    let answer = service.post_as("/admin/people/export", &cookie, &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/zip");
    assert_eq!(acts(&service).await, [format!("person.export: 1 application: {id}")]);
    let none = [("address", ADDRESS), ("application", foreign.as_str())];
    for path in ["/admin/people/export", "/admin/people/erasure"] {
        let answer = service.post_as(path, &cookie, &none).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    let analyst = service.sign_in(Role::Analyst).await;
    let answer = service.post_as("/admin/people/export", &analyst, &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_for_an_erasure_may_not_agree_to_it() {
    let service = service(Engine::Sqlite).await;
    let id = service.application;
    let other = apply_as(&service, "Camille", ADDRESS).await;
    service.caught_up().await;
    let (support, admin) =
        (service.sign_in(Role::Support).await, service.sign_in(Role::Admin).await);
    for _ in 0..2 {
        let asked = ask(&service, &support, &[id, other]).await;
        assert_eq!(asked.location(), "/admin/people/requests?done=erasure-asked", "{}", asked.body);
    }
    assert_eq!(service.kinds_of(other).await, ["Submitted", "ErasureRequested"], "asked once");
    let front = service.get_as("/admin", &admin).await;
    assert!(front.body.contains("qui attendent un second accord\u{a0}: 1"), "{}", front.body);
    let analyst = service.get_as("/admin", &service.sign_in(Role::Analyst).await).await;
    assert!(!analyst.body.contains("second accord"));
    let own = service.get_as("/admin/people/requests", &support).await;
    assert!(own.body.contains("Vous l’avez demandé") && !own.body.contains("value=\"agree\""));
    let refused = decide(&service, &support, "agree").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let why = texts::refusal(&ApplicationRefusal::SecondPersonNeeded, Language::Fr);
    assert!(refused.body.contains(&why), "{}", refused.body);
    assert_eq!(service.kinds_of(id).await, ["Submitted", "ErasureRequested"]);

    let page = service.get_as("/admin/people/requests", &admin).await;
    assert!(page.body.contains("value=\"agree\"") && page.body.contains("support@postulo.example"));
    assert_eq!(page.body.matches("<section").count(), 1, "one request, two applications");
    let agreed = decide(&service, &admin, "agree").await;
    assert_eq!(agreed.location(), "/admin/people/requests?done=erased:2", "{}", agreed.body);
    let erased = ["Submitted", "ErasureRequested", "PersonalDataErased"];
    assert_eq!(service.kinds_of(id).await, erased);
    assert_eq!(service.kinds_of(other).await, erased);
    let page = service.get_as(agreed.location(), &admin).await;
    assert!(page.body.contains("Aucune demande n’attend.") && !page.body.contains(ADDRESS));
    let again = decide(&service, &admin, "agree").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing waits any more");
    let found = find(&service, &admin, ADDRESS).await;
    assert!(found.body.contains("Aucune."), "{}", found.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_refused_erases_nothing() {
    let service = service(Engine::Sqlite).await;
    let id = service.application;
    service.caught_up().await;
    let (support, admin) =
        (service.sign_in(Role::Support).await, service.sign_in(Role::Admin).await);
    ask(&service, &support, &[id]).await;
    let refused = decide(&service, &admin, "refuse").await;
    assert_eq!(refused.location(), "/admin/people/requests?done=erasure-refused");
    assert_eq!(service.kinds_of(id).await, ["Submitted", "ErasureRequested", "ErasureRefused"]);
    for act in ["agree", "refuse", ""] {
        let answer = decide(&service, &admin, act).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(service.kinds_of(id).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_application_shows_when_and_why_and_no_placeholder() {
    let service = service(Engine::Sqlite).await;
    let id = service.application;
    let sent = RecordSentToEmployer {
        message_id: examples::valid("a@x.example"),
        at: examples::minutes(1),
    };
    service.commands.perform(&id.to_string(), &sent, &cause()).await.unwrap();
    service.caught_up().await;
    let (support, admin) =
        (service.sign_in(Role::Support).await, service.sign_in(Role::Admin).await);
    ask(&service, &support, &[id]).await;
    decide(&service, &admin, "agree").await;
    let page = service.get_as(&format!("/admin/applications/{id}"), &admin).await;
    assert!(page.body.contains("Données personnelles effacées le"), "{}", page.body);
    assert!(page.body.contains("une autre a donné son accord") && page.body.contains("(effacé)"));
    assert!(page.body.contains("Boulanger (H/F)"), "what is nobody's is still there");
    let list = service.get_as("/admin/applications", &admin).await;
    for page in [&page.body, &list.body] {
        for placeholder in ["erased@erased.invalid", "+33 1 99 00 00 00", ">erased", "Camille"] {
            assert!(!page.contains(placeholder), "{placeholder}: {page}");
        }
        assert!(page.contains("Candidature effacée"));
    }
    for action in ["resend", "forward", "link"] {
        assert!(!page.body.contains(&format!("{id}/{action}\"")), "{action}");
    }
}

/// A letter that belongs to no application, to this address.
async fn write_to(service: &Office, id: u128, to: &str) -> Uuid {
    let mut letter = examples::message();
    letter.to = domain::Personal::new(examples::valid(to));
    let id = Uuid::from_u128(id);
    service.commands.messages().queue(id, letter, &cause()).await.unwrap();
    id
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn letters_that_belong_to_no_application_are_found_handed_out_and_erased_with_their_receiver(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let id = service.application;
    let letter = write_to(&service, 71, ADDRESS).await;
    let foreign = write_to(&service, 72, "alex@example.org").await;
    service.caught_up().await;
    let (support, admin) =
        (service.sign_in(Role::Support).await, service.sign_in(Role::Admin).await);
    let found = find(&service, &support, ADDRESS).await;
    let says = "Courriers qui ne relèvent d’aucune candidature\u{a0}: 1";
    assert!(found.body.contains(says), "{}", found.body);
    let fields = [("address", ADDRESS), ("application", &id.to_string())];
    let answer = service.post_as("/admin/people/export", &support, &fields).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes)).unwrap();
    let data: serde_json::Value =
        serde_json::from_reader(zip.by_name("data.json").unwrap()).unwrap();
    assert_eq!(data["messages"].as_array().unwrap().len(), 1);
    assert_eq!(data["messages"][0]["id"], letter.to_string());
    let file = data["messages"][0]["files"][1].as_str().unwrap();
    let text = std::io::read_to_string(zip.by_name(file).unwrap()).unwrap();
    assert!(text.contains("/espace/adresse/TOKEN"));

    ask(&service, &support, &[id]).await;
    let page = service.get_as("/admin/people/requests", &admin).await;
    assert!(page.body.contains("Autres données\u{a0}: 1"), "{}", page.body);
    let agreed = decide(&service, &admin, "agree").await;
    assert_eq!(agreed.location(), "/admin/people/requests?done=erased:1", "{}", agreed.body);
    let letters = [letter, foreign];
    for (letter, is_gone) in letters.into_iter().zip([true, false]) {
        let state = service.commands.messages().find(letter).await.unwrap().state;
        assert_eq!(state.known().is_err(), is_gone);
    }
    // Who has letters alone is found, too.
    let found = find(&service, &support, "alex@example.org").await;
    assert!(found.body.contains(says) && found.body.contains("/admin/people/erasure"));
    let fields = [("address", "alex@example.org")];
    let answer = service.post_as("/admin/people/export", &support, &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    let nobody = [("address", "nobody@example.org")];
    let answer = service.post_as("/admin/people/export", &support, &nobody).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Requests lay in applications alone before there were cases.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_before_there_were_cases_is_still_answered() {
    for (act, done, last) in [
        ("agree", "erased:2", "PersonalDataErased"),
        ("refuse", "erasure-refused", "ErasureRefused"),
    ] {
        let service = service(Engine::Sqlite).await;
        let id = service.application;
        let other = apply_as(&service, "Camille", ADDRESS).await;
        let support = service.operator(Role::Support).await.id;
        let request: Uuid = REQUEST.parse().unwrap();
        service
            .commands
            .people()
            .request_erasure(&[id, other], request, support, &cause())
            .await
            .unwrap();
        service.caught_up().await;
        let (support, admin) =
            (service.sign_in(Role::Support).await, service.sign_in(Role::Admin).await);
        let front = service.get_as("/admin", &admin).await;
        assert!(front.body.contains("qui attendent un second accord\u{a0}: 1"), "{}", front.body);
        let own = decide(&service, &support, "agree").await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "it takes another one");
        let page = service.get_as("/admin/people/requests", &admin).await;
        assert!(page.body.contains("support@postulo.example") && page.body.contains(ADDRESS));
        let decided = decide(&service, &admin, act).await;
        let wanted = format!("/admin/people/requests?done={done}");
        assert_eq!(decided.location(), wanted, "{}", decided.body);
        for id in [id, other] {
            assert_eq!(service.kinds_of(id).await, ["Submitted", "ErasureRequested", last]);
        }
    }
}
