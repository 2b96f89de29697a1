use std::sync::Arc;

use domain::erasure::{ErasureBasis, RecordRef};
use domain::operator::Role;
use domain::{EmailAddress, JobApplication, examples};
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, FixedClock, Log, LogOptions, Position, RandomIds};
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::parked::{self, Filter, Key, Verdict};
use crate::{Cause, MailedEmail, Password};

const KEYS: &str = "m1:1111111111111111111111111111111111111111111111111111111111111111";
const DETAIL: &str = "550 5.1.1 <quartzberg@example.org> unknown";
const RECEIVER: &str = "quartzberg@example.org";
const OPERATOR: &str = "feldspath@postulo.example";
const FACTOR: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const WEBHOOK: Uuid = Uuid::from_u128(9);

struct Fixture {
    commands: Commands,
    // Deleted when it is dropped.
    _db: TestDb,
}

fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::nil())
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let test_db = TestDb::new(engine).await;
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let codec = crate::codec(Some(KEYS.parse().unwrap()));
        let options = LogOptions { codec, ..LogOptions::default() };
        let log = Log::open(test_db.db(), clock.clone(), options).await.unwrap();
        let ids = Arc::new(RandomIds::new(clock.clone()));
        Self { commands: crate::testing::commands(&log, clock, ids), _db: test_db }
    }

    fn db(&self) -> &Db {
        self.commands.log.db()
    }

    /// An application with one reaction that failed at each of these positions.
    async fn application(&self, positions: std::ops::RangeInclusive<i64>) -> Uuid {
        let submission = examples::submission();
        let submitted = self.commands.applications().submit(submission, &[], None, &cause()).await;
        let id = submitted.unwrap().id;
        for position in positions {
            self.park(id, position).await;
        }
        id
    }

    async fn park(&self, id: Uuid, position: i64) {
        let id = id.to_string();
        let key = Key {
            reactor: "employer_email",
            position: Position::new(position),
            stream: StreamId::of::<JobApplication>(&id),
            event_type: "Submitted",
        };
        let verdict = Verdict::Failed { cause: "There is no such mailbox.", detail: Some(DETAIL) };
        parked::park(&self.commands.log, &key, 1, &verdict, self.commands.now()).await.unwrap();
    }

    async fn details(&self) -> Vec<Option<String>> {
        let rows = parked::list(&self.commands.log, &Filter::default()).await.unwrap();
        rows.into_iter().map(|row| row.detail).collect()
    }

    async fn waiting(&self) -> Vec<i64> {
        plain_rows(self.db()).await.unwrap().into_iter().map(|it| it.rows).collect()
    }

    /// Everything of these tables as it lies there.
    async fn plain(&self) -> String {
        let mut all = String::new();
        for sql in [
            "SELECT coalesce(detail, '') FROM reactions",
            "SELECT recipient FROM sent_emails",
            "SELECT email || coalesce(second_factor, '') FROM operators",
            "SELECT secret FROM webhook_secrets",
        ] {
            let rows: Vec<(String,)> = self.db().fetch_all(sql, args![]).await.unwrap();
            all.extend(rows.into_iter().map(|(text,)| text));
        }
        for sql in [
            "SELECT sealed_detail FROM reactions WHERE sealed_detail IS NOT NULL",
            "SELECT content FROM sent_emails",
            "SELECT sealed_email FROM operators WHERE sealed_email IS NOT NULL",
            "SELECT sealed_factor FROM operators WHERE sealed_factor IS NOT NULL",
            "SELECT sealed_secret FROM webhook_secrets WHERE sealed_secret IS NOT NULL",
        ] {
            let rows: Vec<(Vec<u8>,)> = self.db().fetch_all(sql, args![]).await.unwrap();
            all.extend(rows.iter().map(|(bytes,)| String::from_utf8_lossy(bytes)));
        }
        all
    }

    async fn run(&self, sql: &str, args: Vec<event_store::Value>) {
        assert_eq!(self.db().execute(sql, args).await.unwrap(), 1, "{sql}");
    }
}

