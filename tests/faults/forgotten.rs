//! A person who was forgotten is: nothing of them lies anywhere, whatever fails meanwhile, and
//! everything else is as it was.

mod histories;
mod keys;
mod search;
mod tables;
