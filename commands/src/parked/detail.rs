//! What the other side said when a reaction failed. It may quote a person, so it lies sealed with the key
//! of what the reaction is about, and is gone with that key.

use event_store::seal::{OpenError, StreamKey};
use event_store::{Log, SealedError, StreamId};

use super::{Key, Parked};

/// A row as it lies in the table.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    #[sqlx(flatten)]
    parked: Parked,
    sealed_detail: Option<Vec<u8>>,
    key: StreamKey,
}

/// What a detail is sealed for: it fits no other row.
pub(crate) fn name(reactor: &str, position: i64) -> String {
    format!("reaction {reactor} {position}")
}

/// A detail as it is kept; `None` where the stream has no key, or none any more.
pub(super) async fn sealed(
    log: &Log,
    key: &Key<'_>,
    detail: Option<&str>,
) -> Result<Option<Vec<u8>>, SealedError> {
    let Some(detail) = detail else { return Ok(None) };
    let name = name(key.reactor, key.position.get());
    log.seal_bytes(key.stream, &name, detail.as_bytes()).await
}

impl Row {
    /// The row in the open. A version from before details were sealed may have written a plain one since:
    /// that is the latest.
    pub(super) fn open(self, log: &Log) -> Result<Parked, OpenError> {
        let Self { mut parked, sealed_detail, key } = self;
        if let (None, Some(sealed)) = (&parked.detail, sealed_detail) {
            let stream = StreamId::new(&parked.aggregate_type, &parked.aggregate_id);
            let name = name(&parked.reactor, parked.position);
            let opened = log.open_with(stream, &key, &name, &sealed)?;
            let text =
                opened.map(|detail| String::from_utf8(detail).map_err(|_| OpenError::Altered));
            parked.detail = text.transpose()?;
        }
        Ok(parked)
    }
}
