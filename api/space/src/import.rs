//! The import of the CSV of another tracker. The file is read, its columns are matched by their names and by the
//! person, and a page shows what will happen. Nothing is kept until that is confirmed: the page itself carries the
//! file from step to step, packed, so that the service stores nothing of it and a step needs no script.

mod dates;
mod pages;
mod row;
mod sheet;
mod statuses;

pub(crate) use pages::{MAX_FORM, confirm, page, preview, upload};
