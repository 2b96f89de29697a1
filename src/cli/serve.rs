//! `postulo serve`, and its parts in processes of their own: `api`, `projector`, `worker`, `relay`.

mod development;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use api::{App, AppParts, Demo, Metrics, RequestLimits, Settings};
use commands::advice;
use event_store::Position;
use event_store::kafka::{self, Kafka};
use event_store::lease::LeaseOptions;
use event_store::tree::{Keeper, Signer, TreeOptions};
use integrations::Reach;
use jiff::SignedDuration;
use projections::{Projections, RunnerOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;
use workers::witness::Witness;
use workers::{Feed, Override, Workers};

use self::development::Ready;
use crate::cli::out::{self, say};
use crate::config::{Config, Mode};
use crate::wiring::{self, Parts};
use crate::{server, shutdown, telemetry};

/// How long requests under way may take once the process was asked to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything; the relay too, where Kafka is set up.
    All,
    /// Takes applications and answers.
    Api,
    /// Keeps the read models up with the log.
    Projector,
    /// Sends e-mails and other effects.
    Worker,
    /// Publishes the log to Kafka.
    Relay,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::All => "Postulo",
            Self::Api => "Postulo's API",
            Self::Projector => "Postulo's projector",
            Self::Worker => "Postulo's worker",
            Self::Relay => "Postulo's relay",
        }
    }

    /// How it is called where traces are kept.
    const fn service(self) -> &'static str {
        match self {
            Self::All => "postulo",
            Self::Api => "postulo-api",
            Self::Projector => "postulo-projector",
            Self::Worker => "postulo-worker",
            Self::Relay => "postulo-relay",
        }
    }

    const fn serves_api(self) -> bool {
        matches!(self, Self::All | Self::Api)
    }

    fn does(self, part: Self) -> bool {
        self == part || self == Self::All
    }
}

/// Runs the process until it is asked to stop. `reactors` names those that run; all, when empty.
pub(crate) async fn run(config: Config, role: Role, reactors: &[String]) -> Result<()> {
    let telemetry = telemetry::start(&config, role.service())?;
    let descriptors = server::raise_descriptors();
    let settings = reactor_settings(&config, reactors)?;
    if role == Role::Relay && config.kafka.is_none() {
        bail!("the relay publishes to Kafka, and no broker is named: set POSTULO_KAFKA_BROKERS");
    }
    let parts = Parts::open(&config).await?;
    if parts.db.is_read_only() {
        bail!(
            "the database of POSTULO_DATABASE_URL can only be read here: look at its permissions, \
             its owner and its file system; `postulo audit` and `postulo export` work on it"
        );
    }
    if let Some(kafka) = &config.kafka
        && (role.does(Role::Worker) || role.does(Role::Relay))
    {
        topic(&config, kafka).await?;
    }
    let demo = if role.serves_api() { development::demo(&config, &parts).await? } else { None };
    let ready = if role.serves_api() && config.mode == Mode::Development {
        Ready::prepare(&config, &parts).await?
    } else {
        Ready::default()
    };
    let port = if role.serves_api() { 8080 } else { 0 };
    let listen = config.service.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], port)));
    let listener = api::serve::listen(listen)
        .with_context(|| format!("{listen} cannot be listened on; set POSTULO_LISTEN"))?;
    let listening = listener.local_addr()?;
    let base_url = config.base_url(listening)?;
    // The site stands beside the mailbox.
    if role.serves_api() && config.mode == Mode::Development && mailbox(&config).is_some() {
        development::sample_source(&parts, &base_url).await?;
    }

    let stop = CancellationToken::new();
    let workers = if role.does(Role::Worker) {
        let world = wiring::world(&config, &parts, &base_url)?;
        Some(Workers::start(&parts.log, &world, &settings).await?)
    } else {
        None
    };
    let projections = role.does(Role::Projector).then(|| {
        Projections::start(parts.log.clone(), parts.clock.clone(), &RunnerOptions::default())
    });
    let relay = match &config.kafka {
        Some(kafka) if role.does(Role::Relay) => Some(relay(&parts, kafka, &stop)),
        _ => None,
    };
    // Ends last, to sign what the others leave.
    let all_written = CancellationToken::new();
    let tree = if role.does(Role::Projector) { tree(&config, &parts, &all_written)? } else { None };
    let clock = parts.clock.clone();
    let metrics = Metrics {
        render: telemetry.render(),
        token: config.telemetry.metrics_token.clone(),
        open: config.mode == Mode::Development,
        now: Arc::new(move || clock.now()),
    };
    let router = if role.serves_api() {
        api::router(app(&config, &parts, &base_url, demo, projections.clone(), metrics)?)
    } else {
        let documents = parts.commands.attachments().clone();
        api::health_router(parts.log.clone(), parts.db.clone(), documents, metrics)
    };

    announce(&config, role, listening, &base_url, ready);
    if let Some(error) = out::unwritten() {
        tracing::warn!(%error, "standard output cannot be written; the service runs");
    }
    let mut server = tokio::spawn(server::run(&config, descriptors, listener, router, &stop));
    tokio::select! {
        asked = shutdown::asked() => asked.context("signals cannot be waited for")?,
        ended = &mut server => ended.context("the server ended")?,
    }
    tracing::info!("stopping: no new request is taken, what is under way is finished");
    stop.cancel();
    if !server.is_finished() && tokio::time::timeout(DRAIN, server).await.is_err() {
        tracing::warn!("some requests were still under way");
    }
    if let Some(workers) = workers {
        workers.stop().await;
    }
    if let Some(relay) = relay {
        relay.await.context("the relay ended badly")??;
    }
    if let Some(projections) = projections {
        projections.stop().await;
    }
    if let Some(tree) = tree {
        all_written.cancel();
        tree.await.context("the signing of the log ended badly")??;
    }
    parts.close().await;
    tracing::info!("stopped");
    // Traces are sent by blocking calls.
    tokio::task::spawn_blocking(move || telemetry.end()).await?;
    Ok(())
}

