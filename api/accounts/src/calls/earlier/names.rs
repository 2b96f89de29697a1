//! A full name in two parts, as the earlier services had it.

use commands::UserAccount;

/// The first name and the last: what stands before the first space of the full name, and the rest.
pub(super) fn parts(account: &UserAccount) -> (&str, &str) {
    let full_name = account.full_name.as_ref().map_or("", |name| name.reveal().as_str());
    full_name.split_once(' ').unwrap_or((full_name, ""))
}

/// The full name of these parts.
pub(super) fn whole(first: &str, last: &str) -> String {
    format!("{} {}", first.trim(), last.trim()).trim().to_owned()
}
