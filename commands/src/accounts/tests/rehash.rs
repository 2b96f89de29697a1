//! A password that was hashed at a lower cost.

use event_store::args;

use super::*;

async fn hash(it: &Fixture, account: &UserAccount) -> String {
    let sql = "SELECT password_hash FROM accounts WHERE id = $1";
    let row = it.commands.log().db().fetch_one(sql, args![account.id]).await;
    let (hash,): (String,) = row.unwrap();
    hash
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_hashes_the_password_anew_where_the_cost_was_raised_since(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let cheap = hash(&it, &mira).await;
    assert!(!cheap.contains("$m=19456,"), "{cheap}");
    it.commands.gate = Arc::default();
    assert!(it.signs_in("mira", "not the password").await.is_err());
    assert_eq!(hash(&it, &mira).await, cheap, "a wrong one is not kept");
    it.signs_in("mira", PASSWORD).await.unwrap();
    until("the hash is of today's cost", async || {
        hash(&it, &mira).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    })
    .await;
    let raised = hash(&it, &mira).await;
    assert_eq!(it.signs_in("mira", PASSWORD).await.unwrap().id, mira.id);
    assert!(it.signs_in("mira", "not the password").await.is_err());
    assert_eq!(hash(&it, &mira).await, raised, "once");
}
