-- Since when the owner of an account wants the monthly letter of what was archived, and up to when they were told.
ALTER TABLE accounts ADD COLUMN archive_letters_since TEXT;
ALTER TABLE accounts ADD COLUMN archive_told_up_to TEXT;
