//! The names of closed sets: what is stored and shown to programs for each variant.

/// Gives an enum without fields its names: `ALL`, `as_str` and `FromStr`. The order of the list is that
/// of `ALL`, in which people are offered them; what is none of them is refused with all of them.
macro_rules! names {
    ($type:ident { $first:ident = $first_name:literal $(, $variant:ident = $name:literal)* $(,)? }) => {
        impl $type {
            /// Every one, in the order in which a page offers them.
            pub const ALL: [Self; [$first_name $(, $name)*].len()] =
                [Self::$first $(, Self::$variant)*];

            /// The name as stored and shown to programs.
            pub const fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_name,
                    $(Self::$variant => $name),*
                }
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $first_name => Ok(Self::$first),
                    $($name => Ok(Self::$variant),)*
                    _ => Err($crate::Invalid::Choice {
                        allowed: concat!($first_name $(, ", ", $name)*),
                    }),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::str::FromStr;

    use serde::Serialize;

    use crate::application::{
        AnswerKind, ApplicationStatus, Basis, MemoOutcome, Place, RejectionReason, ReportKind,
        SkipReason, Wish,
    };
    use crate::collecting::SourceKind;
    use crate::offer::{Contract, ExpiryReason, OfferStatus, PayPeriod, Remote, WorkingTime};
    use crate::operator::Role;
    use crate::suppression::SuppressionReason;
    use crate::{Fault, Invalid};

    fn one_name<T>(all: &[T], name: fn(T) -> &'static str)
    where
        T: Copy + Debug + PartialEq + Serialize + FromStr<Err = Invalid>,
    {
        for value in all {
            assert_eq!(serde_json::to_value(value).unwrap(), name(*value));
            assert_eq!(name(*value).parse(), Ok(*value));
        }
        assert!(matches!("?".parse::<T>(), Err(Invalid::Choice { .. })));
    }

    #[test]
    fn what_is_stored_what_is_shown_and_what_is_read_is_one_name() {
        one_name(&AnswerKind::ALL, AnswerKind::as_str);
        one_name(&Basis::ALL, Basis::as_str);
        one_name(&Fault::ALL, Fault::as_str);
        one_name(&MemoOutcome::ALL, MemoOutcome::as_str);
        one_name(&Contract::ALL, Contract::as_str);
        one_name(&ExpiryReason::ALL, ExpiryReason::as_str);
        one_name(&OfferStatus::ALL, OfferStatus::as_str);
        one_name(&PayPeriod::ALL, PayPeriod::as_str);
        one_name(&Remote::ALL, Remote::as_str);
        one_name(&WorkingTime::ALL, WorkingTime::as_str);
        one_name(&Place::ALL, Place::as_str);
        one_name(&RejectionReason::ALL, RejectionReason::as_str);
        one_name(&ReportKind::ALL, ReportKind::as_str);
        one_name(&Role::ALL, Role::as_str);
        one_name(&SkipReason::ALL, SkipReason::as_str);
        one_name(&SourceKind::ALL, SourceKind::as_str);
        one_name(&ApplicationStatus::ALL, ApplicationStatus::as_str);
        one_name(&SuppressionReason::ALL, SuppressionReason::as_str);
        one_name(&Wish::ALL, Wish::as_str);
    }

    #[test]
    fn what_is_none_of_them_is_refused_with_all_of_them() {
        let refused = "by_fax".parse::<Place>();
        assert_eq!(refused, Err(Invalid::Choice { allowed: "onsite, phone, video" }));
    }
}
