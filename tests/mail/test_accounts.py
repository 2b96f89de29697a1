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
| all tokens still work after it | the access token that it was changed with does, and its refresh token; all others end | whoever had the old password is out |
| a changed address counts at once | it is told at once, with email_confirmed false, and counts once confirmed | nobody takes the address of somebody else |
| the user has six members | these, and id, email_confirmed, last_login, roles, companies | for the other front ends |
| user names sign in as they are written | in any case | two that look alike are not two people's |
| signing in with JSON is 422 | it is answered as a form is | programs send JSON to every other call |
| whoever is shut out is told "Compte désactivé" | what a wrong password is told | nobody learns whether somebody has an account |
| PUT `/users/{id}` writes any key, and is 400 where `password` is one | it writes the name, the full name, the language and the address; other keys are passed over | front ends send whole objects back; a password changes with the present one |
| GET, PUT and DELETE `/users/{id}` are for everybody | for oneself; 404 where it is another one | |
| DELETE `/users/{id}` is 204 | once the password was given, else 400 | a token that was taken erases nobody |
"""

import base64
import json
import re
from email import message_from_bytes, policy
from uuid import uuid4

import pytest

from front import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, Front, detail
from postulo import Postulo, until

USER = {
    "_id", "id", "username", "email", "full_name", "disabled", "email_confirmed", "created_at", "last_login", "roles", "companies",
}


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
    assert set(front.registered) == USER
    assert front.registered["created_at"].endswith("Z")
    assert (front.registered["disabled"], front.registered["email_confirmed"]) == (False, False)
    assert "password" not in json.dumps(front.registered)


@pytest.mark.parametrize("full_name", [None, "", "  ", ...])
def test_a_full_name_that_is_null_or_blank_or_not_there_is_none(service, full_name):
    front = Front(service)
    del front.user["full_name"]
    answer = front.register(**({} if full_name is ... else {"full_name": full_name}))
    assert (answer.status_code, answer.json()["full_name"]) == (201, None), answer.text
    front.signed_in()
    assert front.http.get("/auth/me").json()["full_name"] is None


def test_a_name_or_an_address_that_is_taken_is_told(front):
    for answer in (front.register("/auth/register"), front.register(username=f"v_{uuid4().hex[:12]}")):
        assert detail(answer, 400) == "Un utilisateur avec cet email ou ce nom d'utilisateur existe déjà"


def test_signing_in_with_a_form_gives_tokens(front):
    tokens = front.sign_in().json()
    assert tokens["access_token"] and tokens["refresh_token"]
    assert tokens["token_type"] == "bearer"


def test_signing_in_with_the_parts_that_the_browser_sends_gives_tokens(front):
    parts = {"username": (None, front.user["username"]), "password": (None, PASSWORD)}
    answer = front.http.post("/auth/token", files=parts)
    assert answer.status_code == 200, answer.text


def test_one_signs_in_by_the_name_in_any_case_or_by_the_address_as_json_too(front):
    for name in (front.user["username"], front.user["username"].upper(), front.user["email"]):
        assert front.sign_in(name=name).status_code == 200, name
    answer = front.http.post("/auth/token", json={"username": front.user["username"], "password": PASSWORD})
    assert answer.status_code == 200, answer.text


def test_what_is_missing_is_422_and_an_empty_password_401(front):
    name = front.user["username"]
    for form in ({"username": name}, {"password": PASSWORD}, {"grant_type": "password"}):
        detail(front.http.post("/auth/token", data=form), 422)
    for kind, status in [("password", 200), ("", 200), ("client_credentials", 422)]:
        form = {"username": name, "password": PASSWORD, "grant_type": kind}
        assert front.http.post("/auth/token", data=form).status_code == status, kind
    empty = front.http.post("/auth/token", data={"username": name, "password": ""})
    assert detail(empty, 401) == "Nom d'utilisateur ou mot de passe incorrect"
    assert empty.headers["www-authenticate"] == "Bearer"
    for body in ({}, {"refresh_token": None}, {"refresh_token": 7}):
        detail(front.http.post("/auth/refresh", json=body), 422)
    for missing in ("username", "email", "password"):
        detail(front.register(**{missing: None}), 422)
    front.signed_in()
    for body in ({}, {"current_password": PASSWORD}, {"new_password": OTHER_PASSWORD}):
        detail(front.http.post("/auth/change-password", json=body), 422)


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
    assert detail(answer, 401) == "Nom d'utilisateur ou mot de passe incorrect"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_password_is_changed_and_all_other_sessions_end(front):
    before = front.signed_in()
    mine = front.signed_in()
    change = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    answer = front.http.post("/auth/change-password", json=change)
    assert answer.status_code == 200 and set(answer.json()) == {"message"}, answer.text
    assert front.sign_in(password=OTHER_PASSWORD).status_code == 200
    assert front.sign_in().status_code == 401
    for tokens, status in [(before, 401), (mine, 200)]:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert front.http.get("/auth/me", headers=bearer).status_code == status
        renewed = front.http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert renewed.status_code == status, renewed.text


def test_a_wrong_present_password_is_no_401_which_would_sign_the_front_end_out(front):
    front.signed_in()
    body = {"current_password": WRONG_PASSWORD, "new_password": OTHER_PASSWORD}
    answer = front.http.post("/auth/change-password", json=body)
    assert detail(answer, 400) == "Mot de passe actuel incorrect"
    assert front.http.get("/auth/me").status_code == 200
    assert front.sign_in().status_code == 200


def test_one_reads_ones_own_account(front):
    front.signed_in()
    answer = front.http.get("/auth/me")
    assert answer.status_code == 200
    for name in ("username", "email", "full_name"):
        assert answer.json()[name] == front.user[name]
    assert set(answer.json()) == USER
    for name in ("created_at", "last_login"):
        assert answer.json()[name].endswith("Z"), name
    assert front.http.get(f"/users/{front.registered['_id']}").json() == answer.json()


def confirmation(service: Postulo, email: str) -> str | None:
    """What the link holds that confirms this address, once its letter has left."""
    for file in sorted((service.folder / "mails").glob("*.eml")):
        letter = message_from_bytes(file.read_bytes(), policy=policy.default)
        link = re.search(r"/account/confirm/([\w.~-]+)", letter.get_body(("plain",)).get_content())
        if link and email in str(letter["To"]):
            return link[1]
    return None


def test_a_changed_address_is_told_at_once_and_is_not_confirmed(front, service):
    front.signed_in()
    folder = service.folder / "mails"
    token = until(lambda: confirmation(service, front.user["email"]), lambda: len(list(folder.iterdir())))
    assert front.http.post("/auth/confirm-email", json={"token": token}).status_code == 204
    assert front.http.get("/auth/me").json()["email_confirmed"] is True
    email = f"new-{front.user['email']}"
    told = front.http.put(f"/users/{front.registered['_id']}", json={"email": email})
    assert (told.status_code, told.json()["email"], told.json()["email_confirmed"]) == (200, email, False)
    assert front.http.get("/auth/me").json() == told.json()
    # The confirmed one is in force until then.
    assert front.sign_in(name=front.user["email"]).status_code == 200


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
    assert set(changed) == USER


def test_an_account_takes_four_members_and_passes_over_all_others(front, service):
    front.signed_in()
    path = f"/users/{front.registered['_id']}"
    before = front.http.get("/auth/me").json()
    foreign = {"disabled": True, "hashed_password": "x", "cv_url": "x", "is_admin": True, "_id": "x", "roles": ["admin"]}
    told = front.http.put(path, json=foreign | {"password": OTHER_PASSWORD})
    assert (told.status_code, told.json()) == (200, before), told.text
    assert front.sign_in(password=OTHER_PASSWORD).status_code == 401
    assert front.sign_in().status_code == 200
    for full_name, then in [(None, before["full_name"]), ("", None)]:
        told = front.http.put(path, json={"full_name": full_name})
        assert (told.status_code, told.json()["full_name"]) == (200, then), told.text
    renamed = front.http.put(path, json={"username": f"w_{uuid4().hex[:12]}"}).json()
    assert renamed["username"].startswith("w_") and renamed["_id"] == before["_id"]
    other = Front(service)
    assert other.register().status_code == 201
    detail(front.http.put(path, json={"username": other.user["username"]}), 400)
    for answer in (front.http.get("/users/"), front.http.post("/users/", json=other.user | {"username": uuid4().hex})):
        detail(answer, 403)


def test_the_account_of_somebody_else_is_not_there(front, service):
    other = Front(service)
    assert other.register().status_code == 201
    other.signed_in()
    path = f"/users/{front.registered['_id']}"
    for answer in (other.http.get(path), other.http.put(path, json={}), other.http.delete(path)):
        assert detail(answer, 404) == "Utilisateur non trouvé"
    assert front.sign_in().status_code == 200


def test_a_weak_password_and_an_address_that_is_none_are_refused_in_one_sentence(service):
    for wrong in ({"password": "court"}, {"password": "password"}, {"email": "nowhere"}, {"username": ""}):
        detail(Front(service).register(**wrong), 422)
    detail(Front(service).register(password="Kestrel-Lantern-42" * 8), 422)


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
        detail(answer, answer.status_code)


def test_the_token_is_read_with_the_simplest_means(front):
    tokens = front.signed_in()
    middle = tokens["access_token"].split(".")[1]
    assert not {"-", "_"} & set(middle)
    claims = json.loads(base64.b64decode(middle + "=" * (-len(middle) % 4)))
    assert claims["exp"] - claims["iat"] == 30 * 60
    assert len(tokens["access_token"]) < 4096
