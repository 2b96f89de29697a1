//! Pages of others, as badly behaved as pages are: a server in a task answers by a script, and counts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod boards;
mod browser;
mod collecting;
mod describing;
mod fetching;
mod site;