fn email() -> MailedEmail {
    MailedEmail {
        from: "candidatures@postulo.example".into(),
        to: RECEIVER.to_owned().into(),
        reply_to: None,
        subject: "Bonjour".to_owned().into(),
        date: examples::minutes(0),
        text: "Bonjour".to_owned().into(),
        html: "<p>Bonjour</p>".to_owned().into(),
        calendar: None,
        files: vec![],
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_version_before_left_in_plain_is_read_and_is_sealed_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let commands = &it.commands;
    let id = it.application(1..=1).await.to_string();
    let stream = StreamId::of::<JobApplication>(&id);
    commands.emails().keep_email(stream, "confirmation", "m", &email()).await.unwrap();
    let address: EmailAddress = examples::valid(OPERATOR);
    let password = Password::new("a long password of the tests").unwrap();
    let operators = commands.operators();
    let operator = operators.create(&address, Role::Admin, &password, &cause()).await.unwrap();
    // What is new is sealed from the start.
    assert_eq!(it.waiting().await, [0; 4]);
    let plain = it.plain().await;
    assert!(!plain.contains("quartzberg") && !plain.contains("feldspath"), "{plain}");

    // As the version before wrote them.
    it.run("UPDATE reactions SET detail = $1, sealed_detail = NULL", args![DETAIL]).await;
    it.run("UPDATE sent_emails SET recipient = $1", args![RECEIVER]).await;
    let row = "UPDATE operators SET email = $1, sealed_email = NULL, second_factor = $2";
    it.run(row, args![OPERATOR, FACTOR]).await;
    it.run("INSERT INTO webhook_secrets VALUES ($1, $2, NULL)", args![WEBHOOK, SECRET]).await;
    assert_eq!(it.waiting().await, [1; 4]);
    let oldest = plain_rows(it.db()).await.unwrap();
    assert!(oldest[..3].iter().all(|it| it.oldest == Some(examples::minutes(0))), "{oldest:?}");

    let read = async || {
        assert_eq!(it.details().await, [Some(DETAIL.to_owned())]);
        let account = operators.find(operator).await.unwrap().unwrap();
        assert_eq!((account.email.reveal().as_str(), account.has_second_factor), (OPERATOR, true));
        assert_eq!(operators.id_of(&address).await.unwrap(), operator);
        let secret = commands.webhooks().secret(WEBHOOK).await.unwrap().unwrap();
        assert_eq!(secret.reveal(), SECRET);
        let kept = commands.emails().find(stream, "m").await.unwrap().unwrap();
        assert_eq!(kept.to.reveal(), RECEIVER);
        // The app that has the secret shows the right code.
        let secret = totp_rs::Secret::try_from_base32(FACTOR).unwrap();
        let app = totp_rs::Builder::new().with_secret(secret).with_account_name("x").build();
        let seconds = u64::try_from(commands.now().as_second()).unwrap();
        let code = app.unwrap().generate(seconds).to_string();
        commands.identity().check_code(&account, &code, &[]).await.unwrap();
        it.run("UPDATE operators SET last_step = 0", args![]).await;
    };
    read().await;
    for beside in Beside::ALL {
        assert!(commands.seal_some(beside).await.unwrap() > 0, "{beside:?}");
        assert_eq!(commands.seal_some(beside).await.unwrap(), 0, "{beside:?}");
    }
    read().await;
    assert_eq!(it.waiting().await, [0; 4]);
    let plain = it.plain().await;
    for value in ["quartzberg", "feldspath", FACTOR, SECRET] {
        assert!(!plain.contains(value), "{value} is still there");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn rows_are_sealed_in_batches_and_what_was_forgotten_or_has_no_key_is_not_kept(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    it.application(1..=450).await;
    it.db().execute("UPDATE reactions SET detail = $1", args![DETAIL]).await.unwrap();
    let nobodys = "UPDATE reactions SET application_id = 'nobody' WHERE position = 450";
    it.run(nobodys, args![]).await;
    for sealed in [200, 200, 50, 0] {
        assert_eq!(it.commands.seal_some(Beside::Reactions).await.unwrap(), sealed);
    }
    let details = it.details().await;
    assert_eq!(details.iter().filter(|it| it.as_deref() == Some(DETAIL)).count(), 449);
    assert_eq!(details[0], None);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_who_was_forgotten_no_detail_can_be_read_and_none_is_kept(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let id = it.application(1..=2).await;
    // It is being tried this moment.
    let leased =
        "UPDATE reactions SET leased_until = '2099-01-01T00:00:00.000000Z' WHERE position = 2";
    it.run(leased, args![]).await;
    let record = [RecordRef::application(id)];
    let address = examples::valid("zoe@example.org");
    let people = it.commands.people();
    people.forget_person(&address, &record, &ErasureBasis::CommandLine, &cause()).await.unwrap();
    assert_eq!(it.details().await, [None], "the other one is gone");
    it.park(id, 2).await;
    assert_eq!(it.details().await, [None]);
    let kept =
        "SELECT count(*) FROM reactions WHERE sealed_detail IS NOT NULL OR detail IS NOT NULL";
    let (kept,): (i64,) = it.db().fetch_one(kept, args![]).await.unwrap();
    assert_eq!(kept, 0);
    // It is over: nothing waits to be cleared away.
    assert_eq!(event_store::seal::unfinished(it.db(), 9).await.unwrap(), vec![]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_an_operator_tells_nothing_of_the_address_and_one_of_a_version_before_is_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let operators = it.commands.operators();
    let password = Password::new("a long password of the tests").unwrap();
    let address: EmailAddress = examples::valid(OPERATOR);
    let old = Uuid::new_v5(
        &Uuid::from_u128(0x8d8a_7c1e_3f5b_5c6e_9a57_20a1_c0de_0002),
        OPERATOR.as_bytes(),
    );
    let id = operators.create(&address, Role::Admin, &password, &cause()).await.unwrap();
    assert_ne!(id, old);
    let shouted: EmailAddress = examples::valid(&OPERATOR.to_uppercase());
    assert_eq!(operators.id_of(&shouted).await.unwrap(), id);
    operators.create(&shouted, Role::Admin, &password, &cause()).await.unwrap_err();

    it.run("UPDATE operators SET id = $1", args![old]).await;
    assert_eq!(operators.id_of(&address).await.unwrap(), old);
}
