"""What the tracker that the candidate's space takes the place of promised of every call: both forms of a path, sites that
may call, statuses and sentences, how often one may ask, and how a session ends. test_tracker.py has the table of what
differs from then.
"""

import http.client
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from front import ENGLISH, NOBODY, ORIGIN, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, Front, add, detail
from postulo import PATIENCE, Postulo, until

# In bytes.
LONGEST_BODY = 256 * 1024
# How long the service behind a proxy works on a request, in seconds.
PATIENT = 5


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory) -> Postulo:
    """A server that limits networks as it does in production, where a proxy says which one a request comes from."""
    folder = tmp_path_factory.mktemp("networks")
    (folder / "mails").mkdir()
    running = Postulo(folder, f"mailbox:{folder / 'mails'}")
    running.environment |= {
        "POSTULO_TRUSTED_PROXIES": "127.0.0.0/8",
        "POSTULO_NETWORK_REQUESTS__SIGN_INS": "3",
        "POSTULO_REQUEST_TIMEOUT_SECONDS": str(PATIENT),
    }
    running.start()
    yield running
    assert running.stop() == 0, running.log()


def of_network(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"203.0.113.{number}"}


def test_both_forms_of_every_path_are_answered_without_a_redirection(mira):
    application, task = add(mira)["_id"], mira.http.post("/tasks", json={"title": "Les deux"}).json()["_id"]
    offer = mira.http.get("/job-offers").json()[0]["id"]
    for path in [
        "/auth/me", "/users", f"/users/{mira.id}", "/users/cv", "/applications", f"/applications/{application}",
        f"/applications/{application}/history", "/tasks", f"/tasks/{task}", "/job-offers", "/job-offers/count",
        "/job-offers/stats/summary", f"/job-offers/{offer}", "/me/export.csv", "/nowhere/at/all",
    ]:
        without, with_slash = (
            mira.http.get(form + "?limit=5", follow_redirects=False) for form in (path, path + "/")
        )
        assert without.status_code == with_slash.status_code, path
        assert not without.is_redirect, path
        assert path == "/nowhere/at/all" or without.content == with_slash.content, path


def test_a_browser_without_cookies_is_answered_on_every_call_whatever_happens(service, mira):
    application = add(mira)["_id"]
    signed_out = Front(service).http
    asked = ORIGIN | {"Access-Control-Request-Method": "PUT"}
    preflight = signed_out.options(f"/applications/{application}/", headers=asked | {"Access-Control-Request-Headers": "x-other"})
    assert preflight.status_code == 200 and "Origin" in preflight.headers["vary"]
    assert preflight.headers["access-control-max-age"] == "600"
    # The same ones, whatever is asked for.
    assert preflight.headers["access-control-allow-headers"] == "authorization, content-type, accept-language, if-none-match"
    assert preflight.headers["access-control-allow-methods"] == "GET, POST, PUT, PATCH, DELETE"
    mine, http = mira.http.headers["Authorization"], signed_out
    answers = [preflight]
    for method, path, status, body in [
        ("GET", "/applications", 200, None), ("POST", "/applications", 422, {}), ("GET", f"/applications/{NOBODY}", 404, None),
        ("PUT", f"/applications/{application}", 422, {"url": "x"}), ("PATCH", "/tasks", 405, None),
        ("GET", "/tasks/", 200, None), ("GET", "/job-offers/42", 400, None), ("GET", "/users", 403, None),
        ("POST", "/users", 403, {}), ("GET", "/applications/a/b/c", 404, None), ("DELETE", f"/applications/{application}", 204, None),
        ("POST", "/applications", 413, {"company": "x" * LONGEST_BODY}), ("POST", "/job-offers/collect", 422, {"source": "nowhere"}),
        ("POST", "/auth/refresh", 401, {"refresh_token": "nothing"}), ("PUT", f"/users/{mira.id}", 200, {"full_name": "Mira"}),
        ("POST", "/auth/change-password", 400, {"current_password": WRONG_PASSWORD, "new_password": OTHER_PASSWORD}),
    ]:
        answers.append(http.request(method, path, headers=ORIGIN | {"Authorization": mine}, json=body))
        assert answers[-1].status_code == status, (path, answers[-1].text)
        assert answers[-1].headers["cache-control"] == "no-store", path
        if status >= 400:
            detail(answers[-1], status)
    offer = f"/job-offers/{mira.http.get('/job-offers').json()[0]['id']}"
    for method, path in [
        ("GET", "/applications"), ("GET", "/tasks/"), ("GET", "/auth/me"), ("POST", "/users/upload-cv"), ("GET", "/job-offers/"),
        ("GET", "/job-offers/count/"), ("GET", "/job-offers/stats/summary"), ("GET", offer), ("DELETE", offer),
        ("POST", "/job-offers/collect"), ("GET", f"/users/{mira.id}"), ("POST", "/auth/change-password"),
    ]:
        for bearer in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic bmFtZTpwYXNz"}):
            answers.append(http.request(method, path, headers=ORIGIN | bearer))
            detail(answers[-1], 401)
            assert answers[-1].headers["www-authenticate"] == "Bearer"
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"], answer.url
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "set-cookie" not in answer.headers
    for answer in answers[1:]:
        assert answer.headers["access-control-expose-headers"] == "etag, link, retry-after", answer.url
    stranger = http.get("/tasks", headers={"Origin": "https://evil.test", "Authorization": mine})
    assert "access-control-allow-origin" not in stranger.headers
    cookie = http.get("/tasks", headers={"Cookie": "token=" + mine.removeprefix("Bearer ")})
    assert cookie.status_code == 401, "a cookie signs nobody in"


