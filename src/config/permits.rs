//! The settings of work permits: where dossiers come from, and where their files go.

use std::path::PathBuf;

use anyhow::Result;
use domain::Origin;
use domain::permit::FieldMap;
use integrations::demarches::Interface;
use serde::Deserialize;
use url::Url;

use super::addresses::web;
use super::source::Source;
use super::table::{Section, setting};

/// The section of the table.
pub(super) const SECTION: Section = Section {
    title: "Work permits",
    settings: &[
        setting(
            "POSTULO_PERMITS_URL",
            "none",
            "same",
            "The government's form service, from which dossiers are synchronised: its base address, such as https://www.demarches-simplifiees.fr; https in production. Without it there is no synchronisation.",
        ),
        setting(
            "POSTULO_PERMITS_TOKEN",
            "none",
            "with POSTULO_PERMITS_URL",
            "The token of that service, which reads the procedures.",
        ),
        setting(
            "POSTULO_PERMITS_PROCEDURES",
            "none",
            "with POSTULO_PERMITS_URL",
            "The numbers of the procedures that are followed, separated by commas.",
        ),
        setting(
            "POSTULO_PERMITS_SOURCE",
            "graphql",
            "same",
            "How that service is spoken to: graphql (version 2) or rest (version 1).",
        ),
        setting(
            "POSTULO_PERMITS_FIELDS",
            "the form of provisional work permits",
            "same",
            "A file that says which labels of the form are which fields, for another procedure: `postulo permits fields` prints the one that comes along.",
        ),
        setting(
            "POSTULO_PERMITS_FOLDER",
            "none",
            "same",
            "The folder into which validity_check.json and stats.json are written; without it none is.",
        ),
        setting(
            "POSTULO_PERMITS_FILE_MODE",
            "0664",
            "same",
            "The permissions of these files, in octal digits.",
        ),
        setting(
            "POSTULO_PERMITS_ORIGINS",
            "none",
            "same",
            "The sites whose pages may ask whether a permit holds (CORS), separated by commas: https://www.example.com.",
        ),
        setting(
            "POSTULO_PERMITS_KEPT_MONTHS",
            "60",
            "same",
            "For how many months a dossier is kept after the permit's end; then the person is forgotten.",
        ),
    ],
};

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are the names of the settings")]
struct Given {
    permits_url: Option<Url>,
    permits_token: Option<String>,
    permits_procedures: Option<Numbers>,
    permits_source: Option<String>,
    permits_fields: Option<PathBuf>,
    permits_folder: Option<PathBuf>,
    permits_file_mode: Option<Numbers>,
    permits_origins: Option<String>,
    permits_kept_months: Option<u32>,
}

/// Numbers as a setting gives them: a text, or one number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Numbers {
    Text(String),
    One(u64),
}

impl Numbers {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::One(number) => number.to_string(),
        }
    }
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Permits {
    /// Where dossiers come from.
    pub(crate) source: Option<PermitSource>,
    /// Which labels are which fields.
    pub(crate) fields: FieldMap,
    /// Where files go.
    pub(crate) folder: Option<PathBuf>,
    /// With which permissions.
    pub(crate) file_mode: u32,
    /// Whose pages may ask.
    pub(crate) origins: Vec<Origin>,
    /// For how many months a dossier is kept after its permit's end.
    pub(crate) kept_months: u32,
}

/// Where dossiers come from.
#[derive(Clone)]
pub(crate) struct PermitSource {
    pub(crate) url: Url,
    pub(crate) token: String,
    pub(crate) interface: Interface,
    pub(crate) procedures: Vec<u32>,
}

/// The token is a secret.
impl std::fmt::Debug for PermitSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PermitSource").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

pub(super) fn read(source: &mut Source) -> Result<Permits> {
    let given: Given = source.read()?;
    let interface = match given.permits_source.as_deref() {
        None | Some("graphql") => Interface::GraphQl,
        Some("rest") => Interface::Rest,
        Some(_) => {
            source.wrong("POSTULO_PERMITS_SOURCE is neither graphql nor rest".to_owned());
            Interface::GraphQl
        }
    };
    let procedures = procedures(given.permits_procedures, source);
    let token = given.permits_token.filter(|token| !token.trim().is_empty());
    let from = match (given.permits_url, token) {
        (Some(url), Some(token)) => {
            web("POSTULO_PERMITS_URL", &url, source);
            if source.is_production() && url.scheme() == "http" {
                source.wrong(
                    "POSTULO_PERMITS_URL is not https: the token and people's dossiers would go in the clear"
                        .to_owned(),
                );
            }
            if procedures.is_empty() {
                source.wrong(
                    "POSTULO_PERMITS_PROCEDURES is missing, and POSTULO_PERMITS_URL is there"
                        .to_owned(),
                );
            }
            Some(PermitSource { url, token, interface, procedures })
        }
        (None, None) => None,
        (Some(_), None) => {
            source.wrong(
                "POSTULO_PERMITS_TOKEN is missing, and POSTULO_PERMITS_URL is there".to_owned(),
            );
            None
        }
        (None, Some(_)) => {
            source.wrong(
                "POSTULO_PERMITS_URL is missing, and POSTULO_PERMITS_TOKEN is there".to_owned(),
            );
            None
        }
    };
    Ok(Permits {
        source: from,
        fields: fields(given.permits_fields, source),
        folder: given.permits_folder,
        file_mode: file_mode(given.permits_file_mode, source),
        origins: origins(given.permits_origins.as_deref().unwrap_or_default(), source),
        kept_months: kept_months(given.permits_kept_months, source),
    })
}

