-- Which job offers somebody does not want to see again: lists and counts for them leave these out.
CREATE TABLE hidden_offers (
    account   TEXT COLLATE "C" NOT NULL,
    offer     TEXT COLLATE "C" NOT NULL,
    hidden_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, offer)
);
