//! Cells that a spreadsheet would take for a formula.

use std::borrow::Cow;

/// A cell that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe
/// in front (OWASP, CSV injection: `=`, `+`, `-`, `@`, tab, carriage return, line feed; and the
/// full-width forms of the signs, which some spreadsheets take alike). Spaces in front do not hide
/// the sign. The CSV writer's quoting does the rest.
pub fn defused(cell: &str) -> Cow<'_, str> {
    let first = cell.chars().next();
    let control = matches!(first, Some('\t' | '\r' | '\n'));
    let sign = matches!(
        cell.trim_start().chars().next(),
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    );
    if control || sign { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")")]
    #[case("+33 6 12 34 56 78", "'+33 6 12 34 56 78")]
    #[case("-1+1", "'-1+1")]
    #[case("@SUM(A1)", "'@SUM(A1)")]
    #[case("\t=1", "'\t=1")]
    #[case("\r=1", "'\r=1")]
    #[case("\nx", "'\nx")]
    #[case("  =1", "'  =1")]
    #[case("＝1", "'＝1")]
    #[case("Dupont-Martin", "Dupont-Martin")]
    #[case("a=b", "a=b")]
    #[case("06 12 34 56 78", "06 12 34 56 78")]
    #[case("", "")]
    fn a_formula_gets_an_apostrophe(#[case] cell: &str, #[case] expected: &str) {
        assert_eq!(defused(cell), expected);
    }
}
