"""Memo, AMI, Mailjet and a partner's webhook: one HTTP server in a process of its own that misbehaves when it is told.

    counterpart_server.py --folder FOLDER

FOLDER/port        the port it listens on: /memo/…, /ami, /v3.1/send and /hook
FOLDER/WHO.mode    how memo, ami, mailjet and hook behave:
    ok             takes it, and answers as is documented
    429, 500       answers so, with Retry-After: 1 to a 429
    garbage        answers 200 with what is no JSON (302 from a webhook)
    drop           closes the connection without an answer
    lost           takes it, and closes the connection before it says so
    slow           sends its answer a byte every two seconds, or after 30 where it has no bytes
FOLDER/taken.jsonl what was taken, a line each, with whether the other side was told so
FOLDER/asked       a byte for each request
"""

import argparse
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Lock

LOCK = Lock()
# Mailjet's ids have 64 bits: more than a double holds.
NUMBERS = count(1_152_921_504_606_846_977)


def who_answers(path: str) -> str:
    if path.startswith("/memo/"):
        return "memo"
    return {"/ami": "ami", "/v3.1/send": "mailjet"}.get(path, "hook")


class Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        who = who_answers(self.path)
        mode = (self.folder / f"{who}.mode").read_text()
        taken = {"who": who, "path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body.decode()}
        with LOCK:
            with open(self.folder / "asked", "a") as asked:
                asked.write(".")
            if mode in ("ok", "lost"):
                taken |= {"number": str(next(NUMBERS)), "told": mode == "ok"}
                with open(self.folder / "taken.jsonl", "a") as lines:
                    lines.write(json.dumps(taken) + "\n")
        if mode in ("drop", "lost"):
            self.close_connection = True
            return
        if mode in ("ok", "slow"):
            status, text = self.proper(who, taken)
        else:
            status = {"429": 429, "500": 500}.get(mode, 302 if who == "hook" else 200)
            text = b"<h1>Oops</h1>"
        if mode == "slow" and not text:
            time.sleep(30)
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            for byte in text if mode == "slow" else [text]:
                self.wfile.write(bytes([byte]) if mode == "slow" else byte)
                self.wfile.flush()
                time.sleep(2 if mode == "slow" else 0)
        except OSError:
            pass  # the other side has given up

    def proper(self, who: str, taken: dict) -> tuple[int, bytes]:
        """Status and body as each one's documentation has them."""
        if who == "ami":
            return 204, b""
        if who == "mailjet":
            message = json.loads(taken["body"])["Messages"][0]
            receiver = {
                "Email": message["To"][0]["Email"],
                "MessageUUID": "5cd7bb40-2b3d-4a1c-94fe-07b455e77db5",
                "MessageID": int(taken.get("number", 0)),
                "MessageHref": "https://api.mailjet.com/v3/REST/message/1",
            }
            answer = {"Status": "success", "CustomID": message["CustomID"], "To": [receiver], "Cc": [], "Bcc": []}
            return 200, json.dumps({"Messages": [answer]}).encode()
        return 200, b'{"result": "ok"}'

    def log_message(self, *_):
        pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--folder", type=Path, required=True)
    Handler.folder = arguments.parse_args().folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = Handler.folder / "port.part"
    port.write_text(str(server.server_address[1]))
    port.rename(Handler.folder / "port")
    server.serve_forever()


if __name__ == "__main__":
    main()
