"""What a request that was sent has in common with the OpenAPI document. The mistakes that Schemathesis plans are not
all in the request that leaves: a part of a multipart body has no JSON type, a parameter without a value is left out, and
what a path or a query takes for a number is a text of digits."""

import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema_rs

MULTIPART = "multipart/form-data"
MISTAKEN = object()


def mistakes(case, request) -> list[str]:
    """The places in which a request is otherwise than its operation's description asks for."""
    document = case.operation.schema.raw_schema
    described = document["paths"][case.operation.path]
    operation = described[case.operation.method.lower()]
    parameters = described.get("parameters", []) + operation.get("parameters", [])
    found = [name for name, schema, value in values(parameters, case.operation.path, request) if not fits(document, schema, value)]
    body = operation.get("requestBody")
    return found + (body_mistakes(document, body, request) if body else [])


def values(parameters, path, request):
    """Every parameter that the request carries or must carry, with what is asked of it."""
    url = urlsplit(request.url)
    names = re.findall(r"\{(\w+)\}", path)
    pattern = re.sub(r"\\\{\w+\\\}", "([^/]*)", re.escape(path))
    place = re.fullmatch(pattern, url.path)
    carried = {("path", name): [unquote(value)] for name, value in zip(names, place.groups())} if place else {}
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        carried.setdefault(("query", name), []).append(value)
    for name, value in request.headers.items():
        carried[("header", name.lower())] = [value if isinstance(value, str) else value.decode("latin-1")]
    for parameter in parameters:
        where, name = parameter["in"], parameter["name"]
        given = carried.get((where, name.lower() if where == "header" else name), [])
        if parameter.get("required") and not given:
            yield name, parameter["schema"], MISTAKEN
        for value in given:
            yield name, parameter["schema"], value


def fits(document, schema, value) -> bool:
    if value is MISTAKEN:
        return False
    types = schema.get("type", [])
    if isinstance(value, str) and "integer" in ([types] if isinstance(types, str) else types):
        value = int(value) if re.fullmatch(r"[+-]?[0-9]+", value) else value
    whole = {"components": document["components"], **schema}
    return jsonschema_rs.validator_for(whole, validate_formats=True).is_valid(value)


def body_mistakes(document, described, request) -> list[str]:
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    header = request.headers.get("Content-Type", "")
    header = header.decode("latin-1") if isinstance(header, bytes) else header
    media_type = header.split(";")[0].strip().lower()
    content = described["content"].get(media_type)
    if content is None:
        return ["Content-Type"]
    if media_type == MULTIPART:
        return form_mistakes(document, content["schema"], header, body)
    return [] if fits(document, content["schema"], parsed(body)) else ["body"]


def form_mistakes(document, schema, header, body) -> list[str]:
    """A part is text or a file: only what is JSON in the form has a type."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + header.encode("latin-1") + b"\r\n\r\n" + body)
    parts = {}
    for part in message.iter_parts() if message.is_multipart() else []:
        parts.setdefault(part.get_param("name", header="content-disposition"), []).append(part.get_payload(decode=True))
    found = [name for name in schema.get("required", []) if name not in parts]
    for name, described in schema["properties"].items():
        given = parts.get(name, [])
        if "$ref" in described:
            found += [name for part in given if not fits(document, described, parsed(part or b""))]
            found += [name] if len(given) > 1 else []
        elif len(given) > described.get("maxItems", len(given)):
            found.append(name)
    return found


def parsed(text: bytes):
    try:
        return json.loads(text)
    except ValueError:
        return MISTAKEN
