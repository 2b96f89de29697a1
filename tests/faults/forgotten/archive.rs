//! A place whose database holds what happened long ago: the real commands write it, with a clock that
//! is set back.

use std::sync::Arc;

use bytes::Bytes;
use commands::parked::{Key, Verdict, park};
use commands::{Attachments, Cause, Commands, KeyRing, MailedEmail, Upload, recognise};
use domain::{JobApplication, Language, examples};
use event_store::lease::LeaseOptions;
use event_store::testing::{Engine, TestDb};
use event_store::{
    ActorKind, Clock as _, Db, FixedClock, Log, LogOptions, Position, RandomIds, StreamId,
    SystemClock, args,
};
use jiff::Timestamp;
use projections::{Projections, RunnerOptions};
use uuid::Uuid;

use crate::place::{Place, caught_up};

const MASTER_KEYS: &str = "m1:1111111111111111111111111111111111111111111111111111111111111111";
const KEYS: &str = "k1:3333333333333333333333333333333333333333333333333333333333333333";

pub(crate) struct Archive {
    pub(crate) place: Place,
    pub(crate) test_db: TestDb,
    pub(crate) log: Log,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) commands: Commands,
}

pub(crate) fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::from_u128(7))
}

impl Archive {
    /// An empty one, with these settings besides its own.
    pub(crate) async fn new(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let test_db = testing::database(engine).await;
        let mut place = Place::new(settings);
        place.set("POSTULO_DATABASE_URL", test_db.url());
        place.set("POSTULO_MASTER_KEYS", MASTER_KEYS);
        place.set("POSTULO_KEYS", KEYS);
        let clock = Arc::new(FixedClock::new(SystemClock.now()));
        let codec = commands::codec(Some(MASTER_KEYS.parse().unwrap()));
        let options = LogOptions { codec, ..LogOptions::default() };
        let log = Log::open(test_db.db(), clock.clone(), options).await.unwrap();
        let commands = Commands::new(
            log.clone(),
            clock.clone(),
            Arc::new(RandomIds::new(clock.clone())),
            Attachments::local(&place.path("attachments")).unwrap(),
            &KEYS.parse::<KeyRing>().unwrap(),
        );
        Self { place, test_db, log, clock, commands }
    }

    pub(crate) fn db(&self) -> &Db {
        self.log.db()
    }

    /// Somebody applied at that time, with a document and an e-mail, of which one reaction failed. Their
    /// name is in all that is theirs.
    pub(crate) async fn applied(&self, name: &str, client: &str, at: Timestamp) -> Uuid {
        self.clock.set(at);
        let upload = Upload {
            name: format!("CV {name}.txt"),
            bytes: Bytes::from(format!("{name} can bake. ").repeat(99)),
        };
        let documents = recognise(vec![upload]).unwrap();
        let mut draft = examples::draft();
        for (field, value) in [
            ("candidate_email", format!("{name}@example.org")),
            ("candidate_first_name", name.to_owned()),
            ("candidate_address", format!("12 rue {name}, Paris")),
            ("employer_email", format!("boss.{name}@boulangerie.example")),
            ("message", format!("{name} écrit ").repeat(1 + name.len() * 7 % 60)),
        ] {
            draft.set(field, value);
        }
        let attachments = documents.iter().map(|it| it.attachment.clone()).collect();
        let submission = draft.parse(examples::valid(client), Language::Fr, attachments).unwrap();
        let submitted = self
            .commands
            .applications()
            .submit(submission, &documents, None, &cause())
            .await
            .unwrap();
        let text = format!("Bonjour {name}");
        let email = MailedEmail {
            from: "candidatures@postulo.example".into(),
            to: format!("{name}@example.org").into(),
            reply_to: None,
            subject: text.clone().into(),
            date: at,
            text: text.clone().into(),
            html: text.into(),
            calendar: None,
            files: vec![],
        };
        let message_id = format!("{}@postulo.example", submitted.id);
        self.commands
            .emails()
            .keep_email(
                StreamId::of::<JobApplication>(&submitted.id.to_string()),
                "confirmation",
                &message_id,
                &email,
            )
            .await
            .unwrap();
        let id = submitted.id.to_string();
        let key = Key {
            reactor: "employer_email",
            position: submitted.position,
            stream: StreamId::of::<JobApplication>(&id),
            event_type: "Submitted",
        };
        let detail = format!("550 5.1.1 <boss.{name}@boulangerie.example> unknown");
        let verdict = Verdict::Failed { cause: "the server refused it", detail: Some(&detail) };
        park(self.db(), &key, 1, &verdict, at).await.unwrap();
        submitted.id
    }

    /// The read models catch up with the log.
    pub(crate) async fn settle(&self) {
        let lease = LeaseOptions::default();
        let options = RunnerOptions { lease, ..RunnerOptions::default() };
        let running = Projections::start(self.log.clone(), self.clock.clone(), &options);
        caught_up(&running, &self.log).await;
        running.stop().await;
    }

    /// Whose `PersonalDataErased` is in the log.
    pub(crate) async fn erased(&self) -> Vec<String> {
        let sql = "SELECT aggregate_id FROM events WHERE event_type = 'PersonalDataErased'";
        let rows: Vec<(String,)> = self.db().fetch_all(sql, args![]).await.unwrap();
        rows.into_iter().map(|(id,)| id).collect()
    }

    /// Lets so much time pass since people were forgotten that nothing is under way any more.
    pub(crate) async fn long_ago(&self) {
        let sql = "UPDATE erased_streams SET erased_at = '2020-01-01T00:00:00.000000Z'";
        self.db().execute(sql, args![]).await.unwrap();
    }

    pub(crate) async fn close(self) {
        self.log.close().await;
    }

    pub(crate) async fn head(&self) -> Position {
        self.log.head().await.unwrap()
    }
}
