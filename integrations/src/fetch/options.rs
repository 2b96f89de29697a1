//! The settings of a fetcher.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{RealTime, Waits};
use crate::reach::Reach;

/// How long a request usually may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How pages are fetched.
#[derive(Clone)]
pub struct FetchOptions {
    /// Where requests may go.
    pub reach: Reach,
    /// A page that says who we are: the service's own.
    pub about: Url,
    /// The address of whoever answers for it, for the field From.
    pub contact: Option<String>,
    /// How long a request may take, its answer included.
    pub timeout: Duration,
    /// The time between two requests to a host.
    pub every: Duration,
    /// The longest Crawl-delay that is kept to; a site that asks for more gets this.
    pub longest_delay: Duration,
    /// What waits.
    pub waits: Arc<dyn Waits>,
}

impl FetchOptions {
    /// One request a second to each host on the public Internet.
    pub fn new(about: Url) -> Self {
        Self {
            reach: Reach::Public,
            about,
            contact: None,
            timeout: TIMEOUT,
            every: Duration::from_secs(1),
            longest_delay: Duration::from_secs(30),
            waits: Arc::new(RealTime),
        }
    }
}
