"""AMI and Mailjet that fail at random: nothing is lost, and what came twice is counted."""

import base64
import json
import random
import time
from uuid import uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from test_application import apply

from conftest import partner_of
from postulo import WITHOUT_LIMITS, Postulo, until

ROUNDS = 20
MAILJET_SECRET = "told to mailjet only"


@pytest.fixture
def key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture
def mailing(tmp_path, counterparts, key):
    """A service of its own that mails through Mailjet and forwards to AMI, with its partner."""
    running = Postulo(tmp_path, f"mailjet://key:se%2Fcret@{counterparts.address}?plain=true")
    running.environment |= {
        "POSTULO_AMI_URL": counterparts.url + "/ami",
        "POSTULO_PEAM_KEY": key,
        "POSTULO_MAILJET_EVENTS_SECRET": MAILJET_SECRET,
    }
    partner = partner_of(
        running, "mailing", "Emploi Direct", "bonjour@direct.example", "--forwards-to-ami=true", *WITHOUT_LIMITS
    )
    yield partner
    assert running.stop() == 0, running.log()


def kinds(partner, application_id) -> list[str]:
    with partner.http() as http:
        return [event["kind"] for event in http.get(f"/api/v1/applications/{application_id}/events").json()]


def report(partner, **event) -> httpx.Response:
    """Mailjet tells what became of an e-mail."""
    return httpx.post(partner.server.url + f"/pipeline/eventcallback/?secret={MAILJET_SECRET}", json=[event])


def test_nothing_is_lost_when_ami_and_mailjet_fail_at_random(mailing, counterparts, application, key):
    dice = random.Random(20261121)
    modes = ["ok", "429", "500", "garbage", "drop", "lost"]
    sent = {}
    for number in range(ROUNDS):
        ami, mailjet = dice.choice(modes), dice.choice(modes)
        # Each waits for a time-out of ours.
        if number == 5:
            ami = "slow"
        if number == 11:
            mailjet = "slow"
        counterparts.behave("ami", ami)
        counterparts.behave("mailjet", mailjet)
        employer, token = f"{uuid4().hex[:12]}@employeur.example", f"token-{number}"
        encrypted = Fernet(key).encrypt(token.encode()).decode()
        fields = application | {"employer_email": employer, "candidate_peam_access_token": encrypted}
        before = counterparts.asked()
        answer = apply(mailing, fields)
        assert answer.status_code == 201, answer.text
        sent[answer.json()["id"]] = (employer, token)
        end = time.monotonic() + 1
        while counterparts.asked() < before + 2 and time.monotonic() < end:
            time.sleep(0.05)
    for who in ("ami", "mailjet"):
        counterparts.behave(who, "ok")

    def settled() -> bool:
        mailing.server.run("reactions", "retry", "--all")
        time.sleep(1)
        return all({"SentToEmployer", "ForwardedToAmi"} <= set(kinds(mailing, one)) for one in sent)

    until(settled, mailing.server.log)

    # AMI has each application, in the name of its candidate.
    forwarded = [taken["headers"]["authorization"] for taken in counterparts.taken("ami")]
    assert set(forwarded) == {f"Bearer {token}" for _, token in sent.values()}

    # Mailjet has each letter, once or more often under the same name.
    mails = counterparts.taken("mailjet")
    account = "Basic " + base64.b64encode(b"key:se/cret").decode()
    assert {taken["headers"]["authorization"] for taken in mails} == {account}
    messages = [json.loads(taken["body"])["Messages"][0] for taken in mails]
    names = {}
    for message in messages:
        names.setdefault(message["To"][0]["Email"], set()).add(message["CustomID"])
        assert message["From"] == {"Email": "bonjour@direct.example", "Name": "Zoé Le Guénnec via Emploi Direct"}
        assert message["ReplyTo"] == {"Email": application["candidate_email"]}
        assert application["message"].splitlines()[-1] in message["TextPart"] and "<" in message["HTMLPart"]
    assert set(names) == {employer for employer, _ in sent.values()}
    assert all(len(one) == 1 for one in names.values())
    twice_mailed, twice_forwarded = len(mails) - len(sent), len(forwarded) - len(sent)
    print(
        f"{ROUNDS} rounds: {len(sent)} applications; twice: {twice_mailed} of {len(mails)} to Mailjet, "
        f"{twice_forwarded} of {len(forwarded)} to AMI"
    )
    assert twice_mailed <= counterparts.untold("mailjet")
    assert twice_forwarded <= counterparts.untold("ami")


def test_what_mailjet_reports_by_its_own_id_is_in_the_history(mailing, counterparts, application):
    [good, gone] = [f"{uuid4().hex[:12]}@employeur.example" for _ in range(2)]
    [to_good, to_gone] = [apply(mailing, application | {"employer_email": to}).json()["id"] for to in (good, gone)]
    until(lambda: len(counterparts.taken("mailjet")) == 2, mailing.server.log)
    numbers = {
        json.loads(mail["body"])["Messages"][0]["To"][0]["Email"]: int(mail["number"])
        for mail in counterparts.taken("mailjet")
    }
    for _ in range(2):
        assert report(mailing, event="sent", MessageID=numbers[good], email=good, time=1796000000).is_success
        bounce = {"event": "bounce", "hard_bounce": True, "error": "user unknown"}
        assert report(mailing, MessageID=numbers[gone], email=gone, time=1796000000, **bounce).is_success
    assert report(mailing, event="sent", MessageID=7, email=good, time=1796000000).is_success, "an id of nobody's"
    assert kinds(mailing, to_good).count("EmailDelivered") == 1, "told twice, it happened once"
    assert kinds(mailing, to_gone).count("EmailBounced") == 1
    listed = until(lambda: mailing.server.run("suppressions", "list"), mailing.server.log)
    assert gone in listed and good not in listed
