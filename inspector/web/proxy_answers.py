"""What all pages of the proxy share: the templates, the headers, and HTML for browsers or text for programs.

Jinja is only imported when the first page is wanted. The pages stand alone (style inside, nothing loaded from elsewhere), since they appear
under any site's address.
"""

from __future__ import annotations

import re
import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any

from inspector.engine.pages import Page, PageAsk
from inspector.exchange.statuses import phrase
from inspector.web.places import templates_folder

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
SAFE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)


def answer(ask: PageAsk, status: int, name: str, context: dict[str, Any], policy: str = POLICY) -> Page:
    """The page `name` as HTML, or as text for a program."""
    html = wants_html(ask.accept)
    body = templates().get_template(f"{name}.{'html' if html else 'txt'}").render(context)
    media = "text/html" if html else "text/plain"
    headers = (("Content-Type", f"{media}; charset=utf-8"), ("Content-Security-Policy", policy), *SAFE)
    return Page(status, phrase(status), headers, body.encode())


def wants_html(accept: str) -> bool:
    """Whether whoever asks can show a page: a browser names text/html when a person navigates; `*/*` is a program."""
    for each in accept.lower().split(","):
        media, _, parameters = each.partition(";")
        if media.strip() in ("text/html", "application/xhtml+xml"):
            return parameters.replace(" ", "") not in ("q=0", "q=0.0")
    return False


@cache
def templates() -> Environment:
    # The engine starts without Jinja, and most runs never need it there.
    from jinja2 import (  # noqa: PLC0415
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )

    made = Environment(
        loader=FileSystemLoader([templates_folder() / "proxy", templates_folder() / "alone"]),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["wrapped"] = _wrapped
    made.filters["with_code"] = _with_code
    return made


def _with_code(sentence: str) -> Markup:
    """Commands, between back-ticks, as such."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - comes with Jinja

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 - escaped just here


def _wrapped(text: str, indent: int = 0) -> str:
    """Text for a terminal: lines of 78, without control characters, which a terminal would obey."""
    clean = "".join(letter if letter.isprintable() else "�" for letter in text)
    return textwrap.fill(clean, 78, subsequent_indent=" " * indent, break_on_hyphens=False)
