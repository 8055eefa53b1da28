"""What axe finds wrong with a page. Only that leaves the page: its lists of what is right take longer to send than to make."""

from __future__ import annotations

from functools import cache
from typing import Any

# `preload` fetches the style sheets anew, for rules that are not among those that are asked.
ASKED = "axe.run({resultTypes: ['violations'], preload: false}).then(({violations}) => violations)"


def faults(page: Any) -> list[str]:
    """Rule, place and what to do about it: `assert faults(page) == []`."""
    page.evaluate(_axe())
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in page.evaluate(ASKED)
        for node in each["nodes"]
    ]


@cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe  # where browsers are tested only

    return Axe().axe_script
