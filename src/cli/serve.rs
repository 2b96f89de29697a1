//! `postulo serve`: the API, the projections and the workers in one process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use api::{App, Demo, Settings};
use commands::Cause;
use domain::Language;
use domain::client::{ClientSettings, SenderLimits};
use event_store::ActorKind;
use jiff::SignedDuration;
use projections::{Projections, RunnerOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;
use workers::{Override, Workers, World};

use crate::config::{Config, Mode};
use crate::wiring::{self, Parts};
use crate::{shutdown, telemetry};

/// How long requests under way may take once the process was asked to stop.
const DRAIN: Duration = Duration::from_secs(20);

pub(crate) async fn run(config: Config) -> Result<()> {
    telemetry::start(&config)?;
    let parts = Parts::open(&config).await?;
    let demo = demo(&config, &parts).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("{} cannot be listened on; set POSTULO_LISTEN", config.listen))?;
    let listening = listener.local_addr()?;
    let base_url = config.base_url(listening)?;

    let world = world(&config, &parts, &base_url)?;
    let workers = Workers::start(&parts.log, &world, &reactors(&config)).await?;
    let options = RunnerOptions::default();
    let projections =
        Arc::new(Projections::start(parts.log.clone(), parts.clock.clone(), &options));
    let router = api::router(app(&config, &parts, &base_url, demo, projections.clone()));

    announce(&config, listening, &base_url);
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(async move { asked.cancelled().await });
    let mut server = tokio::spawn(async move { server.await });
    tokio::select! {
        asked = shutdown::asked() => asked.context("signals cannot be waited for")?,
        ended = &mut server => ended.context("the server ended")??,
    }
    tracing::info!("stopping: no new request is taken, what is under way is finished");
    stop.cancel();
    if !server.is_finished() && tokio::time::timeout(DRAIN, server).await.is_err() {
        tracing::warn!("some requests were still under way");
    }
    workers.stop().await;
    projections.stop().await;
    parts.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Tells where to look. On standard output, so that a program that starts the service can read it.
fn announce(config: &Config, listening: SocketAddr, base_url: &Url) {
    let base = base_url.as_str().trim_end_matches('/');
    tracing::info!(%listening, "ready");
    println!("Postulo listens on {listening}");
    if config.mode == Mode::Development {
        println!("  demo page  {base}/embed/demo/");
        if mailbox(config).is_some() {
            println!("  mailbox    {base}/dev/mailbox");
        }
    }
    println!("  API        {base}/docs");
    println!("  health     {base}/health/ready");
}

/// In development, the client of the demo page; registered at the first start.
async fn demo(config: &Config, parts: &Parts) -> Result<Option<Demo>> {
    if config.mode == Mode::Production {
        return Ok(None);
    }
    let client_id: domain::ClientId = "demo".parse()?;
    let secret = wiring::demo_secret(config, parts.ids.as_ref())?;
    if parts.commands.client(&client_id).await?.is_none() {
        let settings = ClientSettings {
            name: "Emploi Démo".parse()?,
            contact_email: "candidatures@demo.postulo.example".parse()?,
            origins: vec![],
            mails_employers: true,
            forwards_to_memo: false,
            forwards_to_ami: false,
            language: Language::Fr,
            sender_limits: SenderLimits::default(),
        };
        let cause = Cause::request(ActorKind::System, None, parts.ids.uuid());
        parts.commands.register_client_with(&client_id, settings, &secret, &cause).await?;
    }
    Ok(Some(Demo { client_id, secret }))
}

fn world(config: &Config, parts: &Parts, base_url: &Url) -> Result<World> {
    let mail_domain = config.mail_domain.clone().or_else(|| base_url.host_str().map(str::to_owned));
    Ok(World {
        commands: parts.commands.clone(),
        mailer: workers::mail::mailer(&config.mail_url)
            .context("POSTULO_MAIL_URL cannot be used")?,
        base_url: base_url.clone(),
        mail_domain: mail_domain.unwrap_or_else(|| "localhost".to_owned()),
    })
}

fn reactors(config: &Config) -> workers::Settings {
    let mut settings = workers::Settings::default();
    for (name, given) in &config.reactions {
        if !workers::names().contains(&name.as_str()) {
            tracing::warn!(reaction.name = name, "a setting names a reactor that does not exist");
        }
        let &crate::config::Reaction { enabled, attempts, concurrency } = given;
        settings.reactors.insert(name.clone(), Override { enabled, attempts, concurrency });
    }
    settings
}

fn app(
    config: &Config,
    parts: &Parts,
    base_url: &Url,
    demo: Option<Demo>,
    projections: Arc<Projections>,
) -> App {
    App {
        commands: parts.commands.clone(),
        db: parts.db.clone(),
        settings: Arc::new(Settings {
            base_url: base_url.clone(),
            production: config.mode == Mode::Production,
            demo,
            mailbox: mailbox(config),
            undo_window: SignedDuration::from_secs(config.undo_seconds.into()),
            request_timeout: Duration::from_secs(config.request_timeout_seconds.into()),
        }),
        caught_up: Arc::new(move |position, timeout| {
            let projections = projections.clone();
            Box::pin(async move { projections.wait_for(&[], position, timeout).await.is_ok() })
        }),
    }
}

/// The folder of the built-in mailbox, where e-mails go there.
fn mailbox(config: &Config) -> Option<PathBuf> {
    config.mail_url.strip_prefix("mailbox:").map(PathBuf::from)
}
