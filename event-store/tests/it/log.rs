//! The log and the database façade, on real databases, a fresh one for each test.

mod append;
mod begun;
mod broken_connections;
mod checkpoints;
mod db;
mod failures;
mod following;
mod leases;
mod model;
mod redoable;
mod repository;
mod schema;
mod sealing;
mod shared;
mod stream_keys;
mod support;
mod tree;
mod upsert;
mod words;
