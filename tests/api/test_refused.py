"""Which refusals of what a schema allows are expected, by the document as it is."""

import json
import unittest
from pathlib import Path

from refused import OPERATIONS, may_refuse

DOCUMENT = json.loads((Path(__file__).parents[2] / "schemas/openapi.json").read_text())


class Refused(unittest.TestCase):
    def test_each_refusal_is_one_that_the_document_has(self):
        for operation, statuses in OPERATIONS.items():
            method, path = operation.split(" ")
            responses = DOCUMENT["paths"][path][method.lower()]["responses"]
            self.assertLessEqual({str(status) for status in statuses}, responses.keys(), operation)

    def test_what_is_not_listed_is_not_expected(self):
        self.assertTrue(may_refuse("post", "/auth/register", 422))
        self.assertTrue(may_refuse("GET", "/auth/me", 429))
        for method, path, status in [
            ("GET", "/auth/me", 422),
            ("POST", "/auth/register", 413),
            ("DELETE", "/tasks/{id}", 400),
            ("POST", "/api/v1/applications", 422),
            ("POST", "/api/v1/applications", 429),
        ]:
            self.assertFalse(may_refuse(method, path, status), (method, path, status))
