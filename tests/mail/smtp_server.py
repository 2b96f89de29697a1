"""A mail server for tests: it keeps the bytes of every message, and answers as the recipient's address asks.

Started as a program it listens on a free port of the loopback interface, writes the port to a file once it accepts
connections, and puts each message into a folder: NUMBER.eml as it came over the wire, NUMBER.json with its envelope.
The .json is written last and appears whole, so who sees it may read both.

Recipients decide what happens to them (the rest of the address is free, so tests keep apart):

    busy-451.anything@..      refused for now: 451 4.7.1
    busy-451-2.anything@..    refused twice, then accepted
    unknown-550.anything@..   refused for good: 550 5.1.1
    sender-550.anything@..    the sender's identity is refused after DATA: 550 5.7.1
    hangup.anything@..        the connection is closed without an answer
"""

import argparse
import asyncio
import json
import os
import re
import signal
from collections import Counter
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

REFUSE_FOR_NOW = re.compile(r"busy-(4\d\d)(?:-(\d+))?(?:\.|@)")
REFUSE_FOR_GOOD = re.compile(r"unknown-(5\d\d)(?:\.|@)")
SENDER_REFUSED = re.compile(r"sender-550(?:\.|@)")
HANG_UP = re.compile(r"hangup(?:\.|@)")


class Keeper:
    """Keeps messages in a folder and refuses the recipients that ask for it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.received = 0
        self.attempts: Counter[str] = Counter()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        self.attempts[address] += 1
        self.note_attempt(address)
        if HANG_UP.match(address):
            server.transport.abort()
            return "421 4.3.2 Closing"
        if busy := REFUSE_FOR_NOW.match(address):
            times = busy[2]
            if times is None or self.attempts[address] <= int(times):
                return f"{busy[1]} 4.7.1 Try again later"
        if unknown := REFUSE_FOR_GOOD.match(address):
            return f"{unknown[1]} 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(SENDER_REFUSED.match(address) for address in envelope.rcpt_tos):
            return "550 5.7.1 This sender is not allowed here"
        self.received += 1
        name = f"{self.received:06}"
        (self.folder / f"{name}.eml").write_bytes(envelope.original_content)
        self.write_whole(
            self.folder / f"{name}.json",
            {"from": envelope.mail_from, "to": envelope.rcpt_tos},
        )
        return f"250 2.0.0 Kept as {name}"

    def note_attempt(self, address: str):
        """One line for each RCPT, so that a test sees refused attempts too."""
        with open(self.folder / "attempts.txt", "a", encoding="utf-8") as attempts:
            attempts.write(address + "\n")

    @staticmethod
    def write_whole(path: Path, value):
        unfinished = path.with_suffix(".tmp")
        unfinished.write_text(json.dumps(value), encoding="utf-8")
        os.replace(unfinished, path)


def protocol(keeper: Keeper, password: str | None) -> SMTP:
    """Announces SMTPUTF8 and takes messages of 25 MiB, as common providers do; from whom knows the password, if any."""

    def authenticator(server, session, envelope, mechanism, data) -> AuthResult:
        known = isinstance(data, LoginPassword) and data.password == (password or "").encode()
        return AuthResult(success=known, handled=False)

    return SMTP(
        keeper,
        data_size_limit=25 * 1024 * 1024,
        enable_SMTPUTF8=True,
        ident="tests",
        auth_required=password is not None,
        auth_require_tls=False,
        authenticator=authenticator,
    )


async def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, required=True, help="where messages go")
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--port-file", type=Path, help="where the port is written once it listens")
    options.add_argument("--password", help="asked of whoever sends; nothing is asked without it")
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)

    keeper = Keeper(chosen.folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(keeper, chosen.password), "127.0.0.1", chosen.port)
    port = server.sockets[0].getsockname()[1]
    print(f"listening on 127.0.0.1:{port}, keeping mail in {chosen.folder}", flush=True)
    if chosen.port_file:
        Keeper.write_whole(chosen.port_file, port)

    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
