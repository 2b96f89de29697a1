//! Events of earlier versions in today's shape, when they are read; what is stored stays as it is.
//!
//! A step takes a payload from one version of its kind to the next, so that an event which is two
//! versions old passes two steps. `docs/events.md` has what else a new version touches.

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde_json::{Map, Value};

use crate::aggregates::Described;

/// A version of an event that is written no more: its schema as it was released, and the step to the
/// next version. (cqrs-es's `SemanticVersionEventUpcaster` would leave the version `2.0.0` where ours
/// is `2`.)
#[derive(Clone, Copy, Debug)]
pub struct Earlier {
    pub(crate) kind: &'static str,
    /// The version that it is, and that the step takes.
    pub(crate) version: u32,
    /// Its JSON Schema. It never changes: events of it stay in the log, and in the hands of whoever
    /// read them.
    pub(crate) schema: &'static str,
    /// What is not as that version has it is left alone, and cannot be read afterwards.
    pub(crate) change: fn(&mut Map<String, Value>),
}

impl EventUpcaster for Earlier {
    fn can_upcast(&self, event_type: &str, event_version: &str) -> bool {
        event_type == self.kind && event_version.parse() == Ok(self.version)
    }

    fn upcast(&self, mut event: SerializedEvent) -> SerializedEvent {
        if let Value::Object(fields) = &mut event.payload {
            (self.change)(fields);
        }
        event.event_version = (self.version + 1).to_string();
        event
    }
}

/// The upcasters of these aggregates, in the order in which they are applied.
pub fn upcasters(aggregates: &[Described]) -> Vec<Box<dyn EventUpcaster>> {
    earlier(aggregates).map(|version| Box::new(*version) as Box<dyn EventUpcaster>).collect()
}

