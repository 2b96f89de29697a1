//! Databases of our own on the private server, dropped at the end.

use std::process::Command;
use std::sync::Arc;

use anyhow::Context;
use event_store::{Ids as _, RandomIds, SystemClock};
use url::Url;
use uuid::Uuid;

/// A fresh, empty database on PostgreSQL.
pub(crate) struct Database {
    server: Url,
    url: Url,
    name: String,
}

impl Database {
    pub(crate) async fn create(purpose: &str) -> anyhow::Result<Self> {
        let server: Url = setting("POSTULO_TEST_POSTGRES_URL")?.parse()?;
        let name = format!("bench_{purpose}_{}", fresh_id().simple());
        let pool = sqlx::PgPool::connect(server.as_str()).await?;
        sqlx::query(&format!("CREATE DATABASE {name}")).execute(&pool).await?;
        pool.close().await;
        let mut url = server.clone();
        url.set_path(&name);
        Ok(Self { server, url, name })
    }

    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = Command::new("psql").args([self.server.as_str(), "-qc", &sql]).status();
        if !dropped.is_ok_and(|status| status.success()) {
            eprintln!("the database {} could not be dropped", self.name);
        }
    }
}

/// What script/bench tells.
pub(crate) fn setting(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set; run script/bench"))
}

/// An id that nothing else has.
pub(crate) fn fresh_id() -> Uuid {
    RandomIds::new(Arc::new(SystemClock)).uuid()
}
