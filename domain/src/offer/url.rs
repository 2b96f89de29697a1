//! The address of an offer on the web.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::Invalid;

/// An address of the web (WHATWG URL Standard): http or https, a host, no user name or password, at most 2,000
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfferUrl(String);

crate::value::text_value!(OfferUrl, {
    "type": "string", "format": "uri", "pattern": "^https?://", "maxLength": 2000
});

/// Parameters that tell who led somebody to a page, and nothing of the page.
const TRACKING: [&str; 27] = [
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "campaign",
    "campaignid",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gh_src",
    "igshid",
    "lever-origin",
    "lever-source",
    "lever-via",
    "mc_cid",
    "mc_eid",
    "msclkid",
    "referrer",
    "refid",
    "source",
    "src",
    "trackingid",
    "trk",
    "wbraid",
    "xtor",
    "yclid",
];

/// How the names of families of such parameters begin.
const TRACKING_FAMILIES: [&str; 5] = ["utm_", "mtm_", "pk_", "hsa_", "at_"];

impl FromStr for OfferUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::Missing);
        }
        let url = Url::parse(text).map_err(|_| Invalid::WebAddress)?;
        let is_open = url.username().is_empty() && url.password().is_none();
        let is_named = match url.host() {
            Some(Host::Domain(name)) => !name.trim_matches('.').is_empty(),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            None => false,
        };
        if !matches!(url.scheme(), "http" | "https") || !is_open || !is_named {
            return Err(Invalid::WebAddress);
        }
        if url.as_str().len() > 2000 {
            return Err(Invalid::TooLong { max: 2000 });
        }
        Ok(Self(url.into()))
    }
}

impl OfferUrl {
    fn url(&self) -> Url {
        Url::parse(&self.0).expect("it was parsed when it was taken")
    }

    /// The site, as people call it: its host without `www.`.
    pub fn site(&self) -> String {
        let url = self.url();
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    }

    /// What it has in common with other addresses of the same page: without the scheme, `www.`, the fragment,
    /// the last slash and tracking parameters, the other parameters in order.
    pub fn comparable(&self) -> String {
        let url = self.url();
        let mut parameters: Vec<_> = url
            .query_pairs()
            .filter(|(name, _)| !is_tracking(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        parameters.sort();
        let mut comparable = self.site();
        comparable.extend(url.port().map(|port| format!(":{port}")));
        comparable.push_str(url.path().trim_end_matches('/'));
        if !parameters.is_empty() {
            comparable.push('?');
            comparable.push_str(&parameters.join("&"));
        }
        // Pages that are made in the browser have their paths there.
        if let Some(path) = url.fragment().filter(|it| it.starts_with('/') || it.starts_with('!')) {
            comparable.push('#');
            comparable.push_str(path);
        }
        comparable
    }
}

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.contains(&name.as_str()) || TRACKING_FAMILIES.iter().any(|it| name.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparable(text: &str) -> String {
        text.parse::<OfferUrl>().unwrap().comparable()
    }

    #[rstest::rstest]
    #[case("https://www.Sites.example/o/7/", "http://sites.example/o/7")]
    #[case("https://sites.example/o?id=7&utm_source=x&gclid=1", "https://sites.example/o?id=7")]
    #[case("https://sites.example/o?b=2&a=1#apply", "https://sites.example/o?a=1&b=2")]
    #[case("https://sites.example/?trackingId=a", "https://sites.example")]
    fn addresses_of_one_page_compare_alike(#[case] one: &str, #[case] other: &str) {
        assert_eq!(comparable(one), comparable(other));
    }

    #[rstest::rstest]
    #[case("https://sites.example/o?id=7", "https://sites.example/o?id=8")]
    #[case("https://sites.example/o?ref=7", "https://sites.example/o?ref=8")]
    #[case("https://sites.example/#/o/7", "https://sites.example/#/o/8")]
    #[case("https://a.sites.example/7", "https://b.sites.example/7")]
    #[case("https://sites.example:8443/7", "https://sites.example/7")]
    fn addresses_of_two_pages_do_not(#[case] one: &str, #[case] other: &str) {
        assert_ne!(comparable(one), comparable(other));
    }

    #[rstest::rstest]
    #[case("javascript:alert(1)")]
    #[case("ftp://sites.example/7")]
    #[case("https://me:secret@sites.example/7")]
    #[case("/offers/7")]
    #[case("https://")]
    #[case("")]
    fn what_a_browser_should_not_follow_is_none(#[case] text: &str) {
        assert!(text.parse::<OfferUrl>().is_err(), "{text}");
    }

    #[test]
    fn a_site_is_called_by_its_host() {
        assert_eq!(
            "https://WWW.sites.example/a".parse::<OfferUrl>().unwrap().site(),
            "sites.example"
        );
    }
}
