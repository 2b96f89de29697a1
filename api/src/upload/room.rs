//! The room for uploads under way: how many bytes of documents are held at once, whoever sends them.
//!
//! A body is given room when its first document begins, as much as it announces, and waits for it for
//! a few seconds while its sender is held back by TCP. Past that it is refused whole: 503 with
//! `Retry-After`, and nothing of it is kept. Who shows neither secret nor token in front of the
//! documents shares a small room with all others like that, so that strangers cannot take up the room
//! of those who are known.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a body waits for room.
const PATIENCE: Duration = Duration::from_secs(5);
/// Strangers share this part of the room.
const STRANGERS_SHARE: u32 = 4;

/// Whose body it is, as far as is known when its first document begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// A secret or a token that holds came before.
    Known,
    /// Nothing was shown yet.
    Stranger,
    /// What was shown does not hold: documents are not kept.
    Refused,
}

/// The room for documents that are being sent, in kibibytes.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    known: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    most: u32,
    patience: Duration,
}

/// The room that one body takes up, until it is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    _permit: OwnedSemaphorePermit,
}

impl Uploads {
    /// Room for this many mebibytes, besides a quarter of it for strangers. One body always fits.
    pub(crate) fn new(mebibytes: u32) -> Self {
        let room = |kibibytes: u32| {
            Arc::new(Semaphore::new(usize::try_from(kibibytes).unwrap_or(Semaphore::MAX_PERMITS)))
        };
        let most = u32::try_from(super::MAX_BODY / 1024).unwrap_or(u32::MAX);
        let known = mebibytes.saturating_mul(1024).max(most);
        let strangers = (known / STRANGERS_SHARE).max(most);
        Self { known: room(known), strangers: room(strangers), most, patience: PATIENCE }
    }

    /// Room for a body of as many bytes as it announces; of the largest there is where it does not.
    pub(super) async fn room(&self, trust: Trust, announced: Option<u64>) -> Option<Room> {
        let kibibytes = announced.and_then(|bytes| u32::try_from(bytes.div_ceil(1024)).ok());
        let kibibytes = kibibytes.unwrap_or(self.most).min(self.most);
        let room = match trust {
            Trust::Known => &self.known,
            Trust::Stranger => &self.strangers,
            Trust::Refused => return None,
        };
        let permit = room.clone().acquire_many_owned(kibibytes);
        let permit = tokio::time::timeout(self.patience, permit).await.ok()?.ok()?;
        Some(Room { _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: u64 = super::super::MAX_BODY as u64;

    /// Room where nobody waits.
    fn of(mebibytes: u32) -> Uploads {
        Uploads { patience: Duration::ZERO, ..Uploads::new(mebibytes) }
    }

    #[tokio::test]
    async fn who_finds_no_room_is_refused_and_who_waits_takes_what_is_left() {
        let uploads = of(21);
        let first = uploads.room(Trust::Known, Some(BODY)).await;
        let second = uploads.room(Trust::Known, None).await;
        assert!(first.is_some() && second.is_some());
        assert!(uploads.room(Trust::Known, Some(BODY)).await.is_none(), "the room is full");
        let patient = Uploads { patience: Duration::MAX, ..uploads };
        let (third, ()) = tokio::join!(patient.room(Trust::Known, Some(BODY)), async {
            drop(first);
        });
        assert!(third.is_some(), "it waited until there was room");
    }

    #[tokio::test]
    async fn strangers_do_not_take_the_room_of_those_who_are_known() {
        let uploads = of(21);
        let stranger = uploads.room(Trust::Stranger, None).await;
        assert!(stranger.is_some());
        assert!(uploads.room(Trust::Stranger, None).await.is_none());
        assert!(uploads.room(Trust::Known, None).await.is_some());
        assert!(uploads.room(Trust::Refused, Some(1)).await.is_none());
    }

    #[tokio::test]
    async fn a_body_without_large_documents_takes_little_room() {
        let uploads = of(11);
        let large = uploads.room(Trust::Known, Some(BODY - 100 * 1024)).await;
        assert!(large.is_some());
        assert!(uploads.room(Trust::Known, Some(40_000)).await.is_some());
    }
}
