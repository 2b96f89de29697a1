"""Sites that forbid, ask for patience, never end, lead inwards or burst: nothing hangs, nothing is reached that may not be,
and a run tells what it came to."""

import html
import re
import time

import pytest

from admin import Admin
from counterparts import Sites
from front import Front
from postulo import Postulo, until

# The most that the service may grow by while it reads what unpacks to half a gigabyte, in MiB.
GROWTH = 200
# What a run tells of each source, and of which page.
TOLD = {
    "forbids": ("/jobs", "failed", "the site 127.0.0.1 forbids it in its robots.txt"),
    "patient": ("/jobs", "done", "1 offer, 1 new"),
    "busy": ("/jobs", "failed", "the site asks for fewer requests"),
    "endless": ("/jobs", "failed", "the page is longer than 2 MiB"),
    "inward": ("/jobs", "failed", "the address is not on the public Internet"),
    "metadata": ("/jobs", "failed", "the address is not on the public Internet"),
    "bomb": ("/jobs", "failed", "the page is longer than 2 MiB"),
    "bomb.sitemap": ("/sitemap.xml.gz", "failed", "the page is longer than 16 MiB"),
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory) -> Sites:
    running = Sites(tmp_path_factory.mktemp("sites"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def collecting(tmp_path_factory, sites) -> Postulo:
    """A service that may collect from all of them but the trap, as often as it likes."""
    folder = tmp_path_factory.mktemp("collecting")
    (folder / "mails").mkdir()
    running = Postulo(folder, f"mailbox:{folder / 'mails'}")
    allowed = [url for site, url in sites.urls.items() if site != "trap"]
    running.environment |= {"POSTULO_COLLECT_INSIDE": ",".join(allowed), "POSTULO_COLLECT_PAUSE_MS": "0"}
    running.start()
    yield running
    assert running.stop() == 0, running.log()


def add(admin: Admin, name: str, target: str):
    added = admin.post("/admin/sources/new", name=name, kind="pages", target=target, cron="")
    assert added.url.path == "/admin/sources", added.text


def peak_mib(server: Postulo) -> int:
    """The most memory that the service ever had."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) >> 10 for line in status if line.startswith("VmHWM"))


def words(page: str, source: str) -> str:
    """What the page of the sources tells of one."""
    section = re.search(f'<section[^>]*aria-labelledby="source-{re.escape(source)}".*?</section>', page, re.S)[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", section)))


def test_a_run_tells_what_each_hostile_site_came_to(collecting, sites):
    admin = Admin(collecting)
    for name, (path, _, _) in TOLD.items():
        add(admin, name, sites.urls[name.partition(".")[0]] + path)
    before = peak_mib(collecting)
    for name in TOLD:
        admin.post("/admin/sources", name=name, act="run")
    seen = {}

    def over() -> bool:
        page = admin.http.get("/admin/sources").text
        seen.update({name: words(page, name) for name in TOLD})
        return "hx-trigger" not in page

    until(over, lambda: dict(seen))
    for name, (_, outcome, told) in TOLD.items():
        assert outcome in seen[name] and told in seen[name], (name, seen[name])
    assert peak_mib(collecting) - before < GROWTH

    assert sites.asked("forbids") == []
    assert len(sites.asked("busy")) == 1, "it asks for an hour"
    first, second, third = (asked["at"] for asked in sites.asked("patient"))
    assert second - first >= 1 and third - second >= 1, "it asks for a second each time"

    def taken() -> list[int]:
        return [asked["taken"] for asked in sites.asked("endless") if asked["taken"]]

    # The site notes it once its connection broke, which may be after the run is over.
    until(taken, lambda: sites.asked("endless"))
    assert len(taken()) == 1 and taken()[0] < 64 << 20, taken()
    assert len(sites.asked("inward")) == 1 and sites.asked("trap") == []


def test_a_program_is_told_that_a_source_failed(collecting, sites):
    admin, front = Admin(collecting), Front(collecting)
    add(admin, "refuses", sites.urls["forbids"] + "/other")
    front.register()
    front.signed_in()
    run = front.http.post("/job-offers/collect", json={"source": "refuses"})
    assert run.status_code == 200, run.text
    told = run.json()
    assert (told["state"], told["saved"], told["sources"], told["sources_failed"]) == ("failed", 0, 1, 1)
    looked = front.http.get(f"/job-offers/collect/{told['run']}")
    assert (looked.status_code, looked.json()) == (200, told)


def test_a_source_that_takes_longer_than_the_wait_is_answered_202_with_a_run(collecting, sites):
    admin, front = Admin(collecting), Front(collecting)
    add(admin, "slow", sites.urls["slow"] + "/sitemap.xml")
    front.register()
    front.signed_in()
    begun = time.monotonic()
    run = front.http.post("/job-offers/collect", json={"source": "slow"})
    waited = time.monotonic() - begun
    assert run.status_code == 202, run.text
    assert waited >= 25
    assert run.json()["state"] == "running"
    path = f"/job-offers/collect/{run.json()['run']}"
    told = {}

    def over() -> bool:
        told.update(front.http.get(path).json())
        return told["state"] != "running"

    until(over, lambda: dict(told))
    assert (told["state"], told["saved"], told["sources_failed"]) == ("done", 20, 0)
