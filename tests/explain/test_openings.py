"""Which page an exchange belongs to, by what browsers say."""

from __future__ import annotations

from typing import Any

import pytest
from explain_fakes import made, number, request, response

from inspector.explain.openings import OWN, Heads, openings

NAVIGATES = ("Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Accept: text/html")
SHOP = "Referer: https://shop.example/cart"


def said(n: int, path: str, *fields: str, location: str = "", **changes: Any) -> tuple[Any, Heads]:
    asked = request(*fields, start=f"GET {path} HTTP/1.1")
    answered = response(*([f"Location: {location}"] if location else []))
    usual = {"host": "shop.example", "scheme": "https", "port": 443, "path": path, "agent": "Chrome 156"}
    return made(n, **usual | changes), Heads(asked.head, answered.head)


def told(*rows: tuple[Any, Heads]) -> list[int | str]:
    """The number of the page of each, 0 where there is none."""
    found = [each.page for each in openings(rows)]
    return [page or 0 if isinstance(page, str) else int.from_bytes(page, "big") for page in found]


PAGE = said(1, "/cart", *NAVIGATES)


@pytest.mark.parametrize(
    ("rows", "pages"),
    [
        ([PAGE, said(2, "/app.js", SHOP, "Sec-Fetch-Dest: script")], [1, 1]),
        ([PAGE, said(2, "/api", SHOP), said(3, "/shop", *NAVIGATES, SHOP), said(4, "/x.css", "Referer: https://shop.example/shop")], [1, 1, 3, 3]),
        # two pages open: what names its page goes to it, what names only the origin to the later one
        ([PAGE, said(2, "/other", *NAVIGATES), said(3, "/a", SHOP), said(4, "/b", "Referer: https://shop.example/", host="cdn.example")], [1, 2, 1, 1]),
        # a font that a style sheet asks for
        ([PAGE, said(2, "/a.css", SHOP), said(3, "/f.woff2", "Referer: https://shop.example/a.css")], [1, 1, 1]),
        # one address leads on to the next
        ([said(1, "/log-in", *NAVIGATES, status=303, location="/account"), said(2, "/account", *NAVIGATES), said(3, "/a", "Referer: https://shop.example/account")], [1, 1, 1]),
        # a frame is part of its page
        ([PAGE, said(2, "/frame", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe", SHOP)], [1, 1]),
        # over http nothing is said of how it was fetched
        ([said(1, "/", "Accept: text/html,*/*", scheme="http", port=80), said(2, "/a.js", "Referer: http://shop.example/", scheme="http", port=80)], [1, 1]),
        # without a Referer, but by a browser
        ([PAGE, said(2, "/a.js", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: script")], [1, 1]),
        ([PAGE, said(2, "/t", "Sec-Fetch-Site: cross-site", "Origin: https://shop.example", host="api.example")], [1, 1]),
        # other programs, other windows of other browsers
        ([PAGE, said(2, "/api", agent="curl 8.5")], [1, 0]),
        ([PAGE, said(2, "/app.js", SHOP, agent="Firefox 153")], [1, 0]),
        ([said(1, "/app.js", SHOP)], [0]),
        # by themselves
        ([PAGE, said(2, "/u", host="update.googleapis.com")], [1, OWN]),
        # nonsense
        ([PAGE, said(2, "/a", "Referer: http://[::1"), said(3, "/b", "Referer: \x01", status=302, location="http://[")], [1, 0, 0]),
    ],
)  # fmt: skip
def test_it_belongs_to(rows: list[tuple[Any, Heads]], pages: list[int | str]) -> None:
    assert told(*rows) == pages


def test_without_heads_nothing_is_known() -> None:
    assert told((made(1), Heads())) == [0]
    assert number(1)
