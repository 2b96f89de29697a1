//! Job offers: those whose time is over end by themselves.

mod clean;

pub(super) use clean::OfferCleaning;
pub use clean::{Ended, clean_by_hand, would_end};
