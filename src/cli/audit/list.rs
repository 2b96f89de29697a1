//! Signed lists of applications, checked offline.

use std::path::Path;

use anyhow::{Context as _, Result};
use api::space::check_list;
use event_store::tree::TreeVerifier;

use crate::cli::out::say;

/// Needs no database, and no setting.
pub(super) fn check(file: &Path, public: &[String]) -> Result<()> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let verifier = TreeVerifier::new(public.iter().map(String::as_str))?;
    let checked =
        check_list(&bytes, &verifier).with_context(|| format!("{} is refused", file.display()))?;
    let (proven, declared) = checked.counts();
    say!(
        "the list {} of {} is what was signed with {}: proven {proven}, declared {declared}",
        checked.list.id,
        checked.list.made_at,
        checked.key
    );
    if !checked.is_pdf {
        say!("it is the attached file: what a PDF shows was not checked");
    }
    Ok(())
}
