"""Messages: each field's value explained beside it, the bytes left as they are, huge and hostile heads included."""

from __future__ import annotations

import time

import msgspec
from test_exchange_page import HOSTILE, page, text_of
from web_fakes import message, with_response


def test_a_value_is_explained_with_its_parts_its_field_and_where_it_stands(desk, browser):
    answer = message("HTTP/1.1 200 OK", "Cache-Control: private, max-age=60", "Content-Length: 0")
    desk.captures.add(with_response(answer))
    html = page(browser)
    assert "What Cache-Control means here" in html
    assert "<code>max-age=60</code>" in html
    assert "says httplint" in html
    assert "https://www.rfc-editor.org/rfc/rfc9111.html" in html


def test_the_sentence_is_there_open_and_folded_for_the_two_levels(browser):
    html = page(browser)
    assert html.count('class="field-told') == 2 * html.count('class="field-told-folded"')


def test_the_views_of_the_bytes_have_no_explanations(browser):
    assert "field-told" not in page(browser, "?request=raw&response=hex")


def test_trailers_are_explained(desk, browser):
    answer = message(
        "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", trailers=b"Server-Timing: db;dur=12\r\n\r\n"
    )
    desk.captures.add(with_response(answer))
    assert "What Server-Timing means here" in page(browser)


def test_interim_responses_are_explained(desk, browser):
    early = message("HTTP/1.1 103 Early Hints", "Link: </style.css>; rel=preload; as=style")
    exchange = with_response(message("HTTP/1.1 200 OK"))
    leg = msgspec.structs.replace(exchange.client_leg, interim=(early,))
    desk.captures.add(msgspec.structs.replace(exchange, client_leg=leg))
    html = page(browser)
    assert "What Link means here" in html
    assert "here is what the page will need" in text_of(html)


def test_a_thousand_fields_are_shown_and_the_first_of_them_explained(desk, browser):
    answer = message("HTTP/1.1 200 OK", *(f"X-Field-{n}: {n}" for n in range(1_000)))
    desk.captures.add(with_response(answer))
    began = time.monotonic()
    html = page(browser)
    assert time.monotonic() - began < 5
    assert "X-Field-999" in html
    assert "What X-Field-299 means here" in html
    assert "What X-Field-300 means here" not in html
    assert "The first 300 fields are explained" in text_of(html)


def test_a_field_is_text_whatever_it_says(desk, browser):
    answer = message(
        "HTTP/1.1 200 OK", f"X-{HOSTILE}: {HOSTILE}", f"Set-Cookie: {HOSTILE}={HOSTILE}; Path={HOSTILE}", f"ETag: {HOSTILE}",
        f"Content-Security-Policy: {HOSTILE}", "no colon at all", f"Link: <javascript:alert(1)>; rel={HOSTILE}",
    )  # fmt: skip
    desk.captures.add(with_response(answer))
    assert "&lt;script&gt;alert(1)" in page(browser)
