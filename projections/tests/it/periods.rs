//! Figures of a period: worked out by hand, and against a count of the raw data.

use std::collections::BTreeSet;

use domain::application::{AnswerKind, ApplicationEvent};
use domain::{Language, examples};
use event_store::testing::Engine;
use event_store::{Interval, Period, args};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use projections::emails;
use projections::export::{self, Format, Range};
use projections::statistics::{self, DayOfApplications};
use rstest::rstest;

use crate::support::{Fixture, application, fixture};

const NONE: &[AnswerKind] = &[];
const BAKERY: &str = "73282932000074";
const MILL: &str = "00552017600016";

type Told = (&'static str, &'static str, &'static str, &'static str, &'static [AnswerKind]);

/// Candidate, employer's address, SIRET, when it was submitted, what was answered. They are recorded
/// in another order, all within one minute.
const TOLD: [Told; 7] = [
    (
        "ada@x.example",
        "one@bakery.example",
        BAKERY,
        "2026-03-01T09:00:00Z",
        &[AnswerKind::Rejection],
    ),
    // Another address of the same employer, and the same candidate in other letters.
    (
        "ADA@x.example",
        "two@bakery.example",
        BAKERY,
        "2026-03-28T22:59:59Z",
        &[AnswerKind::Info, AnswerKind::Hire],
    ),
    // The first moment of 29 March in Paris, the day whose clocks go forward.
    ("ben@x.example", "one@bakery.example", BAKERY, "2026-03-28T23:00:00Z", NONE),
    ("cleo@x.example", "boss@mill.example", MILL, "2026-03-29T21:59:59Z", &[AnswerKind::Info]),
    // 30 March in Paris.
    ("dan@x.example", "boss@mill.example", MILL, "2026-03-29T22:00:00Z", NONE),
    ("eve@x.example", "boss@mill.example", MILL, "2026-03-30T10:00:00Z", &[AnswerKind::Interview]),
    // Long ago, and recorded last.
    ("fay@x.example", "old@forge.example", "44306184100047", "2019-06-01T10:00:00Z", NONE),
];

async fn told(it: &Fixture) {
    for (n, (candidate, employer, siret, at, answers)) in (1..).zip(TOLD) {
        let mut draft = examples::draft();
        for (name, value) in
            [("candidate_email", candidate), ("employer_email", employer), ("siret", siret)]
        {
            draft.set(name, value.to_owned());
        }
        let submission = draft.parse(examples::valid("demo"), Language::Fr, vec![]).unwrap();
        let at: Timestamp = at.parse().unwrap();
        let mut events = vec![
            ApplicationEvent::Submitted {
                submission: Box::new(submission),
                request_digest: None,
                at,
            },
            ApplicationEvent::SentToEmployer { message_id: examples::valid("a@x.example"), at },
        ];
        for (number, kind) in (1..).zip(answers) {
            events.push(examples::answered(number, examples::answer(*kind, false), None));
        }
        it.append(application(n), 0, &events).await;
    }
    it.project().await;
}

fn days(from: jiff::civil::Date, to: jiff::civil::Date) -> Interval {
    Period { from: Some(from), to: Some(to) }.interval(&TimeZone::get("Europe/Paris").unwrap())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_period_goes_by_when_things_happened_whenever_they_were_recorded(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    told(&it).await;
    let paris = TimeZone::get("Europe/Paris").unwrap();

    // By hand: 1 and 28 March are before, 30 March is after the day of 23 hours.
    let short = days(date(2026, 3, 29), date(2026, 3, 29));
    let figures = statistics::statistics(it.db(), short).await.unwrap();
    assert_eq!((figures.applications, figures.candidates, figures.employers), (2, 2, 2));
    assert_eq!((figures.answers, figures.employers_answering), (1, 1));
    let sent: i64 =
        emails::figures(it.db(), short, &paris).await.unwrap().iter().map(|it| it.sent).sum();
    assert_eq!(sent, 2, "the e-mails of a page are those of its period");

    let march = days(date(2026, 3, 1), date(2026, 3, 31));
    let figures = statistics::statistics(it.db(), march).await.unwrap();
    assert_eq!(figures.applications, 6);
    assert_eq!(figures.candidates, 5, "letters' case makes no other candidate");
    assert_eq!(figures.employers, 2, "by SIRET, whatever their addresses");
    assert_eq!(figures.answers, 5);
    assert_eq!(figures.employers_answering, 2);
    assert_eq!(figures.candidates_answered, 3);
    assert!(
        (figures.answer_rate - 4.0 / 6.0).abs() < 1e-9,
        "two answers are one answered application"
    );
    let info = figures.kinds.iter().find(|it| it.kind == AnswerKind::Info).unwrap();
    assert_eq!((info.answers, info.employers, info.candidates), (2, 2, 2));
    assert!((info.share - 0.4).abs() < 1e-9);

    // Against a count of the raw data.
    let all = statistics::statistics(it.db(), Interval::ALL).await.unwrap();
    let distinct = |of: fn(&Told) -> String| {
        i64::try_from(TOLD.iter().map(of).collect::<BTreeSet<_>>().len()).unwrap()
    };
    assert_eq!(all.applications, 7);
    assert_eq!(all.candidates, distinct(|it| it.0.to_lowercase()));
    assert_eq!(all.employers, distinct(|it| it.2.to_owned()));
    assert_eq!(
        all.answers,
        i64::try_from(TOLD.iter().map(|it| it.4.len()).sum::<usize>()).unwrap()
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn days_are_those_of_the_zone(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = fixture(engine).await;
    told(&it).await;
    let paris = TimeZone::get("Europe/Paris").unwrap();
    let march = days(date(2026, 3, 1), date(2026, 3, 31));
    let by_day = statistics::by_day(it.db(), march, &paris).await.unwrap();
    let day = |day, applications, answered| DayOfApplications { day, applications, answered };
    assert_eq!(
        by_day,
        [
            day(date(2026, 3, 1), 1, 1),
            day(date(2026, 3, 28), 1, 1),
            day(date(2026, 3, 29), 2, 1),
            day(date(2026, 3, 30), 2, 1),
        ]
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn exports_of_a_period_are_sorted_by_when_things_happened(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    told(&it).await;
    let ids = async |submitted: Interval| -> Vec<String> {
        let mut file = vec![];
        let range = Range { partner: None, submitted };
        export::applications(&it.log, &range, Format::JsonLines, &mut file).await.unwrap();
        let file = String::from_utf8(file).unwrap();
        file.lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let numbered = |numbers: &[u128]| -> Vec<String> {
        numbers.iter().map(|n| application(*n).to_string()).collect()
    };
    assert_eq!(ids(Interval::ALL).await, numbered(&[6, 5, 4, 3, 2, 1, 7]));
    assert_eq!(ids(days(date(2026, 3, 29), date(2026, 3, 30))).await, numbered(&[6, 5, 4, 3]));
    // One that happened at the same moment as another is not lost at the edge of a page.
    let same = "UPDATE applications SET submitted_at = '2026-03-29T12:00:00.000000Z'";
    it.db().execute(same, args![]).await.unwrap();
    assert_eq!(ids(Interval::ALL).await, numbered(&[7, 6, 5, 4, 3, 2, 1]));
}
