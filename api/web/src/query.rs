//! The query of an address, for programs: each parameter once, and what is wrong with it told by
//! its name.

use axum::http::Uri;
use url::form_urlencoded;

use crate::problem::{Problem, WrongField};

/// The parameters of an address that a handler knows.
pub struct Query {
    given: Vec<(&'static str, String)>,
    unknown: Option<String>,
    wrong: Vec<WrongField>,
}

/// An unknown parameter is named with at most so many characters.
const MAX_NAMED: usize = 64;

impl Query {
    /// Reads those called `known`.
    pub fn of(uri: &Uri, known: &[&'static str]) -> Self {
        let mut query = Self { given: vec![], unknown: None, wrong: vec![] };
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let Some(&name) = known.iter().find(|known| **known == name) else {
                query.unknown.get_or_insert_with(|| name.chars().take(MAX_NAMED).collect());
                continue;
            };
            if query.given.iter().any(|(given, _)| *given == name) {
                let detail =
                    format!("`{name}` stands more than once in the address: once is enough.");
                query.wrong.push(WrongField::new(name, "repeated", detail));
            } else {
                query.given.push((name, value.into_owned()));
            }
        }
        query
    }

    /// The parameter called `name`, read by `read`; where that gives nothing, `detail` says what it
    /// takes.
    pub fn take<T>(
        &mut self,
        name: &'static str,
        detail: impl Into<String>,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let (_, text) = self.given.iter().find(|(given, _)| *given == name)?;
        let value = read(text);
        if value.is_none() {
            self.wrong.push(WrongField::new(name, "parameter", detail));
        }
        value
    }

    /// Everything that was wrong, a parameter that is not known too: a filter that is misspelt would
    /// be ignored in silence.
    pub fn finish_known(mut self) -> Result<(), Problem> {
        if let Some(name) = self.unknown.take() {
            let detail =
                format!("There is no parameter `{name}` here. /docs lists those there are.");
            self.wrong.push(WrongField::new(name, "unknown", detail));
        }
        self.finish()
    }

    /// The same as [`Query::finish`], where the contract of a call has 422 for what is wrong.
    pub fn finish_unprocessable(self) -> Result<(), Problem> {
        if self.wrong.is_empty() { Ok(()) } else { Err(Problem::invalid_parameters(self.wrong)) }
    }

    /// Everything that was wrong, or nothing; parameters that are not known are ignored.
    pub fn finish(self) -> Result<(), Problem> {
        if self.wrong.is_empty() { Ok(()) } else { Err(Problem::parameters(self.wrong)) }
    }
}
