//! Whose a name is where a process was cut off, and where two change at once.

use event_store::args;

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
