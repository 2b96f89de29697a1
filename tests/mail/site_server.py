"""Sites with job offers, most of them hostile: a port each, in a process of its own.

    site_server.py --folder FOLDER

FOLDER/ports        JSON: the port of each site
FOLDER/asked.jsonl  what was asked, a line each: the site, the path, when, and how many bytes were taken of an endless answer

forbids    a robots.txt that forbids everything
patient    429 with Retry-After: 1 twice, then an offer
busy       429 with Retry-After: 3600
endless    a body that never ends
inward     leads to a port of this machine that nobody allowed (the site `trap`)
metadata   leads to where clouds tell their machines' secrets
bomb       a page, and a sitemap, of a few hundred kilobytes that unpack to half a gigabyte
slow       a sitemap of twenty offers, each of which takes a second and a half
trap       a site that nobody may ask
"""

import argparse
import hashlib
import json
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

LOCK = Lock()
SITES = ("forbids", "patient", "busy", "endless", "inward", "metadata", "bomb", "slow", "trap")
OFFERS = 20
UNPACKED_MIB = 512


def packed() -> bytes:
    """A body that unpacks to a thousand times its length."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join([packing.compress(block) for _ in range(UNPACKED_MIB)] + [packing.flush()])


def page(number: int) -> bytes:
    """An offer that is like none of the others."""
    offer = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": f"Poste {number}",
        "hiringOrganization": {"@type": "Organization", "name": hashlib.sha1(str(number).encode()).hexdigest()},
        "identifier": number,
        "description": "<p>Un poste.</p>",
    }
    return f'<!doctype html><script type="application/ld+json">{json.dumps(offer)}</script>'.encode()


class Handler(BaseHTTPRequestHandler):
    folder: Path
    ports: dict[str, int]
    packed: bytes
    asked: dict[tuple[str, str], int] = {}

    def do_GET(self):
        site = self.server.site
        with LOCK:
            times = self.asked[(site, self.path)] = self.asked.get((site, self.path), 0) + 1
        self.note(site)
        if self.path == "/robots.txt":
            forbids = site == "forbids"
            self.answer(200 if forbids else 404, b"User-agent: *\nDisallow: /\n" if forbids else b"")
        else:
            getattr(self, site)(times)

    def note(self, site: str, taken: int = 0):
        line = json.dumps({"site": site, "path": self.path, "at": time.time(), "taken": taken})
        with LOCK, open(self.folder / "asked.jsonl", "a") as lines:
            lines.write(line + "\n")

    def answer(self, status: int, body: bytes = b"", **headers: str):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # the other side has seen enough

    def forbids(self, _):
        self.answer(200, page(1))

    def patient(self, times: int):
        if times < 3:
            self.answer(429, Retry_After="1")
        else:
            self.answer(200, page(0))

    def busy(self, _):
        self.answer(429, Retry_After="3600")

    def endless(self, _):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.close_connection = True
        taken = 0
        try:
            while True:
                taken += self.wfile.write(b"<p>more</p>" * 4096)
        except OSError:
            self.note("endless", taken)

    def inward(self, _):
        self.answer(302, Location=f"http://127.0.0.1:{self.ports['trap']}/secret")

    def metadata(self, _):
        self.answer(302, Location="http://169.254.169.254/latest/meta-data/")

    def bomb(self, _):
        if self.path.endswith(".gz"):
            self.answer(200, self.packed, Content_Type="application/gzip")
        else:
            self.answer(200, self.packed, Content_Type="text/html", Content_Encoding="gzip")

    def slow(self, _):
        if self.path == "/sitemap.xml":
            urls = "".join(f"<url><loc>/offer/{number}</loc></url>" for number in range(1, OFFERS + 1))
            self.answer(200, f"<urlset>{urls}</urlset>".encode(), Content_Type="application/xml")
            return
        time.sleep(1.5)
        self.answer(200, page(int(self.path.rpartition("/")[2])))

    def trap(self, _):
        self.answer(200, page(1))

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def __init__(self, site: str):
        super().__init__(("127.0.0.1", 0), Handler)
        self.site = site


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--folder", type=Path, required=True)
    Handler.folder = arguments.parse_args().folder
    Handler.packed = packed()
    servers = [Server(site) for site in SITES]
    Handler.ports = {server.site: server.server_address[1] for server in servers}
    for server in servers[1:]:
        Thread(target=server.serve_forever, daemon=True).start()
    ports = Handler.folder / "ports.part"
    ports.write_text(json.dumps(Handler.ports))
    ports.rename(Handler.folder / "ports")
    servers[0].serve_forever()


if __name__ == "__main__":
    main()
