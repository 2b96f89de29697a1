//! What a read model is, and the list of them.

use async_trait::async_trait;
use domain::{AGGREGATES, Described, KindOf, Kinds as _, Stored};
use event_store::DbError;

use crate::applications::search;
use crate::history::{History, NewEvents, Reads};
use crate::{ApplyError, Removal, Rows, Table};
use crate::{
    answers, applications, emails, erasure_cases, events, offers, operator_acts, partners, permits,
    sealed, space, subjects, suppressions, timeline,
};

/// A read model of one kind of aggregate: rows that follow from what happened, and from nothing else.
///
/// [`ReadModel::rows`] is pure, and a row depends on the history of its aggregate alone, never on
/// where a batch begins or ends. So a copy built anew equals the one that grew, and writing a row
/// again changes nothing.
pub trait ReadModel: Send + Sync {
    /// The aggregate whose histories it reads.
    type Of: Stored + 'static;

    /// Names the checkpoint; never changes once released.
    fn name(&self) -> &'static str;

    /// The kinds of events it reads.
    fn events(&self) -> &'static [KindOf<Self::Of>];

    /// Whether it needs what happened before the new events.
    fn reads(&self) -> Reads;

    /// Its tables.
    fn tables(&self) -> &'static [&'static Table];

    /// The rows that are new or changed.
    fn rows(&self, histories: &[History<Self::Of>]) -> Vec<Rows>;

    /// The rows that go, before others are written.
    fn removals(&self, _histories: &[History<Self::Of>]) -> Vec<Removal> {
        vec![]
    }
}

/// What new events change in a read model's tables.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The rows that are new or changed.
    pub rows: Vec<Rows>,
    /// The rows that go, before others are written.
    pub removals: Vec<Removal>,
}

/// A read model as the runner sees it, whatever it is about. Every [`ReadModel`] is one; a read model of
/// all aggregates implements this.
#[async_trait]
pub trait Projection: Send + Sync {
    /// Names the checkpoint; never changes once released.
    fn name(&self) -> &'static str;

    /// The kinds of events it reads, by their stored names.
    fn events(&self) -> Vec<&'static str>;

    /// Whether it reads kinds of events, too, that only another version knows.
    fn reads_every_kind(&self) -> bool {
        false
    }

    /// Its tables.
    fn tables(&self) -> &'static [&'static Table];

    /// What these events of the log, which are of its kinds, change.
    async fn changes(&self, new: &NewEvents<'_>) -> Result<Changes, ApplyError>;
}

#[async_trait]
impl<M: ReadModel> Projection for M {
    fn name(&self) -> &'static str {
        ReadModel::name(self)
    }

    fn events(&self) -> Vec<&'static str> {
        ReadModel::events(self).iter().map(|kind| kind.as_str()).collect()
    }

    fn tables(&self) -> &'static [&'static Table] {
        ReadModel::tables(self)
    }

    async fn changes(&self, new: &NewEvents<'_>) -> Result<Changes, ApplyError> {
        let every_kind = ReadModel::events(self).len() == KindOf::<M::Of>::ALL.len();
        let histories = new.histories::<M::Of>(self.reads(), every_kind).await?;
        let mut rows = self.rows(&histories);
        let keys = histories.iter().map(|history| (&*history.id, &history.key)).collect();
        sealed::seal(new.log(), ReadModel::tables(self), &mut rows, &keys)
            .map_err(DbError::from)?;
        Ok(Changes { rows, removals: self.removals(&histories) })
    }
}

/// Every projection, in the order in which they are shown.
pub fn all() -> Vec<Box<dyn Projection>> {
    all_of(AGGREGATES)
}

/// The same, where those of all aggregates know these.
pub fn all_of(aggregates: &[Described]) -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(applications::Applications),
        Box::new(timeline::Timeline),
        Box::new(answers::Answers),
        Box::new(emails::Emails),
        Box::new(partners::Clients),
        Box::new(search::ApplicationTerms),
        Box::new(suppressions::Suppressions),
        Box::new(operator_acts::OperatorActs),
        Box::new(subjects::Subjects::of(aggregates)),
        Box::new(erasure_cases::ErasureCases),
        Box::new(permits::Permits),
        Box::new(permits::search::PermitTerms),
        Box::new(permits::validity::PermitValidity),
        Box::new(space::TrackedApplications),
        Box::new(space::CandidateTasks),
        Box::new(space::JobAlerts),
        Box::new(space::AlertMatches),
        Box::new(offers::Offers),
        Box::new(events::Events::of(aggregates)),
    ]
}

/// There is no projection of this name.
#[derive(Debug, thiserror::Error)]
#[error("there is no projection {name:?}; there are: {}", names())]
pub struct UnknownProjection {
    /// The name that was given.
    pub name: String,
}

fn names() -> String {
    let names: Vec<_> = all().iter().map(|projection| projection.name()).collect();
    names.join(", ")
}

/// The projection of this name.
pub fn named(name: &str) -> Result<Box<dyn Projection>, UnknownProjection> {
    all()
        .into_iter()
        .find(|projection| projection.name() == name)
        .ok_or_else(|| UnknownProjection { name: name.to_owned() })
}
