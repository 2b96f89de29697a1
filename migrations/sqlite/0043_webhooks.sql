-- What the posts to a webhook are signed with.
CREATE TABLE webhook_secrets (
    webhook_id TEXT NOT NULL PRIMARY KEY,
    secret     TEXT NOT NULL
);

-- Posts to webhooks: what is to be told, and how it went.
CREATE TABLE webhook_deliveries (
    webhook_id     TEXT NOT NULL,
    position       BIGINT NOT NULL,
    client_id      TEXT NOT NULL,
    application_id TEXT NOT NULL,
    event_type     TEXT NOT NULL,
    state          TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    created_at     TEXT NOT NULL,
    due_at         TEXT,
    leased_until   TEXT,
    settled_at     TEXT,
    last_status    BIGINT,
    last_error     TEXT,
    PRIMARY KEY (webhook_id, position)
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, due_at);
CREATE INDEX webhook_deliveries_client ON webhook_deliveries (client_id, position);
