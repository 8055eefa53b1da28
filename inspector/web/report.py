"""A report to take home: exchanges with their stories, messages and findings in one file that opens anywhere, offline, and runs nothing.

It is written exchange by exchange. All of it is text: no script, and a policy in the file itself that forbids any.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from inspector.exchange.decisions import say as say_decision
from inspector.exchange.model import Message
from inspector.explain.case import Case
from inspector.explain.checks import check
from inspector.explain.story import tell
from inspector.export.har_file import Told, summary
from inspector.export.whole import Whole, content, field, redacted
from inspector.web import words
from inspector.web.places import templates_folder
from inspector.web.present.charset import find_charset, looks_like_text, to_text
from inspector.web.present.overview import overview
from inspector.web.present.picture import recognise

MOST = 1_000  # exchanges; with more, no browser opens the file gladly
_LONGEST_TEXT = 20_000  # characters of a body
_LARGEST_PICTURE = 150_000  # bytes
_ORDER = ("serious", "warning", "advice")


def report(
    found: Iterator[Whole], told: Told, key: bytes | None, version: str, title: str
) -> Iterator[bytes]:
    """The file's bytes. `title` says what was chosen; `key` redacts."""
    render = _templates()
    yield (
        render.get_template("report/head.html")
        .render(title=title, version=version, made=time.time(), redacted=key is not None)
        .encode()
    )
    more = False
    for each in found:
        if told.exchanges >= MOST:
            more = True
            break
        one = redacted(each, key) if key is not None else each
        told.exchanges += 1
        told.hidden += one.hidden
        told.incomplete += bool(one.missing)
        yield (
            render.get_template("report/exchange.html")
            .render(_context(one, told.exchanges))
            .encode("utf-8", "replace")
        )
    said = summary(told, redacted=key is not None)
    yield render.get_template("report/tail.html").render(said=said, more=more, most=MOST, told=told).encode()


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for filter in (
        words.clock,
        words.day,
        words.took,
        words.size,
        words.thousands,
        words.plural,
        words.phrase,
        words.status_class,
        words.visible,
    ):
        made.filters[filter.__name__] = filter
    return made


def _context(found: Whole, number: int) -> dict[str, Any]:
    exchange = found.exchange
    case = Case(exchange, found.client, found.server, (), time.time())
    return {
        "number": number,
        "exchange": exchange,
        "overview": overview(exchange),
        "steps": _steps(case),
        "halves": [_half("Request", found.request), _half("Response", found.response)],
        "findings": _findings(case),
        "decisions": [say_decision(each.code, each.detail) for each in exchange.decisions],
        "mark": found.mark,
        "missing": found.missing,
    }


def _steps(case: Case) -> list[Any]:
    return [step for step in tell(case).steps if step.state != "skipped"]


def _findings(case: Case) -> list[Any]:
    return sorted(check(case), key=lambda issue: _ORDER.index(issue.severity))


def _half(name: str, message: Message | None) -> dict[str, Any]:
    if message is None:
        return {"name": name, "there": False}
    data, problem = content(message)
    return {
        "name": name,
        "there": True,
        "start": words.visible(message.start_line),
        "fields": [(each.name.decode("latin-1"), words.visible(each.value)) for each in message.fields],
        "body": message.body,
        "problem": problem,
        **_body(message, data),
    }


def _body(message: Message, data: bytes) -> dict[str, Any]:
    """A body as text, or as a picture; neither for what is neither."""
    kind = recognise(data[:64]) if len(data) <= _LARGEST_PICTURE else None
    if kind is not None:
        return {"picture": f"data:{kind.media};base64,{base64.b64encode(data).decode('ascii')}"}
    if not data or not looks_like_text(data[:4096]):
        return {"text": "", "binary": bool(data)}
    charset = find_charset(data[:4096], _charset(field(message, b"content-type")))
    text = to_text(data[: _LONGEST_TEXT * 4], charset.name)
    return {"text": text[:_LONGEST_TEXT], "cut": len(text) > _LONGEST_TEXT or len(data) > _LONGEST_TEXT * 4}


def _charset(content_type: str) -> str:
    found = content_type.lower().partition("charset=")[2]
    return found.partition(";")[0].strip("\"' ")
