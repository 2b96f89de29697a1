//! An address of the web.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::{Forgettable, Invalid};

/// The longest address, in characters.
const MAX: usize = 2083;

/// An address of the web (WHATWG URL Standard) in its normal form: http or https, a host, no user name or
/// password.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebAddress(String);

crate::value::text_value!(WebAddress, {
    "type": "string", "format": "uri", "pattern": "^https?://", "maxLength": 2083
});

impl Forgettable for WebAddress {
    const PLACEHOLDER: &'static str = "https://erased.invalid/";
}

impl FromStr for WebAddress {
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
        // What is not ASCII is escaped in it.
        if url.as_str().len() > MAX {
            return Err(Invalid::TooLong { max: MAX });
        }
        Ok(Self(url.into()))
    }
}

impl WebAddress {
    /// The address that somebody typed, where a browser would know what is meant: `www.example.com/job`.
    pub fn typed(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        match text.parse() {
            Err(_) if !text.contains("://") && text.contains('.') => {
                format!("https://{text}").parse()
            }
            read => read,
        }
    }

    /// Its parts.
    pub(crate) fn url(&self) -> Url {
        Url::parse(&self.0).expect("it was parsed when it was taken")
    }

    /// The site, as people call it: its host without `www.`.
    pub fn site(&self) -> String {
        let url = self.url();
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("https://brume.test", "https://brume.test/")]
    #[case(" https://Brume.test/Offre?id=1#a ", "https://brume.test/Offre?id=1#a")]
    #[case("http://brume.test/été", "http://brume.test/%C3%A9t%C3%A9")]
    fn an_address_is_kept_in_its_normal_form(#[case] typed: &str, #[case] kept: &str) {
        let url: WebAddress = typed.parse().unwrap();
        assert_eq!(url.as_str(), kept);
        assert_eq!(url.as_str().parse(), Ok(url));
    }

    #[rstest::rstest]
    #[case("ftp://brume.test/")]
    #[case("javascript:alert(1)")]
    #[case("data:text/html,x")]
    #[case("https://name:secret@brume.test/")]
    #[case("brume.test")]
    #[case("https://")]
    fn what_is_no_address_of_a_page_is_refused(#[case] typed: &str) {
        assert_eq!(typed.parse::<WebAddress>(), Err(Invalid::WebAddress));
    }

    #[test]
    fn an_address_is_typed_without_its_beginning() {
        let typed = |text| WebAddress::typed(text).map(|url| url.to_string());
        assert_eq!(typed("www.brume.test/a"), Ok("https://www.brume.test/a".into()));
        assert_eq!(WebAddress::typed("www.brume.test/a").unwrap().site(), "brume.test");
        assert_eq!(typed("brume"), Err(Invalid::WebAddress));
        assert_eq!(typed("ftp://brume.test"), Err(Invalid::WebAddress));
        let long = format!("https://brume.test/{}", "a".repeat(MAX));
        assert_eq!(typed(&long), Err(Invalid::TooLong { max: MAX }));
        assert_eq!(WebAddress::PLACEHOLDER.parse::<WebAddress>().map(drop), Ok(()));
    }
}
