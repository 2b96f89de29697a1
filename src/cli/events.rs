//! `postulo events …`

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use commands::advice;
use event_store::DecodeError;
use jsonschema::Validator;
use serde_json::Value;

use super::period::Period;
use crate::cli::out::say;
use crate::config::Config;
use crate::wiring::Parts;

/// Events read at once.
const PAGE: i64 = 1000;
/// Events that are named at most.
const NAMED: usize = 20;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Hold every event of the log against the schema of its kind and version.
    Check {
        #[command(flatten)]
        period: Period,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let Command::Check { period } = command;
    let outcome = check(&parts, &period).await;
    parts.close().await;
    outcome
}

async fn check(parts: &Parts, period: &Period) -> Result<()> {
    let schemas = schemas()?;
    let (mut after, up_to) = period.stretch(&parts.log).await?;
    let (mut checked, mut wrong) = (0_u64, 0_usize);
    while after < up_to {
        let page = parts.log.page_after(after, PAGE, None).await?;
        if page.reached == after {
            break;
        }
        for event in page.events.iter().filter(|event| event.position <= up_to) {
            checked += 1;
            let (kind, version) = (&event.event_type, &event.event_version);
            let whys = match parts.log.payload(event) {
                Ok(payload) => objections(&schemas, kind, version, &payload),
                Err(DecodeError::Sealed { source, .. }) => {
                    vec![format!("it cannot be opened: {}", advice::told(&source))]
                }
                Err(error) => return Err(error.into()),
            };
            for why in whys {
                wrong += 1;
                if wrong <= NAMED {
                    say!("#{} {}: {why}", event.position.get(), event.event_type);
                }
            }
        }
        after = page.reached;
    }
    if wrong > 0 {
        bail!("{wrong} things are not as the schemas have them, in {checked} events");
    }
    if checked == 0 {
        bail!("no event was checked: the log holds none of this period");
    }
    say!("{checked} events follow their schemas");
    Ok(())
}

fn schemas() -> Result<BTreeMap<String, Validator>> {
    let compiled = |(name, schema): (String, Value)| {
        let validator = jsonschema::validator_for(&schema);
        let validator = validator.with_context(|| format!("the schema {name} cannot be used"))?;
        Ok((name, validator))
    };
    domain::schema::of_events(domain::AGGREGATES).into_iter().map(compiled).collect()
}

/// What is wrong with an event, without anything that it holds.
fn objections(
    schemas: &BTreeMap<String, Validator>,
    kind: &str,
    version: &str,
    payload: &str,
) -> Vec<String> {
    let Some(schema) = schemas.get(&format!("{kind}.v{version}.json")) else {
        return vec![format!("there is no schema of its version {version}")];
    };
    let Ok(payload) = serde_json::from_str::<Value>(payload) else {
        return vec!["its payload is no JSON".to_owned()];
    };
    let told = schema.iter_errors(&payload).map(|error| {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "/".to_owned() } else { place };
        format!("{place}: {}", error.masked())
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_by_its_place_and_without_its_content() {
        let schemas = schemas().unwrap();
        let told = |version, payload| objections(&schemas, "Withdrawn", version, payload);
        let good = r#"{"type": "Withdrawn", "at": "2026-11-21T12:00:00Z"}"#;
        assert_eq!(told("1", good), Vec::<String>::new());
        let bad = r#"{"type": "Withdrawn", "reason": ["Camille"], "at": "2026-11-21T12:00:00Z"}"#;
        let told_of_bad = told("1", bad);
        assert_eq!(told_of_bad.len(), 1, "{told_of_bad:?}");
        assert!(told_of_bad[0].starts_with("/reason: ") && !told_of_bad[0].contains("Camille"));
        assert_eq!(told("2", good), ["there is no schema of its version 2"]);
        assert_eq!(told("1", "{"), ["its payload is no JSON"]);
    }

    #[test]
    fn each_version_of_an_event_is_held_against_its_own_schema() {
        let schemas = schemas().unwrap();
        let told = |version, payload| objections(&schemas, "ForwardedToMemo", version, payload);
        let first =
            r#"{"type": "ForwardedToMemo", "duplicate": true, "at": "2026-11-21T12:00:00Z"}"#;
        let second =
            r#"{"type": "ForwardedToMemo", "outcome": "taken", "at": "2026-11-21T12:00:00Z"}"#;
        assert_eq!((told("1", first), told("2", second)), (vec![], vec![]));
        assert!(!told("1", second).is_empty() && !told("2", first).is_empty());
    }
}
