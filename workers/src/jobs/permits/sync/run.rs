//! A run for one procedure: what is listed, what was deleted, what was set aside before; then it is noted
//! how far the source was read.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use commands::{Cause, CommandError, TakenIn, Watermark};
use domain::permit::Dossier;
use event_store::{ActorKind, DbError};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use integrations::Demarches;
use integrations::demarches::{Deleted, DemarchesError, Found, Item, Next, NotRead, Page};
use jiff::{SignedDuration, Timestamp};
use projections::permits;

use super::aside::{Aside, NAMELESS};
use crate::jobs::{JobError, Turn};
use crate::reaction::World;

/// So much of what was seen before is listed again: what was written there at the time and seen later.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Dossiers that are under way at once.
const AT_ONCE: usize = 8;
/// Numbers of dossiers known here that are compared at once.
const COMPARED: u32 = 1000;

/// Why a run did not come to its end.
pub(super) enum Failure {
    /// Nor does any other.
    Run(JobError),
    /// The source does not have this procedure, or not for this token.
    Procedure(String),
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        Self::Run(error)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Run(JobError::because(&error))
    }
}

impl From<DemarchesError> for Failure {
    fn from(error: DemarchesError) -> Self {
        match error {
            DemarchesError::Token(_) | DemarchesError::NoProcedure(_) => {
                Self::Procedure(error.to_string())
            }
            _ => Self::Run(JobError::because(&error)),
        }
    }
}

/// What was listed.
#[derive(Default)]
struct Listed {
    numbers: BTreeSet<u64>,
    /// The latest change among them.
    latest: Option<Timestamp>,
    /// What time it was at the source when the list began.
    began: Option<Timestamp>,
}

pub(super) struct Run<'a> {
    world: &'a World,
    turn: &'a Turn,
    source: &'a Demarches,
    procedure: u32,
    cause: Cause,
    aside: Aside,
    /// Whether a dossier was met whose number cannot be read: it can be tried again by the list alone.
    nameless: AtomicBool,
    /// How many requests were counted.
    requests: Mutex<u64>,
}

impl<'a> Run<'a> {
    pub(super) async fn begin(
        world: &'a World,
        turn: &'a Turn,
        source: &'a Demarches,
        procedure: u32,
    ) -> Result<Self, JobError> {
        let commands = &world.commands;
        let name = Some("permits.sync".to_owned());
        let aside = Aside::of(commands, procedure).await;
        Ok(Self {
            world,
            turn,
            source,
            procedure,
            cause: Cause::request(ActorKind::System, name, commands.fresh_id()),
            aside: aside.map_err(|error| JobError::because(&error))?,
            nameless: AtomicBool::new(false),
            requests: Mutex::new(source.requests()),
        })
    }

    /// Brings what changed since the last whole run, or since a time, or everything.
    pub(super) async fn whole(&self, since: Option<Timestamp>, all: bool) -> Result<(), Failure> {
        let permits = self.world.commands.permits();
        let before = permits.watermark(self.procedure).await?;
        let earlier = |at: Timestamp| at.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
        let usual = before.changed_at.map(earlier);
        let from = if all { None } else { since.or(usual) };
        let listed = self.listed(from, all).await?;
        let deleted_from = before.deleted_at.map(earlier).filter(|_| !all);
        let deleted = self.deleted(deleted_from).await?;
        if self.is_compared(all) {
            self.missing(&listed.numbers).await?;
        }
        self.try_again().await?;
        let is_nameless = self.nameless.load(Ordering::Relaxed);
        if !is_nameless {
            self.aside.remove(&self.world.commands, NAMELESS).await?;
        }
        self.goes_on()?;
        // What changed after the list had begun may have been missed in it.
        let until = |latest: Option<Timestamp>| latest.min(listed.began).or(latest);
        let is_gapless = from.is_none_or(|from| before.changed_at.is_some_and(|at| from <= at));
        let changed_at = until(listed.latest).filter(|_| is_gapless && !is_nameless);
        let to = Watermark {
            changed_at: before.changed_at.max(changed_at),
            deleted_at: before.deleted_at.max(until(deleted)),
            finished_at: Some(self.world.commands.now()),
        };
        Ok(permits.move_watermark(self.procedure, to).await?)
    }

