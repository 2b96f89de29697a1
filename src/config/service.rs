//! The settings of the service as a whole.

use std::net::SocketAddr;

use anyhow::Result;
use serde::Deserialize;
use url::Url;

use super::addresses::web;
use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "The service",
    settings: &[
        setting(
            "POSTULO_MODE",
            "development",
            "set it to production",
            "development needs no other setting; production refuses to start on a missing or unsafe one.",
        ),
        setting(
            "POSTULO_BASE_URL",
            "http:// and the listening address",
            "required, https",
            "The address under which people reach the service, a scheme and a host without a path; links in e-mails begin with it.",
        ),
        setting(
            "POSTULO_LISTEN",
            "127.0.0.1:8080; a free port for worker, projector and relay",
            "same",
            "The address and port to listen on. Port 0 takes a free one. Processes without the API answer only /health/live and /health/ready there.",
        ),
        setting(
            "POSTULO_UNDO_SECONDS",
            "10",
            "120",
            "How long a recruiter may take an answer back, in seconds; its e-mail leaves after that.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    listen: Option<SocketAddr>,
    base_url: Option<Url>,
    undo_seconds: Option<u32>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) base_url: Option<Url>,
    /// How long an answer may be taken back.
    pub(crate) undo_seconds: u32,
}

pub(super) fn read(source: &mut Source) -> Result<Service> {
    let Given { listen, base_url, undo_seconds } = source.read()?;
    check_base_url(base_url.as_ref(), source);
    if undo_seconds.is_some_and(|seconds| seconds > 86_400) {
        source.wrong(
            "POSTULO_UNDO_SECONDS is more than a day (86400): candidates would wait for their answer",
        );
    }
    let usual = if source.is_production() { 120 } else { 10 };
    Ok(Service { listen, base_url, undo_seconds: undo_seconds.unwrap_or(usual) })
}

fn check_base_url(url: Option<&Url>, source: &mut Source) {
    let Some(url) = url else {
        if source.is_production() {
            source.wrong("POSTULO_BASE_URL is missing: links in e-mails begin with it");
        }
        return;
    };
    web("POSTULO_BASE_URL", url, source);
    if source.is_production() && url.scheme() == "http" {
        source.wrong("POSTULO_BASE_URL is not https: links in e-mails open people's applications");
    }
    let mut has = vec![];
    let named = !url.username().is_empty() || url.password().is_some();
    for (is_there, what) in [
        (named, "a user name or password"),
        (!matches!(url.path(), "" | "/"), "a path"),
        (url.query().is_some(), "a query"),
        (url.fragment().is_some(), "a fragment"),
    ] {
        if is_there {
            has.push(what);
        }
    }
    if !has.is_empty() {
        source.wrong(format!(
            "POSTULO_BASE_URL has {}: write only https:// and the host, such as \
             https://postulo.example.org",
            has.join(", ")
        ));
    }
}
