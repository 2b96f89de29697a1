//! A person who was forgotten is: nothing of them lies anywhere, whatever fails meanwhile, and
//! everything else is as it was.

mod archive;
mod every_aggregate;
mod histories;
mod interrupted;
mod keys;
mod moved;
mod planted;
mod retention;
mod search;
mod tables;
