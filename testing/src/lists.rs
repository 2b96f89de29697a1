//! What a process of the service is made of, list by list.

use commands::{Contexts, PersonalRecords, people};
use domain::{AGGREGATES, Described};
use projections::Projection;
use workers::AnyReaction;
use workers::jobs::{self, Job};

/// The lists of a process. A test that brings a context of its own adds a line to each.
#[derive(Clone)]
pub struct Lists {
    /// The aggregates of the log.
    pub aggregates: Vec<Described>,
    /// Those of them that hold records of persons.
    pub people: Vec<&'static dyn PersonalRecords>,
    /// The read models.
    pub projections: fn() -> Vec<Box<dyn Projection>>,
    /// The reactions.
    pub reactions: fn() -> Vec<Box<dyn AnyReaction>>,
    /// The scheduled tasks.
    pub tasks: fn() -> Vec<Box<dyn Job>>,
}

impl Lists {
    /// The lists of the house.
    pub fn house() -> Self {
        Self {
            aggregates: AGGREGATES.to_vec(),
            people: people::all().to_vec(),
            projections: projections::all,
            reactions: workers::all,
            tasks: jobs::all,
        }
    }

    pub(crate) fn contexts(&self) -> Contexts {
        Contexts::new(&self.aggregates, &self.people)
    }
}
