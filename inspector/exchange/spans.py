"""OpenTelemetry's spans as the server's half of an exchange: what the semantic conventions say of routes, queries, templates and exceptions becomes what a report has of them.

Names are those of the conventions for HTTP and databases, stable ones first, then those that older instrumentations still write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from inspector.exchange.model import Exchange
from inspector.exchange.report import Query, Raised, Report, Route, Span, Template

SERVER = "server"


class KeptSpan(msgspec.Struct, frozen=True, omit_defaults=True):
    """A span before it is put beside others: when it began since the epoch, and what the process that told it says of itself."""

    span: Span
    started: float
    language: str = ""
    framework: str = ""
    raised: Raised | None = None


def report_of(spans: Iterable[KeptSpan]) -> Report | None:
    """What spans of one trace tell of the exchange that began it; None if there are none."""
    ordered = sorted(spans, key=lambda kept: kept.started)
    if not ordered:
        return None
    root = _root(ordered)
    zero = root.started
    placed = [_placed(kept, zero) for kept in ordered]
    raised = [_at(kept, zero) for kept in ordered if kept.raised is not None]
    attributes = root.span.attributes
    return Report(
        zero,
        root.span.took,
        "opentelemetry",
        root.language,
        root.framework,
        root.span.service,
        _number(attributes, "http.response.status_code", "http.status_code") or 0,
        _route(attributes),
        templates=tuple(_template(span) for span in placed if "jinja2.template_name" in span.attributes),
        queries=tuple(
            _query(span) for span in placed if _first(span.attributes, "db.system.name", "db.system")
        ),
        user=_first(attributes, "user.name", "enduser.id", "user.id"),
        exception=raised[-1] if raised else None,
        spans=tuple(placed),
    )


def _root(spans: list[KeptSpan]) -> KeptSpan:
    """The first span of a server that nothing else here is around; else the first of all."""
    known = {kept.span.id for kept in spans}
    outer = [kept for kept in spans if kept.span.parent not in known]
    servers = [kept for kept in outer if kept.span.kind == SERVER] or [
        kept for kept in spans if kept.span.kind == SERVER
    ]
    return (servers or outer or spans)[0]


def _placed(kept: KeptSpan, zero: float) -> Span:
    return msgspec.structs.replace(kept.span, began=kept.started - zero)


def _at(kept: KeptSpan, zero: float) -> Raised:
    assert kept.raised is not None
    at = kept.raised.at
    handled = kept.span.kind != SERVER
    return msgspec.structs.replace(kept.raised, at=None if at is None else at - zero, handled=handled)


def _route(attributes: Mapping[str, str]) -> Route | None:
    rule = attributes.get("http.route", "")
    method = _first(attributes, "http.request.method", "http.method")
    return Route(rule, methods=(method,) if method else ()) if rule else None


def _template(span: Span) -> Template:
    return Template(span.attributes["jinja2.template_name"], (), span.began, span.took)


def _query(span: Span) -> Query:
    attributes = span.attributes
    statement = _first(attributes, "db.query.text", "db.statement") or _operation(attributes) or span.name
    parameters = tuple(
        (name.rpartition(".")[2], value)
        for name, value in attributes.items()
        if name.startswith(("db.query.parameter.", "db.operation.parameter."))
    )
    return Query(
        _first(attributes, "db.system.name", "db.system"),
        statement,
        parameters,
        rows=_number(attributes, "db.response.returned_rows"),
        began=span.began,
        took=span.took,
        error=span.error,
        through=attributes.get("otel.scope.name", ""),
        database=_first(attributes, "db.namespace", "db.name"),
    )


def _operation(attributes: Mapping[str, str]) -> str:
    """A store without a query language tells what was done with what: `find pets`."""
    done = _first(attributes, "db.operation.name", "db.operation")
    to = _first(attributes, "db.collection.name", "db.mongodb.collection", "db.sql.table")
    return f"{done} {to}".strip()


def _first(attributes: Mapping[str, str], *names: str) -> str:
    return next((attributes[name] for name in names if attributes.get(name)), "")


def _number(attributes: Mapping[str, str], *names: str) -> int | None:
    said = _first(attributes, *names)
    return int(said) if said.isdecimal() and said.isascii() and len(said) < 12 else None


def trace_of(exchange: Exchange) -> bytes:
    """The trace that the request told the site it belongs to (W3C Trace Context); nothing if it named none."""
    leg = exchange.server_leg or exchange.client_leg
    for field in leg.request.fields if leg is not None else ():
        if field.name.lower() == b"traceparent":
            parts = field.value.strip().split(b"-")
            if len(parts) >= 4 and len(parts[1]) == 32:
                try:
                    trace = bytes.fromhex(parts[1].decode("ascii"))
                except ValueError:
                    return b""
                return trace if any(trace) else b""
    return b""
