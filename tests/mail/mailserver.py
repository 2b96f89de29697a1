"""What smtp_server.py keeps, as messages."""

import json
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from postulo import until


@dataclass
class Received:
    """One message: its envelope, its bytes as they came over the wire, and their parts."""

    sender: str
    recipients: list[str]
    raw: bytes
    message: EmailMessage

    def header(self, name: str) -> str:
        values = self.message.get_all(name, [])
        assert len(values) == 1, f"{name} occurs {len(values)} times"
        return str(values[0])

    def text(self) -> str:
        """The text part, with plain spaces and line ends."""
        text = self.message.get_body(("plain",)).get_content()
        return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")

    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()

    def part(self, content_type: str) -> EmailMessage:
        parts = [part for part in self.message.walk() if part.get_content_type() == content_type]
        assert parts, f"no part is {content_type}"
        return parts[0]

    def attached(self) -> dict[str, bytes]:
        return {
            part.get_filename(): part.get_payload(decode=True)
            for part in self.message.walk()
            if part.get_content_disposition() == "attachment"
        }


class MailServer:
    """The folder of a running smtp_server.py."""

    def __init__(self, folder: Path):
        self.folder = folder

    def received(self, recipient: str) -> list[Received]:
        """All messages for `recipient` so far, in the order in which they came."""
        found = []
        for envelope_file in sorted(self.folder.glob("*.json")):
            envelope = json.loads(envelope_file.read_text())
            if recipient in envelope["to"]:
                raw = envelope_file.with_suffix(".eml").read_bytes()
                message = message_from_bytes(raw, policy=policy.default)
                found.append(Received(envelope["from"], envelope["to"], raw, message))
        return found

    def await_messages(self, recipient: str, count: int = 1) -> list[Received]:
        def enough():
            found = self.received(recipient)
            return found if len(found) >= count else None

        return until(enough, lambda: f"{count} messages for {recipient}, got {len(self.received(recipient))}")

    def attempts(self, recipient: str) -> int:
        """How often a RCPT for this address came, refused ones too."""
        log = self.folder / "attempts.txt"
        return log.read_text().splitlines().count(recipient) if log.exists() else 0
