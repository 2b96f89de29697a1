use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A web origin (RFC 6454): `https://host[:port]`, or `http://` for a host under development.
/// Lower case, no path, no wildcard, so that it may stand in a Content-Security-Policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

super::text_value!(Origin, { "type": "string", "pattern": "^https?://[a-z0-9.:\\[\\]-]+$" });

impl FromStr for Origin {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or(Invalid::Origin)?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let ipv6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host_is_fine = match ipv6 {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => host.split('.').all(label),
        };
        let port_is_fine = port.is_none_or(|port| port.parse::<u16>().is_ok());
        if host_is_fine && port_is_fine { Ok(Self(text)) } else { Err(Invalid::Origin) }
    }
}

/// Whether `text` is one label of a host name (RFC 1123).
fn label(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("https://jobs.example.com", Some("https://jobs.example.com"))]
    #[case("HTTPS://Jobs.Example.com/", Some("https://jobs.example.com"))]
    #[case("http://localhost:8000", Some("http://localhost:8000"))]
    #[case("http://[::1]:8000", Some("http://[::1]:8000"))]
    #[case("https://*.example.com", None)]
    #[case("https://example.com/path", None)]
    #[case("https://a; script-src *", None)]
    #[case("javascript:alert(1)", None)]
    #[case("https://example.com:99999", None)]
    #[case("https://", None)]
    fn an_origin_has_no_path_and_no_wildcard(#[case] text: &str, #[case] origin: Option<&str>) {
        assert_eq!(text.parse::<Origin>().ok().as_ref().map(Origin::as_str), origin);
    }
}
