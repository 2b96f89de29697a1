//! The report of a run: what it counted, in names that the catalogues have words for.

use serde::{Deserialize, Serialize};

/// What a run did. It holds no personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How many of what, in the order in which they came; `documents`, for instance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<(String, u64)>,
    /// What else is to be said of it, by its name; `clock-doubted`, for instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it failed, to an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Report {
    /// Counts so many more of something. What is counted to 0 is told as well.
    pub fn count(&mut self, what: &str, number: u64) {
        match self.counts.iter_mut().find(|(name, _)| name == what) {
            Some((_, counted)) => *counted += number,
            None => self.counts.push((what.to_owned(), number)),
        }
    }

    /// All that was counted, together.
    pub fn sum(&self) -> u64 {
        self.counts.iter().map(|(_, number)| number).sum()
    }

    pub(super) fn stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn read(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_stored() {
        let mut report = Report { note: Some("clock-doubted".into()), ..Report::default() };
        report.count("documents", 2);
        report.count("addresses", 0);
        report.count("documents", 1);
        assert_eq!(report.sum(), 3);
        assert_eq!(Report::read(Some(&report.stored())), report);
        assert_eq!(Report::read(None), Report::default());
        assert_eq!(Report::read(Some("?")), Report::default());
    }
}
