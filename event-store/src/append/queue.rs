//! Where appends wait: bounded in number and in bytes, so that a slow disk pushes back on the
//! callers and not on the memory.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::encode::{self, Encoded};
use super::{AppendError, Appended};
use crate::seal::{KeyChange, Sealed};
use crate::{LogOptions, StreamId};

/// A stream: aggregate type and id.
pub(crate) type Stream = (String, String);

/// An append on its way.
pub(crate) struct Pending {
    pub(crate) stream: Stream,
    pub(crate) expected: i64,
    pub(crate) count: usize,
    pub(crate) bytes: usize,
    /// The first event's id: it tells, after a broken connection, whether the append was ours.
    pub(crate) first_event: Uuid,
    pub(crate) encoded: Encoded,
    /// What becomes of the stream's key.
    pub(crate) key: Option<KeyChange>,
    pub(crate) done: oneshot::Sender<Result<Appended, AppendError>>,
    /// Its bytes of the queue, given back when it is done.
    _room: OwnedSemaphorePermit,
}

impl Pending {
    /// Whether the stream begins with it, and gets this key.
    pub(crate) fn begins_with_key(&self) -> Option<&[u8]> {
        match &self.key {
            Some(KeyChange::New(stored)) if self.expected == 0 => Some(stored),
            _ => None,
        }
    }

    /// Whether it destroys its stream's key.
    pub(crate) fn erases(&self) -> bool {
        self.key == Some(KeyChange::Destroy)
    }

    /// The stream's last sequence, once this is appended.
    pub(crate) fn end(&self) -> i64 {
        self.expected.saturating_add(i64::try_from(self.count).unwrap_or(i64::MAX))
    }

    /// Tells the caller, who may have given up.
    pub(crate) fn finish(self, result: Result<Appended, AppendError>) {
        drop(self.done.send(result));
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pending({:?}, {})", self.stream, self.expected)
    }
}

/// The callers' end of the queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    sender: mpsc::Sender<Pending>,
    room: Arc<Semaphore>,
    closing: CancellationToken,
    batch_events: usize,
    batch_bytes: usize,
    as_elements: bool,
}

impl Queue {
    pub(crate) fn new(
        sender: mpsc::Sender<Pending>,
        options: &LogOptions,
        as_elements: bool,
    ) -> Self {
        Self {
            sender,
            room: Arc::new(Semaphore::new(options.queued_bytes.min(Semaphore::MAX_PERMITS))),
            closing: CancellationToken::new(),
            batch_events: options.batch_events,
            batch_bytes: options.batch_bytes,
            as_elements,
        }
    }

    pub(crate) fn closing(&self) -> CancellationToken {
        self.closing.clone()
    }

    pub(crate) fn close(&self) {
        self.closing.cancel();
    }

    pub(crate) async fn append(
        &self,
        stream: StreamId<'_>,
        expected: i64,
        Sealed { events, parts, key }: Sealed,
    ) -> Result<Appended, AppendError> {
        encode::check(stream, expected, &events)?;
        let bytes = events.iter().map(|event| event.payload.len() + 512).sum::<usize>()
            + parts.iter().flatten().map(Vec::len).sum::<usize>();
        if events.len() > self.batch_events || bytes > self.batch_bytes {
            return Err(AppendError::TooLarge);
        }
        let permits = u32::try_from(bytes).map_err(|_| AppendError::TooLarge)?;
        let room = Arc::clone(&self.room)
            .try_acquire_many_owned(permits)
            .map_err(|_| AppendError::Busy)?;
        let (count, first_event) = (events.len(), events[0].event_id);
        let encoded = if self.as_elements {
            encode::elements(stream, expected, &events, &parts)?
        } else {
            encode::rows(expected, events, parts)?
        };
        if self.closing.is_cancelled() {
            return Err(AppendError::Closed);
        }
        let (done, answer) = oneshot::channel();
        let pending = Pending {
            stream: (stream.aggregate_type.to_owned(), stream.aggregate_id.to_owned()),
            expected,
            count,
            bytes,
            first_event,
            encoded,
            key,
            done,
            _room: room,
        };
        self.sender.try_send(pending).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Busy,
            mpsc::error::TrySendError::Closed(_) => AppendError::Closed,
        })?;
        // The appender answers everything it has taken; it goes without an answer only where the
        // whole runtime goes.
        answer.await.unwrap_or(Err(AppendError::Closed))
    }
}
