//! The settings of single reactors.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Reactions",
    settings: &[setting(
        "POSTULO_REACTIONS__NAME__ATTEMPTS, …__CONCURRENCY, …__ENABLED",
        "in each reactor's file",
        "same",
        "Overrides for the reactor NAME (employer_email, confirmation_email, answer_email, \
         recruiter_receipt, withdrawal_email, recruiter_withdrawal_email, cancellation_email, \
         personal_data_link, message_email, account_letters, account_warnings, address_taken, \
         alert_letters, archive_letters, offer_description, tracked_description, erasure_case, \
         resend, attachments_forward, memo, ami, webhooks): how often it tries, how many at once, \
         whether it runs.",
    )],
};

/// What may be set for one reactor.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reaction {
    pub(crate) enabled: Option<bool>,
    pub(crate) attempts: Option<u32>,
    pub(crate) concurrency: Option<usize>,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    reactions: BTreeMap<String, Reaction>,
}

pub(super) fn read(source: &mut Source) -> Result<BTreeMap<String, Reaction>> {
    let Given { reactions } = source.read()?;
    for (name, reaction) in &reactions {
        let name = format!("POSTULO_REACTIONS__{}", name.to_uppercase());
        if reaction.attempts.is_some_and(|attempts| !(1..=1000).contains(&attempts)) {
            source.wrong(format!("{name}__ATTEMPTS is not between 1 and 1000"));
        }
        if reaction.concurrency.is_some_and(|at_once| !(1..=256).contains(&at_once)) {
            source.wrong(format!("{name}__CONCURRENCY is not between 1 and 256"));
        }
    }
    Ok(reactions)
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;

    #[test]
    fn the_table_names_every_reactor() {
        let meaning = super::SECTION.settings[0].meaning;
        let (_, list) = meaning.split_once('(').unwrap();
        let (list, _) = list.split_once(')').unwrap();
        let mut written: Vec<&str> = list.split(", ").collect();
        let mut all = workers::names();
        written.sort_unstable();
        all.sort_unstable();
        assert_eq!(written, all);
    }

    #[rstest::rstest]
    #[case("request_timeout_seconds = 0", "POSTULO_REQUEST_TIMEOUT_SECONDS")]
    #[case("request_timeout_seconds = 86400", "POSTULO_REQUEST_TIMEOUT_SECONDS")]
    #[case("undo_seconds = 4294967295", "POSTULO_UNDO_SECONDS")]
    #[case("[reactions.memo]\nattempts = 0", "POSTULO_REACTIONS__MEMO__ATTEMPTS")]
    #[case("[reactions.memo]\nconcurrency = 0", "POSTULO_REACTIONS__MEMO__CONCURRENCY")]
    #[case("[reactions.memo]\nconcurrency = 100000", "POSTULO_REACTIONS__MEMO__CONCURRENCY")]
    fn nothing_runs_on_a_number_that_makes_no_sense(#[case] text: &str, #[case] name: &str) {
        let wrong = wrong_with(text);
        assert!(wrong.len() == 1 && wrong[0].starts_with(name), "{text}: {wrong:?}");
    }

    #[test]
    fn what_makes_sense_is_taken() {
        let text = "request_timeout_seconds = 1\nundo_seconds = 0\n\
                    [reactions.memo]\nattempts = 1\nconcurrency = 256\nenabled = false";
        assert_eq!(wrong_with(text), Vec::<String>::new());
    }
}
