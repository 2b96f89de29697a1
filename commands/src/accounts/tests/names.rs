//! Whose a name is where a process was cut off, and where two change at once.

use domain::account::AskEmailChange;
use event_store::args;

use super::super::name::AccountName;
use super::*;

const CLAIM: &str = "
    INSERT INTO account_names (name, account, claimed_at)
    VALUES ($1, $2, '2020-01-01T00:00:00.000000Z')";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_given_up_signs_nobody_in_though_its_claim_is_still_there(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    // As of a process that is killed before it gives up a former user name and a former address.
    let accounts = it.commands.accounts();
    let address: EmailAddress = valid("former@exemple.test");
    let (username, address) = (valid("former"), accounts.name_of_address(&address));
    for name in [accounts.name_of_username(&username), address] {
        it.commands.log().db().execute(CLAIM, args![name, mira.id]).await.unwrap();
    }
    for former in ["former", "former@exemple.test"] {
        let found = it.signs_in(former, PASSWORD).await;
        assert!(matches!(found, Err(SignInError::Wrong)), "{former}: {found:?}");
        assert!(accounts.found_by(former).await.unwrap().is_empty(), "{former}");
    }
    assert_eq!(it.signs_in("mira", PASSWORD).await.unwrap().id, mira.id);
    assert_eq!(it.signs_in(EMAIL, PASSWORD).await.unwrap().id, mira.id);
}

/// Whose a name is, as the table says.
async fn holder(it: &Fixture, name: &str) -> Option<String> {
    let sql = "SELECT account FROM account_names WHERE name = $1";
    let row: Option<(String,)> =
        it.commands.log().db().fetch_optional(sql, args![name]).await.unwrap();
    row.map(|(account,)| account)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_change_gives_up_the_former_name_and_not_what_another_change_claimed_meanwhile(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let accounts = it.commands.accounts();
    let stored = |name: &str| accounts.name_of_username(&valid(name));
    let (claimed, id) = (stored("mira_claimed"), Some(mira.id.to_string()));
    it.commands.log().db().execute(CLAIM, args![&claimed, mira.id]).await.unwrap();
    let named = |name: &str| ProfileChange { username: Some(valid(name)), ..Default::default() };
    accounts.change_profile(mira.id, named("mira_new"), &cause()).await.unwrap();
    assert_eq!(holder(&it, &stored("mira")).await, None);
    assert_eq!(holder(&it, &stored("mira_new")).await, id);
    assert_eq!(holder(&it, &claimed).await, id, "somebody is about to give it to the account");
    it.confirms(&mira).await.unwrap();
    assert_eq!(holder(&it, &claimed).await, id);
    // In another letter case it is the same name.
    accounts.change_profile(mira.id, named("Mira_New"), &cause()).await.unwrap();
    assert_eq!(holder(&it, &stored("mira_new")).await, id);
    assert_eq!(it.signs_in("mira_new", PASSWORD).await.unwrap().id, mira.id);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_claimed_anew_meanwhile_is_not_given_up(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let (accounts, before) = (it.commands.accounts(), it.commands.now());
    let username = valid("mira");
    let name = AccountName::Username(&username);
    it.clock.advance(SignedDuration::from_secs(1));
    accounts.claim(mira.id, name).await.unwrap();
    accounts.give_up(mira.id, name, before).await.unwrap();
    assert!(holder(&it, &accounts.name_of_username(&username)).await.is_some());
    accounts.give_up(mira.id, name, it.commands.now()).await.unwrap();
    assert!(holder(&it, &accounts.name_of_username(&username)).await.is_none());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_closes_neither_what_is_confirmed_nor_what_has_another_address(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let confirmed = it.registers(Some("confirmed"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&confirmed).await.unwrap();
    let moved = it.registers(Some("moved"), EMAIL, PASSWORD).await.unwrap();
    let rival = it.registers(Some("rival"), EMAIL, PASSWORD).await.unwrap();
    let last = it.registers(Some("last"), EMAIL, PASSWORD).await.unwrap();
    // The claim was lost, and the event of the other address is not in the row yet.
    let address: EmailAddress = valid(EMAIL);
    let name = it.commands.accounts().name_of_address(&address);
    let db = it.commands.log().db();
    db.execute("DELETE FROM account_names WHERE name = $1", args![name]).await.unwrap();
    let ask = AskEmailChange { email: valid("moved@exemple.test"), at: it.commands.now() };
    it.commands.perform(&moved.id.to_string(), &ask, &cause()).await.unwrap();
    it.confirms(&last).await.unwrap();
    assert!(!it.is_gone(&confirmed).await && !it.is_gone(&moved).await);
    assert!(it.is_gone(&rival).await);
}
