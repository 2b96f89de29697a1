"""What the tracker that the candidate's space takes the place of promised its front end, kept by this one.

Black-box tests over the real binary, one server for all. test_accounts.py has those that are about accounts alone,
test_tracker_calls.py those about what is the same for every call.

What differs from then, and why:

| then | here | why |
| --- | --- | --- |
| the other form of a path, with or without its last slash, is a 307 | it is answered | nobody needs a second request |
| `detail` of a 422 is a list | one sentence | front ends show it as it is |
| errors are `application/json`, with `detail` alone | `application/problem+json`, with `type`, `title`, `status`, and `errors` where members are wrong; `detail` is there as before | RFC 9457; other programs tell errors apart by them |
| an unknown path is `Not Found`, an unknown method `Method Not Allowed` | 404 and 405, each with another sentence | it says what to do; nobody compares it |
| a mistake of the service is 500, `Internal Server Error` | 503, a problem, with the headers of CORS | whoever asks again may be answered; a page of another site may read it |
| a sentence that the contract does not name is French | as `Accept-Language` asks | people read it; those that it names stay as they are |
| the headers that a site may send are those that it asks for; it may read none | a list; `ETag`, `Link` and `Retry-After` may be read | nothing else is read, and programs need these three |
| `/openapi.json` | `/api/v1/openapi.json`, and `/docs` as before | one description for all programs |
| GET `/` tells everybody a message | those who ask for JSON; browsers see a page | |
| 401 says "Not authenticated", "Identifiants non valides", "Compte désactivé" | a sentence in the reader's language | front ends sign out on any 401 and show none of them |
| ids are 24 hexadecimal digits | UUIDs | front ends take them as they come |
| times have no zone | they end with Z; a bare day stays the day that it is everywhere | browsers read times without a zone as their own |
| a bad id is 500 | 404 with the sentence of what is not there | |
| company and position are written with capitals anew | they are kept as they were typed | `SNCF` became `Sncf` |
| notes are dropped when an application is created | they are kept | the page collects them |
| nothing can be cleared; `url: ""` is 422 | `""` clears place, address and a typed description | |
| an empty date is 422 | it is the one that it was; of what is new, now, or no due date | the page sends it |
| `{}` moves `updated_at` | it stays | nothing was changed, so nothing is recorded, and whoever polls need not read it again |
| a blank company is stored, and breaks the list | 422 | |
| lists end after 100 rows | they hold everything, up to 10,000 | the page parts them itself |
| deleting twice is 404 | 204 to its owner | the page sends it twice |
| a task without a status is stored, and breaks the list | it is to do | |
| offers are open to everybody, and anybody deletes one for all | those who are signed in, and it is hidden from them alone | |
| an offer has nine members | these, and `city`, `remote`, `contract`, `working_time`, `salary`, `skills`, `valid_through`, `source`, `status`, `page`, `applies_here`, and `match` for whoever says what they look for | pages and other front ends show them; clients pass over what they do not know |
| GET `/job-offers/count` is taken for an id | it counts | |
| POST `/job-offers/collect` is 405 | it collects | |
| keywords are a pattern of the title, and in the count of title or company | words, brought to their stems, that stand anywhere in the offer, in both | the page counts its parts with it |
| `keywords=(` is 500 | what is typed is text | |
| an old refresh token is good for ever | once, and for five repeats within a minute, then 429 | RFC 9700; the page refreshes many times at once |
| `POST /users` is open, `GET /users` tells everybody | 403 | |
"""

import io
import re
import unicodedata
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from front import NOBODY, ORIGIN, Front, add, detail
from postulo import until

# Dashboards read the day off the first ten characters.
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


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
    for name in ("created_at", "updated_at"):
        assert DATE.match(task[name]) and task[name].endswith("Z"), name
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


def test_an_emptied_due_date_changes_nothing_and_one_that_cannot_be_read_is_refused(mira):
    for blank in ("", None):
        answer = mira.http.post("/tasks", json={"title": "Relancer", "due_date": blank})
        assert answer.status_code == 201 and answer.json()["due_date"] is None, answer.text
    path = f"/tasks/{answer.json()['_id']}"
    dated = mira.http.put(path, json={"due_date": "2031-05-20"}).json()
    assert dated["due_date"] == "2031-05-20T00:00:00"
    for blank in ("", "  ", None):
        kept = mira.http.put(path, json={"title": "Relancer", "description": "", "status": "", "due_date": blank})
        assert kept.status_code == 200 and kept.json() == dated, (blank, kept.text)
    for wrong in ("20/05/2031", "demain"):
        detail(mira.http.put(path, json={"due_date": wrong}), 422)
        detail(mira.http.post("/tasks", json={"title": "Relancer", "due_date": wrong}), 422)
    assert mira.http.get(path).json() == dated


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
    assert DATE.match(add(mira, application_date="")["application_date"])


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
    before = mira.http.get(f"/applications/{application['_id']}").json()
    for nothing in ({}, {"company": None, "notes": None, "url": None}):
        assert put(mira, application, **nothing) == before, "nor does updated_at move"
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


