//! The kinds of events: `events!` makes those of an aggregate from one list.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;

use crate::upcast::Earlier;

/// A kind of event: its stored name, and what follows for whoever reads, seals or publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindOfEvent {
    /// The stored `event_type`; no other kind of any aggregate has it.
    pub name: &'static str,
    /// The version of its shape that is written today; the stored `event_version`.
    pub version: u32,
    /// Whether webhooks tell of it.
    pub public: bool,
    /// Whether the personal data of its stream are erased with it.
    pub erases: bool,
}

impl KindOfEvent {
    /// A kind in version 1 that is told to nobody and erases nothing.
    pub const fn new(name: &'static str) -> Self {
        Self { name, version: 1, public: false, erases: false }
    }
}

/// The kinds of one aggregate's events, as an enum.
pub trait Kinds: Copy + Eq + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// Every kind, in the order of the aggregate's life.
    const ALL: &'static [Self];

    /// What is to be known of it.
    fn described(self) -> &'static KindOfEvent;

    /// The stored `event_type`.
    fn as_str(self) -> &'static str {
        self.described().name
    }
}

/// The events of one aggregate; `events!` implements it.
pub trait Events: cqrs_es::DomainEvent + JsonSchema {
    /// Its kinds.
    type Kind: Kinds;

    /// Its kinds as they are described, in the order of the enum.
    const KINDS: &'static [KindOfEvent];

    /// The versions of them that are written no more.
    const EARLIER: &'static [Earlier];

    /// Which kind of fact it is.
    fn kind(&self) -> Self::Kind;

    /// When it happened, by the clock of who decided.
    fn at(&self) -> Timestamp;
}

/// Makes the kinds of an enum of events, which each carry the time as `at`:
///
/// ```text
/// events! {
///     PermitEventKind of PermitEvent;
///     PermitReceived version 2, PermitDecided public, PermitErased erases
/// }
/// ```
///
/// A kind is in version 1 unless it says another one; `public` kinds are told to webhooks; with one that
/// `erases`, the key of its stream is destroyed. Where earlier versions lie in the log, `upcast from`
/// names the list of them.
#[macro_export]
macro_rules! events {
    (@kind $kind:ident) => {
        $crate::KindOfEvent::new(stringify!($kind))
    };
    (@kind $kind:ident version $version:literal $($rest:tt)*) => {
        $crate::KindOfEvent { version: $version, ..$crate::events!(@kind $kind $($rest)*) }
    };
    (@kind $kind:ident public $($rest:tt)*) => {
        $crate::KindOfEvent { public: true, ..$crate::events!(@kind $kind $($rest)*) }
    };
    (@kind $kind:ident erases $($rest:tt)*) => {
        $crate::KindOfEvent { erases: true, ..$crate::events!(@kind $kind $($rest)*) }
    };
    (@earlier) => { &[] };
    (@earlier $earlier:path) => { $earlier };
    (
        $kinds:ident of $event:ident $(upcast from $earlier:path)?;
        $($kind:ident $($mark:ident $($number:literal)?)*),+ $(,)?
    ) => {
        #[doc = concat!(
            "The kinds of [`", stringify!($event),
            "`]: what a reader asks for, and the stored `event_type`."
        )]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "they are those of the enum of events")]
        pub enum $kinds {
            $($kind),+
        }

        impl $kinds {
            /// Every kind, in the order of the aggregate's life.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// What is to be known of it.
            pub const fn described(self) -> &'static $crate::KindOfEvent {
                &<$event as $crate::Events>::KINDS[self as usize]
            }

            /// The stored `event_type`.
            pub const fn as_str(self) -> &'static str {
                self.described().name
            }

            /// The version of its shape that is written today; the stored `event_version`.
            pub const fn version(self) -> u32 {
                self.described().version
            }
        }

        impl ::std::fmt::Display for $kinds {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::Kinds for $kinds {
            const ALL: &'static [Self] = Self::ALL;

            fn described(self) -> &'static $crate::KindOfEvent {
                Self::described(self)
            }
        }

        impl $event {
            /// Which kind of fact it is.
            pub const fn kind(&self) -> $kinds {
                match self {
                    $(Self::$kind { .. } => $kinds::$kind),+
                }
            }

            /// When it happened, by the clock of who decided.
            pub const fn at(&self) -> $crate::jiff::Timestamp {
                match self {
                    $(Self::$kind { at, .. })|+ => *at,
                }
            }
        }

        impl $crate::Events for $event {
            type Kind = $kinds;

            const KINDS: &'static [$crate::KindOfEvent] =
                &[$($crate::events!(@kind $kind $($mark $($number)?)*)),+];

            const EARLIER: &'static [$crate::upcast::Earlier] = $crate::events!(@earlier $($earlier)?);

            fn kind(&self) -> $kinds {
                Self::kind(self)
            }

            fn at(&self) -> $crate::jiff::Timestamp {
                Self::at(self)
            }
        }

        impl $crate::cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                self.kind().as_str().to_owned()
            }

            fn event_version(&self) -> String {
                self.kind().version().to_string()
            }
        }
    };
}
