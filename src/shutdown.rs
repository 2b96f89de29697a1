//! The wish to stop: SIGTERM from a supervisor, SIGINT from a terminal.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when the process is asked to stop.
pub(crate) async fn asked() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupt = tokio::signal::ctrl_c() => interrupt?,
    }
    Ok(())
}
