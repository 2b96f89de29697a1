//! Every setting, documented once.

use std::fmt::Write as _;

/// One setting, as its table shows it.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) production: &'static str,
    pub(crate) meaning: &'static str,
}

const fn setting(
    name: &'static str,
    default: &'static str,
    production: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting { name, default, production, meaning }
}

/// In the order in which an operator sets them.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "POSTULO_MODE",
        "development",
        "set it to production",
        "development needs no other setting; production refuses to start on a missing or unsafe one.",
    ),
    setting(
        "POSTULO_BASE_URL",
        "http:// and the listening address",
        "required, https",
        "The address under which people reach the service, a scheme and a host without a path; links in e-mails begin with it.",
    ),
    setting(
        "POSTULO_KEYS",
        "made at the first start, kept in the data folder",
        "required",
        "Signing keys of links and tokens, ID:HEX with 64 hexadecimal digits, separated by commas. The first one signs, all verify: put a new key in front, and take an old one out after 90 days.",
    ),
    setting(
        "POSTULO_MASTER_KEYS",
        "made at the first start, kept in the data folder",
        "required",
        "The master keys that personal data in the log are sealed under, ID:HEX with 64 hexadecimal digits, separated by commas. The first one seals, all of them open. Keep a copy apart from the database and its backups: without it nobody reads a name again. `docs/privacy.md` tells how to change it.",
    ),
    setting(
        "POSTULO_AUDIT_KEY",
        "made at the first start, kept in the data folder",
        "required, or none",
        "What signs the tree over the log, NAME:HEX: the log's name, such as postulo.example/log, and 64 hexadecimal digits, an Ed25519 key; or none, and this process does not sign: only `serve` and `projector` do. `postulo audit key` prints the public key.",
    ),
    setting(
        "POSTULO_CHECKPOINT_FILE",
        "none",
        "same",
        "A file that always holds the newest signature over the log. Copy it to where those who run the service cannot change it.",
    ),
    setting(
        "POSTULO_CHECKPOINT_URL",
        "none",
        "same; https",
        "Where each new signature over the log is posted as text, so that it is kept where those who run the service cannot change it, and asked for (GET) before the log is signed again; it may hold a user name and a password.",
    ),
    setting(
        "POSTULO_MAIL_URL",
        "mailbox:data/mailbox",
        "required, smtp, smtps or mailjet",
        "Where e-mails go: smtps://USER:PASSWORD@HOST:465, smtp://USER:PASSWORD@HOST:587 (STARTTLS is required unless ?starttls=opportunistic or ?starttls=none, which production takes only without a password or on this machine), mailjet://KEY:SECRET@api.mailjet.com, or mailbox:FOLDER, which keeps them and shows them at /dev/mailbox. SendGrid: smtp://apikey:KEY@smtp.sendgrid.net:587.",
    ),
    setting(
        "POSTULO_MAIL_DOMAIN",
        "the host of the base URL",
        "same",
        "The domain in the Message-ID of e-mails.",
    ),
    setting(
        "POSTULO_MAIL_EHLO",
        "the mail domain; the address that we connect from where that is no whole domain name",
        "same",
        "The name that mail servers are greeted with (EHLO): the whole domain name of this machine, such as mail.example.org, or its address in brackets.",
    ),
    setting(
        "POSTULO_LISTEN",
        "127.0.0.1:8080; a free port for worker, projector and relay",
        "same",
        "The address and port to listen on. Port 0 takes a free one. Processes without the API answer only /health/live and /health/ready there.",
    ),
    setting(
        "POSTULO_DATA_DIR",
        "data",
        "same",
        "The folder of the SQLite file, the documents, the mailbox and the development keys.",
    ),
    setting(
        "POSTULO_DATABASE_URL",
        "sqlite:data/postulo.db",
        "same",
        "The database: sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE.",
    ),
    setting(
        "POSTULO_ATTACHMENTS_URL",
        "the folder attachments in the data folder",
        "same",
        "Where documents are kept: file:///FOLDER or s3://BUCKET/PREFIX, with AWS_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION for an S3-compatible store.",
    ),
    setting(
        "POSTULO_UNDO_SECONDS",
        "10",
        "120",
        "How long a recruiter may take an answer back, in seconds; its e-mail leaves after that.",
    ),
    setting(
        "POSTULO_REQUEST_TIMEOUT_SECONDS",
        "30",
        "same",
        "How long we may work on a request, in seconds, 1 to 600; the time in which its body arrives does not count. A body may stand still for as long, and beyond that time it comes at 8 KiB a second on average, or it is given up: 503, and a form comes back as it was filled in.",
    ),
    setting(
        "POSTULO_CONNECTIONS",
        "1024",
        "same",
        "How many connections may be open at once, 8 to 100000; fewer, where the limit of open files leaves no room. When all are taken, those that wait for their clients leave first.",
    ),
    setting(
        "POSTULO_HEAD_TIMEOUT_SECONDS",
        "10",
        "same",
        "How long the head of a request may take, 2 to 3600.",
    ),
    setting(
        "POSTULO_IDLE_TIMEOUT_SECONDS",
        "10",
        "longer than a proxy in front keeps its connections",
        "How long a connection is kept without a request, 2 to 3600.",
    ),
    setting(
        "POSTULO_WRITE_TIMEOUT_SECONDS",
        "30",
        "same",
        "How long a client may take nothing of its answer before it is cut off, 5 to 3600.",
    ),
    setting(
        "POSTULO_TRUSTED_PROXIES",
        "none named: only public addresses are limited",
        "the proxies in front, or none",
        "Addresses and networks of the proxies in front, such as 10.0.0.0/8, separated by commas: where they say a request came from is believed. none says that there is no proxy.",
    ),
    setting(
        "POSTULO_PROXY_FIELD",
        "X-Forwarded-For",
        "same",
        "The field in which these proxies say it: X-Forwarded-For or Forwarded (RFC 7239).",
    ),
    setting(
        "POSTULO_NETWORK_REQUESTS__SIGN_INS, …__TOKENS, …__FORMS, …__PAGES, …__API",
        "60, 6000, 300, 3000, 12000",
        "same",
        "Requests a minute of one network, an IPv4 address or an IPv6 /64: attempts to sign in, tokens of the form, forms that people send, pages, requests of partners' programs. 0 sets no limit. A network that asks more often is answered 429 with Retry-After.",
    ),
    setting(
        "POSTULO_UPLOADS_MEBIBYTES",
        "64",
        "same",
        "How many mebibytes of documents may be on their way in at once, from 11, which is one application, to 65536. Past it a form or a request with documents waits five seconds for room; then it is refused with 503 and Retry-After, and nothing of it is kept. Those who show neither secret nor token first share a quarter as much. The forms of one network have half of the room at most, a form is sent once at a time, and where room is wanted, bodies slower than 16 KiB a second leave first.",
    ),
    setting(
        "POSTULO_KAFKA_BROKERS",
        "none",
        "same",
        "Kafka brokers, HOST:PORT, separated by commas. With it, the relay publishes the log to the topic and the workers take their events from there; without, they follow the log.",
    ),
    setting(
        "POSTULO_KAFKA_TOPIC",
        "postulo.events",
        "same",
        "The topic; the consumer group of a reactor is the topic, a dot and the reactor's name.",
    ),
    setting(
        "POSTULO_KAFKA_PARTITIONS",
        "12",
        "same",
        "Partitions that `postulo topics create` makes the topic with, and that it has at least: as many processes can share one reactor's events.",
    ),
    setting(
        "POSTULO_KAFKA_PROPERTIES",
        "none",
        "security.protocol and credentials",
        "Properties of librdkafka, NAME=VALUE, separated by commas: security.protocol=sasl_ssl,sasl.mechanism=SCRAM-SHA-512,sasl.username=postulo,sasl.password=… for instance.",
    ),
    setting(
        "POSTULO_MAILJET_MONITORING_CATEGORY",
        "send-application",
        "same",
        "Mailjet's category of real-time monitoring: alerts of the account may hang on it.",
    ),
    setting(
        "POSTULO_MAILJET_EVENTS_SECRET",
        "none: nobody may report",
        "same",
        "The secret with which Mailjet reports what becomes of e-mails, to /pipeline/eventcallback/?secret=SECRET; 16 characters at least.",
    ),
    setting(
        "POSTULO_SENDGRID_PUBLIC_KEY",
        "none: nobody may report",
        "same",
        "The verification key that SendGrid shows for its signed event webhook, in base64; it reports to /webhooks/sendgrid.",
    ),
    setting(
        "POSTULO_MEMO_URL",
        "none",
        "same",
        "Memo, the candidate's dashboard: the address before /candidature; https in production. Each client platform says whether it forwards.",
    ),
    setting("POSTULO_MEMO_SECRET", "none", "with POSTULO_MEMO_URL", "The secret shared with Memo."),
    setting(
        "POSTULO_AMI_URL",
        "none",
        "same",
        "AMI, the adviser's file: the whole address; https in production. Each client platform says whether it forwards.",
    ),
    setting(
        "POSTULO_PEAM_KEY",
        "none",
        "with POSTULO_AMI_URL",
        "The Fernet key shared with the partner, with which candidates' access tokens are encrypted.",
    ),
    setting(
        "POSTULO_WEBHOOKS_TO_PRIVATE_ADDRESSES",
        "true",
        "false",
        "Whether webhooks of client platforms may lead to plain http and into private networks.",
    ),
    setting(
        "POSTULO_SECOND_FACTOR",
        "optional",
        "required",
        "Whether operators must sign in with a second factor (TOTP): required or optional.",
    ),
    setting(
        "POSTULO_METRICS_TOKEN",
        "none: anyone may read them",
        "none: nobody may read them",
        "What a program sends to read /metrics, as Authorization: Bearer TOKEN; in production 16 characters at least.",
    ),
    setting(
        "POSTULO_OTLP_ENDPOINT",
        "none",
        "same",
        "Where traces go, by OTLP over HTTP with protobuf: https://HOST:4318/v1/traces; in production http:// only on this machine.",
    ),
    setting(
        "POSTULO_LOG",
        "info",
        "same",
        "What is logged, as a filter of tracing-subscriber: info, or info,sqlx=debug.",
    ),
    setting("POSTULO_LOG_FORMAT", "text", "json is advised", "text for people, json for programs."),
    setting(
        "POSTULO_REACTIONS__NAME__ATTEMPTS, …__CONCURRENCY, …__ENABLED",
        "in each reactor's file",
        "same",
        "Overrides for the reactor NAME (employer_email, confirmation_email, answer_email, recruiter_receipt, withdrawal_email, recruiter_withdrawal_email, cancellation_email, personal_data_link, message_email, resend, attachments_forward, memo, ami, webhooks): how often it tries, how many at once, whether it runs.",
    ),
];

/// The table as a page of the documentation.
pub(crate) fn markdown() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         Settings come from environment variables, over an optional TOML file (`--config FILE` or \
         `POSTULO_CONFIG`; the same names in lower case without the prefix), over these defaults. \
         This page is generated by `postulo generate`.\n\n\
         | variable | in development | in production | meaning |\n| --- | --- | --- | --- |\n",
    );
    for Setting { name, default, production, meaning } in SETTINGS {
        let _ = writeln!(page, "| `{name}` | {default} | {production} | {meaning} |");
    }
    page
}

/// A file of variables to copy and fill in.
pub(crate) fn env_example() -> String {
    let mut file = String::from(
        "# Settings of Postulo; docs/configuration.md has the table. Generated by `postulo generate`.\n",
    );
    for Setting { name, default, production, meaning } in SETTINGS {
        let _ = write!(file, "\n# {meaning}\n# Default: {default}. In production: {production}.\n");
        if !name.contains('…') {
            let _ = writeln!(file, "#{name}=");
        }
    }
    file
}
