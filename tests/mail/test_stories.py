"""Four bad days, as docs/operating.md tells them, lived through on the admin pages."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from test_application import apply

from admin import Admin
from conftest import Partner, partner_of
from mailserver import MailServer
from postulo import WITHOUT_LIMITS, Page, Postulo, until

NEIGHBOUR = ("voisin", "Emploi Voisin", "bonjour@voisin.example")


def submit(partner: Partner, application: dict, **fields: str) -> str:
    answer = apply(partner, application | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def employer() -> str:
    return f"{uuid4().hex[:12]}@employeur.example"


def delayed(front: Page, reactor: str) -> int:
    """How many reactions wait, whatever for, as the front page tells."""
    return sum(map(int, re.findall(rf"(\d+) delayed · {reactor}", front.words)))


@pytest.fixture
def locked_mail(tmp_path):
    """A mail server that asks for the password `right`: its port, and what it received."""
    folder = tmp_path / "mail"
    port = tmp_path / "smtp.port"
    program = Path(__file__).with_name("smtp_server.py")
    asks = ["--password", "right", "--folder", str(folder), "--port-file", str(port)]
    process = subprocess.Popen([sys.executable, str(program), *asks])
    until(port.exists, lambda: "the mail server does not start")
    yield port.read_text(), MailServer(folder)
    process.terminate()
    process.wait()


def test_the_smtp_password_is_wrong(tmp_path, locked_mail, application):
    port, mail = locked_mail
    folder = tmp_path / "service"
    folder.mkdir()
    running = Postulo(folder, "")
    running.environment["POSTULO_MAIL_URL"] = f"smtp://postulo:wrong@127.0.0.1:{port}?starttls=none"
    partner = partner_of(running, *NEIGHBOUR, *WITHOUT_LIMITS)
    employers = [employer() for _ in range(3)]
    for to in employers:
        submit(partner, application, employer_email=to)
    admin = Admin(running)
    front = until(
        lambda: (page := admin.page("/admin")) and "3 delayed · employer_email" in page.words and page,
        lambda: admin.page("/admin").words,
    )
    assert "POSTULO_MAIL_URL" in front.words, "the reason and what to mend are told"
    assert front.words.count("employer_email") == 1, "once for all of them"
    doctor = subprocess.run(
        [running.binary, "doctor"], cwd=running.folder, env=running.environment, capture_output=True, text=True
    )
    assert doctor.returncode != 0 and "POSTULO_MAIL_URL" in doctor.stdout + doctor.stderr

    assert running.stop() == 0
    running.environment["POSTULO_MAIL_URL"] = f"smtp://postulo:right@127.0.0.1:{port}?starttls=none"
    running.start()
    front = Admin(running).page("/admin")
    Admin(running).press(front, "act=retry", reactor="employer_email", state="delayed")
    for to in employers:
        assert len(mail.await_messages(to)) == 1
    until(lambda: "Nothing: everything leaves" in Admin(running).page("/admin").words, running.log)
    assert running.stop() == 0


def test_a_partner_answers_500_for_an_hour(tmp_path, server, counterparts, application):
    running = Postulo(tmp_path, server.environment["POSTULO_MAIL_URL"])
    running.environment |= {"POSTULO_MEMO_URL": counterparts.url + "/memo", "POSTULO_MEMO_SECRET": "shared"}
    partner = partner_of(running, *NEIGHBOUR, "--forwards-to-memo=true", *WITHOUT_LIMITS)
    counterparts.behave("memo", "500")
    for number in range(20):
        submit(partner, application, employer_email=employer(), candidate_peid=f"PE-{number}")
    admin = Admin(running)
    front = until(
        lambda: (page := admin.page("/admin")) and delayed(page, "memo") == 20 and page,
        lambda: admin.page("/admin").words,
    )
    asked = counterparts.asked()
    assert asked < 20, "a partner that is down is not hammered"
    admin.press(front, "act=retry", reactor="memo", state="delayed")
    time.sleep(2)
    assert counterparts.asked() < asked + 20, "not even when an operator insists"

    counterparts.behave("memo", "ok")

    def everything_there() -> bool:
        forwarded = {json.loads(taken["body"])["peId"] for taken in counterparts.taken("memo")}
        return len(forwarded) == 20

    until(everything_there, lambda: admin.page("/admin").words)
    until(lambda: "Nothing: everything leaves" in admin.page("/admin").words, lambda: admin.page("/admin").words)
    assert len(counterparts.taken("memo")) == 20, "each once"
    assert running.stop() == 0


def test_an_employers_mailbox_bounces(tmp_path, counterparts, application):
    secret = "told to mailjet only"
    running = Postulo(tmp_path, f"mailjet://key:secret@{counterparts.address}?plain=true")
    running.environment["POSTULO_MAILJET_EVENTS_SECRET"] = secret
    partner = partner_of(running, *NEIGHBOUR, *WITHOUT_LIMITS)
    gone = employer()
    first = submit(partner, application, employer_email=gone)
    [letter] = until(lambda: counterparts.taken("mailjet"), running.log)
    bounce = {"event": "bounce", "hard_bounce": True, "MessageID": int(letter["number"]), "email": gone, "time": 1796000000}
    reported = httpx.post(running.url + f"/pipeline/eventcallback/?secret={secret}", json=[bounce])
    assert reported.is_success, reported.text

    admin = Admin(running)
    front = until(
        lambda: (page := admin.page("/admin")) and "on the suppression list: 1" in page.words and page,
        lambda: admin.page("/admin").words,
    )
    assert any(link.endswith("/admin/suppressions") for link in front.links)
    page = admin.page(f"/admin/applications/{first}")
    assert "bounced" in page.words, page.words
    assert "Not delivered to the employer" in page.words, page.words
    refused = apply(partner, application | {"employer_email": gone})
    assert refused.status_code == 422, "a candidate is told while something can still be done"

    listed = admin.page("/admin/suppressions")
    assert gone in listed.words and "came back" in listed.words
    admin.post("/admin/suppressions/lift", address=gone)
    again = admin.page(f"/admin/applications/{first}")
    resend = next(form for form in again.forms if form.action.endswith("/resend"))
    admin.post(resend.action, **resend.filled(letter="employer"))
    until(lambda: len(counterparts.taken("mailjet")) == 2, running.log)
    second = json.loads(counterparts.taken("mailjet")[1]["body"])["Messages"][0]
    assert second["To"] == [{"Email": gone}]
    submit(partner, application, employer_email=gone)
    assert running.stop() == 0


def test_a_candidate_applies_a_hundred_times_in_a_minute(tmp_path, server, application, mail):
    running = Postulo(tmp_path, server.environment["POSTULO_MAIL_URL"])
    partner = partner_of(running, *NEIGHBOUR, "--requests-per-minute=0")
    employers = [employer() for _ in range(100)]
    for to in employers:
        submit(partner, application, employer_email=to)
    admin = Admin(running)
    until(lambda: " delayed · employer_email" in admin.page("/admin").words, running.log)
    until(lambda: sum(len(mail.received(to)) for to in employers) >= 2, running.log)
    front = admin.page("/admin")
    assert "a candidate may send" in front.words, "the limit is named"
    found = admin.page(f"/admin/applications?text={application['candidate_email']}")
    assert found.words.count(application["candidate_email"]) >= 25, "all of them, on four pages"

    # It is abuse: nothing more leaves.
    admin.post("/admin/suppressions", address=application["candidate_email"], days="30")
    assert apply(partner, application | {"employer_email": employer()}).status_code == 422
    front = admin.page("/admin")
    admin.press(front, "act=retry", reactor="employer_email", state="delayed")
    until(lambda: "delayed · employer_email" not in admin.page("/admin").words, running.log)
    left = sum(len(mail.received(to)) for to in employers)
    skipped = [row for row in json.loads(running.run("reactions", "list", "--json")) if row["state"] == "skipped"]
    assert left + len(skipped) == 100 and left <= 10, (left, len(skipped))

    # It was a mistake after all.
    admin.post("/admin/suppressions/lift", address=application["candidate_email"])
    admin.press(admin.page("/admin/reactions?state=skipped"), "act=retry", state="skipped", reactor="")
    until(lambda: " delayed · employer_email" in admin.page("/admin").words, running.log)
    assert running.stop() == 0
