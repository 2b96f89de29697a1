//! The log of what happened, on two engines: append, read, follow; it knows nothing of job applications.
//!
//! [`Log`] is the way in: [`Log::append`] writes events of one stream and answers after the durable
//! commit, [`Log::read_after`] and [`Log::follow`] read all streams in their one order, and
//! [`checkpoint`] keeps how far a follower has come, in the transaction of the follower's own rows.
//! [`Db`] is one façade over SQLite and PostgreSQL; only this crate knows that there are two.
//!
//! To change what differs between the engines, look into `db`, `append/`, `wake/` and the
//! migrations; every other line is written once.

mod actor;
mod append;
mod begun;
pub mod checkpoint;
mod clock;
mod db;
mod follow;
mod ids;
pub mod kafka;
pub mod lease;
mod log;
mod period;
mod read;
mod recorded;
mod repository;
pub mod seal;
mod snapshot;
mod stream_id;
#[cfg(feature = "testing")]
pub mod testing;
mod timestamp;
pub mod tree;
mod upcast;
mod wake;

pub use actor::{Actor, ActorKind, RoleName, RoleNameError};
pub use append::{AppendError, Appended};
pub use clock::{Clock, FixedClock, SystemClock};
pub use db::{
    Catalog, ColumnShape, Db, DbError, FoundTable, Matching, Nullable, Record, Sought, TableShape,
    Tx, Upsert, Value, WordIndex, WordQuery,
};
pub use follow::Follow;
pub use ids::{Ids, RandomIds, SeededIds};
pub use log::{Log, LogOptions, OpenLogError};
pub use period::{Interval, Period};
pub use read::{Page, ReadError, Reading};
pub use recorded::{DecodeError, EncodeError, Metadata, NewEvent, Position, RawEvent, Recorded};
pub use seal::{Codec, SealedError};
pub use snapshot::Snapshot;
pub use stream_id::StreamId;
pub use timestamp::{TimestampError, parse_timestamp, timestamp_text};
pub use upcast::Upcasters;
pub use wake::Wake;
