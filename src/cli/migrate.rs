//! `postulo migrate`

use anyhow::Result;
use projections::analytics::Access;

use crate::config::Config;
use crate::wiring;

pub(crate) async fn run(config: &Config) -> Result<()> {
    let db = wiring::database(config).await?;
    let pending = db.pending_migrations().await?;
    let access = wiring::migrate(&db).await?;
    for name in &pending {
        println!("applied {name}");
    }
    if pending.is_empty() {
        println!("the tables are up to date");
    }
    if let Access::Asked(statements) = access {
        println!("analysts cannot read yet; an administrator of the database runs: {statements}");
    }
    db.close().await;
    Ok(())
}
