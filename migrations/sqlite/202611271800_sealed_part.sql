-- What is sealed of a payload lies beside it as bytes: in base64 it is a third longer. Older events keep
-- theirs in the payload, as its last member `sealed`; the log reads both, and its signatures are over
-- the same text.
ALTER TABLE events ADD COLUMN sealed BLOB;
