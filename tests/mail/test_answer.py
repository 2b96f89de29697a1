"""The recruiter's answer, from the link in the employer's e-mail to the bytes that the candidate's server received."""

import re
from datetime import date, timedelta

import httpx
from test_application import apply

from postulo import PATIENCE, Page

DAY = date.today() + timedelta(days=30)
INTERVIEW = {
    "place": "onsite",
    "date": DAY.isoformat(),
    "time": "14:30",
    "zone": "Europe/Paris",
    "recruiter_name": "Dominique Dupont",
    "recruiter_email": "dominique@boulangerie.example",
    "recruiter_address": "3 place du Marché, 75011 Paris",
    "message": "Venez avec vos questions.",
}


def link_to(received, kind: str) -> str:
    return re.search(rf"http\S+/r/[^\s/]+/{kind}", received.text())[0]


def give(link: str, **values: str) -> Page:
    """Fills in the form, looks at the preview and sends it, as a browser without JavaScript does."""
    origin = "{0.scheme}://{0.host}:{0.port}".format(httpx.URL(link))
    with httpx.Client(timeout=PATIENCE, headers={"Origin": origin}) as browser:
        [form] = Page(browser.get(link)).forms
        preview = Page(browser.post(form.action, data=form.filled(**values)))
        assert preview.status == 200, preview.words
        [form] = preview.forms
        assert ("step", "send", None) in form.buttons
        done = browser.post(form.action, data=form.filled(step="send"), follow_redirects=True)
        assert done.status_code == 200, Page(done).words
        return Page(done)


def unfolded(ics: str) -> list[str]:
    """RFC 5545 3.1."""
    return re.sub(r"\r?\n[ \t]", "", ics).splitlines()


def test_an_interview_arrives_with_its_invitation(partner, people, application, mail):
    apply(partner, application | {"send_confirmation": True})
    [copy] = mail.await_messages(people.candidate)
    [received] = mail.await_messages(people.employer)
    give(link_to(received, "interview"), **INTERVIEW)

    _, answer = mail.await_messages(people.candidate, 2)
    assert answer.recipients == [people.candidate]
    assert answer.sender == partner.contact
    assert answer.message["Reply-To"].addresses[0].addr_spec == "dominique@boulangerie.example"
    assert answer.header("In-Reply-To").strip() == copy.header("Message-ID").strip()
    assert copy.header("Message-ID").strip() in answer.header("References")
    assert answer.header("Auto-Submitted") == "auto-generated"
    assert "14 h 30" in answer.text() and "Venez avec vos questions." in answer.text()

    part = answer.part("text/calendar")
    assert part.get_param("method") == "REQUEST" and part.get_content_charset() == "utf-8"
    lines = unfolded(part.get_content())
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    assert "METHOD:REQUEST" in lines
    assert f"DTSTART;TZID=Europe/Paris:{DAY:%Y%m%d}T143000" in lines
    assert "TZID:Europe/Paris" in lines, "the zone is described in the file itself"
    assert any(line.startswith("ATTENDEE") and people.candidate in line for line in lines)
    assert any(line.startswith("ORGANIZER") and "dominique@boulangerie.example" in line for line in lines)
    assert answer.attached()["entretien.ics"].decode().splitlines()[0] == "BEGIN:VCALENDAR"


def test_the_recruiter_gets_a_receipt_of_the_answer(partner, people, application, mail):
    apply(partner, application)
    [received] = mail.await_messages(people.employer)
    give(link_to(received, "rejection"), reason="experience", message="Merci de votre intérêt.")
    _, receipt = mail.await_messages(people.employer, 2)
    assert "L’expérience ne correspond pas au poste" in receipt.text()
    assert receipt.header("In-Reply-To").strip() == received.header("Message-ID").strip()
    [answer] = mail.await_messages(people.candidate)
    assert "Merci de votre intérêt." in answer.text()


