//! Nothing of a person lies in the open anywhere; who was forgotten is, whatever fails meanwhile, and
//! everything else is as it was.

mod archive;
mod bytes;
mod every_aggregate;
mod histories;
mod interrupted;
mod keys;
mod moved;
mod planted;
mod retention;
mod search;
mod stage;
mod tables;
