//! The source of work permits: whether it answers, opens to the token, and has the form of the mapping.

use domain::permit::{FieldKey, Part};

use super::Findings;
use crate::config::Config;
use crate::wiring;

const NAME: &str = "permits";

pub(super) async fn source(config: &Config, findings: &mut Findings) {
    let source = match wiring::demarches(config) {
        Ok(Some(source)) => source,
        Ok(None) => {
            return Findings::note(NAME, "no form service is set up: nothing is synchronised");
        }
        Err(error) => return findings.mend(NAME, &format!("{error:#}")),
    };
    let procedures = config.permits.source.iter().flat_map(|it| it.procedures.iter());
    for procedure in procedures {
        let labels = match source.labels(*procedure).await {
            Ok(Some(labels)) => labels,
            Ok(None) => {
                let what = format!(
                    "procedure {procedure} is open to the token, and has no dossier: its labels cannot be compared"
                );
                Findings::note(NAME, &what);
                continue;
            }
            Err(error) => {
                findings.mend(NAME, &error.to_string());
                continue;
            }
        };
        let absent = config.permits.fields.absent(&labels);
        if absent.is_empty() {
            let what = format!(
                "procedure {procedure} is open to the token, and has all labels of the mapping"
            );
            Findings::good(NAME, &what);
            continue;
        }
        let names = absent.iter().map(|field| match field.part {
            Part::Private => format!("{:?} (annotation)", field.label),
            Part::Public => format!("{:?}", field.label),
        });
        let names = names.collect::<Vec<_>>().join(", ");
        let why = format!(
            "the form of procedure {procedure} lacks {names}: mend the labels in the file of POSTULO_PERMITS_FIELDS; `postulo permits fields` prints one"
        );
        // Without these no permit can be checked; any other is absent, and said to be.
        let needed = [FieldKey::VALID_TO, FieldKey::BIRTH_DATE];
        if absent.iter().any(|field| needed.contains(&field.key.as_str())) {
            findings.mend(NAME, &why);
        } else {
            Findings::note(NAME, &why);
        }
    }
}
