"""The server's half of an exchange with its secrets replaced. Give a hider that has read the exchange: a password that was in the form is then found in the query too.

Which column a parameter is for stands in the statement; what is stored for a password (`scrypt:…`, `$2b$…`) is known by its look, whatever it is called.
"""

from __future__ import annotations

import re

import msgspec

from inspector.exchange.report import Frame, LogLine, Query, Raised, Report, Route, Source, Span
from inspector.secrets.hider import Hider, is_mark
from inspector.secrets.names import is_secret_field, is_secret_name

_HASH = re.compile(rb"(?:scrypt:|pbkdf2:|argon2:|bcrypt:|\$2[abxy]?\$|\$argon2|\$scrypt|\$pbkdf2|\$[156y]\$|\{(?:SSHA|SHA|CRYPT)\})[^\s'\",)]{8,}")  # fmt: skip
_ASSIGNED = re.compile(rb"([\w-]{2,80})[\"']?\]?\s*(?:=|:|=>)\s*(?:[bfru]{0,2})([\"'])((?:[^\"'\\\n]|\\.)+)\2", re.IGNORECASE)  # fmt: skip
_PLACE = re.compile(r"\?|%s|\$\d+|%\((\w+)\)s|(?<![:\w]):(\w+)")
_BEFORE = re.compile(r"([\w.\"`\[\]]+)\s*(?:=|<>|!=|<=?|>=?|\bLIKE|\bIS|\bIN\s*\()\s*\(?\s*$", re.IGNORECASE)
_INSERT = re.compile(r"\b(?:INSERT|REPLACE)\b[^(]*\(([^()]*)\)\s*VALUES\s*\(", re.IGNORECASE)


def hide_report(hider: Hider, report: Report) -> Report:
    """The report as others may see it."""
    replace = msgspec.structs.replace
    return replace(
        report,
        route=_route(hider, report.route) if report.route is not None else None,
        functions=tuple(replace(each, source=_source(hider, each.source)) for each in report.functions),
        templates=tuple(replace(each, source=_source(hider, each.source)) for each in report.templates),
        queries=tuple(_query(hider, each) for each in report.queries),
        log=tuple(_line(hider, each) for each in report.log),
        exception=_raised(hider, report.exception) if report.exception is not None else None,
        spans=tuple(_span(hider, each) for each in report.spans),
    )


def hide_prose(hider: Hider, text: str) -> str:
    """A text of an app's: code, a log line, a statement."""
    data = text.encode("utf-8", "surrogatepass")
    data = _HASH.sub(lambda found: hider.mark(found[0]), data)
    data = _ASSIGNED.sub(lambda found: _assigned(hider, found), data)
    return hider.body(data, "text/plain").decode("utf-8", "replace")


def columns_of(statement: str, count: int) -> tuple[str, ...]:
    """For each of `count` placeholders of a statement, in order, the column that it is for; empty where that isn't plain."""
    inserted = _INSERT.search(statement)
    columns = [each.strip(' "`[]\n') for each in inserted[1].split(",")] if inserted else []
    begin = inserted.end() if inserted else len(statement)
    found: list[str] = []
    for place in _PLACE.finditer(statement):
        if len(found) >= count:
            break
        if place.start() >= begin and columns:
            at = statement.count(",", begin, place.start())
            found.append(columns[at % len(columns)])
            continue
        before = _BEFORE.search(statement[max(0, place.start() - 120) : place.start()])
        found.append(before[1].rpartition(".")[2].strip('"`[]') if before else "")
    return (*found, *[""] * (count - len(found)))


def _assigned(hider: Hider, found: re.Match[bytes]) -> bytes:
    if not is_secret_name(found[1].decode("latin-1")) or is_mark(found[3].decode("latin-1")):
        return found[0]
    begin = found.start(3) - found.start()
    return found[0][:begin] + hider.mark(found[3]) + found[0][begin + len(found[3]) :]


def _value(hider: Hider, name: str, value: str) -> str:
    """A value that goes by a name; in quotes as Python writes it, or as it is."""
    if not is_secret_name(name) or value in ("None", ""):
        return hide_prose(hider, value)
    quoted = len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]
    inner = value[1:-1] if quoted else value
    mark = hider.mark(inner.encode("utf-8", "surrogatepass")).decode("ascii")
    return f"{value[0]}{mark}{value[-1]}" if quoted else mark


def _query(hider: Hider, query: Query) -> Query:
    columns = columns_of(query.statement, len(query.parameters))
    parameters = tuple(
        (name, _value(hider, name if is_secret_name(name) else column, value))
        for (name, value), column in zip(query.parameters, columns, strict=True)
    )
    return msgspec.structs.replace(
        query,
        statement=hide_prose(hider, query.statement),
        parameters=parameters,
        error=hide_prose(hider, query.error),
    )


def _route(hider: Hider, route: Route) -> Route:
    values = {name: _value(hider, name, value) for name, value in route.values.items()}
    return msgspec.structs.replace(route, values=values)


def _source(hider: Hider, source: Source) -> Source:
    return msgspec.structs.replace(source, text=hide_prose(hider, source.text)) if source.text else source


def _line(hider: Hider, line: LogLine) -> LogLine:
    return msgspec.structs.replace(line, message=hide_prose(hider, line.message))


def _raised(hider: Hider, raised: Raised) -> Raised:
    frames = tuple(_frame(hider, each) for each in raised.frames)
    return msgspec.structs.replace(
        raised, message=hide_prose(hider, raised.message), frames=frames, text=hide_prose(hider, raised.text)
    )


def _frame(hider: Hider, frame: Frame) -> Frame:
    return msgspec.structs.replace(frame, text=hide_prose(hider, frame.text))


def _span(hider: Hider, span: Span) -> Span:
    attributes = {}
    for name, value in span.attributes.items():
        secret = is_secret_field(name.rpartition(".")[2].replace("_", "-"))
        attributes[name] = _value(hider, "password" if secret else name, value)
    return msgspec.structs.replace(
        span, name=hide_prose(hider, span.name), error=hide_prose(hider, span.error), attributes=attributes
    )
