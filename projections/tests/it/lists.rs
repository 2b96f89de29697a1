use domain::application::{ApplicationEvent, ApplicationStatus};
use domain::{Language, examples};
use event_store::testing::Engine;
use jiff::Timestamp;
use projections::applications::{self, Cursor, Filter};
use rstest::rstest;

use crate::support::{Fixture, application, fixture};

async fn submit(it: &Fixture, n: u128, partner: &str, at: Timestamp) {
    let submission =
        examples::draft().parse(examples::valid(partner), Language::En, vec![]).unwrap();
    let submitted =
        ApplicationEvent::Submitted { submission: Box::new(submission), request_digest: None, at };
    it.append(application(n), 0, &[submitted]).await;
}

async fn pages(it: &Fixture, mut filter: Filter) -> Vec<Vec<u128>> {
    let mut pages = vec![];
    loop {
        let list = applications::list(&it.log, &filter).await.unwrap();
        let first = application(0).as_u128();
        pages.push(list.items.iter().map(|row| row.id.as_u128() - first).collect());
        match list.next {
            Some(next) => filter.cursor = Some(next.to_string().parse().unwrap()),
            None => return pages,
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_client_lists_its_own_applications_newest_first(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for n in 1..=7 {
        let partner = if n == 4 { "other" } else { "demo" };
        let minute = i64::try_from(n).unwrap();
        submit(&it, n, partner, examples::minutes(minute)).await;
    }
    it.append(application(2), 1, &[examples::sent()]).await;
    it.append(application(6), 1, &[examples::sent()]).await;
    it.project().await;
    let demo = Filter::of(examples::valid("demo"));

    let two = Filter { limit: 2, ..demo.clone() };
    assert_eq!(pages(&it, two).await, [vec![7, 6], vec![5, 3], vec![2, 1]]);
    assert_eq!(pages(&it, demo.clone()).await, [vec![7, 6, 5, 3, 2, 1]]);
    let other = Filter::of(examples::valid("other"));
    assert_eq!(pages(&it, other).await, [vec![4]]);
    let nobody = Filter::of(examples::valid("nobody"));
    assert_eq!(pages(&it, nobody).await, [vec![]]);

    let sent = Filter { status: Some(ApplicationStatus::Sent), limit: 1, ..demo.clone() };
    assert_eq!(pages(&it, sent).await, [vec![6], vec![2]]);
    let since = Filter { since: Some(examples::minutes(5)), ..demo.clone() };
    assert_eq!(pages(&it, since.clone()).await, [vec![7, 6, 5]]);
    let both = Filter { status: Some(ApplicationStatus::Submitted), ..since };
    assert_eq!(pages(&it, both).await, [vec![7, 5]]);
    let none = Filter { limit: 0, ..demo };
    assert_eq!(pages(&it, none).await.len(), 6, "a page holds one at least");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_goes_on_where_the_page_ended_whatever_came_meanwhile(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for n in 1..=3 {
        submit(&it, n, "demo", examples::minutes(0)).await;
    }
    it.project().await;
    let mut filter = Filter { limit: 2, ..Filter::of(examples::valid("demo")) };
    let first = applications::list(&it.log, &filter).await.unwrap();
    submit(&it, 4, "demo", examples::minutes(0)).await;
    it.project().await;
    filter.cursor = first.next;
    assert_eq!(pages(&it, filter).await, [vec![1]]);
}

#[rstest]
#[case("")]
#[case("a")]
#[case("a0")]
#[case("a-1")]
#[case("a+1")]
#[case("ax")]
#[case("b1")]
#[case("a11111111111111111")]
#[case("a 1")]
#[case("a1' OR 1=1")]
fn what_is_no_cursor_is_refused(#[case] text: &str) {
    assert!(text.parse::<Cursor>().is_err());
}

proptest::proptest! {
    #[test]
    fn a_cursor_is_read_as_it_was_written(text in "a[1-9a-f][0-9a-f]{0,14}") {
        let cursor: Cursor = text.parse().unwrap();
        proptest::prop_assert_eq!(cursor.to_string(), text);
    }
}
