//! The room for uploads under way: how many bytes of documents are held at once, whoever sends them.
//!
//! A body is given room when its first document begins, as much as it announces, and waits for it for
//! a few seconds while its sender is held back by TCP. Past that it is refused whole: 503 with
//! `Retry-After`, and nothing of it is kept. Who shows neither secret nor token in front of the
//! documents shares a small room with all others like that, so that strangers cannot take up the room
//! of those who are known.
//!
//! A slow body holds its room for long. So a network has half of it at most, a form is sent once at a
//! time (one that stands still leaves for the next: its connection broke), and where room is wanted,
//! bodies that hardly move give theirs.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::timeout::time_for;

/// How long a body waits for room.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often one that waits looks for bodies that hardly move.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Strangers share this part of the room.
const STRANGERS_SHARE: u32 = 4;
/// A network has this part of a room at most.
const NETWORKS_SHARE: u32 = 2;
/// A body that comes more slowly gives way, in bytes a second, once it is behind by so long.
const MOVES: u64 = 16 * 1024;
const BEHIND: Duration = Duration::from_secs(10);

/// A body that has stood still for so long leaves for another of the same form.
const STILL: Duration = Duration::from_secs(2);

/// Whose body it is, as far as is known when its first document begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// A partner's program, whose secret holds.
    Partner,
    /// Somebody with a token or a ticket that holds, of this form.
    Form(u64),
    /// Nothing was shown yet.
    Stranger,
    /// What was shown does not hold: documents are not kept.
    Refused,
}

/// The room for documents that are being sent, in kibibytes.
#[derive(Clone, Debug)]
pub struct Uploads {
    known: u32,
    strangers: u32,
    most: u32,
    patience: Duration,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    under_way: Mutex<Vec<Arc<Upload>>>,
    freed: Notify,
}

/// One body under way.
#[derive(Debug)]
struct Upload {
    trust: Trust,
    network: Option<IpNet>,
    kibibytes: u32,
    begun: Instant,
    received: AtomicU64,
    /// When the last of it came, in milliseconds since it began.
    last: AtomicU64,
    /// It is whole, and at work.
    arrived: AtomicBool,
    needed: CancellationToken,
}

/// The room that one body takes up, until it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    upload: Arc<Upload>,
    shared: Arc<Shared>,
}

impl Shared {
    fn under_way(&self) -> MutexGuard<'_, Vec<Arc<Upload>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    fn new(trust: Trust, network: Option<IpNet>, kibibytes: u32, begun: Instant) -> Self {
        Self {
            trust,
            network,
            kibibytes,
            begun,
            received: AtomicU64::new(0),
            last: AtomicU64::new(0),
            arrived: AtomicBool::new(false),
            needed: CancellationToken::new(),
        }
    }

    fn is_strangers(&self) -> bool {
        self.trust == Trust::Stranger
    }

    /// Until when what came of it would have kept it moving.
    fn paid_until(&self) -> Instant {
        self.begun + time_for(self.received.load(Ordering::Relaxed), MOVES)
    }

    fn gives_way(&self, now: Instant) -> bool {
        !self.arrived.load(Ordering::Relaxed) && now >= self.paid_until() + BEHIND
    }

    fn stands_still(&self, now: Instant) -> bool {
        let last = self.begun + Duration::from_millis(self.last.load(Ordering::Relaxed));
        !self.arrived.load(Ordering::Relaxed) && now >= last + STILL
    }
}

impl Uploads {
    /// Room for this many mebibytes, besides a quarter of it for strangers. One body always fits.
    pub fn new(mebibytes: u32) -> Self {
        let most = u32::try_from(super::MAX_BODY / 1024).unwrap_or(u32::MAX);
        let known = mebibytes.saturating_mul(1024).max(most);
        let strangers = (known / STRANGERS_SHARE).max(most);
        Self { known, strangers, most, patience: PATIENCE, shared: Arc::default() }
    }

    /// Room for a body of as many bytes as it announces; of the largest there is where it does not.
    pub(super) async fn room(
        &self,
        trust: Trust,
        network: Option<IpNet>,
        announced: Option<u64>,
    ) -> Option<Room> {
        if trust == Trust::Refused {
            return None;
        }
        let kibibytes = announced.and_then(|bytes| u32::try_from(bytes.div_ceil(1024)).ok());
        let kibibytes = kibibytes.unwrap_or(self.most).min(self.most);
        let find = async {
            loop {
                // Listens before it looks, so that nothing is freed in between unheard.
                let freed = self.shared.freed.notified();
                let now = Instant::now();
                let upload = Upload::new(trust, network, kibibytes, now);
                if let Some(room) = self.take(upload, now) {
                    return room;
                }
                let _ = tokio::time::timeout(LOOK_AGAIN, freed).await;
            }
        };
        tokio::time::timeout(self.patience, find).await.ok()
    }

