//! What auditors find: events of applications and acts of operators, in one list.

use domain::examples;
use domain::operator::OperatorEvent;
use event_store::testing::Engine;
use event_store::{Actor, ActorKind, NewEvent, Position};
use projections::audit::{self, Search};
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
