//! What is kept of a person beside the log, sealed with the key of their stream: gone with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::codec::OpenError;
use super::master::MasterKeyError;
use super::stream_key::{self, StreamKey};
use crate::{DbError, Log, RawEvent, StreamId};

/// Something sealed beside the log could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It cannot be sealed.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
}

impl Log {
    /// Seals bytes with the key of a stream, for a use that has this name. `None` where the stream
    /// has no key, or none any more: then they must not be kept.
    pub async fn seal_bytes(
        &self,
        stream: StreamId<'_>,
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<Vec<u8>>, SealedError> {
        if self.codec().secrets().is_none() {
            return Ok(Some(bytes.to_vec()));
        }
        let key = stream_key::read(self.db(), stream).await?;
        Ok(self.codec().seal_bytes(stream, &key, name, bytes)?)
    }

    /// What [`Log::seal_bytes`] sealed; `None` where the key was destroyed.
    pub async fn open_bytes(
        &self,
        stream: StreamId<'_>,
        name: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, SealedError> {
        if self.codec().secrets().is_none() {
            return Ok(Some(sealed.to_vec()));
        }
        let key = stream_key::read(self.db(), stream).await?;
        Ok(self.codec().open_bytes(stream, &key, name, sealed)?)
    }

    /// [`Log::seal_bytes`] with the key at hand, as [`super::stream_key_sql`] or an event brings it.
    pub fn seal_with(
        &self,
        stream: StreamId<'_>,
        key: &StreamKey,
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<Vec<u8>>, MasterKeyError> {
        self.codec().seal_bytes(stream, key, name, bytes)
    }

    /// What [`Log::seal_with`] or [`Log::seal_bytes`] sealed, with the key at hand; `None` where it was
    /// destroyed.
    pub fn open_with(
        &self,
        stream: StreamId<'_>,
        key: &StreamKey,
        name: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, OpenError> {
        self.codec().open_bytes(stream, key, name, sealed)
    }

    /// Seals bytes that belong to no stream, for a use that has this name, with a key of the whole
    /// database.
    pub fn seal_of_none(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        match self.roots() {
            Some(roots) => roots.of_none.seal(name.as_bytes(), bytes),
            None => bytes.to_vec(),
        }
    }

    /// What [`Log::seal_of_none`] sealed for this use.
    pub fn open_of_none(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        match self.roots() {
            Some(roots) => roots.of_none.open(name.as_bytes(), sealed).ok_or(OpenError::Altered),
            None => Ok(sealed.to_vec()),
        }
    }

    /// [`Log::seal_bytes`] for text: base64 where anything is sealed here.
    pub(crate) async fn seal_text(
        &self,
        stream: StreamId<'_>,
        name: &str,
        text: &str,
    ) -> Result<Option<String>, SealedError> {
        if self.codec().secrets().is_none() {
            return Ok(Some(text.to_owned()));
        }
        let sealed = self.seal_bytes(stream, name, text.as_bytes()).await?;
        Ok(sealed.map(|sealed| STANDARD.encode(sealed)))
    }

    /// What [`Log::seal_text`] sealed.
    pub(crate) async fn open_text(
        &self,
        stream: StreamId<'_>,
        name: &str,
        sealed: &str,
    ) -> Result<Option<String>, SealedError> {
        if self.codec().secrets().is_none() {
            return Ok(Some(sealed.to_owned()));
        }
        let sealed = STANDARD.decode(sealed).map_err(|_| OpenError::Altered)?;
        let opened = self.open_bytes(stream, name, &sealed).await?;
        opened
            .map(|text| String::from_utf8(text).map_err(|_| OpenError::Altered.into()))
            .transpose()
    }

    /// Looks up the key of an event that came from elsewhere than the log, from the topic for
    /// instance.
    pub async fn find_key(&self, raw: &mut RawEvent) -> Result<(), DbError> {
        if raw.key == StreamKey::Unknown {
            raw.key = stream_key::read(self.db(), raw.stream()).await?;
        }
        Ok(())
    }
}
