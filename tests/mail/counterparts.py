"""Memo and a partner's webhook, as one HTTP server in a process of its own that misbehaves when it is told.

    counterparts.py --folder FOLDER

FOLDER/port        the port it listens on
FOLDER/memo.mode   how Memo behaves, and FOLDER/hook.mode how the webhook does:
    ok             takes it
    429, 500       answers so, with Retry-After: 1 to a 429
    garbage        answers 200 with what is no JSON (Memo), or 302 (a webhook)
    drop           closes the connection without an answer
    lost           takes it, and closes the connection before it says so
    slow           sends its answer a byte every two seconds
FOLDER/taken.jsonl what was taken, a line each
FOLDER/asked       a byte for each request
"""

import argparse
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

LOCK = Lock()


class Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        who = "memo" if self.path.startswith("/memo/") else "hook"
        mode = (self.folder / f"{who}.mode").read_text()
        taken = {"who": who, "path": self.path, "headers": dict(self.headers), "body": body.decode()}
        with LOCK:
            with open(self.folder / "asked", "a") as asked:
                asked.write(".")
            if mode in ("ok", "lost"):
                with open(self.folder / "taken.jsonl", "a") as lines:
                    lines.write(json.dumps(taken) + "\n")
        if mode in ("drop", "lost"):
            self.close_connection = True
            return
        status = {"429": 429, "500": 500, "garbage": 200 if who == "memo" else 302}.get(mode, 200)
        text = b'{"result": "ok"}' if mode in ("ok", "slow") else b"<h1>Oops</h1>"
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            for byte in text if mode == "slow" else [text]:
                self.wfile.write(bytes([byte]) if mode == "slow" else byte)
                self.wfile.flush()
                time.sleep(2 if mode == "slow" else 0)
        except OSError:
            pass  # the other side has given up

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
