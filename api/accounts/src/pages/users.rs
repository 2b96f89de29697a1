//! Users, as those who sign in to a space of their own.

use axum_extra::extract::cookie::SameSite;
use commands::{Cause, CommandError, Commands, UserAccount};
use domain::Language;
use domain::account::AccountRefusal;
use web::app::Settings;
use web::audience::{Current, Members, Premises};
use web::request::Context;

/// The users.
#[derive(Clone, Copy, Debug)]
pub enum Users {}

/// What an address of the space asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Their own account and space; every user. What belongs to somebody else is not found.
    BeThemselves,
}

impl Members for Users {
    type Account = UserAccount;
    type Permission = Permission;

    const THEMSELVES: Permission = Permission::BeThemselves;
    const PREMISES: Premises = Premises {
        home: "/me",
        sign_in: "/account/sign-in",
        sign_out: "/account/sign-out",
        language: "/account/language",
        account: "/account",
        leads_to: &["/me", "/account", "/offers"],
        // Links in letters find somebody signed in.
        same_site: SameSite::Lax,
        session: "postulo_user_session",
        device: "postulo_user_device_",
    };

    fn may(_: &UserAccount, permission: Permission) -> bool {
        match permission {
            Permission::BeThemselves => true,
        }
    }

    fn lacks_second_factor(_: &UserAccount, _: &Settings) -> bool {
        false
    }

    fn language(account: &UserAccount) -> Option<Language> {
        Some(account.language)
    }

    fn cause(account: &UserAccount, context: &Context) -> Cause {
        context.user(account.id)
    }

    /// What users see is their own.
    async fn record_look(
        _: &Commands,
        _: &str,
        _: &[(String, String)],
        _: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        Ok(())
    }
}

/// The user whose session came with the request.
pub type CurrentUser = Current<Users>;
