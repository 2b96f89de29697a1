//! What every page of the admin shows around its content.

use std::ops::Deref;

use commands::OperatorAccount;
use domain::operator::Role;
use event_store::parse_timestamp;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::Permission;
use super::operator::CurrentOperator;
use web::address::readable;
use web::audience::{Search, Workplace};
use web::lang::Lang;

/// The frame of a page, and what its operator may.
pub(crate) struct Frame {
    workplace: Workplace,
    operator: OperatorAccount,
}

/// What a form leaves in the address of the page that it leads to.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    pub(crate) done: String,
}

impl Deref for Frame {
    type Target = Workplace;

    fn deref(&self) -> &Workplace {
        &self.workplace
    }
}

impl Frame {
    pub(crate) fn new(signed: &CurrentOperator, current: &'static str, done: &str) -> Self {
        let (operator, lang) = (signed.account.clone(), signed.lang);
        let known_as = (readable(operator.email.reveal()), role(operator.role, lang));
        let mut workplace = Workplace::new(signed, known_as, current);
        workplace.done = told(done, lang);
        let sees_applications = Permission::SeeApplications.is_given_to(operator.role);
        let finds = if sees_applications {
            lang.t("admin-application-person-platform-page")
        } else {
            lang.t("admin-page")
        };
        workplace.search = Some(Search { path: "/admin/search", finds, sought: String::new() });
        Self { workplace, operator }
    }

    /// The frame of what was searched for.
    pub(crate) fn of_search(mut self, sought: &str) -> Self {
        if let Some(search) = &mut self.workplace.search {
            sought.clone_into(&mut search.sought);
        }
        self
    }

    pub(crate) fn may_see_clients(&self) -> bool {
        Permission::SeeClients.is_given_to(self.operator.role)
    }

    pub(crate) fn may_act(&self) -> bool {
        Permission::Act.is_given_to(self.operator.role)
    }

    pub(crate) fn may_administer(&self) -> bool {
        Permission::Administer.is_given_to(self.operator.role)
    }

    pub(crate) fn may_audit(&self) -> bool {
        Permission::Audit.is_given_to(self.operator.role)
    }

    pub(crate) fn may_manage_people(&self) -> bool {
        Permission::ManagePeople.is_given_to(self.operator.role)
    }

    pub(crate) fn may_see_applications(&self) -> bool {
        Permission::SeeApplications.is_given_to(self.operator.role)
    }
}

/// What a role is called.
pub(crate) fn role(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Support => lang.t("admin-support"),
        Role::Admin => lang.t("admin-admin"),
        Role::Auditor => lang.t("admin-auditor"),
        Role::Analyst => lang.t("admin-analyst"),
        Role::Permits => lang.t("admin-permits-role"),
    }
}

/// A stored time as operators read it: to the second, in the time zone of France.
pub(crate) fn time(at: Timestamp) -> String {
    at.to_zoned(texts::default_zone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The same for a time in a text column.
pub(crate) fn stored_time(text: &str) -> String {
    parse_timestamp(text).map_or_else(|_| text.to_owned(), time)
}

/// How long ago or from now, in one unit.
pub(crate) fn distance(at: Timestamp, now: Timestamp, lang: Lang) -> String {
    let distance = at.duration_since(now);
    if distance.as_secs() == 0 {
        return lang.t("admin-time-now").to_owned();
    }
    let length = length(distance, lang);
    if distance.as_secs() > 0 {
        lang.with("admin-in-time", ("length", &length))
    } else {
        lang.with("admin-time-ago", ("length", &length))
    }
}

/// A length of time in one unit.
pub(crate) fn length(time: SignedDuration, lang: Lang) -> String {
    let size = time.as_secs().unsigned_abs();
    let (number, unit) = match size {
        0..60 => (size, "second"),
        60..3600 => (size / 60, "minute"),
        3600..172_800 => (size / 3600, "hour"),
        _ => (size / 86_400, "day"),
    };
    lang.with("admin-length-of-time", (("number", &number), ("unit", &unit)))
}

/// What a form did, by the short name in the address; what is not known says nothing.
fn told(done: &str, lang: Lang) -> String {
    let (name, number) = done.split_once(':').unwrap_or((done, ""));
    let number =
        if number.len() < 12 && number.bytes().all(|b| b.is_ascii_digit()) { number } else { "" };
    let text = match name {
        "resend" => lang.t("admin-email-leaving-again-it-appears-here"),
        "forward" => lang.t("admin-documents-leaving-history-shows-it"),
        "retry" => lang.t("admin-tried-again"),
        "archive" => lang.t("admin-archived"),
        "restore" => lang.t("admin-taken-back-from-archive"),
        "suppressed" => lang.t("admin-address-on-list"),
        "lifted" => lang.t("admin-address-receives-emails-again-retry-what"),
        "changed" => lang.t("admin-it-saved"),
        "client-paused" => lang.t("admin-emails-of-platform-wait"),
        "client-resumed" => lang.t("admin-emails-of-platform-leave-again"),
        "disabled" => lang.t("admin-platform-disabled"),
        "enabled" => lang.t("admin-platform-enabled-again"),
        "removed" => lang.t("admin-webhook-removed"),
        "paused" => lang.t("admin-webhook-paused"),
        "resumed" => lang.t("admin-webhook-on-again"),
        "replayed" => lang.t("admin-posted-again"),
        "task-asked" => lang.t("schedules-is-asked-for"),
        "task-was-asked" => lang.t("schedules-was-asked-for"),
        "task-off" => lang.t("schedules-is-off"),
        "task-on" => lang.t("schedules-is-on"),
        "source-added" => lang.t("sources-is-added"),
        "source-unmarked" => lang.t("sources-is-unmarked"),
        "source-asked" => lang.t("sources-is-asked-for"),
        "source-paused" => lang.t("sources-is-paused"),
        "source-resumed" => lang.t("sources-is-resumed"),
        "source-removed" => lang.t("sources-is-removed"),
        "rebuild" => lang.t("admin-rebuild-has-begun"),
        "password" => lang.t("admin-password-changed"),
        "factor" => lang.t("admin-second-factor-set-code-asked-for"),
        "erasure-asked" => lang.t("admin-request-waits-for-another-operator-to"),
        "erased" => lang.t("admin-erased-applications"),
        "account-disabled" => lang.t("admin-accounts-is-disabled"),
        "account-enabled" => lang.t("admin-accounts-is-enabled"),
        "account-unlocked" => lang.t("admin-accounts-is-unlocked"),
        "account-resent" => lang.t("admin-accounts-resent"),
        "account-factor" => lang.t("admin-accounts-factor-removed"),
        "erasure-refused" => lang.t("admin-request-refused-nothing-erased"),
        _ => return String::new(),
    };
    format!("{text} {number}").trim_end().to_owned()
}
