//! The settings of operators' sign-in.

use anyhow::Result;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Operators",
    settings: &[setting(
        "POSTULO_SECOND_FACTOR",
        "optional",
        "required",
        "Whether operators must sign in with a second factor (TOTP): required or optional.",
    )],
};

#[derive(Deserialize)]
struct Given {
    second_factor: Option<String>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Operators {
    /// Whether operators must give a second factor.
    pub(crate) second_factor_required: bool,
}

pub(super) fn read(source: &mut Source) -> Result<Operators> {
    let Given { second_factor } = source.read()?;
    let second_factor_required = match second_factor.as_deref() {
        None => source.is_production(),
        Some("required") => true,
        Some("optional") => false,
        Some(_) => {
            source.wrong("POSTULO_SECOND_FACTOR is neither required nor optional");
            true
        }
    };
    Ok(Operators { second_factor_required })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_asks_for_a_second_factor_unless_told() {
        let required = |text| read(&mut Source::of(text)).unwrap().second_factor_required;
        assert!(required("mode = 'production'") && required("second_factor = 'required'"));
        assert!(!required("mode = 'production'\nsecond_factor = 'optional'") && !required(""));
        let mut source = Source::of("second_factor = 'maybe'");
        read(&mut source).unwrap();
        assert_eq!(source.all_wrong().len(), 1);
    }
}
