//! The aggregates of the house: the one list from which schemas, sealing, erasure, upcasters and the list
//! of events in the documentation are made.
//!
//! To add an aggregate: its file with `events!` and `aggregate_of_decisions!`, and its line in
//! [`AGGREGATES`].

use std::error::Error;

use cqrs_es::Aggregate;
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::account::Account;
use crate::erasure::ErasureCase;
use crate::kinds::{Events, KindOfEvent};
use crate::message::Message;
use crate::offer::JobOffer;
use crate::operator::Operator;
use crate::permit::Permit;
use crate::schedule::Schedule;
use crate::space::{CandidateCv, CandidateProfile, CandidateTask, JobAlert, TrackedApplication};
use crate::suppression::SuppressedAddress;
use crate::upcast::Earlier;
use crate::{JobApplication, Partner};

/// Every aggregate.
pub const AGGREGATES: &[Described] = &[
    describe::<JobApplication>(),
    describe::<Partner>(),
    describe::<SuppressedAddress>(),
    describe::<Operator>(),
    describe::<Message>(),
    describe::<Schedule>(),
    describe::<ErasureCase>(),
    describe::<Permit>(),
    describe::<Account>(),
    describe::<TrackedApplication>(),
    describe::<CandidateTask>(),
    describe::<CandidateCv>(),
    describe::<CandidateProfile>(),
    describe::<JobAlert>(),
    describe::<JobOffer>(),
];

/// An aggregate as its readers know it.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The stored `aggregate_type`.
    pub aggregate_type: &'static str,
    /// The kinds of its events, in the order of its life.
    pub kinds: &'static [KindOfEvent],
    /// The versions of them that are written no more.
    pub(crate) earlier: &'static [Earlier],
    /// The JSON Schema of its enum of events.
    pub(crate) schema: fn() -> Value,
}

/// An aggregate, for the list.
pub const fn describe<A: Stored>() -> Described {
    Described {
        aggregate_type: A::TYPE,
        kinds: A::Event::KINDS,
        earlier: A::Event::EARLIER,
        schema: schema_of::<A::Event>,
    }
}

/// An aggregate of the house: one of cqrs-es whose events are described, and whose refusals tell what
/// readers must know.
pub trait Stored: Aggregate<Event: Events, Error: Refused> {}

impl<A: Aggregate<Event: Events, Error: Refused>> Stored for A {}

/// The events of an aggregate.
pub type EventOf<A> = <A as Aggregate>::Event;

/// The refusals of an aggregate.
pub type RefusalOf<A> = <A as Aggregate>::Error;

/// The kinds of an aggregate's events.
pub type KindOf<A> = <<A as Aggregate>::Event as Events>::Kind;

/// What the refusals of every aggregate tell.
pub trait Refused: Error + Send + Sync + 'static {
    /// Whether it is refused because the person was forgotten: then there is nothing left to do.
    fn is_erased(&self) -> bool {
        false
    }
}

/// The refusal of what is about a person who was forgotten, whichever aggregate it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The person was forgotten: their data are erased.")]
pub struct Forgotten;

impl Refused for Forgotten {
    fn is_erased(&self) -> bool {
        true
    }
}

fn schema_of<E: JsonSchema>() -> Value {
    schema_for!(E).to_value()
}

/// Every kind of event of these aggregates.
pub fn kinds(aggregates: &[Described]) -> impl Iterator<Item = &'static KindOfEvent> {
    aggregates.iter().flat_map(|aggregate| aggregate.kinds)
}

/// The version of a kind of event that is written today.
#[cfg(test)]
pub(crate) fn version_of(name: &str) -> u32 {
    kinds(AGGREGATES).find(|kind| kind.name == name).unwrap().version
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Readers ask for events, and sealing finds what is personal in them, by the name alone.
    #[test]
    fn no_two_kinds_of_events_have_one_name() {
        let mut seen = HashSet::new();
        let twice: Vec<_> = kinds(AGGREGATES).filter(|kind| !seen.insert(kind.name)).collect();
        assert!(twice.is_empty(), "a new kind carries its aggregate's noun: {twice:?}");
        let types: HashSet<_> = AGGREGATES.iter().map(|it| it.aggregate_type).collect();
        assert_eq!(types.len(), AGGREGATES.len());
    }

    #[test]
    fn an_earlier_version_is_one_of_a_kind_that_is_written_today() {
        for aggregate in AGGREGATES {
            for earlier in aggregate.earlier {
                let today = aggregate.kinds.iter().find(|kind| kind.name == earlier.kind);
                assert!(today.is_some_and(|kind| earlier.version < kind.version), "{earlier:?}");
            }
        }
    }

    #[test]
    fn what_an_event_is_marked_with_is_what_its_kind_says() {
        let described = kinds(AGGREGATES).find(|it| it.name == "Submitted").unwrap();
        assert_eq!((described.version, described.public, described.erases), (2, true, false));
        let erasing: Vec<_> =
            kinds(AGGREGATES).filter(|kind| kind.erases).map(|kind| kind.name).collect();
        assert_eq!(
            erasing,
            [
                "PersonalDataErased",
                "AddressForgotten",
                "MessageErased",
                "ErasureCaseRefused",
                "ErasureCaseDropped",
                "ErasureCaseCompleted",
                "PermitErased",
                "AccountErased",
                "TrackedApplicationErased",
                "CandidateTaskErased",
                "CandidateCvErased",
                "CandidateProfileErased",
                "JobAlertDeleted",
                "OfferRemoved",
            ]
        );
    }
}
