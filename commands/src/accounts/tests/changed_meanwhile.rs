//! Credentials that change between the moment when they are given and the one when something is
//! opened with them.

use event_store::args;

use super::*;
use crate::{OpeningError, SecondFactorError};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Whether whoever gave their credentials when the account was read as it is here gets in.
async fn gets_in(it: &Fixture, account: &UserAccount) -> bool {
    let (identity, kind) = (it.commands.identity(), TokenKind::plain(Lasting::default()));
    let session = identity.open_session(account, true, false, &cause()).await;
    let granted = identity.grant_tokens(account, kind, false, &cause()).await.map(drop);
    match (session, granted) {
        (Ok(_), Ok(())) => true,
        (Err(OpeningError::Changed), Err(OpeningError::Changed)) => false,
        other => panic!("{other:?}"),
    }
}

/// The code that an app of the secret shows now.
fn code(it: &Fixture) -> String {
    let secret = totp_rs::Secret::try_from_base32(SECRET).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    totp.generate(u64::try_from(it.commands.now().as_second()).unwrap()).to_string()
}

async fn opened(it: &Fixture) -> i64 {
    let sql = "
        SELECT (SELECT COUNT(*) FROM sessions) + (SELECT COUNT(*) FROM token_grants)";
    let (opened,): (i64,) = it.commands.log().db().fetch_one(sql, args![]).await.unwrap();
    opened
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_changed_after_it_was_given_opens_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let given = it.signs_in("mira", PASSWORD).await.unwrap();
    assert!(gets_in(&it, &given).await);
    let identity = it.commands.identity();
    let other = Password::presented(OTHER_PASSWORD);
    identity.set_password(&given, &other, &cause()).await.unwrap();
    assert!(!gets_in(&it, &given).await);
    assert_eq!(opened(&it).await, 0);
    let given = it.signs_in("mira", OTHER_PASSWORD).await.unwrap();
    assert!(gets_in(&it, &given).await);
    // The same password again ends what was opened, too.
    it.clock.advance(SignedDuration::from_secs(1));
    identity.set_password(&given, &other, &cause()).await.unwrap();
    assert!(!gets_in(&it, &given).await);
    assert_eq!(opened(&it).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_that_is_set_or_removed_after_the_password_was_given_asks_for_a_sign_in_anew(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let identity = it.commands.identity();
    let keep = identity.open_session(&mira, true, false, &cause()).await.unwrap();
    let given = it.signs_in("mira", PASSWORD).await.unwrap();
    identity.set_second_factor(&given, SECRET, &code(&it), &keep, &cause()).await.unwrap();
    assert!(!gets_in(&it, &given).await);
    assert_eq!(opened(&it).await, 1, "the session in which it was set");
    let given = it.signs_in("mira", PASSWORD).await.unwrap();
    assert!(given.has_second_factor);
    it.clock.advance(SignedDuration::from_secs(1));
    identity.remove_second_factor(&given, &cause()).await.unwrap();
    assert!(!gets_in(&it, &given).await);
    assert_eq!(opened(&it).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_gave_a_password_that_was_changed_since_sets_nothing_in_its_place(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let given = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let identity = it.commands.identity();
    let session = identity.open_session(&given, true, false, &cause()).await.unwrap();
    let other = Password::presented(OTHER_PASSWORD);
    identity.set_password(&given, &other, &cause()).await.unwrap();
    let (own, spared) = (Password::presented(PASSWORD), Spared::Session(&session));
    let changed = identity.change_password(&given, &own, spared, &cause()).await;
    assert!(matches!(changed, Err(CommandError::Contended)), "{changed:?}");
    let set = identity.set_second_factor(&given, SECRET, &code(&it), &session, &cause()).await;
    let Err(SecondFactorError::Command(CommandError::Contended)) = set else { panic!("{set:?}") };
    let present = it.signs_in("mira", OTHER_PASSWORD).await.unwrap();
    assert!(!present.has_second_factor);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_a_session_waits_for_the_password_that_is_being_changed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let mut tx = it.commands.log().db().begin().await.unwrap();
    let change = "UPDATE accounts SET password_changed_at = $2 WHERE id = $1";
    tx.execute(change, args![mira.id, it.commands.now()]).await.unwrap();
    let (identity, cause) = (it.commands.identity(), cause());
    let opening = identity.open_session(&mira, true, false, &cause);
    let change = async {
        // The other one has begun by now.
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
    };
    let (opened, ()) = tokio::join!(opening, change);
    assert!(matches!(opened, Err(OpeningError::Changed)), "{opened:?}");
}
