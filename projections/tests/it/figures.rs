//! Figures by day and by wait, lists of e-mails that did not arrive and of people: worked out by hand.

use domain::application::{AnswerKind, ApplicationEvent, Letter};
use domain::{Fault, Language, Personal, examples};
use event_store::Interval;
use event_store::testing::Engine;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use projections::emails::undelivered::{self, Cursor, Undelivered};
use projections::emails::{self, EmailFigures};
use projections::people;
use projections::statistics::{self, DayOfAnswers, DayOfEmails};
use rstest::rstest;

use crate::support::{Fixture, application, fixture};

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn submitted(at: Timestamp, fields: &[(&str, &str)]) -> ApplicationEvent {
    let mut draft = examples::draft();
    for (name, value) in fields {
        draft.set(name, (*value).to_owned());
    }
    let submission = draft.parse(examples::valid("demo"), Language::Fr, vec![]).unwrap();
    ApplicationEvent::Submitted { submission: Box::new(submission), request_digest: None, at }
}

/// The rejection number `n` of an application, given at this time.
fn answered(n: u128, given_at: &str) -> ApplicationEvent {
    let mut event = examples::answered(n, examples::answer(AnswerKind::Rejection, false), None);
    let ApplicationEvent::Rejected { undo_until, at, .. } = &mut event else {
        panic!("a rejection")
    };
    (*undo_until, *at) = (examples::at(given_at), examples::at(given_at));
    event
}

