"""OTLP/HTTP, OpenTelemetry's protocol: the spans in what an exporter posts, as protocol buffers or as JSON (opentelemetry.io/docs/specs/otlp).

Both become the same dicts, then spans of ours. Nothing is trusted: what has no valid trace and span id is passed over, and every text is cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from inspector.exchange.report import Raised, Span
from inspector.exchange.spans import SERVER, KeptSpan
from inspector.web.server_half.protobuf import Entry, double, hexadecimal, message, signed, text

_KINDS = ("", "internal", SERVER, "client", "producer", "consumer")
_MOST = 2_000
_MOST_ATTRIBUTES = 64
_LONGEST = 20_000
_DEEPEST = 8


class Told(NamedTuple):
    """A span with its trace; `port` is where the server that it is about listens, 0 if it doesn't say."""

    trace: bytes
    kept: KeptSpan
    port: int = 0


def _value_table() -> dict[int, Entry]:
    return _VALUE


_value_table.is_table = True  # type: ignore[attr-defined]  # a value may hold values: the table is asked for when it is there
_KEY_VALUE = {1: Entry("key", text), 2: Entry("value", _value_table)}
_VALUE = {
    1: Entry("stringValue", text),
    2: Entry("boolValue", bool),
    3: Entry("intValue", signed),
    4: Entry("doubleValue", double),
    5: Entry("arrayValue", {1: Entry("values", _value_table, many=True)}),
    6: Entry("kvlistValue", {1: Entry("values", _KEY_VALUE, many=True)}),
    7: Entry("bytesValue", hexadecimal),
}
_ATTRIBUTES = Entry("attributes", _KEY_VALUE, many=True)
_EVENT = {1: Entry("timeUnixNano", int), 2: Entry("name", text), 3: _ATTRIBUTES}
_SPAN = {
    1: Entry("traceId", hexadecimal),
    2: Entry("spanId", hexadecimal),
    4: Entry("parentSpanId", hexadecimal),
    5: Entry("name", text),
    6: Entry("kind", int),
    7: Entry("startTimeUnixNano", int),
    8: Entry("endTimeUnixNano", int),
    9: _ATTRIBUTES,
    11: Entry("events", _EVENT, many=True),
    15: Entry("status", {2: Entry("message", text), 3: Entry("code", int)}),
}
_REQUEST = {
    1: Entry(
        "resourceSpans",
        {
            1: Entry("resource", {1: _ATTRIBUTES}),
            2: Entry(
                "scopeSpans",
                {
                    1: Entry("scope", {1: Entry("name", text), 2: Entry("version", text)}),
                    2: Entry("spans", _SPAN, many=True),
                },
                many=True,
            ),
        },
        many=True,
    )
}


def spans_in(data: bytes, *, is_json: bool) -> list[Told]:
    """The spans of one request to /v1/traces. Raises ValueError if it is none."""
    try:
        request = json.loads(data) if is_json else message(data, _REQUEST)
    except RecursionError as error:
        raise ValueError("too deep") from error
    found = []
    for told in _spans(request):
        found.append(told)
        if len(found) >= _MOST:
            break
    return found


def _spans(request: Any) -> Iterator[Told]:
    for resource in _dicts(request, "resourceSpans"):
        about = _attributes(resource.get("resource"))
        for scope in _dicts(resource, "scopeSpans"):
            named = scope.get("scope")
            library = str(named.get("name", "")) if isinstance(named, dict) else ""
            for span in _dicts(scope, "spans"):
                told = _told(span, about, library[:200])
                if told is not None:
                    yield told


def _told(span: dict[str, Any], about: dict[str, str], library: str) -> Told | None:
    trace, id = _id(span.get("traceId"), 16), _id(span.get("spanId"), 8)
    began, ended = _seconds(span.get("startTimeUnixNano")), _seconds(span.get("endTimeUnixNano"))
    if trace is None or id is None or began is None:
        return None
    attributes = _attributes(span)
    status = span.get("status")
    failed = isinstance(status, dict) and status.get("code") in (2, "STATUS_CODE_ERROR")
    kind = _kind(span.get("kind"))
    made = Span(
        id.hex(),
        _cut(span.get("name"), 300) or "span",
        (_id(span.get("parentSpanId"), 8) or b"").hex(),
        kind,
        0.0,
        max(ended - began, 0.0) if ended is not None else None,
        about.get("service.name", "")[:200],
        (_cut(status.get("message"), 2_000) or "it failed") if failed and isinstance(status, dict) else "",
        {**attributes, **({"otel.scope.name": library} if library else {})},
    )
    kept = KeptSpan(made, began, _language(about), _framework(library), _raised(span))
    return Told(trace, kept, _port(attributes) if kind == SERVER else 0)