/// Grows the tree over the log and signs it, beside the projections. Ends when the last signature is
/// where it belongs.
fn tree(
    config: &Config,
    parts: &Parts,
    stop: &CancellationToken,
) -> Result<Option<JoinHandle<Result<()>>>> {
    let Some(key) = wiring::audit_key(config, parts.ids.as_ref())? else {
        tracing::warn!("this process does not sign the log: POSTULO_AUDIT_KEY is none");
        return Ok(None);
    };
    let (log, clock, stop) = (parts.log.clone(), parts.clock.clone(), stop.clone());
    let url = config.audit.checkpoint_url.clone();
    let (witness, posts) = url.map(Witness::start).transpose()?.unzip();
    let witness = witness.map(|witness| Arc::new(witness) as Arc<dyn Keeper>);
    let (earlier, keepers) = (config.audit.earlier.clone(), wiring::keepers(config, witness));
    let signer = Signer { key, earlier, keepers };
    Ok(Some(tokio::spawn(async move {
        let options = TreeOptions::default();
        event_store::tree::run(&log, clock.as_ref(), &signer, options, &stop, |error| {
            tracing::error!(error = %advice::told(error), "the tree over the log cannot grow");
        })
        .await;
        // With it ends the task that posts.
        drop(signer);
        if let Some(posts) = posts {
            posts.await.context("the posting of signatures ended badly")?;
        }
        Ok(())
    })))
}

/// The topic must be there; in development it is made.
async fn topic(config: &Config, kafka: &Kafka) -> Result<()> {
    let topic = match config.mode {
        Mode::Development => kafka::create(kafka).await?,
        Mode::Production => kafka::check(kafka).await?,
    };
    tracing::info!(topic = topic.name, partitions = topic.partitions, "Kafka answers");
    Ok(())
}

fn relay(
    parts: &Parts,
    kafka: &Kafka,
    stop: &CancellationToken,
) -> JoinHandle<Result<(), kafka::KafkaError>> {
    let (log, kafka, stop) = (parts.log.clone(), kafka.clone(), stop.clone());
    tokio::spawn(async move { kafka::relay(&log, &kafka, LeaseOptions::default(), &stop).await })
}

