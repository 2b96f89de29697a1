//! The members of a body, read into values that are valid.

use std::str::FromStr;

use domain::Invalid;
use web::lang::Lang;
use web::problem::Problem;

use super::problems;

/// The value of a member; where it is none, what is wrong with it.
pub(super) fn value<T: FromStr<Err = Invalid>>(
    lang: Lang,
    field: &'static str,
    text: &str,
) -> Result<T, Problem> {
    text.parse().map_err(|invalid: Invalid| {
        problems::wrong(lang, field, invalid.code(), &texts::invalid(&invalid, lang.0))
    })
}

/// The value of a member that may be left out, or empty.
pub(super) fn optional<T: FromStr<Err = Invalid>>(
    lang: Lang,
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<T>, Problem> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(|text| value(lang, field, text)).transpose()
}
