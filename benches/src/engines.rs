//! Each engine with a fresh, empty database and a folder of its own.

use crate::database::Database;
use crate::place::Place;

/// Measures on PostgreSQL and on SQLite, or on the one that is named: `measure` is given the engine's
/// name, the database's address and the place.
pub(crate) async fn on_each(
    engine: Option<&str>,
    purpose: &str,
    mut measure: impl AsyncFnMut(&str, &str, &Place) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let wanted = |it: &str| engine.is_none_or(|engine| engine == it);
    if wanted("postgres") {
        let database = Database::create(purpose).await?;
        let place = Place::new(&[("POSTULO_DATABASE_URL", database.url())])?;
        measure("postgres", database.url(), &place).await?;
    }
    if wanted("sqlite") {
        let place = Place::new(&[])?;
        let url = format!("sqlite:{}", place.folder.path().join("postulo.db").display());
        measure("sqlite", &url, &place).await?;
    }
    Ok(())
}
