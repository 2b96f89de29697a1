-- Which job offers somebody does not want to see again: lists and counts for them leave these out.
CREATE TABLE hidden_offers (
    account   TEXT NOT NULL,
    offer     TEXT NOT NULL,
    hidden_at TEXT NOT NULL,
    PRIMARY KEY (account, offer)
);
