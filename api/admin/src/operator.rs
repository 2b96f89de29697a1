//! Operators, as those who sign in to the admin.

use axum_extra::extract::cookie::SameSite;
use commands::{Cause, CommandError, Commands, OperatorAccount};
use domain::operator::OperatorRefusal;
use web::app::Settings;
use web::audience::{Current, Members, Premises};
use web::request::Context;

use super::Permission;

/// The operators.
pub enum Operators {}

impl Members for Operators {
    type Account = OperatorAccount;
    type Permission = Permission;

    const THEMSELVES: Permission = Permission::BeThemselves;
    const PREMISES: Premises = Premises {
        home: "/admin",
        sign_in: "/admin/sign-in",
        sign_out: "/admin/sign-out",
        language: "/admin/language",
        account: "/admin/account",
        leads_to: &["/admin"],
        same_site: SameSite::Strict,
        session: "postulo_session",
        device: "postulo_device_",
    };

    fn may(operator: &OperatorAccount, permission: Permission) -> bool {
        permission.is_given_to(operator.role)
    }

    fn lacks_second_factor(operator: &OperatorAccount, settings: &Settings) -> bool {
        settings.second_factor_required && !operator.has_second_factor
    }

    fn cause(operator: &OperatorAccount, context: &Context) -> Cause {
        context.operator(operator.id)
    }

    async fn record_look(
        commands: &Commands,
        page: &str,
        fields: &[(String, String)],
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        commands.operators().record_look(page, fields, cause).await
    }
}

/// The operator whose session came with the request.
pub(crate) type CurrentOperator = Current<Operators>;
