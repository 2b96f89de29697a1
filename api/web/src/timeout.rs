//! The time-out of requests: it counts the time in which we work. While we wait for a body it stands
//! still, so that who has a slow line is heard to the end; such a body may neither stand still nor
//! come more slowly than the slowest of lines.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// A body comes at least so fast, in bytes a second, on average and after the time that every request
/// has: 10 MiB within 22 minutes.
pub const SLOWEST: u64 = 8 * 1024;

/// How long so many bytes may take at `rate` bytes a second.
pub fn time_for(bytes: u64, rate: u64) -> Duration {
    Duration::from_millis(bytes.saturating_mul(1000) / rate)
}

/// A body was given up.
#[derive(Debug, thiserror::Error)]
#[error("the body stood still, or came more slowly than 8 KiB a second")]
pub struct TooSlow;

impl TooSlow {
    /// Whether this is why `error` came.
    pub fn is_behind(error: &(dyn std::error::Error + 'static)) -> bool {
        error.is::<Self>() || error.source().is_some_and(Self::is_behind)
    }
}

/// The time in which a request waited for its body.
#[derive(Debug)]
struct Waiting {
    limit: Duration,
    /// Before this time.
    waited: Duration,
    since: Option<Instant>,
    received: u64,
    too_slow: bool,
}

impl Waiting {
    const fn new(limit: Duration) -> Self {
        Self { limit, waited: Duration::ZERO, since: None, received: 0, too_slow: false }
    }

    /// Nothing of the body is there; when it is given up if that stays so.
    fn waits(&mut self, now: Instant) -> Instant {
        let since = *self.since.get_or_insert(now);
        let whole = self.limit + time_for(self.received, SLOWEST);
        since + self.limit.min(whole.saturating_sub(self.waited))
    }

    /// It has come, or nobody asks for it any more.
    fn ends(&mut self, now: Instant) {
        let since = self.since.take().unwrap_or(now);
        self.waited += now.saturating_duration_since(since);
    }

    /// When a request that began at `begun` is given up; `None` while it waits.
    fn deadline(&self, begun: Instant) -> Option<Instant> {
        self.since.is_none().then(|| begun + self.limit + self.waited)
    }
}

type Shared = Arc<Mutex<Waiting>>;

fn lock(waiting: &Shared) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A body that is waited for.
struct Arriving {
    body: Body,
    waiting: Shared,
    alarm: Pin<Box<Sleep>>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let mut waiting = lock(&this.waiting);
        if waiting.too_slow {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            waiting.ends(Instant::now());
            let data = frame.as_ref().and_then(|it| it.as_ref().ok()?.data_ref());
            waiting.received += data.map_or(0, |data| data.len() as u64);
            return Poll::Ready(frame);
        }
        let until = waiting.waits(Instant::now());
        if this.alarm.deadline() != until {
            this.alarm.as_mut().reset(until);
        }
        if Future::poll(this.alarm.as_mut(), context).is_pending() {
            return Poll::Pending;
        }
        waiting.ends(Instant::now());
        waiting.too_slow = true;
        Poll::Ready(Some(Err(axum::Error::new(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        lock(&self.waiting).ends(Instant::now());
    }
}

/// Answers 503 where we work longer than `limit` on a request, or where its body is given up and
/// nobody says so in better words.
pub async fn limited(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let waiting = Arc::new(Mutex::new(Waiting::new(limit)));
    let mut alarm = std::pin::pin!(sleep_until(begun + limit));
    let request = request.map(|body| {
        if body.is_end_stream() {
            return body;
        }
        let (waiting, alarm) = (waiting.clone(), Box::pin(sleep_until(begun + limit)));
        Body::new(Arriving { body, waiting, alarm })
    });
    let mut answer = std::pin::pin!(next.run(request));
    let answer = std::future::poll_fn(|context| {
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        // The body is polled by the handler only: nothing changes between these polls.
        let Some(deadline) = lock(&waiting).deadline(begun) else { return Poll::Pending };
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context).map(|()| None)
    })
    .await;
    let too_slow = lock(&waiting).too_slow;
    match answer {
        Some(answer) if !(too_slow && answer.status().is_client_error()) => answer,
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests;
