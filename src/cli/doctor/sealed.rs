//! Whether what is sealed can be opened, and what lies in the open still.

use std::sync::Arc;

use commands::{PlainDocuments, PlainRows, advice};
use event_store::{Db, RandomIds, SystemClock, seal};

use super::Findings;
use crate::config::Config;
use crate::wiring;

/// Whether personal data can be opened with the master keys of the settings.
pub(super) async fn keys(config: &Config, db: &Db, findings: &mut Findings) {
    let Ok(keys) = wiring::master_keys(config, &RandomIds::new(Arc::new(SystemClock))) else {
        return findings.mend("sealing", "the master keys of the data folder cannot be read");
    };
    let checked = match seal::check(db).await {
        Ok(back) => seal::try_keys(db, &keys).await.map(|_| back),
        Err(error) => Err(error),
    };
    match checked {
        Ok(0) => {}
        Ok(back) => Findings::note(
            "sealing",
            &format!(
                "{back} keys of people who were forgotten were in the table stream_keys again, as after a \
                 restore of an older backup of it: they are ended again"
            ),
        ),
        Err(error) => return findings.mend("sealing", &advice::told(&error)),
    }
    match seal::status(db).await {
        Ok(all) if all.len() > 1 => Findings::note(
            "sealing",
            "personal data are sealed under several master keys: `postulo keys rotate` ends that",
        ),
        Ok(_) => Findings::good("sealing", "the master keys open personal data"),
        Err(error) => findings.mend("sealing", &error.to_string()),
    }
    // Without its tables there is nothing to count; that they are missing is told above.
    let Ok(left) = commands::plain_rows(db).await else { return };
    let left: Vec<_> = left.into_iter().filter(|unsealed| unsealed.rows > 0).collect();
    for PlainRows { table, rows, oldest } in &left {
        let since = oldest.map(|since| format!(", the oldest of {since}")).unwrap_or_default();
        let what = format!(
            "{rows} rows of {table} lie in plain as a version before wrote them{since}: the task \
             `sealing` seals them within the hour, `postulo schedules run sealing` now"
        );
        Findings::note("sealing", &what);
    }
    if left.is_empty() {
        Findings::good("sealing", "nothing is left in plain beside the log");
    }
}

/// Whether the store of the documents can be read, and whether any lie in it in the open.
pub(super) async fn documents(config: &Config, db: &Db, findings: &mut Findings) {
    let store = match wiring::attachments(config, db) {
        Ok(store) => store,
        Err(error) => return findings.mend("documents", &format!("{error:#}")),
    };
    match store.unsealed().await {
        Ok(None | Some(PlainDocuments { documents: 0, .. })) => {
            Findings::good("documents", "their store can be read");
        }
        Ok(Some(PlainDocuments { documents, oldest, looked_at })) => {
            let since = oldest.map(|since| format!(", the oldest of {since}")).unwrap_or_default();
            let what = format!(
                "{documents} lie in the open as a version before stored them{since}, by the look of \
                 {looked_at}: the task `documents` seals them within a quarter of an hour, `postulo \
                 schedules run documents` now"
            );
            Findings::note("documents", &what);
        }
        Err(error) => findings.mend("documents", &advice::told(&error)),
    }
}