def test_both_forms_of_what_is_written_are_answered_without_a_redirection(service, fresh):
    offers = iter(fresh.http.get("/job-offers/?limit=2").json())
    passwords = [PASSWORD, OTHER_PASSWORD]
    for slash in ("", "/"):

        def sent(method: str, path: str, status: int, **how) -> httpx.Response:
            answer = fresh.http.request(method, path + slash, follow_redirects=False, **how)
            assert answer.status_code == status, (path + slash, answer.text)
            return answer

        form = {"username": fresh.user["username"], "password": passwords[0]}
        tokens = sent("POST", "/auth/token", 200, data=form).json()
        sent("POST", "/auth/refresh", 200, json={"refresh_token": tokens["refresh_token"]})
        sent("POST", "/auth/register", 201, json=Front(service).user)
        application = sent("POST", "/applications", 201, json={"company": "Brume", "position": "Dev"}).json()["_id"]
        sent("POST", f"/applications/{application}/notes", 200, json={"note": "rappeler"})
        sent("PUT", f"/applications/{application}", 200, json={"company": "Brume"})
        sent("DELETE", f"/applications/{application}", 204)
        task = sent("POST", "/tasks", 201, json={"title": "Relancer"}).json()["_id"]
        sent("PUT", f"/tasks/{task}", 200, json={"title": "Relancer"})
        sent("DELETE", f"/tasks/{task}", 204)
        sent("POST", "/users/upload-cv", 200, files={"file": ("cv.pdf", b"%PDF-1.7\nCV", "application/pdf")})
        sent("PUT", f"/users/{fresh.id}", 200, json={"full_name": "Quinn"})
        sent("POST", "/job-offers/collect", 422, json={"source": "nowhere"})
        sent("DELETE", f"/job-offers/{next(offers)['id']}", 200)
        change = {"current_password": passwords[0], "new_password": passwords[1]}
        sent("POST", "/auth/change-password", 200, json=change)
        passwords.reverse()
    for slash in ("", "/"):
        answer = fresh.http.request(
            "DELETE", f"/users/{fresh.id}{slash}", json={"password": WRONG_PASSWORD}, follow_redirects=False
        )
        detail(answer, 400)


