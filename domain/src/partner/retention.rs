//! How long what a client platform's candidates sent is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// How long what candidates sent is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Given")]
pub struct Retention {
    attachment_days: u32,
    personal_data_months: u32,
}

impl Retention {
    /// The longest that documents are kept, in days; the shortest is one.
    pub const MAX_DAYS: u32 = 365;
    /// The longest that personal data is kept, in months; the shortest is one.
    pub const MAX_MONTHS: u32 = 60;

    /// Documents for so many days (1 to 365), personal data for so many months (1 to 60).
    pub fn new(attachment_days: u32, personal_data_months: u32) -> Result<Self, Invalid> {
        Ok(Self {
            attachment_days: within(attachment_days, Self::MAX_DAYS)?,
            personal_data_months: within(personal_data_months, Self::MAX_MONTHS)?,
        })
    }

    /// How many days documents are kept.
    pub const fn attachment_days(self) -> u32 {
        self.attachment_days
    }

    /// How many months personal data is kept.
    pub const fn personal_data_months(self) -> u32 {
        self.personal_data_months
    }
}

fn within(number: u32, max: u32) -> Result<u32, Invalid> {
    if (1..=max).contains(&number) { Ok(number) } else { Err(Invalid::Count { max: max.into() }) }
}

/// 30 days and 24 months.
impl Default for Retention {
    fn default() -> Self {
        Self { attachment_days: 30, personal_data_months: 24 }
    }
}

/// The numbers as they are stored.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Retention")]
struct Given {
    /// How many days documents are kept after the application.
    #[schemars(range(min = 1, max = Retention::MAX_DAYS))]
    attachment_days: u32,
    /// How many months personal data is kept after the last thing that happened to the application.
    #[schemars(range(min = 1, max = Retention::MAX_MONTHS))]
    personal_data_months: u32,
}

impl TryFrom<Given> for Retention {
    type Error = Invalid;

    fn try_from(given: Given) -> Result<Self, Invalid> {
        Self::new(given.attachment_days, given.personal_data_months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_is_kept_for_no_time_or_for_ever() {
        assert!(Retention::new(1, 1).is_ok() && Retention::new(365, 60).is_ok());
        for (days, months, max) in [(0, 24, 365), (366, 24, 365), (30, 0, 60), (30, 61, 60)] {
            assert_eq!(Retention::new(days, months), Err(Invalid::Count { max }));
            let stored = json!({ "attachment_days": days, "personal_data_months": months });
            assert!(serde_json::from_value::<Retention>(stored).is_err());
        }
    }

    #[test]
    fn what_is_stored_is_read_as_it_was() {
        let kept = Retention::new(7, 12).unwrap();
        let stored = serde_json::to_value(kept).unwrap();
        assert_eq!(stored, json!({ "attachment_days": 7, "personal_data_months": 12 }));
        assert_eq!(serde_json::from_value::<Retention>(stored).unwrap(), kept);
    }
}
