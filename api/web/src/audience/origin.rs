//! Where a request comes from, in the words by which people know their own devices again: the network
//! without its last part, the family of the browser and of the system. Versions, models and whole addresses
//! are left out: they would tell more than the list of sessions needs.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use commands::SessionOrigin;

use crate::networks::Network;

/// What a browser's name begins with in its `User-Agent`, and what people call it. Those that pretend to be
/// another stand before it.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
];

/// The same for systems.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
    ("FreeBSD", "FreeBSD"),
];

/// Where a request comes from.
pub fn of(headers: &HeaderMap, network: Network) -> SessionOrigin {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let agent = agent.unwrap_or_default();
    let named = |known: &[(&str, &str)]| {
        let found = known.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| (*name).to_owned()).unwrap_or_default()
    };
    let network = network.0.map(|network| shortened(network.addr())).unwrap_or_default();
    SessionOrigin { network, browser: named(&BROWSERS), system: named(&SYSTEMS) }
}

/// An IPv4 address without its last part; of an IPv6 address the site (/48).
fn shortened(address: IpAddr) -> String {
    match address {
        IpAddr::V4(it) => {
            let [first, second, third, _] = it.octets();
            format!("{first}.{second}.{third}.…")
        }
        IpAddr::V6(it) => {
            let [first, second, third, ..] = it.segments();
            format!("{first:x}:{second:x}:{third:x}:…")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::firefox(
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Firefox",
        "Linux"
    )]
    #[case::edge(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
         Safari/537.36 Edg/142.0.0.0",
        "Edge",
        "Windows"
    )]
    #[case::safari(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
         Version/18.5 Mobile/15E148 Safari/604.1",
        "Safari",
        "iPhone"
    )]
    #[case::chrome(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
         Safari/537.36",
        "Chrome",
        "Android"
    )]
    #[case::a_program("curl/8.15.0", "", "")]
    fn a_device_is_told_by_its_family(
        #[case] agent: &str,
        #[case] browser: &str,
        #[case] system: &str,
    ) {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, agent.parse().unwrap());
        let origin = of(&headers, Network(None));
        assert_eq!((&*origin.browser, &*origin.system), (browser, system));
        assert_eq!(origin.network, "");
    }

    #[rstest::rstest]
    #[case("203.0.113.9", "203.0.113.…")]
    #[case("2001:db8:1:2::", "2001:db8:1:…")]
    fn a_network_is_told_without_its_last_part(#[case] address: &str, #[case] told: &str) {
        assert_eq!(shortened(address.parse().unwrap()), told);
    }
}
