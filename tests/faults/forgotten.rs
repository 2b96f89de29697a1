//! Nothing of a person lies in the open anywhere; who was forgotten is, whatever fails meanwhile, and
//! everything else is as it was.

mod archive;
mod browser;
mod bytes;
mod every_aggregate;
mod histories;
mod interrupted;
mod keys;
mod moved;
mod planted;
mod retention;
mod search;
mod space;
mod stage;
mod tables;
mod whose;
