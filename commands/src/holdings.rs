//! What is kept beside the log and the read models: every table, and what becomes of what it holds of
//! people. A test holds this list against the database.

/// A table beside the log and the read models.
#[derive(Debug)]
pub struct Holding {
    /// Its name.
    pub table: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its columns that hold data of a person.
    pub personal: &'static [&'static str],
    /// Its columns that name an account, or what belongs to one, by its id: what such a row says is
    /// said of whoever has the account.
    pub names: &'static [&'static str],
    /// How long that stays, and what becomes of it when the person is forgotten; empty where there
    /// is none.
    pub goes: &'static str,
}

const fn holding(
    table: &'static str,
    about: &'static str,
    personal: &'static [&'static str],
    goes: &'static str,
) -> Holding {
    Holding { table, about, personal, names: &[], goes }
}

impl Holding {
    const fn named_by(self, names: &'static [&'static str]) -> Self {
        Self { names, ..self }
    }
}

const fn nobodys(table: &'static str, about: &'static str) -> Holding {
    holding(table, about, &[], "")
}

/// Every table beside the log and the read models.
pub const HOLDINGS: &[Holding] = &[
    holding(
        "sent_emails",
        "E-mails as they were handed to the mail server",
        &["recipient", "content"],
        "`content` is sealed with the key of what it is about, and names the files without holding them; \
         `recipient` is empty since then; rows are deleted when the person is forgotten",
    )
    .named_by(&["application_id"]),
    holding(
        "reactions",
        "E-mails and forwards that are delayed, failed, skipped or put away",
        &["detail", "sealed_detail"],
        "what the other side said is sealed with the key of what the reaction is about, and `detail` is \
         empty; rows are deleted when the person is forgotten, or when the reaction succeeds",
    )
    .named_by(&["application_id"]),
    holding(
        "snapshots",
        "States of long histories, as a cache",
        &["state"],
        "sealed with the application's key; deleted when the person is forgotten",
    )
    .named_by(&["aggregate_id"]),
    holding(
        "allotments",
        "How often an address sent or received something, or an operator's sign-in failed, within the hour",
        &["name"],
        "an HMAC of the address; deleted after an hour at most, and when the person is forgotten",
    ),
    holding("allotment_locks", "The locks of those limits", &["name"], "as `allotments`"),
    holding(
        "operators",
        "Those who may sign in, with what they sign in with",
        &["email", "sealed_email", "password_hash", "second_factor", "sealed_factor"],
        "the address is sealed with the key of the operator, the second factor with one of the database, \
         and `email` and `second_factor` are empty; the password is an argon2id hash; as long as they work \
         here: operators are not forgotten with candidates",
    ),
    holding(
        "accounts",
        "The accounts of candidates and recruiters, with what they sign in with",
        &["sealed", "address_name", "password_hash", "second_factor", "sealed_factor"],
        "addresses and names are sealed with the key of the account, the second factor with one of the \
         database; `address_name` is an HMAC of the address, the password an argon2id hash; rows are deleted \
         when the account is closed or the person is forgotten",
    )
    .named_by(&["id"]),
    holding(
        "account_names",
        "Which account has a user name or a confirmed address",
        &["name"],
        "an HMAC; deleted with the account, or when it has another name",
    )
    .named_by(&["account"]),
    holding(
        "belongings",
        "Which records belong to an account",
        &[],
        "deleted with the record, or with the account",
    )
    .named_by(&["owner_id", "aggregate_id"]),
    holding(
        "token_grants",
        "Which programs may act in the name of which account",
        &["created_at", "used_at"],
        "since when, and when they did last; deleted when the grant ends, and with the account",
    )
    .named_by(&["subject"]),
    holding(
        "refresh_tokens",
        "The refresh tokens of these programs",
        &["digest"],
        "a digest of 32 bytes that the program keeps; deleted when the token is over, or the grant ends",
    ),
    holding(
        "sessions",
        "Who is signed in",
        &["digest", "sealed_origin"],
        "a digest of 32 random bytes that the browser keeps; where it was opened from, sealed with a key of \
         the database: a network without its last part, the family of the browser and of the system; deleted \
         when the session is over, and with the account",
    )
    .named_by(&["operator_id"]),
    holding(
        "one_time_links",
        "Links that were mailed to those who forgot their password, or who confirm an address",
        &["digest", "tie"],
        "digests of the 32 random bytes that the letter holds, and of these with the address; deleted when \
         the link is used, or after a day at most, and with the account",
    )
    .named_by(&["subject"]),
    nobodys("stream_keys", "The salts from which the keys follow that seal personal data"),
    nobodys("erased_streams", "Whose key was destroyed, by positions in the log"),
    nobodys("root_keys", "The keys of the whole database, wrapped"),
    nobodys("master_keys", "What proves that a master key is the right one"),
    nobodys(
        "webhook_secrets",
        "What posts to webhooks are signed with, sealed with a key of the database",
    ),
    nobodys("webhook_deliveries", "Posts to webhooks and how they went; they name no person"),
    nobodys(
        "early_reports",
        "What was reported of e-mails that are not known yet, by their names; deleted after a day",
    ),
    nobodys("counters", "Things that are counted by day"),
    nobodys("checkpoints", "How far each follower of the log has come"),
    nobodys("projection_states", "How each read model fares"),
    nobodys("projection_shapes", "The shape in which the rows of each read model were written"),
    nobodys("leases", "Which process does what (PostgreSQL)"),
    nobodys("log_head", "The lock of those who append to the log (PostgreSQL)"),
    nobodys("tree_tiles", "Hashes of the tree over the log"),
    nobodys("tree_checkpoints", "Signatures over the log"),
    nobodys("tree_start", "That the log may be signed from its beginning, until it is"),
    nobodys("tree_refusal", "Why the log is not signed, while it is not"),
    nobodys("retention_clock", "When retention last trusted the clock"),
    nobodys("permit_sources", "How far each procedure of work permits was read at its source"),
    nobodys(
        "permits_set_aside",
        "Dossiers of work permits that could not be read, by their numbers; deleted after 30 days",
    ),
    nobodys(
        "permit_tries",
        "How often a birth date was guessed for the number of a dossier on a day; deleted the day after",
    ),
    nobodys("offer_sources", "Where job offers are collected from"),
    nobodys(
        "offer_collections",
        "What was collected from each source of job offers; words that somebody typed are dropped \
         when they were searched for, or after a day where they were not, rows after 90 days",
    ),
    holding(
        "collection_askers",
        "Which account asked for which run that collects job offers",
        &["asked_at"],
        "deleted after 90 days, and with the account",
    )
    .named_by(&["account"]),
    nobodys("collected_pages", "What the servers of pages with job offers say of their state"),
    nobodys("collected_page_offers", "Which job offers a page has"),
    nobodys(
        "offer_sightings",
        "Which job offer a source shows under one of its own ids, and when it was seen there last",
    ),
    nobodys("offer_keys", "Under which names the same job offer is found again, as digests"),
    nobodys(
        "offer_blocks",
        "Companies, titles and addresses of job offers, as they are published, by which those that are alike are found",
    ),
    holding(
        "hidden_offers",
        "Which job offers an account does not want to see again",
        &["offer", "hidden_at"],
        "ids of offers that are published; deleted with the account",
    )
    .named_by(&["account"]),
    holding(
        "signed_lists",
        "Which signed lists of applications were made by which account",
        &["digest", "made_at"],
        "a digest of what is signed; deleted with the account",
    )
    .named_by(&["owner"]),
    holding(
        "calendar_feeds",
        "The secret addresses of calendars",
        &["digest", "made_at"],
        "a digest of the secret; deleted when it is revoked, and with the account",
    )
    .named_by(&["owner"]),
    holding(
        "alert_looks",
        "When new offers were looked at for a job alert, and up to where",
        &[],
        "deleted with the alert, and with the account",
    )
    .named_by(&["alert_id"]),
    holding(
        "notification_marks",
        "Which notifications an account read or deleted",
        &["notification", "read_at", "removed_at"],
        "positions in the log, and when; deleted 90 days after, and with the account",
    )
    .named_by(&["owner"]),
    nobodys("schedules", "Which scheduled tasks there are, and when they run"),
    nobodys(
        "schedule_runs",
        "The runs of scheduled tasks, with what they counted and which operator asked for one; deleted after 90 days",
    ),
];
