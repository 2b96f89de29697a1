//! The lists of the house with one line more each. A context that moves in writes the same lines where
//! the lists are: `domain::AGGREGATES`, `commands::people::all`, `projections::all_of`,
//! `workers::all`, `workers::jobs::all` and the entries of an audience.

use admin::Operators;
use commands::{PersonalRecords, people};
use domain::{AGGREGATES, Described, describe};
use projections::Projection;
use testing::Lists;
use web::audience::Audience;
use workers::AnyReaction;
use workers::jobs::{self, Job};

use crate::feedback::Feedback;
use crate::{page, read_model, thanks, weekly};

/// What people read of it.
pub const CATALOGUES: &[(&str, &str)] = &[
    ("en", include_str!("locales/en/feedback.ftl")),
    ("fr", include_str!("locales/fr/feedback.ftl")),
];

pub fn aggregates() -> Vec<Described> {
    [AGGREGATES, &[describe::<Feedback>()]].concat()
}

pub fn people() -> Vec<&'static dyn PersonalRecords> {
    [people::all(), &[&crate::people::Opinions]].concat()
}

pub fn projections() -> Vec<Box<dyn Projection>> {
    let mut all = projections::all_of(&aggregates());
    all.push(Box::new(read_model::FeedbackTable));
    all
}

pub fn reactions() -> Vec<Box<dyn AnyReaction>> {
    let mut all = workers::all();
    all.push(Box::new(thanks::Thanks));
    all
}

pub fn tasks() -> Vec<Box<dyn Job>> {
    let mut all = jobs::all();
    all.push(Box::new(weekly::Weekly));
    all
}

pub fn operators() -> Audience<Operators> {
    admin::audience().and(page::entries())
}

/// A house in which it lives.
pub fn house() -> Lists {
    texts::testing::with_catalogues(CATALOGUES);
    Lists { aggregates: aggregates(), people: people(), projections, reactions, tasks }
}
