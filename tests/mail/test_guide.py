"""The guide for partners holds commands and answers: each is what a partner gets who copies it."""

import json
import os
import re
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest
from documents import pdf
from postulo import Postulo

GUIDE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text()


def examples(language: str) -> list[str]:
    """The blocks of that language, in the guide's order."""
    found = re.finditer(rf"^( *)```{language}\n(.*?)^\1```", GUIDE, re.MULTILINE | re.DOTALL)
    return [dedent(block.group(2)) for block in found]


@pytest.fixture
def service(tmp_path) -> Postulo:
    """A service of its own in development, with the file that the guide sends beside it."""
    running = Postulo(tmp_path, f"mailbox:{tmp_path}/mailbox")
    (tmp_path / "cv.pdf").write_bytes(pdf("Camille Martin"))
    (tmp_path / ".curlrc").write_text("silent\nshow-error\nfail-with-body\n")
    (tmp_path / "postulo").symlink_to(running.binary)
    yield running
    assert running.stop() == 0, running.log()


def test_every_command_of_the_guide_does_what_the_guide_says(service):
    def run(commands: str) -> str:
        """As written; only the address and what the guide has in capitals are this service's."""
        commands = commands.replace("http://127.0.0.1:8080", service.url)
        for placeholder, value in known.items():
            commands = re.sub(rf"\b{placeholder}\b", value, commands)
        path = f"{service.folder}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=service.folder,
            env=service.environment | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
        return done.stdout

    known: dict[str, str] = {}
    create, submit, read, token = examples("sh")
    known["SECRET"] = re.search(r"client secret: *(\S+)", run(create)).group(1)
    service.start()
    application = json.loads(run(submit))
    assert application["job"] == "Boulanger (H/F)"
    assert [document["name"] for document in application["attachments"]] == ["cv.pdf"]
    known["ID"] = application["id"]
    one, listed, events = [json.loads(run(line)) for line in read.strip().splitlines()]
    assert one["id"] == application["id"]
    assert isinstance(listed["items"], list)
    assert events[0]["kind"] == "Submitted"
    assert set(json.loads(run(token))) == {"token", "timestamp"}


def test_the_error_of_the_guide_has_the_shape_that_errors_have(partner, application):
    [example] = [json.loads(block) for block in examples("json") if "/problems/" in block]
    with partner.http() as http:
        answer = http.post("/api/v1/applications", json=application | {"siret": "73282932000075"})
    assert answer.headers["content-type"] == "application/problem+json"
    for error in example["errors"]:
        error["detail"] = answer.json()["errors"][0]["detail"]
    assert answer.json() == example
