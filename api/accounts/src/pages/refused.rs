//! Why somebody is not signed in, or is not believed to be the owner, in words. Those of a sign-in tell nothing
//! about which part was wrong, nor whether there is such an account.

use axum::http::{StatusCode, header};
use commands::{Password, SignInError};
use jiff::Timestamp;
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::refused::{self, RetryAfter, Why};
use web::lang::{Lang, time};
use web::page::{FieldErrors, WrongField};

use super::users::CurrentUser;

/// An attempt that is refused.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) wrong: String,
    pub(super) retry_after: RetryAfter,
}

/// A sign-in that is refused; `wrong` says so where something is not right.
pub(super) fn refused(
    error: SignInError,
    now: Timestamp,
    lang: Lang,
    wrong: &'static str,
) -> Result<Refused, Failure> {
    let refused::Refused { status, why, retry_after } = refused::refused(error, now)?;
    let wrong = match why {
        Why::Wrong => wrong.to_owned(),
        Why::TooMany(until) => lang.with("account-too-many", ("time", &time(until, lang))),
        Why::Crowded => lang.t("account-crowded").to_owned(),
    };
    Ok(Refused { status, wrong, retry_after })
}

/// What shows that it is the owner who asks, as a form has it: whoever finds or steals a session does not have
/// it (OWASP, Multifactor Authentication: re-authenticate before a factor changes).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Present {
    present: String,
    present_code: String,
}

/// A form that is refused: what is wrong with which field.
pub(super) struct Objection {
    pub(super) status: StatusCode,
    pub(super) errors: FieldErrors,
    pub(super) retry_after: RetryAfter,
}

impl Objection {
    /// Nothing is wrong.
    pub(super) fn none() -> Self {
        Self { status: StatusCode::OK, errors: FieldErrors::none(), retry_after: None }
    }

    /// These fields are wrong.
    pub(super) fn to(wrong: Vec<WrongField>) -> Self {
        let errors = FieldErrors::in_words(wrong);
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, errors, retry_after: None }
    }

    /// This one field is wrong.
    pub(super) fn to_one(name: &'static str, label: &'static str, text: String) -> Self {
        Self::to(vec![WrongField { name, label, text }])
    }

    /// The password or the code that a user gave of their own is wrong, or was too often.
    pub(super) fn to_present(
        error: SignInError,
        app: &App,
        signed: &CurrentUser,
    ) -> Result<Self, Failure> {
        let (lang, account) = (signed.lang, &signed.account);
        let wrong = if account.has_second_factor {
            lang.t("account-present-wrong-either")
        } else {
            lang.t("account-present-wrong")
        };
        let Refused { status, wrong, retry_after } =
            refused(error, app.commands.now(), lang, wrong)?;
        let label = lang.t("account-present-password");
        let errors =
            FieldErrors::in_words(vec![WrongField { name: "present", label, text: wrong }]);
        Ok(Self { status, errors, retry_after })
    }
}

impl Present {
    /// The password.
    pub(super) fn password(&self) -> Password {
        Password::presented(&self.present)
    }

    /// The code of the second factor.
    pub(super) fn code(&self) -> &str {
        &self.present_code
    }

    /// What is wrong with the password or the code that a user gave of their own; `None` where both are right.
    pub(super) async fn objection(
        &self,
        app: &App,
        signed: &CurrentUser,
    ) -> Result<Option<Objection>, Failure> {
        let identity = app.commands.identity();
        match identity.confirm(&signed.account, self.password(), self.code()).await {
            Ok(()) => Ok(None),
            Err(error) => Objection::to_present(error, app, signed).map(Some),
        }
    }
}

/// Too many passwords are being hashed at once.
pub(super) fn crowded(lang: Lang) -> Objection {
    let text = lang.t("account-crowded").to_owned();
    let wrong = WrongField { name: "password", label: lang.t("account-password"), text };
    let errors = FieldErrors::in_words(vec![wrong]);
    let retry_after = Some([(header::RETRY_AFTER, "5".to_owned())]);
    Objection { status: StatusCode::SERVICE_UNAVAILABLE, errors, retry_after }
}
