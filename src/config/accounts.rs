//! The settings of the accounts of candidates and recruiters.

use anyhow::Result;
use commands::{AccountSettings, Lasting};
use domain::Origin;
use jiff::SignedDuration;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Accounts",
    settings: &[
        setting(
            "POSTULO_API_ORIGINS",
            "http://localhost:3000",
            "none",
            "The sites whose pages may call the JSON interfaces of candidates and recruiters (CORS, with credentials), separated by commas: https://www.example.com.",
        ),
        setting(
            "POSTULO_ACCESS_TOKEN_MINUTES",
            "30",
            "same",
            "For how many minutes an access token is good: from 6 to 1440.",
        ),
        setting(
            "POSTULO_REFRESH_TOKEN_DAYS",
            "7",
            "same",
            "For how many days a refresh token is good: from 1 to 90. Each use gives another one.",
        ),
        setting(
            "POSTULO_PASSWORD_MINIMUM",
            "15",
            "same",
            "The least number of characters of a candidate's or recruiter's password: from 8 to 64. With a second factor, 8 are enough.",
        ),
        setting(
            "POSTULO_ACCOUNTS_TELL_TAKEN",
            "false",
            "same",
            "Whether somebody who registers is told that the address is taken. It tells anybody who has an account here: true is for clients of an earlier service that count on it.",
        ),
    ],
};

#[derive(Deserialize)]
struct Given {
    api_origins: Option<String>,
    access_token_minutes: Option<u32>,
    refresh_token_days: Option<u32>,
    password_minimum: Option<u32>,
    accounts_tell_taken: Option<bool>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// Whose pages may call.
    pub(crate) origins: Vec<Origin>,
    /// Whether a taken address is told.
    pub(crate) tell_taken: bool,
    /// What the write side is to know.
    pub(crate) settings: AccountSettings,
}

pub(super) fn read(source: &mut Source) -> Result<Accounts> {
    let given: Given = source.read()?;
    let minutes =
        within("POSTULO_ACCESS_TOKEN_MINUTES", given.access_token_minutes, 30, 6, 1440, source);
    let days = within("POSTULO_REFRESH_TOKEN_DAYS", given.refresh_token_days, 7, 1, 90, source);
    let minimum = within("POSTULO_PASSWORD_MINIMUM", given.password_minimum, 15, 8, 64, source);
    let lasting = Lasting {
        access: SignedDuration::from_mins(minutes.into()),
        refresh: SignedDuration::from_hours(24 * i64::from(days)),
    };
    Ok(Accounts {
        origins: origins(given.api_origins, source),
        tell_taken: given.accounts_tell_taken.unwrap_or_default(),
        settings: AccountSettings {
            password_minimum: usize::try_from(minimum).unwrap_or(usize::MAX),
            lasting,
        },
    })
}

fn within(
    name: &'static str,
    given: Option<u32>,
    usual: u32,
    least: u32,
    most: u32,
    source: &mut Source,
) -> u32 {
    let number = given.unwrap_or(usual);
    if (least..=most).contains(&number) {
        return number;
    }
    source.wrong(format!("{name} is not from {least} to {most}"));
    usual
}

fn origins(given: Option<String>, source: &mut Source) -> Vec<Origin> {
    let usual = if source.is_production() { "" } else { "http://localhost:3000" };
    let text = given.unwrap_or_else(|| usual.to_owned());
    let mut origins = vec![];
    for origin in text.split(',').map(str::trim).filter(|origin| !origin.is_empty()) {
        match origin.parse() {
            Ok(origin) => origins.push(origin),
            Err(why) => source.wrong(format!("POSTULO_API_ORIGINS: {origin:?}: {why}")),
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;
    use super::*;

    #[test]
    fn what_is_out_of_bounds_is_told_by_its_name() {
        let wrong = wrong_with(
            "access_token_minutes = 5\nrefresh_token_days = 0\npassword_minimum = 7\napi_origins = '*'",
        );
        let names =
            ["ACCESS_TOKEN_MINUTES", "REFRESH_TOKEN_DAYS", "PASSWORD_MINIMUM", "API_ORIGINS"];
        for name in names {
            let name = format!("POSTULO_{name}");
            assert!(wrong.iter().any(|why| why.starts_with(&name)), "{name}: {wrong:?}");
        }
    }

    #[test]
    fn without_any_setting_the_front_end_of_a_developer_may_call() {
        let accounts = read(&mut Source::of("")).unwrap();
        assert_eq!(accounts.origins, ["http://localhost:3000".parse().unwrap()]);
        assert_eq!(accounts.settings, AccountSettings::default());
        assert!(!accounts.tell_taken);
    }
}
