"""A dashboard with a message that waits at a breakpoint, and somebody who decides about it."""

from __future__ import annotations

import html
import re
import time

import pytest

from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row, name_of
from inspector.store.held import HeldMessages

EXCHANGE = bytes(15) + b"\x01"
NAME, ANSWERED = name_of(EXCHANGE, "request"), name_of(EXCHANGE, "response")
JSON = b'{"item":17,"password":"the-secret-word"}'
HEAD = (
    b"POST /basket?token=the-secret-token HTTP/1.1\r\nHost: shop.inspector.test\r\nContent-Type: application/json\r\nx-odd:   \xe9<b>\r\n"
    b"Cookie: session=the-secret-cookie\r\nContent-Length: 40\r\n\r\n"
)
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\n"
PLAIN = Draft(HEAD, JSON)
PAGE = "<script>alert(1)</script>\r\nGrüße"
URL = "https://shop.inspector.test/basket?token=the-secret-token"


@pytest.fixture
def held(desk):
    table = HeldMessages(desk.run.parent)
    yield table
    for each in table.waiting():
        table.end(each.id, "gone", "browser-left")
    table.take(b"e" * 16)
    table.forget()
    table.close()


@pytest.fixture
def put(held):
    def putting(draft=PLAIN, moment="request", *, request=b"", rule="mine", exchange=EXCHANGE):
        now = time.time()
        row = Row(name_of(exchange, moment), exchange, moment, URL, "POST", rule, now - 3, now + 600, len(draft.body), draft.body_here)  # fmt: skip
        assert held.put(row, Content(draft, request), engine=b"e" * 16, worker=1)
        return row.id

    return putting


@pytest.fixture
def send(desk):
    """A signed-in browser that posts forms."""
    client = desk.signed_in()
    token = desk.token(client)

    def sending(address, **form):
        return client.post(address, data={"csrf_token": token} | form, content_type="multipart/form-data")

    sending.client = client
    return sending


def page(answer):
    return re.sub(r"\s+", " ", html.unescape(answer.get_data(as_text=True)))


def as_shown(send, name=NAME):
    """The form as a browser would send it back: every control with what stands in it."""
    text = send.client.get(f"/rules/breakpoints/{name}").get_data(as_text=True)
    form = text[text.index("data-held-message") : text.index("</form>", text.index("data-held-message"))]
    said: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]+>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") in ("hidden", "file") or (
            attributes.get("type") == "checkbox" and " checked" not in tag
        ):
            continue
        said.setdefault(attributes["name"], []).append(html.unescape(attributes["value"]))
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", form, re.DOTALL)
    if found:
        said["text"] = html.unescape(found[1]).replace("\r\n", "\n").replace("\n", "\r\n")
    return {
        name: value[0] if isinstance(value, list) and not name.startswith("field_") else value
        for name, value in said.items()
    }


def taken(held):
    [word] = held.take(b"e" * 16)
    return word
