//! Which offers are applied to through the form of this service: those that companies publish here,
//! and those on the sites of sources that operators marked. What any other page says of itself
//! sends nobody's documents anywhere.

use std::collections::BTreeMap;

use commands::collecting::Source;
use domain::WebAddress;
use domain::offer::OfferSource;
use event_store::DbError;
use web::App;

/// The sources to whose offers one applies here, each with the site on which these are; none where
/// the source is no address.
pub(crate) struct Here(BTreeMap<String, Option<String>>);

impl Here {
    /// As it is now; nowhere where no client platform holds the form.
    pub(crate) async fn of(app: &App) -> Result<Self, DbError> {
        if app.settings.offers.client.is_none() {
            return Ok(Self(BTreeMap::new()));
        }
        let marked = app.commands.collecting().applied_to_here().await?;
        let marked = marked.into_iter().map(|Source { name, kind, target, .. }| {
            (name.to_string(), kind.is_address().then(|| site(&target).unwrap_or_default()))
        });
        Ok(Self(marked.chain([(OfferSource::DESK.to_owned(), None)]).collect()))
    }

    /// Whether an offer of this source that was found on this page, and says where that would lead,
    /// is applied to here. A source may lead to pages of other sites, for which nobody vouched.
    pub(crate) fn takes(&self, source: &str, page: Option<&str>) -> bool {
        match self.0.get(source) {
            Some(Some(own)) => page.and_then(site).is_some_and(|site| site == *own),
            Some(None) => true,
            None => false,
        }
    }
}

fn site(address: &str) -> Option<String> {
    address.parse::<WebAddress>().ok().map(|address| address.site())
}
