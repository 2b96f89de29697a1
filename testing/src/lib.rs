//! Fixtures of tests: a log on a fresh database, and what stands on it.
//!
//! A [`Fixture`] is what one process of the service is made of, with a clock that a test moves: the log,
//! the commands, read models, reactors and a mailbox, each begun when it is asked for. With [`Fixture::http`] it
//! answers over HTTP, too. Other crates' integration tests build on it; nothing that runs depends on this crate.
//!
//! **Nothing is left over.** Once reactors were started, the fixture fails the test that ends with a reaction
//! which is delayed or failed, unless the test said so with [`Fixture::leaves`].

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on ends there"
)]

pub mod http;
mod left_over;
mod lists;
mod mails;
mod rows;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use commands::{Cause, Commands, LinkPurpose, PartnerSecret};
use domain::partner::PartnerSettings;
use domain::{AGGREGATES, Described, examples};
use event_store::testing::{Engine, PATIENCE, Preparation, TestDb, master_keys};
use event_store::{
    ActorKind, Clock, Db, DbError, FixedClock, Ids, Log, LogOptions, RandomIds, SeededIds,
};
use integrations::Integrations;
use projections::{Projection, Projections, RunnerOptions, schema};
use tempfile::TempDir;
use uuid::Uuid;
use workers::mail::{MailSettings, mailer};
use workers::{Settings, Workers, World};

use left_over::LeftOver;
pub use lists::Lists;
pub use rows::{BLINDED, personal_values, rows};

/// A log that seals under the keys of tests.
pub async fn open_log(db: Db, clock: Arc<dyn Clock>) -> Log {
    open_log_of(AGGREGATES, db, clock).await
}

async fn open_log_of(aggregates: &[Described], db: Db, clock: Arc<dyn Clock>) -> Log {
    let codec = commands::codec_of(aggregates, Some(master_keys()));
    let erasing = projections::erasing_statements();
    Log::open(db, clock, LogOptions { codec, erasing, ..LogOptions::default() }).await.unwrap()
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
    read_models: ReadModels,
    lists: Lists,
    demo: OnceLock<PartnerSecret>,
    mailbox: TempDir,
    // Before the database, which it asks when it is dropped.
    left_over: LeftOver,
    test_db: TestDb,
}

/// The tables of read models, which are in the databases of tests from the beginning.
struct ReadModelTables(Vec<Box<dyn Projection>>);

impl Preparation for ReadModelTables {
    fn digest(&self) -> String {
        schema::digest(&self.0)
    }

    async fn prepare(&self, db: &Db) -> Result<(), DbError> {
        schema::prepare_these(db, &self.0).await.map(drop)
    }
}

/// A new database with the tables of the house's read models, for a test that needs no [`Fixture`].
pub async fn database(engine: Engine) -> TestDb {
    TestDb::prepared(engine, &ReadModelTables(projections::all())).await
}

impl Fixture {
    /// With ids by chance.
    pub async fn new(engine: Engine) -> Self {
        Self::of(engine, Lists::house()).await
    }

    /// The same, made of other lists than those of the house.
    pub async fn of(engine: Engine, lists: Lists) -> Self {
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let ids = Arc::new(RandomIds::new(clock.clone()));
        Self::with(engine, clock, ids, lists).await
    }

    /// With ids that repeat from run to run.
    pub async fn repeatable(engine: Engine) -> Self {
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let ids = Arc::new(SeededIds::new(1, clock.clone()));
        Self::with(engine, clock, ids, Lists::house()).await
    }

    async fn with(engine: Engine, clock: Arc<FixedClock>, ids: Arc<dyn Ids>, lists: Lists) -> Self {
        let test_db = TestDb::prepared(engine, &ReadModelTables((lists.projections)())).await;
        let log = open_log_of(&lists.aggregates, test_db.db(), clock.clone()).await;
        let commands = commands::testing::commands(&log, clock.clone(), ids.clone());
        let commands = commands.of(lists.contexts());
        let left_over = LeftOver::in_database(test_db.url());
        let mailbox = TempDir::new().unwrap();
        let read_models = ReadModels {
            log: log.clone(),
            clock: clock.clone(),
            all: lists.projections,
            followed: Arc::default(),
        };
        Self {
            clock,
            log,
            commands,
            ids,
            read_models,
            lists,
            demo: OnceLock::new(),
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
        let log = open_log_of(&self.lists.aggregates, db, self.clock.clone()).await;
        commands::testing::commands(&log, self.clock.clone(), self.ids.clone())
            .of(self.lists.contexts())
    }

    /// Registers the partner `demo`, once.
    pub async fn register_demo(&self, settings: PartnerSettings) {
        let demo = examples::valid("demo");
        let secret = self.commands.partners().register(&demo, settings, &cause()).await.unwrap();
        assert!(self.demo.set(secret).is_ok(), "`demo` is registered once");
    }

    /// The secret of `demo`, which must have been registered.
    pub fn secret(&self) -> &str {
        self.demo.get().expect("the partner `demo` is registered").reveal()
    }

    /// How many events the log holds.
    pub async fn events(&self) -> i64 {
        self.log.head().await.unwrap().get()
    }

    /// The names of what happened to an application.
    pub async fn kinds_of(&self, application: Uuid) -> Vec<&'static str> {
        let history = self.commands.applications().find(application).await.unwrap();
        history.events.iter().map(|recorded| recorded.event.kind().as_str()).collect()
    }

    /// The token of a link that is made now.
    pub fn token(&self, purpose: LinkPurpose, id: Uuid) -> String {
        self.commands.links().token(purpose, id, self.commands.now())
    }

    /// The read models, followed from the first time on that somebody asks for them.
    pub fn projections(&self) -> &Projections {
        self.read_models.followed()
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
            permits: Arc::default(),
            offers: workers::OfferSettings::default(),
        }
    }

    /// Starts every reactor on this world. From now on no reaction may be left over.
    pub async fn workers(&self, world: &World, settings: &Settings) -> Workers {
        self.left_over.watch();
        let (reactions, tasks) = ((self.lists.reactions)(), (self.lists.tasks)());
        Workers::start_these(reactions, tasks, &self.log, world, settings).await.unwrap()
    }

    /// Says that reactions of this reactor are left over in this state when the test ends; that they are is checked,
    /// too.
    pub fn leaves(&self, reactor: &str, state: &str) {
        self.left_over.expect(reactor, state);
    }
}

/// The read models of this process; clones are the same ones.
#[derive(Clone)]
struct ReadModels {
    log: Log,
    clock: Arc<FixedClock>,
    all: fn() -> Vec<Box<dyn Projection>>,
    followed: Arc<OnceLock<Projections>>,
}

impl ReadModels {
    fn followed(&self) -> &Projections {
        let start = || {
            let (log, clock) = (self.log.clone(), self.clock.clone());
            Projections::start_these(log, clock, &RunnerOptions::default(), (self.all)())
        };
        self.followed.get_or_init(start)
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").field("url", &self.url()).finish_non_exhaustive()
    }
}
