"""Values that no schema describes: numbers with check digits, numbers of a numbering plan, keys that are used once,
documents."""

import re
import sys
from pathlib import Path
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis.transport.serialization import Binary

here = Path(__file__).parent
sys.path[:0] = [str(here), str(here.parent / "mail")]

from documents import pdf  # noqa: E402
from refused import may_refuse  # noqa: E402
from sent import mistakes  # noqa: E402

KEY = "Idempotency-Key"


def with_check_digit(digits: str) -> str:
    """A SIRET: 13 digits and the one that makes the Luhn sum a multiple of 10."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    total = sum(number - 9 if number > 9 else number for number in doubled)
    return digits + str(-total % 10)


# La Poste's establishments have another sum.
sirens = st.from_regex(r"\A[0-9]{13}\Z").filter(lambda digits: not digits.startswith("356000000"))
schemathesis.openapi.format("siret", sirens.map(with_check_digit))

phones = ["06 12 34 56 78", "0123456789", "+33 6 12 34 56 78", "+44 20 7946 0958", "+32 2 555 12 12"]
schemathesis.openapi.format("phone", st.sampled_from(phones))


MULTIPART = "multipart/form-data"
DOCUMENTS = [pdf("Camille Martin"), "Bonjour, voici mon parcours.".encode(), rb"{\rtf1\ansi Bonjour}"]
# Invisible characters that no range of a pattern reaches in engines that count in UTF-16. What the service says of
# them is tested in api/tests/it/partner/description.rs.
BEYOND = re.compile("[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")
CONTROL = re.compile("[\x00-\x1f\x7f]")


def is_positive(case):
    return case.meta is None or case.meta.generation.mode.is_positive


def texts(value):
    """Every text of a body."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def is_document(item):
    return isinstance(item, bytes) or isinstance(getattr(item, "data", None), bytes)


@schemathesis.hook
def filter_body(context, body):
    """Leaves out what a schema cannot say, and what multipart bodies cannot carry: a part has no JSON type, so that one
    called `attachments` is a document whatever is in it, and its name stands in a header, without control characters."""
    body = getattr(body, "body", body)
    if not isinstance(body, dict):
        return True
    if any(BEYOND.search(text) for text in texts(body)):
        return False
    if "application" not in body:
        return True
    attachments = body.get("attachments", [])
    is_carried = isinstance(attachments, list) and all(is_document(item) for item in attachments)
    return is_carried and not any(CONTROL.search(name) for name in body)


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that another application came with is a 422 whatever else is right: each gets one of its own. Documents are
    recognised by content, which no schema describes: each is a whole one."""
    if not is_positive(case):
        return
    if case.headers and KEY in case.headers:
        case.headers[KEY] = str(uuid4())
    if case.media_type == MULTIPART and isinstance(case.body, dict) and case.body.get("attachments"):
        places = range(len(case.body["attachments"]))
        documents = [Binary(DOCUMENTS[place % len(DOCUMENTS)]) for place in places]
        case.body = {**case.body, "attachments": documents}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """That a planned mistake was taken is none where what was sent has no mistake. Nor is it a failure where the rules of
    accounts and of the space refuse what a schema allows, where they may (`refused.py`) and say why."""
    if "positive_data_acceptance" in failure.checks:
        may = may_refuse(case.method, case.operation.path, response.status_code)
        return not (may and says_why(response))
    is_taken = "negative_data_rejection" in failure.checks
    return not is_taken or bool(mistakes(case, response.request))


def says_why(response):
    """Whether it is a problem with a sentence (RFC 9457)."""
    kind = response.headers.get("content-type", [""])[0]
    return kind == "application/problem+json" and bool(response.json().get("detail"))
