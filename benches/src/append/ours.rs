//! The log of this workspace.

use std::sync::Arc;

use event_store::{
    Actor, ActorKind, Db, Ids, Log, LogOptions, Metadata, NewEvent, RandomIds, SystemClock,
};

use super::subject::{KIND, Subject, payload};

#[derive(Clone)]
pub(crate) struct Ours {
    log: Log,
    ids: Arc<RandomIds>,
    payload: String,
}

impl Ours {
    /// A log that is there already, or a fresh one.
    pub(crate) async fn at(url: &str) -> anyhow::Result<Self> {
        Self::with(url, LogOptions::default()).await
    }

    pub(super) async fn with(url: &str, options: LogOptions) -> anyhow::Result<Self> {
        let db = Db::connect(url).await?;
        db.migrate().await?;
        let clock = Arc::new(SystemClock);
        Ok(Self {
            log: Log::open(db, clock.clone(), options).await?,
            ids: Arc::new(RandomIds::new(clock)),
            payload: payload(),
        })
    }
}

impl Ours {
    pub(crate) const fn log(&self) -> &Log {
        &self.log
    }

    /// Appends after so many events of the stream.
    pub(super) async fn append_to(&self, id: &str, expected: i64) -> anyhow::Result<()> {
        let event_id = self.ids.uuid();
        let event = NewEvent {
            event_id,
            event_type: "Submitted".to_owned(),
            event_version: "1.0".to_owned(),
            payload: self.payload.clone(),
            metadata: Metadata {
                event_id,
                correlation_id: event_id,
                causation_id: event_id,
                actor: Actor::named(ActorKind::Partner, "bench"),
                trace_id: None,
                span_id: None,
            },
        };
        self.log.append(KIND, id, expected, vec![event]).await?;
        Ok(())
    }
}

impl Subject for Ours {
    async fn open(url: &str) -> anyhow::Result<Self> {
        Self::at(url).await
    }

    async fn append(&self, id: String) -> anyhow::Result<()> {
        self.append_to(&id, 0).await
    }

    async fn close(&self) {
        self.log.close().await;
        self.log.db().close().await;
    }
}
