//! The parts, put together from the settings.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use commands::{AccountSettings, Attachments, Commands, KeyRing, PartnerSecret, Password};
use event_store::lease::LeaseOptions;
use event_store::seal::MasterKeys;
use event_store::tree::{Keeper, KeptFile, Signer, TreeKey};
use event_store::{Clock, Db, Ids, Log, LogOptions, RandomIds, SystemClock};
use integrations::fetch::FetchOptions;
use integrations::{
    Ami, Collectors, Demarches, Describer, Fetcher, Integrations, Memo, Model, Reach,
};
use projections::analytics::{self, Access};
use projections::schema;
use url::Url;
use workers::witness::Elsewhere;
use workers::{OfferSettings, PermitSettings, SpaceSettings, World};

use crate::config::{Config, Mode};
use crate::folder;

/// What every command of the command line needs.
pub(crate) struct Parts {
    pub(crate) db: Db,
    pub(crate) log: Log,
    pub(crate) commands: Commands,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
}

impl Parts {
    /// Opens the database and the log. The tables must be up to date; in development they are
    /// brought there.
    pub(crate) async fn open(config: &Config) -> Result<Self> {
        let ids = RandomIds::new(Arc::new(SystemClock));
        let keys = master_keys(config, &ids)?;
        Self::open_with(config, Some(keys)).await
    }

    /// The same for who reads no personal data: the log can be verified without a master key.
    pub(crate) async fn open_sealed(config: &Config) -> Result<Self> {
        Self::open_with(config, None).await
    }

