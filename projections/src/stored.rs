//! Text columns read as the types they hold.

use domain::application::{AnswerId, AnswerKind, ApplicationStatus};
use domain::offer::{Contract, OfferStatus, PayPeriod, Remote, WorkingTime};
use domain::permit::DossierState;
use domain::{EmailAddress, Language, Line, PartnerId, Personal};
use event_store::parse_timestamp;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::{Database, Decode, Type, ValueRef as _, error::BoxDynError};
use uuid::Uuid;

/// A column holds something other than what this service writes into it. What it holds is not
/// told: it may belong to a person.
#[derive(Debug, thiserror::Error)]
#[error("a column does not hold {expected}; rebuild the read model")]
pub struct Unreadable {
    /// What it should hold.
    pub expected: &'static str,
}

/// A `TEXT` column that is never NULL, on either engine.
pub(crate) struct Text(String);

/// A `TEXT` column that may be NULL.
pub(crate) struct MaybeText(Option<String>);

impl<DB: Database> Type<DB> for Text
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        String::compatible(ty)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Text
where
    String: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.is_null() {
            return Err(Unreadable { expected: "a text, but NULL" }.into());
        }
        String::decode(value).map(Self)
    }
}

impl<DB: Database> Type<DB> for MaybeText
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        String::compatible(ty)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for MaybeText
where
    String: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.is_null() {
            return Ok(Self(None));
        }
        String::decode(value).map(Some).map(Self)
    }
}

/// Each type: how it is read, and what it is called in [`Unreadable`].
macro_rules! read {
    ($($type:ty, $expected:literal, |$text:ident| $value:expr;)*) => {$(
        impl TryFrom<Text> for $type {
            type Error = Unreadable;

            fn try_from(Text($text): Text) -> Result<Self, Unreadable> {
                let value: Option<$type> = $value;
                value.ok_or(Unreadable { expected: $expected })
            }
        }

        impl TryFrom<MaybeText> for Option<$type> {
            type Error = Unreadable;

            fn try_from(MaybeText(text): MaybeText) -> Result<Self, Unreadable> {
                text.map(|text| Text(text).try_into()).transpose()
            }
        }
    )*};
}

read! {
    Timestamp, "a time", |text| parse_timestamp(&text).ok();
    Uuid, "an id", |text| text.parse().ok();
    AnswerId, "an id", |text| text.parse().ok().map(AnswerId);
    AnswerKind, "a kind of answer", |text| text.parse().ok();
    DossierState, "a state", |text| text.parse().ok();
    OfferStatus, "a status of an offer", |text| text.parse().ok();
    Remote, "from where one works", |text| text.parse().ok();
    Contract, "a contract", |text| text.parse().ok();
    WorkingTime, "hours", |text| text.parse().ok();
    PayPeriod, "a period", |text| text.parse().ok();
    Date, "a day", |text| text.parse().ok();
    ApplicationStatus, "a status", |text| text.parse().ok();
    PartnerId, "the id of a client", |text| text.parse().ok();
    Line<64>, "a short text", |text| text.try_into().ok();
    EmailAddress, "an e-mail address", |text| text.try_into().ok();
    Language, "a language", |text| text.parse().ok();
    Personal<String>, "a text", |text| Some(Personal::new(text));
    serde_json::Value, "JSON", |text| serde_json::from_str(&text).ok();
}

/// The day, in the calendar of the zone, of an hour of UTC as the first letters of a stored time name
/// it: `2026-11-20T22`. Zones of whole hours only.
pub(crate) fn day_of_hour(hour: &str, zone: &TimeZone) -> Option<Date> {
    let at: Timestamp = format!("{hour}:00:00Z").parse().ok()?;
    Some(at.to_zoned(zone.clone()).date())
}
