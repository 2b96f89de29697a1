//! The form of an answer: its fields, as typed and as shown.

use askama::Template;
use domain::application::{AnswerDraft, AnswerKind, Place, RejectionReason};
use serde::Deserialize;

use crate::recruiter::matter::{Matter, path_of};
use web::lang::Lang;
use web::page::FieldErrors;

/// The fields as the browser sends them; a kind of answer has some of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    pub(crate) step: String,
    pub(crate) ticket: String,
    pub(crate) reason: String,
    pub(crate) place: String,
    pub(crate) date: String,
    pub(crate) time: String,
    pub(crate) zone: String,
    pub(crate) recruiter_name: String,
    pub(crate) recruiter_email: String,
    pub(crate) recruiter_phone: String,
    pub(crate) recruiter_address: String,
    pub(crate) message: String,
    pub(crate) confirmed: String,
}

impl Fields {
    pub(crate) fn draft(&self) -> AnswerDraft {
        AnswerDraft {
            reason: self.reason.clone(),
            place: self.place.clone(),
            date: self.date.clone(),
            time: self.time.clone(),
            zone: self.zone.clone(),
            recruiter_name: self.recruiter_name.clone().into(),
            recruiter_email: self.recruiter_email.clone().into(),
            recruiter_phone: self.recruiter_phone.clone().into(),
            recruiter_address: self.recruiter_address.clone().into(),
            message: self.message.clone().into(),
            confirmed: !self.confirmed.is_empty(),
        }
    }

    /// What the form of this kind has, for hidden fields.
    pub(crate) fn of(&self, kind: AnswerKind) -> Vec<(&'static str, String)> {
        let value = |name: &str| match name {
            "reason" => &self.reason,
            "place" => &self.place,
            "date" => &self.date,
            "time" => &self.time,
            "zone" => &self.zone,
            "recruiter_name" => &self.recruiter_name,
            "recruiter_email" => &self.recruiter_email,
            "recruiter_phone" => &self.recruiter_phone,
            "recruiter_address" => &self.recruiter_address,
            "confirmed" => &self.confirmed,
            _ => &self.message,
        };
        AnswerDraft::fields(kind).iter().map(|name| (*name, value(name).clone())).collect()
    }
}

/// The time zones offered: those of France and of its neighbours in the office.
pub(crate) const ZONES: [&str; 13] = [
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
    "America/Miquelon",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
    "Europe/London",
    "America/Montreal",
    "UTC",
];

#[derive(Template)]
#[template(path = "recruiter/form.html")]
pub(crate) struct AnswerForm {
    pub(crate) lang: Lang,
    token: String,
    kind: AnswerKind,
    path: &'static str,
    action: &'static str,
    candidate: String,
    job: String,
    fields: Fields,
    errors: FieldErrors,
    notice: String,
    today: String,
}

impl AnswerForm {
    pub(crate) fn new(
        matter: &Matter,
        kind: AnswerKind,
        fields: Fields,
        errors: FieldErrors,
        notice: &str,
    ) -> Self {
        let submission = &matter.application().submission;
        let zone = texts::default_zone();
        Self {
            lang: matter.lang,
            token: matter.token.clone(),
            kind,
            path: path_of(kind),
            action: texts::answer_action(kind, matter.lang.0),
            candidate: submission.candidate.full_name().reveal().clone(),
            job: submission.job.to_string(),
            fields,
            errors,
            notice: notice.to_owned(),
            today: matter.now.to_zoned(zone).date().to_string(),
        }
    }

    fn places(&self) -> [(&'static str, &'static str); 3] {
        Place::ALL.map(|place| (place.as_str(), texts::place(place, self.lang.0)))
    }

    fn reasons(&self) -> [(&'static str, &'static str); 5] {
        RejectionReason::ALL.map(|r| (r.as_str(), texts::rejection_reason(r, self.lang.0)))
    }

    fn zones(&self) -> Vec<(&'static str, String, bool)> {
        let chosen = if self.fields.zone.is_empty() { ZONES[0] } else { &self.fields.zone };
        let name = |id: &str| {
            let zone = id.replace('/', "-");
            self.lang.with("recruiter-zone", ("zone", &zone))
        };
        ZONES.iter().map(|id| (*id, name(id), *id == chosen)).collect()
    }

    fn asks_for_contact(&self) -> bool {
        matches!(self.kind, AnswerKind::Interview | AnswerKind::Info)
    }
}
