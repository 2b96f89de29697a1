//! What a read model is, and the list of them.

use domain::application::EventKind;

use crate::applications::search;
use crate::{Batch, Reads, Removal, Rows, Table};
use crate::{answers, applications, clients, emails, operator_acts, suppressions, timeline};

/// A read model: rows that follow from what happened, and from nothing else.
///
/// [`Projection::rows`] is pure, and a row depends on the history of its aggregate alone, never on
/// where a batch begins or ends. So a copy built anew equals the one that grew, and writing a row
/// again changes nothing.
pub trait Projection: Send + Sync {
    /// Names the checkpoint; never changes once released.
    fn name(&self) -> &'static str;

    /// The kinds of events it reads.
    fn events(&self) -> &'static [&'static str];

    /// Whether it needs what happened before the new events.
    fn reads(&self) -> Reads;

    /// Its tables.
    fn tables(&self) -> &'static [&'static Table];

    /// The rows that are new or changed.
    fn rows(&self, batch: &Batch) -> Vec<Rows>;

    /// The rows that go, before others are written.
    fn removals(&self, _batch: &Batch) -> Vec<Removal> {
        vec![]
    }
}

/// Every projection, in the order in which they are shown.
pub fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(applications::Applications),
        Box::new(timeline::Timeline),
        Box::new(answers::Answers),
        Box::new(emails::Emails),
        Box::new(clients::Clients),
        Box::new(search::ApplicationTerms),
        Box::new(suppressions::Suppressions),
        Box::new(operator_acts::OperatorActs),
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

/// Every kind of event of an application.
pub(crate) const EVERY_KIND: [&str; EventKind::ALL.len()] = {
    let mut names = [""; EventKind::ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = EventKind::ALL[i].as_str();
        i += 1;
    }
    names
};
