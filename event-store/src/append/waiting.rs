//! The appender's end of the queue: what waits, and the next batch of it.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::queue::{Pending, Stream};
use crate::LogOptions;

pub(super) struct Waiting {
    options: LogOptions,
    receiver: mpsc::Receiver<Pending>,
    closing: CancellationToken,
    /// Nothing comes in any more.
    closed: bool,
    /// Taken from the queue, and waiting for a batch: appends to a stream that is already in the
    /// batch, and what was too much for it.
    held: VecDeque<Pending>,
}

impl Waiting {
    pub(super) const fn new(
        options: LogOptions,
        receiver: mpsc::Receiver<Pending>,
        closing: CancellationToken,
    ) -> Self {
        Self { options, receiver, closing, closed: false, held: VecDeque::new() }
    }

    /// The next batch: what is there, up to the limits; it waits only for the first. None when the
    /// log is closed and all is taken.
    pub(super) async fn next(&mut self) -> Option<Vec<Pending>> {
        if self.held.is_empty() {
            let first = self.receive().await?;
            self.held.push_back(first);
            // Who was answered just now gets to ask again: few large batches beat many small ones.
            tokio::task::yield_now().await;
        }
        while self.held.len() < self.options.queued_appends {
            match self.receiver.try_recv() {
                Ok(pending) => self.held.push_back(pending),
                Err(_) => break,
            }
        }
        Some(self.batch())
    }

    async fn receive(&mut self) -> Option<Pending> {
        if !self.closed {
            tokio::select! {
                pending = self.receiver.recv() => {
                    self.closed = pending.is_none();
                    return pending;
                }
                () = self.closing.cancelled() => {
                    // From here on nothing comes in; what is there is still taken out.
                    self.receiver.close();
                    self.closed = true;
                }
            }
        }
        self.receiver.recv().await
    }

    fn batch(&mut self) -> Vec<Pending> {
        let (mut events, mut bytes) = (0, 0);
        let mut streams = HashSet::new();
        let mut batch: Vec<Pending> = vec![];
        let mut later = VecDeque::new();
        let mut full = false;
        for pending in self.held.drain(..) {
            full = full
                || (!batch.is_empty()
                    && (events + pending.count > self.options.batch_events
                        || bytes + pending.bytes > self.options.batch_bytes));
            // A stream that waits is in the set too: its appends keep their order.
            if full || !streams.insert(pending.stream.clone()) {
                later.push_back(pending);
                continue;
            }
            events += pending.count;
            bytes += pending.bytes;
            batch.push(pending);
        }
        self.held = later;
        batch
    }

    /// Whether anything waits.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Takes out who expects less than where a stream ends by now: a stream's end only grows.
    pub(super) fn late(&mut self, ends: &HashMap<Stream, i64>) -> VecDeque<Pending> {
        let (late, held): (VecDeque<_>, _) = self
            .held
            .drain(..)
            .partition(|it| ends.get(&it.stream).is_some_and(|end| it.expected < *end));
        self.held = held;
        late
    }
}
