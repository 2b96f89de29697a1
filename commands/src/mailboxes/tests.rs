use std::sync::Arc;

use domain::examples;
use event_store::testing::{Engine, TestDb};
use event_store::{Db, FixedClock};
use rstest::rstest;

use super::*;
use crate::Commands;
use crate::testing::process;

async fn commands(test_db: &TestDb) -> Commands {
    let clock = Arc::new(FixedClock::new(examples::minutes(0)));
    let db = Db::connect(test_db.url()).await.unwrap();
    process(db, clock).await
}

fn cause(commands: &Commands) -> Cause {
    Cause::command_line(commands.ids.uuid())
}

async fn listed(commands: &Commands, addresses: [&str; 6]) -> [bool; 6] {
    let addresses = addresses.map(examples::valid::<EmailAddress>);
    commands.suppressions().suppressed(addresses.each_ref()).await.unwrap()
}

const SPELLINGS: [&str; 6] = [
    "blocked@boul.example",
    "Blocked@BOUL.example",
    "\"blocked\"@boul.example",
    "\"bloc\\ked\"@boul.example",
    "blocked+1@boul.example",
    "other@boul.example",
];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_holds_for_every_spelling_of_its_mailbox(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let commands = commands(&test_db).await;
    let (address, until) = (examples::valid(SPELLINGS[0]), examples::minutes(60));
    let reason = SuppressionReason::Operator;
    commands.suppressions().suppress(&address, reason, until, &cause(&commands)).await.unwrap();

    assert_eq!(listed(&commands, SPELLINGS).await, [true, true, true, true, true, false]);
    let quoted = EmailAddress::try_from(SPELLINGS[2].to_owned()).unwrap();
    assert!(
        commands.suppressions().find(&quoted).await.unwrap().is_some(),
        "as it was stored once"
    );
    let tagged = examples::valid(SPELLINGS[4]);
    commands.suppressions().lift(&tagged, &cause(&commands)).await.unwrap();
    assert_eq!(listed(&commands, SPELLINGS).await, [false; 6]);
    let again = commands.suppressions().lift(&tagged, &cause(&commands)).await;
    assert!(matches!(again, Err(CommandError::Refused(SuppressionRefusal::NotSuppressed))));
}

/// A mail server without subaddresses says that `name+tag` does not exist; `name` may.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_for_a_tagged_address_closes_no_other(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let commands = commands(&test_db).await;
    let (address, until) = (examples::valid(SPELLINGS[4]), examples::minutes(60));
    let reason = SuppressionReason::Bounced;
    commands.suppressions().suppress(&address, reason, until, &cause(&commands)).await.unwrap();

    assert_eq!(listed(&commands, SPELLINGS).await, [false, false, false, false, true, false]);
}
