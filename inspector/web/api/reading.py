"""The API's description made readable: chapters of calls, each with its parameters in words and a curl command to copy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Flask

from inspector.web.api.describing import Bytes
from inspector.web.api.document import TAGS, Call, calls

_EXAMPLES = {"id": "ID", "side": "browser", "half": "response", "name": "No trackers"}


class Line(NamedTuple):
    """A parameter, or a member of a body. `kind` is its type in words, `default` what counts without it (empty: it has to be said)."""

    name: str
    kind: str
    words: str
    required: bool
    default: str


class Entry(NamedTuple):
    """One call, as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    detail: str
    scope: str
    machines: bool
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    media: str
    gives: tuple[Line, ...]
    gives_words: str
    gives_media: str
    answers: tuple[tuple[str, str], ...]
    curl: str


class Chapter(NamedTuple):
    """The calls about one thing."""

    title: str
    words: str
    entries: tuple[Entry, ...]


def chapters(app: Flask, document: Mapping[str, Any], base: str) -> tuple[Chapter, ...]:
    """The document as a page tells it; `base` is where the dashboard is, for the commands."""
    by_tag: dict[str, list[Entry]] = {}
    for call in calls(app):
        told = document["paths"][call.path][call.method.lower()]
        by_tag.setdefault(call.operation.tag, []).append(_entry(call, told, document, base))
    return tuple(
        Chapter(tag, TAGS.get(tag, ""), tuple(by_tag[tag])) for tag in (*TAGS, *(by_tag.keys() - TAGS)) if tag in by_tag
    )  # fmt: skip


def _entry(call: Call, told: Mapping[str, Any], document: Mapping[str, Any], base: str) -> Entry:
    operation = call.operation
    body = _content(told.get("requestBody", {}))
    given = _content(told["responses"][str(operation.status)])
    described = _resolved(given[1], document)
    return Entry(
        told["operationId"], call.method, call.path, operation.summary, operation.detail, operation.scope, operation.machines,
        tuple(_parameters(told, document)),
        tuple(_members(body[1], document)), body[0],
        tuple(_members(given[1], document)), described.get("description", ""), given[0],
        tuple((status, _status_words(status)) for status in told["responses"]),
        _curl(call, base),
    )  # fmt: skip


def _content(holder: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Media type and schema of a body; both empty where there is none."""
    for media, content in holder.get("content", {}).items():
        return media, content.get("schema", {})
    return "", {}


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"].get(name, {}) if name else schema
    return found


def _parameters(told: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Line]:
    for each in told["parameters"]:
        schema = each["schema"]
        words = each.get("description") or schema.get("description", "")
        default = schema.get("default", "")
        yield Line(each["name"], words_of(schema), words, each["required"], "" if default in ("", None) else json.dumps(default))  # fmt: skip


def _members(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Line]:
    found = _resolved(schema, document)
    required = found.get("required", ())
    for name, each in found.get("properties", {}).items():
        default = each.get("default", "")
        yield Line(name, words_of(each), each.get("description", ""), name in required, "" if default in ("", None) else json.dumps(default))  # fmt: skip


def words_of(schema: Mapping[str, Any]) -> str:
    """A JSON Schema's type as one would say it."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(words_of(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {words_of(schema['items'])}" if schema.get("items") else "list"
    return {"object": "object", "null": "null"}.get(kind, str(kind))


def _status_words(status: str) -> str:
    return HTTPStatus(int(status)).phrase


def _curl(call: Call, base: str) -> str:
    """A command that makes the call. The token stands in a variable, so that it isn't in the shell's history."""
    path = call.path
    for name, example in _EXAMPLES.items():
        path = path.replace(f"{{{name}}}", example.replace(" ", "%20"))
    operation = call.operation
    if operation.query is not None and isinstance(operation.example, str):
        path += f"?{operation.example}"
    parts = ["curl", '-H "Authorization: Bearer $TOKEN"']
    if call.method != "GET":
        parts.append(f"-X {call.method}")
    if isinstance(operation.takes, Bytes):
        parts += [f"-H 'Content-Type: {operation.takes.media}'", "--data-binary @FILE"]
    elif operation.takes is not None:
        parts.append(f"--json {shlex.quote(json.dumps(operation.example if operation.example is not None else {}))}")  # fmt: skip
    if isinstance(operation.gives, Bytes):
        parts.append("-OJ" if not operation.gives.text else "-N")
    return " ".join([*parts, shlex.quote(base + path)])
