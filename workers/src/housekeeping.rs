//! The hourly clearing away of what no longer counts.

use std::time::Duration;

use commands::Commands;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_hours(1);

/// Tidies at once and every hour, until it is stopped.
pub(crate) async fn run(commands: Commands, stop: CancellationToken) {
    loop {
        match commands.tidy().await {
            Ok(tidied) => tracing::debug!(?tidied, "what no longer counts was cleared away"),
            Err(error) => tracing::warn!(%error, "what no longer counts was not cleared away"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
