//! The contexts that the write side serves.

use std::fmt;
use std::sync::{Arc, OnceLock};

use domain::schema::{self, PersonalField};
use domain::{AGGREGATES, Described};

use crate::PersonalRecords;
use crate::people;

/// The aggregates that the write side knows, and which of them hold records of persons. Clones share
/// them.
#[derive(Clone)]
pub struct Contexts {
    aggregates: Arc<[Described]>,
    people: Arc<[&'static dyn PersonalRecords]>,
    /// Made from the schemas when it is first asked for.
    naming: Arc<OnceLock<Vec<PersonalField>>>,
}

impl Contexts {
    /// Those of the house.
    pub fn house() -> Self {
        Self::new(AGGREGATES, people::all())
    }

    /// These.
    pub fn new(aggregates: &[Described], people: &[&'static dyn PersonalRecords]) -> Self {
        Self { aggregates: aggregates.into(), people: people.into(), naming: Arc::default() }
    }

    /// The aggregates that hold records of persons.
    pub fn people(&self) -> impl Iterator<Item = &'static dyn PersonalRecords> {
        self.people.iter().copied()
    }

    /// The personal records of this aggregate.
    pub fn people_of(&self, aggregate_type: &str) -> Option<&'static dyn PersonalRecords> {
        self.people().find(|records| records.aggregate() == aggregate_type)
    }

    /// Whether such an event ends what is known of the person whose record its stream is.
    pub(crate) fn erases(&self, event_type: &str) -> bool {
        schema::erasing(&self.aggregates).any(|kind| kind == event_type)
    }

    /// Whether such an event names a person.
    pub(crate) fn names_a_person(&self, event_type: &str) -> bool {
        let naming = self.naming.get_or_init(|| schema::subject_fields(&self.aggregates));
        naming.iter().any(|field| field.event == event_type)
    }
}

impl fmt::Debug for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.aggregates.iter().map(|aggregate| aggregate.aggregate_type);
        f.debug_set().entries(names).finish()
    }
}
