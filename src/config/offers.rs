//! The settings of job offers: who may read them, how long one stays that its source shows no more, and through
//! which client platform people apply.

use anyhow::Result;
use domain::PartnerId;
use serde::Deserialize;

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Job offers",
    settings: &[
        setting(
            "POSTULO_OFFERS_PUBLIC",
            "false",
            "same",
            "Whether anybody may look for job offers; otherwise those alone who are signed in. Search engines see them only where this is true.",
        ),
        setting(
            "POSTULO_OFFERS_UNSEEN_DAYS",
            "6",
            "same",
            "For how many days an offer stays open that its source does not show any more, from 1 to 365.",
        ),
        setting(
            "POSTULO_OFFERS_CLIENT",
            "none",
            "same",
            "The id of the client platform in whose name people apply to the offers that are \
             applied to here: `postulo client create` makes one. Without it they are led to the \
             offer's own page.",
        ),
    ],
};

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are the names of the settings")]
struct Given {
    offers_public: Option<bool>,
    offers_unseen_days: Option<u32>,
    offers_client: Option<String>,
}

/// The settings in force.
#[derive(Clone, Debug)]
pub(crate) struct Offers {
    /// Whether anybody may look for them.
    pub(crate) public: bool,
    /// For how many days one stays open that its source does not show any more.
    pub(crate) unseen_days: u32,
    /// In whose name people apply.
    pub(crate) client: Option<PartnerId>,
}

pub(super) fn read(source: &mut Source) -> Result<Offers> {
    let given: Given = source.read()?;
    let unseen_days = given.offers_unseen_days.unwrap_or(6);
    if !(1..=365).contains(&unseen_days) {
        source.wrong("POSTULO_OFFERS_UNSEEN_DAYS is not from 1 to 365");
    }
    let client = given.offers_client.filter(|id| !id.trim().is_empty());
    let client = client.and_then(|id| match id.trim().parse() {
        Ok(id) => Some(id),
        Err(why) => {
            source.wrong(format!("POSTULO_OFFERS_CLIENT: {why}"));
            None
        }
    });
    Ok(Offers { public: given.offers_public.unwrap_or_default(), unseen_days, client })
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;
    use super::*;

    #[test]
    fn what_no_offer_could_follow_is_refused() {
        let wrong = wrong_with("offers_unseen_days = 0\noffers_client = 'Not an id'");
        for name in ["UNSEEN_DAYS", "CLIENT"] {
            let name = format!("POSTULO_OFFERS_{name}");
            assert!(wrong.iter().any(|why| why.starts_with(&name)), "{name}: {wrong:?}");
        }
    }

    #[test]
    fn offers_are_for_those_who_are_signed_in_unless_the_settings_say_otherwise() {
        let offers = read(&mut Source::of("")).unwrap();
        assert_eq!((offers.public, offers.unseen_days, offers.client), (false, 6, None));
        let offers =
            read(&mut Source::of("offers_public = true\noffers_client = 'house'")).unwrap();
        assert!(offers.public && offers.client.is_some());
    }
}
