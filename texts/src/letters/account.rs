use domain::Language;

use super::paragraphs::{Button, Paragraphs, paragraphs};
use super::{Letter, RenderError};
use crate::Wording as _;

/// What changed of that with which an account signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsChange {
    /// The password.
    Password,
    /// A second factor was set.
    FactorSet,
    /// It was taken away.
    FactorRemoved,
}

impl CredentialsChange {
    const fn text(self) -> &'static str {
        match self {
            Self::Password => "account-letters-credentials-password",
            Self::FactorSet => "account-letters-credentials-factor-set",
            Self::FactorRemoved => "account-letters-credentials-factor-removed",
        }
    }
}

/// The name that an account goes by beside its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountName<'a> {
    /// It has none.
    None,
    /// It has one that stands in no letter.
    HeldBack,
    /// It has this one.
    Told(&'a str),
}

/// What a letter to the owner of an account says. Links are absolute URLs.
#[derive(Clone, Copy, Debug)]
pub enum AccountLetter<'a> {
    /// The address is to be confirmed.
    Confirm {
        /// The page on which it is, by a one-time link.
        url: &'a str,
        /// For how many hours the link is good.
        hours: i64,
        /// The name that the account goes by beside the address.
        name: AccountName<'a>,
        /// The day on which it was registered, in words.
        day: &'a str,
        /// How many other accounts carry the address unconfirmed, and are erased by its
        /// confirmation.
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
        /// Whether the address belongs to the account: a second factor from before is gone
        /// otherwise.
        confirmed: bool,
    },
    /// A refresh token was used twice.
    TokenReused {
        /// The page on which the password is changed.
        url: &'a str,
    },
    /// Another address was given for the account; to the one that it has.
    AddressAsked {
        /// The page on which the password is changed.
        url: &'a str,
    },
    /// The account has another address; to the former one.
    AddressChanged,
    /// What the account signs in with is another one.
    CredentialsChanged {
        /// What of it.
        what: CredentialsChange,
        /// When, in words.
        time: &'a str,
        /// The page on which a letter is asked for that replaces the password.
        url: &'a str,
    },
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
            Self::AddressAsked { .. } => "address_asked",
            Self::AddressChanged => "address_changed",
            Self::CredentialsChanged { .. } => "credentials_changed",
            Self::Closing { .. } => "account_closing",
        }
    }
}

/// In which language, and in whose name, a letter is written.
#[derive(Clone, Copy)]
struct Writer<'a> {
    language: Language,
    service: &'a str,
}

impl<'a> Writer<'a> {
    fn by_service(self, key: &'static str) -> String {
        self.language.with(key, ("service", self.service))
    }

    fn said(self, key: &'static str) -> String {
        self.language.t(key).to_owned()
    }

