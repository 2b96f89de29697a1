//! What every page of the admin shows around its content.

use commands::OperatorAccount;
use domain::operator::Role;
use event_store::parse_timestamp;
use jiff::Timestamp;
use serde::Deserialize;

use super::Permission;
use super::guard::Signed;
use super::menu::{Part, menu};
use crate::address::readable;
use crate::lang::Lang;

/// The frame of a page: who is signed in, where they may go, what just happened.
pub(crate) struct Frame {
    pub(crate) lang: Lang,
    pub(crate) email: String,
    pub(crate) role: &'static str,
    pub(crate) current: &'static str,
    /// What the search of everything was asked; empty on other pages.
    pub(crate) sought: String,
    /// What the form before this page did; empty for nothing.
    pub(crate) done: String,
    operator: OperatorAccount,
}

/// What a form leaves in the address of the page that it leads to.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    pub(crate) done: String,
}

impl Frame {
    pub(crate) fn new(signed: &Signed, current: &'static str, done: &str) -> Self {
        Self {
            lang: signed.lang,
            email: readable(signed.operator.email.reveal()),
            role: role(signed.operator.role, signed.lang),
            current,
            sought: String::new(),
            done: told(done, signed.lang),
            operator: signed.operator.clone(),
        }
    }

    /// The frame of what was searched for.
    pub(crate) fn of_search(self, sought: &str) -> Self {
        Self { sought: sought.to_owned(), ..self }
    }

    /// The pages that this operator may open, by group.
    pub(crate) fn menu(&self) -> Vec<Part> {
        menu(self.operator.role, self.lang)
    }

    /// What the search of everything says that it finds, for this operator.
    pub(crate) fn findable(&self) -> &'static str {
        if self.may_see_applications() {
            self.lang.say(
                "Candidature, personne, plateforme, page",
                "Application, person, platform, page",
            )
        } else {
            self.lang.say("Page", "Page")
        }
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

    /// The language that the page is not in.
    pub(crate) fn other_language(&self) -> (&'static str, &'static str) {
        match self.lang.0 {
            domain::Language::Fr => ("en", "English"),
            domain::Language::En => ("fr", "Français"),
        }
    }
}

/// What a role is called.
pub(crate) fn role(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Support => lang.say("assistance", "support"),
        Role::Admin => lang.say("administration", "admin"),
        Role::Auditor => lang.say("audit", "auditor"),
        Role::Analyst => lang.say("analyse", "analyst"),
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
    let seconds = at.duration_since(now).as_secs();
    let (ahead, size) = (seconds >= 0, seconds.unsigned_abs());
    let (number, fr, en) = match size {
        0..60 => (size, "s", "s"),
        60..3600 => (size / 60, "min", "min"),
        3600..172_800 => (size / 3600, "h", "h"),
        _ => (size / 86_400, "j", "d"),
    };
    let unit = lang.say(fr, en);
    if ahead {
        format!("{} {number}\u{a0}{unit}", lang.say("dans", "in"))
    } else {
        match lang.0 {
            domain::Language::Fr => format!("il y a {number}\u{a0}{unit}"),
            domain::Language::En => format!("{number}\u{a0}{unit} ago"),
        }
    }
}

/// What a form did, by the short name in the address; what is not known says nothing.
fn told(done: &str, lang: Lang) -> String {
    let (name, number) = done.split_once(':').unwrap_or((done, ""));
    let number =
        if number.len() < 12 && number.bytes().all(|b| b.is_ascii_digit()) { number } else { "" };
    let text = match name {
        "resend" => lang.say(
            "L’e-mail repart ; il apparaît ici dès qu’il est envoyé.",
            "The e-mail is leaving again; it appears here once it is sent.",
        ),
        "forward" => lang.say(
            "Les documents partent ; l’envoi apparaît dans l’historique.",
            "The documents are leaving; the history shows it.",
        ),
        "retry" => lang.say("Relancé :", "Tried again:"),
        "archive" => lang.say("Archivé :", "Archived:"),
        "restore" => lang.say("Repris de l’archive :", "Taken back from the archive:"),
        "suppressed" => lang.say("L’adresse est écartée.", "The address is on the list."),
        "lifted" => lang.say(
            "L’adresse reçoit de nouveau des e-mails. Relancez ce qui attendait.",
            "The address receives e-mails again. Retry what waited.",
        ),
        "changed" => lang.say("C’est enregistré.", "It is saved."),
        "client-paused" => {
            lang.say("Les e-mails de la plateforme attendent.", "The platform’s e-mails wait.")
        }
        "client-resumed" => lang
            .say("Les e-mails de la plateforme repartent.", "The platform’s e-mails leave again."),
        "disabled" => lang.say("La plateforme est désactivée.", "The platform is disabled."),
        "enabled" => lang.say("La plateforme est réactivée.", "The platform is enabled again."),
        "removed" => lang.say("Le webhook est supprimé.", "The webhook is removed."),
        "paused" => lang.say("Le webhook est suspendu.", "The webhook is paused."),
        "resumed" => lang.say("Le webhook est réactivé.", "The webhook is on again."),
        "replayed" => lang.say("Envoyé de nouveau :", "Posted again:"),
        "rebuild" => lang.say("La reconstruction a commencé.", "The rebuild has begun."),
        "password" => lang.say("Le mot de passe est changé.", "The password is changed."),
        "factor" => lang.say(
            "Le second facteur est en place : un code sera demandé à chaque connexion.",
            "The second factor is set: a code is asked for at each sign-in.",
        ),
        "erasure-asked" => lang.say(
            "La demande attend l’accord d’une autre personne de l’équipe.",
            "The request waits for another operator to agree.",
        ),
        "erased" => lang.say("Candidatures effacées\u{a0}:", "Applications erased:"),
        "erasure-refused" => lang.say(
            "La demande est refusée\u{a0}: rien n’est effacé.",
            "The request is refused: nothing is erased.",
        ),
        _ => return String::new(),
    };
    format!("{text} {number}").trim_end().to_owned()
}
