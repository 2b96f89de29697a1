"""The log as an auditor meets it: proofs checked by others' programs, and a file that somebody altered."""

import base64
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from pymerkle import InmemoryTree
from test_application import apply

from conftest import partner_of
from postulo import WITHOUT_LIMITS, Postulo, until

COLUMNS = "position aggregate_type aggregate_id sequence event_type event_version payload metadata recorded_at"
GUIDE = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.fixture
def audited(tmp_path, server, application):
    """A service of its own with some applications, which was stopped; its folder and their ids."""
    running = Postulo(tmp_path, server.environment["POSTULO_MAIL_URL"])
    running.environment["POSTULO_CHECKPOINT_FILE"] = str(tmp_path / "newest")
    partner = partner_of(running, "audited", "Emploi Sûr", "bonjour@sur.example", *WITHOUT_LIMITS)
    ids = []
    for _ in range(12):
        answer = apply(partner, application | {"employer_email": f"{uuid4().hex[:12]}@employeur.example"})
        ids.append(answer.json()["id"])
    until(lambda: [row["event_type"] for row in rows(running)].count("SentToEmployer") == 12, running.log)
    assert running.stop() == 0
    return running, ids


def rows(running: Postulo) -> list[dict]:
    with closing(sqlite3.connect(running.folder / "data" / "postulo.db")) as database:
        found = database.execute(f"SELECT {COLUMNS.replace(' ', ', ')}, sealed FROM events ORDER BY position")
        return [dict(zip([*COLUMNS.split(), "sealed"], row)) for row in found]


def leaf(row: dict) -> bytes:
    if row["sealed"] is not None:
        sealed = base64.b64encode(row["sealed"]).decode()
        row = row | {"payload": f'{row["payload"][:-1]},"sealed":"{sealed}"}}'}
    columns = [str(row[column]).encode() for column in COLUMNS.split()]
    return b"".join(b"%d:%s," % (len(column), column) for column in columns)


def test_a_stopped_service_leaves_all_it_wrote_signed(audited):
    running, _ = audited
    newest = (running.folder / "newest").read_text()
    assert int(newest.splitlines()[1]) == len(rows(running))
    told = json.loads(running.run("audit", "verify", "--json", "--checkpoint", str(running.folder / "newest")))
    assert told["events"] == told["signed"] == len(rows(running)) and told["not_signed_yet"] == 0
    assert told["finding"] is None


def test_proofs_are_those_of_another_implementation_of_rfc_6962(audited, tmp_path):
    running, ids = audited
    tree = InmemoryTree(algorithm="sha256")
    for row in rows(running):
        tree.append_entry(leaf(row))
    for one in ids:
        proof = json.loads(running.run("audit", "prove", one))
        size, root = int(proof["checkpoint"].splitlines()[1]), base64.b64decode(proof["checkpoint"].splitlines()[2])
        assert tree.get_root(size) == root
        assert proof["events"], "an application has events"
        for event in proof["events"]:
            theirs = tree.prove_inclusion(event["position"], size)
            assert [base64.b64decode(hash) for hash in event["inclusion"]] == theirs.path[1:]


def test_the_guides_program_checks_a_proof_and_refuses_a_forged_one(audited, tmp_path):
    running, ids = audited
    programs = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    [program] = [program for program in programs if "inclusion" in program]
    (tmp_path / "check.py").write_text(program)
    public = running.run("audit", "key").strip()
    running.run("audit", "prove", ids[3], "--out", "proof.json")

    def checks(name: str) -> list[int]:
        theirs = subprocess.run([sys.executable, "check.py", name, public], cwd=tmp_path, capture_output=True)
        ours = subprocess.run(
            [running.binary, "audit", "check-proof", name, "--public", public], cwd=tmp_path, capture_output=True
        )
        return [theirs.returncode, ours.returncode]

    assert checks("proof.json") == [0, 0]
    proof = json.loads((tmp_path / "proof.json").read_text())
    proof["events"][0]["payload"] = proof["events"][0]["payload"].replace("Boulanger", "Boucher")
    (tmp_path / "forged.json").write_text(json.dumps(proof))
    assert checks("forged.json") == [1, 1]
    other = subprocess.run(
        [running.binary, "audit", "check-proof", "proof.json", "--public", public[:-8] + "AAAAAAA="], cwd=tmp_path
    )
    assert other.returncode == 1


def test_one_altered_octet_in_the_file_names_its_event(audited):
    running, _ = audited
    position = [row["position"] for row in rows(running) if row["event_type"] == "Submitted"][5]
    with closing(sqlite3.connect(running.folder / "data" / "postulo.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER events_are_never_changed")
        changed = database.execute(
            f"UPDATE events SET payload = replace(payload, 'Boulanger (', 'boulanger (') WHERE position = {position}"
        )
        assert changed.rowcount == 1
    told = subprocess.run(
        [running.binary, "audit", "verify"], cwd=running.folder, env=running.environment, capture_output=True, text=True
    )
    assert told.returncode == 1 and f"the event at position {position} was altered" in told.stderr, told


def test_an_application_is_seen_as_it_was_at_any_position(audited):
    running, ids = audited
    lines = [json.loads(line) for line in running.run("audit", "history", ids[0], "--json").splitlines()]
    assert [line["kind"] for line in lines] == ["Submitted", "SentToEmployer"]
    assert {"op": "replace", "path": "/application/employer_email/status", "value": "sent"} in lines[1]["changes"]
    for line in lines:
        state = json.loads(running.run("audit", "history", ids[0], "--up-to", str(line["position"]), "--state"))
        assert state["status"] == line["status_after"]
        then = json.loads(running.run("audit", "history", ids[0], "--at", line["recorded_at"], "--state"))
        assert then["status"] in (line["status_after"], lines[-1]["status_after"])


def test_events_that_do_not_follow_their_schemas_are_named_without_their_content(audited):
    running, _ = audited
    assert f"{len(rows(running))} events follow their schemas" in running.run("events", "check")
    with closing(sqlite3.connect(running.folder / "data" / "postulo.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER events_are_never_changed")
        database.execute("UPDATE events SET payload = replace(payload, '\"job\":', '\"jobs\":') WHERE position = 5")
        database.execute("UPDATE events SET event_version = '9' WHERE position = 6")
    told = subprocess.run(
        [running.binary, "events", "check"], cwd=running.folder, env=running.environment, capture_output=True, text=True
    )
    assert told.returncode == 1
    named = [line.split(":")[0] for line in told.stdout.splitlines()]
    assert any(line.startswith("#6 ") for line in named), told
    assert "Boulang" not in told.stdout + told.stderr
