"""The OpenAPI document, drawn from what the routes say of themselves. OpenAPI 3.1 takes JSON Schema as it is, which msgspec makes of the very types that read the calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from flask import Flask

from inspector.web.api.asking import ID
from inspector.web.api.describing import Bytes, Operation, operation_of
from inspector.web.api.scopes import SCOPES
from inspector.web.errors import PROBLEM, Problem

_REF = "#/components/schemas/{name}"
_PART = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROOT = "/api/v1"

TAGS = {
    "Exchanges": "What was captured, and what is known of it.",
    "Live": "What happens right now.",
    "Marks": "What people add: pins, colours, comments, tags.",
    "Deleting": "Away, back, and for good.",
    "Out and in": "HAR files, reports, commands.",
    "Rules": "What is changed in traffic on its way.",
    "Breakpoints": "Messages that wait for somebody's word.",
    "Hooks": "Your own Python that sees and changes traffic.",
    "Sending": "Requests of one's own, and captured ones again.",
    "Certificates": "Your authority, and what it signs.",
    "Learning": "Lessons and practice sites.",
    "Inspector": "How it is, and its switches.",
    "Tokens": "Who may call this.",
    "Apps": "Where apps tell their half; each with a token of its own.",
}


class Call(NamedTuple):
    """One operation with its place."""

    method: str
    path: str  # with {names}
    operation: Operation


def calls(app: Flask) -> Iterator[Call]:
    """Every call of the API, in the order of the tags, then of the addresses."""
    found = []
    for rule in app.url_map.iter_rules():
        operation = operation_of(app, rule.endpoint)
        if operation is not None and rule.rule.startswith(f"{ROOT}/"):
            path = _PART.sub(r"{\1}", rule.rule)
            found += [Call(method, path, operation) for method in _METHODS if method in (rule.methods or ())]
    order = {tag: place for place, tag in enumerate(TAGS)}
    yield from sorted(
        found,
        key=lambda call: (
            order.get(call.operation.tag, len(order)),
            call.path,
            _METHODS.index(call.method),
        ),
    )


def document(app: Flask, version: str) -> dict[str, Any]:
    """The whole document, as plain JSON has it."""
    drawn = msgspec.json.decode(msgspec.json.encode(_document(app, version)))
    return dict(drawn)


def _document(app: Flask, version: str) -> dict[str, Any]:
    all = tuple(calls(app))
    types = list(dict.fromkeys(kind for call in all for kind in _types(call.operation)))
    schemas, parts = msgspec.json.schema_components([Problem, *types], ref_template=_REF)
    known = dict(zip([Problem, *types], schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for call in all:
        paths.setdefault(call.path, {})[call.method.lower()] = _told(call, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Inspector",
            "version": version,
            "summary": "What was captured, and everything that the dashboard can do.",
            "description": "Errors are problems (RFC 9457), each with a sentence in `detail` and what to do in `cure`. Times are seconds since 1970, durations seconds.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": parts,
            "responses": {"Problem": {"description": "It was not done; the problem says why, and what to do.", "content": {PROBLEM: {"schema": known[Problem]}}}},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token made with `inspector token make` or under Set-up. Its scopes: "
                    + "; ".join(f"`{scope}`: {words}" for scope, words in SCOPES.items()),
                },
                "app": {"type": "http", "scheme": "bearer", "description": "The token in HOME/run/bridge.json, for apps of this computer."},
            },
        },
    }  # fmt: skip


def _types(operation: Operation) -> Iterator[Any]:
    if operation.query is not None:
        yield operation.query
    for kind in (operation.takes, operation.gives):
        if kind is not None and not isinstance(kind, Bytes):
            yield kind


def _told(call: Call, known: Mapping[Any, Any]) -> dict[str, Any]:
    operation = call.operation
    told: dict[str, Any] = {
        "operationId": _identity(call),
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*_parts(call), *_query(operation)],
        "responses": {str(operation.status): _answer(operation, known)}
        | {str(status): _problem(status) for status in operation.problems},
        # 3.1 lets a scheme that isn't OAuth name what it wants as roles
        "security": [
            {"app": []}
            if operation.machines
            else {"token": [operation.scope] if operation.scope != "any" else []}
        ],
    }
    if operation.detail:
        told["description"] = operation.detail
    if operation.takes is not None:
        told["requestBody"] = {"required": True, "content": _content(operation.takes, known)}
    return told


def _identity(call: Call) -> str:
    return "_".join([call.method.lower(), *re.findall(r"[a-z0-9]+", call.path.removeprefix(ROOT))])


def _parts(call: Call) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{([a-z_]+)}", call.path):
        schema = call.operation.path.get(name, ID if name == "id" else {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "schema": dict(schema)}


def _query(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.query is None:
        return
    for each in msgspec.structs.fields(operation.query):
        (schema,), _ = msgspec.json.schema_components([each.type])
        schema = dict(schema)
        words = schema.pop("description", "")
        if not each.required and each.default is not msgspec.NODEFAULT:
            schema["default"] = each.default
        told = {"name": each.encode_name, "in": "query", "required": each.required, "schema": schema}
        yield told | ({"description": words} if words else {})


def _content(kind: Any, known: Mapping[Any, Any]) -> dict[str, Any]:
    if not isinstance(kind, Bytes):
        return {"application/json": {"schema": known[kind]}}
    return {kind.media: {"schema": {"type": "string"}} if kind.text else {}}


def _answer(operation: Operation, known: Mapping[Any, Any]) -> dict[str, Any]:
    words = HTTPStatus(operation.status).phrase
    if operation.gives is None:
        return {"description": words}
    return {"description": words, "content": _content(operation.gives, known)}


def _problem(status: int) -> dict[str, Any]:
    return {"$ref": "#/components/responses/Problem", "description": HTTPStatus(status).phrase}
