//! The settings of collecting job offers: who we say that we are, how often we ask, and the services that need a
//! key.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use integrations::Browser;
use integrations::collect::{CollectOptions, FranceTravailKey, Places};
use serde::Deserialize;
use url::Url;

use super::addresses::web;
use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Collecting job offers",
    settings: &[
        setting(
            "POSTULO_COLLECT_CONTACT",
            "none",
            "same",
            "The address of whoever answers for what is collected: sites read it in the field From of our requests.",
        ),
        setting(
            "POSTULO_COLLECT_PAUSE_MS",
            "1000",
            "same",
            "The time between two requests to a host, in milliseconds, up to 60000; in production 1000 at least.",
        ),
        setting(
            "POSTULO_COLLECT_INSIDE",
            "our own address",
            "none",
            "Addresses in our own network from which offers may be collected all the same, separated by commas: https://jobs.internal:8443. A source reaches of them its own alone. All others must be on the public Internet.",
        ),
        setting(
            "POSTULO_COLLECT_BROWSER",
            "none",
            "same",
            "The whole path of Chromium's program, by which pages are read that show their offers to a browser alone; without it they are not read. On Linux only.",
        ),
        setting(
            "POSTULO_FRANCE_TRAVAIL_ID",
            "none",
            "same",
            "The id of the program at francetravail.io that may read \"Offres d'emploi v2\".",
        ),
        setting(
            "POSTULO_FRANCE_TRAVAIL_SECRET",
            "none",
            "with POSTULO_FRANCE_TRAVAIL_ID",
            "Its secret.",
        ),
        setting(
            "POSTULO_TAVILY_KEY",
            "none",
            "same",
            "The key of Tavily, by which the web is searched for offers.",
        ),
        setting(
            "POSTULO_COLLECT_URLS__GREENHOUSE, …__LEVER, …__ASHBY, …__SMART_RECRUITERS, …__FRANCE_TRAVAIL, …__FRANCE_TRAVAIL_TOKENS, …__TAVILY",
            "the services' own addresses",
            "same",
            "Where these services are, for a copy or another region, such as https://api.eu.lever.co.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    collect_contact: Option<String>,
    collect_pause_ms: Option<u64>,
    collect_inside: Option<String>,
    collect_browser: Option<PathBuf>,
    france_travail_id: Option<String>,
    france_travail_secret: Option<String>,
    tavily_key: Option<String>,
    #[serde(default)]
    collect_urls: GivenPlaces,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GivenPlaces {
    greenhouse: Option<Url>,
    lever: Option<Url>,
    ashby: Option<Url>,
    smart_recruiters: Option<Url>,
    france_travail: Option<Url>,
    france_travail_tokens: Option<Url>,
    tavily: Option<Url>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Collectors {
    /// Who answers for it.
    pub(crate) contact: Option<String>,
    /// The time between two requests to a host.
    pub(crate) pause: Duration,
    /// Where in our own network it may go; our own address where nothing is said.
    pub(crate) inside: Option<Vec<Url>>,
    /// The services, with their keys.
    pub(crate) options: CollectOptions,
}

pub(super) fn read(source: &mut Source) -> Result<Collectors> {
    let given: Given = source.read()?;
    let is_there = |text: &String| !text.trim().is_empty();
    let id = given.france_travail_id.filter(is_there);
    let secret = given.france_travail_secret.filter(is_there);
    let france_travail = match (id, secret) {
        (Some(id), Some(secret)) => Some(FranceTravailKey { id, secret }),
        (None, None) => None,
        (Some(_), None) => {
            source.wrong(
                "POSTULO_FRANCE_TRAVAIL_SECRET is missing, and POSTULO_FRANCE_TRAVAIL_ID is there",
            );
            None
        }
        (None, Some(_)) => {
            source.wrong(
                "POSTULO_FRANCE_TRAVAIL_ID is missing, and POSTULO_FRANCE_TRAVAIL_SECRET is there",
            );
            None
        }
    };
    let contact = given.collect_contact.filter(is_there);
    if contact.as_deref().is_some_and(|contact| contact.parse::<domain::EmailAddress>().is_err()) {
        source.wrong("POSTULO_COLLECT_CONTACT is no address of e-mail");
    }
    let places = places(given.collect_urls, source);
    let tavily = given.tavily_key.filter(is_there);
    let browser = browser(given.collect_browser, source);
    Ok(Collectors {
        contact,
        pause: pause(given.collect_pause_ms, source),
        inside: inside(given.collect_inside.as_deref(), source),
        options: CollectOptions { france_travail, tavily, browser, places },
    })
}

fn pause(given: Option<u64>, source: &mut Source) -> Duration {
    let milliseconds = given.unwrap_or(1_000);
    let least = if source.is_production() { 1_000 } else { 0 };
    if !(least..=60_000).contains(&milliseconds) {
        source.wrong(format!("POSTULO_COLLECT_PAUSE_MS is not from {least} to 60000"));
    }
    Duration::from_millis(milliseconds)
}

fn browser(given: Option<PathBuf>, source: &mut Source) -> Option<Arc<Browser>> {
    let program = given.filter(|program| !program.as_os_str().is_empty())?;
    if !program.is_absolute() {
        source.wrong("POSTULO_COLLECT_BROWSER is not the whole path of a program");
    }
    Some(Arc::new(Browser::new(program)))
}

fn inside(given: Option<&str>, source: &mut Source) -> Option<Vec<Url>> {
    let Some(given) = given else { return source.is_production().then(Vec::new) };
    let mut urls = vec![];
    for text in given.split(',').map(str::trim).filter(|text| !text.is_empty() && *text != "none") {
        match Url::parse(text) {
            Ok(url) => {
                web("POSTULO_COLLECT_INSIDE", &url, source);
                urls.push(url);
            }
            Err(_) => source.wrong(format!("POSTULO_COLLECT_INSIDE: {text:?} is no address")),
        }
    }
    Some(urls)
}

fn places(given: GivenPlaces, source: &mut Source) -> Places {
    let mut places = Places::default();
    let each = [
        (&mut places.greenhouse, given.greenhouse),
        (&mut places.lever, given.lever),
        (&mut places.ashby, given.ashby),
        (&mut places.smart_recruiters, given.smart_recruiters),
        (&mut places.france_travail, given.france_travail),
        (&mut places.france_travail_tokens, given.france_travail_tokens),
        (&mut places.tavily, given.tavily),
    ];
    for (place, url) in each {
        let Some(url) = url else { continue };
        web("POSTULO_COLLECT_URLS", &url, source);
        *place = url;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;
    use super::*;

    #[test]
    fn what_is_wrong_is_named_and_no_secret_is_told() {
        let wrong = wrong_with(
            "france_travail_secret = 'very secret'\ncollect_contact = 'nobody'\ncollect_pause_ms = 60001\n\
             collect_inside = 'jobs'\ncollect_urls.lever = 'ftp://x.example'\ncollect_browser = 'chromium'",
        );
        for name in [
            "FRANCE_TRAVAIL_ID",
            "COLLECT_CONTACT",
            "COLLECT_PAUSE_MS",
            "COLLECT_INSIDE",
            "COLLECT_BROWSER",
            "COLLECT_URLS",
        ] {
            let name = format!("POSTULO_{name}");
            assert!(wrong.iter().any(|why| why.starts_with(&name)), "{name}: {wrong:?}");
        }
        assert!(!wrong.join("").contains("very secret"), "{wrong:?}");
    }

    #[test]
    fn services_are_where_the_settings_say() {
        let text = "collect_urls.lever = 'https://api.eu.lever.co'";
        let collectors = read(&mut Source::of(text)).unwrap();
        assert_eq!(collectors.options.places.lever.as_str(), "https://api.eu.lever.co/");
        assert_eq!(collectors.options.places.ashby.as_str(), "https://api.ashbyhq.com/");
    }
}
