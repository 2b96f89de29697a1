//! What a source shows, taken in part by part.

use std::collections::HashSet;

use commands::Cause;
use commands::collecting::{
    Collection, CollectionEnd, CollectionOutcome, CollectionReport, Counts, PageState,
};
use commands::{Collected, advice};
use domain::offer::name_at_source;
use event_store::ActorKind;
use integrations::Collectors;
use integrations::collect::{CollectError, Known, Part, Posting};
use integrations::fetch::Validators;
use url::Url;

use super::COLLECT;
use super::collect::failed;
use crate::jobs::{JobError, Turn, is_database_away};
use crate::reaction::World;

/// What an operator reads beside a source of which something was not recorded.
const NOT_RECORDED: &str = "an offer was not recorded; the log says why";

/// Why it does not go on.
enum Ended {
    /// The source failed as a whole.
    Failed(CollectError),
    /// The task is asked to end.
    BrokenOff,
    /// Our own database failed.
    Job(JobError),
}

/// The name of that failure, which the catalogues have words for.
const OURS: &str = "ours";

/// Collects from a source, and writes down what came of it. A source that fails does not fail the task.
pub(super) async fn take(
    world: &World,
    turn: &Turn,
    collectors: &Collectors,
    collection: Collection,
) -> Result<(), JobError> {
    turn.count("offers-sources", 1);
    let cause = Cause::request(ActorKind::System, Some(COLLECT.into()), world.commands.fresh_id());
    let mut taking =
        Taking { world, turn, collection, cause, counts: Counts::default(), note: None };
    let ended = taking.all(collectors).await;
    let source = &taking.collection.source;
    let (outcome, why) = match ended {
        Ok(()) => (CollectionOutcome::Done, None),
        Err(Ended::Failed(error)) => {
            tracing::warn!(%source, %error, "a source of job offers failed");
            (CollectionOutcome::Failed, Some((error.name(), error.detail())))
        }
        Err(Ended::BrokenOff) => (CollectionOutcome::BrokenOff, None),
        Err(Ended::Job(error)) => {
            tracing::error!(%source, %error, "what a source shows was not taken in");
            (CollectionOutcome::Failed, Some((OURS, String::new())))
        }
    };
    taking.count();
    let Taking { collection, counts, note, .. } = taking;
    if why.is_some() {
        turn.count("offers-sources-failed", 1);
    }
    let (reason, detail) = why.map(|(name, detail)| (name.to_owned(), detail)).unzip();
    let report = CollectionReport { counts, reason, detail, note };
    let end = CollectionEnd { outcome, report };
    world.commands.collecting().end_collection(&collection, &end).await.map_err(failed)
}

struct Taking<'a> {
    world: &'a World,
    turn: &'a Turn,
    collection: Collection,
    cause: Cause,
    counts: Counts,
    note: Option<String>,
}