    /// The room that an upload asks for, or a sign to who must leave for it.
    fn take(&self, upload: Upload, now: Instant) -> Option<Room> {
        let mut under_way = self.shared.under_way();
        if let Trust::Form(_) = upload.trust
            && let Some(before) = under_way.iter().find(|other| other.trust == upload.trust)
        {
            if before.stands_still(now) {
                before.needed.cancel();
            }
            return None;
        }
        let all = if upload.is_strangers() { self.strangers } else { self.known };
        let share = (all / NETWORKS_SHARE).max(self.most);
        let beside: Vec<_> = under_way
            .iter()
            .filter(|other| other.is_strangers() == upload.is_strangers())
            .collect();
        let of_network: Vec<_> = beside
            .iter()
            .copied()
            .filter(|other| upload.network.is_some() && other.network == upload.network)
            .collect();
        for (others, most) in [(beside, all), (of_network, share)] {
            let held: u32 = others.iter().map(|other| other.kibibytes).sum();
            if held.saturating_add(upload.kibibytes) > most {
                let slow = others.iter().filter(|other| other.gives_way(now));
                if let Some(slowest) = slow.min_by_key(|other| other.paid_until()) {
                    slowest.needed.cancel();
                }
                return None;
            }
        }
        let upload = Arc::new(upload);
        under_way.push(upload.clone());
        Some(Room { upload, shared: self.shared.clone() })
    }
}

impl Room {
    /// So many bytes came.
    pub(super) fn received(&self, bytes: usize) {
        self.upload.received.fetch_add(bytes as u64, Ordering::Relaxed);
        let last = u64::try_from(self.upload.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.upload.last.store(last, Ordering::Relaxed);
    }

    /// The body is whole: it keeps its room until it is done with.
    pub(super) fn arrived(&self) {
        self.upload.arrived.store(true, Ordering::Relaxed);
    }

    /// Waits until another needs the room more.
    pub(super) async fn needed(&self) {
        self.upload.needed.cancelled().await;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.shared.under_way().retain(|other| !Arc::ptr_eq(other, &self.upload));
        self.shared.freed.notify_waiters();
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

    impl Uploads {
        async fn partners(&self, announced: Option<u64>) -> Option<Room> {
            self.room(Trust::Partner, None, announced).await
        }

        async fn forms(&self, form: u64, network: &str) -> Option<Room> {
            let network = Some(network.parse().unwrap());
            self.room(Trust::Form(form), network, Some(BODY)).await
        }
    }

    #[tokio::test]
    async fn who_finds_no_room_is_refused_and_who_waits_takes_what_is_left() {
        let uploads = of(21);
        let first = uploads.partners(Some(BODY)).await;
        let second = uploads.partners(None).await;
        assert!(first.is_some() && second.is_some());
        assert!(uploads.partners(Some(BODY)).await.is_none(), "the room is full");
        let patient = Uploads { patience: Duration::MAX, ..uploads };
        let (third, ()) = tokio::join!(patient.partners(Some(BODY)), async {
            drop(first);
        });
        assert!(third.is_some(), "it waited until there was room");
    }

    #[tokio::test]
    async fn strangers_do_not_take_the_room_of_those_who_are_known() {
        let uploads = of(21);
        let stranger = uploads.room(Trust::Stranger, None, None).await;
        assert!(stranger.is_some());
        assert!(uploads.room(Trust::Stranger, None, None).await.is_none());
        assert!(uploads.partners(None).await.is_some());
        assert!(uploads.room(Trust::Refused, None, Some(1)).await.is_none());
    }

    #[tokio::test]
    async fn a_body_without_large_documents_takes_little_room() {
        let uploads = of(11);
        let large = uploads.partners(Some(BODY - 100 * 1024)).await;
        assert!(large.is_some());
        assert!(uploads.partners(Some(40_000)).await.is_some());
    }

    #[tokio::test]
    async fn a_network_takes_half_of_the_room_and_leaves_the_rest_to_others() {
        let uploads = of(42);
        let first = uploads.forms(1, "192.0.2.1/32").await;
        let second = uploads.forms(2, "192.0.2.1/32").await;
        assert!(first.is_some() && second.is_some());
        assert!(uploads.forms(3, "192.0.2.1/32").await.is_none());
        assert!(uploads.forms(3, "192.0.2.2/32").await.is_some());
        let not_limited = uploads.room(Trust::Form(4), None, None).await;
        assert!(not_limited.is_some(), "who cannot be told apart has no share");
    }

    #[tokio::test]
    async fn a_form_is_sent_once_at_a_time_and_one_that_stands_still_leaves_for_the_next() {
        let uploads = of(42);
        let first = uploads.forms(1, "192.0.2.1/32").await.unwrap();
        assert!(uploads.forms(2, "192.0.2.1/32").await.is_some(), "another form is another's");
        let next_at = |after: u64| {
            let now = first.upload.begun + Duration::from_secs(after);
            uploads.take(Upload::new(Trust::Form(1), None, 1, now), now).is_some()
        };
        assert!(!next_at(1) && !first.upload.needed.is_cancelled(), "it may yet move");
        assert!(!next_at(3) && first.upload.needed.is_cancelled());
        first.needed().await;
        drop(first);
        assert!(uploads.forms(1, "192.0.2.1/32").await.is_some());
    }

    #[tokio::test]
    async fn a_body_that_hardly_moves_gives_way_and_one_that_moves_does_not() {
        let uploads = of(21);
        let slow = uploads.forms(1, "192.0.2.1/32").await.unwrap();
        let slower = uploads.forms(2, "192.0.2.2/32").await.unwrap();
        let waits_at = |after: u64| {
            let now = slow.upload.begun + Duration::from_secs(after);
            let room = uploads.take(Upload::new(Trust::Partner, None, uploads.most, now), now);
            assert!(room.is_none());
            [&slow, &slower].map(|room| room.upload.needed.is_cancelled())
        };
        assert_eq!(waits_at(9), [false, false], "it has only begun");
        slow.received(60 * 32_000);
        slower.received(60 * 9_000);
        assert_eq!(waits_at(60), [false, true]);
        slow.arrived();
        assert_eq!(waits_at(600), [false, true], "it has arrived, and is at work");
    }
}