    /// Whether the list is that of all, by which what is missing in it may be gone.
    const fn is_compared(&self, all: bool) -> bool {
        all || !self.source.lists_deleted()
    }

    fn goes_on(&self) -> Result<(), JobError> {
        if self.turn.is_over() { Err(JobError::Stopped) } else { Ok(()) }
    }

    /// Asks the source, unless the run has to end.
    async fn ask<T>(
        &self,
        asked: impl Future<Output = Result<T, DemarchesError>>,
    ) -> Result<T, Failure> {
        self.goes_on()?;
        let told = tokio::select! {
            told = asked => told,
            () = self.turn.held().ended().cancelled() => return Err(JobError::Stopped.into()),
        };
        self.count_requests();
        Ok(told?)
    }

    /// Counts the requests that were made since they were counted last.
    pub(super) fn count_requests(&self) {
        let mut counted = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let made = self.source.requests();
        self.turn.count("permits-requests", made.saturating_sub(*counted));
        *counted = made;
    }

    /// Takes in what is listed: what changed since `from`, or `all` whether it is known here or not.
    async fn listed(&self, from: Option<Timestamp>, all: bool) -> Result<Listed, Failure> {
        let is_compared = self.is_compared(all);
        let mut listed = Listed::default();
        let mut after: Option<Next> = None;
        loop {
            let fields = &self.world.permits.fields;
            let page = self.source.dossiers(self.procedure, from, after.as_ref(), fields);
            let Page { mut items, next, at } = self.ask(page).await?;
            listed.began = listed.began.or(at).or_else(|| Some(self.world.commands.now()));
            self.turn.count("permits-checked", items.len() as u64);
            for item in &items {
                let (number, changed) = match item {
                    Item::Whole(dossier) => (Some(dossier.number), Some(dossier.dates.updated_at)),
                    Item::Listed { number, updated_at } => (Some(*number), *updated_at),
                    Item::NotRead(not_read) => (not_read.number, None),
                };
                listed.numbers.extend(number.filter(|_| is_compared));
                listed.latest = listed.latest.max(changed);
            }
            if !all {
                self.leave_known(&mut items, from).await?;
            }
            let under_way = stream::iter(items).map(|item| self.item(item));
            under_way.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
            if next.is_none() {
                return Ok(listed);
            }
            if next == after {
                let why = "the form service lists the same page again and again".to_owned();
                return Err(JobError::Failed(why).into());
            }
            after = next;
        }
    }

    /// Of those that would have to be asked for one by one, leaves out what is known here as it is listed,
    /// or did not change since `from`: a change that said nothing new was not kept.
    async fn leave_known(
        &self,
        items: &mut Vec<Item>,
        from: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let listed = |item: &Item| match item {
            Item::Listed { number, updated_at: Some(at) } => Some((*number, *at)),
            _ => None,
        };
        let numbers: Vec<_> = items.iter().filter_map(listed).map(|(number, _)| number).collect();
        let log = self.world.commands.log();
        let known = permits::known_of(log, self.procedure, &numbers).await?;
        let is_known = |(number, at): (u64, Timestamp)| {
            let seen = known.get(&number);
            seen.is_some_and(|seen| at <= *seen || from.is_some_and(|from| at < from))
        };
        let all = items.len();
        items.retain(|item| !listed(item).is_some_and(is_known));
        self.turn.count("permits-unchanged", (all - items.len()) as u64);
        Ok(())
    }

    async fn item(&self, item: Item) -> Result<(), Failure> {
        self.goes_on()?;
        match item {
            Item::Whole(dossier) => self.take_in(*dossier).await,
            Item::Listed { number, .. } => self.fetch(number).await,
            Item::NotRead(not_read) => self.set_aside(&not_read).await,
        }
    }

