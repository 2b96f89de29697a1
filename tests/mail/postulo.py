"""The real binary as a process, driven through its command line, its API and its pages."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx

# How long a wait lasts while nothing moves. A machine may be many times slower than another one, so no wait ends after
# a fixed time.
PATIENCE = 240.0
# One machine is everybody here.
WITHOUT_LIMITS = ("--sender-limits=0,0,0", "--recipient-limits=0,0,0")


def until(what, describe):
    """Returns what `what` returns as soon as that is true; fails when `describe()`, which tells what is seen meanwhile, has
    not changed for PATIENCE seconds."""
    seen, since, looked = None, time.monotonic(), 0.0
    while True:
        if found := what():
            return found
        now = time.monotonic()
        if now - looked > 1:
            looked = now
            if (sees := describe()) != seen:
                seen, since = sees, now
        if now - since > PATIENCE:
            raise AssertionError(f"nothing moved for {PATIENCE} s: {seen}")
        time.sleep(0.05)


class Postulo:
    """One server with a data folder of its own, which mails through the server at `mail_url`."""

    def __init__(self, folder: Path, mail_url: str):
        self.binary = os.environ["POSTULO_TEST_BIN"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "POSTULO_LISTEN": self.url.removeprefix("http://"),
            "POSTULO_MAIL_URL": mail_url,
            # An answer leaves at once: nobody takes one back here.
            "POSTULO_UNDO_SECONDS": "0",
        }
        self.process = None

    def run(self, *arguments: str) -> str:
        """Runs a command of the binary beside the server; its standard output."""
        done = subprocess.run(
            [self.binary, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"postulo {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self):
        log = open(self.folder / "server.log", "ab")
        self.process = subprocess.Popen(
            [self.binary, "serve"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        until(self.is_ready, self.log)

    def is_ready(self) -> bool:
        assert self.process.poll() is None, f"the server ended: {self.log()}"
        try:
            return httpx.get(self.url + "/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")


@dataclass
class Form:
    """A form of a page, with the values that it would send as it stands."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str | None]] = field(default_factory=list)

    def filled(self, **values: str) -> dict[str, str]:
        return dict(self.values) | values


class Page(HTMLParser):
    """The forms, the links and the text of a page."""

    def __init__(self, response: httpx.Response):
        super().__init__()
        self.url = str(response.url)
        self.status = response.status_code
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.text = ""
        self._form = None
        self._area = None
        self._select = None
        self.feed(response.text)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self._form = Form(urljoin(self.url, has.get("action") or self.url))
            self.forms.append(self._form)
        elif tag == "a" and "href" in has:
            self.links.append(urljoin(self.url, has["href"]))
        elif tag == "option" and self._select:
            if "selected" in has or self._select not in dict(self._form.values):
                self._form.values.append((self._select, has.get("value") or ""))
        elif self._form and has.get("name"):
            kind = has.get("type", "text")
            if tag == "button":
                self._form.buttons.append((has["name"], has.get("value") or "", has.get("formaction")))
            elif tag == "textarea":
                self._area = [has["name"], ""]
            elif tag == "select":
                self._select = has["name"]
            elif tag == "input" and kind == "submit":
                self._form.buttons.append((has["name"], has.get("value") or "", has.get("formaction")))
            elif tag == "input" and (kind not in ("radio", "checkbox") or "checked" in has):
                self._form.values.append((has["name"], has.get("value") or ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            # HTML drops the first line end of a text area.
            self._form.values.append((self._area[0], self._area[1].removeprefix("\n")))
            self._area = None

    def handle_data(self, data):
        if self._area:
            self._area[1] += data
        else:
            self.text += data

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", self.text)


def secret_of_new_client(server: Postulo, client: str, name: str, contact: str, *options: str) -> str:
    answer = server.run(
        "client", "create", client, "--name", name, "--contact-email", contact, *WITHOUT_LIMITS, *options, "--json"
    )
    return json.loads(answer)["client_secret"]
