-- The departments whose work permits an operator sees, parted by blanks; all where none is named.
ALTER TABLE operators ADD COLUMN departments TEXT NOT NULL DEFAULT '';
