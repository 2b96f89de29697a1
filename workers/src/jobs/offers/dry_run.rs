//! What collecting from a source would come to: its pages are read as they are when they are
//! collected, each anew, and nothing is recorded.

use std::collections::BTreeSet;

use commands::collecting::{Counts, Source};
use commands::{Collected, CommandError};
use domain::offer::{OfferRefusal, name_at_source};
use integrations::Collectors;
use integrations::collect::{CollectError, Known, Part, Posting};
use uuid::Uuid;

use super::collect::failed;
use crate::jobs::JobError;
use crate::reaction::World;

/// What a source would bring.
#[derive(Debug, Default)]
pub struct WouldBring {
    /// How many offers.
    pub counts: Counts,
    /// Why it would fail.
    pub failed: Option<CollectError>,
    /// Why something would be left out, for an operator; of several reasons the first.
    pub note: Option<String>,
}

/// What collecting from a source would come to now. It fails where our own database does.
pub async fn would_collect(
    world: &World,
    collectors: &Collectors,
    source: &Source,
) -> Result<WouldBring, JobError> {
    let (brings, names, offers) = (WouldBring::default(), BTreeSet::new(), BTreeSet::new());
    let mut dry = DryRun { world, source, brings, names, offers };
    if let Err(error) = dry.all(collectors).await? {
        dry.brings.failed = Some(error);
    }
    Ok(dry.brings)
}

struct DryRun<'a> {
    world: &'a World,
    source: &'a Source,
    brings: WouldBring,
    /// What it shows, by its own names.
    names: BTreeSet<String>,
    /// And which offers these are.
    offers: BTreeSet<Uuid>,
}

impl DryRun<'_> {
    async fn all(&mut self, collectors: &Collectors) -> Result<Result<(), CollectError>, JobError> {
        let Source { kind, target, .. } = self.source;
        let mut collector = match collectors.begin(*kind, target, self.world.commands.now()) {
            Ok(collector) => collector,
            Err(error) => return Ok(Err(error)),
        };
        // As if nothing had been read: only so is it told what all pages say now.
        let known = Known::new();
        loop {
            match collector.next(&known).await {
                Ok(Some(part)) => self.part(part).await?,
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            }
        }
        if collector.is_complete() && self.brings.counts.left_out == 0 {
            let offers = self.world.commands.offers();
            let gone = offers.would_close(&self.source.name, &self.names, &self.offers).await;
            self.brings.counts.gone = gone.map_err(unknown)?;
        }
        Ok(Ok(()))
    }

    async fn part(&mut self, part: Part) -> Result<(), JobError> {
        match part {
            Part::Read { postings, left_out, .. } => {
                self.brings.counts.left_out += left_out.len() as u64;
                if let Some(first) = left_out.into_iter().next() {
                    self.brings.note.get_or_insert(first.why);
                }
                for posting in postings {
                    self.posting(posting).await?;
                }
            }
            Part::Failed(page, error) => {
                self.brings.counts.pages_failed += 1;
                self.brings.note.get_or_insert_with(|| error.to_string());
                // Its offers count as seen.
                let collecting = self.world.commands.collecting();
                let still = collecting.page_offers(&self.source.name, page.as_str()).await;
                self.names.extend(still.map_err(failed)?);
            }
            Part::Unchanged(_) | Part::Gone(_) => {}
        }
        Ok(())
    }

    async fn posting(&mut self, posting: Posting) -> Result<(), JobError> {
        let commands = &self.world.commands;
        let Ok(content) = posting.draft.read() else {
            self.brings.counts.left_out += 1;
            return Ok(());
        };
        let Some(external_id) = name_at_source(&posting.external_id) else { return Ok(()) };
        if !content.is_valid_at(commands.now()) {
            return Ok(());
        }
        let (source, called) = (self.source.name.clone(), external_id.as_str().to_owned());
        let would = commands.offers().would_collect(source, external_id, content).await;
        let would = would.map_err(unknown)?;
        self.names.insert(called);
        let counts = &mut self.brings.counts;
        counts.found += 1;
        // Two that are the same would be one.
        if self.offers.insert(would.id()) {
            match would {
                Collected::New(_) | Collected::Back(_) => counts.new += 1,
                Collected::Changed(_) => counts.changed += 1,
                Collected::Unchanged(_) | Collected::SameAs(_) | Collected::Removed(_) => {}
            }
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn unknown(error: CommandError<OfferRefusal>) -> JobError {
    JobError::because(&error)
}
