//! Accounts over a database: whose a name is, who signs in by it, and what tokens are good for.

mod changed_meanwhile;
mod confirming;
mod cut_off;
mod names;
mod rehash;
mod shared_address;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cqrs_es::Aggregate as _;
use domain::account::{Account, AccountRefusal, ClosingReason};
use domain::erasure::RecordRef;
use domain::examples::{message, minutes, valid};
use domain::message::{Message, MessageRefusal, OutgoingLetter};
use domain::{EmailAddress, Language, Personal};
use event_store::testing::{Engine, TestDb, until};
use event_store::{ActorKind, Db, FixedClock, StreamId, args};
use jiff::SignedDuration;
use rstest::rstest;
use uuid::Uuid;

use super::{Registration, UserAccount};
use crate::identity::{LinkUse, RefreshError, RefreshToken, SignInError, Spared, TokenKind};
use crate::testing::process;
use crate::{Cause, CommandError, Commands, Lasting, Password, ProfileChange};

const NONE: [Uuid; 0] = [];
const EMAIL: &str = "mira@exemple.test";
const PASSWORD: &str = "seven green horses at noon";
const OTHER_PASSWORD: &str = "three blue doors by the sea";

struct Fixture {
    db: TestDb,
    clock: Arc<FixedClock>,
    commands: Commands,
}

