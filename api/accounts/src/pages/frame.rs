//! What every page of a user shows around its content.

use serde::Deserialize;
use web::address::readable;
use web::audience::{Banner, Group, Search, Workplace};

use super::users::CurrentUser;

/// The user's account itself. It stands last in the menu.
pub const ACCOUNT: Group = Group { id: "menu-account", name: |lang| lang.t("account-menu") };

/// What a form leaves in the address of the page that it leads to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    pub(super) done: String,
}

/// The frame of the page `current`, with what the form before it did.
pub fn frame(signed: &CurrentUser, current: &'static str, done: &str) -> Workplace {
    let (account, lang) = (&signed.account, signed.lang);
    let address = readable(account.email.reveal());
    let name = account.full_name.as_ref().map(|name| name.reveal().clone());
    let name = name.unwrap_or_else(|| address.clone());
    let mut frame = Workplace::new(signed, (name, ""), current);
    done.clone_into(&mut frame.done);
    let finds = lang.t("space-find-what");
    frame.search = Some(Search { path: "/me/applications", finds, sought: String::new() });
    if !account.email_confirmed {
        let text = lang.with("account-banner-confirm", ("address", &address));
        let link = lang.t("account-banner-confirm-link");
        frame.banner = Some(Banner { text, to: "/account#address", link });
    }
    frame
}

/// The same for a page of the account, which tells by a short name in its address what was done; what is not
/// known says nothing.
pub(super) fn own(signed: &CurrentUser, current: &'static str, done: &Done) -> Workplace {
    let lang = signed.lang;
    let told = match &*done.done {
        "changed" => lang.t("account-changed"),
        "address" => lang.t("account-address-asked"),
        "resent" => lang.t("account-resent"),
        "factor" => lang.t("account-factor-set"),
        "ended" => lang.t("account-session-ended"),
        "ended-others" => lang.t("account-sessions-ended"),
        _ => "",
    };
    frame(signed, current, told)
}
