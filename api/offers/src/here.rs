//! Which offers are applied to through the form of this service: those that companies publish here,
//! and those of the sources that operators marked. What any other page says of itself sends
//! nobody's documents anywhere.

use std::collections::BTreeSet;

use domain::offer::OfferSource;
use event_store::DbError;
use web::App;

/// The sources to whose offers one applies here.
pub(crate) struct Here(BTreeSet<String>);

impl Here {
    /// As it is now; none where no client platform holds the form.
    pub(crate) async fn of(app: &App) -> Result<Self, DbError> {
        if app.settings.offers.client.is_none() {
            return Ok(Self(BTreeSet::new()));
        }
        let marked = app.commands.collecting().applied_to_here().await?;
        let all = marked.into_iter().chain([OfferSource::desk()]);
        Ok(Self(all.map(|source| source.to_string()).collect()))
    }

    /// Whether an offer of this source, which says where that would lead, is applied to here.
    pub(crate) fn takes(&self, source: &str) -> bool {
        self.0.contains(source)
    }
}
