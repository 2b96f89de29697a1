//! What the page says of a record beside its name: what happened to it, and what is kept beside it.

use commands::Entry;
use domain::space::{TrackedApplicationEventKind as Kind, TrackedStatus};
use event_store::parse_timestamp;
use serde_json::Value;
use web::lang::{Lang, time};

/// Lines under a heading.
pub(super) struct Details {
    pub(super) heading: &'static str,
    pub(super) lines: Vec<String>,
}

/// All of a record; a heading without lines is left out.
pub(super) fn of(entry: &Entry, lang: Lang) -> Vec<Details> {
    let data = &entry.data;
    let mut all = match entry.list {
        "accounts" => of_account(data, lang),
        "tracked_applications" => {
            let lines = each(&data["events"], |event| step(event, lang));
            vec![Details { heading: lang.t("archive-what-happened"), lines }]
        }
        "job_alerts" => {
            let lines = each(&data["told"], |told| Some(offers(told, lang)));
            vec![Details { heading: lang.t("archive-offers-told"), lines }]
        }
        _ => vec![],
    };
    all.retain(|details| !details.lines.is_empty());
    all
}

fn of_account(data: &Value, lang: Lang) -> Vec<Details> {
    let made = |one: &Value| Some(moment(&one["made_at"], lang));
    let list =
        |one: &Value| Some(format!("{} – {}", moment(&one["made_at"], lang), text(&one["id"])));
    let calendar = made(&data["calendar"]).filter(|at| !at.is_empty());
    vec![
        Details {
            heading: lang.t("account-sessions"),
            lines: each(&data["sessions"], |one| Some(session(one, lang))),
        },
        Details {
            heading: lang.t("archive-programs"),
            lines: each(&data["programs"], |one| Some(times(&one["signed_in_at"], one, lang))),
        },
        Details {
            heading: lang.t("archive-signed-lists"),
            lines: each(&data["signed_lists"], list),
        },
        Details {
            heading: lang.t("archive-calendar-address"),
            lines: calendar.into_iter().collect(),
        },
        Details {
            heading: lang.t("archive-hidden-offers"),
            lines: each(&data["hidden_offers"], |one| Some(text(one).to_owned())),
        },
        Details {
            heading: lang.t("archive-notifications"),
            lines: each(&data["notifications"], |one| Some(notification(one, lang))),
        },
        Details {
            heading: lang.t("archive-collections"),
            lines: each(&data["collections"], |one| {
                Some(format!("{} – {}", moment(&one["asked_at"], lang), text(&one["run"])))
            }),
        },
    ]
}

fn each(list: &Value, line: impl Fn(&Value) -> Option<String>) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(line).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A recorded time in words; empty for none.
fn moment(value: &Value, lang: Lang) -> String {
    parse_timestamp(text(value)).map(|at| time(at, lang)).unwrap_or_default()
}

fn times(opened: &Value, one: &Value, lang: Lang) -> String {
    let (opened, used) = (moment(opened, lang), moment(&one["used_at"], lang));
    lang.with("account-session-times", (("opened", &opened), ("used", &used)))
}

fn session(one: &Value, lang: Lang) -> String {
    let device = match (text(&one["browser"]), text(&one["system"])) {
        ("", "") => lang.t("account-session-device-unknown").to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (browser, system) => {
            lang.with("account-session-device", (("browser", &browser), ("system", &system)))
        }
    };
    let place = match text(&one["network"]) {
        "" => lang.t("account-session-network-unknown").to_owned(),
        network => lang.with("account-session-network", ("network", &network)),
    };
    format!("{device} – {place} – {}", times(&one["opened_at"], one, lang))
}

/// Which notification it is, and when it was read and deleted.
fn notification(one: &Value, lang: Lang) -> String {
    let mut parts = vec![one["notification"].to_string()];
    let read = moment(&one["read_at"], lang);
    if !read.is_empty() {
        parts.push(lang.with("archive-notification-read", ("time", &read)));
    }
    let removed = moment(&one["removed_at"], lang);
    if !removed.is_empty() {
        parts.push(lang.with("archive-notification-removed", ("time", &removed)));
    }
    parts.join(" – ")
}

/// When somebody was told of which offers.
fn offers(told: &Value, lang: Lang) -> String {
    let ids = each(&told["offers"], |id| Some(text(id).to_owned()));
    format!("{} – {}", moment(&told["at"], lang), ids.join(", "))
}

/// A step with its time, in the words of the timeline; what is none there is none here.
fn step(event: &Value, lang: Lang) -> Option<String> {
    let kind = Kind::ALL.iter().find(|kind| kind.as_str() == text(&event["type"]))?;
    let status = text(&event["status"]).parse::<TrackedStatus>().ok();
    let status = status.map(|it| texts::tracked_status(it, lang.0)).unwrap_or_default();
    let step = match kind {
        Kind::TrackedApplicationAdded => lang.with("space-step-began", ("status", &status)),
        Kind::TrackedApplicationMoved => lang.with("space-step-moved", ("status", &status)),
        Kind::TrackedApplicationDescribed => match event["by"].as_str() {
            None => lang.t("space-step-description-cleared").to_owned(),
            Some("owner") => lang.t("space-step-described").to_owned(),
            Some(_) => lang.t("space-step-described-for-you").to_owned(),
        },
        Kind::TrackedApplicationArchived if event["by"] == "schedule" => {
            lang.t("space-step-archived-by-itself").to_owned()
        }
        Kind::TrackedApplicationArchived => lang.t("space-step-archived").to_owned(),
        Kind::TrackedApplicationCorrected => lang.t("space-step-corrected").to_owned(),
        Kind::TrackedApplicationNoteAdded => lang.t("space-step-note-added").to_owned(),
        Kind::TrackedApplicationNoteEdited => lang.t("space-step-note-edited").to_owned(),
        Kind::TrackedApplicationNoteRemoved => lang.t("space-step-note-removed").to_owned(),
        Kind::TrackedApplicationTagged => lang.t("space-step-tagged").to_owned(),
        Kind::TrackedApplicationHidden => lang.t("space-step-hidden").to_owned(),
        Kind::TrackedApplicationShown => lang.t("space-step-shown").to_owned(),
        Kind::TrackedApplicationUnarchived => lang.t("space-step-unarchived").to_owned(),
        Kind::TrackedApplicationRemoved => lang.t("space-step-removed").to_owned(),
        Kind::TrackedApplicationRestored => lang.t("space-step-restored").to_owned(),
        Kind::TrackedApplicationLinked | Kind::TrackedApplicationErased => return None,
    };
    Some(format!("{} – {step}", moment(&event["at"], lang)))
}

