//! The documents of applications: recognised by content, stored by content digest, sealed with the
//! keys of their applications.

mod delete;
mod folder;
mod kind;
pub(crate) mod moving;
mod place;
mod reading;
pub(crate) mod recognise;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub(crate) mod verify;

pub(crate) use kind::document_part;
pub use reading::Reading;
