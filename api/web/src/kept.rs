//! What is computed at most once a minute, however many ask.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

/// For so long it is as good as new.
const KEPT: SignedDuration = SignedDuration::from_mins(1);

/// A value as it was last computed.
#[derive(Clone, Debug)]
pub struct Kept<T>(Arc<Mutex<Option<(Timestamp, T)>>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Kept<T> {
    /// The value as it is `now`, or was within the last minute. Whoever asks while it is computed waits
    /// for it; an error is not kept.
    pub async fn or<E>(
        &self,
        now: Timestamp,
        compute: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let mut kept = self.0.lock().await;
        if let Some((at, value)) = kept.as_ref()
            && is_fresh(*at, now)
        {
            return Ok(value.clone());
        }
        let value = compute.await?;
        *kept = Some((now, value.clone()));
        Ok(value)
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..KEPT).contains(&now.duration_since(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_is_kept_for_a_minute_of_a_clock_that_may_jump() {
        let kept = Kept::default();
        let at = |seconds: i64| Timestamp::from_second(1000 + seconds).unwrap();
        let ask = async |seconds, new: u8| {
            kept.or(at(seconds), async { Ok::<_, ()>(new) }).await.unwrap()
        };
        assert_eq!(ask(0, 1).await, 1);
        assert_eq!(ask(59, 2).await, 1);
        assert_eq!(ask(60, 3).await, 3);
        assert_eq!(ask(59, 4).await, 4, "one from the future is none");
        assert!(kept.or(at(200), async { Err(()) }).await.is_err());
        assert_eq!(ask(61, 5).await, 4, "an error does not take its place");
    }
}
