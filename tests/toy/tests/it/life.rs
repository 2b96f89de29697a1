//! What becomes of an opinion, from the log to the page, the letter and the archive.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use commands::schedules::{Outcome, latest};
use cqrs_es::Aggregate as _;
use domain::erasure::ErasureBasis;
use domain::operator::Role;
use domain::{EmailAddress, examples};
use event_store::args;
use event_store::testing::{Engine, until};
use jiff::SignedDuration;
use testing::cause;
use testing::http::Office;
use texts::pseudo;
use toy::feedback::Feedback;
use toy::{give, lists, read_model};
use uuid::Uuid;
use workers::Settings;
use workers::jobs::{plans_of, retention};

use crate::{ADDRESS, WORDS, house, opinion};

const ID: Uuid = Uuid::from_u128(7);

async fn give(house: &Office) {
    give::give_feedback(&house.commands, ID, opinion(), &cause()).await.unwrap();
}

fn address() -> EmailAddress {
    examples::valid(ADDRESS)
}

#[rstest::rstest]
#[tokio::test]
async fn whoever_gave_an_opinion_is_thanked_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = house(engine).await;
    let workers = house.workers(&house.world(), &Settings::default()).await;
    give(&house).await;
    give(&house).await;
    until("the letter left", async || !house.mails().is_empty()).await;
    workers.stop().await;
    let mail = house.mail_to(ADDRESS);
    assert_eq!(mail.subject(), Some("Merci de votre avis"));
    let text = mail.body_text(0).unwrap().into_owned();
    assert!(text.contains("5\u{a0}étoiles") || text.contains("5 étoiles"), "{text}");
    assert!(!text.contains(WORDS), "it is no copy");
}

#[rstest::rstest]
#[tokio::test]
async fn operators_read_it_on_a_page_that_the_menu_leads_to(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = house(engine).await;
    give(&house).await;
    house.caught_up().await;
    let support = house.sign_in(Role::Support).await;
    let front = house.get_as("/admin", &support).await;
    assert!(front.body.contains(r#"href="/admin/feedback""#), "the menu leads there");
    let page = house.get_as("/admin/feedback", &support).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(WORDS), "{}", page.text());
    let looks = "SELECT count(*) FROM events WHERE event_type = 'OperatorLooked' AND CAST(payload AS TEXT) LIKE '%/admin/feedback%'";
    let (looks,): (i64,) = house.db().fetch_one(looks, args![]).await.unwrap();
    assert_eq!(looks, 1, "that somebody's words were read is on record");

    let analyst = house.sign_in(Role::Analyst).await;
    let front = house.get_as("/admin", &analyst).await;
    assert!(!front.body.contains("/admin/feedback"), "an analyst is not led there");
    assert_eq!(house.get_as("/admin/feedback", &analyst).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get("/admin/feedback").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_search_finds_the_page_by_its_name() {
    let house = house(Engine::Sqlite).await;
    let support = house.sign_in(Role::Support).await;
    let found = house.get_as("/admin/search?q=avis", &support).await;
    assert!(found.main().contains(r#"href="/admin/feedback""#), "{}", found.main());
}

#[rstest::rstest]
#[tokio::test]
async fn auditors_find_what_happened_in_the_table_of_all_events(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = house(engine).await;
    give(&house).await;
    house.caught_up().await;
    let sql = "SELECT kind, details FROM recorded_events WHERE aggregate_type = 'Feedback'";
    let rows: Vec<(String, String)> = house.db().fetch_all(sql, args![]).await.unwrap();
    let [(kind, details)] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(kind, "FeedbackGiven");
    assert!(details.contains(r#""stars":5"#), "{details}");
    assert!(!details.contains(WORDS) && !details.contains(ADDRESS), "{details}");
}

#[rstest::rstest]
#[tokio::test]
async fn on_monday_the_week_is_counted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let house = house(engine).await;
    let schedules = plans_of(&lists::tasks(), &BTreeMap::new()).unwrap();
    let settings = Settings { schedules, ..Settings::default() };
    let workers = house.workers(&house.world(), &settings).await;
    give(&house).await;
    house.caught_up().await;
    house.clock.advance(SignedDuration::from_hours(7 * 24));
    let runs = async || latest(house.db(), "feedback.weekly", 1).await.unwrap();
    // The Monday before the house stood is made up for at its start.
    let is_done = async || {
        let run = runs().await.into_iter().find(|run| run.due_at > examples::minutes(0));
        run.is_some_and(|run| run.ended_at.is_some())
    };
    until("the run is over", is_done).await;
    workers.stop().await;
    let run = runs().await.remove(0);
    assert_eq!(run.outcome, Some(Outcome::Done), "{run:?}");
    assert_eq!(run.report.counts, [("feedback-weekly-given".to_owned(), 1)], "{run:?}");
    let told = texts::task_report(&run.report.counts, None, domain::Language::Fr);
    assert_eq!(told, "1 avis en une semaine");
}

#[rstest::rstest]
#[tokio::test]
async fn whose_it_is_can_be_found_handed_out_and_forgotten(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = house(engine).await;
    give(&house).await;
    house.caught_up().await;
    let records = projections::people::others_of(&house.log, &address()).await.unwrap();
    let kinds: Vec<_> = records.iter().map(|record| record.aggregate_type.as_str()).collect();
    assert_eq!(kinds, [Feedback::TYPE]);

    let archive = house.commands.people().dossier(&address(), &records).await.unwrap();
    let entries: Vec<_> = archive.entries().collect();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.list, entry.data["words"].as_str()), ("feedback", Some(WORDS)));

    let basis = ErasureBasis::CommandLine;
    let erased =
        house.commands.people().forget_person(&address(), &records, &basis, &cause()).await;
    assert_eq!(erased.unwrap(), records);
    house.caught_up().await;
    let left = projections::people::others_of(&house.log, &address()).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    let rows = read_model::latest(&house.log).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_ne!(rows[0].words, WORDS);
    let state = house.commands.state_of::<Feedback>(&ID.to_string()).await.unwrap();
    assert_eq!(state, Feedback::Erased);
}

#[tokio::test]
async fn an_opinion_is_kept_for_a_year() {
    let house = house(Engine::Sqlite).await;
    give(&house).await;
    house.clock.advance(SignedDuration::from_hours(24 * 300));
    house.caught_up().await;
    let expired = retention::by_hand(&house.commands, true).await.unwrap();
    assert_eq!(expired.records.len(), 0);
    house.clock.advance(SignedDuration::from_hours(24 * 100));
    let expired = retention::by_hand(&house.commands, true).await.unwrap();
    assert_eq!(expired.records.len(), 1, "{expired:?}");
}

/// A third language is a folder: no word of this context stands anywhere else.
#[tokio::test]
async fn its_page_and_its_letter_speak_a_third_language() {
    let house = house(Engine::Sqlite).await;
    let support = house.sign_in(Role::Support).await;
    let spoken = pseudo::speak();
    let workers = house.workers(&house.world(), &Settings::default()).await;
    give(&house).await;
    house.caught_up().await;
    until("the letter left", async || !house.mails().is_empty()).await;
    workers.stop().await;
    let page = house.get_as("/admin/feedback", &support).await;
    drop(spoken);
    let known = ["Postulo", "Français", "English", WORDS];
    assert_eq!(pseudo::words_left(&page.body, &known), Vec::<String>::new());
    let mail = house.mail_to(ADDRESS);
    for text in [mail.body_text(0).unwrap(), mail.body_html(0).unwrap()] {
        assert_eq!(pseudo::words_left(&text, &known), Vec::<String>::new());
    }
}
