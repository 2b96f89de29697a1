//! Which records are under way, so that a partition's offset moves only over those that are done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One partition while it is ours.
#[derive(Debug, Default)]
struct Partition {
    /// Counts how often partitions came: what came with an earlier one is not ours any more.
    term: u64,
    /// It is going: nothing is begun any more.
    going: bool,
    /// Handed out and not done.
    open: BTreeSet<i64>,
    /// The last one handed out.
    last: i64,
    /// Begun and not ended.
    begun: BTreeSet<i64>,
}

#[derive(Debug, Default)]
struct State {
    term: u64,
    partitions: BTreeMap<i32, Partition>,
}

/// The records that were handed out.
#[derive(Debug, Default)]
pub(super) struct Places {
    state: Mutex<State>,
    ended: Condvar,
}

impl Places {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A partition has come to us.
    pub(super) fn assigned(&self, partition: i32) {
        let mut state = self.state();
        state.term += 1;
        let term = state.term;
        state.partitions.insert(partition, Partition { term, ..Partition::default() });
    }

    /// Partitions go: what was not begun never will be, and what was begun gets `patience` to end.
    pub(super) fn revoked(&self, partitions: &[i32], patience: Duration) {
        let deadline = Instant::now() + patience;
        let mut state = self.state();
        for number in partitions {
            if let Some(partition) = state.partitions.get_mut(number) {
                partition.going = true;
            }
        }
        while partitions.iter().any(|number| {
            state.partitions.get(number).is_some_and(|partition| !partition.begun.is_empty())
        }) {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { break };
            state = self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        for number in partitions {
            state.partitions.remove(number);
        }
    }

    /// A record is handed out.
    pub(super) fn hand_out(self: &Arc<Self>, partition: i32, offset: i64) -> Place {
        let mut state = self.state();
        let entry = state.partitions.entry(partition).or_default();
        entry.open.insert(offset);
        entry.last = entry.last.max(offset);
        Place { places: self.clone(), partition, offset, term: entry.term }
    }

    /// How many are handed out and not done.
    pub(super) fn open(&self) -> usize {
        self.state().partitions.values().map(|partition| partition.open.len()).sum()
    }
}

/// A record that was handed out.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    partition: i32,
    offset: i64,
    term: u64,
}

impl Place {
    /// Whether it may be worked on: its partition is still ours. From now on until it ends, the
    /// partition waits for it.
    pub fn begin(&self) -> bool {
        let mut state = self.places.state();
        let Some(partition) = state.partitions.get_mut(&self.partition) else { return false };
        if partition.going || partition.term != self.term {
            return false;
        }
        partition.begun.insert(self.offset);
        true
    }

    /// It ended, done or not. Says up to which offset of its partition all is done, when that moved:
    /// `keep` is called with it while nothing else can move it.
    pub(super) fn end(&self, done: bool, keep: impl FnOnce(i32, i64)) {
        let mut state = self.places.state();
        let partition = state.partitions.get_mut(&self.partition);
        if let Some(partition) = partition.filter(|it| it.term == self.term) {
            partition.begun.remove(&self.offset);
            let first = partition.open.first().copied();
            if done && partition.open.remove(&self.offset) && first == Some(self.offset) {
                let next = partition.open.first().copied().unwrap_or(partition.last + 1);
                keep(self.partition, next - 1);
            }
        }
        drop(state);
        self.places.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Arc<Places> {
        let places = Arc::new(Places::default());
        places.assigned(0);
        places
    }

    #[test]
    fn an_offset_moves_only_over_what_is_done() {
        let places = places();
        let [a, b, c] = [5, 6, 9].map(|offset| places.hand_out(0, offset));
        let mut kept = vec![];
        let mut end = |place: &Place, done| place.end(done, |_, offset| kept.push(offset));
        end(&b, true);
        end(&a, true);
        end(&c, false);
        assert_eq!(kept, [8], "up to before the one that is not done");
        assert_eq!(places.open(), 1);
    }

    #[test]
    fn what_goes_with_its_partition_is_not_begun_and_moves_nothing() {
        let places = places();
        let place = places.hand_out(0, 1);
        places.revoked(&[0], Duration::ZERO);
        assert!(!place.begin());
        places.assigned(0);
        assert!(!place.begin(), "it is of an earlier term");
        place.end(true, |_, _| panic!("nothing moves"));
    }

    #[test]
    fn a_partition_waits_for_what_was_begun() {
        let places = places();
        let place = places.hand_out(0, 1);
        assert!(place.begin());
        let going = std::thread::spawn({
            let places = places.clone();
            move || places.revoked(&[0], Duration::from_mins(1))
        });
        let mut kept = None;
        while !places.state().partitions[&0].going {
            std::thread::yield_now();
        }
        place.end(true, |_, offset| kept = Some(offset));
        going.join().unwrap();
        assert_eq!(kept, Some(1), "its offset is kept before the partition goes");
    }
}
