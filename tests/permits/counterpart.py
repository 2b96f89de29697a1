"""The government's form service: one HTTP server in a process of its own that speaks both of its interfaces over one
store of dossiers, which a test changes while it is read, and that misbehaves when it is told.

    counterpart.py --folder FOLDER

FOLDER/port    the port it listens on

Its interfaces, for the token `secret` and the procedure 3272:
    POST /api/v2/graphql                     version 2: getDemarche, getDossier, getDemarcheDescriptor
    GET  /api/v1/procedures/3272/dossiers…   version 1

What a test tells and asks, in JSON:
    POST /control   {"change": [{"number": 1, …}, …]}   puts these dossiers there, or changes what is named of them
                    {"delete": [1, …], "for_good": bool} deletes these
                    {"break": {"1": KIND}}               garbage in a dossier (below), or null: it is well again
                    {"fail": [FAULT, …]}                 the next requests fail so, one after the other
                    {"fail_at": {"7": FAULT}}            the nth request from now on fails so
                    {"always": FAULT or null}            all fail so
                    {"slow": seconds}                    each answer takes so long
                    {"when_read": {"number": 1, "do": {…}}}  once this dossier is read, this is done
    GET  /control   {"requests": n, "by_token_in_address": n, "dossiers": {number: {…}}}

A dossier has number, state, created, updated (seconds), name, email, employer, from, to, department.
FAULT: 429, 500, cut, html, 401, expired, 403, 302, drop, garbage. KIND: state, date, champs, null, label, nameless.
"""

import argparse
import json
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlsplit

LOCK = Lock()
TOKEN = "secret"
PROCEDURE = 3272
# Of both interfaces: in version 1, in version 2.
STATES = {
    "draft": "brouillon",
    "initiated": "en_construction",
    "received": "en_instruction",
    "closed": "accepte",
    "refused": "refuse",
    "without_continuation": "sans_suite",
}


def iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"


class Store:
    def __init__(self):
        self.dossiers: dict[int, dict] = {}
        self.deleted: dict[int, dict] = {}
        self.broken: dict[int, str] = {}
        self.fail: list[str] = []
        self.fail_at: dict[int, str] = {}
        self.always = None
        self.slow = 0.0
        self.when_read = None
        self.requests = 0
        self.in_address = 0

    def tell(self, told: dict):
        now = time.time()
        for change in told.get("change", []):
            number = change["number"]
            known = self.dossiers.setdefault(number, {"state": "initiated", "created": now, "name": f"Nom {number}", "email": f"worker{number}@example.org", "employer": "Boulangerie Dupont", "from": "", "to": "", "department": "75 - Paris"})
            known |= {"updated": now} | change
            self.deleted.pop(number, None)
        for number in told.get("delete", []):
            self.deleted[number] = {"at": now, "for_good": told.get("for_good", False), "state": self.dossiers.pop(number)["state"]}
        for number, kind in told.get("break", {}).items():
            self.broken.pop(int(number), None)
            if kind:
                self.broken[int(number)] = kind
        self.fail += told.get("fail", [])
        self.fail_at |= {self.requests + int(nth): fault for nth, fault in told.get("fail_at", {}).items()}
        self.always = told.get("always", self.always)
        self.slow = told.get("slow", self.slow)
        self.when_read = told.get("when_read", self.when_read)

    def read(self, number: int):
        if self.when_read and self.when_read["number"] == number:
            told, self.when_read = self.when_read["do"], None
            self.tell(told)

    def fault(self):
        self.requests += 1
        if fault := self.fail_at.pop(self.requests, None):
            return fault
        if self.fail:
            return self.fail.pop(0)
        return self.always


STORE = Store()


def labelled(number: int, it: dict, texts: dict):
    return {label: text for label, text in texts.items() if not (STORE.broken.get(number) == "label" and label == "Date de naissance")}


def public(number: int, it: dict) -> dict:
    return labelled(number, it, {
        "Nom": it["name"],
        "Prénom": "Camille",
        "Date de naissance": "1998-12-20",
        "E-mail": it["email"],
        "Employeur": it["employer"],
        "Département qui figure sur le titre de séjour": it["department"],
        "Salaire brut": "1500",
    })


def private(it: dict) -> dict:
    return {"Date de début APT": it["from"], "Date de fin APT": it["to"]}


