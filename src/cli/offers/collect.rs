//! `postulo offers collect --dry-run`

use anyhow::{Context as _, Result, bail};
use commands::collecting::Source;
use serde_json::json;
use workers::jobs::offers::{WouldBring, would_collect};

use super::world;
use crate::cli::Usage;
use crate::cli::out::say;
use crate::config::Config;
use crate::shutdown;
use crate::wiring::Parts;

/// Tells what each source would bring, as soon as it is known.
pub(super) async fn dry_run(
    config: &Config,
    parts: &Parts,
    names: &[String],
    json: bool,
) -> Result<()> {
    let world = world(config, parts)?;
    let collectors = world.integrations.collectors.as_ref();
    let collectors = collectors.context("nothing here collects job offers")?;
    let told = async {
        let mut failed = 0;
        for source in sources(parts, names).await? {
            let brings = would_collect(&world, collectors, &source).await?;
            failed += u32::from(brings.failed.is_some());
            tell(&source, &brings, json);
        }
        anyhow::Ok(failed)
    };
    tokio::select! {
        told = told => match told? {
            0 => Ok(()),
            failed => bail!("{failed} source(s) would fail"),
        },
        asked = shutdown::asked() => {
            asked?;
            bail!("it was stopped; nothing was recorded");
        }
    }
}

/// Those of these names, or all that are not paused.
async fn sources(parts: &Parts, names: &[String]) -> Result<Vec<Source>> {
    let all = parts.commands.collecting().sources().await?;
    if names.is_empty() {
        return Ok(all.into_iter().filter(|source| !source.paused).collect());
    }
    let find = |name: &String| {
        let found = all.iter().find(|source| source.name.as_str() == name).cloned();
        found.ok_or_else(|| Usage(format!("there is no source {name:?}")).into())
    };
    names.iter().map(find).collect()
}

fn tell(source: &Source, brings: &WouldBring, json: bool) {
    let (name, counts) = (&source.name, brings.counts);
    let failed = brings.failed.as_ref().map(ToString::to_string);
    if json {
        say!(
            "{}",
            json!({
                "source": name.as_str(),
                "found": counts.found,
                "new": counts.new,
                "changed": counts.changed,
                "gone": counts.gone,
                "left_out": counts.left_out,
                "pages_failed": counts.pages_failed,
                "failed": failed,
                "note": brings.note,
            })
        );
        return;
    }
    say!(
        "{name}: {} offers, {} new, {} changed, {} gone, {} left out, {} pages not read",
        counts.found,
        counts.new,
        counts.changed,
        counts.gone,
        counts.left_out,
        counts.pages_failed,
    );
    for why in failed.iter().chain(&brings.note) {
        say!("    {why}");
    }
}
