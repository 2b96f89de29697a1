use std::sync::Arc;
use std::time::Duration;

use domain::examples;
use domain::operator::{OperatorRefusal, Role};
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, Db, FixedClock};
use jiff::SignedDuration;
use rstest::rstest;
use uuid::Uuid;

use super::{OperatorAccount, OperatorSession};
use crate::testing::process;
use crate::{Cause, CommandError, Commands, Password, SessionToken, SignInError};

const ADDRESS: &str = "admin@postulo.example";
const PASSWORD: &str = "correct horse battery";

struct Fixture {
    db: TestDb,
    clock: Arc<FixedClock>,
}

fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::nil())
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        Self { db: TestDb::new(engine).await, clock }
    }

    async fn process(&self) -> Commands {
        let db = Db::connect(self.db.url()).await.unwrap();
        process(db, self.clock.clone()).await
    }
}

async fn operator(commands: &Commands, address: &str, role: Role) -> Uuid {
    let password = Password::new(PASSWORD).unwrap();
    let address = examples::valid(address);
    commands.operators().create(&address, role, &password, &cause()).await.unwrap()
}

async fn signs_in(commands: &Commands, password: &str) -> Result<(), SignInError> {
    let found =
        commands.identity().check_password(ADDRESS, Password::presented(password), &[]).await;
    found.map(|_: OperatorAccount| ())
}

async fn session(commands: &Commands, token: &SessionToken) -> Option<OperatorSession> {
    commands.identity().session(token).await.unwrap()
}

/// Waits until so many refusals are counted.
async fn counted(commands: &Commands, id: Uuid, refusals: i64) {
    for _ in 0..3000 {
        let account = commands.operators().find(id).await.unwrap().unwrap();
        if account.refused_sign_ins == refusals {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{refusals} refusals are not counted");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn several_processes_keep_one_limit_and_a_lock_out_is_lifted_in_all(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let (one, other) = (it.process().await, it.process().await);
    let id = operator(&one, ADDRESS, Role::Admin).await;
    for _ in 0..5 {
        let refused = signs_in(&one, "guessed guessed").await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
    counted(&one, id, 5).await;
    let account = one.operators().find(id).await.unwrap().unwrap();
    let until = one.identity().locked_until(&account).await.unwrap();
    assert_eq!(until, Some(one.now() + SignedDuration::from_mins(1)));
    for process in [&one, &other] {
        let refused = signs_in(process, PASSWORD).await;
        assert!(matches!(refused, Err(SignInError::TooMany { .. })), "{refused:?}");
    }
    it.clock.advance(SignedDuration::from_secs(1));
    other.identity().unlock(&account, &cause()).await.unwrap();
    let account = one.operators().find(id).await.unwrap().unwrap();
    assert_eq!(one.identity().locked_until(&account).await.unwrap(), None);
    for process in [&one, &other] {
        signs_in(process, PASSWORD).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumped_ahead_and_back_shuts_nobody_out() {
    let it = Fixture::new(Engine::Sqlite).await;
    let commands = it.process().await;
    let id = operator(&commands, ADDRESS, Role::Admin).await;
    let year = SignedDuration::from_hours(366 * 24);
    it.clock.advance(year);
    for _ in 0..6 {
        signs_in(&commands, "guessed guessed").await.unwrap_err();
    }
    counted(&commands, id, 5).await;
    it.clock.advance(-year);
    for process in [commands, it.process().await] {
        signs_in(&process, PASSWORD).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_a_clock_that_jumped_ahead_ends_when_it_is_right_again() {
    let it = Fixture::new(Engine::Sqlite).await;
    let commands = it.process().await;
    let id = operator(&commands, ADDRESS, Role::Admin).await;
    let account = commands.operators().find(id).await.unwrap().unwrap();
    let year = SignedDuration::from_hours(366 * 24);
    it.clock.advance(year);
    let ahead = commands.identity().open_session(&account, true, false, &cause()).await.unwrap();
    assert!(session(&commands, &ahead).await.is_some());
    it.clock.advance(-year);
    assert!(session(&commands, &ahead).await.is_none(), "it would last for a year");

    // One that began rightly is over for a clock that runs ahead, and one sign-in brings it back.
    let before = commands.identity().open_session(&account, true, false, &cause()).await.unwrap();
    it.clock.advance(year);
    assert!(session(&commands, &before).await.is_none());
    it.clock.advance(-year);
    signs_in(&commands, PASSWORD).await.unwrap();
    let after = commands.identity().open_session(&account, true, false, &cause()).await.unwrap();
    assert!(session(&commands, &after).await.unwrap().is_confirmed(commands.now()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_while_the_clock_was_ahead_shuts_nobody_out() {
    let it = Fixture::new(Engine::Sqlite).await;
    let commands = it.process().await;
    let id = operator(&commands, ADDRESS, Role::Admin).await;
    let account = commands.operators().find(id).await.unwrap().unwrap();
    let secret = commands.identity().new_second_factor(&account).unwrap().secret.reveal().clone();
    let code = |commands: &Commands| {
        let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("x");
        let seconds = u64::try_from(commands.now().as_second()).unwrap();
        totp.build().unwrap().generate(seconds).to_string()
    };
    let keep = commands.identity().open_session(&account, true, false, &cause()).await.unwrap();
    let first = code(&commands);
    commands
        .identity()
        .set_second_factor(&account, &secret, &first, &keep, &cause())
        .await
        .unwrap();
    let account = commands.operators().find(id).await.unwrap().unwrap();
    let year = SignedDuration::from_hours(366 * 24);
    it.clock.advance(year);
    commands.identity().check_code(&account, &code(&commands), &[]).await.unwrap();
    it.clock.advance(SignedDuration::from_mins(1) - year);
    let now = code(&commands);
    commands.identity().check_code(&account, &now, &[]).await.unwrap();
    commands.identity().check_code(&account, &now, &[]).await.unwrap_err();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = Fixture::new(engine).await;
    let commands = it.process().await;
    let first = operator(&commands, ADDRESS, Role::Admin).await;
    operator(&commands, "support@postulo.example", Role::Support).await;
    let last =
        |outcome| matches!(outcome, Err(CommandError::Refused(OperatorRefusal::LastAdministrator)));
    assert!(last(commands.operators().disable(first, true, &cause()).await));
    assert!(last(commands.operators().change_role(first, Role::Auditor, &cause()).await));
    let second = operator(&commands, "second@postulo.example", Role::Admin).await;
    commands.operators().disable(second, true, &cause()).await.unwrap();
    assert!(last(commands.operators().disable(first, true, &cause()).await));
    commands.operators().disable(second, false, &cause()).await.unwrap();
    commands.operators().disable(first, true, &cause()).await.unwrap();
    assert!(last(commands.operators().change_role(second, Role::Support, &cause()).await));
    commands.operators().change_role(first, Role::Support, &cause()).await.unwrap();
}
