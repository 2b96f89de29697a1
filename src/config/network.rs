//! The settings of the network: connections, requests, proxies, uploads.

use std::time::Duration;

use anyhow::Result;
use api::RequestLimits;
use api::networks::{PerMinute, Proxies, ProxyField};
use api::serve::ConnectionLimits;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "The network",
    settings: &[
        setting(
            "POSTULO_REQUEST_TIMEOUT_SECONDS",
            "30",
            "same",
            "How long we may work on a request, in seconds, 1 to 600; the time in which its body arrives does not count. A body may stand still for as long, and beyond that time it comes at 8 KiB a second on average, or it is given up: 503, and a form comes back as it was filled in.",
        ),
        setting(
            "POSTULO_CONNECTIONS",
            "1024",
            "same",
            "How many connections may be open at once, 8 to 100000; fewer, where the limit of open files leaves no room. When all are taken, those that wait for their clients leave first.",
        ),
        setting(
            "POSTULO_HEAD_TIMEOUT_SECONDS",
            "10",
            "same",
            "How long the head of a request may take, 2 to 3600.",
        ),
        setting(
            "POSTULO_IDLE_TIMEOUT_SECONDS",
            "10",
            "longer than a proxy in front keeps its connections",
            "How long a connection is kept without a request, 2 to 3600.",
        ),
        setting(
            "POSTULO_WRITE_TIMEOUT_SECONDS",
            "30",
            "same",
            "How long a client may take nothing of its answer before it is cut off, 5 to 3600.",
        ),
        setting(
            "POSTULO_TRUSTED_PROXIES",
            "none named: only public addresses are limited",
            "the proxies in front, or none",
            "Addresses and networks of the proxies in front, such as 10.0.0.0/8, separated by commas: where they say a request came from is believed. none says that there is no proxy.",
        ),
        setting(
            "POSTULO_PROXY_FIELD",
            "X-Forwarded-For",
            "same",
            "The field in which these proxies say it: X-Forwarded-For or Forwarded (RFC 7239).",
        ),
        setting(
            "POSTULO_NETWORK_REQUESTS__SIGN_INS, …__TOKENS, …__FORMS, …__PAGES, …__API",
            "60, 6000, 300, 3000, 12000",
            "same",
            "Requests a minute of one network, an IPv4 address or an IPv6 /64: attempts to sign in, tokens of the form, forms that people send, pages, requests of partners' programs. 0 sets no limit. A network that asks more often is answered 429 with Retry-After.",
        ),
        setting(
            "POSTULO_UPLOADS_MEBIBYTES",
            "64",
            "same",
            "How many mebibytes of documents may be on their way in at once, from 11, which is one application, to 65536. Past it a form or a request with documents waits five seconds for room; then it is refused with 503 and Retry-After, and nothing of it is kept. Those who show neither secret nor token first share a quarter as much. The forms of one network have half of the room at most, a form is sent once at a time, and where room is wanted, bodies slower than 16 KiB a second leave first.",
        ),
    ],
};

/// Requests a minute of one network, as given.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenPerMinute {
    sign_ins: Option<u32>,
    tokens: Option<u32>,
    forms: Option<u32>,
    pages: Option<u32>,
    api: Option<u32>,
}

#[derive(Deserialize)]
struct Given {
    request_timeout_seconds: Option<u32>,
    connections: Option<usize>,
    head_timeout_seconds: Option<u32>,
    idle_timeout_seconds: Option<u32>,
    write_timeout_seconds: Option<u32>,
    #[serde(default)]
    network_requests: GivenPerMinute,
    trusted_proxies: Option<String>,
    proxy_field: Option<String>,
    uploads_mebibytes: Option<u32>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) request_timeout_seconds: u32,
    pub(crate) uploads_mebibytes: u32,
    pub(crate) connections: ConnectionLimits,
    pub(crate) per_minute: PerMinute,
    pub(crate) proxies: Proxies,
}

pub(super) fn read(source: &mut Source) -> Result<Network> {
    let given: Given = source.read()?;
    let request_timeout_seconds = given.request_timeout_seconds.unwrap_or(30);
    if !(1..=600).contains(&request_timeout_seconds) {
        source.wrong(
            "POSTULO_REQUEST_TIMEOUT_SECONDS is not between 1 and 600: no request could be answered, \
             or one could be held for ever",
        );
    }
    let uploads_mebibytes = given.uploads_mebibytes.unwrap_or(RequestLimits::UPLOADS_MEBIBYTES);
    if !(11..=65_536).contains(&uploads_mebibytes) {
        source.wrong(format!(
            "POSTULO_UPLOADS_MEBIBYTES is {uploads_mebibytes}: write 11, which is one application \
             with documents, to 65536"
        ));
    }
    let usual = ConnectionLimits::default();
    let connections = given.connections.unwrap_or(usual.connections);
    if !(8..=100_000).contains(&connections) {
        source.wrong("POSTULO_CONNECTIONS is not between 8 and 100000");
    }
    let mut seconds = |name: &str, given: Option<u32>, usual: Duration, least: u32| {
        let Some(given) = given else { return usual };
        if !(least..=3600).contains(&given) {
            source.wrong(format!("{name} is not between {least} and 3600 seconds"));
        }
        Duration::from_secs(given.into())
    };
    let head = seconds("POSTULO_HEAD_TIMEOUT_SECONDS", given.head_timeout_seconds, usual.head, 2);
    let idle = seconds("POSTULO_IDLE_TIMEOUT_SECONDS", given.idle_timeout_seconds, usual.idle, 2);
    let write =
        seconds("POSTULO_WRITE_TIMEOUT_SECONDS", given.write_timeout_seconds, usual.write, 5);
    let GivenPerMinute { sign_ins, tokens, forms, pages, api } = given.network_requests;
    let most = PerMinute::default();
    Ok(Network {
        request_timeout_seconds,
        uploads_mebibytes,
        connections: ConnectionLimits { connections, head, idle, write },
        per_minute: PerMinute {
            sign_ins: sign_ins.unwrap_or(most.sign_ins),
            tokens: tokens.unwrap_or(most.tokens),
            forms: forms.unwrap_or(most.forms),
            pages: pages.unwrap_or(most.pages),
            api: api.unwrap_or(most.api),
        },
        proxies: proxies(&given, source),
    })
}

