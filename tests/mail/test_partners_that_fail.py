"""Memo, a webhook and a mail server that fail at random: nothing is lost, and what came twice is counted."""

import hashlib
import hmac
import json
import random
import re
import time
from uuid import uuid4

import pytest
from standardwebhooks import Webhook
from test_application import apply

from admin import Admin
from conftest import partner_of
from postulo import WITHOUT_LIMITS, Postulo, until

ROUNDS = 20
MEMO_SECRET = "shared with memo"
# What happens to an application; what the machinery does about it is not told.
TOLD = {"Submitted", "SentToEmployer", "ConfirmedToCandidate", "ForwardedToMemo"}


@pytest.fixture
def forwarding(tmp_path, server, counterparts):
    """A service of its own that forwards to them, with its partner and the webhook's secret."""
    running = Postulo(tmp_path, server.environment["POSTULO_MAIL_URL"])
    running.environment |= {"POSTULO_MEMO_URL": counterparts.url + "/memo", "POSTULO_MEMO_SECRET": MEMO_SECRET}
    partner = partner_of(
        running, "forwarding", "Emploi Suivi", "bonjour@suivi.example", "--forwards-to-memo=true", *WITHOUT_LIMITS
    )
    yield partner
    assert running.stop() == 0, running.log()


def events(partner, application_id) -> list[dict]:
    with partner.http() as http:
        return http.get(f"/api/v1/applications/{application_id}/events").json()


def replay(admin: Admin) -> int:
    """Has each post that waits made again now; how many there are."""
    page = admin.page("/admin/clients/forwarding/webhooks?state=pending")
    waiting = [form for form in page.forms if "position" in dict(form.values)]
    for form in waiting:
        admin.post(form.action, act="replay", **dict(form.values))
    return len(waiting)


def test_nothing_is_lost_when_counterparts_fail_at_random(forwarding, counterparts, application, mail):
    admin = Admin(forwarding.server)
    registered = admin.post("/admin/clients/forwarding/webhooks", url=counterparts.url + "/hook")
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", registered.text)[0]
    dice = random.Random(20261120)
    modes = ["ok", "429", "500", "garbage", "drop", "lost"]
    sent = {}
    for number in range(ROUNDS):
        memo, hook = dice.choice(modes), dice.choice(modes)
        # Each waits for a time-out of ours.
        if number == 5:
            memo = "slow"
        if number == 11:
            hook = "slow"
        counterparts.behave("memo", memo)
        counterparts.behave("hook", hook)
        prefix = dice.choice(["", "busy-451-1.", "busy-421-2."])
        employer = f"{prefix}{uuid4().hex[:12]}@employeur.example"
        fields = application | {"employer_email": employer, "candidate_peid": f"PE-{number}"}
        before = counterparts.asked()
        answer = apply(forwarding, fields)
        assert answer.status_code == 201, answer.text
        sent[answer.json()["id"]] = (employer, fields["candidate_peid"])
        end = time.monotonic() + 1
        while counterparts.asked() < before + 2 and time.monotonic() < end:
            time.sleep(0.05)
    for who in ("memo", "hook"):
        counterparts.behave(who, "ok")

    replayed = 0

    def settled() -> bool:
        nonlocal replayed
        forwarding.server.run("reactions", "retry", "--all")
        waiting = replay(admin)
        replayed += waiting
        kinds = [{event["kind"] for event in events(forwarding, one)} for one in sent]
        time.sleep(1)
        return waiting == 0 and all({"SentToEmployer", "ForwardedToMemo"} <= its for its in kinds)

    until(settled, forwarding.server.log)

    # Each employer has one letter, or two of the same Message-ID.
    letters = [mail.await_messages(employer) for employer, _ in sent.values()]
    twice_mailed = sum(len(received) - 1 for received in letters)
    assert all(len({one.header("Message-ID") for one in received}) == 1 for received in letters)

    # Memo has each application, signed with what is shared.
    memo = counterparts.taken("memo")
    for taken in memo:
        signed, _, signature = taken["path"].partition("?")[2].partition("&signature=")
        assert signature == hmac.new(MEMO_SECRET.encode(), signed.encode(), hashlib.md5).hexdigest()
    forwarded = [json.loads(taken["body"])["peId"] for taken in memo]
    assert set(forwarded) == {peid for _, peid in sent.values()}

    # The webhook has each event, signed as the published library verifies it.
    posts = counterparts.taken("hook")
    bodies = [Webhook(secret).verify(post["body"], post["headers"]) for post in posts]
    told = {(body["data"]["application_id"], body["data"]["sequence"]) for body in bodies}
    for one in sent:
        expected = {(one, event["sequence"]) for event in events(forwarding, one) if event["kind"] in TOLD}
        assert expected and expected <= told
    again = len(posts) - len({post["headers"]["webhook-id"] for post in posts})
    twice_forwarded = len(forwarded) - len(set(forwarded))
    print(
        f"{ROUNDS} rounds: {len(sent)} applications; twice: {twice_mailed} e-mails, {twice_forwarded} to Memo, "
        f"{again} of {len(posts)} posts to the webhook (an operator replayed {replayed})"
    )
    assert twice_mailed == 0
    assert twice_forwarded <= counterparts.untold("memo")
    assert again <= counterparts.untold("hook") + replayed


def test_a_signature_that_is_not_ours_is_refused_by_the_library(forwarding, counterparts, application):
    admin = Admin(forwarding.server)
    admin.post("/admin/clients/forwarding/webhooks", url=counterparts.url + "/hook")
    assert apply(forwarding, application).status_code == 201
    [post, *_] = until(lambda: counterparts.taken("hook"), forwarding.server.log)
    other = Webhook("whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=")
    with pytest.raises(Exception, match="No matching signature"):
        other.verify(post["body"], post["headers"])