def in_graphql(number: int, it: dict):
    kind = STORE.broken.get(number)
    if kind == "null":
        return None

    def champ(label: str, text: str, nth: int) -> dict:
        champ = {"__typename": "TextChamp", "id": f"c{nth}", "champDescriptorId": f"c{nth}", "label": label, "stringValue": text}
        if label.startswith("Date"):
            champ |= {"__typename": "DateChamp", "stringValue": "le " + text if text else "", "date": text or None}
        return champ

    def champs(texts: dict) -> list:
        return [champ(label, text, nth) for nth, (label, text) in enumerate(texts.items())]

    node = {
        "__typename": "Dossier",
        "id": f"Dossier-{number}",
        "number": number,
        "state": STATES[it["state"]],
        "archived": False,
        "dateDepot": iso(it["created"]),
        "datePassageEnConstruction": iso(it["created"]),
        "datePassageEnInstruction": None,
        "dateTraitement": it.get("processed") and iso(it["processed"]),
        "dateDerniereModification": iso(it["updated"]),
        "usager": {"email": it["email"]},
        "instructeurs": [{"id": "1", "email": "agent@prefecture.example"}],
        "demandeur": {"__typename": "PersonneMoraleIncomplete", "siret": "73282932000074"},
        "champs": champs(public(number, it)),
        "annotations": champs(private(it)),
    }
    return broken(node, kind, "dateDepot", "number")


def in_rest(number: int, it: dict) -> dict:
    def champs(texts: dict) -> list:
        return [{"value": text, "type_de_champ": {"id": nth, "libelle": label}} for nth, (label, text) in enumerate(texts.items())]

    dossier = {
        "id": number,
        "state": it["state"],
        "created_at": iso(it["created"]),
        "updated_at": iso(it["updated"]),
        "initiated_at": iso(it["created"]),
        "received_at": None,
        "processed_at": it.get("processed") and iso(it["processed"]),
        "email": it["email"],
        "instructeurs": ["agent@prefecture.example"],
        "entreprise": None,
        "etablissement": {"siret": "73282932000074"},
        "champs": champs(public(number, it)),
        "champs_private": champs(private(it)),
    }
    return broken(dossier, STORE.broken.get(number), "created_at", "id")


def broken(dossier: dict, kind, date: str, number: str) -> dict:
    match kind:
        case "state":
            dossier["state"] = "planted secret words"
        case "date":
            dossier[date] = "planted secret words"
        case "champs":
            dossier["champs"] = ["planted secret words"]
        case "nameless":
            del dossier[number]
    return dossier