fn procedures(given: Option<Numbers>, source: &mut Source) -> Vec<u32> {
    let text = given.map(Numbers::text).unwrap_or_default();
    let numbers = text.split(',').map(str::trim).filter(|number| !number.is_empty());
    let mut procedures = vec![];
    for number in numbers {
        match number.parse() {
            Ok(number) if !procedures.contains(&number) => procedures.push(number),
            Ok(_) => {}
            Err(_) => source.wrong(format!(
                "POSTULO_PERMITS_PROCEDURES names {number:?}, which is no number of a procedure: write numbers, separated by commas"
            )),
        }
    }
    procedures
}

fn fields(file: Option<PathBuf>, source: &mut Source) -> FieldMap {
    let Some(file) = file else { return FieldMap::default() };
    let read = std::fs::read_to_string(&file).map_err(|error| error.to_string());
    let parsed = read.and_then(|text| FieldMap::parse(&text).map_err(|error| error.to_string()));
    parsed.unwrap_or_else(|why| {
        source.wrong(format!("POSTULO_PERMITS_FIELDS: {}: {why}", file.display()));
        FieldMap::default()
    })
}

fn file_mode(given: Option<Numbers>, source: &mut Source) -> u32 {
    let Some(text) = given.map(Numbers::text) else { return 0o664 };
    match u32::from_str_radix(&text, 8) {
        Ok(mode) if (0o400..=0o777).contains(&mode) => mode,
        _ => {
            source.wrong("POSTULO_PERMITS_FILE_MODE is not the octal digits of permissions: write 0664, for instance".to_owned());
            0o664
        }
    }
}

fn origins(text: &str, source: &mut Source) -> Vec<Origin> {
    let given = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    let mut origins = vec![];
    for origin in given {
        match origin.parse() {
            Ok(origin) => origins.push(origin),
            Err(why) => source.wrong(format!("POSTULO_PERMITS_ORIGINS: {origin:?}: {why}")),
        }
    }
    origins
}

fn kept_months(given: Option<u32>, source: &mut Source) -> u32 {
    let months = given.unwrap_or(60);
    if !(1..=240).contains(&months) {
        source.wrong("POSTULO_PERMITS_KEPT_MONTHS is not from 1 to 240".to_owned());
        return 60;
    }
    months
}

#[cfg(test)]
mod tests {
    use super::super::wrong_with;
    use super::*;

    #[test]
    fn a_source_needs_all_that_belongs_to_it_and_its_token_is_not_told() {
        let wrong = wrong_with(
            "permits_token = 'very secret'\npermits_procedures = '3272, x'\npermits_source = 'soap'\n\
             permits_file_mode = '999'\npermits_origins = 'example'\npermits_kept_months = 0",
        );
        for name in ["URL", "PROCEDURES", "SOURCE", "FILE_MODE", "ORIGINS", "KEPT_MONTHS"] {
            let name = format!("POSTULO_PERMITS_{name}");
            assert!(wrong.iter().any(|why| why.starts_with(&name)), "{name}: {wrong:?}");
        }
        assert!(!wrong.join("").contains("very secret"), "{wrong:?}");
    }

    #[test]
    fn a_mapping_that_is_none_is_told_with_its_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[[public]]\nkey = 'a'\nlabel = 'A'\ntype = 'words'").unwrap();
        let wrong = wrong_with(&format!("permits_fields = '{}'", file.path().display()));
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("words") && wrong[0].contains("choice"), "{wrong:?}");
    }

    #[test]
    fn several_procedures_are_read_from_one_text_or_one_number() {
        let text = "permits_url = 'http://x.example'\npermits_token = 't'\npermits_procedures = ";
        for (given, numbers) in [("3272", vec![3272]), ("'1, 2,2'", vec![1, 2])] {
            let permits = read(&mut Source::of(&format!("{text}{given}"))).unwrap();
            assert_eq!(permits.source.unwrap().procedures, numbers);
        }
    }
}
