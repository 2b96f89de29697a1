//! The settings of logs, metrics and traces.

use anyhow::Result;
use serde::Deserialize;
use url::Url;

use super::addresses::{is_this_machine, web};
use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Logs, metrics and traces",
    settings: &[
        setting(
            "POSTULO_METRICS_TOKEN",
            "none: anyone may read them",
            "none: nobody may read them",
            "What a program sends to read /metrics, as Authorization: Bearer TOKEN; in production 16 characters at least.",
        ),
        setting(
            "POSTULO_OTLP_ENDPOINT",
            "none",
            "same",
            "Where traces go, by OTLP over HTTP with protobuf: https://HOST:4318/v1/traces; in production http:// only on this machine.",
        ),
        setting(
            "POSTULO_LOG",
            "info",
            "same",
            "What is logged, as a filter of tracing-subscriber: info, or info,sqlx=debug.",
        ),
        setting(
            "POSTULO_LOG_FORMAT",
            "text",
            "json is advised",
            "text for people, json for programs.",
        ),
    ],
};

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Deserialize)]
struct Given {
    log: Option<String>,
    #[serde(default)]
    log_format: LogFormat,
    metrics_token: Option<String>,
    otlp_endpoint: Option<Url>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Telemetry {
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    /// What a program shows to read the metrics.
    pub(crate) metrics_token: Option<String>,
    /// Where traces go, by OTLP over HTTP.
    pub(crate) otlp_endpoint: Option<Url>,
}

pub(super) fn read(source: &mut Source) -> Result<Telemetry> {
    let Given { log, log_format, metrics_token, otlp_endpoint } = source.read()?;
    if let Some(url) = &otlp_endpoint {
        web("POSTULO_OTLP_ENDPOINT", url, source);
        if source.is_production() && url.scheme() == "http" && !is_this_machine(url) {
            source.wrong(
                "POSTULO_OTLP_ENDPOINT is not https, and not on this machine: traces would go in \
                 the clear",
            );
        }
    }
    Ok(Telemetry {
        log: log.unwrap_or_else(|| "info".to_owned()),
        log_format,
        metrics_token: metrics_token.filter(|token| !token.is_empty()),
        otlp_endpoint,
    })
}
