//! Letters to those who have an account: they are theirs, whichever address they went to.

use commands::{LinkUse, Password, Registration};
use domain::Language;
use domain::examples::valid;
use event_store::testing::{Engine, until};
use rstest::rstest;
use testing::{Fixture, cause};
use uuid::Uuid;
use workers::Settings;

use super::accounts::registered;
use super::{closes_with, letters_of};

const FORMER: &str = "mira@exemple.test";
const PRESENT: &str = "mira@autre.test";

/// Opens the letter by which the address is confirmed that the account means.
async fn confirms(it: &Fixture, id: Uuid) {
    let (accounts, identity) = (it.commands.accounts(), it.commands.identity());
    let account = accounts.find(id).await.unwrap().unwrap();
    let link = identity.make_link(&account, LinkUse::ConfirmAddress).await.unwrap();
    accounts.confirm_email(&link.token, &cause()).await.unwrap().unwrap();
}

/// To whom the letters went that the owner of an account is handed out.
async fn handed_out(it: &Fixture, id: Uuid) -> Vec<String> {
    let accounts = it.commands.accounts();
    let account = accounts.find(id).await.unwrap().unwrap();
    let dossier = accounts.dossier(&account).await.unwrap();
    let letters = dossier.entries().filter(|entry| entry.list == "messages");
    let mut to: Vec<_> =
        letters.map(|letter| letter.data["to"].as_str().unwrap().to_owned()).collect();
    to.sort();
    to
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_confirms_an_address_is_not_warned_of_the_password_that_this_ended(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let world = it.world();
    let workers = it.workers(&world, &Settings::default()).await;
    let mira = registered(&it, "mira").await;
    let kinds = async || {
        let mut letters = letters_of(&it.commands, mira.id).await;
        letters.sort();
        letters.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>()
    };
    until("the first letter is written", async || kinds().await.len() == 1).await;
    // All is over before the reactions look at it.
    workers.stop().await;
    let (accounts, identity) = (it.commands.accounts(), it.commands.identity());
    let link = identity.make_link(&mira, LinkUse::ConfirmAddress).await.unwrap();
    let confirmed = accounts.confirm_email_afresh(&link.token, &cause()).await.unwrap().unwrap();
    let password = Password::presented("three blue doors by the sea");
    identity.set_password(&confirmed, &password, &cause()).await.unwrap();
    let workers = it.workers(&world, &Settings::default()).await;
    until("the owner is warned", async || kinds().await.len() > 1).await;
    workers.stop().await;
    assert_eq!(kinds().await, ["address_confirmation", "credentials_changed"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_to_an_account_go_with_it_also_those_to_a_former_address(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let world = it.world();
    let workers = it.workers(&world, &Settings::default()).await;
    let mira = registered(&it, "mira").await;
    let written = async |number: usize| {
        let all = async || letters_of(&it.commands, mira.id).await.len() == number;
        until("the letters are written", all).await;
    };
    written(1).await;
    assert_eq!(handed_out(&it, mira.id).await, [""; 0], "nobody knows whose the address is");
    confirms(&it, mira.id).await;
    let accounts = it.commands.accounts();
    let account = accounts.find(mira.id).await.unwrap().unwrap();
    accounts.ask_email_change(&account, valid(PRESENT), &cause()).await.unwrap();
    // The present address is warned, the new one has the link.
    written(3).await;
    confirms(&it, mira.id).await;
    // The former address is told of it.
    written(4).await;
    let other = Registration {
        email: valid(PRESENT),
        username: None,
        full_name: None,
        language: Language::Fr,
        password: Password::presented("seven green horses at noon"),
    };
    let other = accounts.register(other, &cause()).await.unwrap().id;
    // Whoever has an address is told that somebody else gave it, who is told nothing.
    written(5).await;
    workers.stop().await;
    assert!(letters_of(&it.commands, other).await.is_empty());
    assert_eq!(handed_out(&it, other).await, [""; 0]);
    assert_eq!(handed_out(&it, mira.id).await, [PRESENT, PRESENT, FORMER, FORMER, FORMER]);
    closes_with(&it.commands, mira.id, LinkUse::ConfirmAddress.letter()).await;
}
