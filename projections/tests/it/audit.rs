//! What auditors find: events of applications and acts of operators, in one list.

use domain::examples;
use domain::operator::OperatorEvent;
use event_store::testing::Engine;
use event_store::{Actor, ActorKind, Log, LogOptions, NewEvent, Position, StreamId};
use projections::audit::{self, Search};
use projections::events;
use rstest::rstest;

use crate::support::{Fixture, application, fixture};

fn by(mut event: NewEvent, kind: ActorKind, id: &str) -> NewEvent {
    event.metadata.actor = Actor::named(kind, id);
    event
}

fn looked(n: u128) -> OperatorEvent {
    OperatorEvent::OperatorLooked {
        page: examples::valid("/admin/applications/{id}"),
        subject: examples::valid(&format!("id={} position=3", application(n))),
        at: examples::minutes(0),
    }
}

async fn filled(engine: Engine) -> Fixture {
    let it = fixture(engine).await;
    for n in 1..=3 {
        it.append(application(n), 0, &[examples::submitted()]).await;
        let sent = by(it.new_event(&examples::sent()), ActorKind::System, "employer_email");
        let id = application(n).to_string();
        it.log.append("JobApplication", &id, 1, vec![sent]).await.unwrap();
        let operator = format!("operator-{n}");
        let looked = by(it.new_event(&looked(n)), ActorKind::Operator, &operator);
        it.log.append("Operator", &operator, 0, vec![looked]).await.unwrap();
    }
    it.project().await;
    it
}

async fn found(it: &Fixture, search: Search) -> Vec<i64> {
    let rows = audit::find(it.db(), &search, 100).await.unwrap();
    rows.iter().map(|row| row.position.get()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_found_by_who_what_where_and_when(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = filled(engine).await;
    let text = |text: &str| Some(text.to_owned());
    let none = Search::default;
    assert_eq!(found(&it, none()).await, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    let operator = Search { actor: Some(ActorKind::Operator), ..none() };
    assert_eq!(found(&it, operator.clone()).await, [9, 6, 3]);
    let second = Search { actor_id: text("operator-2"), ..operator };
    assert_eq!(found(&it, second).await, [6]);
    let reaction = Search { actor_id: text("employer_email"), ..none() };
    assert_eq!(found(&it, reaction).await, [8, 5, 2]);
    let kind = Search { kind: text("Submitted"), ..none() };
    assert_eq!(found(&it, kind).await, [7, 4, 1]);
    let one = Search { application: Some(application(2)), ..none() };
    assert_eq!(found(&it, one.clone()).await, [6, 5, 4], "who looked at it, too");
    let looks = Search { kind: text("OperatorLooked"), ..one };
    let rows = audit::find(it.db(), &looks, 1).await.unwrap();
    assert_eq!(rows[0].action.as_deref(), Some("/admin/applications/{id}"));
    assert_eq!(rows[0].operator_id.as_deref(), Some("operator-2"));
    let stretch = Search { after: Some(Position::new(3)), up_to: Some(Position::new(6)), ..none() };
    assert_eq!(found(&it, stretch).await, [6, 5, 4]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_on_where_the_one_before_it_ended(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = filled(engine).await;
    let (mut search, mut pages) = (Search::default(), vec![]);
    loop {
        let rows = audit::find(it.db(), &search, 4).await.unwrap();
        let Some(last) = rows.last() else { break };
        search.before = Some(last.position);
        pages.push(rows.iter().map(|row| row.position.get()).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![9, 8, 7, 6], vec![5, 4, 3, 2], vec![1]]);
}

/// What is found does not hang on what it happened to.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_happened_to_any_aggregate_is_found_and_is_its_timeline(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = filled(engine).await;
    it.register("demo", examples::partner_settings()).await;
    it.project().await;
    let kind = Search { kind: Some("ClientRegistered".to_owned()), ..Search::default() };
    let rows = audit::find(it.db(), &kind, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].subject.as_deref(), rows[0].application_id), (Some("demo"), None));
    let stream = StreamId { aggregate_type: "ClientPlatform", aggregate_id: "demo" };
    let timeline = events::of(it.db(), stream).await.unwrap();
    assert_eq!(timeline.len(), 1);
    assert_eq!((timeline[0].position, &timeline[0].kind), (rows[0].position, &rows[0].kind));
    let id = application(2).to_string();
    let stream = StreamId { aggregate_type: "JobApplication", aggregate_id: &id };
    let timeline = events::of(it.db(), stream).await.unwrap();
    assert_eq!(timeline.iter().map(|row| row.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(timeline[0].detail("type"), Some("Submitted"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn details_hold_placeholders_for_what_belongs_to_a_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = filled(engine).await;
    let submission = examples::submission();
    let table = it.dump_of("recorded_events").await.join("\n");
    for personal in [
        submission.candidate.email.reveal().as_str(),
        submission.candidate.phone.reveal().as_str(),
        submission.employer.email.reveal().as_str(),
    ] {
        assert!(!table.contains(personal), "{personal}");
    }
    assert!(!table.contains("\"sealed\""));
    // What was recorded before anything was sealed is hidden, too.
    let plain = Log::open(it.db().clone(), it.clock.clone(), LogOptions::default()).await.unwrap();
    let new = vec![it.new_event(&examples::submitted())];
    let id = application(9).to_string();
    plain.append("JobApplication", &id, 0, new).await.unwrap();
    plain.close().await;
    it.project().await;
    let table = it.dump_of("recorded_events").await;
    assert_eq!(table.len(), 10);
    assert!(table.iter().all(|row| !row.contains(submission.candidate.email.reveal().as_str())));
}
