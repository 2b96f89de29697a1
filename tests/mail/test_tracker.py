"""What the tracker that the candidate's space takes the place of promised its front end, kept by this one.

Black-box tests over the real binary, one server for all. test_accounts.py has those that are about accounts alone.

What differs from then, and why:

| then | here | why |
| --- | --- | --- |
| the other form of a path, with or without its last slash, is a 307 | it is answered | nobody needs a second request |
| `detail` of a 422 is a list | one sentence | front ends show it as it is |
| 401 says "Not authenticated", "Identifiants non valides", "Compte désactivé" | a sentence in the reader's language | front ends sign out on any 401 and show none of them |
| ids are 24 hexadecimal digits | UUIDs | front ends take them as they come |
| times have no zone | they end with Z; a bare day stays the day that it is everywhere | browsers read times without a zone as their own |
| a bad id is 500 | 404 with the sentence of what is not there | |
| company and position are written with capitals anew | they are kept as they were typed | `SNCF` became `Sncf` |
| notes are dropped when an application is created | they are kept | the page collects them |
| nothing can be cleared; `url: ""` is 422 | `""` clears place, address and a typed description | |
| an empty date is 422 | it is the one that it was, or now | the page sends it |
| a blank company is stored, and breaks the list | 422 | |
| lists end after 100 rows | they hold everything, up to 10,000 | the page parts them itself |
| deleting twice is 404 | 204 to its owner | the page sends it twice |
| a task without a status is stored, and breaks the list | it is to do | |
| offers are open to everybody, and anybody deletes one for all | those who are signed in, and it is hidden from them alone | |
| the count looks for words elsewhere than the list | the same filter | the page counts its parts with it |
| `keywords=(` is 500 | what is typed is text | |
| an old refresh token is good for ever | once, and for five repeats within a minute, then 429 | RFC 9700; the page refreshes many times at once |
| `POST /users` is open, `GET /users` tells everybody | 403 | |
"""

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from front import Front
from postulo import until

ORIGIN = {"Origin": "http://localhost:3000"}
NOBODY = "00000000-0000-4000-8000-000000000000"
# Dashboards read the day off the first ten characters.
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def signed_in(service) -> Front:
    front = Front(service)
    answer = front.register()
    assert answer.status_code == 201, answer.text
    front.id = answer.json()["_id"]
    front.tokens = front.signed_in()
    return front


@pytest.fixture(scope="module")
def mira(service) -> Front:
    return signed_in(service)


@pytest.fixture(scope="module")
def other(service) -> Front:
    return signed_in(service)


@pytest.fixture
def fresh(service) -> Front:
    return signed_in(service)


def detail(answer, status: int) -> str:
    """The one sentence that an error says."""
    assert answer.status_code == status, answer.text
    said = answer.json()["detail"]
    assert isinstance(said, str) and said, answer.text
    return said