class Graphql:
    @staticmethod
    def answer(body: dict):
        asked = body["variables"]
        if body.get("queryId") != "ds-query-v2":
            return Graphql.error("bad_request")
        match body["operationName"]:
            case "getDemarche":
                if asked["demarcheNumber"] != PROCEDURE:
                    return Graphql.error("not_found")
                demarche = {"number": PROCEDURE}
                if asked.get("includeDossiers"):
                    demarche["dossiers"] = Graphql.dossiers(asked)
                for name, prefix, for_good in [("pendingDeletedDossiers", "pendingDeleted", False), ("deletedDossiers", "deleted", True)]:
                    if asked.get("include" + name[0].upper() + name[1:]):
                        demarche[name] = Graphql.gone(asked, prefix, for_good)
                return {"data": {"demarche": demarche}}
            case "getDossier":
                number = asked["dossierNumber"]
                if number not in STORE.dossiers:
                    return Graphql.error("not_found")
                node = in_graphql(number, STORE.dossiers[number])
                STORE.read(number)
                return {"data": {"dossier": node}}
            case "getDemarcheDescriptor":
                if asked["demarche"]["number"] != PROCEDURE:
                    return Graphql.error("not_found")
                it = {"name": "", "email": "", "employer": "", "from": "", "to": "", "department": ""}
                descriptors = {"champDescriptors": public(0, it), "annotationDescriptors": private(it)}
                revision = {name: [{"id": f"c{nth}", "label": label} for nth, label in enumerate(texts)] for name, texts in descriptors.items()}
                return {"data": {"demarcheDescriptor": {"number": PROCEDURE, "revision": revision}}}
        return Graphql.error("bad_request")

    @staticmethod
    def error(code: str):
        return {"data": None, "errors": [{"message": "planted secret words", "extensions": {"code": code}}]}

    @staticmethod
    def dossiers(asked: dict):
        since = asked.get("updatedSince") or ""
        order = sorted((iso(it["updated"]), number) for number, it in STORE.dossiers.items() if it["state"] != "draft")
        return Graphql.page([key for key in order if key[0] >= since], asked["first"], asked.get("after"), Graphql.node)

    @staticmethod
    def node(number: int):
        node = in_graphql(number, STORE.dossiers[number])
        STORE.read(number)
        return node

    @staticmethod
    def gone(asked: dict, prefix: str, for_good: bool):
        since = asked.get(prefix + "Since") or ""
        order = sorted((iso(it["at"]), number) for number, it in STORE.deleted.items() if it["for_good"] == for_good)
        node = lambda number: {"id": f"Dossier-{number}", "number": number, "state": STATES[STORE.deleted[number]["state"]], "reason": "user_request", "dateSupression": iso(STORE.deleted[number]["at"])}
        return Graphql.page([key for key in order if key[0] >= since], asked[prefix + "First"], asked.get(prefix + "After"), node)

    @staticmethod
    def page(keys: list, first: int, after, node):
        assert first <= 100
        if after:
            at, number = after.split("|")
            keys = [key for key in keys if key > (at, int(number))]
        shown = keys[:first]
        nodes = [node(number) for _, number in shown]
        end = f"{shown[-1][0]}|{shown[-1][1]}" if shown else None
        return {"pageInfo": {"hasNextPage": len(keys) > first, "hasPreviousPage": bool(after), "startCursor": None, "endCursor": end}, "nodes": nodes}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with LOCK:
            if self.path == "/control":
                STORE.tell(body)
                return self.send(200, b"{}")
        if self.path != "/api/v2/graphql":
            return self.send(404, b"{}")
        self.serve(lambda: (200, Graphql.answer(body)), lambda: (200, Graphql.error("unauthorized")))

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path == "/control":
            with LOCK:
                told = {"requests": STORE.requests, "by_token_in_address": STORE.in_address, "dossiers": STORE.dossiers}
                return self.send(200, json.dumps(told).encode())
        parts = asked.path.strip("/").split("/")
        query = parse_qs(asked.query)
        self.serve(lambda: self.rest(parts, query), lambda: (401, {}), query.get("token"))

    def rest(self, parts: list, query: dict):
        if parts[:4] != ["api", "v1", "procedures", str(PROCEDURE)] or parts[4:5] != ["dossiers"]:
            return 404, {}
        if len(parts) == 6:
            number = int(parts[5])
            if number not in STORE.dossiers or STORE.broken.get(number) == "null":
                return (200, {"dossier": None}) if number in STORE.dossiers else (404, {})
            dossier = in_rest(number, STORE.dossiers[number])
            STORE.read(number)
            return 200, {"dossier": dossier}
        page, size = int(query["page"][0]), int(query["resultats_par_page"][0])
        assert size <= 1000
        order = sorted((it["created"], number) for number, it in STORE.dossiers.items())
        shown = order[(page - 1) * size : page * size]
        listed = [{"id": number, "updated_at": iso(STORE.dossiers[number]["updated"]), "initiated_at": iso(created)} for created, number in shown]
        pagination = {"page": page, "resultats_par_page": size, "nombre_de_page": -(-len(order) // size)}
        return 200, {"dossiers": listed, "pagination": pagination}

    def serve(self, answer, unknown, in_address=None):
        with LOCK:
            fault, slow = STORE.fault(), STORE.slow
            STORE.in_address += in_address is not None
            is_known = self.headers.get("Authorization") in (f"Bearer token={TOKEN}", f"Bearer {TOKEN}") or in_address == [TOKEN]
            if fault in (None, "cut"):
                status, told = answer() if is_known else unknown()
                body = json.dumps(told).encode()
        time.sleep(slow)
        match fault:
            case None:
                self.send(status, body)
            case "cut":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case "drop":
                self.close_connection = True
            case "429":
                self.send(429, b"Retry later\n", {"RateLimit-Reset": str(int(time.time()) + 1)})
            case "500":
                self.send(500, b'{"errors":[{"message":"planted secret words","extensions":{"code":"internal"}}]}')
            case "html":
                self.send(200, b"<!DOCTYPE html><html><h1>planted secret words</h1></html>")
            case "401":
                self.send(401, b"{}")
            case "expired":
                self.send(401, b'{"errors":["token expired"]}')
            case "403":
                self.send(403, b'{"errors":[{"message":"forbidden","extensions":{"code":"forbidden"}}],"data":null}')
            case "302":
                self.send(302, b"", {"Location": "https://elsewhere.example/"})
            case "garbage":
                self.send(200, b"planted secret words {")

    def send(self, status: int, body: bytes, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_response(self, code, message=None):
        self.send_response_only(code, message)
        self.send_header("Date", formatdate(time.time(), usegmt=True))

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True

    def handle_error(self, *_):
        """Whoever asked was killed, which is what tests are for."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    server = Server(("127.0.0.1", 0), Handler)
    written = folder / "port.new"
    written.write_text(str(server.server_port))
    written.rename(folder / "port")
    server.serve_forever()


main()
