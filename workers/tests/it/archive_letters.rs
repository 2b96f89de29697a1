//! `archive.letters`, on real databases: whoever wants it is told of each month once, whatever happens in between.

use commands::schedules::Outcome;
use commands::{LinkPurpose, LinkUse, NewTracked, Password, Registration};
use domain::examples::valid;
use domain::space::{ChangeTracked, TrackedDetails, TrackedStatus};
use domain::{Language, Personal};
use event_store::args;
use event_store::testing::{Engine, until};
use jiff::SignedDuration;
use rstest::rstest;
use testing::{Fixture, cause};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use workers::Settings;
use workers::jobs::run_by_hand;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Somebody with a confirmed address.
async fn somebody(it: &Fixture, email: &str) -> Uuid {
    let new = Registration {
        email: valid(email),
        username: None,
        full_name: None,
        language: Language::En,
        password: Password::presented("seven green horses at noon"),
    };
    let account = it.commands.accounts().register(new, &cause()).await.unwrap();
    let link = it.commands.identity().make_link(&account, LinkUse::ConfirmAddress).await.unwrap();
    it.commands.accounts().confirm_email(&link.token, &cause()).await.unwrap().unwrap();
    account.id
}

async fn tracks(it: &Fixture, owner: Uuid, position: &str) -> Uuid {
    let id = it.ids.uuid();
    let today = it.commands.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let new = NewTracked {
        details: TrackedDetails {
            company: Personal::new(valid("Brume")),
            position: Personal::new(valid(position)),
            location: None,
            url: None,
            applied_on: today.to_string().parse().unwrap(),
        },
        status: TrackedStatus::Sent,
        description: None,
        notes: vec![],
    };
    it.commands.space().track(id, owner, new, &cause()).await.unwrap();
    id
}

async fn wish(it: &Fixture, owner: Uuid, wanted: bool) {
    it.commands.accounts().wish_archive_letters(owner, wanted, &cause()).await.unwrap();
}

async fn run(it: &Fixture, name: &str) -> u64 {
    it.caught_up().await;
    let (world, stop) = (it.world(), CancellationToken::new());
    let (outcome, report) = run_by_hand(name, &world, &stop, &|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Done, "{report:?}");
    report.counts.iter().map(|(_, count)| count).sum()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_told_once_to_those_who_wanted_it_before_it_ended(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let (camille, zoe, late) = (
        somebody(&it, "camille@example.org").await,
        somebody(&it, "zoe@example.org").await,
        somebody(&it, "late@example.org").await,
    );
    wish(&it, camille, true).await;
    for owner in [camille, zoe, late] {
        tracks(&it, owner, "Dev").await;
    }
    // From 20 November to 31 December.
    it.clock.advance(DAY * 41);
    it.caught_up().await;
    let would = workers::jobs::space::would_archive(&it.commands, 40).await.unwrap();
    assert_eq!(would.len(), 3, "a dry run");
    assert_eq!(run(&it, "applications.archive").await, 3);
    assert_eq!(run(&it, "archive.letters").await, 0, "the month is not over");
    it.clock.advance(DAY);
    wish(&it, late, true).await;
    it.caught_up().await;
    let would = workers::jobs::space::would_tell(&it.commands).await.unwrap();
    assert_eq!(would, [(camille, 1)], "a dry run");
    assert_eq!(run(&it, "archive.letters").await, 1);
    assert_eq!(run(&it, "archive.letters").await, 0, "it was told");
    // Cut off between the event and the row.
    let told = "SELECT archive_told_up_to FROM accounts WHERE id = $1";
    let up_to = async || {
        let row: (Option<String>,) = it.db().fetch_one(told, args![camille]).await.unwrap();
        row.0
    };
    let known = up_to().await;
    assert!(known.is_some());
    let forget = "UPDATE accounts SET archive_told_up_to = NULL WHERE id = $1";
    it.db().execute(forget, args![camille]).await.unwrap();
    assert_eq!(run(&it, "archive.letters").await, 0, "the log knows");
    assert_eq!(up_to().await, known, "the row is mended");
    it.clock.advance(DAY * 31);
    assert_eq!(run(&it, "archive.letters").await, 0, "nothing was archived in January");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_letter_lists_what_is_archived_still_and_how_to_stop() {
    let it = Fixture::new(Engine::Sqlite).await;
    let world = it.world();
    let workers = it.workers(&world, &Settings::default()).await;
    let camille = somebody(&it, "camille@example.org").await;
    wish(&it, camille, true).await;
    for nth in 1..=51 {
        tracks(&it, camille, &format!("Dev {nth}.")).await;
    }
    let back = tracks(&it, camille, "Taken out").await;
    it.clock.advance(DAY * 41);
    assert_eq!(run(&it, "applications.archive").await, 52);
    let at = it.commands.now();
    let change = ChangeTracked { archived: Some(false), at, ..ChangeTracked::default() };
    it.commands.space().decide(back, camille, change, &cause()).await.unwrap();
    it.clock.advance(DAY);
    assert_eq!(run(&it, "archive.letters").await, 1);
    let mut letters = vec![];
    until("the letter leaves", async || {
        letters = it.letters();
        !letters.is_empty()
    })
    .await;
    workers.stop().await;
    let [mail] = &letters[..] else { panic!("{} letters", letters.len()) };
    assert_eq!(mail.subject(), Some("51 applications archived in December 2026"));
    let text = mail.body_text(0).unwrap();
    assert_eq!(text.matches("Brume – Application sent").count(), 50, "{text}");
    assert!(text.contains("One more application") && !text.contains("Taken out"), "{text}");
    let stop = mail.header_raw("List-Unsubscribe").unwrap().trim().trim_matches(['<', '>']);
    assert!(text.contains(stop), "the same link stands in the letter");
    let token = stop.strip_prefix("https://postulo.example/archive-letters/stop/").unwrap();
    let links = it.commands.links();
    let now = it.commands.now();
    assert_eq!(links.open(LinkPurpose::ArchiveLetters, token, now), Ok(camille));
    assert!(links.open(LinkPurpose::Alert, token, now).is_err());
    super::closes_with(&it.commands, camille, "archive").await;
}