/// Applications with when they were submitted, and when each of their answers was given.
async fn told(it: &Fixture, applications: &[(&str, &[&str])]) {
    for (n, (at, answers)) in (1..).zip(applications) {
        let mut events = vec![submitted(examples::at(at), &[])];
        let answers = (1..).zip(*answers).map(|(number, at)| answered(number, at));
        events.extend(answers);
        it.append(application(n), 0, &events).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn answers_are_counted_on_the_day_on_which_they_were_given(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    told(
        &it,
        &[
            // Long before, and answered on two days; the second at the first moment of 27 March.
            ("2026-01-10T09:00:00Z", &["2026-03-26T10:00:00Z", "2026-03-26T23:00:00Z"]),
            ("2026-03-26T09:00:00Z", &["2026-03-26T22:59:59Z"]),
            // Given and undone.
            ("2026-03-26T09:30:00Z", &["2026-03-26T11:00:00Z"]),
            ("2026-03-27T09:00:00Z", &[]),
        ],
    )
    .await;
    let undone = ApplicationEvent::AnswerUndone {
        answer_id: examples::answer_id(1),
        at: examples::at("2026-03-26T11:00:00Z"),
    };
    it.append(application(3), 2, &[undone]).await;
    it.project().await;
    let by_day = statistics::answers_by_day(it.db(), Interval::ALL, &paris()).await.unwrap();
    let day = |day, answers| DayOfAnswers { day, answers };
    assert_eq!(by_day, [day(date(2026, 3, 26), 2), day(date(2026, 3, 27), 1)]);
    let before = examples::at("2026-03-26T23:00:00Z");
    let one = Interval { from: examples::at("2026-03-26T10:00:00Z"), before };
    let by_day = statistics::answers_by_day(it.db(), one, &paris()).await.unwrap();
    assert_eq!(by_day, [day(date(2026, 3, 26), 2)], "the end is no part of it");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_wait_goes_from_the_submission_to_the_first_answer_that_stands(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    told(
        &it,
        &[
            // Half an hour; the second answer does not count.
            ("2026-03-01T09:00:00Z", &["2026-03-01T09:30:00Z", "2026-03-09T09:30:00Z"]),
            // A second less than a day, and a day.
            ("2026-03-01T09:00:00Z", &["2026-03-02T08:59:59Z"]),
            ("2026-03-01T09:00:00Z", &["2026-03-02T09:00:00Z"]),
            // Over the end of a leap year's February, and of a year: 48 hours and an hour each.
            ("2028-02-28T09:00:00Z", &["2028-03-01T10:00:00Z"]),
            ("2027-12-30T23:00:00Z", &["2028-01-02T00:00:00Z"]),
            // Over a year: 366 days.
            ("2027-03-01T00:00:00Z", &["2028-03-01T00:00:00Z"]),
            // The first one is undone below: four days to the second.
            ("2026-03-01T09:00:00Z", &["2026-03-01T10:00:00Z", "2026-03-05T09:00:00Z"]),
            // Not answered.
            ("2026-03-01T09:00:00Z", &[]),
            // Of another time.
            ("2019-03-01T09:00:00Z", &["2019-03-01T09:00:00Z"]),
        ],
    )
    .await;
    let undone = ApplicationEvent::AnswerUndone {
        answer_id: examples::answer_id(1),
        at: examples::at("2026-03-01T10:00:00Z"),
    };
    it.append(application(7), 3, &[undone]).await;
    it.project().await;
    let from = examples::at("2020-01-01T00:00:00Z");
    let since = Interval { from, ..Interval::ALL };
    let waited = statistics::time_to_answer(it.db(), since).await.unwrap();
    assert_eq!(waited.answered(), 7);
    let hours = |from, before| waited.between(from, before);
    assert_eq!(hours(0, 1), 1);
    assert_eq!(hours(23, 24), 1, "whole hours");
    assert_eq!(hours(24, 25), 1);
    assert_eq!(hours(49, 50), 2);
    assert_eq!(hours(4 * 24, 4 * 24 + 1), 1);
    assert_eq!(hours(366 * 24, 366 * 24 + 1), 1);
    assert_eq!(waited.median(), Some(49), "0, 23, 24, 49, 49, 96, 8784");

    let nothing = Interval { from: examples::at("2030-01-01T00:00:00Z"), ..Interval::ALL };
    let nothing = statistics::time_to_answer(it.db(), nothing).await.unwrap();
    assert_eq!((nothing.answered(), nothing.median()), (0, None));
    let all = statistics::time_to_answer(it.db(), Interval::ALL).await.unwrap();
    assert_eq!((all.answered(), all.median()), (8, Some(24)), "of two in the middle, the shorter");
}

#[test]
fn emails_of_all_platforms_are_summed_by_day() {
    let figures = |day, partner: &str, sent, delivered| EmailFigures {
        day,
        client_id: partner.to_owned(),
        sent,
        delivered,
        opened: 0,
        bounced: 0,
        spam: 0,
        blocked: 0,
    };
    let (first, last) = (date(2026, 3, 1), date(2026, 3, 3));
    let rows =
        [figures(last, "demo", 4, 3), figures(last, "other", 1, 0), figures(first, "demo", 2, 2)];
    let day = |day, sent, delivered| DayOfEmails { day, sent, delivered };
    assert_eq!(statistics::emails_by_day(&rows), [day(first, 2, 2), day(last, 5, 3)]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn emails_that_did_not_arrive_are_listed_by_why_and_page_by_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let at = examples::minutes(5);
    let message_id = || examples::valid("0195.employer@postulo.example");
    let cause = || Personal::new(examples::valid("550 no"));
    let blocked = |fault| ApplicationEvent::EmailBlocked {
        message_id: message_id(),
        cause: cause(),
        fault,
        at,
    };
    let bounced = ApplicationEvent::EmailBounced {
        message_id: message_id(),
        permanent: true,
        cause: cause(),
        fault: None,
        at,
    };
    let failed = ApplicationEvent::EmailFailed { letter: Letter::Employer, cause: cause(), at };
    let what = [
        vec![examples::sent(), blocked(Some(Fault::Sender))],
        vec![examples::sent(), blocked(None)],
        vec![examples::sent(), bounced],
        vec![
            examples::sent(),
            ApplicationEvent::EmailMarkedAsSpam { message_id: message_id(), at },
        ],
        vec![failed],
        // These arrived, or are on their way.
        vec![examples::sent(), ApplicationEvent::EmailDelivered { message_id: message_id(), at }],
        vec![examples::sent()],
        vec![],
    ];
    for (n, what) in (1..).zip(what) {
        let begun = submitted(examples::minutes(0), &[]);
        let events: Vec<_> = [begun].into_iter().chain(what).collect();
        it.append(application(n), 0, &events).await;
    }
    it.project().await;
    let list = async |reason, after: Option<&Cursor>, limit| {
        let rows = undelivered::list(&it.log, reason, after, limit).await.unwrap();
        let first = application(0).as_u128();
        let told = rows.iter().map(|row| {
            (row.application_id.as_u128() - first, Undelivered::of(row).unwrap().as_str())
        });
        (told.collect::<Vec<_>>(), rows.last().cloned())
    };
    let all = [(5, "failed"), (4, "spam"), (3, "bounced"), (2, "blocked"), (1, "withheld")];
    assert_eq!(list(None, None, 10).await.0, all);
    for (reason, expected) in Undelivered::ALL.into_iter().zip([1, 5, 3, 2, 4]) {
        assert_eq!(list(Some(reason), None, 10).await.0, [(expected, reason.as_str())]);
    }
    let (page, last) = list(None, None, 2).await;
    assert_eq!(page, all[..2]);
    let last = last.unwrap();
    let cursor = Cursor { position: last.position, id: last.id };
    assert_eq!(list(None, Some(&cursor), 10).await.0, all[2..]);
    assert_eq!(emails::withheld_since(it.db(), examples::minutes(0)).await.unwrap(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_their_name_and_not_by_their_job(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let people = [
        ("Zoé", "Boulanger", "zoe@x.example"),
        ("Zoe", "Boulanger", "ZOE@x.example"),
        ("Ada", "Martin", "ada@x.example"),
        ("Camille", "Martin", "camille@société.example"),
    ];
    for (n, (first, last, address)) in (1..).zip(people) {
        let fields = [
            ("candidate_first_name", first),
            ("candidate_last_name", last),
            ("candidate_email", address),
        ];
        let event = submitted(examples::minutes(i64::try_from(n).unwrap()), &fields);
        it.append(application(n), 0, &[event]).await;
    }
    it.project().await;
    let found = async |text: &str| {
        let people = people::named(&it.log, text).await.unwrap();
        let told = people.iter().map(|it| (it.name.reveal().clone(), it.applications));
        told.collect::<Vec<_>>()
    };
    let named = |name: &str, applications| (name.to_owned(), applications);
    // The job of all of them is Boulanger.
    assert_eq!(found("boulanger").await, [named("Zoe Boulanger", 2)]);
    assert_eq!(found("MARTIN").await, [named("Camille Martin", 1), named("Ada Martin", 1)]);
    assert_eq!(found("martin ada").await, [named("Ada Martin", 1)]);
    assert_eq!(found("zoe@x.example").await, [named("Zoe Boulanger", 2)]);
    assert_eq!(found("camille@société.example").await, [named("Camille Martin", 1)]);
    for nobody in ["73282932000074", "dupont", "recrutement@boulangerie.example", "", "?"] {
        assert_eq!(found(nobody).await, [], "{nobody}");
    }
}
