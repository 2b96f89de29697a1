//! Words under which something is found: without accents and in lower case.

use domain::EmailAddress;
use event_store::{DbError, Log, Value};
use unicode_normalization::UnicodeNormalization as _;

use crate::Table;

/// Words of one text that count.
pub(crate) const WORDS: usize = 12;
/// Words of one search that count.
const SOUGHT: usize = 6;

/// Rarer words than this are not counted further when the rarest is looked for.
const COMMON: i64 = 1000;

/// Whether each word of `text` begins a word of `name`, accents and letters' case aside: how lists are
/// searched that are short enough to be read whole.
pub fn fits(name: &str, text: &str) -> bool {
    let known: Vec<String> = words(name).collect();
    let mut sought = words(text).peekable();
    sought.peek().is_some() && sought.all(|word| known.iter().any(|known| known.starts_with(&word)))
}

/// The words of a text, without accents and in lower case; single letters are none.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let plain = plain(text);
    let words = plain.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.chars().count() > 1).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// A text as it is compared: without accents, in lower case.
pub(crate) fn plain(text: &str) -> String {
    let is_mark = |c: &char| unicode_normalization::char::is_combining_mark(*c);
    text.trim().nfd().filter(|c| !is_mark(c)).collect::<String>().to_lowercase()
}

/// What is looked for in a search: a whole address or number, or all words of it.
pub(crate) fn sought(text: &str) -> Vec<String> {
    // An international domain is kept in the form of the wire, and typed in its own letters.
    let address: Option<EmailAddress> = if text.is_ascii() { None } else { text.parse().ok() };
    let text = plain(address.as_ref().map_or(text, EmailAddress::as_str));
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return vec![digits]; // a SIRET, which people group
    }
    if text.contains('@') || text.chars().any(|c| c.is_ascii_digit()) && !text.contains(' ') {
        return vec![text];
    }
    words(&text).take(SOUGHT).collect()
}

/// What stands for these words in the column `term` of a table: the rarest leads, and the others are looked
/// up beside it.
pub(crate) async fn rarest_first(
    log: &Log,
    table: &Table,
    words: &[String],
) -> Result<Vec<Value>, DbError> {
    let name = table.name;
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 AS one FROM {name} WHERE term = $1 LIMIT $2) AS found"
    );
    let mut terms = vec![];
    for word in words {
        let term = table.blinded(log, "term", word);
        let (count,): (i64,) = log.db().fetch_one(&sql, vec![term.clone(), COMMON.into()]).await?;
        terms.push((count, term));
    }
    terms.sort_by_key(|(count, _)| *count);
    Ok(terms.into_iter().map(|(_, term)| term).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_how_its_words_begin() {
        for text in ["reponses", "RÉP", "non remis", "remis e-mails", "e mails"] {
            assert!(fits("E-mails non remis, réponses", text), "{text}");
        }
        for text in ["", " ", "?", "mis", "remise", "e-mails perdus"] {
            assert!(!fits("E-mails non remis, réponses", text), "{text}");
        }
        assert!(fits("/admin/suppressions", "suppress"));
    }
}
