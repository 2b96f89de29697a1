//! What whoever runs the service does about an error of `event-store`, which states what is wrong and
//! knows neither our settings nor our commands. Every room above prints such errors. To add one that
//! somebody can mend: its line in the function of its type.

use std::error::Error;
use std::iter::successors;

use event_store::kafka::KafkaError;
use event_store::seal::{MasterKeyError, OpenError, RotateError};
use event_store::tree::{ProofError, Refusal, TreeError};
use event_store::{DbError, OpenLogError, SealedError};

/// An error with its causes, and what to do about it, on one line. Errors that quote their own cause
/// are told once.
pub fn told(error: &(dyn Error + 'static)) -> String {
    let mut told = error.to_string();
    for cause in chain(error).skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    match advice(error) {
        Some(advice) => format!("{told}; {advice}"),
        None => told,
    }
}

/// What to do about an error, or about what caused it; `None` where its words say all.
pub fn advice(error: &(dyn Error + 'static)) -> Option<&'static str> {
    chain(error).find_map(|error| {
        error
            .downcast_ref()
            .and_then(database)
            .or_else(|| error.downcast_ref().and_then(kafka))
            .or_else(|| error.downcast_ref().map(master_key))
            .or_else(|| error.downcast_ref().and_then(opening))
            .or_else(|| error.downcast_ref().and_then(sealed))
            .or_else(|| error.downcast_ref().and_then(opening_the_log))
            .or_else(|| error.downcast_ref().and_then(rotation))
            .or_else(|| error.downcast_ref().and_then(tree))
            .or_else(|| error.downcast_ref().and_then(proof))
    })
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source())
}

fn database(error: &DbError) -> Option<&'static str> {
    match error {
        DbError::Newer { .. } => Some(
            "run that version, or restore a backup of the database of POSTULO_DATABASE_URL from before",
        ),
        _ => None,
    }
}

fn kafka(error: &KafkaError) -> Option<&'static str> {
    match error {
        KafkaError::Settings(_) => Some("check POSTULO_KAFKA_BROKERS and POSTULO_KAFKA_PROPERTIES"),
        KafkaError::Unreachable { .. } => Some(
            "check POSTULO_KAFKA_BROKERS, that a broker runs there, and that it may be reached from here",
        ),
        KafkaError::NoTopic { .. } => {
            Some("make it with `postulo topics create`, or set POSTULO_KAFKA_TOPIC")
        }
        KafkaError::TooFewPartitions { .. } => Some(
            "add partitions while nothing waits in the topic, since keys move between partitions, or \
             set POSTULO_KAFKA_PARTITIONS to what it has",
        ),
        KafkaError::Refused(_) => None,
    }
}

fn master_key(error: &MasterKeyError) -> &'static str {
    match error {
        MasterKeyError::NotConfigured { .. } => {
            "add it to POSTULO_MASTER_KEYS (after a rotation, `postulo keys status` says when it may go)"
        }
        MasterKeyError::Wrong { .. } => "give the right key in POSTULO_MASTER_KEYS",
        MasterKeyError::Altered => {
            "restore the table stream_keys from the backup that the log is from"
        }
    }
}

fn opening(error: &OpenError) -> Option<&'static str> {
    match error {
        OpenError::MasterKey(error) => Some(master_key(error)),
        OpenError::Altered => Some("`postulo audit verify` tells what was altered"),
        OpenError::NoMasterKey | OpenError::Lost => None,
    }
}

fn sealed(error: &SealedError) -> Option<&'static str> {
    match error {
        SealedError::Open(error) => opening(error),
        SealedError::MasterKey(error) => Some(master_key(error)),
        SealedError::Db(_) => None,
    }
}

fn opening_the_log(error: &OpenLogError) -> Option<&'static str> {
    match error {
        OpenLogError::MasterKey(error) => Some(master_key(error)),
        OpenLogError::Db(_)
        | OpenLogError::Root(_)
        | OpenLogError::NoTable(_)
        | OpenLogError::Ahead(_) => None,
    }
}

