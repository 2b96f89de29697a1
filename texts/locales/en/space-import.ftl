space-import-title = Import from another tracker
space-import-intro = Bring the list that you keep in a spreadsheet or another tracker. You see what will happen before anything is kept.
space-import-file = CSV file
space-import-hint = 2 MB and 10,000 rows at most; the first row names the columns. In a spreadsheet, choose to save as CSV.
space-import-look = See what will happen
space-import-empty = Choose a file first: none was sent, or it is empty.
space-import-too-large = This file is larger than 2 MB. Split it, or take out columns that you do not need.
space-import-no-text = This is no CSV file. In your spreadsheet, choose to save as CSV, then send that file.
space-import-too-many-rows = This file has more than 10,000 rows. Nothing of it was kept: split it.
space-import-too-many-columns = This file has more than 100 columns. Take out those that you do not need.
space-import-no-rows = There is no row beneath the names of the columns.
space-import-malformed = This file cannot be read as CSV: a quotation mark may be missing.
space-import-outcome = Of { $rows ->
    [one] one row
   *[other] { $rows } rows
}, { $taken } will be added, { $refused ->
    [one] one is refused
   *[other] { $refused } are refused
}, { $duplicates ->
    [one] one is there already
   *[other] { $duplicates } are there already
}.
space-import-nothing-yet = Nothing is kept yet.
space-import-columns = Which column is what
space-import-no-column = No column
space-import-other = A status that is not known
space-import-other-refused = Refuse the row
space-import-again = Look again
space-import-confirm = { $taken ->
    [one] Add one application
   *[other] Add { $taken } applications
}
space-import-undated = { $count ->
    [one] One row says no date: it takes today’s.
   *[other] { $count } rows say no date: they take today’s.
}
space-import-taken = Will be added
space-import-refused = Refused
space-import-duplicates = There already, or twice in the file
space-import-line = Line
space-import-at-line = Line { $line }:
space-import-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
space-import-no-date = Write a date such as 2026-11-28 or 28/11/2026.
space-import-no-status = This status is not known.
space-import-done = { $count ->
    [0] Nothing was added: all of it was there.
    [one] One application was added.
   *[other] { $count } applications were added.
}
space-import-goes-on = The applications are being added. Load this page again in a moment; if some are missing, import the same file again: nothing is added twice.
space-import-cut-off = The import stopped before its end
space-import-cut-off-means = Some of the applications may have been added, and others are missing.
space-import-cut-off-next = Import the same file again in a few minutes: what is missing is added, and nothing is added twice.
