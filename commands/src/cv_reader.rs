//! What CVs say about work, in the memory of this process for a while: a list of offers tells how
//! each fits, and reading a document takes longer than everything else in it. Nothing of it is
//! stored. A CV that is removed, or whose owner is forgotten, goes from the memory of the process
//! that does so at once, and from that of the others once its time is over, whether or not anybody
//! asks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::Digest;
use domain::space::CvWords;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::cv_text::{NoText, Room};

/// For so long they stay.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// So many stay; each takes up to a few hundred kibibytes.
const MOST: usize = 128;

/// What was read lately, and room to read more.
#[derive(Clone, Debug, Default)]
pub(crate) struct CvReader {
    known: Arc<Mutex<VecDeque<Known>>>,
    room: Room,
}

#[derive(Debug)]
struct Known {
    owner: Uuid,
    digest: Digest,
    at: Timestamp,
    words: Result<CvWords, NoText>,
}

impl CvReader {
    pub(crate) const fn room(&self) -> &Room {
        &self.room
    }

    fn all(&self) -> std::sync::MutexGuard<'_, VecDeque<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was read of this document of theirs, unless that is too long ago.
    pub(crate) fn known(
        &self,
        owner: Uuid,
        digest: &Digest,
        now: Timestamp,
    ) -> Option<Result<CvWords, NoText>> {
        let mut all = self.all();
        all.retain(|known| (SignedDuration::ZERO..KEPT).contains(&now.duration_since(known.at)));
        let found = all.iter().find(|known| known.owner == owner && known.digest == *digest);
        found.map(|known| known.words.clone())
    }

    /// Keeps what was read, in the place of what was read of theirs before.
    pub(crate) fn keep(
        &self,
        owner: Uuid,
        digest: &Digest,
        now: Timestamp,
        words: &Result<CvWords, NoText>,
    ) {
        // Another time there may be less to do.
        if *words == Err(NoText::TooMuch) {
            return;
        }
        let mut all = self.all();
        all.retain(|known| known.owner != owner);
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(Known { owner, digest: digest.clone(), at: now, words: words.clone() });
    }

    /// Drops what was kept of theirs at this time, an hour later; what was kept since then stays.
    pub(crate) fn drop_later(&self, owner: Uuid, at: Timestamp) {
        self.drop_after(KEPT.unsigned_abs(), owner, at);
    }

    fn drop_after(&self, time: Duration, owner: Uuid, at: Timestamp) {
        let known = Arc::downgrade(&self.known);
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            if let Some(known) = known.upgrade() {
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                known.retain(|it| it.owner != owner || it.at != at);
            }
        });
    }

    /// Forgets what was read of theirs.
    pub(crate) fn forget(&self, owner: Uuid) {
        self.all().retain(|known| known.owner != owner);
    }
}

#[cfg(test)]
mod tests {
    use event_store::testing::until;

    use super::*;

    #[tokio::test]
    async fn what_was_read_goes_after_its_time_though_nobody_asks() {
        let (reader, digest) = (CvReader::default(), Digest::from_bytes([1; 32]));
        let [before, now] =
            [0, 30].map(|minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes));
        let [one, other] = [1, 2].map(Uuid::from_u128);
        let words = Ok(CvWords::of("Compétences\nRust"));
        for owner in [one, other] {
            reader.keep(owner, &digest, before, &words);
        }
        reader.keep(other, &digest, now, &words);
        for owner in [other, one] {
            reader.drop_after(Duration::ZERO, owner, before);
        }
        until("the older is gone", async || reader.all().len() == 1).await;
        assert_eq!(reader.known(other, &digest, now), Some(words), "it was read since");
        reader.drop_after(Duration::ZERO, other, now);
        until("all are gone", async || reader.all().is_empty()).await;
    }

    #[test]
    fn what_was_read_stays_for_an_hour_and_of_one_document_each() {
        let (reader, owner) = (CvReader::default(), Uuid::from_u128(1));
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let [one, other] = [1, 2].map(|byte| Digest::from_bytes([byte; 32]));
        let words = Ok(CvWords::of("Compétences\nRust"));
        reader.keep(owner, &one, at(0), &words);
        assert_eq!(reader.known(owner, &one, at(59)), Some(words.clone()));
        assert_eq!(reader.known(owner, &other, at(59)), None);
        assert_eq!(reader.known(Uuid::from_u128(2), &one, at(59)), None);
        assert_eq!(reader.known(owner, &one, at(60)), None);
        reader.keep(owner, &other, at(60), &Err(NoText::Kind));
        assert_eq!(reader.known(owner, &other, at(61)), Some(Err(NoText::Kind)));
        reader.forget(owner);
        assert_eq!(reader.known(owner, &other, at(61)), None);
        reader.keep(owner, &other, at(60), &Err(NoText::TooMuch));
        assert_eq!(reader.known(owner, &other, at(61)), None, "it is tried again");
        for n in 0..=MOST as u128 {
            reader.keep(Uuid::from_u128(n), &one, at(0), &words);
        }
        assert_eq!(reader.known(Uuid::from_u128(0), &one, at(0)), None);
        assert_eq!(reader.all().len(), MOST);
    }
}
