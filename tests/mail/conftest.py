"""One server for all tests, which mails through the server that script/services started."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from counterparts import Counterparts
from front import Front, signed_in
from mailserver import MailServer
from postulo import PATIENCE, Postulo, secret_of_new_client


@dataclass
class Partner:
    """A client platform, with its credentials."""

    server: Postulo
    client_id: str
    secret: str
    name: str
    contact: str

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.server.url, auth=(self.client_id, self.secret), timeout=PATIENCE)


def partner_of(running: Postulo, client: str, name: str, contact: str, *options: str) -> Partner:
    """Registers a platform with a service of its own, and starts it."""
    created = running.run("client", "create", client, "--name", name, "--contact-email", contact, *options, "--json")
    running.start()
    return Partner(running, client, json.loads(created)["client_secret"], name, contact)


@dataclass
class People:
    """Addresses of a candidate and an employer that no other test uses."""

    candidate: str
    employer: str


@pytest.fixture(scope="session")
def mail() -> MailServer:
    return MailServer(Path(os.environ["POSTULO_TEST_SMTP_FOLDER"]))


@pytest.fixture
def counterparts(tmp_path) -> Counterparts:
    """Services of others, for this test alone."""
    folder = tmp_path / "counterparts"
    folder.mkdir()
    running = Counterparts(folder)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Postulo:
    url = os.environ["POSTULO_TEST_SMTP_URL"] + "?starttls=none"
    running = Postulo(tmp_path_factory.mktemp("postulo"), url)
    running.secret = secret_of_new_client(running, "partner", "Emploi Facile", "bonjour@emploi.example")
    running.start()
    yield running
    assert running.stop() == 0, running.log()


@pytest.fixture(scope="session")
def service(tmp_path_factory) -> Postulo:
    """A server as it runs for the clients of the earlier service, with job offers; its letters lie in a folder."""
    folder = tmp_path_factory.mktemp("candidates")
    (folder / "mails").mkdir()
    running = Postulo(folder, f"mailbox:{folder / 'mails'}")
    running.environment |= {
        "POSTULO_ACCOUNTS_TELL_TAKEN": "true",
        "POSTULO_PASSWORD_MINIMUM": "8",
        # One machine is everybody here.
        "POSTULO_NETWORK_REQUESTS__SIGN_INS": "0",
    }
    running.run("seed", "--applications", "0", "--offers", "60")
    running.start()
    yield running
    assert running.stop() == 0, running.log()


@pytest.fixture(scope="module")
def mira(service) -> Front:
    return signed_in(service)


@pytest.fixture(scope="module")
def other(service) -> Front:
    return signed_in(service)


@pytest.fixture
def fresh(service) -> Front:
    return signed_in(service)


@pytest.fixture
def partner(server) -> Partner:
    return Partner(server, "partner", server.secret, "Emploi Facile", "bonjour@emploi.example")


@pytest.fixture
def people() -> People:
    one = uuid4().hex[:12]
    return People(f"camille.{one}@candidats.example", f"recrutement.{one}@boulangerie.example")


@pytest.fixture
def application(people) -> dict:
    """The fields of a whole application."""
    return {
        "candidate_email": people.candidate,
        "candidate_first_name": "Zoé",
        "candidate_last_name": "Le Guénnec",
        "candidate_phone": "06 12 34 56 78",
        "candidate_address": "12 rue des Lilas, 75020 Paris",
        "candidate_peid": "PE-" + uuid4().hex[:8],
        "candidate_rome_code": "D1102",
        "employer_email": people.employer,
        "employer_description": "Boulangerie Dupont & Fils",
        "siret": "73282932000074",
        "job": "Boulanger (H/F)",
        "message": "Bonjour,\n\nVotre fournil me plaît : j’y travaillerais volontiers.\n\nZoé",
    }
