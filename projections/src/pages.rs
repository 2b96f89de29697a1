//! The pages of the log that those at work on it share. Whoever stands where a page begins, or within
//! it, is handed the same one; the next is read by whoever needs it first, once all have got past the
//! oldest that is still at hand. Who stays behind for longer than is fit catches up alone, and so does
//! who begins far back; where they meet the others again, they share with them.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use event_store::{Db, Log, Position, ReadError, Reading};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::page::Page;

/// How the pages of an engine are read and written.
struct Habit {
    /// Positions of a page.
    batch: i64,
    /// So many pages' worth of events are at hand at once.
    at_hand: i64,
    /// So many members prepare or write rows of pages at once.
    at_work: usize,
}

impl Habit {
    /// One writes at a time on SQLite, and each page of an index that it changes is written again for each
    /// transaction: few large ones, and nobody prepares rows that must wait for many others.
    const SQLITE: Self = Self { batch: 3000, at_hand: 1, at_work: 2 };
    const POSTGRES: Self = Self { batch: 2000, at_hand: 3, at_work: Semaphore::MAX_PERMITS };

    const fn of(db: &Db) -> Self {
        if db.has_schemas() { Self::POSTGRES } else { Self::SQLITE }
    }
}

/// So many pages, however small: at the end of the log they are.
const MOST: usize = 64;
/// How long those in front wait for one who is slow, before it is left to catch up alone.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the end of the log is taken for that, once it was found.
const STILL: Duration = Duration::from_millis(5);

/// Reads pages for its members.
pub(crate) struct Pages {
    log: Log,
    habit: Habit,
    /// Permits to prepare and write rows.
    work: Semaphore,
    window: Mutex<Window>,
    /// One reads the next page, the others wait for it.
    turn: tokio::sync::Mutex<()>,
    /// Rung when a member has moved, or gone.
    moved: Notify,
}

#[derive(Default)]
struct Window {
    /// Those at hand, each beginning where the one before it ends.
    pages: VecDeque<Arc<Page>>,
    /// Where each member stands.
    members: HashMap<u64, Position>,
    joined: u64,
    /// Where the log ended, and when.
    end: Option<(Position, Instant)>,
}

impl Window {
    fn holding(&self, after: Position) -> Option<Arc<Page>> {
        let holds = |page: &&Arc<Page>| page.begin() <= after && after < page.reached();
        self.pages.iter().find(holds).cloned()
    }

    /// Forgets the pages that all members have got past.
    fn forget(&mut self) {
        while let Some(oldest) = self.pages.front() {
            let (begin, reached) = (oldest.begin(), oldest.reached());
            if self.members.values().any(|at| (begin..reached).contains(at)) {
                break;
            }
            self.pages.pop_front();
        }
    }

    fn is_full(&self, habit: &Habit) -> bool {
        let held = match (self.pages.front(), self.pages.back()) {
            (Some(front), Some(back)) => back.reached().since(front.begin()),
            _ => 0,
        };
        held >= habit.at_hand * habit.batch || self.pages.len() >= MOST
    }

    /// Whether a page after this position is read for all: it follows the newest, or where there is
    /// none, no more members stand further on than here.
    fn leads(&self, after: Position, batch: i64) -> bool {
        if let Some(newest) = self.pages.back() {
            return newest.reached() == after;
        }
        let here = self.members.values().filter(|at| **at == after).count();
        let further = self.members.values().filter(|at| at.since(after) > batch).count();
        here >= further
    }
}

impl Pages {
    /// Pages of this many positions, where it is told.
    pub(crate) fn new(log: &Log, batch: Option<i64>) -> Arc<Self> {
        let mut habit = Habit::of(log.db());
        habit.batch = batch.unwrap_or(habit.batch);
        let work = Semaphore::new(habit.at_work);
        let (window, turn, moved) =
            (Mutex::default(), tokio::sync::Mutex::default(), Notify::new());
        Arc::new(Self { log: log.clone(), habit, work, window, turn, moved })
    }

    /// Positions of a page.
    pub(crate) const fn batch(&self) -> i64 {
        self.habit.batch
    }

    /// Waits for its turn to prepare rows and to write them, which lasts until what is answered is dropped.
    pub(crate) async fn to_work(&self) -> SemaphorePermit<'_> {
        self.work.acquire().await.expect("it is never closed")
    }

    /// Joins those who stand at this position.
    pub(crate) fn join(self: &Arc<Self>, at: Position) -> Member {
        let mut window = self.window();
        window.joined += 1;
        let id = window.joined;
        window.members.insert(id, at);
        drop(window);
        Member { pages: Arc::clone(self), id }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page for one reader: only events of its kinds.
    pub(crate) async fn alone(
        &self,
        after: Position,
        kinds: Option<&[&str]>,
    ) -> Result<Arc<Page>, ReadError> {
        let page = self.log.page(after, self.habit.batch, kinds, Reading::Open).await?;
        Ok(Arc::new(Page::new(&self.log, after, page)))
    }

    /// Waits until there is room for one more page; who is slow is left behind at last.
    async fn make_room(&self) {
        let patience = Instant::now() + PATIENCE;
        loop {
            let mut moved = std::pin::pin!(self.moved.notified());
            moved.as_mut().enable();
            {
                let mut window = self.window();
                window.forget();
                if !window.is_full(&self.habit) {
                    return;
                }
            }
            if tokio::time::timeout_at(patience, moved).await.is_err() {
                self.window().pages.pop_front();
                return;
            }
        }
    }
}

/// One who reads on from page to page; leaves when it is dropped.
pub(crate) struct Member {
    pages: Arc<Pages>,
    id: u64,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.pages.window().members.remove(&self.id);
        self.pages.moved.notify_waiters();
    }
}

impl Member {
    /// The page that holds what comes after this position, for who reads these kinds of events: it may
    /// begin before, and hold others, too. At the end of the log it is empty.
    pub(crate) async fn after(
        &self,
        after: Position,
        kinds: Option<&[&str]>,
    ) -> Result<Arc<Page>, ReadError> {
        let pages = &*self.pages;
        let at_hand = {
            let mut window = pages.window();
            window.members.insert(self.id, after);
            window.forget();
            window.holding(after)
        };
        pages.moved.notify_waiters();
        if let Some(page) = at_hand {
            return Ok(page);
        }
        let turn = pages.turn.lock().await;
        let is_for_all = {
            let window = pages.window();
            if let Some(page) = window.holding(after) {
                return Ok(page);
            }
            if let Some((end, since)) = window.end
                && end == after
                && since.elapsed() < STILL
            {
                let nothing = event_store::Page { events: vec![], reached: after };
                return Ok(Arc::new(Page::new(&pages.log, after, nothing)));
            }
            window.leads(after, pages.habit.batch)
        };
        if !is_for_all {
            drop(turn);
            return pages.alone(after, kinds).await;
        }
        pages.make_room().await;
        let page = pages.alone(after, None).await?;
        let mut window = pages.window();
        if page.reached() == after {
            window.end = Some((after, Instant::now()));
        } else if window.pages.back().is_none_or(|newest| newest.reached() == after) {
            window.pages.push_back(Arc::clone(&page));
        }
        Ok(page)
    }
}
