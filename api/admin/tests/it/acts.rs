//! What operators do: each act has its effect, and is an event with its actor.

use axum::http::StatusCode;
use commands::LinkPurpose;
use domain::application::{Letter, RecordSentToEmployer};
use domain::operator::Role;
use domain::partner::Retention;
use domain::suppression::SuppressionReason;
use domain::{EmailAddress, JobApplication, examples};
use event_store::testing::Engine;
use event_store::{ActorKind, Position, StreamId};
use rstest::rstest;
use testing::cause;

use super::service;

const REQUEST: &str = "01a1fd61-0000-7000-8000-000000000001";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_an_application_is_in_its_history_with_who_asked() {
    let service = service(Engine::Sqlite).await;
    let (id, cookie) = (service.application, service.sign_in(Role::Support).await);
    let path = |act: &str| format!("/admin/applications/{id}/{act}");
    let resend = [("request_id", REQUEST), ("letter", "employer")];
    let answer = service.post_as(&path("resend"), &cookie, &resend).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "it never left");

    let sent = RecordSentToEmployer {
        message_id: examples::valid("a@x.example"),
        at: examples::minutes(1),
    };
    service.commands.perform(&id.to_string(), &sent, &cause()).await.unwrap();
    for _ in 0..2 {
        let answer = service.post_as(&path("resend"), &cookie, &resend).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
    let wrong = [("request_id", REQUEST), ("recipients", "nobody")];
    let answer = service.post_as(&path("forward"), &cookie, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let forward = [("request_id", REQUEST), ("recipients", "a@example.org, b@example.org")];
    let answer = service.post_as(&path("forward"), &cookie, &forward).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let link = service.post_as(&path("link"), &cookie, &[]).await;
    let (_, rest) = link.body.split_once("http://postulo.example/r/").unwrap();
    let (token, now) = (rest.split('<').next().unwrap(), service.commands.now());
    let opened = service.commands.links().open(LinkPurpose::Recruiter, token, now);
    assert_eq!(opened.unwrap(), id, "the link opens");

    let kinds = service.kinds().await;
    let forward = "AttachmentsForwardRequested";
    let asked = ["ResendRequested", forward, forward, "AnswerLinkIssued"];
    assert_eq!(kinds[2..], asked, "a second click asks once");
    let history = service.commands.applications().find(id).await.unwrap();
    let support = service.operator(Role::Support).await;
    for event in &history.events[2..] {
        assert_eq!(event.metadata.actor.kind, ActorKind::Operator);
        assert_eq!(event.metadata.actor.id, Some(support.id.to_string()));
    }
    assert_eq!(history.state.known().unwrap().resends[0].letter, Letter::Employer);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_retried_archived_and_taken_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use commands::parked::{self, Filter, Key, Verdict};
    let service = service(engine).await;
    let id = service.application.to_string();
    let now = service.commands.now();
    for position in 1..=3 {
        let key = Key {
            reactor: "employer_email",
            position: Position::new(position),
            stream: StreamId::of::<JobApplication>(&id),
            event_type: "Submitted",
        };
        let verdict =
            Verdict::Failed { cause: "There is no such mailbox.", detail: Some("550 <a@b.c>") };
        parked::park(service.commands.log(), &key, 12, &verdict, now).await.unwrap();
    }
    let cookie = service.sign_in(Role::Support).await;
    let page = service.get_as("/admin/reactions?state=failed", &cookie).await;
    assert!(page.body.contains("There is no such mailbox."), "{}", page.body);
    let front = service.get_as("/admin", &cookie).await;
    assert!(front.body.contains("There is no such mailbox."));
    let states = async || {
        let rows = parked::list(service.commands.log(), &Filter::default()).await.unwrap();
        rows.into_iter().map(|row| row.state).collect::<Vec<_>>()
    };
    let one = [("act", "archive"), ("only_reactor", "employer_email"), ("position", "2")];
    let answer = service.post_as("/admin/reactions", &cookie, &one).await;
    assert_eq!(states().await, ["failed", "archived", "failed"]);
    let after = service.get_as(answer.location(), &cookie).await;
    assert!(after.body.contains("value=\"restore\""), "the undo is at hand");
    let undo = [("act", "restore"), ("only_reactor", "employer_email"), ("position", "2")];
    service.post_as("/admin/reactions", &cookie, &undo).await;
    assert_eq!(states().await, ["failed", "failed", "failed"]);
    let nothing = service.post_as("/admin/reactions", &cookie, &[("act", "retry")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "never all by mistake");
    let all =
        [("act", "retry"), ("state", "failed"), ("reactor", "employer_email"), ("back", "front")];
    let answer = service.post_as("/admin/reactions", &cookie, &all).await;
    assert_eq!(answer.location(), "/admin?done=retry:3");
    assert_eq!(states().await, ["delayed", "delayed", "delayed"]);
    assert_eq!(service.kinds().await[1..], ["ReactionArchived", "ReactionRestored"]);

    service.caught_up().await;
    let admin = service.sign_in(Role::Admin).await;
    let acts = service.get_as("/admin/acts", &admin).await;
    assert!(acts.body.contains("reactions.retry"), "{}", acts.body);
    assert!(acts.body.contains("state failed, reactor employer_email (3 matching)"));
    assert!(acts.body.contains("support@postulo.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_listed_and_let_through_again() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Support).await;
    let add = [("address", "rh@example.org"), ("days", "30")];
    let answer = service.post_as("/admin/suppressions", &cookie, &add).await;
    let page = service.get_as(answer.location(), &cookie).await;
    assert!(page.body.contains("rh@example.org"), "shown at once: {}", page.body);
    let address: EmailAddress = examples::valid("RH@example.org");
    let listed = service.commands.suppressions().find(&address).await.unwrap().unwrap();
    assert_eq!(listed.reason, SuppressionReason::Operator);
    let lift = [("address", "rh@example.org")];
    let answer = service.post_as("/admin/suppressions/lift", &cookie, &lift).await;
    assert_eq!(answer.location(), "/admin/suppressions?done=lifted");
    assert!(service.commands.suppressions().find(&address).await.unwrap().is_none());
    let again = service.post_as("/admin/suppressions/lift", &cookie, &lift).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_created_changed_given_a_new_secret_and_shut_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let cookie = service.sign_in(Role::Admin).await;
    let mut fields = vec![
        ("id", "nouveau"),
        ("name", "Nouveau"),
        ("contact_email", "bonjour@nouveau.example"),
        ("origins", "https://nouveau.example\nhttps://www.nouveau.example"),
        ("mails_employers", "yes"),
        ("language", "fr"),
        ("requests_per_minute", "600"),
        ("template_employer", "1152921504606846977"),
        ("attachment_days", "7"),
        ("personal_data_months", "12"),
    ];
    for name in ["sender_second", "sender_minute", "sender_hour"] {
        fields.push((name, "5"));
    }
    for name in ["recipient_second", "recipient_minute", "recipient_hour"] {
        fields.push((name, "0"));
    }
    let mut wrong = fields.clone();
    wrong[3] = ("origins", "nouveau.example/path");
    wrong[6] = ("requests_per_minute", "many");
    wrong[8] = ("attachment_days", "366");
    wrong[9] = ("personal_data_months", "0");
    let answer = service.post_as("/admin/clients/new", &cookie, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("value=\"Nouveau\""), "what was typed stays");
    for (field, bound) in [("attachment_days", "de 1 à 365"), ("personal_data_months", "de 1 à 60")]
    {
        let told = answer.body.split(&format!("id=\"{field}-error\"")).nth(1).unwrap();
        assert!(told.split("</p>").next().unwrap().contains(bound), "{field}: {told}");
    }

    let created = service.post_as("/admin/clients/new", &cookie, &fields).await;
    assert_eq!(created.status, StatusCode::OK, "{}", created.body);
    let secret = |body: &str| {
        let codes: Vec<_> = body.split("<code>").skip(1).collect();
        codes[1].split('<').next().unwrap().to_owned()
    };
    let first = secret(&created.body);
    let authenticate = async |secret: &str| {
        let secret = commands::PartnerSecret::presented(secret);
        service.commands.partners().authenticate("nouveau", &secret).await.is_ok()
    };
    assert!(authenticate(&first).await);
    let partner =
        service.commands.partners().find(&examples::valid("nouveau")).await.unwrap().unwrap();
    assert_eq!(partner.settings.mail_templates.employer, Some(1_152_921_504_606_846_977));
    assert_eq!(partner.settings.origins.len(), 2);
    assert_eq!(partner.settings.retention, Retention::new(7, 12).unwrap());
    let page = service.get_as("/admin/clients/nouveau", &cookie).await.body;
    assert!(page.contains("7 jours") && page.contains("12 mois"), "{page}");

    let rotated =
        service.post_as("/admin/clients/nouveau/secret", &cookie, &[("hours", "1")]).await;
    let second = secret(&rotated.body);
    assert!(authenticate(&first).await && authenticate(&second).await, "they overlap");
    service.clock.advance(jiff::SignedDuration::from_mins(61));
    assert!(!authenticate(&first).await && authenticate(&second).await);
    service.post_as("/admin/clients/nouveau/disable", &cookie, &[("act", "disable")]).await;
    assert!(!authenticate(&second).await);
    service.post_as("/admin/clients/nouveau/disable", &cookie, &[("act", "enable")]).await;
    assert!(authenticate(&second).await);

    let path = "/admin/clients/nouveau/pause";
    let paused = service.post_as(path, &cookie, &[("act", "pause")]).await;
    let page = service.get_as(paused.location(), &cookie).await.body;
    assert!(page.contains("Les e-mails de la plateforme attendent."), "{page}");
    assert!(page.contains("en pause") && page.contains("value=\"resume\""), "{page}");
    assert!(authenticate(&second).await, "applications are taken as before");
    service.caught_up().await;
    let list = service.get_as("/admin/clients", &cookie).await.body;
    assert!(list.contains("en pause"), "{list}");
    let front = service.get_as("/admin", &cookie).await.body;
    assert!(front.contains("Plateformes en pause"), "{front}");
    let resumed = service.post_as(path, &cookie, &[("act", "resume")]).await;
    let page = service.get_as(resumed.location(), &cookie).await.body;
    assert!(page.contains("repartent") && page.contains("value=\"pause\""), "{page}");
    let odd = service.post_as(path, &cookie, &[("act", "else")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_is_built_anew_with_its_progress() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Admin).await;
    let answer = service.post_as("/admin/projections", &cookie, &[("name", "applications")]).await;
    assert_eq!(answer.location(), "/admin/projections?done=rebuild");
    event_store::testing::until("it is built anew", async || {
        let page = service.get_as("/admin/projections", &cookie).await;
        let built = page.body.contains("reconstruite") || page.body.contains("rebuilt");
        if built { Ok(()) } else { Err(page.body) }
    })
    .await;
    let wrong = service.post_as("/admin/projections", &cookie, &[("name", "nothing")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_is_shown_exactly_as_it_was_sent() {
    let service = service(Engine::Sqlite).await;
    let id = service.application;
    let kept = commands::MailedEmail {
        from: "Zoé via Emploi <a@b.example>".to_owned(),
        to: "rh@example.org".to_owned().into(),
        reply_to: None,
        subject: "Candidature <de> Zoé".to_owned().into(),
        date: examples::minutes(0),
        text: "Bonjour".to_owned().into(),
        html: "<!doctype html><p>Bonjour</p><script>alert(1)</script>".to_owned().into(),
        calendar: None,
        files: vec![("cv.pdf".to_owned().into(), 1234)],
    };
    service
        .commands
        .emails()
        .keep_email(
            StreamId::of::<JobApplication>(&id.to_string()),
            "employer",
            "m1@x.example",
            &kept,
        )
        .await
        .unwrap();
    let cookie = service.sign_in(Role::Auditor).await;
    let page = service.get_as(&format!("/admin/applications/{id}"), &cookie).await;
    assert!(page.body.contains("/emails/m1@x.example"), "{}", page.body);
    let path = format!("/admin/applications/{id}/emails/m1@x.example");
    let email = service.get_as(&path, &cookie).await;
    assert!(email.body.contains("cv.pdf") && email.body.contains("Candidature &#60;de&#62; Zoé"));
    let html = service.get_as(&format!("{path}/html"), &cookie).await;
    assert_eq!(html.body, *kept.html.reveal());
    let policy = html.headers.get("content-security-policy").unwrap().to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    let other = format!("/admin/applications/{}/emails/m1@x.example", uuid::Uuid::nil());
    assert_eq!(service.get_as(&other, &cookie).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_are_let_in_and_nobody_locks_themselves_out() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    let fields = [("email", "new@postulo.example"), ("role", "analyst")];
    let created = service.post_as("/admin/operators", &cookie, &fields).await;
    let (_, rest) = created.body.split_once("<p><code>").unwrap();
    let password = rest.split('<').next().unwrap();
    let sign_in = [("email", "NEW@postulo.example"), ("password", password)];
    let answer = service.post_as("/admin/sign-in", "", &sign_in).await;
    assert!(answer.cookie().is_some(), "letter case of the address does not count");
    let twice = service.post_as("/admin/operators", &cookie, &fields).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let admin = service.operator(Role::Admin).await.id;
    for act in [[("act", "disable"), ("role", "")], [("act", "role"), ("role", "analyst")]] {
        let answer = service.post_as(&format!("/admin/operators/{admin}"), &cookie, &act).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(service.get_as("/admin/operators", &cookie).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_ends_before_it_begins_is_told_and_nothing_is_exported() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Admin).await;
    let usual = service.get_as("/admin/statistics", &cookie).await;
    assert!(
        usual.body.contains("<svg class=\"bars\"") && !usual.body.contains("trente derniers jours")
    );
    for period in ["from=2026-11-30&to=2026-11-01", "from=yesterday&to="] {
        let page = service.get_as(&format!("/admin/statistics?{period}"), &cookie).await;
        assert!(page.body.contains("trente derniers jours"), "{period}: {}", page.body);
        let path = format!("/admin/exports/applications.xlsx?client=demo&{period}");
        let refused = service.get_as(&path, &cookie).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{period}");
    }
    let acts = service.get_as("/admin/acts", &cookie).await;
    assert!(!acts.body.contains("export.applications"), "{}", acts.body);
}