fn rotation(error: &RotateError) -> Option<&'static str> {
    match error {
        RotateError::MasterKey(error) => Some(master_key(error)),
        RotateError::Keys(error) => opening_the_log(error),
        RotateError::Db(_) | RotateError::NoMasterKey => None,
    }
}

fn tree(error: &TreeError) -> Option<&'static str> {
    match error {
        TreeError::Damaged => Some("`postulo audit verify` tells what is"),
        TreeError::Missing(_) => Some("`postulo audit verify` tells more"),
        TreeError::Refused(refusal) => Some(match refusal {
            Refusal::NoTree { .. } => "find out which, then `postulo audit begin-tree --reason …`",
            Refusal::Smaller { .. } => {
                "find out which, then `postulo audit accept-restore --reason …`"
            }
            Refusal::Inconsistent { .. } => {
                "find out which with `postulo audit verify`, then `postulo audit accept-restore \
                 --reason …`"
            }
            Refusal::Unreadable { .. } => {
                "put the newest one back, or set it aside with `postulo audit accept-restore \
                 --reason …`"
            }
        }),
        TreeError::Db(_)
        | TreeError::Read(_)
        | TreeError::Moved(_)
        | TreeError::Checkpoint(_)
        | TreeError::Keeper(_) => None,
    }
}

