//! A page as a browser shows it.

use std::sync::Arc;

use url::Url;

use super::{FetchError, Fetcher};
use crate::Browser;

impl Fetcher {
    /// A page as a browser shows it, where it may be fetched at all. The page alone is asked for as politely as any
    /// other; what its scripts ask for is theirs.
    pub async fn shown(&self, url: &Url, browser: &Arc<Browser>) -> Result<String, FetchError> {
        self.admit(url)?;
        self.obey(url).await?;
        self.turn(url).await?;
        Ok(browser.show(url, &self.reach, &self.agent).await?)
    }
}