def test_lists_hold_everything(fresh):
    def task(number: int) -> dict:
        answer = fresh.http.post("/tasks/", json={"title": f"Tâche {number}"})
        assert answer.status_code == 201, answer.text
        return answer.json()

    with ThreadPoolExecutor(4) as pool:
        applications = list(pool.map(lambda number: add(fresh, company=f"Brume {number}"), range(120)))
        tasks = list(pool.map(task, range(120)))
    for path, added in [("/applications/", applications), ("/tasks/", tasks)]:
        ids = {it["_id"] for it in added}

        def listed() -> set[str]:
            return {it["_id"] for it in fresh.http.get(path).json()}

        until(lambda: listed() == ids, lambda: len(listed()))


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


OFFER = {
    "id", "poste", "entreprise", "localisation", "date", "url", "source_url", "created_at", "updated_at", "city", "remote",
    "contract", "working_time", "salary", "skills", "valid_through", "source", "status", "page", "applies_here",
}


def folded(*texts: str | None) -> str:
    """Without accents, in lower case."""
    parts = unicodedata.normalize("NFKD", " ".join(text or "" for text in texts))
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).lower()


def has(text: str, words: str) -> bool:
    """Whether each of these words begins a word of a folded text as it begins itself: they count by their stems."""
    begun = [word[:3] for word in re.findall(r"\w+", text)]
    return all(word[:3] in begun for word in re.findall(r"\w+", folded(words)))


def found(front: Front, **query) -> list[dict]:
    """What the list has, once the count says the same."""
    listed = front.http.get("/job-offers/", params=query | {"limit": 100})
    counted = front.http.get("/job-offers/count/", params=query)
    assert listed.status_code == counted.status_code == 200, query
    assert counted.json() == {"total": len(listed.json())}, query
    return listed.json()


def test_an_offer_has_its_members(fresh):
    for offer in fresh.http.get("/job-offers/?limit=16").json():
        assert set(offer) == OFFER
        for name in ("created_at", "updated_at"):
            assert DATE.match(offer[name]) and offer[name].endswith("Z"), name
        whole = fresh.http.get(f"/job-offers/{offer['id']}").json()
        assert set(whole) == OFFER | {"description", "description_html", "parts"}
        assert offer.items() <= whole.items()


def test_pages_follow_each_other_and_none_or_less_asks_for_the_usual_number(mira):
    first = mira.http.get("/job-offers/").json()
    assert len(first) == 50
    for limit in ("0", "-5"):
        assert mira.http.get(f"/job-offers/?limit={limit}").json() == first
    pages = [mira.http.get("/job-offers/", params={"limit": 16, "skip": 16 * page}).json() for page in range(3)]
    assert [offer["id"] for page in pages for offer in page] == [offer["id"] for offer in first[:48]]
    for wrong in ("limit=101", "skip=-1"):
        detail(mira.http.get(f"/job-offers/?{wrong}"), 422)


def test_offers_are_listed_and_counted_by_the_same_words_and_all_of_them_have_these(mira):
    everything = found(mira)
    one = next(offer for offer in everything if folded(offer["city"]) in folded(offer["localisation"]))
    word, city, company = one["poste"].split()[0], one["city"], one["entreprise"]
    for query in ({"keywords": word}, {"location": city}, {"company": company}):
        fit = found(mira, **query)
        assert one["id"] in [offer["id"] for offer in fit], query
        assert 0 < len(fit) < len(everything), query
        for form in (str.upper, str.lower, folded):
            assert found(mira, **{name: form(text) for name, text in query.items()}) == fit, query
    for offer in found(mira, keywords=word):
        whole = mira.http.get(f"/job-offers/{offer['id']}").json()
        texts = (whole[name] for name in ("poste", "entreprise", "localisation", "city", "description"))
        assert has(folded(*texts, *whole["skills"]), word), (word, whole)
    for offer in found(mira, location=city):
        assert folded(city) in folded(offer["city"], offer["localisation"])
    for offer in found(mira, company=company):
        assert has(folded(offer["entreprise"]), company), (company, offer)
    for nothing in ("zzzz", "("):
        for name in ("keywords", "location", "company"):
            assert found(mira, **{name: nothing}) == [], (name, nothing)


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


def test_what_is_collected_comes_first_and_again_says_that_nothing_came(fresh):
    def collected() -> dict:
        """How collecting ended, once it did."""
        run = fresh.http.post("/job-offers/collect", json={"source": "sample"})
        assert run.status_code in (200, 202), run.text
        told = {"latest": run.json()}

        def ended() -> bool:
            if told["latest"]["state"] == "running":
                told["latest"] = fresh.http.get(f"/job-offers/collect/{run.json()['run']}").json()
            return told["latest"]["state"] != "running"

        until(ended, lambda: told["latest"])
        return told["latest"]

    assert collected()["state"] == "done"
    again = collected()
    assert (again["state"], again["saved"], again["updated"]) == ("done", 0, 0)
    # Those of the seed came before, whatever their times are.
    listed = found(fresh)
    came = [offer for offer in listed if offer["source"] == "sample"]
    assert came and came == listed[: len(came)] and len(came) < len(listed)
    times = [offer["created_at"] for offer in came]
    assert times == sorted(times, reverse=True), times
