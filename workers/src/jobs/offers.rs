//! Job offers: they are collected from their sources, and those whose time is over end by themselves.

mod clean;
mod collect;
mod describe;
mod dry_run;
mod due;
mod taking;
#[cfg(test)]
mod tests;

pub(super) use clean::OfferCleaning;
pub use clean::{Ended, clean_by_hand, would_end};
pub use collect::COLLECT;
pub(super) use collect::OfferCollection;
pub(crate) use describe::described;
pub use describe::{Description, describe_by_hand};
pub use dry_run::{WouldBring, would_collect};
pub(super) use due::SourcesDue;
