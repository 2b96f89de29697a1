//! The command line's honesty: its exit status tells what became of a command, and its output is
//! written whole or the failure is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const NOBODY: &str = "00000000-0000-7000-8000-000000000001";
const ADMIN: &str = "someone@example.org";

/// A command in a folder of its own, in development, without any setting from outside.
fn postulo(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postulo"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("POSTULO_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(args).env("POSTULO_LOG", "off").stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    postulo(folder, args).output().unwrap()
}

fn done(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of a service with a platform and an administrator, its read models up to date.
fn place() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let create =
        ["client", "create", "site", "--name", "Site", "--contact-email", "us@site.example"];
    done(folder.path(), &create);
    done(folder.path(), &["admin", "create", ADMIN]);
    done(folder.path(), &["person", "find", "nobody@example.org"]);
    folder
}

/// What ends with a status, nothing on standard output, and words on standard error.
fn refused(folder: &Path, args: &[&str], status: i32, says: &str) {
    let output = run(folder, args);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{args:?}: {told}");
    assert!(told.contains(says), "{args:?}: {told}");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed, "", "{args:?}");
}

#[test]
fn a_call_that_cannot_be_meant_so_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let backwards = ["--from", "2026-11-30", "--to", "2026-11-01"];
    for command in [
        &["stats"][..],
        &["stats", "--json"],
        &["audit", "search"],
        &["events", "check"],
        &["export", "applications"],
        &["export", "answers"],
        &["export", "events"],
    ] {
        let args = [command, &backwards].concat();
        refused(folder.path(), &args, 2, "--from 2026-11-30 is after --to 2026-11-01");
    }
    for command in ["list", "retry", "archive", "restore"] {
        let args = ["reactions", command, "--reactor", "nope"];
        refused(folder.path(), &args, 2, "employer_email");
    }
    refused(folder.path(), &["reactions", "retry"], 2, "--all");
    for command in ["run", "next"] {
        refused(folder.path(), &["schedules", command, "nope"], 2, "housekeeping, retention");
    }
    refused(folder.path(), &["schedules", "next", "retention", "--count", "0"], 2, "--count");
    refused(folder.path(), &["audit", "search", "--limit", "0"], 2, "--limit");
    refused(folder.path(), &["audit", "search", "--from", "2026-02-30"], 2, "--from");
    refused(folder.path(), &["nope"], 2, "nope");
    refused(folder.path(), &["audit", "history"], 2, "APPLICATION_ID");
}

#[test]
fn what_is_not_there_ends_with_1() {
    let place = place();
    for (args, says) in [
        (&["audit", "history", NOBODY][..], "no application"),
        (&["audit", "search", "--application", NOBODY], "no application"),
        (&["audit", "search", "--type", "Nope"], "nothing of the type Nope"),
        (&["audit", "search", "--actor-id", "x@example.org"], "no operator"),
        (&["audit", "case-file", NOBODY, "--out", "file.zip"], "no application"),
        (&["audit", "prove", NOBODY], "postulo: "),
        (&["attachments", "forward", NOBODY, "x@example.org"], "postulo: "),
        (&["client", "update", "nope", "--name", "X"], "no client platform called nope"),
        (&["events", "check", "--from", "9999-12-31"], "no event was checked"),
        (&["export", "applications", "--client", "nope"], "no client platform called nope"),
        (&["person", "export", "nobody@example.org", "--out", "file.zip"], "nothing is kept"),
        (&["person", "export", ADMIN, "--application", NOBODY, "--out", "f.zip"], "did not come"),
        (&["projections", "rebuild", "nope"], "nope"),
        (&["reactions", "retry", "--position", "99"], "no reaction fits"),
        (&["reactions", "archive", "--application", NOBODY], "no reaction fits"),
        (&["suppressions", "lift", "nobody@example.org"], "not on the suppression list"),
        (&["topics", "check"], "POSTULO_KAFKA_BROKERS"),
        (&["admin", "unlock", "nobody@example.org"], "no operator nobody@example.org"),
        (&["admin", "reset-password", "nobody@example.org"], "no operator"),
        (&["admin", "reset-second-factor", "nobody@example.org"], "no operator"),
        (&["admin", "reset-second-factor", ADMIN], "has no second factor"),
        (&["admin", "disable", "nobody@example.org"], "no operator"),
        (&["admin", "disable", ADMIN], "last administrator"),
        (&["admin", "enable", "nobody@example.org"], "no operator"),
        (&["admin", "create", ADMIN], "already"),
    ] {
        refused(place.path(), args, 1, says);
    }
    assert!(!place.path().join("file.zip").exists());
}

