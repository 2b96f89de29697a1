//! The signed list of applications: what somebody sent through Postulo, to whom and when, with proofs that the log
//! has it, and apart from it what they typed in. A PDF for people, with the same as canonical JSON attached
//! (RFC 8785), both signed with the key of the log (Ed25519, RFC 8032).
//!
//! A list is checked without the database: `check` needs the public key alone.

mod check;
mod list;
mod make;
pub(crate) mod pages;
mod pdf;

pub use check::{Checked, Wrong, check};
pub use list::List;
pub(crate) use pages::{by_program, by_session, check_file, check_page, check_page_of, form, key};
