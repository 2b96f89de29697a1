//! Personal data in the log, sealed: read by who holds the master key, gone when a stream's key is.
//!
//! Each stream with personal data has a key of its own (its *data key*), which seals the personal
//! values of its events with XChaCha20-Poly1305. It follows from a random salt, which lies in the table
//! `stream_keys`, and from a *root key* of the whole database, which lies in `root_keys`, wrapped by a
//! *master key* from the settings. What is sealed is taken out of the payload and put into its member
//! `sealed`; a placeholder of the same type stays in its place, so that a stored payload follows its
//! schema with or without the key.
//!
//! A [`Codec`] seals what is appended and opens what is read. Destroying a salt destroys the key, forgets
//! a person and changes no event: an event of a kind that [`Declared::erasing`] names does so in the very
//! transaction that appends it. The other members of this module look after the keys:
//! [`rotate`] wraps the root keys anew, [`status`] counts what is wrapped, [`check`] ends keys that a
//! restored backup brought back.

mod beside;
mod blob;
mod codec;
mod data_key;
mod erased;
mod fresh;
mod keys;
mod lately;
mod master;
mod pointer;
mod root;
mod rotate;
mod stored;
mod stream_key;

pub use beside::SealedError;
pub use blob::{
    BlobAltered, BlobKey, BlobKeyring, BlobKeys, BlobOpener, BlobSealer, CHUNK, Chunks, HEADER,
};
pub use codec::{Codec, Declared, OpenError, PersonalField};
pub use erased::{Unfinished, check, cleared, keys_that_came_back, unfinished};
pub use fresh::FreshKey;
pub use keys::{KeyStatus, status, try_keys};
pub use master::{MasterKeyError, MasterKeys, MasterKeysError};
#[cfg(feature = "testing")]
pub use rotate::wrap_as_before;
pub use rotate::{RotateError, Rotated, rotate};
pub use stored::StoredPayload;
pub use stream_key::{KeyChange, StreamKey, stream_key_sql};

pub(crate) use codec::{Opened, Sealed, Secrets};
pub(crate) use data_key::named;
pub(crate) use lately::LatelyRead;
pub(crate) use root::{Roots, prepare};
pub(crate) use stream_key::{STORED_SALT, read};
