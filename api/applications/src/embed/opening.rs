//! Whether the form may be opened, checked or sent: a platform that is known, and a token or the
//! ticket of an opened form that holds.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use commands::{EmbedClaim, PartnerAccount, advice};
use uuid::Uuid;

use web::app::App;
use web::lang::Lang;
use web::security;
use web::upload::Trust;

/// What came with a request to the form, from its address or from its body.
pub(crate) type Given = HashMap<String, String>;

/// A form that may be shown: its client is known, and its token holds.
pub(crate) struct Opened {
    pub(crate) partner: PartnerAccount,
    pub(crate) lang: Lang,
    pub(crate) ancestors: String,
    /// When its first token was issued, in seconds since 1970.
    since: i64,
}

/// Why a form does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// No such platform, or one that is shut out.
    UnknownClient,
    /// A parameter that the token binds is missing.
    Missing(&'static str),
    /// Neither its token nor its ticket holds.
    Token,
    /// The log does not answer.
    Unavailable,
}

/// A form that does not open, and to whom that may be said.
#[derive(Debug)]
pub(crate) struct NotOpened {
    pub(crate) reason: Reason,
    pub(crate) lang: Lang,
    /// Who may hold the page; before the client is known it holds nothing that is not told to all.
    pub(crate) ancestors: String,
    /// The origins that its messages go to; to any while there is none.
    pub(crate) origins: String,
}

impl NotOpened {
    /// Why, in a sentence for a person.
    pub(crate) fn message(&self) -> String {
        let lang = self.lang;
        match self.reason {
            Reason::UnknownClient => lang.t("apply-site-that-shows-it-not-known").to_owned(),
            Reason::Missing(name) => lang.with("apply-parameter-missing", ("name", &name)),
            Reason::Token => lang.t("apply-its-access-token-missing-altered-or").to_owned(),
            Reason::Unavailable => lang.t("apply-service-does-not-answer-right-now").to_owned(),
        }
    }
}

/// The origins of a platform, as the form's script reads them.
pub(crate) fn origins(partner: &PartnerAccount) -> String {
    let origins: Vec<_> = partner.settings.origins.iter().map(domain::Origin::as_str).collect();
    origins.join(" ")
}

/// Opens the form, or says why it does not open.
pub(crate) async fn open(app: &App, given: &Given) -> Result<Opened, NotOpened> {
    let asked = given.get("lang").map(String::as_str);
    let lang = Lang::asked(asked, domain::Language::default());
    let not = |reason| NotOpened { reason, lang, ancestors: "*".into(), origins: String::new() };
    let Some(id) = given.get("client_id").and_then(|id| id.parse().ok()) else {
        return Err(not(Reason::UnknownClient));
    };
    let partner = match app.commands.partners().find(&id).await {
        Ok(Some(partner)) if partner.disabled_at.is_none() => partner,
        Ok(_) => return Err(not(Reason::UnknownClient)),
        Err(error) => {
            tracing::error!(error = %advice::told(&error), "a form could not be opened");
            return Err(not(Reason::Unavailable));
        }
    };
    let lang = Lang::asked(asked, partner.settings.language);
    let ancestors = security::frame_ancestors(&partner.settings.origins);
    match since(app, |name| given.get(name).map(String::as_str)) {
        Ok(since) => Ok(Opened { partner, lang, ancestors, since }),
        Err(reason) => Err(NotOpened { reason, lang, ancestors, origins: origins(&partner) }),
    }
}

/// Since when a form is open, in seconds since 1970, by its token or its ticket.
pub(crate) fn since<'a>(app: &App, get: impl Fn(&str) -> Option<&'a str>) -> Result<i64, Reason> {
    let timestamp = get("timestamp").and_then(timestamp).unwrap_or_default();
    let claim = claim(&get, timestamp).map_err(Reason::Missing)?;
    let now = app.commands.now();
    let token = get("token").unwrap_or_default();
    let by_token = app.commands.embed_tokens().check(token, &claim, now);
    let by_ticket = || {
        let form = get("form_id").and_then(|id| Uuid::parse_str(id).ok())?;
        let ticket = get("form_ticket").unwrap_or_default();
        app.commands.form_tickets().check(ticket, &claim, form, now).ok()
    };
    by_token.ok().or_else(by_ticket).ok_or(Reason::Token)
}

/// Whose body it is, by the fields that came so far.
pub(crate) fn trust(app: &App, fields: &[(String, String)]) -> Trust {
    let get = |name: &str| {
        let found = fields.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    match since(app, get) {
        Ok(_) => Trust::Form(of_form(&get)),
        // Its documents may stand in front of its fields.
        Err(Reason::Missing(_)) => Trust::Stranger,
        Err(_) if get("token").is_none() && get("form_ticket").is_none() => Trust::Stranger,
        Err(_) => Trust::Refused,
    }
}

/// Names the form that what the token binds is about, whichever token it came with.
fn of_form<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for name in ["client_id", "candidate_email", "candidate_peid", "employer_email"] {
        get(name).hash(&mut hasher);
    }
    hasher.finish()
}

impl Opened {
    /// The ticket with which the form called `form` may be sent for a day.
    pub(crate) fn ticket(&self, app: &App, given: &Given, form: Uuid) -> String {
        let claim = claim(|name| given.get(name).map(String::as_str), 0);
        claim.map_or_else(
            |_| String::new(),
            |claim| app.commands.form_tickets().ticket(&claim, form, self.since),
        )
    }
}

/// The claim that `fields` make at `timestamp`, or which parameter is missing.
pub(crate) fn claim<'a>(
    get: impl Fn(&str) -> Option<&'a str>,
    timestamp: i64,
) -> Result<EmbedClaim<'a>, &'static str> {
    let required =
        |name: &'static str| get(name).filter(|value| !value.trim().is_empty()).ok_or(name);
    Ok(EmbedClaim {
        client_id: required("client_id")?,
        candidate_email: required("candidate_email")?,
        candidate_peid: required("candidate_peid")?,
        employer_email: required("employer_email")?,
        timestamp,
    })
}

/// Seconds since 1970, as they were handed out; a fraction, as Python's `time()` adds, is cut off.
pub(crate) fn timestamp(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => text,
    };
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_taken_with_a_fraction_as_well() {
        for text in ["1700000000", "1700000000.0", " 1700000000.7182 ", "1700000000."] {
            assert_eq!(timestamp(text), Some(1_700_000_000), "{text}");
        }
        for text in ["", ".", "x", "1e9", "17.x", "NaN", "99999999999999999999"] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }
}
