//! Job offers: they are collected from their sources.

mod collect;
mod due;
mod taking;

pub use collect::COLLECT;
pub(super) use collect::OfferCollection;
pub(super) use due::SourcesDue;
