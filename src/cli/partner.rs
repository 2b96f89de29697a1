//! `postulo client …`

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, value_parser};
use commands::{Cause, PartnerAccount};
use domain::partner::{EmailLimits, PartnerSettings, Retention};
use domain::{EmailAddress, Invalid, Language, Line, Origin, PartnerId};
use serde_json::json;

use crate::cli::out::{self, row, say, tell};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Register a client platform and print its secret, once.
    Create {
        /// 1 to 64 lower-case letters, digits, dots, dashes or underscores.
        id: PartnerId,
        /// The name that people read.
        #[arg(long, value_parser = parse::<Line<64>>)]
        name: Line<64>,
        /// The platform's own address: the From of its e-mails.
        #[arg(long)]
        contact_email: EmailAddress,
        #[command(flatten)]
        options: Options,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change some settings of a client platform; the others stay.
    Update {
        /// Which client.
        id: PartnerId,
        /// The name that people read.
        #[arg(long, value_parser = parse::<Line<64>>)]
        name: Option<Line<64>>,
        /// The platform's own address: the From of its e-mails.
        #[arg(long)]
        contact_email: Option<EmailAddress>,
        #[command(flatten)]
        options: Options,
    },
    /// Pause a platform's e-mails: they wait until `resume`; applications are taken as before.
    Pause {
        /// Which client.
        id: PartnerId,
    },
    /// Let a paused platform's e-mails leave again, those that waited at once.
    Resume {
        /// Which client.
        id: PartnerId,
    },
    /// List the client platforms.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What both commands may set.
#[derive(Args)]
pub(crate) struct Options {
    /// An origin that may hold the form in an iframe; repeat for more. Without any, every site may.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<Origin>,
    /// Whether employers are mailed for real; a staging platform's are not.
    #[arg(long, value_name = "BOOL")]
    mails_employers: Option<bool>,
    /// Whether applications are forwarded to Memo.
    #[arg(long, value_name = "BOOL")]
    forwards_to_memo: Option<bool>,
    /// Whether applications are forwarded to AMI.
    #[arg(long, value_name = "BOOL")]
    forwards_to_ami: Option<bool>,
    /// The language of its pages and e-mails: fr or en.
    #[arg(long)]
    language: Option<Language>,
    /// Applications one candidate address may send: in a second, a minute and an hour; 0 for any
    /// number.
    #[arg(long, value_name = "S,M,H", value_parser = limits)]
    sender_limits: Option<EmailLimits>,
    /// E-mails one address may receive: in a second, a minute and an hour; 0 for any number.
    #[arg(long, value_name = "S,M,H", value_parser = limits)]
    recipient_limits: Option<EmailLimits>,
    /// Requests it may make to the API in a minute; 0 for any number.
    #[arg(long, value_name = "NUMBER")]
    requests_per_minute: Option<u32>,
    /// Forms that may be sent for one candidate address in an hour; 0 for any number.
    #[arg(long, value_name = "NUMBER")]
    forms_per_hour: Option<u32>,
    /// How many days documents are kept after an application: 1 to 365, 30 unless told.
    #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(1..=Retention::MAX_DAYS.into()))]
    keep_attachments: Option<u32>,
    /// How many months personal data is kept after the last thing that happened to an application:
    /// 1 to 60, 24 unless told.
    #[arg(long, value_name = "MONTHS", value_parser = value_parser!(u32).range(1..=Retention::MAX_MONTHS.into()))]
    keep_data: Option<u32>,
}

fn limits(text: &str) -> Result<EmailLimits, String> {
    let numbers: Vec<u32> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    match (numbers.as_slice(), text.split(',').count()) {
        ([per_second, per_minute, per_hour], 3) => Ok(EmailLimits {
            per_second: *per_second,
            per_minute: *per_minute,
            per_hour: *per_hour,
        }),
        _ => Err("write three numbers, like 1,3,60".to_owned()),
    }
}

fn parse<T: std::str::FromStr<Err = Invalid>>(text: &str) -> Result<T, Invalid> {
    text.parse()
}

impl Options {
    fn apply(self, settings: &mut PartnerSettings) -> Result<(), Invalid> {
        if !self.origin.is_empty() {
            settings.origins = self.origin;
        }
        settings.mails_employers = self.mails_employers.unwrap_or(settings.mails_employers);
        settings.forwards_to_memo = self.forwards_to_memo.unwrap_or(settings.forwards_to_memo);
        settings.forwards_to_ami = self.forwards_to_ami.unwrap_or(settings.forwards_to_ami);
        settings.language = self.language.unwrap_or(settings.language);
        settings.sender_limits = self.sender_limits.unwrap_or(settings.sender_limits);
        settings.recipient_limits = self.recipient_limits.unwrap_or(settings.recipient_limits);
        let requests = self.requests_per_minute;
        settings.requests_per_minute = requests.unwrap_or(settings.requests_per_minute);
        settings.forms_per_hour = self.forms_per_hour.unwrap_or(settings.forms_per_hour);
        let present = settings.retention;
        settings.retention = Retention::new(
            self.keep_attachments.unwrap_or(present.attachment_days()),
            self.keep_data.unwrap_or(present.personal_data_months()),
        )?;
        Ok(())
    }
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = perform(&parts, command).await;
    parts.close().await;
    outcome
}

async fn perform(parts: &Parts, command: Command) -> Result<()> {
    let cause = Cause::command_line(parts.ids.uuid());
    match command {
        Command::Create { id, name, contact_email, options, json } => {
            let mut settings = PartnerSettings::new(name, contact_email);
            options.apply(&mut settings)?;
            let secret = parts.commands.partners().register(&id, settings, &cause).await?;
            let shown = if json {
                json!({ "client_id": id, "client_secret": secret.reveal() }).to_string()
            } else {
                format!(
                    "client id:     {id}\nclient secret: {}\n\
                     The secret is shown this once; only its digest is kept.",
                    secret.reveal()
                )
            };
            let otherwise = "and the secret is lost: the platform is registered, make another \
                             secret on its page in /admin/clients";
            out::secret(format_args!("{shown}\n"), otherwise)?;
        }
        Command::Update { id, name, contact_email, options } => {
            let Some(PartnerAccount { settings: before, .. }) =
                parts.commands.partners().find(&id).await?
            else {
                bail!("there is no client platform called {id}; `postulo client list` shows them");
            };
            let mut settings = before.clone();
            settings.name = name.unwrap_or(settings.name);
            settings.contact_email = contact_email.unwrap_or(settings.contact_email);
            options.apply(&mut settings)?;
            if settings == before {
                say!("{id} stays as it is: these are its settings already");
            } else {
                parts.commands.partners().change_settings(&id, settings, &cause).await?;
                say!("{id} is changed");
            }
        }
        Command::Pause { id } => {
            parts.commands.partners().pause(&id, &cause).await?;
            say!("{id} is paused: its e-mails wait; `postulo client resume {id}` ends that");
        }
        Command::Resume { id } => {
            let waited = parts.commands.partners().resume(&id, &cause).await?;
            say!("{id} sends again; e-mails that waited: {waited}");
        }
        Command::List { json } => list(parts, json).await?,
    }
    Ok(())
}

/// Lists from the log, so that a client that was just created is there.
async fn list(parts: &Parts, json: bool) -> Result<()> {
    let partners = parts.commands.partners().all().await.context("the clients cannot be listed")?;
    if json {
        let rows: Vec<_> = partners
            .iter()
            .map(|partner| {
                json!({
                    "client_id": partner.id,
                    "settings": partner.settings,
                    "paused_at": partner.paused_at,
                })
            })
            .collect();
        return row!("{}", serde_json::to_string_pretty(&rows)?);
    }
    if partners.is_empty() {
        tell!("There is no client platform yet; `postulo client create --help` tells how.");
    }
    for PartnerAccount { id, settings, paused_at, .. } in &partners {
        let origins: Vec<_> = settings.origins.iter().map(Origin::as_str).collect();
        let origins = if origins.is_empty() { "any site".to_owned() } else { origins.join(" ") };
        let mails = if settings.mails_employers { "mails employers" } else { "staging" };
        let paused = if paused_at.is_some() { "\tpaused" } else { "" };
        row!("{id}\t{}\t{}\t{mails}\t{origins}{paused}", settings.name, settings.contact_email)?;
    }
    Ok(())
}
