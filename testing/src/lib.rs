//! Fixtures of tests: a log on a fresh database, and what stands on it.
//!
//! A [`Fixture`] is what one process of the service is made of, with a clock that a test moves: the log,
//! the commands, read models, reactors and a mailbox, each begun when it is asked for. Other crates' integration
//! tests build on it; nothing that runs depends on this crate.
//!
//! **Nothing is left over.** Once reactors were started, the fixture fails the test that ends with a reaction
//! which is delayed or failed, unless the test said so with [`Fixture::leaves`].

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on ends there"
)]

mod left_over;
mod mails;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use commands::{Attachments, Cause, Commands, KeyRing};
use domain::examples;
use domain::partner::PartnerSettings;
use event_store::testing::{Engine, PATIENCE, TestDb, master_keys};
use event_store::{ActorKind, Clock, Db, FixedClock, Ids, Log, LogOptions, RandomIds, SeededIds};
use integrations::Integrations;
use projections::{Projections, RunnerOptions, schema};
use tempfile::TempDir;
use uuid::Uuid;
use workers::mail::{MailSettings, mailer};
use workers::{Settings, Workers, World};

use left_over::LeftOver;

/// What a process is made of, list by list.
#[derive(Clone)]
pub struct Lists {
    /// The aggregates of the log.
    pub aggregates: Vec<Described>,
    /// Those of them that hold records of persons.
    pub people: Vec<&'static dyn PersonalRecords>,
    /// The read models.
    pub projections: fn() -> Vec<Box<dyn Projection>>,
    /// The reactions.
    pub reactions: fn() -> Vec<Box<dyn AnyReaction>>,
    /// The scheduled tasks.
    pub tasks: fn() -> Vec<Box<dyn Job>>,
}

impl Lists {
    /// The lists of the house.
    pub fn house() -> Self {
        Self {
            aggregates: AGGREGATES.to_vec(),
            people: commands::people::all().to_vec(),
            projections: projections::all,
            reactions: workers::all,
            tasks: workers::jobs::all,
        }
    }
}

/// The signing keys of tests.
pub fn key_ring() -> KeyRing {
    KeyRing::single("k1", [7; 32])
}

/// A log that seals under the keys of tests.
pub async fn open_log(db: Db, clock: Arc<dyn Clock>) -> Log {
    let codec = commands::codec(Some(master_keys()));
    Log::open(db, clock, LogOptions { codec, ..LogOptions::default() }).await.unwrap()
}

/// The cause of what a test itself does.
pub fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::nil())
}

/// A process of the service on a database of its own, at the time of the examples. Its parts share the database
/// and the clock; the database goes with it.
pub struct Fixture {
    /// The clock of every part; a test moves it.
    pub clock: Arc<FixedClock>,
    /// The log.
    pub log: Log,
    /// The write side. Passwords cost next to nothing to hash.
    pub commands: Commands,
    /// The ids that it makes.
    pub ids: Arc<dyn Ids>,
    projections: OnceLock<Projections>,
    mailbox: TempDir,
    // Before the database, which it asks when it is dropped.
    left_over: LeftOver,
    test_db: TestDb,
}

impl Fixture {
    /// With ids by chance.
    pub async fn new(engine: Engine) -> Self {
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let ids = Arc::new(RandomIds::new(clock.clone()));
        Self::with(engine, clock, ids).await
    }

    /// With ids that repeat from run to run.
    pub async fn repeatable(engine: Engine) -> Self {
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let ids = Arc::new(SeededIds::new(1, clock.clone()));
        Self::with(engine, clock, ids).await
    }

    async fn with(engine: Engine, clock: Arc<FixedClock>, ids: Arc<dyn Ids>) -> Self {
        let test_db = TestDb::new(engine).await;
        schema::prepare(&test_db.db()).await.unwrap();
        let log = open_log(test_db.db(), clock.clone()).await;
        let commands = commands_on(&log, &clock, &ids);
        let left_over = LeftOver::in_database(test_db.url());
        let mailbox = TempDir::new().unwrap();
        Self {
            clock,
            log,
            commands,
            ids,
            projections: OnceLock::new(),
            mailbox,
            left_over,
            test_db,
        }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        self.log.db()
    }

    /// Its address, for a connection as another process would have it.
    pub fn url(&self) -> &str {
        self.test_db.url()
    }

    /// The write side of another process on the same database, with the same clock.
    pub async fn other_process(&self) -> Commands {
        let db = Db::connect(self.url()).await.unwrap();
        let log = open_log(db, self.clock.clone()).await;
        commands_on(&log, &self.clock, &self.ids)
    }

    /// Registers the partner `demo`.
    pub async fn register_demo(&self, settings: PartnerSettings) {
        let demo = examples::valid("demo");
        self.commands.register_partner(&demo, settings, &cause()).await.unwrap();
    }

    /// The read models, followed from the first time on that somebody asks for them.
    pub fn projections(&self) -> &Projections {
        let start =
            || Projections::start(self.log.clone(), self.clock.clone(), &RunnerOptions::default());
        self.projections.get_or_init(start)
    }

    /// Waits until every read model has seen all that happened.
    pub async fn caught_up(&self) {
        let head = self.log.head().await.unwrap();
        self.projections().wait_for(&[], head, PATIENCE).await.unwrap();
    }

    /// The folder of the mailbox that e-mails go to.
    pub fn mailbox(&self) -> &Path {
        self.mailbox.path()
    }

    /// What reactions may use: the commands, and the mailbox as the way that e-mails take.
    pub fn world(&self) -> World {
        let url = format!("mailbox:{}", self.mailbox.path().display());
        World {
            commands: self.commands.clone(),
            mailer: mailer(&url, &MailSettings::default()).unwrap(),
            base_url: "https://postulo.example".parse().unwrap(),
            mail_domain: "postulo.example".into(),
            mail_from: "postulo@postulo.example".parse().unwrap(),
            integrations: Integrations::default(),
        }
    }

    /// Starts every reactor on this world. From now on no reaction may be left over.
    pub async fn workers(&self, world: &World, settings: &Settings) -> Workers {
        self.left_over.watch();
        Workers::start(&self.log, world, settings).await.unwrap()
    }

    /// Says that reactions of this reactor are left over in this state when the test ends; that they are is checked,
    /// too.
    pub fn leaves(&self, reactor: &str, state: &str) {
        self.left_over.expect(reactor, state);
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").field("url", &self.url()).finish_non_exhaustive()
    }
}

fn commands_on(log: &Log, clock: &Arc<FixedClock>, ids: &Arc<dyn Ids>) -> Commands {
    Commands::new(log.clone(), clock.clone(), ids.clone(), Attachments::in_memory(), &key_ring())
        .with_cheap_passwords()
}