/// Tells where to look. On standard output, so that a program that starts the service can read it.
fn announce(config: &Config, role: Role, listening: SocketAddr, base_url: &Url, ready: Ready) {
    tracing::info!(%listening, ?role, "ready");
    say!("{} listens on {listening}", role.name());
    if !role.serves_api() {
        say!("  health     http://{listening}/health/ready");
        return;
    }
    let base = base_url.as_str().trim_end_matches('/');
    if config.mode == Mode::Development {
        say!("  demo page  {base}/embed/demo/");
        if mailbox(config).is_some() {
            say!("  mailbox    {base}/dev/mailbox");
        }
    }
    say!("  permits    {base}/permits/check");
    say!("  offers     {base}/offers");
    say!("  space      {base}/me");
    ready.tell_candidate(config);
    say!("  admin      {base}/admin");
    ready.tell_admin(config);
    say!("  API        {base}/docs");
    say!("  health     {base}/health/ready");
}

/// What the settings and the command line say of the reactors.
fn reactor_settings(config: &Config, only: &[String]) -> Result<workers::Settings> {
    let known = workers::names();
    if let Some(unknown) = only.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no reactor {unknown:?}; there are {}", known.join(", "));
    }
    let feed = config.kafka.clone().map_or(Feed::Log, Feed::Kafka);
    let mut settings = workers::Settings {
        only: only.to_vec(),
        feed,
        schedules: config.schedules.clone(),
        ..workers::Settings::default()
    };
    if config.integrations.webhooks_to_private_addresses {
        settings.webhooks_reach = Reach::Anywhere;
    }
    for (name, given) in &config.reactions {
        if !known.contains(&name.as_str()) {
            tracing::warn!(reaction.name = name, "a setting names a reactor that does not exist");
        }
        let &crate::config::Reaction { enabled, attempts, concurrency } = given;
        settings.reactors.insert(name.clone(), Override { enabled, attempts, concurrency });
    }
    Ok(settings)
}

fn app(
    config: &Config,
    parts: &Parts,
    base_url: &Url,
    demo: Option<Demo>,
    projections: Option<Projections>,
    metrics: Metrics,
) -> Result<App> {
    let db = parts.db.clone();
    let caught_up = move |position: Position, timeout| {
        let (projections, db) = (projections.clone(), db.clone());
        async move {
            match projections {
                Some(here) => here.wait_for(&[], position, timeout).await.is_ok(),
                None => projections::wait_for_all(&db, position, timeout).await.is_ok(),
            }
        }
    };
    // In development people apply as they do on the demo page.
    let offers_client =
        config.offers.client.clone().or_else(|| demo.as_ref().map(|it| it.client_id.clone()));
    Ok(App::new(AppParts {
        commands: parts.commands.clone(),
        db: parts.db.clone(),
        settings: Arc::new(Settings {
            base_url: base_url.clone(),
            production: config.mode == Mode::Production,
            demo,
            mailbox: mailbox(config),
            undo_window: SignedDuration::from_secs(config.service.undo_seconds.into()),
            request_timeout: Duration::from_secs(config.network.request_timeout_seconds.into()),
            mailjet_events_secret: config.mail.mailjet_events_secret.clone(),
            sendgrid_public_key: config.mail.sendgrid_public_key.clone(),
            mail_from: config.mail.from.clone(),
            second_factor_required: config.operators.second_factor_required,
            permits: api::Permits {
                origins: config.permits.origins.clone(),
                fields: config.permits.fields.clone(),
            },
            accounts: api::Accounts {
                origins: config.accounts.origins.clone(),
                tell_taken: config.accounts.tell_taken,
            },
            offers: api::Offers {
                public: config.offers.public,
                client: offers_client,
                ..api::Offers::default()
            },
        }),
        audit: wiring::signer(config, parts.ids.as_ref(), None)?,
        request_limits: RequestLimits::with_uploads(config.network.uploads_mebibytes),
        metrics,
        caught_up: Arc::new(move |position, timeout| Box::pin(caught_up(position, timeout))),
    }))
}

/// The folder of the built-in mailbox, where e-mails go there.
fn mailbox(config: &Config) -> Option<PathBuf> {
    config.mail.url.strip_prefix("mailbox:").map(PathBuf::from)
}