fn cause() -> Cause {
    Cause::request(ActorKind::Candidate, None, Uuid::nil())
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let (db, clock) = (TestDb::new(engine).await, Arc::new(FixedClock::new(minutes(0))));
        let commands = process(Db::connect(db.url()).await.unwrap(), clock.clone()).await;
        Self { db, clock, commands }
    }

    async fn registers(
        &self,
        username: Option<&str>,
        email: &str,
        password: &str,
    ) -> Result<UserAccount, CommandError<AccountRefusal>> {
        // Those who register at one moment are told apart by nothing but chance.
        self.clock.advance(SignedDuration::from_secs(1));
        let new = Registration {
            email: valid(email),
            username: username.map(valid),
            full_name: None,
            language: Language::Fr,
            password: Password::presented(password),
        };
        self.commands.accounts().register(new, &cause()).await
    }

    async fn signs_in(&self, name: &str, password: &str) -> Result<UserAccount, SignInError> {
        let password = Password::presented(password);
        self.commands.identity().check_password(name, password, &[]).await
    }

    async fn confirms(&self, account: &UserAccount) -> Result<bool, CommandError<AccountRefusal>> {
        let account = self.found(account).await;
        let identity = self.commands.identity();
        let link = identity.make_link(&account, LinkUse::ConfirmAddress).await.unwrap();
        let confirmed = self.commands.accounts().confirm_email(&link.token, &cause()).await?;
        Ok(confirmed.is_some())
    }

    /// What is counted in the database, of all that has a limit.
    async fn counted(&self) -> i64 {
        let db = self.commands.log().db();
        let count = db.fetch_one("SELECT COUNT(*) FROM allotments", args![]).await;
        let (count,): (i64,) = count.unwrap();
        count
    }

    async fn found(&self, account: &UserAccount) -> UserAccount {
        self.commands.accounts().find(account.id).await.unwrap().unwrap()
    }

    async fn is_gone(&self, account: &UserAccount) -> bool {
        self.commands.accounts().find(account.id).await.unwrap().is_none()
    }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, CommandError<AccountRefusal>>) -> AccountRefusal {
    *outcome.unwrap_err().refusal().expect("it is refused by the rules")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_user_name_is_one_accounts_in_any_letter_case(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("Mira K"), EMAIL, PASSWORD).await.unwrap();
    let taken = it.registers(Some("mira k"), "other@exemple.test", PASSWORD).await;
    assert_eq!(refused(taken), AccountRefusal::UsernameTaken);
    assert_eq!(it.signs_in("MIRA K", PASSWORD).await.unwrap().id, mira.id);
    assert_eq!(mira.username.reveal(), "Mira K");

    let zoe = it.registers(Some("zoe"), "zoe@exemple.test", OTHER_PASSWORD).await.unwrap();
    let named = |name: &str| ProfileChange { username: Some(valid(name)), ..Default::default() };
    let accounts = it.commands.accounts();
    let taken = accounts.change_profile(zoe.id, named("mira k"), &cause()).await;
    assert_eq!(refused(taken), AccountRefusal::UsernameTaken);
    accounts.change_profile(zoe.id, named("zoé"), &cause()).await.unwrap();
    assert_eq!(it.signs_in("zoé", OTHER_PASSWORD).await.unwrap().id, zoe.id);
    assert!(it.signs_in("zoe", OTHER_PASSWORD).await.is_err(), "it was given up");
    it.registers(Some("zoe"), "third@exemple.test", PASSWORD).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_shared_until_it_is_confirmed_and_then_the_others_close(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let first = it.registers(Some("first"), EMAIL, PASSWORD).await.unwrap();
    let second = it.registers(None, EMAIL, OTHER_PASSWORD).await.unwrap();
    assert_eq!(it.signs_in(EMAIL, PASSWORD).await.unwrap().id, first.id);
    assert_eq!(it.signs_in("MIRA@exemple.test", OTHER_PASSWORD).await.unwrap().id, second.id);
    assert!(it.signs_in(EMAIL, "neither the one nor the other").await.is_err());
    assert_eq!(first.confirmed_email(), None);

    assert!(it.confirms(&first).await.unwrap());
    assert_eq!(it.found(&first).await.confirmed_email(), Some(EMAIL));
    assert!(it.is_gone(&second).await);
    assert!(it.signs_in(EMAIL, OTHER_PASSWORD).await.is_err());
    it.clock.advance(SignedDuration::from_mins(1)); // what was tried under the address counts as one
    // Whoever comes later has an account like any other, and can never take the address.
    let third = it.registers(Some("third"), EMAIL, OTHER_PASSWORD).await.unwrap();
    assert_eq!(it.signs_in(EMAIL, OTHER_PASSWORD).await.unwrap().id, third.id);
    assert_eq!(it.signs_in(EMAIL, PASSWORD).await.unwrap().id, first.id);
    assert_eq!(refused(it.confirms(&third).await), AccountRefusal::EmailTaken);
    assert_eq!(it.found(&third).await.confirmed_email(), None);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_counts_once_it_is_confirmed_and_frees_the_former_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const NEW: &str = "mira@autre.test";
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    let mira = it.found(&mira).await;
    it.commands.accounts().ask_email_change(&mira, valid(NEW), &cause()).await.unwrap();
    let waiting = it.found(&mira).await;
    assert_eq!((waiting.confirmed_email(), waiting.wanted_email()), (Some(EMAIL), NEW));
    assert!(it.signs_in(NEW, PASSWORD).await.is_err());
    assert!(it.confirms(&mira).await.unwrap());
    let changed = it.found(&mira).await;
    assert_eq!((changed.confirmed_email(), changed.wanted_email()), (Some(NEW), NEW));
    assert_eq!(it.signs_in(NEW, PASSWORD).await.unwrap().id, mira.id);
    let former: EmailAddress = valid(EMAIL);
    assert!(it.commands.accounts().owner_of(&former).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_one_account_of_an_address_does_not_guess_at_another_for_ever() {
    let it = Fixture::new(Engine::Sqlite).await;
    it.registers(Some("victim"), EMAIL, PASSWORD).await.unwrap();
    it.registers(Some("thief"), EMAIL, OTHER_PASSWORD).await.unwrap();
    let mut looked_at = 0;
    for _ in 0..100 {
        match it.signs_in(EMAIL, "a guess at the password").await {
            Err(SignInError::Wrong) => looked_at += 1,
            Err(SignInError::TooMany { .. }) => {}
            other => panic!("{other:?}"),
        }
        // A right password of the thief's own in between neither counts nor makes up for a guess.
        let own = it.signs_in(EMAIL, OTHER_PASSWORD).await;
        assert!(own.is_ok() || matches!(own, Err(SignInError::TooMany { .. })), "{own:?}");
    }
    assert_eq!(looked_at, 5, "guesses are looked at in a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_signed_in_before_gets_in_while_strangers_are_refused() {
    let it = Fixture::new(Engine::Sqlite).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let device = it.commands.identity().device_cookie(mira.id, &[]);
    let mut refused = 0;
    for _ in 0..1000 {
        let guess = it.signs_in("mira", "a guess at the password").await;
        refused += u32::from(matches!(guess, Err(SignInError::TooMany { .. })));
    }
    assert_eq!(refused, 995, "five in a minute are looked at");
    assert!(matches!(it.signs_in("mira", PASSWORD).await, Err(SignInError::TooMany { .. })));
    let password = Password::presented(PASSWORD);
    let known = it.commands.identity().check_password("mira", password, &[&device]).await;
    assert_eq!(known.map(|it: UserAccount| it.id).unwrap(), mira.id);
}

async fn granted(it: &Fixture, account: &UserAccount) -> (Uuid, crate::Tokens) {
    let (account, kind) = (it.found(account).await, TokenKind::plain(Lasting::default()));
    let granted = it.commands.identity().grant_tokens(&account, kind, false, &cause()).await;
    let (grant, tokens) = granted.unwrap();
    (grant.id, tokens)
}

async fn refreshes(
    it: &Fixture,
    token: &RefreshToken,
) -> Result<crate::Tokens, RefreshError<AccountRefusal>> {
    let kind = TokenKind::plain(Lasting::default());
    let refreshed = it.commands.identity().refresh::<UserAccount>(token, kind, &cause()).await;
    refreshed.map(|(_, tokens)| tokens)
}

async fn is_good(it: &Fixture, access: &str) -> bool {
    it.commands.identity().access::<UserAccount>(access).await.unwrap().is_some()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_counts_once_but_for_a_minute_and_is_a_theft_later(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let (_, tokens) = granted(&it, &mira).await;
    let second = refreshes(&it, &tokens.refresh).await.unwrap();
    assert_ne!(second.refresh, tokens.refresh);
    assert_ne!(second.access, tokens.access);
    for _ in 0..5 {
        let again = refreshes(&it, &tokens.refresh).await.unwrap();
        assert_eq!(again.refresh, second.refresh);
    }
    let sixth = refreshes(&it, &tokens.refresh).await;
    assert!(matches!(sixth, Err(RefreshError::TooMany { .. })), "{sixth:?}");
    let third = refreshes(&it, &second.refresh).await.unwrap();
    assert!(is_good(&it, &third.access).await);

    it.clock.advance(SignedDuration::from_secs(61));
    let stolen = refreshes(&it, &tokens.refresh).await;
    assert!(matches!(stolen, Err(RefreshError::Wrong)), "{stolen:?}");
    assert!(refreshes(&it, &third.refresh).await.is_err(), "what descends from it ended");
    assert!(!is_good(&it, &third.access).await);
    let events = it.commands.log().stream("Account", &mira.id.to_string()).await.unwrap();
    let told = events.iter().filter(|event| event.event_type == "AccountTokenReused").count();
    assert_eq!(told, 1, "once, however often it comes back");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_with_an_access_token_that_is_over_ends_its_grant() {
    let it = Fixture::new(Engine::Sqlite).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let ((_, here), (_, there)) = (granted(&it, &mira).await, granted(&it, &mira).await);
    it.clock.advance(SignedDuration::from_hours(1));
    assert!(!is_good(&it, &here.access).await, "its time is over");
    it.commands.identity().sign_out::<UserAccount>(&here.access).await.unwrap();
    let refreshed = refreshes(&it, &here.refresh).await;
    assert!(matches!(refreshed, Err(RefreshError::Wrong)), "{refreshed:?}");
    let mut forged = there.access.clone();
    forged.pop();
    it.commands.identity().sign_out::<UserAccount>(&forged).await.unwrap();
    assert!(refreshes(&it, &there.refresh).await.is_ok(), "that one is another");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn several_processes_count_guesses_at_any_name_together(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(EMAIL, "nobody@nowhere.test")] name: &str,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(None, EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    let before = it.counted().await;
    for nth in 1..=5 {
        let guess = it.signs_in(name, "a guess at the password").await;
        assert!(matches!(guess, Err(SignInError::Wrong)), "{guess:?}");
        until("the guess is counted", async || it.counted().await >= before + nth).await;
    }
    let db = Db::connect(it.db.url()).await.unwrap();
    let other = process(db, it.clock.clone()).await;
    let password = Password::presented("a guess at the password");
    let guess = other.identity().check_password::<UserAccount>(name, password, &[]).await;
    assert!(matches!(guess, Err(SignInError::TooMany { .. })), "{guess:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_renew_at_once_all_have_the_same_successor_and_the_rest_wait(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let (_, tokens) = granted(&it, &mira).await;
    let all = (0..8).map(|_| refreshes(&it, &tokens.refresh));
    let all = futures::future::join_all(all).await;
    let (good, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    let mut successors: Vec<_> = good.into_iter().map(|it| it.unwrap().refresh).collect();
    assert_eq!(successors.len(), 6, "the first and five repeats");
    successors.dedup();
    assert_eq!(successors.len(), 1);
    assert!(rest.iter().all(|it| matches!(it, Err(RefreshError::TooMany { .. }))), "{rest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_end_with_the_password_the_grant_and_the_account() {
    let it = Fixture::new(Engine::Sqlite).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let identity = it.commands.identity();
    let (kept, here) = granted(&it, &mira).await;
    let (_, elsewhere) = granted(&it, &mira).await;
    let new = Password::presented(OTHER_PASSWORD);
    identity.change_password(&mira, &new, Spared::Grant(kept), &cause()).await.unwrap();
    assert!(is_good(&it, &here.access).await, "it changed the password");
    assert!(!is_good(&it, &elsewhere.access).await);
    assert!(refreshes(&it, &elsewhere.refresh).await.is_err());

    identity.revoke::<UserAccount>(&here.refresh).await.unwrap();
    assert!(!is_good(&it, &here.access).await);
    identity.revoke::<UserAccount>(&RefreshToken::presented("unknown")).await.unwrap();

    let (_, tokens) = granted(&it, &mira).await;
    it.commands.accounts().disable(mira.id, true, &cause()).await.unwrap();
    assert!(!is_good(&it, &tokens.access).await);
    assert!(it.signs_in("mira", OTHER_PASSWORD).await.is_err());
    it.commands.accounts().disable(mira.id, false, &cause()).await.unwrap();
    assert!(!is_good(&it, &tokens.access).await, "they ended for good");
    let (_, tokens) = granted(&it, &mira).await;
    it.clock.advance(SignedDuration::from_mins(30));
    assert!(!is_good(&it, &tokens.access).await, "30 minutes are over");
    let tokens = refreshes(&it, &tokens.refresh).await.unwrap();
    it.commands.accounts().close(mira.id, ClosingReason::Owner, &cause()).await.unwrap();
    assert!(!is_good(&it, &tokens.access).await);
    assert!(it.is_gone(&mira).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_leaves_its_names_to_others_and_nothing_in_the_tables(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    granted(&it, &mira).await;
    it.commands.accounts().close(mira.id, ClosingReason::Owner, &cause()).await.unwrap();
    for table in ["accounts", "account_names", "token_grants"] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let (rows,): (i64,) = it.commands.log().db().fetch_one(&sql, vec![]).await.unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    let again = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    assert!(it.confirms(&again).await.unwrap());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_nobody_uses_is_found_told_and_due_unless_somebody_signs_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let accounts = it.commands.accounts();
    assert_eq!(accounts.unused_since(minutes(0), 10).await.unwrap(), NONE);
    it.clock.advance(SignedDuration::from_hours(24 * 365));
    let now = it.commands.now();
    assert_eq!(accounts.unused_since(now, 10).await.unwrap(), [mira.id]);
    let closes_at = now + SignedDuration::from_hours(24 * 30);
    accounts.announce_closing(mira.id, closes_at, &cause()).await.unwrap();
    assert_eq!(accounts.unused_since(now, 10).await.unwrap(), NONE, "it is told once");
    assert_eq!(accounts.due_to_close(10).await.unwrap(), NONE);
    it.clock.advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(accounts.due_to_close(10).await.unwrap(), [mira.id]);
    // She signs in after she was found, and before it is her turn.
    let identity = it.commands.identity();
    identity.open_session(&mira, true, false, &cause()).await.unwrap();
    assert_eq!(accounts.due_to_close(10).await.unwrap(), NONE);
    assert_eq!(it.found(&mira).await.closes_at, None);
    assert!(!accounts.close_unused(mira.id, &cause()).await.unwrap());
    assert_eq!(it.signs_in("mira", PASSWORD).await.unwrap().id, mira.id, "nothing is cleared");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_an_account_is_handed_out_and_erased_with_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    it.confirms(&mira).await.unwrap();
    let (account, mira) = (mira.id.to_string(), it.found(&mira).await);
    let owner = StreamId::of::<Account>(&account);
    let (people, messages) = (it.commands.people(), it.commands.messages());
    let [own, elsewhere, never] = [7, 8, 9].map(Uuid::from_u128);
    let to = |address: &str| OutgoingLetter { to: Personal::new(valid(address)), ..message() };
    for (id, address) in [(own, EMAIL), (own, EMAIL), (elsewhere, "somebody@exemple.test")] {
        assert!(messages.queue_to(mira.id, id, to(address), &cause()).await.unwrap());
    }
    let noted = never.to_string();
    people.belongs(owner, StreamId::of::<Message>(&noted)).await.unwrap();

    let dossier = it.commands.accounts().dossier(&mira).await.unwrap();
    let lists: Vec<_> = dossier.entries().map(|entry| entry.list).collect();
    assert_eq!(lists, ["accounts", "messages"], "a letter to an address of theirs, once");
    // Found by its address, too.
    let letter = RecordRef::new(Message::TYPE, &own.to_string()).unwrap();
    let records = [RecordRef::new(Account::TYPE, &account).unwrap(), letter];
    let dossier = people.dossier(&valid(EMAIL), &records).await.unwrap();
    assert_eq!(dossier.entries().count(), 2);

    it.commands.accounts().close(mira.id, ClosingReason::Owner, &cause()).await.unwrap();
    for letter in [own, elsewhere] {
        let erased = messages.find(letter).await.unwrap().state;
        assert_eq!(erased.known(), Err(MessageRefusal::Erased));
    }
    // One that is queued later is erased at once.
    assert!(!messages.queue_to(mira.id, never, to(EMAIL), &cause()).await.unwrap());
    let erased = messages.find(never).await.unwrap().state;
    assert_eq!(erased.known(), Err(MessageRefusal::Erased));
    assert_eq!(people.belongings(owner).await.unwrap(), []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_erased_for_itself_belongs_to_nothing_any_more(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    let account = mira.id.to_string();
    let owner = StreamId::of::<Account>(&account);
    let (people, messages) = (it.commands.people(), it.commands.messages());
    for nth in [7, 8] {
        let id = Uuid::from_u128(nth);
        messages.queue_to(mira.id, id, message(), &cause()).await.unwrap();
    }
    messages.forget(Uuid::from_u128(7), &cause()).await.unwrap();
    let left = Uuid::from_u128(8).to_string();
    let left = RecordRef::new(Message::TYPE, &left).unwrap();
    assert_eq!(people.belongings(owner).await.unwrap(), std::slice::from_ref(&left));
    it.clock.advance(SignedDuration::from_hours(24));
    assert!(people.forget_expired(&left, it.commands.now(), &cause()).await.unwrap());
    assert_eq!(people.belongings(owner).await.unwrap(), []);
}

/// How often passwords were compared for one that is wrong, and the time that it took; the shortest of some.
async fn measured(it: &Fixture, name: &str) -> (usize, std::time::Duration) {
    let compared = &it.commands.gate.hashing.argon2.compared;
    let (mut number, mut quickest) = (0, std::time::Duration::MAX);
    for _ in 0..3 {
        it.clock.advance(SignedDuration::from_mins(15));
        let before = compared.load(Ordering::Relaxed);
        let began = std::time::Instant::now();
        let wrong = it.signs_in(name, "a guess at the password").await;
        quickest = quickest.min(began.elapsed());
        number = compared.load(Ordering::Relaxed) - before;
        assert!(matches!(wrong, Err(SignInError::Wrong)), "{wrong:?}");
    }
    println!("a wrong password for {name}: {number} comparisons, {quickest:?}");
    (number, quickest)
}

/// A comparison at its full cost takes so much longer than all else that their number is the time.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_costs_the_same_for_known_and_unknown_names() {
    let mut it = Fixture::new(Engine::Sqlite).await;
    it.commands.gate = Arc::default();
    it.registers(Some("mira"), EMAIL, PASSWORD).await.unwrap();
    for name in ["one", "two", "three", "four"] {
        it.registers(Some(name), "shared@exemple.test", PASSWORD).await.unwrap();
    }
    let (unknown, _) = measured(&it, "nobody@exemple.test").await;
    for known in [EMAIL, "shared@exemple.test"] {
        assert_eq!(measured(&it, known).await.0, unknown, "{known}");
    }
    let owner = it.registers(Some("owner"), "owned@exemple.test", PASSWORD).await.unwrap();
    it.confirms(&owner).await.unwrap();
    it.registers(Some("later"), "owned@exemple.test", PASSWORD).await.unwrap();
    assert_eq!(measured(&it, "owned@exemple.test").await.0, unknown);
    let (unknown, _) = measured(&it, "nobody at all").await;
    assert_eq!(measured(&it, "mira").await.0, unknown);
}
