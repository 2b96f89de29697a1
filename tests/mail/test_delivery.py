"""What becomes of an e-mail that the employer's server refuses, for now or for good."""

import json

from test_application import apply

from postulo import until


def kinds(partner, application_id) -> list[str]:
    with partner.http() as http:
        answer = http.get(f"/api/v1/applications/{application_id}/events")
    assert answer.status_code == 200, answer.text
    return [event["kind"] for event in answer.json()]


def reactions(partner, application_id) -> list[dict]:
    """The reactions to this application that are delayed, failed or skipped."""
    return json.loads(partner.server.run("reactions", "list", "--application", application_id, "--json"))


def test_an_operator_has_a_delayed_mail_tried_again_at_once(partner, people, application, mail):
    application["employer_email"] = busy = "busy-451-1." + people.employer
    identifier = apply(partner, application).json()["id"]
    until(lambda: reactions(partner, identifier), partner.server.log)
    assert mail.received(busy) == []
    partner.server.run("reactions", "retry", "--application", identifier)
    [received] = mail.await_messages(busy)
    assert received.recipients == [busy]
    assert mail.attempts(busy) == 2
    until(lambda: "SentToEmployer" in kinds(partner, identifier), partner.server.log)
    until(lambda: reactions(partner, identifier) == [], partner.server.log)


def test_a_refusal_for_good_is_kept_for_the_operator_and_not_repeated(partner, people, application, mail):
    application["employer_email"] = unknown = "unknown-550." + people.employer
    identifier = apply(partner, application).json()["id"]
    until(lambda: "EmailFailed" in kinds(partner, identifier), partner.server.log)
    assert "SentToEmployer" not in kinds(partner, identifier)
    [failed] = reactions(partner, identifier)
    assert failed["state"] == "failed" and "550" in json.dumps(failed)
    assert mail.attempts(unknown) == 1


def test_a_refusal_for_now_waits_and_its_neighbours_do_not(partner, people, application, mail):
    busy = "busy-451." + people.employer
    identifier = apply(partner, application | {"employer_email": busy}).json()["id"]
    until(lambda: mail.attempts(busy) >= 1, partner.server.log)
    assert apply(partner, application).status_code == 201
    mail.await_messages(people.employer)
    [delayed] = until(lambda: reactions(partner, identifier), partner.server.log)
    assert delayed["state"] == "delayed" and "451" in json.dumps(delayed)
    assert mail.received(busy) == []
    assert not {"SentToEmployer", "EmailFailed"} & set(kinds(partner, identifier))


def test_a_connection_that_breaks_is_no_refusal(partner, people, application, mail):
    broken = "hangup." + people.employer
    identifier = apply(partner, application | {"employer_email": broken}).json()["id"]
    [delayed] = until(lambda: reactions(partner, identifier), partner.server.log)
    assert delayed["state"] == "delayed"
    assert "EmailFailed" not in kinds(partner, identifier)
