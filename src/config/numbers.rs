//! Durations and counts in the settings: zero and absurd ones are mistakes in every mode.

use super::Given;

/// What is wrong goes to `wrong`.
pub(super) fn check(given: &Given, wrong: &mut Vec<String>) {
    if given.request_timeout_seconds.is_some_and(|seconds| !(1..=600).contains(&seconds)) {
        wrong.push(
            "POSTULO_REQUEST_TIMEOUT_SECONDS is not between 1 and 600: no request could be answered, \
             or one could be held for ever"
                .to_owned(),
        );
    }
    if given.undo_seconds.is_some_and(|seconds| seconds > 86_400) {
        wrong.push(
            "POSTULO_UNDO_SECONDS is more than a day (86400): candidates would wait for their answer"
                .to_owned(),
        );
    }
    for (name, reaction) in &given.reactions {
        let upper = name.to_uppercase();
        if reaction.attempts.is_some_and(|attempts| !(1..=1000).contains(&attempts)) {
            wrong.push(format!("POSTULO_REACTIONS__{upper}__ATTEMPTS is not between 1 and 1000"));
        }
        if reaction.concurrency.is_some_and(|at_once| !(1..=256).contains(&at_once)) {
            wrong.push(format!("POSTULO_REACTIONS__{upper}__CONCURRENCY is not between 1 and 256"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("request_timeout_seconds = 0", "POSTULO_REQUEST_TIMEOUT_SECONDS")]
    #[case("request_timeout_seconds = 86400", "POSTULO_REQUEST_TIMEOUT_SECONDS")]
    #[case("undo_seconds = 4294967295", "POSTULO_UNDO_SECONDS")]
    #[case("[reactions.memo]\nattempts = 0", "POSTULO_REACTIONS__MEMO__ATTEMPTS")]
    #[case("[reactions.memo]\nconcurrency = 0", "POSTULO_REACTIONS__MEMO__CONCURRENCY")]
    #[case("[reactions.memo]\nconcurrency = 100000", "POSTULO_REACTIONS__MEMO__CONCURRENCY")]
    fn nothing_runs_on_a_number_that_makes_no_sense(#[case] text: &str, #[case] name: &str) {
        let mut wrong = vec![];
        check(&toml::from_str(text).unwrap(), &mut wrong);
        assert!(wrong.len() == 1 && wrong[0].starts_with(name), "{text}: {wrong:?}");
    }

    #[test]
    fn what_makes_sense_is_taken() {
        let text = "request_timeout_seconds = 1\nundo_seconds = 0\n\
                    [reactions.memo]\nattempts = 1\nconcurrency = 256\nenabled = false";
        let mut wrong = vec![];
        check(&toml::from_str(text).unwrap(), &mut wrong);
        assert_eq!(wrong, Vec::<String>::new());
    }
}
