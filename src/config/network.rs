//! The settings of the network: connections, requests a minute, proxies.

use std::time::Duration;

use api::networks::{PerMinute, Proxies, ProxyField};
use api::serve::ConnectionLimits;
use serde::Deserialize;

use super::Given;

/// Requests a minute of one network, as given.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenPerMinute {
    sign_ins: Option<u32>,
    tokens: Option<u32>,
    forms: Option<u32>,
    pages: Option<u32>,
    api: Option<u32>,
}

/// The settings in force.
#[derive(Debug, Default)]
pub(crate) struct Network {
    pub(crate) connections: ConnectionLimits,
    pub(crate) per_minute: PerMinute,
    pub(crate) proxies: Proxies,
}

/// What is wrong goes to `wrong`.
pub(super) fn from_given(given: &Given, wrong: &mut Vec<String>) -> Network {
    let usual = ConnectionLimits::default();
    let connections = given.connections.unwrap_or(usual.connections);
    if !(8..=100_000).contains(&connections) {
        wrong.push("POSTULO_CONNECTIONS is not between 8 and 100000".to_owned());
    }
    let mut seconds = |name: &str, given: Option<u32>, usual: Duration, least: u32| {
        let Some(given) = given else { return usual };
        if !(least..=3600).contains(&given) {
            wrong.push(format!("{name} is not between {least} and 3600 seconds"));
        }
        Duration::from_secs(given.into())
    };
    let head = seconds("POSTULO_HEAD_TIMEOUT_SECONDS", given.head_timeout_seconds, usual.head, 2);
    let idle = seconds("POSTULO_IDLE_TIMEOUT_SECONDS", given.idle_timeout_seconds, usual.idle, 2);
    let write =
        seconds("POSTULO_WRITE_TIMEOUT_SECONDS", given.write_timeout_seconds, usual.write, 5);
    let GivenPerMinute { sign_ins, tokens, forms, pages, api } = given.network_requests;
    let most = PerMinute::default();
    Network {
        connections: ConnectionLimits { connections, head, idle, write },
        per_minute: PerMinute {
            sign_ins: sign_ins.unwrap_or(most.sign_ins),
            tokens: tokens.unwrap_or(most.tokens),
            forms: forms.unwrap_or(most.forms),
            pages: pages.unwrap_or(most.pages),
            api: api.unwrap_or(most.api),
        },
        proxies: proxies(given, wrong),
    }
}

fn proxies(given: &Given, wrong: &mut Vec<String>) -> Proxies {
    let field = match given.proxy_field.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("x-forwarded-for") => ProxyField::XForwardedFor,
        Some("forwarded") => ProxyField::Forwarded,
        Some(_) => {
            wrong.push("POSTULO_PROXY_FIELD is neither X-Forwarded-For nor Forwarded".to_owned());
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
            Ok(net) if net.prefix_len() == 0 => wrong.push(format!(
                "POSTULO_TRUSTED_PROXIES trusts everybody with {part}: name the proxies' own networks"
            )),
            Ok(net) => trusted.push(net),
            Err(_) => wrong.push(format!(
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

    fn read(text: &str) -> (Network, Vec<String>) {
        let mut wrong = vec![];
        let network = from_given(&toml::from_str(text).unwrap(), &mut wrong);
        (network, wrong)
    }

    #[test]
    fn proxies_are_networks_or_none() {
        assert_eq!(read("").0.proxies.trusted, None);
        assert_eq!(read("trusted_proxies = 'none'").0.proxies.trusted, Some(vec![]));
        let (network, wrong) = read(
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
        let (_, wrong) = read(text);
        assert!(wrong.len() == 1 && wrong[0].contains(told), "{text}: {wrong:?}");
    }

    #[test]
    fn what_is_not_given_is_as_usual() {
        let (network, wrong) =
            read("idle_timeout_seconds = 75\n[network_requests]\nforms = 900\nsign_ins = 0");
        assert!(wrong.is_empty());
        assert_eq!(network.connections.idle, Duration::from_secs(75));
        assert_eq!(network.connections.head, Duration::from_secs(10));
        let usual = PerMinute::default();
        assert_eq!(network.per_minute, PerMinute { forms: 900, sign_ins: 0, ..usual });
    }
}
