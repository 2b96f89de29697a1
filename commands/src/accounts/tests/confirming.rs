//! What counts no more once somebody shows that an address is theirs: what whoever registered with
//! it set before.

use event_store::args;

use super::*;
use crate::LinkToken;

async fn set_factor(it: &Fixture, account: &UserAccount) {
    let sql = "UPDATE accounts SET second_factor = 'JBSWY3DPEHPK3PXP' WHERE id = $1";
    it.commands.log().db().execute(sql, args![account.id]).await.unwrap();
    assert!(it.found(account).await.has_second_factor);
}

async fn resets(it: &Fixture, account: &UserAccount, password: &str) {
    let account = it.found(account).await;
    let identity = it.commands.identity();
    let link = identity.make_link(&account, LinkUse::ResetPassword).await.unwrap();
    let password = Password::presented(password);
    let reset = it.commands.accounts().reset_password(&link.token, &password, &cause()).await;
    assert!(reset.unwrap());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_before_a_stranger_confirms_the_address_counts_no_more(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    set_factor(&it, &mira).await;
    let identity = it.commands.identity();
    let session = identity.open_session(&mira, true, false, &cause()).await.unwrap();
    let (_, tokens) = granted(&it, &mira).await;
    let link = identity.make_link(&mira, LinkUse::ConfirmAddress).await.unwrap();
    let accounts = it.commands.accounts();
    let confirmed = accounts.confirm_email_afresh(&link.token, &cause()).await.unwrap().unwrap();
    assert_eq!(confirmed.confirmed_email(), Some(EMAIL));
    assert!(!confirmed.has_second_factor);
    assert!(identity.session::<UserAccount>(&session).await.unwrap().is_none());
    assert!(!is_good(&it, &tokens.access).await);
    assert!(it.signs_in(EMAIL, PASSWORD).await.is_err());
    resets(&it, &mira, OTHER_PASSWORD).await;
    assert_eq!(it.signs_in(EMAIL, OTHER_PASSWORD).await.unwrap().id, mira.id);
}

/// Presses the button of a confirmation letter in a browser that is not signed in.
async fn confirms_afresh(it: &Fixture, token: &LinkToken) -> Option<UserAccount> {
    it.commands.accounts().confirm_email_afresh(token, &cause()).await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_letter_costs_nobody_their_password_once_the_address_is_confirmed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("signed in", "by a reset", "before it was written")] how: &str,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let identity = it.commands.identity();
    let link = async |account: &UserAccount| {
        identity.make_link(account, LinkUse::ConfirmAddress).await.unwrap().token
    };
    let mut second = link(&mira).await;
    if how == "by a reset" {
        resets(&it, &mira, PASSWORD).await;
    } else {
        assert!(it.confirms(&mira).await.unwrap());
    }
    let linked = identity.linked::<UserAccount>(LinkUse::ConfirmAddress, &second).await;
    assert!(linked.unwrap().is_none(), "what else was sent is over");
    if how == "before it was written" {
        second = link(&it.found(&mira).await).await;
    }
    for _ in 0..2 {
        assert_eq!(confirms_afresh(&it, &second).await, None);
    }
    assert_eq!(it.signs_in(EMAIL, PASSWORD).await.unwrap().id, mira.id);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_keeps_its_letter_where_the_password_was_forgotten(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    let (accounts, new) = (it.commands.accounts(), valid("mira@autre.test"));
    accounts.ask_email_change(&it.found(&mira).await, new, &cause()).await.unwrap();
    let waiting = it.found(&mira).await;
    let identity = it.commands.identity();
    let link = identity.make_link(&waiting, LinkUse::ConfirmAddress).await.unwrap();
    resets(&it, &mira, OTHER_PASSWORD).await;
    let confirmed = accounts.confirm_email(&link.token, &cause()).await.unwrap().unwrap();
    assert_eq!(confirmed.confirmed_email(), Some("mira@autre.test"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_factor_stays_takes_another_address_from_its_owner_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    set_factor(&it, &mira).await;
    let (accounts, new) = (it.commands.accounts(), "zoe@exemple.test");
    let zoe = it.registers(Some("zoe"), new, OTHER_PASSWORD).await.unwrap();
    let asked = accounts.ask_email_change(&it.found(&mira).await, valid(new), &cause()).await;
    asked.unwrap();
    let waiting = it.found(&mira).await;
    let identity = it.commands.identity();
    let link = identity.make_link(&waiting, LinkUse::ConfirmAddress).await.unwrap();
    let afresh = accounts.confirm_email_afresh(&link.token, &cause()).await;
    assert_eq!(refused(afresh), AccountRefusal::SignInFirst);
    assert!(!it.is_gone(&zoe).await, "nothing is taken from whoever reads the letter");
    assert_eq!(it.signs_in("mira", PASSWORD).await.unwrap().confirmed_email(), Some(EMAIL));
    let confirmed = accounts.confirm_email(&link.token, &cause()).await.unwrap().unwrap();
    assert_eq!(confirmed.confirmed_email(), Some(new));
    assert!(confirmed.has_second_factor && it.is_gone(&zoe).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_another_accounts_costs_nobody_their_password(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    it.clock.advance(SignedDuration::from_mins(2));
    let late = it.registers(Some("late"), EMAIL, OTHER_PASSWORD).await.unwrap();
    let identity = it.commands.identity();
    let link = identity.make_link(&late, LinkUse::ConfirmAddress).await.unwrap();
    let taken = it.commands.accounts().confirm_email_afresh(&link.token, &cause()).await;
    assert_eq!(refused(taken), AccountRefusal::EmailTaken);
    assert_eq!(it.signs_in("late", OTHER_PASSWORD).await.unwrap().id, late.id);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_takes_a_factor_away_that_was_set_before_the_address_was_confirmed_and_no_other(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    set_factor(&it, &mira).await;
    let before = it.found(&mira).await;
    assert_eq!(it.commands.accounts().reset_minimum(&before), 15, "it will stand alone");
    resets(&it, &mira, OTHER_PASSWORD).await;
    let reset = it.found(&mira).await;
    assert_eq!((reset.confirmed_email(), reset.has_second_factor), (Some(EMAIL), false));
    set_factor(&it, &mira).await;
    let before = it.found(&mira).await;
    assert_eq!(it.commands.accounts().reset_minimum(&before), 8);
    resets(&it, &mira, PASSWORD).await;
    assert!(it.found(&mira).await.has_second_factor, "it is the owner's own");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_others_that_a_confirmation_closes_are_counted_before(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(None, EMAIL, PASSWORD).await.unwrap();
    let accounts = it.commands.accounts();
    assert_eq!(accounts.rivals_of(&mira).await.unwrap(), 0);
    it.registers(None, EMAIL, PASSWORD).await.unwrap();
    it.registers(None, EMAIL, PASSWORD).await.unwrap();
    it.registers(None, "zoe@exemple.test", PASSWORD).await.unwrap();
    assert_eq!(accounts.rivals_of(&mira).await.unwrap(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_registered_after_the_confirmation_is_not_closed_with_the_others(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(None, EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    let at = it.commands.now();
    let later = it.registers(None, EMAIL, OTHER_PASSWORD).await.unwrap();
    let (accounts, email) = (it.commands.accounts(), valid(EMAIL));
    accounts.close_rivals(mira.id, &email, at, &cause()).await.unwrap();
    accounts.close_rivals(later.id, &email, it.commands.now(), &cause()).await.unwrap();
    assert!(!it.is_gone(&later).await && !it.is_gone(&mira).await);
    accounts.close_rivals(mira.id, &email, it.commands.now(), &cause()).await.unwrap();
    assert!(it.is_gone(&later).await);
}
