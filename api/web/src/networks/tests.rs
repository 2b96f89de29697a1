use super::*;

const STRANGER: &str = "203.0.113.9";

fn proxies(trusted: Option<&[&str]>) -> Proxies {
    let trusted = trusted.map(|nets| nets.iter().map(|net| net.parse().unwrap()).collect());
    Proxies { trusted, ..Proxies::default() }
}

fn forwarded(hops: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("x-forwarded-for", hops.parse().unwrap());
    headers
}

fn pages(per_minute: u32, proxies: Proxies) -> Networks {
    let per_minute = PerMinute { pages: per_minute, ..PerMinute::default() };
    Networks::new(per_minute, proxies)
}

fn ask(networks: &Networks, address: &str) -> Option<u64> {
    networks.refused_for(Kind::Page, address.parse().unwrap(), &HeaderMap::new())
}

#[test]
fn a_network_waits_after_its_requests_and_others_do_not() {
    let networks = pages(3, proxies(None));
    for _ in 0..3 {
        assert_eq!(ask(&networks, STRANGER), None);
    }
    let wait = ask(&networks, STRANGER).unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert_eq!(ask(&networks, "203.0.113.10"), None);
    let other_kind = networks.refused_for(Kind::Form, STRANGER.parse().unwrap(), &HeaderMap::new());
    assert_eq!(other_kind, None);
}

#[test]
fn an_ipv6_network_is_a_64_and_a_site_has_a_bound_of_its_own() {
    let networks = pages(2, proxies(None));
    assert_eq!(ask(&networks, "2001:db8:1:1::1"), None);
    assert_eq!(ask(&networks, "2001:db8:1:1:ffff::2"), None);
    assert!(ask(&networks, "2001:db8:1:1::3").is_some());
    assert_eq!(ask(&networks, "2001:db8:1:2::1"), None);
    let refused = (3..200).filter_map(|n| ask(&networks, &format!("2001:db8:1:{n:x}::1"))).count();
    assert!(refused > 100, "{refused}");
    assert_eq!(ask(&networks, "2001:db8:2::1"), None, "another site");
}

#[test]
fn nothing_is_limited_where_the_limit_is_none() {
    let networks = pages(0, proxies(None));
    assert!((0..10_000).all(|_| ask(&networks, STRANGER).is_none()));
}

#[test]
fn who_is_behind_an_unknown_proxy_of_ours_is_not_counted_as_one() {
    let networks = pages(1, proxies(None));
    for address in ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.9", "100.64.0.1", "fd00::1"] {
        assert!((0..5).all(|_| ask(&networks, address).is_none()), "{address}");
    }
    let told = pages(1, proxies(Some(&[])));
    assert_eq!(ask(&told, "127.0.0.1"), None);
    assert!(ask(&told, "127.0.0.1").is_some(), "somebody said that there is no proxy");
}

#[rstest::rstest]
#[case("127.0.0.1", "203.0.113.9", Some(STRANGER))]
#[case("127.0.0.1", "198.51.100.1, 203.0.113.9", Some(STRANGER))]
#[case("127.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.7", Some(STRANGER))]
#[case("127.0.0.1", "10.0.0.7", None)]
#[case("127.0.0.1", "203.0.113.9, unknown", None)]
#[case("127.0.0.1", "", None)]
#[case(STRANGER, "198.51.100.1", Some(STRANGER))]
fn a_client_is_the_last_that_is_no_proxy_of_ours(
    #[case] peer: &str,
    #[case] hops: &str,
    #[case] partner: Option<&str>,
) {
    let proxies = proxies(Some(&["127.0.0.0/8", "10.0.0.0/8"]));
    let found = proxies.partner(peer.parse().unwrap(), &forwarded(hops));
    assert_eq!(found, partner.map(|text| text.parse().unwrap()));
}

#[test]
fn a_field_that_nobody_vouches_for_changes_nothing() {
    let networks = pages(1, proxies(Some(&[])));
    let peer = STRANGER.parse().unwrap();
    let as_if = |hops| networks.refused_for(Kind::Page, peer, &forwarded(hops));
    assert_eq!(as_if("198.51.100.1"), None);
    assert!(as_if("198.51.100.2").is_some());
}

