//! `postulo migrate`

use anyhow::{Context as _, Result};

use crate::config::Config;
use crate::wiring;

pub(crate) async fn run(config: &Config) -> Result<()> {
    let db = wiring::database(config).await?;
    let pending = db.pending_migrations().await?;
    db.migrate().await.context("the database's tables cannot be brought up to date")?;
    for name in &pending {
        println!("applied {name}");
    }
    if pending.is_empty() {
        println!("the tables are up to date");
    }
    db.close().await;
    Ok(())
}