    fn button(self, key: &'static str, url: &'a str) -> Button<'a> {
        Button { label: self.said(key), url }
    }

    fn of(
        self,
        subject: String,
        title: String,
        paragraphs: Vec<String>,
        button: Option<Button<'a>>,
        small: Vec<String>,
        why: Vec<String>,
    ) -> Paragraphs<'a> {
        let Self { language, service } = self;
        Paragraphs { language, service, subject, title, paragraphs, button, small, why }
    }

    fn confirm(self, (url, hours): (&'a str, i64), account: Vec<String>) -> Paragraphs<'a> {
        let text = self.by_service("account-letters-confirm-text");
        self.of(
            self.by_service("account-letters-confirm-subject"),
            self.said("account-letters-confirm-title"),
            [text].into_iter().chain(account).collect(),
            Some(self.button("account-letters-confirm-action", url)),
            vec![
                self.language.with("account-letters-confirm-valid", ("hours", hours)),
                self.said("account-letters-confirm-effect"),
            ],
            vec![
                self.by_service("account-letters-confirm-why"),
                self.said("account-letters-confirm-not-you"),
            ],
        )
    }

    fn reset(
        self,
        username: Option<&str>,
        (url, minutes): (&'a str, i64),
        confirmed: bool,
    ) -> Paragraphs<'a> {
        let intro = match username {
            Some(name) => self.language.with(
                "account-letters-reset-text-named",
                (("service", self.service), ("name", name)),
            ),
            None => self.by_service("account-letters-reset-text"),
        };
        self.of(
            self.by_service("account-letters-reset-subject"),
            self.said("account-letters-reset-title"),
            vec![intro],
            Some(self.button("account-letters-reset-action", url)),
            vec![
                self.language.with("account-letters-reset-valid", ("minutes", minutes)),
                self.said(reset_effect(confirmed)),
            ],
            vec![
                self.by_service("account-letters-reset-why"),
                self.said("account-letters-reset-not-you"),
            ],
        )
    }
}

/// A letter to the owner of an account.
pub fn account(
    letter: &AccountLetter<'_>,
    language: Language,
    service: &str,
) -> Result<Letter, RenderError> {
    let by = Writer { language, service };
    let letter = match *letter {
        AccountLetter::Confirm { url, hours, name, day, rivals } => {
            by.confirm((url, hours), registered(name, day, rivals, language))
        }
        AccountLetter::Known { url } => by.of(
            by.by_service("account-letters-known-subject"),
            by.said("account-letters-known-title"),
            vec![
                by.by_service("account-letters-known-text"),
                by.said("account-letters-known-forgotten"),
            ],
            Some(by.button("account-letters-sign-in", url)),
            vec![],
            vec![
                by.by_service("account-letters-known-why"),
                by.said("account-letters-known-not-you"),
            ],
        ),
        AccountLetter::Reset { username, url, minutes, confirmed } => {
            by.reset(username, (url, minutes), confirmed)
        }
        AccountLetter::TokenReused { url } => by.of(
            by.by_service("account-letters-reused-subject"),
            by.said("account-letters-reused-title"),
            vec![
                by.by_service("account-letters-reused-text"),
                by.said("account-letters-reused-advice"),
            ],
            Some(by.button("account-letters-reused-action", url)),
            vec![],
            vec![by.by_service("account-letters-owner-why")],
        ),
        AccountLetter::AddressAsked { url } => by.of(
            by.by_service("account-letters-asked-subject"),
            by.said("account-letters-asked-title"),
            vec![
                by.by_service("account-letters-asked-text"),
                by.said("account-letters-asked-not-you"),
            ],
            Some(by.button("account-letters-reused-action", url)),
            vec![],
            vec![by.by_service("account-letters-owner-why")],
        ),
        AccountLetter::CredentialsChanged { what, time, url } => by.of(
            by.by_service("account-letters-credentials-subject"),
            by.said("account-letters-credentials-title"),
            vec![
                language.with(what.text(), (("service", service), ("time", time))),
                by.said("account-letters-credentials-not-you"),
            ],
            Some(by.button("account-letters-credentials-action", url)),
            vec![],
            vec![by.by_service("account-letters-owner-why")],
        ),
        AccountLetter::AddressChanged => by.of(
            by.by_service("account-letters-changed-subject"),
            by.said("account-letters-changed-title"),
            vec![
                by.by_service("account-letters-changed-text"),
                by.said("account-letters-changed-not-you"),
            ],
            None,
            vec![],
            vec![by.by_service("account-letters-changed-why")],
        ),
        AccountLetter::Closing { day, url } => by.of(
            by.by_service("account-letters-closing-subject"),
            by.said("account-letters-closing-title"),
            vec![
                language.with("account-letters-closing-text", (("service", service), ("day", day))),
                by.said("account-letters-closing-keep"),
            ],
            Some(by.button("account-letters-sign-in", url)),
            vec![],
            vec![by.by_service("account-letters-owner-why")],
        ),
    };
    paragraphs(&letter)
}

/// Which account an address is to be confirmed for, and which others that erases.
fn registered(name: AccountName<'_>, day: &str, rivals: usize, language: Language) -> Vec<String> {
    let account = match name {
        AccountName::Told(name) => {
            language.with("account-letters-confirm-named", (("name", name), ("day", day)))
        }
        AccountName::HeldBack => {
            language.with("account-letters-confirm-name-held-back", ("day", day))
        }
        AccountName::None => language.with("account-letters-confirm-unnamed", ("day", day)),
    };
    let rivals =
        (rivals > 0).then(|| language.with("account-letters-confirm-rivals", ("count", rivals)));
    [account].into_iter().chain(rivals).collect()
}

/// What becomes of a second factor where a letter replaces the password.
const fn reset_effect(confirmed: bool) -> &'static str {
    if confirmed { "account-letters-reset-effect" } else { "account-letters-reset-effect-earlier" }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const URL: &str = "https://postulo.example/account/page?a=1&b=2";

    fn text(letter: &AccountLetter<'_>, language: Language) -> String {
        account(letter, language, "Postulo").unwrap().text
    }

    #[rstest]
    #[case(Language::En, "account of “mira”", "without a name", "2 other accounts")]
    #[case(Language::Fr, "compte de « mira »", "sans nom", "2 autres comptes")]
    fn whoever_confirms_reads_whose_account_it_is_and_how_many_are_erased(
        #[case] language: Language,
        #[case] named: &str,
        #[case] unnamed: &str,
        #[case] others: &str,
    ) {
        let confirm = |name, rivals| {
            let (url, hours, day) = (URL, 24, "a day");
            text(&AccountLetter::Confirm { url, hours, name, day, rivals }, language)
        };
        let full = confirm(AccountName::Told("mira"), 2);
        assert!(full.contains(named) && full.contains(others) && full.contains(URL), "{full}");
        let minimal = confirm(AccountName::None, 0);
        assert!(minimal.contains(unnamed) && !minimal.contains("mira"), "{minimal}");
        let held_back = confirm(AccountName::HeldBack, 0);
        assert!(held_back.contains("a day.") && !held_back.contains(unnamed), "{held_back}");
        assert_ne!(confirm(AccountName::None, 1), minimal);
        assert!(!minimal.contains(others), "{minimal}");
    }

    #[rstest]
    fn whoever_has_the_account_reads_what_changed_and_where_to_go(
        #[values(Language::En, Language::Fr)] language: Language,
    ) {
        let time = "at this time";
        let changes = [
            CredentialsChange::Password,
            CredentialsChange::FactorSet,
            CredentialsChange::FactorRemoved,
        ];
        let changed = changes.map(|what| {
            text(&AccountLetter::CredentialsChanged { what, time, url: URL }, language)
        });
        assert!(changed.iter().all(|text| text.contains(URL)));
        assert!(changed.iter().all(|text| text.contains(": at this time.")), "{changed:?}");
        assert!(changed[0] != changed[1] && changed[1] != changed[2] && changed[0] != changed[2]);
        assert!(text(&AccountLetter::AddressAsked { url: URL }, language).contains(URL));
        let reset = |confirmed| {
            let (username, minutes) = (None, 30);
            text(&AccountLetter::Reset { username, url: URL, minutes, confirmed }, language)
        };
        assert_ne!(reset(true), reset(false), "what becomes of a second factor");
    }
}
