//! The source of settings: what was given, and what is wrong with it.

use anyhow::{Context as _, Result};
use figment::Figment;
use figment::value::Dict;
use serde::de::DeserializeOwned;

use super::{Mode, SECTIONS};

/// The settings as given. Each section reads its own.
pub(super) struct Source {
    figment: Figment,
    mode: Mode,
    wrong: Vec<String>,
}

impl Source {
    pub(super) fn new(figment: Figment) -> Result<Self> {
        #[derive(serde::Deserialize)]
        struct Given {
            #[serde(default)]
            mode: Mode,
        }
        let mut source = Self { figment, mode: Mode::default(), wrong: vec![] };
        source.mode = source.read::<Given>()?.mode;
        source.unknown()?;
        Ok(source)
    }

    /// The settings of a section.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let read = self.figment.extract();
        read.context("a setting cannot be read; docs/configuration.md describes them all")
    }

    pub(super) const fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn is_production(&self) -> bool {
        self.mode == Mode::Production
    }

    /// Notes what is wrong; no secret is ever told.
    pub(super) fn wrong(&mut self, why: impl Into<String>) {
        self.wrong.push(why.into());
    }

    /// What is wrong, in the order in which it was noted.
    pub(super) fn all_wrong(self) -> Vec<String> {
        self.wrong
    }

    fn unknown(&mut self) -> Result<()> {
        let known: Vec<String> = SECTIONS
            .iter()
            .flat_map(|section| section.settings)
            .map(|setting| setting.key().to_lowercase())
            .collect();
        let given: Dict = self.read()?;
        for name in given.keys().filter(|name| !known.contains(&name.to_lowercase())) {
            let place = self.figment.find_metadata(name);
            let place = place.map(|it| format!(" ({})", it.name)).unwrap_or_default();
            self.wrong.push(format!(
                "there is no setting {name}{place}: docs/configuration.md lists them all"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
impl Source {
    /// Settings as in a file.
    pub(super) fn of(text: &str) -> Self {
        use figment::providers::{Format as _, Toml};
        Self::new(Figment::new().merge(Toml::string(text))).unwrap()
    }
}
