use domain::Language;

use super::paragraphs::{Button, Paragraphs, paragraphs};
use super::{Letter, RenderError};
use crate::Wording as _;

/// What a letter to the owner of an account says. Links are absolute URLs.
#[derive(Clone, Copy, Debug)]
pub enum AccountLetter<'a> {
    /// The address is to be confirmed.
    Confirm {
        /// The page on which it is, by a one-time link.
        url: &'a str,
        /// For how many hours the link is good.
        hours: i64,
        /// The name that the account goes by beside the address, where it may stand in a letter.
        name: Option<&'a str>,
        /// The day on which it was registered, in words.
        day: &'a str,
        /// How many other accounts carry the address unconfirmed, and are erased by its confirmation.
        rivals: usize,
    },
    /// Somebody gave the address, which belongs to an account already.
    Known {
        /// The page on which its owner signs in.
        url: &'a str,
    },
    /// The password was called forgotten.
    Reset {
        /// The user name of the account, where one was chosen: an address may have several accounts.
        username: Option<&'a str>,
        /// The page on which another password is chosen, by a one-time link.
        url: &'a str,
        /// For how many minutes the link is good.
        minutes: i64,
        /// Whether the address belongs to the account: a second factor from before is gone otherwise.
        confirmed: bool,
    },
    /// A refresh token was used twice.
    TokenReused {
        /// The page on which the password is changed.
        url: &'a str,
    },
    /// The account has another address; to the former one.
    AddressChanged,
    /// The account is closed soon, because nobody signed in for long.
    Closing {
        /// The day, in words.
        day: &'a str,
        /// The page on which its owner signs in, and keeps it by that.
        url: &'a str,
    },
}

impl AccountLetter<'_> {
    /// The kind of the letter, in one word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Confirm { .. } => "address_confirmation",
            Self::Known { .. } => "address_known",
            Self::Reset { .. } => "password_reset",
            Self::TokenReused { .. } => "token_reused",
            Self::AddressChanged => "address_changed",
            Self::Closing { .. } => "account_closing",
        }
    }
}

/// A letter to the owner of an account.
pub fn account(
    letter: &AccountLetter<'_>,
    language: Language,
    service: &str,
) -> Result<Letter, RenderError> {
    let by_service = |key| language.with(key, ("service", service));
    let said = |key| language.t(key).to_owned();
    let button = |key, url| Some(Button { label: said(key), url });
    let of = |subject, title, paragraphs, button, small, why| Paragraphs {
        language,
        service,
        subject,
        title,
        paragraphs,
        button,
        small,
        why,
    };
    let letter = match *letter {
        AccountLetter::Confirm { url, hours, name, day, rivals } => {
            let account = match name {
                Some(name) => {
                    language.with("account-letters-confirm-named", (("name", name), ("day", day)))
                }
                None => language.with("account-letters-confirm-unnamed", ("day", day)),
            };
            let rivals = (rivals > 0)
                .then(|| language.with("account-letters-confirm-rivals", ("count", rivals)));
            let texts = [by_service("account-letters-confirm-text"), account];
            of(
                by_service("account-letters-confirm-subject"),
                said("account-letters-confirm-title"),
                texts.into_iter().chain(rivals).collect(),
                button("account-letters-confirm-action", url),
                vec![
                    language.with("account-letters-confirm-valid", ("hours", hours)),
                    said("account-letters-confirm-effect"),
                ],
                vec![
                    by_service("account-letters-confirm-why"),
                    said("account-letters-confirm-not-you"),
                ],
            )
        }
        AccountLetter::Known { url } => of(
            by_service("account-letters-known-subject"),
            said("account-letters-known-title"),
            vec![by_service("account-letters-known-text"), said("account-letters-known-forgotten")],
            button("account-letters-sign-in", url),
            vec![],
            vec![by_service("account-letters-known-why"), said("account-letters-known-not-you")],
        ),
        AccountLetter::Reset { username, url, minutes, confirmed } => {
            let effect = if confirmed {
                said("account-letters-reset-effect")
            } else {
                said("account-letters-reset-effect-earlier")
            };
            let intro = match username {
                Some(name) => language.with(
                    "account-letters-reset-text-named",
                    (("service", service), ("name", name)),
                ),
                None => by_service("account-letters-reset-text"),
            };
            of(
                by_service("account-letters-reset-subject"),
                said("account-letters-reset-title"),
                vec![intro],
                button("account-letters-reset-action", url),
                vec![language.with("account-letters-reset-valid", ("minutes", minutes)), effect],
                vec![
                    by_service("account-letters-reset-why"),
                    said("account-letters-reset-not-you"),
                ],
            )
        }
        AccountLetter::TokenReused { url } => of(
            by_service("account-letters-reused-subject"),
            said("account-letters-reused-title"),
            vec![by_service("account-letters-reused-text"), said("account-letters-reused-advice")],
            button("account-letters-reused-action", url),
            vec![],
            vec![by_service("account-letters-owner-why")],
        ),
        AccountLetter::AddressChanged => of(
            by_service("account-letters-changed-subject"),
            said("account-letters-changed-title"),
            vec![
                by_service("account-letters-changed-text"),
                said("account-letters-changed-not-you"),
            ],
            None,
            vec![],
            vec![by_service("account-letters-changed-why")],
        ),
        AccountLetter::Closing { day, url } => of(
            by_service("account-letters-closing-subject"),
            said("account-letters-closing-title"),
            vec![
                language.with("account-letters-closing-text", (("service", service), ("day", day))),
                said("account-letters-closing-keep"),
            ],
            button("account-letters-sign-in", url),
            vec![],
            vec![by_service("account-letters-owner-why")],
        ),
    };
    paragraphs(&letter)
}
