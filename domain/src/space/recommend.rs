//! Which offers fit somebody who looks for work: 0 to 100, with the reasons. It ranks offers for people, never people
//! for employers.
//!
//! Whoever looks is known by what they can, what they do or did, where and how they want to work ([`Seeker`]): by
//! nothing else. A name, an address, an age, years of experience, a nationality are no part of it, and the head of a CV,
//! where they stand, is not read ([`CvWords`]).

mod cv_words;
mod fit;
mod seeker;

pub use cv_words::CvWords;
pub use fit::{Fit, Match, OfferFacts, PlaceFit, WEIGHTS, Weights};
pub use seeker::Seeker;
