"""The lab's pages: templates in, bytes and the policy for them out. Jinja is loaded when the first page is asked for.

Pages stand alone: their one style is inside them, and the policy names it by its hash, so nothing else counts.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.lab.badtls.cases import CASES, DOMAIN, HOME

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Pages:
    """The pages in `folder`, which holds the templates; the style that they share with others is in `alone` beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def render(self, name: str, context: dict[str, Any]) -> tuple[bytes, str]:
        """The page `name`, and its Content-Security-Policy."""
        page = self._templates.get_template(f"{name}.html").render(context)
        return page.encode(), self._policy(page)

    def _policy(self, page: str) -> str:
        hashes = (
            base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            for style in _STYLE.findall(page)
        )
        styles = " ".join(f"'sha256-{each}'" for each in hashes)
        return f"default-src 'none'; style-src {styles}; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

    @cached_property
    def _templates(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 (a tenth of the lab's memory)

        made = Environment(
            loader=FileSystemLoader([self._folder, self._folder.with_name("alone")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.globals |= {"cases": CASES, "domain": DOMAIN, "home": HOME}
        made.filters["with_code"] = _with_code
        return made


def _with_code(sentence: str) -> Markup:
    """Commands, between back-ticks, as such."""
    from markupsafe import Markup, escape  # noqa: PLC0415 (comes with Jinja)

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 (escaped just here)