    /// Asks for one by its number, and takes in what comes of it.
    async fn fetch(&self, number: u64) -> Result<(), Failure> {
        let dossier = self.source.dossier(self.procedure, number, &self.world.permits.fields);
        let found = self.ask(dossier).await?;
        self.goes_on()?;
        match found {
            Found::Whole(dossier) => self.take_in(*dossier).await,
            Found::NotRead(not_read) => self.set_aside(&not_read).await,
            Found::Gone => self.withdraw(number, None, None).await,
        }
    }

    async fn take_in(&self, dossier: Dossier) -> Result<(), Failure> {
        let (commands, number) = (&self.world.commands, dossier.number);
        let what = match commands.permits().take_in(dossier, &self.cause).await {
            Ok(TakenIn::New) => "permits-new",
            Ok(TakenIn::Changed) => "permits-changed",
            Ok(TakenIn::Unchanged | TakenIn::Forgotten) => "permits-unchanged",
            Err(CommandError::TooLarge | CommandError::Invalid(_)) => {
                let place = "dossier".to_owned();
                let not_read = NotRead { number: Some(number), place, kind: "not_stored" };
                return self.set_aside(&not_read).await;
            }
            Err(error) => return Err(JobError::because(&error).into()),
        };
        self.turn.count(what, 1);
        Ok(self.aside.remove(commands, number).await?)
    }

    async fn set_aside(&self, not_read: &NotRead) -> Result<(), Failure> {
        self.turn.count("permits-set-aside", 1);
        if not_read.number.is_none() {
            self.nameless.store(true, Ordering::Relaxed);
        }
        let NotRead { place, kind, .. } = not_read;
        let (number, procedure) = (not_read.number.unwrap_or(NAMELESS), self.procedure);
        tracing::warn!(procedure, number, place, kind, "a dossier cannot be read and is set aside");
        Ok(self.aside.add(&self.world.commands, not_read).await?)
    }

    async fn withdraw(
        &self,
        number: u64,
        reason: Option<domain::Line<64>>,
        at: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let commands = &self.world.commands;
        let withdrawn =
            commands.permits().withdraw(self.procedure, number, reason, at, &self.cause).await;
        if withdrawn.map_err(|error| JobError::because(&error))? {
            self.turn.count("permits-withdrawn", 1);
        }
        Ok(self.aside.remove(commands, number).await?)
    }

    /// Takes in which were deleted, where the source lists them; tells the latest of the deletions.
    async fn deleted(&self, from: Option<Timestamp>) -> Result<Option<Timestamp>, Failure> {
        let mut latest = None;
        if !self.source.lists_deleted() {
            return Ok(latest);
        }
        for which in Deleted::ALL {
            let mut after: Option<Next> = None;
            loop {
                let page = self.source.deleted(self.procedure, which, from, after.as_ref());
                let Page { items, next, .. } = self.ask(page).await?;
                for deletion in items {
                    self.goes_on()?;
                    latest = latest.max(deletion.at);
                    self.withdraw(deletion.number, deletion.reason, deletion.at).await?;
                }
                if next.is_none() || next == after {
                    break;
                }
                after = next;
            }
        }
        Ok(latest)
    }

    /// Asks for each that is known here and missing in the list of all: it is gone, or was pushed from one
    /// page to another while they were listed.
    async fn missing(&self, listed: &BTreeSet<u64>) -> Result<(), Failure> {
        let log = self.world.commands.log();
        let mut after = None;
        loop {
            let known = permits::of_numbers(log, self.procedure, after, COMPARED).await?;
            let Some(last) = known.last() else { return Ok(()) };
            after = Some(*last);
            for number in known.into_iter().filter(|number| !listed.contains(number)) {
                self.fetch(number).await?;
            }
        }
    }

    /// Tries those again that an earlier run set aside and this one has not met.
    async fn try_again(&self) -> Result<(), Failure> {
        while let Some(number) = self.aside.next() {
            self.fetch(number).await?;
        }
        Ok(())
    }
}
