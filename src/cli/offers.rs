//! `postulo offers …`

mod collect;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use clap::Subcommand;
use domain::offer::ExpiryReason;
use event_store::Db;
use projections::offers::{OfferFilter, Order, PageOf, list};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use workers::World;
use workers::jobs::offers::{Description, clean_by_hand, describe_by_hand, would_end};

use super::Usage;
use crate::cli::out::say;
use crate::config::Config;
use crate::shutdown;
use crate::wiring::{self, Parts};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// End the offers whose last day is over, or that their sources have not shown for long. The service does so
    /// every night.
    Clean {
        /// Say what would end, and end nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Say what collecting from the sources would come to: their pages are fetched, and nothing is
    /// recorded. The exit status is 1 when one of them fails. To collect, run the task: `postulo
    /// schedules run offers.collect`.
    Collect {
        /// Record nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
        /// Which sources; all that are not paused where none is named.
        sources: Vec<String>,
    },
    /// Part the descriptions of open offers, by the language model that is set up or by their headings. The exit
    /// status is 1 when one of them could not be.
    Describe {
        /// Those alone that are not parted yet.
        #[arg(long)]
        missing: bool,
        /// Which; all open ones where none is named.
        offers: Vec<Uuid>,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    if matches!(command, Command::Collect { dry_run: false, .. }) {
        let why = "say --dry-run; to collect, run the task: postulo schedules run offers.collect";
        return Err(Usage(why.to_owned()).into());
    }
    let parts = Parts::open(config).await?;
    let (dry_run, json) = match command {
        Command::Clean { dry_run, json } => (dry_run, json),
        Command::Collect { json, sources, .. } => {
            let told = collect::dry_run(config, &parts, &sources, json).await;
            parts.close().await;
            return told;
        }
        Command::Describe { missing, offers } => {
            let described = describe(config, &parts, missing, offers).await;
            parts.close().await;
            return described;
        }
    };
    let days = config.offers.unseen_days;
    let ended = if dry_run {
        would_end(&parts.commands, days).await
    } else {
        clean_by_hand(&parts.commands, days).await
    };
    parts.close().await;
    let ended = ended?;
    for it in &ended {
        let reason = it.reason.as_str();
        if json {
            say!("{}", json!({ "offer": it.id, "reason": reason, "done": !dry_run }));
        } else {
            say!("{} {reason}", it.id);
        }
    }
    if !json {
        let verb = if dry_run { "would end" } else { "ended" };
        let of = |reason| ended.iter().filter(|it| it.reason == reason).count();
        say!(
            "{verb}: {} whose last day is over, {} that their sources do not show any more, {} that are no offers",
            of(ExpiryReason::ValidThrough),
            of(ExpiryReason::NotSeen),
            of(ExpiryReason::Invalid),
        );
    }
    Ok(())
}

/// What reactions and tasks may use, as the service that is set up has it.
fn world(config: &Config, parts: &Parts) -> Result<World> {
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let base_url = config.base_url(config.service.listen.unwrap_or(here))?;
    wiring::world(config, parts, &base_url)
}

async fn describe(config: &Config, parts: &Parts, missing: bool, offers: Vec<Uuid>) -> Result<()> {
    let world = world(config, parts)?;
    let ids = if offers.is_empty() { open(&parts.db).await? } else { offers };
    let failed = AtomicUsize::new(0);
    let told = |id: Uuid, outcome: &Description| match outcome {
        Description::Written(Some(model)) => say!("{id} by {model}"),
        Description::Written(None) => say!("{id} by its headings"),
        Description::Not(why) => {
            failed.fetch_add(1, Ordering::Relaxed);
            say!("{id} not described: {why}");
        }
    };
    let stop = CancellationToken::new();
    let described = describe_by_hand(&world, ids, missing, &stop, &told);
    tokio::select! {
        described = described => described?,
        asked = shutdown::asked() => {
            asked?;
            bail!("it was stopped; what was described until then is kept");
        }
    }
    match failed.into_inner() {
        0 => Ok(()),
        failed => bail!("{failed} offer(s) could not be described"),
    }
}

/// The open offers, as the read model knows them.
async fn open(db: &Db) -> Result<Vec<Uuid>> {
    let (mut ids, mut page) = (vec![], PageOf { limit: 500, ..PageOf::default() });
    loop {
        let list = list(db, &OfferFilter::default(), Order::Newest, page).await?;
        ids.extend(list.items.iter().map(|offer| offer.id));
        match list.next {
            Some(cursor) => page.cursor = Some(cursor),
            None => return Ok(ids),
        }
    }
}