def _attributes(of: Any) -> dict[str, str]:
    found = {}
    for pair in _dicts(of, "attributes")[:_MOST_ATTRIBUTES]:
        name, value = pair.get("key"), pair.get("value")
        if isinstance(name, str) and name:
            found[name[:200]] = _said(value)[:_LONGEST]
    return found


def _said(value: Any, depth: int = 0) -> str:
    """An attribute's value, written out."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return ""
    for name in ("stringValue", "intValue", "doubleValue", "bytesValue"):
        if name in value:
            return str(value[name])
    if "boolValue" in value:
        return "true" if value["boolValue"] is True else "false"
    inner = value.get("arrayValue", value.get("kvlistValue"))
    if isinstance(inner, dict) and isinstance(inner.get("values"), list):
        return ", ".join(
            f"{each['key']}: {_said(each['value'], depth + 1)}"
            if isinstance(each, dict) and "key" in each and "value" in each
            else _said(each, depth + 1)
            for each in inner["values"][:50]
        )
    return ""


def _raised(span: dict[str, Any]) -> Raised | None:
    """The last exception among a span's events (OpenTelemetry's conventions for exceptions)."""
    for event in reversed(_dicts(span, "events")):
        if event.get("name") == "exception":
            said = _attributes(event)
            return Raised(
                said.get("exception.type", "") or "an exception",
                said.get("exception.message", "")[:2_000],
                at=_seconds(event.get("timeUnixNano")),
                text=said.get("exception.stacktrace", ""),
            )
    return None


def _port(attributes: dict[str, str]) -> int:
    for name in ("server.port", "net.host.port"):
        said = attributes.get(name, "")
        if said.isdecimal() and said.isascii() and 0 < int(said[:6]) < 65536:
            return int(said)
    for name in ("http.host", "url.full", "http.url"):
        port = attributes.get(name, "").partition("://")[2].partition("/")[0] or attributes.get(name, "")
        port = port.rpartition(":")[2]
        if port.isdecimal() and port.isascii() and 0 < int(port[:6]) < 65536:
            return int(port)
    return 0


def _language(about: dict[str, str]) -> str:
    names = {"nodejs": "Node.js", "webjs": "JavaScript", "dotnet": ".NET", "php": "PHP", "cpp": "C++"}
    language = about.get("telemetry.sdk.language", "")
    version = about.get("process.runtime.version", "")
    return f"{names.get(language, language.capitalize())} {version}".strip()[:100]


def _framework(library: str) -> str:
    """The framework by its instrumentation's name: `opentelemetry.instrumentation.django`, `@opentelemetry/instrumentation-express`."""
    _, mark, name = library.rpartition("instrumentation")
    return name.strip(".-_/").capitalize() if mark and name.strip(".-_/").isalpha() else ""


def _kind(said: Any) -> str:
    if isinstance(said, str):
        return said.removeprefix("SPAN_KIND_").lower() if said.startswith("SPAN_KIND_") else ""
    return _KINDS[said] if isinstance(said, int) and 0 <= said < len(_KINDS) else ""


def _id(said: Any, size: int) -> bytes | None:
    try:
        id = bytes.fromhex(said) if isinstance(said, str) else b""
    except ValueError:
        return None
    return id if len(id) == size and any(id) else None


def _seconds(said: Any) -> float | None:
    """Nanoseconds since the epoch, as a number or (JSON has it so) as text; None if there are none."""
    if isinstance(said, str) and said.isdecimal() and said.isascii() and len(said) < 21:
        said = int(said)
    return said / 1e9 if isinstance(said, int) and 0 < said < 1 << 64 else None


def _cut(said: Any, most: int) -> str:
    return said[:most] if isinstance(said, str) else ""


def _dicts(of: Any, name: str) -> list[dict[str, Any]]:
    found = of.get(name) if isinstance(of, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
