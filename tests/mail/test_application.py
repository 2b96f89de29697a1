"""An application through the JSON API, and the e-mails about it as a real mail server received them."""

import json
import re
from email.utils import parsedate_to_datetime

from documents import pdf

CV = pdf("Zoe Le Guennec")


def apply(partner, application, files=(), key=None):
    """Sends an application as a partner does; the answer."""
    headers = {"Idempotency-Key": key} if key else {}
    with partner.http() as http:
        if not files:
            return http.post("/api/v1/applications", json=application, headers=headers)
        parts = [("application", (None, json.dumps(application), "application/json"))]
        parts += [("attachments", file) for file in files]
        return http.post("/api/v1/applications", files=parts, headers=headers)


def lines_of(raw: bytes) -> list[bytes]:
    return raw.split(b"\r\n")


def test_an_application_reaches_the_employer_with_its_attachments(partner, people, application, mail):
    files = [("CV Zoé.pdf", CV, "application/pdf"), ("lettre.txt", "Bonjour.\n".encode(), "text/plain")]
    answer = apply(partner, application, files)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].endswith("/api/v1/applications/" + answer.json()["id"])
    assert answer.json()["position"] > 0

    [received] = mail.await_messages(people.employer)
    assert received.recipients == [people.employer]
    assert received.sender == partner.contact
    sender = received.message["From"].addresses[0]
    assert sender.addr_spec == partner.contact
    assert "Zoé Le Guénnec" in sender.display_name and partner.name in sender.display_name
    assert received.message["Reply-To"].addresses[0].addr_spec == people.candidate
    assert [to.addr_spec for to in received.message["To"].addresses] == [people.employer]
    assert "Boulanger (H/F)" in received.header("Subject")
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", received.header("Message-ID").strip())
    assert received.header("Auto-Submitted") == "auto-generated"
    assert parsedate_to_datetime(received.header("Date")).tzinfo is not None

    assert received.attached() == {"CV Zoé.pdf": CV, "lettre.txt": "Bonjour.\n".encode()}
    assert received.part("application/pdf").get_filename() == "CV Zoé.pdf"


def test_the_mail_is_whole_in_text_and_in_html(partner, people, application, mail):
    assert apply(partner, application).status_code == 201
    [received] = mail.await_messages(people.employer)
    text, html = received.text(), received.html()
    for expected in ("Votre fournil me plaît", people.candidate, "12 rue des Lilas", "Boulangerie Dupont & Fils"):
        assert expected in text
    assert html.lstrip().lower().startswith("<!doctype html") and "</html>" in html
    assert "Boulangerie Dupont &amp; Fils" in html
    for kind in ("interview", "info", "rejection", "hired"):
        link = re.search(rf"{re.escape(partner.server.url)}/r/[^\s/]+/{kind}", text)
        assert link and link[0] in html
    # Clients clip longer ones, and no picture of ours tells when it is opened.
    assert len(html.encode()) < 100_000
    assert not re.search(r"<img[^>]+src=[\"']?http", html)


def test_the_bytes_follow_the_standard(partner, people, application, mail):
    application["message"] = "\n.\nUn point seul, puis une très longue ligne : " + "é" * 3000
    assert apply(partner, application, [("CV.pdf", CV, "application/pdf")]).status_code == 201
    [received] = mail.await_messages(people.employer)
    assert b"\n" not in received.raw.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in lines_of(received.raw)), "RFC 5322 2.1.1"
    head = received.raw.split(b"\r\n\r\n", 1)[0]
    assert head.isascii(), "names outside ASCII are encoded words, which every server takes"
    assert "é" * 3000 in received.text().replace("\r\n", "\n").replace("\n", "").replace("> ", "")
    names = [name.lower() for name in received.message.keys()]
    for once in ("from", "to", "subject", "date", "message-id", "reply-to", "mime-version"):
        assert names.count(once) == 1


def test_the_candidate_gets_a_copy_only_when_asked_for(partner, people, application, mail):
    assert apply(partner, application).status_code == 201
    mail.await_messages(people.employer)
    application["send_confirmation"] = True
    files = [("CV.pdf", CV, "application/pdf")]
    assert apply(partner, application, files).status_code == 201
    [copy] = mail.await_messages(people.candidate)
    assert "Votre fournil me plaît" in copy.text()
    assert "CV.pdf" in copy.text(), "the attachments are listed"
    assert copy.attached() == {}
    assert f"{partner.server.url}/c/" in copy.text()
    assert copy.header("Auto-Submitted") == "auto-generated"
    mail.await_messages(people.employer, 2)
    assert len(mail.received(people.candidate)) == 1


def test_a_repeat_with_the_same_key_is_one_application_and_one_mail(partner, people, application, mail):
    first = apply(partner, application, key="order-1" + people.employer)
    again = apply(partner, application, key="order-1" + people.employer)
    assert first.status_code == 201 and again.status_code in (200, 201)
    assert again.json()["id"] == first.json()["id"]
    other = apply(partner, application | {"job": "Pâtissier"}, key="order-1" + people.employer)
    assert other.status_code == 422
    # A later application arrives; so would have a second copy of the first one, which came before.
    assert apply(partner, application | {"job": "Vendeur"}).status_code == 201
    subjects = [message.header("Subject") for message in mail.await_messages(people.employer, 2)]
    assert len([subject for subject in subjects if "Boulanger" in subject]) == 1


def test_headers_cannot_be_injected(partner, people, application, mail):
    application["candidate_last_name"] = "Martin\r\nBcc: everybody@example.org"
    answer = apply(partner, application)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "candidate_last_name" in answer.text
    application["candidate_last_name"] = "Martin"
    application["job"] = "Vendeur\nBcc: everybody@example.org"
    assert apply(partner, application).status_code == 422
    assert mail.received(people.employer) == []
    assert mail.received("everybody@example.org") == []