fn proof(error: &ProofError) -> Option<&'static str> {
    match error {
        ProofError::NothingSigned | ProofError::NotSigned(_) => {
            Some("`postulo audit checkpoint` signs what there is")
        }
        ProofError::Damaged => Some("`postulo audit verify` tells what is"),
        ProofError::Db(_)
        | ProofError::Unknown(_)
        | ProofError::Checkpoint(_)
        | ProofError::NotIncluded(_)
        | ProofError::Malformed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::ApplicationRefusal;
    use event_store::{DecodeError, Position};
    use rdkafka::error::{KafkaError as ClientError, RDKafkaErrorCode};
    use rstest::rstest;

    use super::*;
    use crate::CommandError;

    fn lost() -> MasterKeyError {
        MasterKeyError::NotConfigured { id: "m1".to_owned() }
    }

    fn wrong() -> MasterKeyError {
        MasterKeyError::Wrong { id: "m1".to_owned() }
    }

    fn refused(of: fn(String, u64, u64) -> Refusal) -> TreeError {
        TreeError::Refused(of("a-file".to_owned(), 30, 20))
    }

    /// Each is told with its values, and with the setting or the command that mends it.
    #[rstest]
    #[case(DbError::Newer { version: 97 }, "97", "the database of POSTULO_DATABASE_URL")]
    #[case(KafkaError::Settings("no.such: no".to_owned()), "no.such", "POSTULO_KAFKA_BROKERS")]
    #[case(KafkaError::Settings("no.such: no".to_owned()), "no.such", "POSTULO_KAFKA_PROPERTIES")]
    #[case(
        KafkaError::Unreachable { brokers: "here:1".to_owned(), source: ClientError::Canceled },
        "here:1",
        "check POSTULO_KAFKA_BROKERS"
    )]
    #[case(KafkaError::NoTopic { topic: "t-1".to_owned() }, "t-1", "`postulo topics create`")]
    #[case(KafkaError::NoTopic { topic: "t-1".to_owned() }, "t-1", "POSTULO_KAFKA_TOPIC")]
    #[case(
        KafkaError::TooFewPartitions { topic: "t-1".to_owned(), found: 2, asked: 5 },
        "t-1 has 2 partitions, and 5",
        "POSTULO_KAFKA_PARTITIONS"
    )]
    #[case(lost(), "the master key m1", "POSTULO_MASTER_KEYS")]
    #[case(lost(), "the master key m1", "`postulo keys status`")]
    #[case(wrong(), "the master key m1", "POSTULO_MASTER_KEYS")]
    #[case(OpenError::MasterKey(lost()), "the master key m1", "POSTULO_MASTER_KEYS")]
    #[case(OpenError::Altered, "altered", "`postulo audit verify`")]
    #[case(SealedError::MasterKey(wrong()), "the master key m1", "POSTULO_MASTER_KEYS")]
    #[case(SealedError::Open(OpenError::Altered), "altered", "`postulo audit verify`")]
    #[case(OpenLogError::MasterKey(lost()), "the master key m1", "POSTULO_MASTER_KEYS")]
    #[case(RotateError::MasterKey(lost()), "the master key m1", "POSTULO_MASTER_KEYS")]
    #[case(
        RotateError::Keys(OpenLogError::MasterKey(wrong())),
        "the master key m1",
        "POSTULO_MASTER_KEYS"
    )]
    #[case(TreeError::Damaged, "damaged", "`postulo audit verify`")]
    #[case(TreeError::Missing(Position::new(7)), "position 7", "`postulo audit verify`")]
    #[case(
        refused(|_, _, events| Refusal::NoTree { events }),
        "20 events",
        "`postulo audit begin-tree --reason …`"
    )]
    #[case(
        refused(|place, kept, tree| Refusal::Smaller { place, kept, tree }),
        "30 events were signed, as the note in a-file tells, and the tree has 20",
        "`postulo audit accept-restore --reason …`"
    )]
    #[case(
        refused(|place, kept, tree| Refusal::Inconsistent { place, kept, tree }),
        "the note of 30 events in a-file",
        "with `postulo audit verify`, then `postulo audit accept-restore --reason …`"
    )]
    #[case(
        refused(|place, _, _| Refusal::Unreadable { place }),
        "a-file",
        "put the newest one back, or set it aside with `postulo audit accept-restore --reason …`"
    )]
    #[case(ProofError::NothingSigned, "nothing is signed", "`postulo audit checkpoint`")]
    #[case(ProofError::NotSigned(7), "position 7", "`postulo audit checkpoint`")]
    #[case(ProofError::Damaged, "damaged", "`postulo audit verify`")]
    fn what_somebody_can_mend_is_told_with_what_mends_it(
        #[case] error: impl Error + 'static,
        #[case] fact: &str,
        #[case] mends: &str,
    ) {
        let text = told(&error);
        let (before, after) = text.split_once(advice(&error).unwrap()).unwrap();
        assert!(before.contains(fact) && before.ends_with("; ") && after.is_empty(), "{text}");
        assert!(advice(&error).unwrap().contains(mends), "{text}");
        assert!(!error.to_string().contains(mends), "the error itself names it: {error}");
    }

    type Failed = CommandError<ApplicationRefusal>;

    #[test]
    fn a_cause_of_causes_has_its_advice_and_each_is_told_once() {
        let sealed = DecodeError::Sealed { position: Position::new(7), source: OpenError::Altered };
        let text = told(&Failed::from(sealed));
        assert_eq!(
            text,
            "a stored event cannot be read: the event at position 7 cannot be opened: its sealed \
             part was altered, or was sealed for another event; `postulo audit verify` tells what \
             was altered"
        );
        let text = told(&Failed::from(SealedError::MasterKey(lost())));
        assert!(
            text.contains("the master key m1") && text.contains("POSTULO_MASTER_KEYS"),
            "{text}"
        );
        let quoted = DbError::Shared(std::sync::Arc::new(DbError::ReadOnly));
        assert_eq!(told(&quoted), DbError::ReadOnly.to_string());
    }

    #[test]
    fn an_error_whose_words_say_all_is_told_as_it_is() {
        let refused = KafkaError::Refused(RDKafkaErrorCode::PolicyViolation);
        assert_eq!(told(&refused), refused.to_string());
        assert_eq!(told(&DbError::NoRow), DbError::NoRow.to_string());
        assert_eq!(told(&OpenError::Lost), OpenError::Lost.to_string());
    }
}
