//! The log of this workspace with the tree over it, which is signed meanwhile.

use std::sync::Arc;

use event_store::SystemClock;
use event_store::tree::{self, TreeKey, TreeOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Ours;
use super::subject::Subject;

#[derive(Clone)]
pub(crate) struct Signed {
    ours: Ours,
    stop: CancellationToken,
    growing: Arc<JoinHandle<()>>,
}

impl Subject for Signed {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let ours = Ours::open(url).await?;
        let signer = TreeKey::from_seed("bench.example/log", &[7; 32])?.into();
        let (log, stop) = (ours.log().clone(), CancellationToken::new());
        let stopped = stop.clone();
        let growing = Arc::new(tokio::spawn(async move {
            let options = TreeOptions::default();
            tree::run(&log, &SystemClock, &signer, options, &stopped, |_| {}).await;
        }));
        Ok(Self { ours, stop, growing })
    }

    async fn append(&self, id: String) -> anyhow::Result<()> {
        self.ours.append(id).await
    }

    async fn close(&self) {
        self.stop.cancel();
        self.growing.abort();
        self.ours.close().await;
    }
}