def test_what_the_contract_names_is_said_letter_for_letter_in_every_language(service, fresh, other):
    fresh.http.headers.update(ENGLISH)
    application, task = add(other)["_id"], other.http.post("/tasks", json={"title": "La leur"}).json()["_id"]
    wrong = {"current_password": WRONG_PASSWORD, "new_password": OTHER_PASSWORD}
    text = {"file": ("cv.pdf", b"only a text", "application/pdf")}
    for method, path, sent, status, said in [
        ("POST", "/auth/register", {"json": fresh.user}, 400, "Un utilisateur avec cet email ou ce nom d'utilisateur existe déjà"),
        ("POST", "/auth/token", {"data": {"username": "nobody", "password": "x"}}, 401, "Nom d'utilisateur ou mot de passe incorrect"),
        ("POST", "/auth/refresh", {"json": {"refresh_token": "x"}}, 401, "Refresh token invalide ou expiré"),
        ("POST", "/auth/change-password", {"json": wrong}, 400, "Mot de passe actuel incorrect"),
        ("GET", f"/users/{other.id}", {}, 404, "Utilisateur non trouvé"),
        ("PUT", f"/users/{NOBODY}", {"json": {}}, 404, "Utilisateur non trouvé"),
        ("GET", f"/applications/{NOBODY}", {}, 404, "Candidature non trouvée"),
        ("GET", f"/applications/{application}", {}, 403, "Accès non autorisé à cette candidature"),
        ("GET", f"/tasks/{NOBODY}", {}, 404, "Tâche non trouvée"),
        ("GET", f"/tasks/{task}", {}, 403, "Accès non autorisé à cette tâche"),
        ("GET", "/job-offers/42", {}, 400, "ID invalide"),
        ("GET", f"/job-offers/{NOBODY}", {}, 404, "Offre non trouvée"),
        ("DELETE", "/job-offers/42", {}, 400, "ID invalide"),
        ("DELETE", f"/job-offers/{NOBODY}", {}, 404, "Offre non trouvée"),
        ("POST", "/users/upload-cv", {"files": text}, 400, "Type de fichier non autorisé"),
    ]:
        assert detail(fresh.http.request(method, path, **sent), status) == said, path
    offer = fresh.http.get("/job-offers/?limit=1").json()[0]["id"]
    assert fresh.http.delete(f"/job-offers/{offer}").json() == {"message": "Offre supprimée"}
    # All others follow the reader.
    told = {detail(fresh.http.post("/tasks", json={}, headers=asked), 422) for asked in (ENGLISH, {"Accept-Language": "fr"})}
    assert len(told) == 2


def test_a_method_that_a_path_does_not_have_is_405_with_those_that_it_has(mira):
    for method, path, has in [
        ("PATCH", "/tasks", {"GET", "POST"}), ("POST", f"/tasks/{NOBODY}", {"GET", "PUT", "DELETE"}),
        ("GET", "/auth/token/", {"POST"}), ("PUT", "/applications/", {"GET", "POST"}), ("DELETE", "/job-offers/", {"GET"}),
    ]:
        answer = mira.http.request(method, path)
        detail(answer, 405)
        assert {name.strip() for name in answer.headers["allow"].split(",")} - {"HEAD"} == has, path


def test_somebody_is_there_for_whoever_asks_for_json(service):
    told = Front(service).http.get("/", headers={"Accept": "application/json"}, follow_redirects=False)
    assert told.status_code == 200 and set(told.json()) == {"message"} and told.json()["message"], told.text
    for path in ("/docs", "/api/v1/openapi.json"):
        assert Front(service).http.get(path).status_code == 200, path


# --- How often one may ask


def test_too_many_guesses_are_429_which_says_how_long_to_wait(service, fresh):
    form = {"username": fresh.user["username"], "password": WRONG_PASSWORD}
    answers = [Front(service).http.post("/auth/token", data=form, headers=ORIGIN) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    detail(answers[-1], 429)
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61
    assert answers[-1].headers["access-control-allow-origin"] == ORIGIN["Origin"]


def test_a_network_that_tries_too_often_waits_and_its_page_is_told(behind_a_proxy):
    for number, path in enumerate(("/auth/register", "/auth/token/")):
        headers = ORIGIN | of_network(number)
        answers = [httpx.post(behind_a_proxy.url + path, headers=headers, json={}, timeout=PATIENCE) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [422] * 3 + [429], path
        detail(answers[-1], 429)
        assert int(answers[-1].headers["retry-after"]) > 0
        assert answers[-1].headers["access-control-allow-origin"] == ORIGIN["Origin"]
        assert answers[-1].headers["access-control-allow-credentials"] == "true"


def test_whoever_types_and_polls_is_never_refused(behind_a_proxy):
    front = Front(behind_a_proxy)
    front.http.headers.update(of_network(9))
    assert front.register().status_code == 201
    front.signed_in()
    word = "développeuse rust"
    # Two requests for each letter, and far more polls in a burst than a minute has.
    asked = [
        (path, {"keywords": word[:letters]})
        for letters in range(1, len(word) + 1)
        for path in ("/job-offers/", "/job-offers/count/")
    ]
    asked += [(path, {}) for path in ("/applications/", "/auth/me", "/tasks/") * 30]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda it: front.http.get(it[0], params=it[1]), asked))
    assert {answer.status_code for answer in answers} == {200}


