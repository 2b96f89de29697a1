//! Accounts that nobody uses.

use commands::schedules::{Outcome, Report};
use commands::{Password, Registration, UserAccount};
use domain::Language;
use domain::account::ConfirmEmail;
use domain::examples::valid;
use event_store::testing::{Engine, until};
use jiff::SignedDuration;
use rstest::rstest;
use testing::{Fixture, cause};
use tokio_util::sync::CancellationToken;
use workers::Settings;
use workers::jobs::{retention, run_by_hand};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn run(fixture: &Fixture) -> Report {
    // Somebody sees to it that the clock is right.
    retention::by_hand(&fixture.commands, true).await.unwrap();
    let (world, stop) = (fixture.world(), CancellationToken::new());
    let ended = run_by_hand("accounts.retention", &world, &stop, &|_| {}).await.unwrap();
    assert_eq!(ended.0, Outcome::Done, "{:?}", ended.1);
    ended.1
}

fn counted(report: &Report) -> (u64, u64) {
    let of = |what: &str| report.counts.iter().find(|(name, _)| name == what).unwrap().1;
    (of("accounts-told"), of("accounts-closed"))
}

pub(crate) async fn registered(fixture: &Fixture, name: &str) -> UserAccount {
    let new = Registration {
        email: valid(&format!("{name}@exemple.test")),
        username: Some(valid(name)),
        full_name: None,
        language: Language::Fr,
        password: Password::presented("seven green horses at noon"),
    };
    fixture.commands.accounts().register(new, &cause()).await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_confirmation_closes_is_closed_though_its_process_was_killed_before(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let fixture = Fixture::new(engine).await;
    let workers = fixture.workers(&fixture.world(), &Settings::default()).await;
    let owner = registered(&fixture, "owner").await;
    let (commands, email) = (&fixture.commands, valid("owner@exemple.test"));
    let password = Password::presented("seven green horses at noon");
    let language = Language::Fr;
    let new = Registration { email, username: None, full_name: None, language, password };
    let rival = commands.accounts().register(new, &cause()).await.unwrap();
    // The claim and the event alone, as of a process that is killed behind them.
    let claim = "
        INSERT INTO account_names (name, account, claimed_at)
        SELECT address_name, id, created_at
        FROM accounts
        WHERE id = $1";
    fixture.db().execute(claim, event_store::args![owner.id]).await.unwrap();
    let confirm = ConfirmEmail { email: valid("owner@exemple.test"), at: commands.now() };
    commands.perform(&owner.id.to_string(), &confirm, &cause()).await.unwrap();
    until("the other account is closed", async || {
        commands.accounts().find(rival.id).await.unwrap().is_none()
    })
    .await;
    assert!(commands.accounts().find(owner.id).await.unwrap().unwrap().email_confirmed);
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_closed_two_years_after_the_last_sign_in_and_its_owner_is_told_before() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let (idle, back) = (registered(&fixture, "idle").await, registered(&fixture, "back").await);
    fixture.clock.advance(DAY * 690);
    assert_eq!(counted(&run(&fixture).await), (0, 0));
    fixture.clock.advance(DAY * 20);
    assert_eq!(counted(&run(&fixture).await), (2, 0));
    assert_eq!(counted(&run(&fixture).await), (0, 0), "they are told once");
    let identity = fixture.commands.identity();
    identity.open_session(&back, true, false, &cause()).await.unwrap();
    fixture.clock.advance(DAY * 29);
    assert_eq!(counted(&run(&fixture).await), (0, 0));
    fixture.clock.advance(DAY);
    assert_eq!(counted(&run(&fixture).await), (0, 1));
    let accounts = fixture.commands.accounts();
    assert!(accounts.find(idle.id).await.unwrap().is_none());
    assert!(accounts.find(back.id).await.unwrap().is_some());
}