#[test]
fn more_networks_than_are_remembered_take_no_more_memory() {
    let networks = pages(1000, proxies(None));
    let counts = networks.pages.as_ref().unwrap();
    for n in 0..u32::try_from(NETWORKS).unwrap() + 5000 {
        let [a, b, c, d] = (0x0b00_0000 + n).to_be_bytes();
        ask(&networks, &format!("{a}.{b}.{c}.{d}"));
    }
    assert!(counts.networks.len() <= NETWORKS, "{}", counts.networks.len());
}

#[rstest::rstest]
#[case("POST", "/admin/sign-in", Some(Kind::SignIn))]
#[case("POST", "/admin/sign-in/code", Some(Kind::SignIn))]
#[case("GET", "/admin/sign-in", Some(Kind::Page))]
#[case("POST", "/auth/application/token/", Some(Kind::Token))]
#[case("POST", "/auth/application/token/refresh/", Some(Kind::Token))]
#[case("POST", "/embed/candidater/", Some(Kind::Form))]
#[case("POST", "/embed/validate/", Some(Kind::Form))]
#[case("GET", "/embed/candidater/", Some(Kind::Page))]
#[case("POST", "/r/token/rejection", Some(Kind::Form))]
#[case("GET", "/r/token", Some(Kind::Page))]
#[case("POST", "/api/v1/applications", Some(Kind::Api))]
#[case("GET", "/api/v1/applications", Some(Kind::Api))]
#[case("POST", "/api/auth/signin", Some(Kind::SignIn))]
#[case("POST", "/api/auth/signup", Some(Kind::SignIn))]
#[case("POST", "/api/auth/forgot-password", Some(Kind::SignIn))]
#[case("POST", "/api/auth/reset-password", Some(Kind::SignIn))]
#[case("POST", "/api/token", Some(Kind::SignIn))]
#[case("POST", "/api/auth/refresh", Some(Kind::Api))]
#[case("POST", "/api/token/refresh", Some(Kind::Api))]
#[case("GET", "/api/auth/me", Some(Kind::Api))]
#[case("POST", "/webhooks/sendgrid", Some(Kind::Api))]
#[case("GET", "/assets/0123/postulo.css", None)]
#[case("POST", "/assets/0123/postulo.css", Some(Kind::Form))]
#[case("INVENTED", "/anywhere", Some(Kind::Form))]
fn requests_are_counted_by_what_they_ask_for(
    #[case] method: &str,
    #[case] path: &str,
    #[case] counted: Option<Kind>,
) {
    assert_eq!(kind(&method.parse().unwrap(), path), counted);
}

/// Asks to sign in, by this connection, until it is refused; how often it was not.
async fn signs_in(networks: &Arc<Networks>, path: &str, hops: &str) -> usize {
    let route: axum::Router =
        axum::Router::new().fallback(|| async {}).layer(axum::middleware::from_fn(limited));
    for n in 0..100 {
        let mut request = axum::http::Request::post(path).body(axum::body::Body::empty()).unwrap();
        *request.headers_mut() = forwarded(hops);
        let (address, networks) = ("10.0.0.7".parse().unwrap(), Arc::clone(networks));
        request.extensions_mut().insert(Peer { address, networks });
        let answer = tower::ServiceExt::oneshot(route.clone(), request).await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            return n;
        }
    }
    100
}

#[rstest::rstest]
#[case("/api/auth/signin")]
#[case("/api/token")]
#[case("/auth/token")]
#[case("/account/sign-in")]
#[tokio::test]
async fn whoever_signs_in_through_a_proxy_of_ours_is_counted_as_the_network_that_it_names(
    #[case] path: &str,
) {
    let per_minute = PerMinute { sign_ins: 3, ..PerMinute::default() };
    let networks = Arc::new(Networks::new(per_minute, proxies(Some(&["10.0.0.0/8"]))));
    assert_eq!(signs_in(&networks, path, STRANGER).await, 3);
    assert_eq!(signs_in(&networks, path, "198.51.100.1").await, 3, "another network");
    assert_eq!(signs_in(&networks, path, "").await, 100, "a server that names nobody is none");
}