def add(front: Front, **fields) -> dict:
    answer = front.http.post("/applications/", json={"company": "Brume", "position": "Dev Rust"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(front: Front, application: dict, **fields) -> dict:
    answer = front.http.put(f"/applications/{application['_id']}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- The twelve tests of that service's own back end that are about tasks


def test_a_task_is_added_and_listed(fresh):
    body = {"title": "Relancer", "description": "par téléphone", "status": "En cours", "due_date": "2031-05-20T10:00:00Z"}
    assert fresh.http.post("/tasks/", json=body).status_code == 201
    listed = fresh.http.get("/tasks/")
    assert listed.status_code == 200
    assert [task["title"] for task in listed.json()] == ["Relancer"]
    assert listed.json()[0]["due_date"] == "2031-05-20T10:00:00Z"


def test_a_task_of_each_status_is_added_changed_and_removed(fresh):
    ids = []
    for status in ("À faire", "En cours", "Terminée"):
        answer = fresh.http.post("/tasks/", json={"title": status, "description": "", "status": status})
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["_id"])
    listed = fresh.http.get("/tasks/").json()
    assert [(task["_id"], task["status"]) for task in listed] == list(zip(ids, ("À faire", "En cours", "Terminée")))
    changed = fresh.http.put(
        f"/tasks/{ids[0]}/",
        json={"title": "Écrire", "description": "au chef", "status": "En cours", "due_date": "2031-05-21"},
    )
    assert changed.status_code == 200 and changed.json()["title"] == "Écrire", changed.text
    assert changed.json()["due_date"] == "2031-05-21T00:00:00"
    for _ in range(2):
        # The page sends it twice.
        assert fresh.http.delete(f"/tasks/{ids[0]}/").status_code == 204
    assert len(fresh.http.get("/tasks/").json()) == 2
    assert detail(fresh.http.get(f"/tasks/{ids[0]}"), 404) == "Tâche non trouvée"


# --- Tasks


def test_a_status_is_read_in_any_case_and_without_accents_and_blank_changes_nothing(mira):
    task = mira.http.post("/tasks", json={"title": "Relire"}).json()
    assert set(task) == {
        "_id", "user_id", "title", "description", "status", "archived", "due_date", "created_at", "updated_at",
    }
    assert (task["status"], task["description"], task["archived"], task["due_date"]) == ("À faire", "", False, None)
    assert task["user_id"] == mira.id
    for sent, told in [
        ("en cours", "En cours"), ("", "En cours"), ("TERMINEE", "Terminée"), ("à faire", "À faire"), ("  ", "À faire"),
        ("A\u0300 faire", "À faire"), (None, "À faire"),
    ]:
        answer = mira.http.put(f"/tasks/{task['_id']}", json={"title": "Relire", "description": "", "status": sent})
        assert answer.status_code == 200 and answer.json()["status"] == told, (sent, answer.text)
    detail(mira.http.put(f"/tasks/{task['_id']}", json={"status": "presque"}), 422)
    for status in ("", None):
        answer = mira.http.post("/tasks", json={"title": "Encore", "status": status})
        assert answer.status_code == 201 and answer.json()["status"] == "À faire", answer.text


def test_a_task_needs_a_title_and_takes_nothing_that_it_does_not_know(mira):
    for body in ({}, {"title": ""}, {"title": None}, {"title": "x", "colour": "red"}, {"title": 7}, []):
        detail(mira.http.post("/tasks/", json=body), 422)
    detail(mira.http.post("/tasks/", content="{", headers={"Content-Type": "application/json"}), 422)


# --- Applications


def test_an_application_has_the_members_that_the_front_end_reads(mira):
    sent = {
        "company": "SNCF Réseau", "position": "Dev Rust", "location": "", "status": "Entretien",
        "url": "https://brume.test", "application_date": "2031-02-03", "description": "", "notes": ["rappeler lundi"],
        "colour": "red",
    }
    told = add(mira, **sent)
    created = told.pop("created_at")
    assert DATE.match(created) and created.endswith("Z")
    told.pop("_id")
    assert told == {
        "company": "SNCF Réseau", "position": "Dev Rust", "url": "https://brume.test/", "application_date": "2031-02-03T00:00:00",
        "status": "Entretien", "location": None, "description": None, "notes": ["rappeler lundi"], "updated_at": None,
        "archived": False,
    }
    plain = add(mira)
    assert (plain["status"], plain["archived"], plain["notes"]) == ("Candidature envoyée", False, None)
    assert DATE.match(plain["application_date"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"company": ""}, {"company": "  "}, {"company": None}, {"position": "\u200b"}, {"status": None}, {"status": "Perdue"},
        {"url": "ftp://brume.test"}, {"url": "brume"}, {"application_date": "03/02/2031"}, {"notes": [None]},
        {"notes": "rappeler"}, {"archived": "oui"}, {"position": "x" * 201},
    ],
)
def test_what_cannot_be_an_application_is_refused_in_one_sentence(mira, wrong):
    before = mira.http.get("/applications").json()
    detail(mira.http.post("/applications/", json={"company": "Brume", "position": "Dev"} | wrong), 422)
    assert mira.http.get("/applications").json() == before


def test_every_status_is_told_as_it_was_sent_and_found_by_it(fresh):
    statuses = [
        "En étude", "Candidature envoyée", "Première sélection", "Entretien", "Test technique", "Négociation",
        "Offre reçue", "Offre acceptée", "Refusée", "Retirée",
    ]
    application = add(fresh)
    for status in statuses:
        assert put(fresh, application, status=status)["status"] == status
        assert put(fresh, application, status=status.upper())["status"] == status
        found = fresh.http.get("/applications/", params={"status": status}).json()
        assert [it["_id"] for it in found] == [application["_id"]]
    assert fresh.http.get("/applications/", params={"status": "Perdue"}).json() == []


def test_dates_are_taken_as_they_come_and_the_newest_are_first(fresh):
    for sent, told in [
        ("2031-02-03", "2031-02-03T00:00:00"),
        ("2031-02-05T23:30:00-05:00", "2031-02-05T23:30:00-05:00"),
        ("2031-02-04T10:00:00Z", "2031-02-04T10:00:00Z"),
        (1927800000, "2031-02-02T12:00:00Z"),
    ]:
        assert add(fresh, application_date=sent)["application_date"] == told
    days = [it["application_date"][:10] for it in fresh.http.get("/applications").json()]
    assert days == ["2031-02-05", "2031-02-04", "2031-02-03", "2031-02-02"]
    application = fresh.http.get("/applications").json()[0]
    for sent in ("", None, "  "):
        assert put(fresh, application, application_date=sent)["application_date"] == "2031-02-05T23:30:00-05:00"


def test_the_whole_object_comes_back_and_what_is_not_its_owners_to_say_is_passed_over(mira):
    application = add(mira, description="Mes mots.", location="Nantes", url="https://brume.test/7", notes=["un", "deux"])
    whole = application | {"user_id": "", "updated_at": None, "created_at": "1999-01-01T00:00:00", "_id": NOBODY, "archived": True}
    changed = put(mira, application, **whole)
    for name in ("_id", "created_at", "description", "location", "url", "notes", "status", "application_date"):
        assert changed[name] == application[name], name
    assert changed["archived"] is True and changed["updated_at"].endswith("Z")
    assert application["_id"] in [it["_id"] for it in mira.http.get("/applications").json()], "archived ones, too"
    assert put(mira, application, archived="false")["archived"] is False
    assert put(mira, application, notes=["deux", "trois"])["notes"] == ["deux", "trois"]
    assert put(mira, application, notes=[])["notes"] in (None, [])
    assert put(mira, application) | {"updated_at": ""} == put(mira, application, company=None, notes=None, url=None) | {"updated_at": ""}
    cleared = put(mira, application, location="", url="", description="", company="", status="")
    assert (cleared["location"], cleared["url"], cleared["description"]) == (None, None, None)
    assert (cleared["company"], cleared["status"]) == ("Brume", "Candidature envoyée")


def test_notes_are_added_one_by_one(mira):
    application = add(mira)
    path = f"/applications/{application['_id']}/notes"
    for note in ("un", "deux"):
        answer = mira.http.post(path, json={"note": note})
        assert answer.status_code == 200, answer.text
    assert answer.json()["notes"] == ["un", "deux"]
    for body in ({}, {"note": ""}, {"note": None}):
        detail(mira.http.post(path, json=body), 422)


def test_an_application_goes_and_goes_again(mira):
    application = add(mira)
    path = f"/applications/{application['_id']}"
    for _ in range(2):
        answer = mira.http.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
    assert detail(mira.http.get(path), 404) == "Candidature non trouvée"
    assert detail(mira.http.put(path, json={"company": "Zut"}), 404) == "Candidature non trouvée"


def test_what_is_somebody_elses_is_403_and_what_is_not_there_404(mira, other):
    application, task = add(mira, company="Nacre")["_id"], mira.http.post("/tasks", json={"title": "La mienne"}).json()["_id"]
    for kind, id, theirs, missing, body in [
        ("applications", application, "Accès non autorisé à cette candidature", "Candidature non trouvée", {"company": "À moi"}),
        ("tasks", task, "Accès non autorisé à cette tâche", "Tâche non trouvée", {"title": "À moi"}),
    ]:
        for asked, status, said in [(id, 403, theirs), (NOBODY, 404, missing), ("65f0c0ffee", 404, missing)]:
            path = f"/{kind}/{asked}"
            for answer in (other.http.get(path), other.http.put(path, json=body), other.http.delete(path)):
                assert detail(answer, status) == said, path
    assert detail(other.http.post(f"/applications/{application}/notes", json={"note": "x"}), 403).startswith("Accès")
    assert mira.http.get(f"/applications/{application}").json()["company"] == "Nacre"
    assert mira.http.get(f"/tasks/{task}").json()["title"] == "La mienne"
    ids = [it["_id"] for it in other.http.get("/applications").json() + other.http.get("/tasks").json()]
    assert application not in ids and task not in ids


def test_whoever_polls_is_told_in_few_bytes_that_nothing_changed(mira):
    tags = {path: mira.http.get(path).headers["etag"] for path in ("/applications/", "/tasks/")}
    for path, tag in tags.items():
        again = mira.http.get(path, headers={"If-None-Match": tag} | ORIGIN)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["access-control-allow-origin"] == ORIGIN["Origin"]
    add(mira)
    mira.http.post("/tasks", json={"title": "Une de plus"})
    for path, tag in tags.items():
        assert mira.http.get(path, headers={"If-None-Match": tag}).status_code == 200, path


# --- A CV


def bomb() -> bytes:
    """A document of Word that says that it unpacks to 4 GB, nearly."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as document:
        document.writestr("[Content_Types].xml", "<Types/>")
        document.writestr("word/document.xml", bytes(4 << 20))
        document.getinfo("word/document.xml").file_size = (4 << 30) - 2
    return packed.getvalue()


def test_a_cv_is_known_by_its_content(mira, other):
    def upload(content: bytes, name="cv.pdf"):
        return mira.http.post("/users/upload-cv", files={"file": (name, content, "application/pdf")})

    told = upload(b"%PDF-1.7\nMira").json()
    assert set(told) == {"filename", "cv_url"}
    mine = mira.http.get(told["cv_url"])
    assert mine.content == b"%PDF-1.7\nMira"
    assert mine.headers["content-disposition"].startswith("attachment")
    assert other.http.get(told["cv_url"]).status_code == 404
    assert detail(upload(b"<html><script>alert(1)</script></html>", name="x.html"), 400) == "Type de fichier non autorisé"
    assert "décompress" in detail(upload(bomb(), name="cv.docx"), 422)
    detail(mira.http.post("/users/upload-cv", files={"file": (None, "no file")}), 422)
    detail(upload(b"%PDF-1.7\n" + b"x" * (11 << 20)), 413)
    assert mira.http.get(told["cv_url"]).content == b"%PDF-1.7\nMira"


# --- Offers


def test_offers_are_listed_and_counted_by_the_same_words(mira):
    # The newest first, by where the log has them: those of a seed come in any order.
    page = mira.http.get("/job-offers/?limit=16").json()
    assert len(page) == 16
    assert {"id", "poste", "entreprise", "localisation", "date", "url", "source_url", "created_at", "updated_at"} <= set(page[0])
    second = mira.http.get("/job-offers/?limit=16&skip=16").json()
    assert not {offer["id"] for offer in page} & {offer["id"] for offer in second}
    word, city = page[0]["poste"].split()[0], page[0]["city"]
    for query in ({}, {"keywords": word}, {"location": city.lower()}, {"company": page[0]["entreprise"]}, {"keywords": "("}, {"keywords": "zzzz"}):
        listed = mira.http.get("/job-offers/", params=query | {"limit": 100})
        counted = mira.http.get("/job-offers/count/", params=query)
        assert listed.status_code == counted.status_code == 200, query
        assert counted.json() == {"total": len(listed.json())}, query
    assert len(mira.http.get("/job-offers/").json()) == 50
    for wrong in ("limit=101", "skip=-1"):
        detail(mira.http.get(f"/job-offers/?{wrong}"), 422)


def test_figures_are_short_lists_of_what_there_is_most(mira):
    told = mira.http.get("/job-offers/stats/summary").json()
    assert set(told) == {"total_offers", "top_websites", "top_companies", "top_cities"}
    assert told["total_offers"] > 0
    for name in ("top_websites", "top_companies", "top_cities"):
        assert 0 < len(told[name]) <= 10
        ids, counts = [it["_id"] for it in told[name]], [it["count"] for it in told[name]]
        assert counts == sorted(counts, reverse=True) and len(set(ids)) == len(ids) and None not in ids


def test_an_offer_is_read_and_hidden_from_whoever_hides_it(fresh, mira):
    id = fresh.http.get("/job-offers/?limit=1").json()[0]["id"]
    assert fresh.http.get(f"/job-offers/{id}").json()["id"] == id
    total = fresh.http.get("/job-offers/count").json()["total"]
    hidden = fresh.http.delete(f"/job-offers/{id}")
    assert (hidden.status_code, hidden.json()) == (200, {"message": "Offre supprimée"})
    assert fresh.http.get("/job-offers/?limit=1").json()[0]["id"] != id
    assert fresh.http.get("/job-offers/count/").json()["total"] == total - 1
    assert mira.http.get("/job-offers/?limit=1").json()[0]["id"] == id
    for asked, status, said in [("42", 400, "ID invalide"), (NOBODY, 404, "Offre non trouvée")]:
        assert detail(fresh.http.get(f"/job-offers/{asked}"), status) == said
        assert detail(fresh.http.delete(f"/job-offers/{asked}"), status) == said


def test_collecting_again_what_is_known_says_that_nothing_came(mira):
    def collected() -> dict:
        """How collecting ended, once it did."""
        run = mira.http.post("/job-offers/collect", json={"source": "sample"})
        assert run.status_code in (200, 202), run.text
        told = {"latest": run.json()}

        def ended() -> bool:
            if told["latest"]["state"] == "running":
                told["latest"] = mira.http.get(f"/job-offers/collect/{run.json()['run']}").json()
            return told["latest"]["state"] != "running"

        until(ended, lambda: told["latest"])
        return told["latest"]

    assert collected()["state"] == "done"
    again = collected()
    assert (again["state"], again["saved"], again["updated"]) == ("done", 0, 0)


# --- What is the same for every call


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
    asked = ORIGIN | {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization, content-type"}
    preflight = signed_out.options(f"/applications/{application}/", headers=asked)
    assert preflight.status_code == 200 and "Origin" in preflight.headers["vary"]
    assert preflight.headers["access-control-max-age"] == "600"
    assert {"authorization", "content-type"} <= set(re.split(", *", preflight.headers["access-control-allow-headers"].lower()))
    assert {"GET", "POST", "PUT", "DELETE"} <= set(re.split(", *", preflight.headers["access-control-allow-methods"]))
    mine, http = mira.http.headers["Authorization"], signed_out
    answers = [preflight]
    for method, path, status, body in [
        ("GET", "/applications", 200, None), ("POST", "/applications", 422, {}), ("GET", f"/applications/{NOBODY}", 404, None),
        ("PUT", f"/applications/{application}", 422, {"url": "x"}), ("PATCH", "/tasks", 405, None),
        ("GET", "/tasks/", 200, None), ("GET", "/job-offers/42", 400, None), ("GET", "/users", 403, None),
        ("POST", "/users", 403, {}), ("GET", "/applications/a/b/c", 404, None), ("DELETE", f"/applications/{application}", 204, None),
    ]:
        answers.append(http.request(method, path, headers=ORIGIN | {"Authorization": mine}, json=body))
        assert answers[-1].status_code == status, (path, answers[-1].text)
        assert answers[-1].headers["cache-control"] == "no-store", path
        if status >= 400:
            detail(answers[-1], status)
    for path in ("/applications", "/tasks/", "/job-offers/", "/auth/me", "/users/upload-cv"):
        for bearer in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic bmFtZTpwYXNz"}):
            method = "POST" if path.endswith("cv") else "GET"
            answers.append(http.request(method, path, headers=ORIGIN | bearer))
            detail(answers[-1], 401)
            assert answers[-1].headers["www-authenticate"] == "Bearer"
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"], answer.url
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "set-cookie" not in answer.headers
    stranger = http.get("/tasks", headers={"Origin": "https://evil.test", "Authorization": mine})
    assert "access-control-allow-origin" not in stranger.headers
    cookie = http.get("/tasks", headers={"Cookie": "token=" + mine.removeprefix("Bearer ")})
    assert cookie.status_code == 401, "a cookie signs nobody in"


def test_a_page_that_refreshes_many_times_at_once_stays_signed_in(fresh):
    body = {"refresh_token": fresh.tokens["refresh_token"]}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fresh.http.post("/auth/refresh", json=body), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    more = [fresh.http.post("/auth/refresh", json=body) for _ in range(4)]
    assert {answer.status_code for answer in more[2:]} == {429}, [answer.text for answer in more]
    assert int(more[-1].headers["retry-after"]) > 0
    # It never ends the session.
    token = answers[0].json()["access_token"]
    assert fresh.http.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_no_token_stands_in_for_the_other(fresh):
    access, refresh = fresh.tokens["access_token"], fresh.tokens["refresh_token"]
    detail(fresh.http.post("/auth/refresh", json={"refresh_token": access}), 401)
    detail(fresh.http.get("/auth/me", headers={"Authorization": f"Bearer {refresh}"}), 401)


def test_an_account_is_its_owners_and_takes_three_members(fresh, other):
    path = f"/users/{fresh.id}"
    told = fresh.http.put(path, json={"full_name": "", "disabled": True, "hashed_password": "x", "cv_url": "x", "is_admin": True})
    assert told.status_code == 200 and told.json()["disabled"] is False, told.text
    assert fresh.http.get("/auth/me").json()["_id"] == fresh.id
    detail(fresh.http.put(path, json={"username": other.user["username"]}), 400)
    for answer in (fresh.http.get("/users/"), fresh.http.post("/users/", json=other.user | {"username": uuid4().hex})):
        detail(answer, 403)


def test_a_weak_password_and_an_address_that_is_none_are_refused_in_one_sentence(service):
    for wrong in ({"password": "court"}, {"password": "password"}, {"email": "nowhere"}, {"username": ""}):
        answer = Front(service).register(**wrong)
        assert answer.status_code in (400, 422), answer.text
        assert isinstance(answer.json()["detail"], str)
    assert isinstance(detail(Front(service).register(password="Kestrel-Lantern-42" * 8), 422), str)
