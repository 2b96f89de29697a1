//! What offers are asked for.

use domain::offer::{Contract, Currency, Remote, WorkingTime, named, telling};
use domain::words::{self, tokens};
use event_store::{Sought, WordQuery};
use uuid::Uuid;

/// Words of one search that count.
const WORDS: usize = 8;

/// Which offers are asked for; what is empty asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferFilter {
    /// Words, each of which stands somewhere in the offer.
    pub keywords: String,
    /// Words of a place, a postal code or the number of a department; the last may be the beginning of one.
    pub location: String,
    /// Words of the company's name; the last may be the beginning of one.
    pub company: String,
    /// From where one works: one of these.
    pub remote: Vec<Remote>,
    /// The contract: one of these.
    pub contracts: Vec<Contract>,
    /// The hours.
    pub working_time: Option<WorkingTime>,
    /// What is paid at least for a year of full-time work, in whole units; offers that do not say what they pay, or
    /// pay in another currency, are left out.
    pub salary: Option<(u64, Currency)>,
    /// For whom: without those that this account hides.
    pub unhidden_from: Option<Uuid>,
}

/// In which order offers are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// Those first that have all keywords in the title, then the others; of both the newest first.
    Best,
}

/// A filter as the index of terms is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Nothing that was typed can be found.
    Nothing,
    /// All that has this, where it asks for something.
    Words {
        /// What is asked for.
        query: WordQuery,
        /// The keywords, as they stand in a title; empty where there are none.
        title: Vec<Sought>,
    },
}

impl OfferFilter {
    /// A word in the texts of an offer, or in the names of who offers it and where.
    fn anywhere(stem: &str) -> Option<Vec<Sought>> {
        Some(vec![Sought::term(stem)?, Sought::term(&format!("n_{stem}"))?])
    }

    /// What the index of terms is asked.
    pub(super) fn question(&self) -> Question {
        let is_lost = |text: &str| !text.trim().is_empty() && tokens(text).is_empty();
        if [&self.keywords, &self.location, &self.company].into_iter().any(|text| is_lost(text)) {
            return Question::Nothing;
        }
        let keywords: Vec<_> = telling(&self.keywords).take(WORDS).collect();
        let title = keywords.iter().filter_map(|stem| Sought::term(&format!("t_{stem}"))).collect();
        let mut all: Vec<Vec<Sought>> =
            keywords.iter().filter_map(|stem| Self::anywhere(stem)).collect();
        all.extend(beginning(&self.location, "l"));
        all.extend(beginning(&self.company, "c"));
        let one_of = |place: &str, names: Vec<&str>| {
            let terms = names.into_iter().filter_map(|name| Sought::term(&named(place, name)));
            Some(terms.collect::<Vec<_>>()).filter(|terms| !terms.is_empty())
        };
        all.extend(one_of("r", self.remote.iter().map(|it| it.as_str()).collect()));
        all.extend(one_of("k", self.contracts.iter().map(|it| it.as_str()).collect()));
        all.extend(one_of("w", self.working_time.iter().map(|it| it.as_str()).collect()));
        Question::Words { query: WordQuery { all, ..WordQuery::default() }, title }
    }
}

/// The words of a name that is being typed.
fn beginning(text: &str, place: &str) -> Vec<Vec<Sought>> {
    let words: Vec<_> = tokens(text).into_iter().take(WORDS).collect();
    let last = words.len().saturating_sub(1);
    let term = |(nth, word): (usize, &String)| {
        let sought = Sought::term(&format!("{place}_{}", words::term(word)))?;
        Some(vec![if nth == last { sought.and_longer() } else { sought }])
    };
    words.iter().enumerate().filter_map(term).collect()
}

impl Question {
    /// The same where all keywords stand in the title.
    pub(super) fn in_title(query: &WordQuery, title: &[Sought]) -> WordQuery {
        let mut all: Vec<_> = title.iter().map(|term| vec![term.clone()]).collect();
        // Those stand before the others.
        all.extend(query.all.iter().skip(title.len()).cloned());
        WordQuery { all, ..query.clone() }
    }

    /// The same where not all of them do.
    pub(super) fn elsewhere(query: &WordQuery, title: &[Sought]) -> WordQuery {
        WordQuery { except: title.to_vec(), ..query.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(keywords: &str, location: &str) -> OfferFilter {
        let (keywords, location) = (keywords.to_owned(), location.to_owned());
        OfferFilter { keywords, location, ..OfferFilter::default() }
    }

    #[test]
    fn what_cannot_be_found_finds_nothing_and_what_stands_everywhere_asks_for_nothing() {
        assert_eq!(filter("(", "").question(), Question::Nothing);
        assert_eq!(filter("dev", "*").question(), Question::Nothing);
        for everything in [filter("", ""), filter(" ", ""), filter("de la", "")] {
            let Question::Words { query, title } = everything.question() else { panic!() };
            assert!(query.is_empty() && title.is_empty());
        }
    }

    #[test]
    fn keywords_are_stems_and_the_last_word_of_a_place_may_be_a_beginning() {
        let Question::Words { query, title } = filter("Boulangères H/F", "Saint-Den").question()
        else {
            panic!()
        };
        let term = |text: &str| Sought::term(text).unwrap();
        let expected = vec![
            vec![term("boulang"), term("n_boulang")],
            vec![term("l_saint")],
            vec![term("l_den").and_longer()],
        ];
        assert_eq!(query.all, expected);
        assert_eq!(title, [term("t_boulang")]);
        let in_title = Question::in_title(&query, &title);
        assert_eq!(in_title.all[0], [term("t_boulang")]);
        assert_eq!(in_title.all[1..], expected[1..]);
    }
}
