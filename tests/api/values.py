"""Values that no schema describes: numbers with check digits, numbers of a numbering plan, keys that are used once."""

from uuid import uuid4

import schemathesis
from hypothesis import strategies as st

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


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that another application came with is a 422 whatever else is right: each gets one of its own."""
    wanted = case.meta is None or case.meta.generation.mode.is_positive
    if wanted and case.headers and KEY in case.headers:
        case.headers[KEY] = str(uuid4())