    async fn open_with(config: &Config, master_keys: Option<MasterKeys>) -> Result<Self> {
        let db = database(config).await?;
        if config.mode == Mode::Development && !db.is_read_only() {
            migrate(&db, || Ok(master_keys.clone())).await?;
        } else {
            let pending = db.pending_migrations().await?;
            if !pending.is_empty() {
                bail!(
                    "the database lacks {} migration(s), {} first: run `postulo migrate`",
                    pending.len(),
                    pending[0]
                );
            }
            // Who reads the log alone reads none of them.
            if master_keys.is_some() {
                check_shapes(&db).await?;
            }
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn Ids> = Arc::new(RandomIds::new(clock.clone()));
        let options = LogOptions {
            codec: commands::codec(master_keys),
            erasing: projections::erasing_statements(),
            ..LogOptions::default()
        };
        let log = Log::open(db.clone(), clock.clone(), options)
            .await
            .context("the log cannot be opened")?;
        let keys = keys(config, ids.as_ref())?;
        let attachments = attachments(config, &db)?;
        let commands = Commands::new(log.clone(), clock.clone(), ids.clone(), attachments, &keys);
        let issuer = config.service.base_url.as_ref().map_or(AccountSettings::ISSUER, Url::as_str);
        let commands = commands.with_accounts(config.accounts.settings, issuer);
        Ok(Self { db, log, commands, clock, ids })
    }

    /// Flushes what is under way and closes the database.
    pub(crate) async fn close(self) {
        self.log.close().await;
        self.db.close().await;
    }
}

/// What was brought up to date.
pub(crate) struct Migrated {
    /// The read models whose rows were built anew.
    pub(crate) built: Vec<&'static str>,
    /// Whether analysts may read.
    pub(crate) access: Access,
}

/// Brings the tables up to date, those of the read models with their rows, and the views on them. The
/// keys are asked for where rows are to be built; without them these stay as they are.
pub(crate) async fn migrate(
    db: &Db,
    keys: impl FnOnce() -> Result<Option<MasterKeys>>,
) -> Result<Migrated> {
    db.migrate().await.context("the database's tables cannot be brought up to date")?;
    let outdated = schema::prepare(db).await.context("the tables of read models cannot be made")?;
    let mut built = vec![];
    if !outdated.is_empty()
        && let Some(keys) = keys()?
    {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let options = LogOptions { codec: commands::codec(Some(keys)), ..LogOptions::default() };
        let log = Log::open(db.clone(), clock.clone(), options)
            .await
            .context("the log cannot be opened")?;
        let mut outdated_ones = projections::all();
        outdated_ones.retain(|projection| outdated.contains(&projection.name()));
        let done = schema::build(&log, &clock, outdated_ones, LeaseOptions::default()).await;
        for (name, done) in done {
            let done = done.with_context(|| format!("{name} cannot be built anew"))?;
            built.extend(done.map(|done| done.name));
        }
        log.close().await;
    }
    let access = analytics::create(db).await.context("the views for analysts cannot be made")?;
    Ok(Migrated { built, access })
}

/// Refuses where read models are in the shape of another version.
async fn check_shapes(db: &Db) -> Result<()> {
    let outdated = schema::outdated(db).await.context("the database cannot be read")?;
    if !outdated.is_empty() {
        bail!(
            "the read models {} are in the shape of another version: run `postulo migrate`",
            outdated.join(", ")
        );
    }
    Ok(())
}

/// The database, with its folder made.
pub(crate) async fn database(config: &Config) -> Result<Db> {
    if config.storage.database_url.starts_with("sqlite:") {
        std::fs::create_dir_all(&config.storage.data_dir).with_context(|| {
            format!("the data folder {} cannot be made", config.storage.data_dir.display())
        })?;
    }
    Db::connect(&config.storage.database_url)
        .await
        .context("the database of POSTULO_DATABASE_URL cannot be opened")
}

/// What reactions and scheduled tasks may use, with links that begin with `base_url`.
pub(crate) fn world(config: &Config, parts: &Parts, base_url: &Url) -> Result<World> {
    Ok(World {
        commands: parts.commands.clone(),
        mailer: workers::mail::mailer(&config.mail.url, &config.mail.settings(Some(base_url)))
            .context("POSTULO_MAIL_URL cannot be used")?,
        base_url: base_url.clone(),
        mail_domain: config.mail.domain(Some(base_url)),
        mail_from: config.mail.from.clone(),
        integrations: integrations(config, base_url)?,
        permits: Arc::new(permits(config)),
        space: SpaceSettings { archived_after_days: config.space.archived_after_days },
        offers: OfferSettings { unseen_days: config.offers.unseen_days },
    })
}

/// How work permits are followed.
fn permits(config: &Config) -> PermitSettings {
    let permits = &config.permits;
    PermitSettings {
        procedures: permits.source.as_ref().map(|it| it.procedures.clone()).unwrap_or_default(),
        fields: permits.fields.clone(),
        folder: permits.folder.clone(),
        file_mode: permits.file_mode,
        kept_months: permits.kept_months,
    }
}

/// The partners' own services, those that are configured.
fn integrations(config: &Config, base_url: &Url) -> Result<Integrations> {
    let memo = match &config.integrations.memo {
        Some((url, secret)) => {
            let memo = Memo::new(url.clone(), secret);
            Some(memo.context("POSTULO_MEMO_URL cannot be used")?)
        }
        None => None,
    };
    let ami = match &config.integrations.ami {
        Some((url, key)) => {
            let ami = Ami::new(url.clone(), key);
            Some(ami.context("POSTULO_AMI_URL or POSTULO_PEAM_KEY cannot be used")?)
        }
        None => None,
    };
    let (collectors, describer) = collectors(config, base_url)?;
    Ok(Integrations {
        memo,
        ami,
        demarches: demarches(config)?,
        collectors: Some(collectors),
        describer: Some(describer),
    })
}

/// What collects and describes job offers: both fetch pages, each host at one pace. Where in our own network offers
/// are collected from is for operators to say; the pages that are described are whoever's.
fn collectors(config: &Config, base_url: &Url) -> Result<(Collectors, Describer)> {
    let settings = &config.collectors;
    let inside = settings.inside.as_deref().unwrap_or(std::slice::from_ref(base_url));
    let options = FetchOptions {
        reach: Reach::public_and(inside),
        contact: settings.contact.clone(),
        every: settings.pause,
        ..FetchOptions::new(base_url.clone())
    };
    let fetcher = Arc::new(Fetcher::new(&options).context("pages cannot be fetched")?);
    let reach = match config.mode {
        // The sample site is here.
        Mode::Development => Reach::public_and([base_url]),
        Mode::Production => Reach::Public,
    };
    let outside = fetcher.beside(&FetchOptions { reach, ..options });
    let outside = outside.context("pages cannot be fetched")?;
    let model = match &config.model {
        Some(model) => {
            let made = Model::new(model.kind, &model.url, model.key.as_deref(), &model.name);
            Some(made.context("POSTULO_LLM_URL or POSTULO_LLM_KEY cannot be used")?)
        }
        None => None,
    };
    let collectors = Collectors::new(fetcher, settings.options.clone());
    Ok((collectors, Describer::new(&outside, model)))
}

/// The form service that dossiers of work permits come from.
pub(crate) fn demarches(config: &Config) -> Result<Option<Demarches>> {
    let Some(source) = &config.permits.source else { return Ok(None) };
    let demarches = Demarches::new(source.url.clone(), &source.token, source.interface);
    demarches.context("POSTULO_PERMITS_URL or POSTULO_PERMITS_TOKEN cannot be used").map(Some)
}

pub(crate) fn attachments(config: &Config, db: &Db) -> Result<Attachments> {
    let folder = config.storage.data_dir.join("attachments");
    Ok(match &config.storage.attachments_url {
        // A copy of the database alone, to be read.
        None if db.is_read_only() && !folder.exists() => Attachments::in_memory(),
        None => Attachments::local(&folder)?,
        Some(url) if url.scheme() == "file" => {
            let folder = url.to_file_path().ok();
            Attachments::local(&folder.context("POSTULO_ATTACHMENTS_URL names no folder")?)?
        }
        Some(url) => {
            let options = std::env::vars()
                .filter(|(name, _)| name.starts_with("AWS_"))
                .map(|(name, value)| (name.to_lowercase(), value));
            Attachments::remote(url, options)?
        }
    })
}

/// The signing keys: as configured, or made once and kept in the data folder.
fn keys(config: &Config, ids: &dyn Ids) -> Result<KeyRing> {
    if let Some(keys) = &config.keys.signing {
        return Ok(keys.clone());
    }
    let path = config.storage.data_dir.join("development-keys");
    let text = kept_secret(&path, || {
        format!(
            "dev:{}
",
            domain::Digest::from_bytes(ids.random())
        )
    })?;
    text.trim().parse().with_context(|| format!("{} holds no usable key", path.display()))
}

/// What personal data are sealed under: as configured; in development made once and kept in the data
/// folder.
pub(crate) fn master_keys(config: &Config, ids: &dyn Ids) -> Result<MasterKeys> {
    if let Some(keys) = &config.keys.master {
        return Ok(keys.clone());
    }
    let path = config.storage.data_dir.join("master-keys");
    let text =
        kept_secret(&path, || format!("dev:{}\n", domain::Digest::from_bytes(ids.random())))?;
    text.trim().parse().with_context(|| format!("{} holds no usable key", path.display()))
}

/// What signs the tree over the log: as configured; in development made once and kept in the data
/// folder.
pub(crate) fn audit_key(config: &Config, ids: &dyn Ids) -> Result<Option<TreeKey>> {
    if config.audit.key.is_some() || config.audit.log_unsigned {
        return Ok(config.audit.key.clone());
    }
    let path = config.storage.data_dir.join("audit-key");
    let make = || format!("localhost/log:{}\n", domain::Digest::from_bytes(ids.random()));
    let text = kept_secret(&path, make)?;
    let key = crate::config::audit::parse(&text);
    key.with_context(|| format!("{} holds no usable key", path.display())).map(Some)
}

/// The file of the data folder that holds the newest signature over the log.
pub(crate) fn kept_note(config: &Config) -> KeptFile {
    KeptFile::at(config.storage.data_dir.join("log-checkpoint"))
}

/// The files that hold the newest signature over the log.
pub(crate) fn kept_files(config: &Config) -> Vec<KeptFile> {
    let outside = config.audit.checkpoint_file.clone().map(KeptFile::at);
    [kept_note(config)].into_iter().chain(outside).collect()
}

/// What signs the log, with the files that keep its notes and `elsewhere` besides.
pub(crate) fn signer(
    config: &Config,
    ids: &dyn Ids,
    elsewhere: Option<Arc<dyn Keeper>>,
) -> Result<Option<Signer>> {
    let Some(key) = audit_key(config, ids)? else { return Ok(None) };
    let earlier = config.audit.earlier.clone();
    Ok(Some(Signer { key, earlier, keepers: keepers(config, elsewhere) }))
}

/// Where the newest signature over the log is kept besides the database.
pub(crate) fn keepers(config: &Config, elsewhere: Option<Arc<dyn Keeper>>) -> Vec<Arc<dyn Keeper>> {
    let files = kept_files(config).into_iter().map(|file| Arc::new(file) as Arc<dyn Keeper>);
    files.chain(elsewhere).collect()
}

/// The address of `POSTULO_CHECKPOINT_URL`, to be asked for the newest note.
pub(crate) fn elsewhere(config: &Config) -> Result<Option<Elsewhere>> {
    let url = config.audit.checkpoint_url.clone();
    Ok(url.map(Elsewhere::at).transpose()?)
}

/// The secret of the demo client, made once and kept in the data folder.
pub(crate) fn demo_secret(config: &Config, ids: &dyn Ids) -> Result<PartnerSecret> {
    let path = config.storage.data_dir.join("demo-client-secret");
    let text = kept_secret(&path, || PartnerSecret::from_random(ids.random()).reveal().to_owned())?;
    Ok(PartnerSecret::presented(text.trim()))
}

/// The password of the operator for development, made once and kept in the data folder.
pub(crate) fn admin_password(config: &Config, ids: &dyn Ids) -> Result<(PathBuf, Password)> {
    let path = config.storage.data_dir.join("admin-password");
    let text = kept_secret(&path, || Password::from_random(ids.random()).reveal().to_owned())?;
    Ok((path, Password::presented(text.trim())))
}

/// The password of the account for development, made once and kept in the data folder.
pub(crate) fn account_password(config: &Config, ids: &dyn Ids) -> Result<(PathBuf, Password)> {
    let path = config.storage.data_dir.join("account-password");
    let text = kept_secret(&path, || Password::from_random(ids.random()).reveal().to_owned())?;
    Ok((path, Password::presented(text.trim())))
}

fn kept_secret(path: &PathBuf, make: impl FnOnce() -> String) -> Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("{} cannot be made", folder.display()))?;
            }
            folder::make_secret(path, &make())?;
            std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}
