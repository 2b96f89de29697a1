//! Personal data in the log, sealed: read by who holds the master key, gone when a stream's key is.
//!
//! Each stream with personal data has a key of its own (its *data key*), which seals the personal
//! values of its events with XChaCha20-Poly1305. The data key lies in the table `data_keys`, wrapped
//! by a *master key* from the settings. What is sealed is taken out of the payload and put into its
//! member `sealed`; a placeholder of the same type stays in its place, so that a stored payload
//! follows its schema with or without the key.
//!
//! A [`Codec`] seals what is appended and opens what is read. Destroying a data key forgets a person
//! and changes no event: an event of a kind that [`Declared::erasing`] names does so in the very
//! transaction that appends it. The other members of this module look after the keys:
//! [`rotate`] wraps all data keys anew, [`status`] counts them.

mod beside;
mod blob;
mod codec;
mod data_key;
mod fresh;
mod keys;
mod master;
mod pointer;
mod rotate;

pub use beside::SealedError;
pub use blob::{
    BlobAltered, BlobKey, BlobKeyring, BlobKeys, BlobOpener, BlobSealer, CHUNK, Chunks, HEADER,
};
pub use codec::{Codec, Declared, OpenError, PersonalField};
pub use fresh::FreshKey;
pub use keys::{KeyChange, StreamKey, Unfinished, cleared, stream_key_sql, try_keys, unfinished};
pub use master::{MasterKeyError, MasterKeys, MasterKeysError};
pub use rotate::{KeyStatus, RotateError, Rotated, rotate, status};

pub(crate) use codec::{Opened, Payload, Sealed, Secrets};
pub(crate) use data_key::{DataKey, named};
pub(crate) use keys::{prepare, read};