def test_a_second_interview_updates_the_first_in_the_calendar(partner, people, application, mail):
    apply(partner, application)
    [received] = mail.await_messages(people.employer)
    link = link_to(received, "interview")
    give(link, **INTERVIEW)
    mail.await_messages(people.candidate)
    give(link, **INTERVIEW | {"time": "16:00"})
    invitations = [
        unfolded(message.part("text/calendar").get_content()) for message in mail.await_messages(people.candidate, 2)
    ]
    uids = {line for lines in invitations for line in lines if line.startswith("UID:")}
    assert len(uids) == 1
    sequences = [int(line.split(":")[1]) for lines in invitations for line in lines if line.startswith("SEQUENCE:")]
    assert sequences == [0, 1]


def test_a_rejection_takes_the_interview_out_of_the_calendar(partner, people, application, mail):
    apply(partner, application)
    [received] = mail.await_messages(people.employer)
    give(link_to(received, "interview"), **INTERVIEW)
    mail.await_messages(people.candidate)
    give(link_to(received, "rejection"), reason="experience", message="")
    invited, rejected = mail.await_messages(people.candidate, 2)
    part = rejected.part("text/calendar")
    assert part.get_param("method") == "CANCEL"
    before, after = unfolded(invited.part("text/calendar").get_content()), unfolded(part.get_content())
    assert "METHOD:CANCEL" in after and "STATUS:CANCELLED" in after and "SEQUENCE:1" in after
    for name in ("UID:", "ORGANIZER", "DTSTART"):
        assert [line for line in before if line.startswith(name)] == [line for line in after if line.startswith(name)]
    assert "n’aura pas lieu" in rejected.text()
    assert rejected.attached()["entretien-annule.ics"].decode().splitlines()[0] == "BEGIN:VCALENDAR"


def test_a_withdrawal_is_told_to_whoever_counts_on_the_candidate(partner, people, application, mail):
    apply(partner, application)
    [received] = mail.await_messages(people.employer)
    recruiter = people.employer.replace("@", "-recruiter@")
    give(link_to(received, "interview"), **INTERVIEW | {"recruiter_email": recruiter})
    [invited] = mail.await_messages(people.candidate)
    page = re.search(r"http\S+/c/[^\s/]+", invited.text())[0]
    origin = "{0.scheme}://{0.host}:{0.port}".format(httpx.URL(page))
    withdrawn = httpx.post(page + "/withdraw", data={"reason": "secret"}, headers={"Origin": origin}, timeout=30)
    assert withdrawn.status_code == 303
    *_, told = mail.await_messages(people.employer, 3)
    [other] = mail.await_messages(recruiter)
    assert told.header("In-Reply-To").strip() == received.header("Message-ID").strip()
    for news in (told, other):
        assert "a retiré sa candidature" in news.text() and "n’aura pas lieu" in news.text()
        assert "secret" not in news.text(), "the reason is not the employer's to know"
    _, cancelled = mail.await_messages(people.candidate, 2)
    lines = unfolded(cancelled.part("text/calendar").get_content())
    assert "METHOD:CANCEL" in lines and "STATUS:CANCELLED" in lines and "SEQUENCE:1" in lines


def test_a_form_of_another_site_answers_nothing(partner, people, application, mail):
    apply(partner, application)
    [received] = mail.await_messages(people.employer)
    link = link_to(received, "rejection")
    answer = httpx.post(
        link,
        data={"reason": "experience", "step": "send"},
        headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    # What a scanner does: it follows every link and asks for its headers.
    for kind in ("interview", "info", "rejection", "hired"):
        assert httpx.head(link_to(received, kind)).status_code == 200
        assert httpx.get(link_to(received, kind)).status_code == 200
    give(link_to(received, "info"), message="Avez-vous le permis ?", recruiter_name="D", recruiter_phone="01 23 45 67 89")
    [only] = mail.await_messages(people.candidate)
    assert "permis" in only.text()
