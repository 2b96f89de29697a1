"""Which requests have a mistake, by the document as it is."""

import json
import unittest
from pathlib import Path
from types import SimpleNamespace

from requests import Request

from sent import mistakes

DOCUMENT = json.loads((Path(__file__).parents[2] / "schemas/openapi.json").read_text())
APPLICATIONS = "/api/v1/applications"
FIELDS = DOCUMENT["components"]["schemas"]["ApplicationBody"]["properties"]
EXAMPLE = {name: field["examples"][0] for name, field in FIELDS.items() if field.get("examples")}


def found(method, path, url=None, **request):
    operation = SimpleNamespace(path=path, method=method, schema=SimpleNamespace(raw_schema=DOCUMENT))
    prepared = Request(method, f"http://127.0.0.1{url or path}", **request).prepare()
    return mistakes(SimpleNamespace(operation=operation), prepared)


def posted(**request):
    return found("POST", APPLICATIONS, **request)


def form(application, *attachments, **others):
    parts = [("application", (None, application, "application/json"))]
    parts += [("attachments", (None, attachment, "text/plain")) for attachment in attachments]
    return posted(files=parts + [(name, (None, value)) for name, value in others.items()])


class Sent(unittest.TestCase):
    def test_what_the_document_allows_has_no_mistake(self):
        self.assertEqual(found("GET", APPLICATIONS), [])
        self.assertEqual(found("GET", APPLICATIONS, f"{APPLICATIONS}?limit=200&status=hired&since=2026-11-26T08:00:00Z"), [])
        self.assertEqual(posted(json=EXAMPLE), [])
        self.assertEqual(form(json.dumps(EXAMPLE)), [])

    def test_a_part_of_a_form_has_no_type_and_others_are_nobodys_business(self):
        self.assertEqual(form(json.dumps(EXAMPLE), "{}", "null", other="x"), [])

    def test_what_the_document_forbids_is_named(self):
        self.assertEqual(found("GET", APPLICATIONS, f"{APPLICATIONS}?limit=0"), ["limit"])
        self.assertEqual(found("GET", APPLICATIONS, f"{APPLICATIONS}?limit=ten"), ["limit"])
        self.assertEqual(found("GET", APPLICATIONS, f"{APPLICATIONS}?status="), ["status"])
        self.assertEqual(found("GET", APPLICATIONS, f"{APPLICATIONS}?since=yesterday&status=x"), ["status", "since"])
        self.assertEqual(found("GET", APPLICATIONS + "/{id}", f"{APPLICATIONS}/7"), ["id"])
        self.assertEqual(posted(json=EXAMPLE | {"siret": 7}), ["body"])
        self.assertEqual(posted(json={}), ["body"])
        self.assertEqual(posted(data="{", headers={"Content-Type": "application/json"}), ["body"])
        self.assertEqual(posted(data=json.dumps(EXAMPLE), headers={"Content-Type": "text/plain"}), ["Content-Type"])
        self.assertEqual(form("{}"), ["application"])
        self.assertEqual(form(json.dumps(EXAMPLE), *["x"] * 11), ["attachments"])
        self.assertEqual(posted(files=[("attachments", (None, "x"))]), ["application"])


if __name__ == "__main__":
    unittest.main()
