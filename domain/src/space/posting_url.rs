//! The address of a job advertisement.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Forgettable, Invalid};

/// The longest address, in characters.
const MAX: usize = 2083;

/// The address of a job advertisement: http or https, a host, no user name or password, in its
/// normal form (WHATWG URL): a host alone gains its final slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostingUrl(String);

crate::value::text_value!(PostingUrl, { "type": "string", "format": "uri", "maxLength": 2083 });

impl Forgettable for PostingUrl {
    const PLACEHOLDER: &'static str = "https://erased.invalid/";
}

impl PostingUrl {
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

    /// Its host, without `www.`.
    pub fn host(&self) -> String {
        let url = Url::parse(&self.0).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    }
}

impl FromStr for PostingUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let url = Url::parse(text.trim()).map_err(|_| Invalid::PostingUrl)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !plain || url.host_str().is_none() {
            return Err(Invalid::PostingUrl);
        }
        let url = String::from(url);
        if url.chars().nth(MAX).is_some() {
            Err(Invalid::TooLong { max: MAX })
        } else {
            Ok(Self(url))
        }
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
        let url: PostingUrl = typed.parse().unwrap();
        assert_eq!(url.as_str(), kept);
        assert_eq!(url.as_str().parse(), Ok(url));
    }

    #[rstest::rstest]
    #[case("")]
    #[case("ftp://brume.test/")]
    #[case("javascript:alert(1)")]
    #[case("data:text/html,x")]
    #[case("https://name:secret@brume.test/")]
    #[case("brume.test")]
    #[case("https://")]
    fn what_is_no_address_of_a_page_is_refused(#[case] typed: &str) {
        assert_eq!(typed.parse::<PostingUrl>(), Err(Invalid::PostingUrl));
    }

    #[test]
    fn an_address_is_typed_without_its_beginning() {
        let typed = |text| PostingUrl::typed(text).map(|url| url.to_string());
        assert_eq!(typed("www.brume.test/a"), Ok("https://www.brume.test/a".into()));
        assert_eq!(PostingUrl::typed("www.brume.test/a").unwrap().host(), "brume.test");
        assert_eq!(typed("brume"), Err(Invalid::PostingUrl));
        assert_eq!(typed("ftp://brume.test"), Err(Invalid::PostingUrl));
        let long = format!("https://brume.test/{}", "a".repeat(MAX));
        assert_eq!(typed(&long), Err(Invalid::TooLong { max: MAX }));
        assert_eq!(PostingUrl::PLACEHOLDER.parse::<PostingUrl>().map(drop), Ok(()));
    }
}
