//! `postulo migrate`

use std::sync::Arc;

use anyhow::Result;
use event_store::{RandomIds, SystemClock};
use projections::analytics::Access;

use crate::cli::out::say;
use crate::config::Config;
use crate::wiring::{self, Migrated};

pub(crate) async fn run(config: &Config) -> Result<()> {
    let db = wiring::database(config).await?;
    let pending = db.pending_migrations().await?;
    let ids = RandomIds::new(Arc::new(SystemClock));
    let keys = || wiring::master_keys(config, &ids).map(Some);
    let Migrated { built, access } = wiring::migrate(&db, keys).await?;
    for name in &pending {
        say!("applied {name}");
    }
    for name in &built {
        say!("built {name}");
    }
    if pending.is_empty() && built.is_empty() {
        say!("the tables are up to date");
    }
    if let Access::Asked(statements) = access {
        say!("analysts cannot read yet; an administrator of the database runs: {statements}");
    }
    db.close().await;
    Ok(())
}
