//! The settings of scheduled tasks.

use std::collections::BTreeMap;

use anyhow::Result;
use commands::schedules::Plan;
use serde::Deserialize;
use workers::jobs::{self, Change};

use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Scheduled tasks",
    settings: &[setting(
        "POSTULO_SCHEDULES__NAME__CRON, …__TIME_ZONE, …__ENABLED",
        "in each task's file",
        "same",
        "Overrides for the scheduled task NAME (housekeeping, retention, sealing, documents, permits.sync, permits.validity, permits.statistics, permits.retention, accounts.retention, applications.archive, applications.clear, archive.letters, alerts.send, offers.clean, offers.collect, offers.due; a dot in a name is `_`): when it runs, as a cron expression of five fields (where both day fields are restricted, either is enough); the time zone of that, by its IANA name (Europe/Paris unless the task says otherwise); whether the clock starts it. `postulo schedules next NAME` says what becomes of it.",
    )],
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    cron: Option<String>,
    time_zone: Option<String>,
    enabled: Option<bool>,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    schedules: BTreeMap<String, One>,
}

/// The name of a task as settings write it.
fn key(task: &str) -> String {
    task.replace('.', "_")
}

fn variable(task: &str) -> String {
    format!("POSTULO_SCHEDULES__{}", key(task).to_uppercase())
}

/// When each task runs.
pub(super) fn read(source: &mut Source) -> Result<Vec<Plan>> {
    let Given { schedules } = source.read()?;
    let names = jobs::names();
    let mut changes = BTreeMap::new();
    for (given, One { cron, time_zone, enabled }) in schedules {
        match names.iter().find(|name| key(name) == given) {
            Some(name) => {
                changes.insert((*name).to_owned(), Change { cron, time_zone, enabled });
            }
            None => source.wrong(format!(
                "{} names no scheduled task; there are {}",
                variable(&given),
                names.join(", ")
            )),
        }
    }
    Ok(jobs::plans(&changes).unwrap_or_else(|wrong| {
        for (task, error) in wrong {
            source.wrong(format!("{}: {error}", variable(task)));
        }
        vec![]
    }))
}

#[cfg(test)]
mod tests {
    use super::super::{Config, wrong_with};

    #[test]
    fn the_table_names_every_task() {
        let meaning = super::SECTION.settings[0].meaning;
        let (_, list) = meaning.split_once('(').unwrap();
        let (list, _) = list.split_once(';').unwrap();
        let mut written: Vec<&str> = list.split(", ").collect();
        let mut all = workers::jobs::names();
        written.sort_unstable();
        all.sort_unstable();
        assert_eq!(written, all);
    }

    #[test]
    fn a_task_runs_as_its_file_says_unless_it_is_told_otherwise() {
        let text = "[schedules.retention]\ncron = '30  4 * * 1-5'\ntime_zone = 'Asia/Tokyo'\n\
                    enabled = false";
        let plans = Config::of(text).unwrap().schedules;
        let plan = |task: &str| plans.iter().find(|plan| plan.task == task).unwrap();
        let changed = plan("retention");
        let timetable = &changed.timetable;
        assert_eq!((timetable.cron(), timetable.zone_name()), ("30 4 * * 1-5", "Asia/Tokyo"));
        assert!(!changed.enabled);
        let other = plan("housekeeping");
        assert_eq!((other.timetable.zone_name(), other.enabled), ("Europe/Paris", true));
    }

    #[rstest::rstest]
    #[case("[schedules.retention]\ncron = '0 9-19 * *'", "it has 4 fields")]
    #[case("[schedules.retention]\ncron = '0 0 30 2 *'", "never due")]
    #[case("[schedules.retention]\ntime_zone = 'Paris'", "there is no time zone")]
    #[case("[schedules.retentoin]\nenabled = false", "there are housekeeping, retention, sealing")]
    fn a_wrong_setting_stops_the_start(#[case] text: &str, #[case] why: &str) {
        let wrong = wrong_with(text);
        assert!(wrong.len() == 1 && wrong[0].contains(why), "{wrong:?}");
        assert!(wrong[0].starts_with("POSTULO_SCHEDULES__RETENT"), "{wrong:?}");
    }
}
