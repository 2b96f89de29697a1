//! The server of a process, within the bounds of the settings and of the machine.

use std::sync::Arc;

use api::networks::Networks;
use axum::Router;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Mode};

/// Raises the soft limit of open files to the hard one: connections, databases and documents each take
/// descriptors. The limit from now on.
pub(crate) fn raise_descriptors() -> u64 {
    let before = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: before.maximum, maximum: before.maximum };
    let limit = match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => before.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files stays as it is");
            before.current
        }
    };
    limit.unwrap_or(u64::MAX) // without a number there is no limit
}

/// Answers over HTTP until `stop`, within the bounds of the settings and of the machine.
pub(crate) fn run(
    config: &Config,
    descriptors: u64,
    listener: TcpListener,
    router: Router,
    stop: &CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    let wanted = config.network.connections;
    let limits = wanted.within(descriptors);
    if limits.connections < wanted.connections {
        tracing::warn!(
            descriptors,
            connections = limits.connections,
            "fewer connections are open at once than POSTULO_CONNECTIONS says, since the limit of open files leaves no room for more: raise it"
        );
    }
    let networks = Networks::new(config.network.per_minute, config.network.proxies.clone());
    if config.mode == Mode::Production && config.network.proxies.trusted.is_none() {
        tracing::warn!(
            "POSTULO_TRUSTED_PROXIES is not set: requests from private addresses are not limited, since anybody may be behind them; name the proxies, or say none"
        );
    }
    api::serve::serve(listener, router, limits, Arc::new(networks), stop.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_the_hard_one() {
        let limit = raise_descriptors();
        let now = getrlimit(Resource::Nofile);
        assert_eq!(now.current, now.maximum);
        assert_eq!(limit, now.maximum.unwrap_or(u64::MAX));
    }
}
