//! Scheduled tasks in words: what a run did.

use domain::Language;

use crate::catalogue::{Wording as _, fill};

/// What a run of a scheduled task counted, by the names that it counts under, and what else is to be said
/// of it: "3 documents deleted, 1 address deleted". Empty where there is nothing to tell.
pub fn task_report(counts: &[(String, u64)], note: Option<&str>, language: Language) -> String {
    let count = |(what, number): &(String, u64)| {
        // A context that has words of its own for it calls it by their key.
        let own = fill(language, what, &("count", *number));
        own.unwrap_or_else(|| language.with("schedules-count", (("what", what), ("count", number))))
    };
    let note = note.map(|note| language.with("schedules-note", ("note", &note)));
    let parts: Vec<_> = counts.iter().map(count).chain(note).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_by_what_it_counted() {
        let counts = [("documents".to_owned(), 3), ("addresses".to_owned(), 1)];
        assert_eq!(
            task_report(&counts, None, Language::En),
            "documents of 3 applications deleted, 1 address forgotten"
        );
        assert_eq!(task_report(&counts[1..], None, Language::Fr), "1\u{a0}adresse oubliée");
        assert_eq!(task_report(&[], None, Language::En), "");
        assert!(task_report(&[], Some("clock-doubted"), Language::Fr).contains("horloge"));
    }
}