#[test]
fn a_period_at_the_end_of_the_calendar_holds_nothing() {
    let place = place();
    let all = done(place.path(), &["audit", "search"]);
    assert!(all.contains("OperatorCreated"), "{all}");
    for day in ["9999-12-29", "9999-12-30", "9999-12-31"] {
        let output = run(place.path(), &["audit", "search", "--from", day]);
        assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b""[..]), "{day}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("nothing that happened fits"));
    }
    assert_eq!(done(place.path(), &["audit", "search", "--to", "9999-12-31"]), all);
    assert_eq!(done(place.path(), &["audit", "search", "--to=-009999-01-02"]), "");
}

#[test]
fn output_that_cannot_be_written_ends_with_1_and_a_line_and_without_a_panic() {
    let place = place();
    done(place.path(), &["suppressions", "add", "x@example.org"]);
    for args in [
        &["stats"][..],
        &["stats", "--json"],
        &["client", "list"],
        &["client", "list", "--json"],
        &["client", "update", "site", "--name", "Another"],
        &["client", "create", "other", "--name", "X", "--contact-email", "us@site.example"],
        &["admin", "list"],
        &["admin", "create", "other@example.org"],
        &["admin", "reset-password", ADMIN],
        &["admin", "unlock", ADMIN],
        &["audit", "search"],
        &["audit", "search", "--json"],
        &["audit", "key"],
        &["audit", "checkpoint"],
        &["audit", "verify"],
        &["events", "check"],
        &["export", "applications"],
        &["export", "answers"],
        &["export", "events", "--format", "jsonl"],
        &["keys", "status"],
        &["keys", "rotate"],
        &["migrate"],
        &["person", "find", "x@example.org"],
        &["person", "find", "x@example.org", "--json"],
        &["person", "erase", "x@example.org", "--yes"],
        &["projections", "status"],
        &["projections", "status", "--json"],
        &["projections", "rebuild", "answers"],
        &["reactions", "list"],
        &["reactions", "list", "--json"],
        &["reactions", "retry", "--all"],
        &["retention", "run", "--dry-run"],
        &["schedules", "list"],
        &["schedules", "list", "--json"],
        &["schedules", "next", "retention"],
        &["schedules", "run", "housekeeping"],
        &["seed", "--applications", "1"],
        &["suppressions", "add", "y@example.org"],
        &["suppressions", "list"],
        &["doctor"],
        &["--help"],
        &["--version"],
        &["audit", "--help"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = postulo(place.path(), args).stdout(full).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {told}");
        assert!(!told.contains("panicked"), "{args:?}: {told}");
        let is_told = told.contains("cannot be written") || told.contains("could not be written");
        assert!(is_told || args == ["doctor"], "{args:?}: {told}");
    }
    // What was asked for is done all the same.
    let admins = done(place.path(), &["admin", "list"]);
    assert!(admins.contains("other@example.org"), "{admins}");
    assert!(done(place.path(), &["client", "list"]).contains("Another"));
    let person = done(place.path(), &["person", "find", "y@example.org"]);
    assert!(person.contains("nothing is sent to it until"), "{person}");
}

#[test]
fn that_nobody_reads_on_is_no_failure_unless_something_is_shown_once() {
    let place = place();
    let unread = |args: &[&str]| {
        let mut command = postulo(place.path(), args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for args in [
        &["audit", "search"][..],
        &["client", "list"],
        &["client", "update", "site", "--name", "Another"],
        &["export", "events", "--format", "jsonl"],
        &["projections", "rebuild", "--all"],
        &["stats"],
        &["--help"],
    ] {
        assert_eq!(unread(args), (Some(0), String::new()), "{args:?}");
    }
    for args in [
        &["client", "create", "other", "--name", "X", "--contact-email", "us@site.example"][..],
        &["admin", "create", "other@example.org"],
        &["admin", "reset-password", ADMIN],
    ] {
        let (status, told) = unread(args);
        assert_eq!(status, Some(1), "{args:?}");
        assert!(told.contains("is lost"), "{args:?}: {told}");
    }
}

#[test]
fn a_task_is_run_by_hand_and_the_list_says_how_it_went() {
    let place = place();
    let folder = place.path();
    let list = done(folder, &["schedules", "list"]);
    assert!(list.contains("43 * * * * (Europe/Paris)") && list.contains("never ran"), "{list}");
    let ran = done(folder, &["schedules", "run", "retention"]);
    assert_eq!(
        ran,
        "retention: done: documents of 0 applications deleted, personal data of 0 applications \
         erased, 0 addresses forgotten, 0 other records erased\n"
    );
    let list = done(folder, &["schedules", "list", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let task = |name: &str| list.as_array().unwrap().iter().find(|it| it["task"] == name).unwrap();
    let run = &task("retention")["last"];
    assert_eq!((&run["outcome"], &run["started_by"]), (&"done".into(), &"command-line".into()));
    assert_eq!(task("housekeeping")["last"], serde_json::Value::Null);

    let mut next = postulo(folder, &["schedules", "next", "retention", "--count", "2"]);
    next.env("POSTULO_SCHEDULES__RETENTION__CRON", "30 4 1 * *");
    next.env("POSTULO_SCHEDULES__RETENTION__TIME_ZONE", "Asia/Tokyo");
    let printed = String::from_utf8(next.output().unwrap().stdout).unwrap();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines.len(), 2, "{printed}");
    for line in lines {
        assert!(
            line.contains("T19:30:00") && line.ends_with("at 4:30\u{a0}am (Tokyo time)"),
            "{line}"
        );
    }
    let mut wrong = postulo(folder, &["schedules", "list"]);
    wrong.env("POSTULO_SCHEDULES__RETENTION__CRON", "30 4 1 *");
    let told = String::from_utf8(wrong.output().unwrap().stderr).unwrap();
    assert!(told.contains("POSTULO_SCHEDULES__RETENTION: ") && told.contains("4 fields"), "{told}");
}

#[test]
fn what_the_archive_would_take_is_said_and_nothing_is_done() {
    let place = place();
    let folder = place.path();
    let nothing = "would archive 0 application(s), and tell 0 account(s)\n";
    assert_eq!(done(folder, &["space", "preview"]), nothing);
    done(folder, &["seed", "--accounts", "1", "--tracked", "60"]);
    let brings_up_to_date = || done(folder, &["person", "find", "nobody@example.org"]);
    brings_up_to_date();
    let stale = || {
        let printed = done(folder, &["space", "preview", "--json"]);
        let told = printed.lines().map(|line| serde_json::from_str(line).unwrap());
        let ids = told.map(|told: serde_json::Value| told["archive"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let found = stale();
    assert!(!found.is_empty() && found.len() < 60, "{found:?}");
    let told = done(folder, &["space", "preview"]);
    assert!(found.iter().all(|id| told.contains(&format!("{id} would be archived\n"))), "{told}");
    let last = told.lines().next_back().unwrap();
    assert_eq!(
        last,
        format!("would archive {} application(s), and tell 0 account(s)", found.len())
    );
    brings_up_to_date();
    assert_eq!(stale(), found, "nothing was done");
    let mut later = postulo(folder, &["space", "preview"]);
    later.env("POSTULO_SPACE_ARCHIVED_AFTER_DAYS", "365");
    assert_eq!(String::from_utf8(later.output().unwrap().stdout).unwrap(), nothing);
    done(folder, &["schedules", "run", "applications.archive"]);
    brings_up_to_date();
    assert_eq!(done(folder, &["space", "preview"]), nothing);
}

#[test]
fn an_operator_is_let_in_again_from_the_command_line_and_each_step_is_recorded() {
    let place = place();
    let folder = place.path();
    let made = done(folder, &["admin", "reset-password", ADMIN]);
    assert!(made.contains("password: ") && made.contains("shown this once"), "{made}");
    let piped = |text: &str| {
        let mut command = postulo(folder, &["admin", "reset-password", ADMIN]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let given = piped("several words do well\n");
    assert_eq!(given.status.code(), Some(0));
    assert!(!String::from_utf8_lossy(&given.stdout).contains("several words"), "never repeated");
    for (weak, says) in [
        ("short\n", "12 to 200"),
        ("aaaaaaaaaaaa\n", "tried first"),
        ("someone@example.org\n", "address"),
    ] {
        let refused = piped(weak);
        assert_eq!(refused.status.code(), Some(1), "{weak}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(says), "{weak}");
    }
    done(folder, &["admin", "create", "second@example.org"]);
    done(folder, &["admin", "disable", ADMIN]);
    assert!(done(folder, &["admin", "list"]).contains("disabled"));
    done(folder, &["admin", "enable", ADMIN]);
    assert!(!done(folder, &["admin", "list"]).contains("disabled"));
    done(folder, &["admin", "unlock", ADMIN]);
    done(folder, &["person", "find", "nobody@example.org"]);
    let acts = done(folder, &["audit", "search", "--actor-id", "command-line"]);
    let count = |kind: &str| acts.lines().filter(|line| line.contains(kind)).count();
    let kinds = ["PasswordChanged", "Disabled", "Enabled", "Unlocked"];
    assert_eq!(kinds.map(|kind| count(&format!("Operator{kind}"))), [2, 1, 1, 1], "{acts}");
    assert!(!acts.contains("several words"));
}
