//! robots.txt of each host (RFC 9309): what there is of it is kept for a day, and for ten minutes where it
//! could not be read. Without an answer, or with one of 5xx, everything is forbidden; with one of 4xx nothing is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use super::{FetchError, ROBOT};

/// How long a robots.txt counts.
const KEPT: Duration = Duration::from_hours(24);
/// How long it counts that there was none to be had.
const KEPT_UNKNOWN: Duration = Duration::from_mins(10);
/// Hosts that are remembered.
const REMEMBERED: usize = 1024;
/// Bytes that are remembered of all of them together.
const BYTES: usize = 32 * 1024 * 1024;
/// Bytes that a rule takes besides its pattern, and that a host does besides its rules.
const OVERHEAD: usize = 100;
/// Redirections that are followed to it.
pub(super) const REDIRECTS: usize = 5;

/// What a host answers that is asked for its robots.txt.
pub(super) enum Answer {
    /// This.
    Text(Vec<u8>),
    /// A status instead.
    Status(u16),
    /// Nothing, for this reason.
    None(FetchError),
}

/// Why a page is not to be fetched.
pub(super) enum Closed {
    /// robots.txt says so.
    Forbidden,
    /// It cannot be read.
    Unknown,
    /// Its host is not to be reached, for this reason.
    Unreached(FetchError),
}

/// What a robots.txt says to us.
pub(super) enum Rules {
    Free,
    Unknown,
    Unreached(FetchError),
    Some { robots: Box<robotxt::Robots>, delay: Option<Duration> },
}

impl Rules {
    fn of(answer: Answer, longest_delay: Duration) -> Self {
        match answer {
            Answer::Text(text) => {
                let robots = robotxt::Robots::parse(&text, ROBOT);
                let delay = robots.crawl_delay().map(|delay| delay.min(longest_delay));
                Self::Some { robots: Box::new(robots), delay }
            }
            Answer::None(error @ (FetchError::NotPublic | FetchError::Unreachable(_))) => {
                Self::Unreached(error)
            }
            Answer::Status(500..=599 | 429) | Answer::None(_) => Self::Unknown,
            Answer::Status(_) => Self::Free,
        }
    }

    /// About how many bytes they take.
    fn size(&self) -> usize {
        let Self::Some { robots, .. } = self else { return OVERHEAD };
        let rules = robots.rules().iter().map(|rule| rule.pattern().len());
        let sitemaps = robots.sitemaps().iter().map(|sitemap| sitemap.as_str().len());
        rules.chain(sitemaps).map(|length| length + OVERHEAD).sum::<usize>() + OVERHEAD
    }

    /// How long to wait between two pages, where it says so; or why this one is not to be fetched.
    pub(super) fn allow(&self, url: &Url) -> Result<Option<Duration>, Closed> {
        match self {
            Self::Free => Ok(None),
            Self::Unknown => Err(Closed::Unknown),
            Self::Unreached(error) => Err(Closed::Unreached(error.clone())),
            Self::Some { robots, delay } => {
                if robots.is_url_allowed(url) {
                    Ok(*delay)
                } else {
                    Err(Closed::Forbidden)
                }
            }
        }
    }
}

/// What is remembered of a host.
struct Known {
    until: Instant,
    rules: Arc<Rules>,
    size: usize,
}

/// The robots.txt of the hosts that were asked lately.
pub(super) struct Robots {
    longest_delay: Duration,
    hosts: Mutex<HashMap<String, Known>>,
}

impl Robots {
    pub(super) fn new(longest_delay: Duration) -> Self {
        Self { longest_delay, hosts: Mutex::default() }
    }

    /// What is known of the host of a page.
    pub(super) fn known(&self, url: &Url) -> Option<Arc<Rules>> {
        let hosts = self.hosts();
        let known = hosts.get(&origin(url))?;
        (Instant::now() < known.until).then(|| known.rules.clone())
    }

