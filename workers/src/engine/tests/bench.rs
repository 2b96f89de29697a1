//! A reaction that does what a script says, on a real database.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use commands::Cause;
use commands::testing::process;
use domain::application::{ApplicationEvent, ApplicationEventKind};
use domain::{ApplicationRefusal, JobApplication, Personal, Prose, examples};
use event_store::lease::LeaseOptions;
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, Db, Log, Recorded, SystemClock, checkpoint};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::engine::{Workers, checkpoint_name};
use crate::mail::{Email, Mailer, SendError, Taken};
use crate::reaction::{Failure, Outcome, Reaction, ReactionError, Start, World};
use crate::settings::Settings;
use commands::parked::{self, Filter, Parked};
use integrations::Integrations;

pub(super) struct NoMail;

#[async_trait]
impl Mailer for NoMail {
    async fn send(&self, _: &Email) -> Result<Taken, SendError> {
        unreachable!("the scripted reaction sends no e-mail")
    }
}

/// What the script says of an application: how its reaction ends, the first time and afterwards.
pub(super) type Script = fn(nth: usize, world: &World) -> Result<Outcome, ReactionError>;

#[derive(Default)]
pub(super) struct Seen {
    /// How often each application was reacted to, in the order of first sight.
    pub(super) times: Mutex<HashMap<String, usize>>,
    pub(super) given_up: AtomicUsize,
    pub(super) at_once: AtomicUsize,
    pub(super) most_at_once: AtomicUsize,
}

impl Seen {
    pub(super) fn all(&self) -> usize {
        self.times.lock().unwrap().values().sum()
    }
}

pub(super) struct Scripted {
    pub(super) seen: Arc<Seen>,
    pub(super) script: Script,
    pub(super) gate: Arc<Semaphore>,
    pub(super) start: Start,
}

#[async_trait]
impl Reaction for Scripted {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        "scripted"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted]
    }

    fn start(&self) -> Start {
        self.start
    }

    fn concurrency(&self) -> usize {
        3
    }

    fn attempts(&self) -> u32 {
        3
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let now = self.seen.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.seen.most_at_once.fetch_max(now, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        self.seen.at_once.fetch_sub(1, Ordering::SeqCst);
        let nth = {
            let mut times = self.seen.times.lock().unwrap();
            let nth = times.entry(event.aggregate_id.clone()).or_default();
            *nth += 1;
            *nth
        };
        (self.script)(nth, world)
    }

    async fn give_up(
        &self,
        _: &Recorded<ApplicationEvent>,
        _: &World,
        _: Personal<Prose<2000>>,
    ) -> Result<(), commands::CommandError<ApplicationRefusal>> {
        self.seen.given_up.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

pub(super) struct Bench {
    pub(super) test_db: Arc<TestDb>,
    pub(super) log: Log,
    pub(super) world: World,
    pub(super) seen: Arc<Seen>,
    pub(super) gate: Arc<Semaphore>,
    pub(super) settings: Settings,
}

impl Bench {
    pub(super) async fn new(engine: Engine) -> Self {
        Self::on(Arc::new(TestDb::new(engine).await), None).await
    }

    /// Another process on the same database.
    pub(super) async fn other_process(&self) -> Self {
        let url = self.test_db.url().to_owned();
        let db = Db::connect(&url).await.unwrap();
        let mut other = Self::on(self.test_db.clone(), Some(db)).await;
        other.settings = self.settings.clone();
        other
    }

    async fn on(test_db: Arc<TestDb>, db: Option<Db>) -> Self {
        let db = db.unwrap_or_else(|| test_db.db());
        let commands = process(db, Arc::new(SystemClock)).await;
        let log = commands.log().clone();
        let world = World {
            commands,
            mailer: Arc::new(NoMail),
            base_url: "https://postulo.example".parse().unwrap(),
            mail_domain: "postulo.example".into(),
            mail_from: "postulo@postulo.example".parse().unwrap(),
            integrations: Integrations::default(),
            permits: Arc::default(),
            offers: crate::OfferSettings::default(),
        };
        let lease = LeaseOptions {
            beat: Duration::from_millis(50),
            patience: Duration::from_millis(500),
            look: Duration::from_millis(20),
        };
        let first_delay = Duration::from_millis(10);
        let settings = Settings { first_delay, lease, ..Settings::default() };
        let gate = Arc::new(Semaphore::new(1_000_000));
        Self { test_db, log, world, seen: Arc::default(), gate, settings }
    }

    pub(super) async fn start(&self, script: Script) -> Workers {
        self.start_at(script, Start::Now).await
    }

    pub(super) async fn start_at(&self, script: Script, start: Start) -> Workers {
        let (seen, gate) = (self.seen.clone(), self.gate.clone());
        let reaction = Box::new(Scripted { seen, script, gate, start });
        Workers::start_these(vec![reaction], vec![], &self.log, &self.world, &self.settings)
            .await
            .unwrap()
    }

    pub(super) async fn submit(&self, count: usize) {
        for _ in 0..count {
            let cause = Cause::request(ActorKind::System, None, Uuid::nil());
            let submission = examples::submission();
            self.world.commands.applications().submit(submission, &[], None, &cause).await.unwrap();
        }
    }

    pub(super) async fn parked(&self) -> Vec<Parked> {
        parked::list(&self.log, &Filter::default()).await.unwrap()
    }

    pub(super) async fn states(&self) -> Vec<String> {
        self.parked().await.into_iter().map(|row| row.state).collect()
    }

    pub(super) async fn checkpoint(&self) -> i64 {
        let name = checkpoint_name("scripted");
        checkpoint::read(self.log.db(), &name).await.unwrap().unwrap().get()
    }
}

pub(super) use event_store::testing::until;

pub(super) fn failure() -> Failure {
    Failure::new("the other side is busy")
}
