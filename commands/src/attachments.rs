//! The documents of applications: recognised by content, stored by content digest.

mod kind;
pub(crate) mod recognise;
pub(crate) mod store;