impl Taking<'_> {
    async fn all(&mut self, collectors: &Collectors) -> Result<(), Ended> {
        let begun = self.world.commands.now();
        let Collection { kind, target, .. } = &self.collection;
        let mut collector = collectors.begin(*kind, target, begun).map_err(Ended::Failed)?;
        let known = self.known().await?;
        let mut read = HashSet::new();
        loop {
            let part = tokio::select! {
                part = collector.next(&known) => part.map_err(Ended::Failed)?,
                () = self.turn.held().ended().cancelled() => return Err(Ended::BrokenOff),
            };
            let Some(part) = part else { break };
            read.extend(page_of(&part).map(ToString::to_string));
            self.part(part).await?;
            if self.turn.is_over() {
                return Err(Ended::BrokenOff);
            }
        }
        // What was left out is still there.
        if !collector.is_complete() || self.counts.left_out > 0 {
            return Ok(());
        }
        let (source, collecting) = (&self.collection.source, self.world.commands.collecting());
        for page in known.keys().filter(|page| !read.contains(*page)) {
            collecting.page_gone(source, page).await.map_err(stopped)?;
        }
        let offers = self.world.commands.offers();
        match offers.close_unseen(source, begun, &self.cause).await {
            Ok(gone) => self.counts.gone += gone,
            Err(error) if is_database_away(&error) => {
                return Err(Ended::Job(JobError::because(&error)));
            }
            Err(error) => {
                let error = advice::told(&error);
                tracing::error!(%source, error, "an offer that is gone was not closed");
                self.counts.left_out += 1;
                self.note.get_or_insert_with(|| NOT_RECORDED.to_owned());
            }
        }
        Ok(())
    }

    /// What the servers of its pages said of their state.
    async fn known(&self) -> Result<Known, Ended> {
        if self.collection.kind.is_search() {
            return Ok(Known::new());
        }
        let states = self.world.commands.collecting().page_states(&self.collection.source).await;
        let validators = |PageState { etag, last_modified }| Validators { etag, last_modified };
        let states = states.map_err(stopped)?.into_iter();
        Ok(states.map(|(page, state)| (page, validators(state))).collect())
    }

    async fn part(&mut self, part: Part) -> Result<(), Ended> {
        let collecting = self.world.commands.collecting();
        let source = self.collection.source.clone();
        match part {
            Part::Read { page, validators, postings, left_out } => {
                let before = self.counts.left_out;
                self.counts.left_out += left_out.len() as u64;
                if let Some(first) = left_out.into_iter().next() {
                    self.note.get_or_insert(first.why);
                }
                let mut ids = vec![];
                for posting in postings {
                    ids.extend(self.posting(posting).await?);
                }
                if let Some(page) = page.filter(|_| !self.collection.kind.is_search()) {
                    let Validators { etag, last_modified } = validators;
                    // A page of which something was left out is read anew, since only that tells again that it is.
                    let is_whole = self.counts.left_out == before;
                    let state = PageState { etag, last_modified };
                    let state = if is_whole { state } else { PageState::default() };
                    let read = collecting.page_read(&source, page.as_str(), &ids, &state).await;
                    read.map_err(stopped)?;
                }
            }
            Part::Unchanged(page) => {
                let standing = collecting.page_stands(&source, page.as_str()).await;
                self.counts.found += standing.map_err(stopped)?;
            }
            Part::Gone(page) => {
                collecting.page_gone(&source, page.as_str()).await.map_err(stopped)?;
            }
            Part::Failed(page, error) => {
                self.counts.pages_failed += 1;
                self.note.get_or_insert_with(|| error.to_string());
                collecting.page_stands(&source, page.as_str()).await.map_err(stopped)?;
            }
        }
        collecting.write_counts(&self.collection, self.counts).await.map_err(stopped)
    }

    /// Takes in an offer; its name at the source, where it is one that one may apply for.
    async fn posting(&mut self, posting: Posting) -> Result<Option<String>, Ended> {
        let commands = &self.world.commands;
        let content = match posting.draft.read() {
            Ok(content) => content,
            Err(errors) => {
                self.counts.left_out += 1;
                let fields: Vec<_> = errors.iter().map(|error| error.field.to_string()).collect();
                let why = || format!("an offer lacks what it must have: {}", fields.join(", "));
                self.note.get_or_insert_with(why);
                return Ok(None);
            }
        };
        // One whose last day is over is there no more, whatever the page still shows.
        let Some(external_id) = name_at_source(&posting.external_id) else { return Ok(None) };
        if !content.is_valid_at(commands.now()) {
            return Ok(None);
        }
        let source = self.collection.source.clone();
        let id = external_id.as_str().to_owned();
        let collected = commands.offers().collect(source, external_id, content, &self.cause).await;
        self.counts.found += 1;
        match collected {
            Ok(Collected::New(_) | Collected::Back(_)) => self.counts.new += 1,
            Ok(Collected::Changed(_)) => self.counts.changed += 1,
            Ok(Collected::Unchanged(_) | Collected::SameAs(_) | Collected::Removed(_)) => {}
            Err(error) if is_database_away(&error) => {
                return Err(Ended::Job(JobError::because(&error)));
            }
            Err(error) => {
                let error = advice::told(&error);
                tracing::error!(source = %self.collection.source, error, "an offer was not recorded");
                self.counts.left_out += 1;
                self.note.get_or_insert_with(|| NOT_RECORDED.to_owned());
            }
        }
        Ok(Some(id))
    }

    /// Tells the run of the task what this source came to.
    fn count(&self) {
        let Counts { found, new, changed, gone, left_out, pages_failed } = self.counts;
        let counts = [
            ("offers-found", found),
            ("offers-new", new),
            ("offers-changed", changed),
            ("offers-gone", gone),
            ("offers-left-out", left_out),
            ("offers-pages-failed", pages_failed),
        ];
        for (what, number) in counts {
            self.turn.count(what, number);
        }
    }
}

const fn page_of(part: &Part) -> Option<&Url> {
    match part {
        Part::Read { page, .. } => page.as_ref(),
        Part::Unchanged(page) | Part::Gone(page) | Part::Failed(page, _) => Some(page),
    }
}

fn stopped(error: event_store::DbError) -> Ended {
    Ended::Job(failed(error))
}
