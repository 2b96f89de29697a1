//! PostgreSQL tells every process when one has appended (LISTEN/NOTIFY), with the new head.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{DbError, Position};

const CHANNEL: &str = "postulo_log";
/// After a failure to receive; meanwhile the followers' poll finds what was appended.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens until it is stopped. The listener connects again by itself when its connection breaks.
pub(super) async fn listen(
    pool: &PgPool,
    heads: Arc<watch::Sender<Position>>,
    stop: CancellationToken,
) -> Result<impl Future<Output = ()> + Send + 'static + use<>, DbError> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(async move {
        loop {
            let received = tokio::select! {
                received = listener.recv() => received,
                () = stop.cancelled() => return,
            };
            match received {
                Ok(notification) => {
                    let head = notification.payload().parse().unwrap_or(0);
                    heads.send_if_modified(|known| {
                        let grown = Position::new(head) > *known;
                        *known = Position::new(head).max(*known);
                        grown
                    });
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the log's notifications are interrupted; followers poll meanwhile"
                    );
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        () = stop.cancelled() => return,
                    }
                }
            }
        }
    })
}
