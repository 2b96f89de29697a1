//! `postulo migrate`

use anyhow::Result;
use projections::analytics::Access;

use crate::cli::out::say;
use crate::config::Config;
use crate::wiring;

pub(crate) async fn run(config: &Config) -> Result<()> {
    let db = wiring::database(config).await?;
    let pending = db.pending_migrations().await?;
    let access = wiring::migrate(&db).await?;
    for name in &pending {
        say!("applied {name}");
    }
    if pending.is_empty() {
        say!("the tables are up to date");
    }
    if let Access::Asked(statements) = access {
        say!("analysts cannot read yet; an administrator of the database runs: {statements}");
    }
    db.close().await;
    Ok(())
}