    /// Keeps what the host of a page answered.
    pub(super) fn learn(&self, url: &Url, answer: Answer) -> Arc<Rules> {
        let rules = Arc::new(Rules::of(answer, self.longest_delay));
        if matches!(*rules, Rules::Unreached(FetchError::NotPublic)) {
            // Who may go further may ask it.
            return rules;
        }
        let now = Instant::now();
        let is_known = !matches!(*rules, Rules::Unknown | Rules::Unreached(_));
        let kept = if is_known { KEPT } else { KEPT_UNKNOWN };
        let known = Known { until: now + kept, size: rules.size(), rules: rules.clone() };
        let mut hosts = self.hosts();
        let is_full = |hosts: &HashMap<String, Known>| {
            let size: usize = hosts.values().map(|known| known.size).sum();
            hosts.len() >= REMEMBERED || size + known.size > BYTES
        };
        if is_full(&hosts) {
            hosts.retain(|_, known| known.until > now);
        }
        if is_full(&hosts) {
            hosts.clear();
        }
        hosts.insert(origin(url), known);
        rules
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The scheme, host and port of a page.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of RFC 9309, 2.2, and what sites write besides.
    #[rstest::rstest]
    // The longest match counts, and Allow where both are as long.
    #[case("User-agent: *\nDisallow: /jobs\nAllow: /jobs/open", "/jobs/open/1", true)]
    #[case("User-agent: *\nDisallow: /jobs\nAllow: /jobs/open", "/jobs/closed", false)]
    #[case("User-agent: *\nAllow: /page\nDisallow: /page", "/page", true)]
    // Only the group that names us, in any case.
    #[case("User-agent: *\nDisallow: /\n\nUser-agent: Postulo\nDisallow: /x", "/jobs", true)]
    #[case("User-agent: postulo\nDisallow: /jobs\n\nUser-agent: *\nAllow: /", "/jobs", false)]
    #[case("User-agent: other\nDisallow: /", "/jobs", true)]
    // Groups of several names, and of one name in several places.
    #[case("User-agent: other\nUser-agent: postulo\nDisallow: /jobs", "/jobs", false)]
    #[case(
        "User-agent: postulo\nDisallow: /a\n\nUser-agent: postulo\nDisallow: /jobs",
        "/jobs",
        false
    )]
    // * and $.
    #[case("User-agent: *\nDisallow: /*.pdf$", "/offer.pdf", false)]
    #[case("User-agent: *\nDisallow: /*.pdf$", "/offer.pdf?x=1", true)]
    #[case("User-agent: *\nDisallow: /*/apply", "/jobs/1/apply", false)]
    // Nothing is forbidden by nothing.
    #[case("User-agent: *\nDisallow:", "/jobs", true)]
    #[case("", "/jobs", true)]
    #[case("<html>no robots here</html>", "/jobs", true)]
    // Comments, a byte order mark, ends of lines of others.
    #[case("\u{feff}User-agent: * # all\r\nDisallow: /jobs # not these\r\n", "/jobs", false)]
    // What is escaped in one and not in the other is the same.
    #[case("User-agent: *\nDisallow: /emploi/%C3%A9t%C3%A9", "/emploi/été", false)]
    #[case("User-agent: *\nDisallow: /emploi/été", "/emploi/%C3%A9t%C3%A9", false)]
    fn a_page_is_fetched_as_robots_txt_says(
        #[case] text: &str,
        #[case] path: &str,
        #[case] allowed: bool,
    ) {
        let rules = Rules::of(Answer::Text(text.as_bytes().to_vec()), Duration::MAX);
        let url = Url::parse("https://site.example").unwrap().join(path).unwrap();
        assert_eq!(rules.allow(&url).is_ok(), allowed, "{text}");
    }

    #[rstest::rstest]
    #[case(Answer::Status(404), true)]
    #[case(Answer::Status(403), true)]
    #[case(Answer::Status(500), false)]
    #[case(Answer::Status(503), false)]
    #[case(Answer::None(FetchError::Unreachable("x")), false)]
    fn without_one_a_site_is_open_unless_it_is_not_well(
        #[case] answer: Answer,
        #[case] open: bool,
    ) {
        let rules = Rules::of(answer, Duration::MAX);
        assert_eq!(rules.allow(&"https://site.example/jobs".parse().unwrap()).is_ok(), open);
    }

    #[test]
    fn what_is_remembered_of_all_hosts_together_has_a_bound() {
        let text: String = "User-agent: *\n".to_owned() + &"Disallow:/a\n".repeat(40_000);
        let robots = Robots::new(Duration::MAX);
        let url = |nth: usize| Url::parse(&format!("https://{nth}.example/")).unwrap();
        let size = || robots.hosts().values().map(|known| known.size).sum::<usize>();
        for nth in 0..12 {
            robots.learn(&url(nth), Answer::Text(text.clone().into_bytes()));
            assert!(robots.known(&url(nth)).is_some() && size() <= BYTES, "{nth}: {}", size());
        }
        assert!(size() > 40_000 * OVERHEAD);
    }

    #[test]
    fn those_whose_time_is_over_go_first() {
        let robots = Robots::new(Duration::MAX);
        let url = |nth: usize| Url::parse(&format!("https://{nth}.example/")).unwrap();
        for nth in 0..REMEMBERED {
            robots.learn(&url(nth), Answer::Status(404));
        }
        let over = Instant::now();
        for nth in 1..REMEMBERED {
            robots.hosts().get_mut(&origin(&url(nth))).unwrap().until = over;
        }
        robots.learn(&url(REMEMBERED), Answer::Status(404));
        assert!(robots.known(&url(0)).is_some() && robots.known(&url(REMEMBERED)).is_some());
        assert_eq!(robots.hosts().len(), 2);
    }

    #[test]
    fn a_delay_is_kept_up_to_a_bound() {
        let text = b"User-agent: *\nCrawl-delay: 86400".to_vec();
        let rules = Rules::of(Answer::Text(text), Duration::from_secs(30));
        let delay = rules.allow(&"https://site.example/".parse().unwrap());
        assert_eq!(delay.ok().flatten(), Some(Duration::from_secs(30)));
    }
}
