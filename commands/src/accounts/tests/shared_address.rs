//! An address that several accounts carry: nobody shuts another out by registering with it.

use super::*;

/// The attempt of a browser that has these device cookies.
async fn from_browser(
    it: &Fixture,
    name: &str,
    password: &str,
    devices: &[&str],
) -> Result<Uuid, SignInError> {
    let password = Password::presented(password);
    let checked = it.commands.identity().check_password(name, password, devices).await;
    checked.map(|account: UserAccount| account.id)
}

async fn events(it: &Fixture, account: &UserAccount, kind: &str) -> usize {
    let events = it.commands.log().stream("Account", &account.id.to_string()).await.unwrap();
    events.iter().filter(|event| event.event_type == kind).count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_with_anothers_address_keeps_neither_their_browser_nor_their_letters_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(None, EMAIL, PASSWORD).await.unwrap();
    let device = it.commands.identity().device_cookie(mira.id, &[]);
    for _ in 0..3 {
        it.registers(None, EMAIL, OTHER_PASSWORD).await.unwrap();
    }
    let known = from_browser(&it, EMAIL, PASSWORD, &[&device]).await;
    assert_eq!(known.unwrap(), mira.id, "though three are newer");
    let elsewhere = from_browser(&it, "zoe@exemple.test", PASSWORD, &[&device]).await;
    assert!(matches!(elsewhere, Err(SignInError::Wrong)), "{elsewhere:?}");

    it.commands.accounts().ask_resets(EMAIL, &cause()).await.unwrap();
    assert_eq!(events(&it, &mira, "AccountPasswordResetAsked").await, 1);
    assert_eq!(it.commands.accounts().found_by(EMAIL).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_to_one_address_are_few_however_many_accounts_carry_it() {
    let it = Fixture::new(Engine::Sqlite).await;
    let mut accounts = vec![];
    for _ in 0..24 {
        it.clock.advance(SignedDuration::from_mins(7));
        accounts.push(it.registers(None, EMAIL, PASSWORD).await.unwrap());
    }
    it.commands.accounts().ask_resets(EMAIL, &cause()).await.unwrap();
    let mut asked = 0;
    for account in &accounts {
        asked += events(&it, account, "AccountPasswordResetAsked").await;
    }
    assert_eq!(asked, 20);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn letters_to_accounts_of_strangers_keep_none_from_the_owner_of_the_address(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    let names = ["one", "two", "three", "four", "five", "six", "seven"];
    let mut others = vec![];
    for name in names {
        others.push(it.registers(Some(name), EMAIL, OTHER_PASSWORD).await.unwrap());
    }
    let (accounts, before) = (it.commands.accounts(), it.counted().await);
    for _ in 0..3 {
        for name in names {
            accounts.ask_resets(name, &cause()).await.unwrap();
        }
        it.clock.advance(SignedDuration::from_secs(61));
    }
    let mut asked = 0;
    for other in &others {
        asked += events(&it, other, "AccountPasswordResetAsked").await;
    }
    assert_eq!(asked, 20, "of the 21 that were asked for in an hour");
    // Each under its account and under the address; the one that did not leave, under neither.
    assert_eq!(it.counted().await - before, 40);
    for (name, letters) in [("mira", 1), (EMAIL, 2)] {
        accounts.ask_resets(name, &cause()).await.unwrap();
        assert_eq!(events(&it, &mira, "AccountPasswordResetAsked").await, letters, "by {name}");
        it.clock.advance(SignedDuration::from_secs(61));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_knows_one_account_of_an_address_gets_into_the_others_too(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let first = it.registers(None, EMAIL, PASSWORD).await.unwrap();
    let second = it.registers(None, EMAIL, OTHER_PASSWORD).await.unwrap();
    let cookies = [&first, &second].map(|one| it.commands.identity().device_cookie(one.id, &[]));
    let [of_first, of_second] = [&*cookies[0], &*cookies[1]];
    for devices in [&[of_second][..], &[of_second, of_first], &[of_first, of_second]] {
        // A right one is no guess at the other account, however often it is given.
        for _ in 0..10 {
            let found = from_browser(&it, EMAIL, PASSWORD, devices).await;
            assert_eq!(found.unwrap(), first.id);
        }
        assert_eq!(from_browser(&it, EMAIL, OTHER_PASSWORD, devices).await.unwrap(), second.id);
    }
    let wrong = from_browser(&it, EMAIL, "neither the one nor the other", &[of_second]).await;
    assert!(matches!(wrong, Err(SignInError::Wrong)), "{wrong:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_knows_another_account_is_told_that_the_address_was_tried_too_often(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    it.registers(None, EMAIL, PASSWORD).await.unwrap();
    let own = it.registers(None, EMAIL, OTHER_PASSWORD).await.unwrap();
    let device = it.commands.identity().device_cookie(own.id, &[]);
    for _ in 0..5 {
        assert!(from_browser(&it, EMAIL, "a guess at the password", &[]).await.is_err());
    }
    let right = from_browser(&it, EMAIL, PASSWORD, &[&device]).await;
    assert!(matches!(right, Err(SignInError::TooMany { .. })), "{right:?}");
    let known = from_browser(&it, EMAIL, OTHER_PASSWORD, &[&device]).await;
    assert_eq!(known.unwrap(), own.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_cookie_of_ones_own_does_not_open_more_guesses_at_another() {
    let it = Fixture::new(Engine::Sqlite).await;
    it.registers(None, EMAIL, PASSWORD).await.unwrap();
    let thief = it.registers(None, EMAIL, OTHER_PASSWORD).await.unwrap();
    let device = it.commands.identity().device_cookie(thief.id, &[]);
    for _ in 0..5 {
        let guess = from_browser(&it, EMAIL, "a guess at the password", &[&device]).await;
        assert!(matches!(guess, Err(SignInError::Wrong)), "{guess:?}");
    }
    let right = from_browser(&it, EMAIL, PASSWORD, &[&device]).await;
    assert!(right.is_err(), "guesses from it count under the address: {right:?}");
}
