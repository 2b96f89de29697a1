//! Accounts whose registration was cut off between the event and the row: they are in the log, and
//! nobody has their password.

use event_store::{args, checkpoint};

use super::*;

const USERNAME: &str = "mira";

impl Fixture {
    /// An account as of a process that is killed before it writes the row.
    async fn registers_cut_off(&self) -> UserAccount {
        self.is_cut_off(USERNAME, EMAIL).await
    }

    async fn is_cut_off(&self, username: &str, email: &str) -> UserAccount {
        let account = self.registers(Some(username), email, PASSWORD).await.unwrap();
        let delete = "DELETE FROM accounts WHERE id = $1";
        self.commands.log().db().execute(delete, args![account.id]).await.unwrap();
        account
    }

    async fn carries_address(&self) -> Vec<Uuid> {
        let accounts = self.commands.accounts().of_address(&valid(EMAIL)).await.unwrap();
        accounts.iter().map(|account| account.id).collect()
    }

    async fn replaces_password(&self, account: &UserAccount, password: &str) {
        let identity = self.commands.identity();
        let link = identity.make_link(account, LinkUse::ResetPassword).await.unwrap();
        let password = Password::presented(password);
        let accounts = self.commands.accounts();
        assert!(accounts.reset_password(&link.token, &password, &cause()).await.unwrap());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_letter_confirms_an_account_without_a_row_and_a_forgotten_password_gives_it_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers_cut_off().await;
    // The letter is written from the log.
    let in_log = it.commands.accounts().find_in_log(mira.id).await.unwrap().unwrap();
    let identity = it.commands.identity();
    let link = identity.make_link(&in_log, LinkUse::ConfirmAddress).await.unwrap();
    let accounts = it.commands.accounts();
    let confirmed = accounts.confirm_email(&link.token, &cause()).await.unwrap().unwrap();
    assert_eq!((confirmed.id, confirmed.confirmed_email()), (mira.id, Some(EMAIL)));
    assert_eq!(confirmed.username.reveal(), USERNAME);
    for guess in [PASSWORD, "", "nobody's"] {
        let wrong = it.signs_in(USERNAME, guess).await;
        assert!(matches!(wrong, Err(SignInError::Wrong)), "nobody has it: {wrong:?}");
    }
    it.replaces_password(&confirmed, OTHER_PASSWORD).await;
    it.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(it.signs_in(USERNAME, OTHER_PASSWORD).await.unwrap().id, mira.id);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_row_that_nobody_reads_is_found_by_its_address_once_it_is_tidied(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers_cut_off().await;
    assert_eq!(it.carries_address().await, NONE);
    assert_eq!(it.commands.tidy().await.unwrap().accounts, 1);
    assert_eq!(it.carries_address().await, [mira.id]);
    assert_eq!(it.commands.tidy().await.unwrap().accounts, 0);
    it.replaces_password(&it.found(&mira).await, OTHER_PASSWORD).await;
    assert_eq!(it.signs_in(EMAIL, OTHER_PASSWORD).await.unwrap().id, mira.id);
    // One that was closed gets none.
    it.commands.accounts().close(mira.id, ClosingReason::Owner, &cause()).await.unwrap();
    assert_eq!(it.commands.tidy().await.unwrap().accounts, 0);
    assert!(it.is_gone(&mira).await);
    assert_eq!(it.carries_address().await, NONE);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_tidies_looks_at_what_came_since_the_last_time(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let db = it.commands.log().db();
    let looked_through = async || {
        let kept = checkpoint::read(db, "housekeeping:accounts").await.unwrap();
        (kept, it.commands.log().head().await.unwrap())
    };
    assert_eq!(looked_through().await.0, None);
    for (username, email) in [(USERNAME, EMAIL), ("zoe", "zoe@exemple.test")] {
        let one = it.is_cut_off(username, email).await;
        assert_eq!(it.commands.tidy().await.unwrap().accounts, 1);
        let in_row = it.commands.accounts().of_address(&valid(email)).await.unwrap();
        assert_eq!(in_row.iter().map(|it| it.id).collect::<Vec<_>>(), [one.id]);
        let (kept, end) = looked_through().await;
        assert_eq!(kept, Some(end), "from here on next time");
    }
    // One that closes meanwhile is no row that is missing.
    let closed = it.is_cut_off("ada", "ada@exemple.test").await;
    it.commands.accounts().close(closed.id, ClosingReason::Owner, &cause()).await.unwrap();
    assert_eq!(it.commands.tidy().await.unwrap().accounts, 0);
    let (kept, end) = looked_through().await;
    assert_eq!(kept, Some(end));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_an_account_while_it_registers_takes_no_password_away(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers_cut_off().await;
    it.found(&mira).await;
    let accounts = it.commands.accounts();
    let hash = async |password: &str| {
        let password = Password::presented(password);
        password.hash::<AccountRefusal>(&it.commands.gate.hashing).await.unwrap()
    };
    let id = mira.id.to_string();
    let loaded = it.commands.loader().state::<Account>(&id).await.unwrap();
    // The one that registers goes on.
    accounts.insert(mira.id, &loaded.state, loaded.position, hash(PASSWORD).await).await.unwrap();
    assert_eq!(it.signs_in(USERNAME, PASSWORD).await.unwrap().id, mira.id);
    // A password that is there stays.
    let other = hash(OTHER_PASSWORD).await;
    accounts.insert(mira.id, &loaded.state, loaded.position, other).await.unwrap();
    assert_eq!(it.signs_in(USERNAME, PASSWORD).await.unwrap().id, mira.id);
    assert_eq!(it.found(&mira).await.email.reveal(), EMAIL);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_nobody_has_takes_as_long_as_any() {
    let mut it = Fixture::new(Engine::Sqlite).await;
    it.commands.gate = Arc::default();
    let mira = it.registers_cut_off().await;
    it.found(&mira).await;
    let (unknown, _) = measured(&it, "nobody at all").await;
    assert_eq!(measured(&it, USERNAME).await.0, unknown);
}
