//! Work that keeps a processor busy, apart from the threads on which others wait.

/// Does such work, and waits for it.
pub(crate) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The process ends.
        Err(_) => std::future::pending().await,
    }
}
