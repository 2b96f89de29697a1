//! Addresses of one page that are written in several ways.

use crate::WebAddress;

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

/// What an address has in common with other addresses of the same page: without the scheme, `www.`, the fragment,
/// the last slash and tracking parameters, the other parameters in order.
pub(super) fn comparable(address: &WebAddress) -> String {
    let url = address.url();
    let mut parameters: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| !is_tracking(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    parameters.sort();
    let mut comparable = address.site();
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

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.contains(&name.as_str()) || TRACKING_FAMILIES.iter().any(|it| name.starts_with(it))
}

#[cfg(test)]
mod tests {
    fn comparable(text: &str) -> String {
        super::comparable(&text.parse().unwrap())
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
}