/// The earlier versions of these aggregates' events.
pub(crate) fn earlier(aggregates: &[Described]) -> impl Iterator<Item = &'static Earlier> {
    aggregates.iter().flat_map(|aggregate| aggregate.earlier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::{ApplicationEvent, MemoOutcome};
    use crate::schema;
    use crate::space::{JobAlertEvent, ToldOffers};
    use crate::{AGGREGATES, aggregates, examples};
    use proptest::prelude::*;
    use serde_json::json;

    /// Stored payloads of every version that is written no more: its kind, it, and what was stored.
    const STORED: &[(&str, u32, &[&str])] = &[
        (
            "ForwardedToMemo",
            1,
            &[
                r#"{"type":"ForwardedToMemo","duplicate":false,"at":"2026-11-20T09:05:00Z"}"#,
                r#"{"type":"ForwardedToMemo","duplicate":true,"at":"2026-11-20T09:05:00.123456Z"}"#,
            ],
        ),
        (
            "Submitted",
            1,
            &[
                r#"{"type":"Submitted","submission":{"client":"demo","language":"fr","candidate":{"email":"camille.martin@example.org","first_name":"Camille","last_name":"Martin","phone":"06 12 34 56 78","address":"12 rue des Lilas, 75020 Paris","peid":"1234567A"},"employer":{"email":"recrutement@boulangerie.example","description":"Boulangerie Dupont","siret":"73282932000074"},"job":"Boulanger (H/F)","message":"Bonjour,\n\nVotre fournil me plaît : j'y travaillerais volontiers.\n\nCamille","send_confirmation":false,"attachments":[]},"at":"2026-11-20T09:00:00Z"}"#,
            ],
        ),
        (
            "EmailFailed",
            1,
            &[
                r#"{"type":"EmailFailed","letter":{"kind":"employer"},"cause":"550 5.1.1 no such user","at":"2026-11-20T09:05:00Z"}"#,
                r#"{"type":"EmailFailed","letter":{"kind":"answer","answer_id":"01950000-0000-7000-8000-000000000001"},"cause":"550","at":"2026-11-20T09:05:00Z"}"#,
            ],
        ),
        (
            "EmailSkipped",
            1,
            &[
                r#"{"type":"EmailSkipped","letter":{"kind":"employer"},"reason":"staging_client","at":"2026-11-20T09:05:00Z"}"#,
                r#"{"type":"EmailSkipped","letter":{"kind":"receipt","answer_id":"01950000-0000-7000-8000-000000000001"},"reason":"answer_undone","at":"2026-11-20T09:05:00Z"}"#,
            ],
        ),
        (
            "ResendRequested",
            1,
            &[
                r#"{"type":"ResendRequested","request_id":"00000000-0000-0000-0000-000000000009","letter":{"kind":"confirmation"},"at":"2026-11-20T09:05:00Z"}"#,
            ],
        ),
        (
            "EmailResent",
            1,
            &[
                r#"{"type":"EmailResent","request_id":"00000000-0000-0000-0000-000000000009","letter":{"kind":"confirmation"},"message_id":"0195.example@postulo.example","at":"2026-11-20T09:05:00Z"}"#,
            ],
        ),
        (
            "JobAlertMatched",
            1,
            &[
                r#"{"type":"JobAlertMatched","offers":["00000000-0000-0000-0000-000000000002","00000000-0000-0000-0000-000000000001"],"total":7,"up_to":40,"at":"2026-11-20T09:05:00Z"}"#,
                r#"{"type":"JobAlertMatched","offers":[],"total":0,"up_to":40,"at":"2026-11-20T09:05:00Z"}"#,
            ],
        ),
    ];

    fn read(kind: &str, version: u32, payload: &str) -> SerializedEvent {
        let stored = SerializedEvent {
            aggregate_id: "0195".to_owned(),
            sequence: 3,
            aggregate_type: "JobApplication".to_owned(),
            event_type: kind.to_owned(),
            event_version: version.to_string(),
            payload: serde_json::from_str(payload).unwrap(),
            metadata: Value::Null,
        };
        upcasters(AGGREGATES).iter().fold(stored, |event, upcaster| {
            if upcaster.can_upcast(&event.event_type, &event.event_version) {
                upcaster.upcast(event)
            } else {
                event
            }
        })
    }

    fn forwarded(payload: &str) -> ApplicationEvent {
        serde_json::from_value(read("ForwardedToMemo", 1, payload).payload).unwrap()
    }

    #[test]
    fn what_was_stored_in_version_1_is_todays_event() {
        let at = examples::minutes(5);
        let payloads = STORED[0].2;
        let taken = ApplicationEvent::ForwardedToMemo { outcome: MemoOutcome::Taken, at };
        assert_eq!(forwarded(payloads[0]), taken);
        let at = examples::at("2026-11-20T09:05:00.123456Z");
        let already = ApplicationEvent::ForwardedToMemo { outcome: MemoOutcome::AlreadyThere, at };
        assert_eq!(forwarded(payloads[1]), already);
    }

    #[test]
    fn the_offers_that_version_1_says_were_told_are_told_today() {
        let matched = |payload| -> JobAlertEvent {
            serde_json::from_value(read("JobAlertMatched", 1, payload).payload).unwrap()
        };
        let payloads = STORED[6].2;
        let (at, up_to) = (examples::minutes(5), 40);
        let told = |ids: &[u128]| {
            let ids = ids.iter().copied().map(uuid::Uuid::from_u128).collect();
            crate::Personal::new(ToldOffers::new(ids))
        };
        let two = JobAlertEvent::JobAlertMatched { offers: told(&[2, 1]), total: 7, up_to, at };
        assert_eq!(matched(payloads[0]), two);
        let none = JobAlertEvent::JobAlertMatched { offers: told(&[]), total: 0, up_to, at };
        assert_eq!(matched(payloads[1]), none);
    }

    #[test]
    fn todays_events_are_left_alone() {
        for event in examples::every_event() {
            let text = serde_json::to_string(&event).unwrap();
            let read = read(event.kind().as_str(), event.kind().version(), &text);
            assert_eq!(read.event_version, event.kind().version().to_string());
            assert_eq!(read.payload.to_string(), text);
        }
    }

    #[test]
    fn what_no_version_allows_is_not_given_a_meaning() {
        for payload in [
            r#"{"type":"ForwardedToMemo","at":"2026-11-20T09:05:00Z"}"#,
            r#"{"type":"ForwardedToMemo","duplicate":"no","at":"2026-11-20T09:05:00Z"}"#,
        ] {
            let payload = read("ForwardedToMemo", 1, payload).payload;
            assert!(serde_json::from_value::<ApplicationEvent>(payload).is_err());
        }
    }

    #[test]
    fn what_version_1_said_is_said_today() {
        let changed = ["ForwardedToMemo", "JobAlertMatched"];
        for (kind, version, payloads) in STORED.iter().filter(|(kind, ..)| !changed.contains(kind))
        {
            for payload in *payloads {
                let read = read(kind, *version, payload);
                assert_eq!(read.payload, serde_json::from_str::<Value>(payload).unwrap());
                let event: ApplicationEvent = serde_json::from_value(read.payload.clone()).unwrap();
                assert_eq!(serde_json::to_value(event).unwrap(), read.payload);
            }
        }
    }

    /// The law that holds for each version there ever was: events of it can be read today.
    #[test]
    fn every_earlier_version_is_upcast_to_what_follows_todays_schema() {
        let known: Vec<_> = earlier(AGGREGATES).map(|it| (it.kind, it.version)).collect();
        let stored: Vec<_> = STORED.iter().map(|(kind, version, _)| (*kind, *version)).collect();
        assert_eq!(stored, known, "each earlier version has stored payloads here");
        for (earlier, (kind, version, payloads)) in earlier(AGGREGATES).zip(STORED) {
            assert!(!payloads.is_empty(), "{kind} {version}");
            let then = jsonschema::validator_for(&schema::of_earlier(earlier).1).unwrap();
            let name = format!("{kind}.v{}.json", aggregates::version_of(kind));
            let (_, today) =
                schema::of_today(AGGREGATES).into_iter().find(|(it, _)| *it == name).unwrap();
            let today = jsonschema::validator_for(&today).unwrap();
            for payload in *payloads {
                assert!(then.is_valid(&serde_json::from_str(payload).unwrap()), "{payload}");
                let read = read(kind, *version, payload);
                assert_eq!(read.event_version, aggregates::version_of(kind).to_string());
                assert!(today.is_valid(&read.payload), "{}", read.payload);
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_forward_is_lost(duplicate: bool, second in 0_i64..4_000_000_000) {
            let at = jiff::Timestamp::from_second(second).unwrap();
            let stored = json!({ "type": "ForwardedToMemo", "duplicate": duplicate, "at": at });
            let outcome =
                if duplicate { MemoOutcome::AlreadyThere } else { MemoOutcome::Taken };
            prop_assert_eq!(
                forwarded(&stored.to_string()),
                ApplicationEvent::ForwardedToMemo { outcome, at }
            );
        }
    }
}
