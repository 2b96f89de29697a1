//! A place whose database holds what happened long ago: the real commands write it, with a clock that
//! is set back.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use commands::parked::{self, Filter, Key, Verdict, park};
use commands::{Attachments, Cause, Commands, KeyRing, MailedEmail, Upload, people, recognise};
use cqrs_es::Aggregate as _;
use domain::account::Account;
use domain::space::CandidateCv;
use domain::{EmailAddress, JobApplication, Language, examples};
use event_store::lease::LeaseOptions;
use event_store::testing::{Engine, TestDb};
use event_store::{
    ActorKind, Clock as _, Db, FixedClock, Log, LogOptions, Position, RandomIds, StreamId,
    SystemClock, args,
};
use jiff::Timestamp;
use projections::{Projections, RunnerOptions, subjects};
use uuid::Uuid;

use super::search::{Found, Search};
use crate::place::{Place, caught_up};

const MASTER_KEYS: &str = "m1:1111111111111111111111111111111111111111111111111111111111111111";
const KEYS: &str = "k1:3333333333333333333333333333333333333333333333333333333333333333";

pub(crate) struct Archive {
    pub(crate) place: Place,
    url: String,
    // Deleted when it is dropped, where it is a database of the tests' server.
    _test_db: Option<TestDb>,
    pub(crate) log: Log,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) commands: Commands,
}

/// Whether streams of this kind are accounts, or belong to them.
fn is_of_an_account(kind: &str) -> bool {
    let mut records = people::all().iter();
    kind == Account::TYPE || records.any(|it| it.aggregate() == kind && it.belongs())
}

pub(crate) fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::from_u128(7))
}

impl Archive {
    /// An empty one, with these settings besides its own.
    pub(crate) async fn new(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let test_db = testing::database(engine).await;
        let url = test_db.url().to_owned();
        Self::open(url, Some(test_db), settings).await
    }

    /// The same, in this empty database.
    pub(crate) async fn at(url: &str, settings: &[(&str, &str)]) -> Self {
        Self::open(url.to_owned(), None, settings).await
    }

