"""What counterpart_server.py took, and how it is told to misbehave; and the sites of site_server.py."""

import json
import subprocess
import sys
from pathlib import Path

from postulo import until

WHO = ("memo", "ami", "mailjet", "hook")


class Counterparts:
    """The server in a process of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        for who in WHO:
            self.behave(who, "ok")
        program = Path(__file__).with_name("counterpart_server.py")
        self.process = subprocess.Popen([sys.executable, str(program), "--folder", str(folder)])
        until(lambda: (folder / "port").exists(), lambda: "the counterparts do not start")
        self.address = f"127.0.0.1:{(folder / 'port').read_text()}"
        self.url = f"http://{self.address}"

    def behave(self, who: str, mode: str):
        part = self.folder / f"{who}.part"
        part.write_text(mode)
        part.rename(self.folder / f"{who}.mode")

    def taken(self, who: str) -> list[dict]:
        path = self.folder / "taken.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [taken for taken in map(json.loads, lines) if taken["who"] == who]

    def untold(self, who: str) -> int:
        """How often something was taken without saying so: it may come again, and nothing else may."""
        return sum(not taken["told"] for taken in self.taken(who))

    def asked(self) -> int:
        path = self.folder / "asked"
        return path.stat().st_size if path.exists() else 0

    def stop(self):
        self.process.kill()
        self.process.wait()


class Sites:
    """Sites with job offers in a process of their own, most of them hostile."""

    def __init__(self, folder: Path):
        self.folder = folder
        program = Path(__file__).with_name("site_server.py")
        self.process = subprocess.Popen([sys.executable, str(program), "--folder", str(folder)])
        until(lambda: (folder / "ports").exists(), lambda: "the sites do not start")
        ports = json.loads((folder / "ports").read_text())
        self.urls = {site: f"http://127.0.0.1:{port}" for site, port in ports.items()}

    def asked(self, site: str) -> list[dict]:
        """What was asked of a site, robots.txt aside."""
        path = self.folder / "asked.jsonl"
        lines = map(json.loads, path.read_text().splitlines()) if path.exists() else []
        return [asked for asked in lines if asked["site"] == site and asked["path"] != "/robots.txt"]

    def stop(self):
        self.process.kill()
        self.process.wait()
