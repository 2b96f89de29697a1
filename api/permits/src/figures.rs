//! The figures, computed at most once a minute however many ask.

use std::sync::Arc;

use event_store::DbError;
use jiff::{SignedDuration, Timestamp};
use projections::permits::statistics::{self, PermitStatistics};
use tokio::sync::Mutex;
use web::App;

/// For so long they are as good as new.
const KEPT: SignedDuration = SignedDuration::from_mins(1);

/// The figures as they were last computed.
#[derive(Default)]
pub(crate) struct Figures(Mutex<Option<Arc<PermitStatistics>>>);

impl Figures {
    /// The figures as they are now, or were within the last minute. Whoever asks while they are computed
    /// waits for them.
    pub(crate) async fn now(&self, app: &App) -> Result<Arc<PermitStatistics>, DbError> {
        let now = app.commands.now();
        let mut kept = self.0.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| is_fresh(kept.at, now)) {
            return Ok(kept.clone());
        }
        let figures = Arc::new(statistics::statistics(&app.db, now).await?);
        *kept = Some(figures.clone());
        Ok(figures)
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..KEPT).contains(&now.duration_since(at))
}
