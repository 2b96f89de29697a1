//! Feedback: a context of the house in the small. Somebody says what they think of the service, is
//! thanked by a letter, and is found and forgotten like everybody else.
//!
//! It is no part of the product. It stands here because it is added as the next one is: by its files,
//! and by one line in each list ([`lists`]). `docs/architecture.md` walks through them.

#![expect(missing_docs, reason = "the files say what they are for")]

pub mod feedback;
pub mod give;
pub mod lists;
pub mod page;
pub mod people;
pub mod read_model;
pub mod thanks;
pub mod weekly;
