//! Pages of others, as badly behaved as pages are: a server in a task answers by a script, and counts.

mod boards;
mod collecting;
mod describing;
mod fetching;
mod site;
