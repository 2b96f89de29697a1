//! `postulo permits sync`

use std::io::{IsTerminal as _, stderr};
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Result, bail};
use clap::Args;
use commands::schedules::{Outcome, Report};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use workers::jobs::permits::{SyncOptions, sync_by_hand, write_validity};

use crate::cli::Usage;
use crate::cli::out::{self, say};
use crate::cli::person::caught_up;
use crate::config::Config;
use crate::shutdown;
use crate::wiring::{self, Parts};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Of this procedure alone; may be given several times. Otherwise of those in the settings.
    #[arg(long = "procedure", value_name = "N")]
    procedures: Vec<u32>,
    /// What changed since this time, whatever was seen: 2026-11-27T08:00:00Z, for instance.
    #[arg(long, value_name = "TIME", conflicts_with = "all")]
    since: Option<Timestamp>,
    /// Everything, whenever it changed.
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(config: &Config, arguments: Arguments) -> Result<()> {
    if config.permits.source.is_none() {
        let why = "no form service is set up: set POSTULO_PERMITS_URL, POSTULO_PERMITS_TOKEN and \
                   POSTULO_PERMITS_PROCEDURES";
        return Err(Usage(why.to_owned()).into());
    }
    let parts = Parts::open(config).await?;
    let outcome = sync(config, &parts, arguments).await;
    parts.close().await;
    outcome
}

async fn sync(config: &Config, parts: &Parts, arguments: Arguments) -> Result<()> {
    let Arguments { procedures, since, all } = arguments;
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let base_url = config.base_url(config.service.listen.unwrap_or(here))?;
    let world = wiring::world(config, parts, &base_url)?;
    // What is known here is compared with what the source lists.
    caught_up(parts).await?;
    let stop = CancellationToken::new();
    let is_watched = stderr().is_terminal();
    let watch = |report: &Report| {
        if is_watched {
            let of = |what| counted(report, what);
            out::aside(format_args!(
                "\r\u{1b}[K{} dossiers checked, {} requests, {} stored, {} not read",
                of("permits-checked"),
                of("permits-requests"),
                of("permits-new") + of("permits-changed"),
                of("permits-set-aside"),
            ));
        }
    };
    if is_watched {
        out::aside(format_args!("waits until no other process synchronises, and begins"));
    }
    let work = sync_by_hand(SyncOptions { procedures, since, all }, &world, &stop, &watch);
    tokio::pin!(work);
    let ended = tokio::select! {
        ended = &mut work => ended,
        asked = shutdown::asked() => {
            asked?;
            stop.cancel();
            work.await
        }
    };
    if is_watched {
        out::aside(format_args!("\r\u{1b}[K"));
    }
    let (outcome, report) = ended?;
    if outcome == Outcome::BrokenOff {
        bail!(
            "it was stopped before it was done; what was taken in stays, and the next run begins anew"
        );
    }
    // Where one procedure is refused, what came of the others is told all the same.
    caught_up(parts).await?;
    write_validity(&world).await?;
    if outcome == Outcome::Failed {
        bail!("{}", report.error.unwrap_or_default());
    }
    told(&report);
    Ok(())
}

fn counted(report: &Report, what: &str) -> u64 {
    report.counts.iter().find(|(name, _)| name == what).map_or(0, |(_, number)| *number)
}

/// What became of them. The first four lines are those of the service before this one: scripts read them.
fn told(report: &Report) {
    let of = |what| counted(report, what);
    let (new, changed) = (of("permits-new"), of("permits-changed"));
    say!("{} - number of dossiers checked", of("permits-checked"));
    say!("{} - number of HTTP queries performed", of("permits-requests"));
    say!("{} - number of dossiers processed", new + changed);
    say!("Done.");
    say!(
        "{new} new, {changed} changed, {} deleted at the source, {} unchanged, {} set aside",
        of("permits-withdrawn"),
        of("permits-unchanged"),
        of("permits-set-aside"),
    );
}
