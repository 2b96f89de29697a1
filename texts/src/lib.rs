//! What people read: letters, calendar files and the wording that pages share with them, in French
//! and English. Values in, text out: no I/O, no clock, no chance, so that the recruiter's preview
//! and the e-mail that is sent are one function.
//!
//! To add a letter: its file and its folder of templates under `letters/`, its lines in
//! [`letters`], its phrases in both files of `translations/`. To add a phrase: a key in both files;
//! tests refuse one that is missing or that nothing uses.

mod calendar;
mod dates;
pub mod letters;
mod objections;
mod plain;
mod translate;
mod wording;

pub use calendar::{Calendar, Invitation};
pub use dates::{date_time, day, default_zone, timestamp};
pub use domain::Language;
pub use letters::{Letter, RenderError};
pub use objections::{invalid, refusal};
pub use plain::{html, one_line, visible};
pub use wording::{
    answer_action, answer_kind, file_size, media_type, place, rejection_reason, status,
};