#[cfg(test)]
mod tests {
    use domain::Language;
    use domain::examples::minutes;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const OFFER: &str = "01950000-0000-7000-8000-00000000000f";

    fn entry(list: &'static str, data: Value) -> Entry {
        Entry { list, title: "Mira".to_owned(), at: minutes(0), data, files: vec![] }
    }

    fn told(list: &'static str, data: Value, language: Language) -> Vec<(&'static str, String)> {
        let details = of(&entry(list, data), Lang(language)).into_iter();
        details.map(|it| (it.heading, it.lines.join(" | "))).collect()
    }

    #[rstest]
    #[case(
        Language::En,
        ["Where you are signed in", "Apps and extensions that act in your name"],
        ["Firefox – Network 203.0.113.… – Signed in on ", "Signed in on "]
    )]
    #[case(
        Language::Fr,
        ["Où vous êtes connecté", "Les applications et extensions qui agissent en votre nom"],
        ["Firefox – Réseau 203.0.113.… – Connexion le ", "Connexion le "]
    )]
    fn an_account_tells_where_its_owner_is_signed_in(
        #[case] language: Language,
        #[case] headings: [&str; 2],
        #[case] lines: [&str; 2],
    ) {
        let at = "2026-11-20T09:00:00.000000Z";
        let data = json!({
            "sessions": [{
                "opened_at": at, "used_at": at, "network": "203.0.113.…", "browser": "Firefox",
                "system": null,
            }],
            "programs": [{ "id": OFFER, "signed_in_at": at, "used_at": at }],
            "signed_lists": [],
            "calendar": null,
            "hidden_offers": [],
        });
        let told = told("accounts", data, language);
        assert_eq!(told.len(), 2, "{told:?}");
        for (nth, (heading, line)) in told.iter().enumerate() {
            assert_eq!(*heading, headings[nth]);
            assert!(line.starts_with(lines[nth]), "{line}");
        }
    }

    #[rstest]
    #[case(
        Language::En,
        ["Notifications that you read or deleted", "Collections of job offers that you asked for"],
        ["7 – Read on ", "Deleted on "]
    )]
    #[case(
        Language::Fr,
        [
            "Les notifications que vous avez lues ou supprimées",
            "Les collectes d’offres d’emploi que vous avez demandées",
        ],
        ["7 – Lue le ", "Supprimée le "]
    )]
    fn an_account_tells_what_became_of_its_notifications_and_what_it_asked_for(
        #[case] language: Language,
        #[case] headings: [&str; 2],
        #[case] words: [&str; 2],
    ) {
        let at = "2026-11-20T09:00:00.000000Z";
        let data = json!({
            "notifications": [
                { "notification": 7, "read_at": at, "removed_at": null },
                { "notification": 8, "read_at": null, "removed_at": at },
            ],
            "collections": [{ "run": OFFER, "asked_at": at }],
        });
        let told = told("accounts", data, language);
        assert_eq!([told[0].0, told[1].0], headings);
        let (read, removed) = told[0].1.split_once(" | 8 – ").unwrap();
        assert!(read.starts_with(words[0]) && !read.contains(words[1]), "{read}");
        assert!(removed.starts_with(words[1]), "{removed}");
        assert!(told[1].1.ends_with(OFFER), "{}", told[1].1);
    }

    #[rstest]
    #[case(Language::En, "Begins: ", "Archived automatically")]
    #[case(Language::Fr, "Commence\u{a0}: ", "Archivée automatiquement")]
    fn an_application_tells_its_timeline_and_an_alert_its_offers(
        #[case] language: Language,
        #[case] began: &str,
        #[case] archived: &str,
    ) {
        let at = "2026-11-20T09:00:00.000000Z";
        let events = json!({ "events": [
            { "type": "TrackedApplicationAdded", "at": at, "status": "sent" },
            { "type": "TrackedApplicationLinked", "at": at },
            { "type": "TrackedApplicationArchived", "at": at, "by": "schedule" },
        ] });
        let steps = told("tracked_applications", events, language);
        let [(_, lines)] = &steps[..] else { panic!("{steps:?}") };
        let lines: Vec<_> = lines.split(" | ").collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains(began) && lines[1].ends_with(archived), "{lines:?}");
        let offers = json!({ "told": [{ "at": at, "offers": [OFFER], "total": 1 }] });
        let offers = told("job_alerts", offers, language);
        let [(_, line)] = &offers[..] else { panic!("{offers:?}") };
        assert!(line.ends_with(OFFER), "{line}");
        assert!(told("job_alerts", json!({ "told": [] }), language).is_empty());
    }
}
