"""What the back end of an earlier service promised its front end about accounts, kept by this one.

That service had twelve tests of its own; these are the eight that are about accounts, written anew: a fresh user each,
registered, signed in with a form, over the real binary. It runs with POSTULO_ACCOUNTS_TELL_TAKEN=true and
POSTULO_PASSWORD_MINIMUM=8, as it would for clients of that service.

What differs from then, and why:

| then | here | why |
| --- | --- | --- |
| a password is any text | it is none that is tried first, and holds neither the name nor the address | so that "Password123!" of those tests would be 422; they have another one |
| ids are 24 hexadecimal digits | UUIDs | front ends take them as they come |
| changing the password answers the user | a message | the answer is read by nobody |
| the access token still works after it | that one does, all others end | whoever had the old password is out |
| a changed address counts at once | it is told at once, with email_confirmed false, and counts once confirmed | nobody takes the address of somebody else |
| the user has six members | these, and id, email_confirmed, last_login, roles, companies | for the other front ends |
"""

import base64
import json
from uuid import uuid4

import pytest

from front import PASSWORD, Front

OTHER = "Walnut-Harbour-77"


@pytest.fixture
def front(service) -> Front:
    front = Front(service)
    answer = front.register()
    assert answer.status_code == 201, answer.text
    front.registered = answer.json()
    return front


def test_whoever_registers_is_told_what_they_said(front):
    assert {name: front.registered[name] for name in ("username", "email", "full_name")} == {
        name: front.user[name] for name in ("username", "email", "full_name")
    }
    assert front.registered["_id"] == front.registered["id"]
    assert "password" not in json.dumps(front.registered)


def test_a_name_or_an_address_that_is_taken_is_told(front):
    detail = "Un utilisateur avec cet email ou ce nom d’utilisateur existe déjà"
    for answer in (front.register("/auth/register"), front.register(username=f"v_{uuid4().hex[:12]}")):
        assert answer.status_code == 400, answer.text
        assert answer.json()["detail"] == detail


def test_signing_in_with_a_form_gives_tokens(front):
    tokens = front.sign_in().json()
    assert tokens["access_token"] and tokens["refresh_token"]
    assert tokens["token_type"] == "bearer"


def test_signing_in_with_the_parts_that_the_browser_sends_gives_tokens(front):
    parts = {"username": (None, front.user["username"]), "password": (None, PASSWORD)}
    answer = front.http.post("/auth/token", files=parts)
    assert answer.status_code == 200, answer.text


def test_tokens_are_renewed_and_all_of_them_differ(front):
    tokens = front.signed_in()
    answer = front.http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 200, answer.text
    renewed = answer.json()
    assert set(renewed) == {"access_token", "refresh_token", "token_type"} and renewed["token_type"] == "bearer"
    assert renewed["access_token"] != tokens["access_token"]
    assert renewed["refresh_token"] != tokens["refresh_token"]
    me = front.http.get("/auth/me", headers={"Authorization": f"Bearer {renewed['access_token']}"})
    assert me.status_code == 200 and me.json()["username"] == front.user["username"]


def test_an_unknown_name_signs_nobody_in(front):
    answer = front.sign_in(name=f"nobody_{uuid4().hex[:8]}")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"] == "Nom d’utilisateur ou mot de passe incorrect"


def test_a_password_is_changed(front):
    front.signed_in()
    answer = front.http.post("/auth/change-password", json={"current_password": PASSWORD, "new_password": OTHER})
    assert answer.status_code == 200, answer.text
    assert front.sign_in(password=OTHER).status_code == 200
    assert front.sign_in().status_code == 401


def test_a_wrong_present_password_is_no_401_which_would_sign_the_front_end_out(front):
    front.signed_in()
    body = {"current_password": "Harbour-Walnut-78", "new_password": OTHER}
    answer = front.http.post("/auth/change-password", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"] == "Mot de passe actuel incorrect"


def test_one_reads_ones_own_account(front):
    front.signed_in()
    answer = front.http.get("/auth/me")
    assert answer.status_code == 200
    for name in ("username", "email", "full_name"):
        assert answer.json()[name] == front.user[name]


def test_one_changes_ones_own_account(front):
    front.signed_in()
    email = f"new-{front.user['email']}"
    answer = front.http.put(
        f"/users/{front.registered['_id']}", json={"full_name": "Quinn Otherwise", "email": email}
    )
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["full_name"], changed["email"]) == ("Quinn Otherwise", email)
    assert changed["username"] == front.user["username"]


def test_the_account_of_somebody_else_is_not_there(front, service):
    other = Front(service)
    assert other.register().status_code == 201
    other.signed_in()
    path = f"/users/{front.registered['_id']}"
    for answer in (other.http.get(path), other.http.put(path, json={}), other.http.delete(path)):
        assert answer.status_code == 404, answer.text
        assert isinstance(answer.json()["detail"], str)
    assert front.sign_in().status_code == 200


def test_a_browser_without_cookies_is_answered_whatever_happens(front):
    origin = {"Origin": "http://localhost:3000"}
    answers = [
        front.http.options("/auth/register", headers=origin | {"Access-Control-Request-Method": "POST"}),
        front.http.post("/auth/register", headers=origin, json={}),
        front.http.get("/auth/me", headers=origin),
        front.http.get("/users/x/y/z", headers=origin),
        front.http.post("/auth/token", headers=origin, data={"username": "nobody", "password": "wrong"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 401, 404, 401]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000", answer.url
        assert answer.headers["access-control-allow-credentials"] == "true"
    for answer in answers[1:]:
        assert isinstance(answer.json()["detail"], str)


def test_the_token_is_read_with_the_simplest_means(front):
    tokens = front.signed_in()
    middle = tokens["access_token"].split(".")[1]
    assert not {"-", "_"} & set(middle)
    claims = json.loads(base64.b64decode(middle + "=" * (-len(middle) % 4)))
    assert claims["exp"] - claims["iat"] == 30 * 60
    assert len(tokens["access_token"]) < 4096