    async fn open(url: String, test_db: Option<TestDb>, settings: &[(&str, &str)]) -> Self {
        let mut place = Place::new(settings);
        place.set("POSTULO_DATABASE_URL", &url);
        place.set("POSTULO_MASTER_KEYS", MASTER_KEYS);
        place.set("POSTULO_KEYS", KEYS);
        if test_db.is_none() {
            place.print(&["migrate"]);
        }
        let clock = Arc::new(FixedClock::new(SystemClock.now()));
        let codec = commands::codec(Some(MASTER_KEYS.parse().unwrap()));
        let erasing = projections::erasing_statements();
        let options = LogOptions { codec, erasing, ..LogOptions::default() };
        let log =
            Log::open(Db::connect(&url).await.unwrap(), clock.clone(), options).await.unwrap();
        let commands = Commands::new(
            log.clone(),
            clock.clone(),
            Arc::new(RandomIds::new(clock.clone())),
            Attachments::local(&place.path("attachments")).unwrap(),
            &KEYS.parse::<KeyRing>().unwrap(),
        );
        Self { place, url, _test_db: test_db, log, clock, commands }
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
        park(&self.log, &key, 1, &verdict, at).await.unwrap();
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

    /// The folder of its database's files, where it is a file.
    pub(crate) fn folder_of_database(&self) -> Option<&Path> {
        Path::new(self.url.strip_prefix("sqlite:")?).parent()
    }

    /// Looks through all that lies anywhere as it lies there: tables, files, what was logged.
    pub(crate) async fn look_at_rest(&self, search: &Search, found: &mut Found) {
        search.look_in_tables(self.db(), found).await;
        search.look_in_files(&self.place.path("."), found);
        if let Some(folder) = self.folder_of_database() {
            search.look_in_files(folder, found);
        }
    }

    /// Looks through all that whoever has the keys can read: the log, documents, CVs, e-mails as they were
    /// sent, what other sides said, accounts, operators.
    pub(crate) async fn look_opened(&self, search: &Search) -> Found {
        let mut found = Found::new();
        let mut streams = BTreeSet::new();
        for raw in self.log.read_after(Position::START, i64::MAX).await.unwrap() {
            search.look("the log", self.log.payload(&raw).unwrap().as_bytes(), &mut found);
            streams.insert((raw.aggregate_type, raw.aggregate_id));
        }
        for (kind, id) in &streams {
            let stream = StreamId::new(kind, id);
            for mailed in self.commands.emails().of(stream).await.unwrap() {
                let email = self.commands.emails().find(stream, &mailed.message_id).await.unwrap();
                let email = serde_json::to_vec(&email).unwrap();
                search.look("e-mails", &email, &mut found);
            }
            let Ok(id) = id.parse() else { continue };
            if kind == CandidateCv::TYPE
                && let Some(cv) = self.commands.space().cv(id).await.unwrap()
                && let Ok(bytes) = self.commands.space().cvs().get(id, &cv.digest).await
            {
                search.look("CVs", &bytes, &mut found);
            }
            if kind == Account::TYPE
                && let Some(account) = self.commands.accounts().find(id).await.unwrap()
            {
                let names = [Some(account.username), account.full_name, Some(account.email)];
                for name in names.into_iter().flatten() {
                    search.look("accounts", name.reveal().as_bytes(), &mut found);
                }
            }
            if kind != JobApplication::TYPE {
                continue;
            }
            let history = self.commands.applications().find(id).await.unwrap();
            let documents = history.state.known().map(|it| it.documents().to_vec());
            for document in documents.unwrap_or_default() {
                // Others were deleted.
                if let Ok(bytes) = self.commands.attachments().get(id, &document.digest).await {
                    search.look("documents", &bytes, &mut found);
                }
            }
        }
        for row in parked::list(&self.log, &Filter::default()).await.unwrap() {
            search.look("reactions", row.detail.unwrap_or_default().as_bytes(), &mut found);
        }
        for operator in self.commands.operators().all().await.unwrap() {
            search.look("operators", operator.email.reveal().as_bytes(), &mut found);
        }
        found
    }

    /// Of these streams no key is left, no term by which somebody could be found, nothing that was
    /// sealed beside them, and no row that names an account or what belongs to one.
    pub(crate) async fn is_forgotten(&self, address: &EmailAddress, streams: &[StreamId<'_>]) {
        for stream in streams {
            let sealed = self.log.seal_bytes(*stream, "anything", b"any").await.unwrap();
            assert_eq!(sealed, None, "there is a key of {stream}");
            assert_eq!(self.commands.emails().of(*stream).await.unwrap(), vec![], "of {stream}");
            let parked = parked::list(&self.log, &Filter::of(*stream)).await.unwrap();
            assert!(parked.iter().all(|row| row.detail.is_none()), "reactions of {stream}");
            assert_eq!(self.log.snapshot(*stream).await.unwrap(), None, "snapshot of {stream}");
            if let Ok(id) = stream.aggregate_id.parse() {
                assert!(!self.commands.attachments().holds(id).await.unwrap(), "of {stream}");
                assert!(!self.commands.space().cvs().holds(id).await.unwrap(), "CV of {stream}");
                assert_eq!(
                    self.commands.accounts().find(id).await.unwrap(),
                    None,
                    "row of {stream}"
                );
            }
            let belongings = self.commands.people().belongings(*stream).await.unwrap();
            assert_eq!(belongings, [], "these belong to {stream}");
        }
        let of_accounts = streams.iter().filter(|it| is_of_an_account(it.aggregate_type));
        let ids: Vec<Uuid> = of_accounts.filter_map(|it| it.aggregate_id.parse().ok()).collect();
        let naming = self.naming(&ids).await;
        assert!(naming.is_empty(), "these name who was forgotten: {naming:?}");
        assert_eq!(subjects::of(&self.log, address).await.unwrap(), []);
        let unfinished = event_store::seal::unfinished(self.db(), 9).await.unwrap();
        assert_eq!(unfinished, vec![]);
    }

    pub(crate) async fn close(self) {
        self.log.close().await;
    }

    pub(crate) async fn head(&self) -> Position {
        self.log.head().await.unwrap()
    }
}
