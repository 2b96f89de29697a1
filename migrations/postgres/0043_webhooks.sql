-- What the posts to a webhook are signed with.
CREATE TABLE webhook_secrets (
    webhook_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret     TEXT COLLATE "C" NOT NULL
);

-- Posts to webhooks: what is to be told, and how it went.
CREATE TABLE webhook_deliveries (
    webhook_id     TEXT COLLATE "C" NOT NULL,
    position       BIGINT NOT NULL,
    client_id      TEXT COLLATE "C" NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    event_type     TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL,
    attempts       BIGINT NOT NULL,
    created_at     TEXT COLLATE "C" NOT NULL,
    due_at         TEXT COLLATE "C",
    leased_until   TEXT COLLATE "C",
    settled_at     TEXT COLLATE "C",
    last_status    BIGINT,
    last_error     TEXT COLLATE "C",
    PRIMARY KEY (webhook_id, position)
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, due_at);
CREATE INDEX webhook_deliveries_client ON webhook_deliveries (client_id, position);
