//! The times that are due, against another implementation: `timetable/table.tsv` was made by
//! `timetable/make.py` with croniter 7.0.0 and Python's zoneinfo, of 10,000 random expressions in 21 zones
//! over 30 years, every second one about a change of the clocks.
//!
//! Where the clocks change, croniter has a rule of its own, and gives other times for 47 of these
//! expressions, all of them within days of a change. Ours is the one that operators are told: a time that
//! the clocks skip is due in the next minute that exists, and one that they repeat is due once. The
//! table has it from zoneinfo, so that neither jiff nor croner had a part in it. Two notations are read
//! otherwise, and are not in the table: for croniter `1-31`, or `*/1`, is a star, so that the other field
//! of a day counts alone; for croner only `*` is one.

use domain::schedule::Timetable;
use jiff::Timestamp;

#[test]
fn ten_thousand_expressions_are_due_when_another_implementation_says() {
    let table = include_str!("timetable/table.tsv");
    let (mut lines, mut wrong) = (0, vec![]);
    for line in table.lines() {
        let fields: Vec<_> = line.split('\t').collect();
        let [cron, zone, start, times @ ..] = &fields[..] else { panic!("{line}") };
        let minute = |minutes: i64| Timestamp::from_second(minutes * 60).unwrap();
        let mut at: i64 = start.parse().unwrap();
        let start = minute(at);
        let expected: Vec<_> = times
            .iter()
            .map(|more| {
                at += more.parse::<i64>().unwrap();
                minute(at)
            })
            .collect();
        let timetable = Timetable::parse(cron, zone).unwrap();
        let due: Vec<_> = timetable.times(start).take(expected.len()).collect();
        // And backwards: each is the last one until the next.
        let last = timetable.last(expected[3]) == Some(expected[3])
            && timetable.last(expected[3] - jiff::SignedDuration::from_secs(1))
                == Some(expected[2]);
        if due != expected || !last {
            wrong.push(format!("{cron} in {zone} from {start}: {due:?}, not {expected:?}"));
        }
        lines += 1;
    }
    assert_eq!(lines, 10_000);
    assert!(wrong.is_empty(), "{} are otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
