//! The documents of applications: recognised by content, stored by content digest.

pub(crate) mod recognise;
pub(crate) mod store;