def test_a_mistake_that_is_not_the_callers_is_told_to_the_page_too(behind_a_proxy):
    host, port = behind_a_proxy.url.removeprefix("http://").split(":")
    headers = ORIGIN | {"Content-Type": "application/json", "Content-Length": "100"}
    with closing(http.client.HTTPConnection(host, int(port), timeout=PATIENCE)) as connection:
        connection.putrequest("POST", "/auth/token")
        for name, value in headers.items():
            connection.putheader(name, value)
        # What follows never comes.
        connection.endheaders(b"{")
        answer = connection.getresponse()
        problem = json.loads(answer.read())
    assert (answer.status, problem["status"], problem["type"]) == (503, 503, "/problems/unavailable")
    assert isinstance(problem["detail"], str)
    assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"]
    assert answer.headers["access-control-allow-credentials"] == "true"


# --- How a session ends


def test_a_page_that_refreshes_many_times_at_once_stays_signed_in(fresh):
    body = {"refresh_token": fresh.tokens["refresh_token"]}
    fresh.http.headers.update(ORIGIN)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fresh.http.post("/auth/refresh", json=body), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    more = [fresh.http.post("/auth/refresh", json=body) for _ in range(4)]
    # One use, and five repeats.
    assert [answer.status_code for answer in more] == [200, 200, 429, 429], [answer.text for answer in more]
    assert {answer.json()["refresh_token"] for answer in more[:2]} == {answers[0].json()["refresh_token"]}
    detail(more[-1], 429)
    assert int(more[-1].headers["retry-after"]) > 0
    assert more[-1].headers["access-control-allow-origin"] == ORIGIN["Origin"]
    # It never ends the session.
    token = answers[0].json()["access_token"]
    assert fresh.http.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_no_token_stands_in_for_the_other(fresh):
    access, refresh = fresh.tokens["access_token"], fresh.tokens["refresh_token"]
    detail(fresh.http.post("/auth/refresh", json={"refresh_token": access}), 401)
    detail(fresh.http.get("/auth/me", headers={"Authorization": f"Bearer {refresh}"}), 401)


def is_over(front: Front):
    """Neither token of somebody is good for anything, and nor is the password."""
    answer = front.http.get("/auth/me")
    detail(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    renewed = front.http.post("/auth/refresh", json={"refresh_token": front.tokens["refresh_token"]})
    assert detail(renewed, 401) == "Refresh token invalide ou expiré"
    assert detail(front.sign_in(), 401) == "Nom d'utilisateur ou mot de passe incorrect"


def test_whoever_is_shut_out_is_refused_at_the_next_request(service, fresh):
    assert fresh.http.get("/auth/me").status_code == 200
    service.run("accounts", "disable", fresh.id)
    is_over(fresh)
    service.run("accounts", "enable", fresh.id)
    fresh.signed_in()
    assert fresh.http.get("/auth/me").status_code == 200


def test_closing_takes_the_password_and_leaves_nothing(service, fresh):
    add(fresh)
    assert fresh.http.post("/tasks", json={"title": "Relancer"}).status_code == 201

    def kept() -> list[int]:
        """How many of their applications and tasks the lists have."""
        tables = ("tracked_applications", "candidate_tasks")
        with closing(sqlite3.connect(service.folder / "data" / "postulo.db", timeout=PATIENCE)) as database:
            counted = (f"SELECT count(*) FROM {table} WHERE owner = ?" for table in tables)
            return [database.execute(query, [fresh.id]).fetchone()[0] for query in counted]

    path = f"/users/{fresh.id}"
    wrong = fresh.http.request("DELETE", path, json={"password": WRONG_PASSWORD})
    assert detail(wrong, 400) == "Mot de passe actuel incorrect"
    detail(fresh.http.delete(path), 422)
    until(lambda: kept() == [1, 1], kept)
    closed = fresh.http.request("DELETE", path, json={"password": PASSWORD})
    assert (closed.status_code, closed.content) == (204, b"")
    is_over(fresh)
    until(lambda: kept() == [0, 0], kept)
    # The name and the address are free again.
    assert fresh.register().status_code == 201
