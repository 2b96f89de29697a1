//! What operators read: reports and figures of e-mails, the suppression list, their own acts, and
//! applications by words.

use domain::application::{ApplicationEvent, ApplicationStatus, Letter};
use domain::operator::OperatorEvent;
use domain::suppression::{SuppressedAddress, SuppressionEvent, SuppressionReason};
use domain::{Personal, examples};
use event_store::testing::Engine;
use event_store::{Interval, Position};
use jiff::tz::TimeZone;
use projections::applications::search::{self, Search};
use projections::{emails, operator_acts, suppressions};
use rstest::rstest;
use uuid::Uuid;

use crate::support::{application, fixture};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_email_shows_the_weightiest_report_whatever_came_last(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let message_id = || examples::valid("0195.employer@postulo.example");
    let cause = Personal::new(examples::valid("550 no such user"));
    let (at, later) = (examples::minutes(2), examples::minutes(3));
    let events = [
        examples::submitted(),
        examples::sent(),
        ApplicationEvent::EmailBounced {
            message_id: message_id(),
            permanent: true,
            cause,
            fault: None,
            at,
        },
        ApplicationEvent::EmailDelivered { message_id: message_id(), at: later },
    ];
    it.append(application(1), 0, &events).await;
    it.append(application(2), 0, &events[..2]).await;
    it.project().await;
    let email = emails::of(&it.log, application(1)).await.unwrap().remove(0);
    assert_eq!((email.status.as_str(), email.outcome.as_deref()), ("sent", Some("bounced")));
    assert_eq!((email.bounced_at, email.delivered_at), (Some(at), Some(later)));

    let hours = Interval { from: examples::minutes(-60), before: examples::minutes(60) };
    let day = emails::figures(it.db(), hours, &TimeZone::UTC).await.unwrap();
    assert_eq!(day.len(), 1);
    let figures = &day[0];
    assert_eq!(
        (figures.day.to_string().as_str(), figures.client_id.as_str()),
        ("2026-11-20", "demo")
    );
    assert_eq!((figures.sent, figures.delivered, figures.bounced, figures.spam), (2, 1, 1, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_sent_again_is_an_email_of_its_own(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let (request_id, at) = (Uuid::from_u128(9), examples::minutes(5));
    let letter = Letter::Employer;
    let resent = ApplicationEvent::EmailResent {
        request_id,
        letter,
        message_id: examples::valid("b@x.example"),
        at,
    };
    let events = [
        examples::submitted(),
        examples::sent(),
        ApplicationEvent::ResendRequested { request_id, letter, at },
        resent,
    ];
    it.append(application(1), 0, &events).await;
    it.project().await;
    let rows = emails::of(&it.log, application(1)).await.unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row.message_id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["0195.employer@postulo.example", "b@x.example"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_suppression_list_holds_what_is_in_force(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let suppressed = |address: &str, until| SuppressionEvent::AddressSuppressed {
        address: Personal::new(examples::valid(address)),
        reason: SuppressionReason::Bounced,
        until: examples::minutes(until),
        at: examples::minutes(0),
    };
    let lifted = SuppressionEvent::SuppressionLifted { at: examples::minutes(1) };
    for (address, events) in [
        ("A@example.org", vec![suppressed("A@example.org", 60)]),
        ("b@example.org", vec![suppressed("b@example.org", 60), lifted]),
        ("c@example.org", vec![suppressed("c@example.org", 5)]),
    ] {
        let stream = it.log.blind(&SuppressedAddress::name_of(address));
        let new = events.iter().map(|event| it.new_event(event)).collect();
        it.log.append("Mailbox", &stream, 0, new).await.unwrap();
    }
    it.project().await;
    let now = examples::minutes(10);
    let rows = suppressions::in_force(&it.log, now, None, None, 10).await.unwrap();
    let addresses: Vec<_> = rows.iter().map(|row| row.address.reveal().as_str()).collect();
    assert_eq!(addresses, ["A@example.org"]);
    assert_eq!(suppressions::count(it.db(), now).await.unwrap(), 1);
    let found =
        suppressions::in_force(&it.log, now, Some("a+tag@EXAMPLE.org"), None, 10).await.unwrap();
    assert_eq!(found.len(), 1, "letter case does not count");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_acts_of_operators_are_listed_latest_first(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let acted = |subject: &str| OperatorEvent::OperatorActed {
        action: examples::valid("reactions.retry"),
        subject: examples::valid(subject),
        at: examples::minutes(0),
    };
    let new = vec![it.new_event(&acted("one")), it.new_event(&acted("two"))];
    it.log.append("Operator", "command-line", 0, new).await.unwrap();
    it.project().await;
    let rows = operator_acts::list(it.db(), None, None, 10).await.unwrap();
    let subjects: Vec<_> = rows.iter().map(|row| row.subject.as_deref().unwrap()).collect();
    assert_eq!(subjects, ["two", "one"]);
    let before = operator_acts::list(it.db(), Some(rows[0].position), None, 10).await.unwrap();
    assert_eq!(before.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn applications_are_found_by_words_filters_and_dates_page_by_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for n in 1..=7 {
        let mut submission = examples::submission();
        if n % 2 == 0 {
            submission.candidate.last_name = Personal::new(examples::valid("Éluard"));
        }
        let submitted = ApplicationEvent::Submitted {
            submission: Box::new(submission),
            request_digest: None,
            at: it.clock_now(),
        };
        let events = if n == 4 { vec![submitted, examples::sent()] } else { vec![submitted] };
        it.append(application(n), 0, &events).await;
        it.clock.advance(jiff::SignedDuration::from_mins(10));
    }
    it.project().await;
    let found = async |search: Search| {
        let (mut ids, mut search) = (vec![], search);
        loop {
            let page = search::find(&it.log, &search, 2).await.unwrap();
            assert!(page.items.len() <= 2);
            ids.extend(page.items.iter().map(|row| row.id));
            search.cursor = page.next;
            if page.next.is_none() {
                return ids;
            }
        }
    };
    let text = |text: &str| Search { text: text.to_owned(), ..Search::default() };
    let numbered = |numbers: &[u128]| numbers.iter().map(|n| application(*n)).collect::<Vec<_>>();
    assert_eq!(found(text("")).await, numbered(&[7, 6, 5, 4, 3, 2, 1]));
    assert_eq!(found(text("eluard camille")).await, numbered(&[6, 4, 2]));
    assert_eq!(found(text("eluard nobody")).await, numbered(&[]));
    assert_eq!(found(text("???")).await, numbered(&[]));
    let sent = Search { status: Some(ApplicationStatus::Sent), ..text("Eluard") };
    assert_eq!(found(sent).await, numbered(&[4]));
    let other = Search { partner: Some("other".to_owned()), ..text("") };
    assert_eq!(found(other).await, numbered(&[]));
    let (late, early) = (
        Interval { from: examples::minutes(40), ..Interval::ALL },
        Interval { before: examples::minutes(40), ..Interval::ALL },
    );
    let during =
        |submitted: Interval, words: &str| Search { submitted: Some(submitted), ..text(words) };
    assert_eq!(found(during(late, "")).await, numbered(&[7, 6, 5]));
    assert_eq!(found(during(early, "eluard")).await, numbered(&[4, 2]));
    assert_eq!(found(during(Interval::ALL, "")).await, numbered(&[7, 6, 5, 4, 3, 2, 1]));
    let start = it.log.position_before(examples::minutes(-9)).await.unwrap();
    assert_eq!(start, Position::START);
}
