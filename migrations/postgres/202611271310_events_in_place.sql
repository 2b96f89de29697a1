-- What is sealed is a third longer than it was, and noise to a compressor: an event of 2 to 4 KiB was
-- compressed in vain and then laid into a second table with an index of its own. It stays in its row.
-- (Rows above half a page are laid out as before.)
ALTER TABLE events SET (toast_tuple_target = 4080);
