space-proof-title = Signed list of applications
space-proof-intro = A PDF for the employment agency: what you sent, to whom and when. What left through Postulo is proven; what you typed in is listed apart, as declared. Whoever gets it can check that nothing was changed.
space-proof-confirm-first = Confirm your e-mail address first: what you sent through Postulo is in the list only then.
space-proof-first-day = First day
space-proof-last-day = Last day
space-proof-days-hint = Leave both empty for everything.
space-proof-language = Language of the list
space-proof-make = Make the PDF
space-proof-checked-at = Whoever receives it checks it here:
space-proof-wrong-day = Write a day as YYYY-MM-DD, such as 2026-11-28, or nothing.
space-proof-ends-before = The last day is before the first one.
space-proof-nothing = You applied for nothing in this time. Choose other days.
space-proof-too-many = There are too many applications in this time: a list has 1,000 at most, and fewer where your messages were very long. Choose fewer days.
space-proof-no-key = This service signs nothing, so it makes and checks no signed lists. Ask those who run it.
space-proof-file = applications-{ $day }.pdf
space-proof-from-to = Applications from { $from } to { $to }
space-proof-from = Applications since { $from }
space-proof-to = Applications until { $to }
space-proof-whole = All applications
space-proof-made = Made by Postulo on { $time }.
space-proof-proven = Proven: sent through Postulo
space-proof-proven-means = { $count ->
    [one] Postulo sent this application by e-mail at the time below, and its signed log proves it.
   *[other] Postulo sent these { $count } applications by e-mail at the times below, and its signed log proves it.
}
space-proof-none-proven = Nothing was sent through Postulo in this time.
space-proof-not-delivered = { $count ->
    [one] One more application did not reach the employer’s mailbox, or not yet: it is not listed.
   *[other] { $count } more applications did not reach the employer’s mailbox, or not yet: they are not listed.
}
space-proof-sent-on = Sent on
space-proof-sent-to = To
space-proof-employer = { $employer }, SIRET { $siret }
space-proof-declared = Declared: typed in
space-proof-declared-means = { $count ->
    [one] The person typed in this application themselves. Postulo did not send it and cannot prove it.
   *[other] The person typed in these { $count } applications themselves. Postulo did not send them and cannot prove them.
}
space-proof-how = How to check this list
space-proof-how-text = Scan the code, or open the address beneath it, and send this PDF. The page says whether a single byte was changed since it was made. The same data are attached to this PDF as a file, for programs.
space-proof-code-alt = QR code that leads to the page that checks this list. The address is beneath it.
space-proof-key = Public key of the signature: { $key }
space-proof-attached = The list as canonical JSON, with its signature and the proofs of the log
space-proof-footer = Signed list { $id }
space-proof-page = page { $page } of { $of }
space-proof-check-title = Check a signed list
space-proof-was-made = This list of applications was made on { $time } by { $service }.
space-proof-check-any = Here you check a list of applications that { $service } made and signed.
space-proof-check-intro = Send the PDF as you received it, or the JSON file attached to it. Nothing of it is kept.
space-proof-check-file = The PDF or the JSON
space-proof-check-hint = 10 MB at most. A PDF that was printed, scanned or saved again by another program cannot be checked: ask for the original file.
space-proof-check-it = Check it
space-proof-refused = This file is refused
space-proof-holds = This list is genuine
space-proof-holds-pdf = Nothing was changed in this PDF since it was signed, and the log proves what is listed as proven.
space-proof-holds-json = Nothing was changed in this file since it was signed, and the log proves what is listed as proven. It is the attached file: what a PDF shows was not checked.
space-proof-other-list = This is a genuine list, and another one
space-proof-other-list-means = It is not the list of this address. Follow the code that is printed in the PDF itself.
space-proof-made-on = Made on
space-proof-no-file = Choose a file first: none was sent, or it is empty.
space-proof-other-file = This is neither a signed list nor the JSON file attached to one.
space-proof-no-signature = This PDF has no signature of Postulo at its end. Another program wrote it or saved it again, or it is no signed list. Ask for the original file.
space-proof-pdf-altered = This PDF is not what was signed: something in it was changed, or it was cut. Ask for the original file.
space-proof-not-canonical = This JSON file is not in the form that was signed (RFC 8785): it was written again, or changed.
space-proof-unknown-key = This list is signed with a key that is not one of this service: { $key }
space-proof-altered = What stands in this list is not what was signed: something in it was changed.
space-proof-not-proven = The list is signed, but the proofs in it do not show what it says was sent.
space-proof-too-large = This file is larger than 10 MB: no signed list is. Send the PDF as you received it.
space-proof-json-too-large = The JSON of this file is larger than 8 MiB: no signed list is. Send the file as you received it.
space-proof-unknown = No list has this address
space-proof-unknown-means = The address was mistyped, or the account that the list was made for was closed: nothing is remembered of it then.
space-proof-unknown-next = A list can still be checked without its address: open /proof and send the PDF.
space-proof-by-program = By a program
space-proof-by-program-text = The attached file is canonical JSON (RFC 8785). The signature is Ed25519 (RFC 8032) over the canonical form of its member "list", with the key below (C2SP signed-note), which is also at /proof/key. The command postulo audit check-list checks both files without a connection.