fn proxies(given: &Given, source: &mut Source) -> Proxies {
    let field = match given.proxy_field.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("x-forwarded-for") => ProxyField::XForwardedFor,
        Some("forwarded") => ProxyField::Forwarded,
        Some(_) => {
            source.wrong("POSTULO_PROXY_FIELD is neither X-Forwarded-For nor Forwarded");
            ProxyField::default()
        }
    };
    let Some(text) = given.trusted_proxies.as_deref() else {
        return Proxies { trusted: None, field };
    };
    let mut trusted = vec![];
    for part in text.split(',').map(str::trim).filter(|part| !matches!(*part, "" | "none")) {
        let alone = part.parse::<std::net::IpAddr>().map(Into::into);
        match alone.or_else(|_| part.parse::<ipnet::IpNet>()) {
            Ok(net) if net.prefix_len() == 0 => source.wrong(format!(
                "POSTULO_TRUSTED_PROXIES trusts everybody with {part}: name the proxies' own networks"
            )),
            Ok(net) => trusted.push(net),
            Err(_) => source.wrong(format!(
                "POSTULO_TRUSTED_PROXIES: {part:?} is neither an address nor a network such as \
                 10.0.0.0/8; separate them by commas, or say none"
            )),
        }
    }
    Proxies { trusted: Some(trusted), field }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> (Network, Vec<String>) {
        let mut source = Source::of(text);
        let network = read(&mut source).unwrap();
        (network, source.all_wrong())
    }

    #[test]
    fn proxies_are_networks_or_none() {
        assert_eq!(given("").0.proxies.trusted, None);
        assert_eq!(given("trusted_proxies = 'none'").0.proxies.trusted, Some(vec![]));
        let (network, wrong) = given(
            "trusted_proxies = '10.0.0.0/8, 192.0.2.7,2001:db8::/32'\nproxy_field = 'Forwarded'",
        );
        let nets = ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"].map(|net| net.parse().unwrap());
        assert_eq!(network.proxies.trusted, Some(nets.to_vec()));
        assert_eq!((network.proxies.field, wrong.len()), (ProxyField::Forwarded, 0));
    }

    #[rstest::rstest]
    #[case("trusted_proxies = 'nginx'", "POSTULO_TRUSTED_PROXIES")]
    #[case("trusted_proxies = '10.0.0.0/33'", "POSTULO_TRUSTED_PROXIES")]
    #[case("trusted_proxies = '0.0.0.0/0'", "trusts everybody")]
    #[case("trusted_proxies = '::/0'", "trusts everybody")]
    #[case("proxy_field = 'X-Real-IP'", "POSTULO_PROXY_FIELD")]
    #[case("connections = 0", "POSTULO_CONNECTIONS")]
    #[case("connections = 1000000", "POSTULO_CONNECTIONS")]
    #[case("head_timeout_seconds = 0", "POSTULO_HEAD_TIMEOUT_SECONDS")]
    #[case("idle_timeout_seconds = 86400", "POSTULO_IDLE_TIMEOUT_SECONDS")]
    #[case("write_timeout_seconds = 0", "POSTULO_WRITE_TIMEOUT_SECONDS")]
    fn nonsense_is_named(#[case] text: &str, #[case] told: &str) {
        let (_, wrong) = given(text);
        assert!(wrong.len() == 1 && wrong[0].contains(told), "{text}: {wrong:?}");
    }

    #[test]
    fn what_is_not_given_is_as_usual() {
        let (network, wrong) =
            given("idle_timeout_seconds = 75\n[network_requests]\nforms = 900\nsign_ins = 0");
        assert!(wrong.is_empty());
        assert_eq!(network.connections.idle, Duration::from_secs(75));
        assert_eq!(network.connections.head, Duration::from_secs(10));
        let usual = PerMinute::default();
        assert_eq!(network.per_minute, PerMinute { forms: 900, sign_ins: 0, ..usual });
    }

    #[test]
    fn there_is_room_for_one_upload_at_least() {
        for (mebibytes, taken) in [(10, false), (11, true), (65_536, true), (65_537, false)] {
            let (_, wrong) = given(&format!("uploads_mebibytes = {mebibytes}"));
            assert_eq!(wrong.is_empty(), taken, "{mebibytes}: {wrong:?}");
            assert!(taken || wrong[0].contains("POSTULO_UPLOADS_MEBIBYTES"), "{wrong:?}");
        }
    }
}
