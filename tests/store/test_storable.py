"""Texts that a database cannot take: none gets into the list, whatever a file says, and a filter may ask for them without harm."""

from __future__ import annotations

import io
import json
from contextlib import closing

import pytest
from store_samples import sample, take_in

from inspector.exchange.model import Decision, encode
from inspector.exchange.storable import made_storable, storable
from inspector.filter.parsing import parse
from inspector.store.importing import Importer
from inspector.store.settings import Settings

BAD = {"NUL": "\0", "half a pair": "\ud800", "no character": "\uffff"}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_it_is_replaced_wherever_it_stands_and_bytes_are_left_alone(bad):
    odd = sample(host=f"a{bad}b", decisions=(Decision("x", bad, "é"),))
    made = made_storable(odd)
    assert (made.host, made.decisions[0]) == ("a\ufffdb", Decision("x", "\ufffd", "é"))
    assert made.client_leg == odd.client_leg
    encode(made)
    assert made_storable(made) is made
    assert (storable(odd.host), storable(made.host)) == (False, True)


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_file_with_it_is_taken_in_and_a_filter_asks_for_it(home, recorder, captures, bad):
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z", "time": 5, "serverIPAddress": f"1{bad}2",
        "request": {"method": "GET", "url": f"http://a{bad}.test/b{bad}?c={bad}", "httpVersion": "HTTP/1.1", "headers": []},
        "response": {"status": 200, "statusText": f"d{bad}", "httpVersion": "HTTP/1.1", "headers": [], "content": {"size": 0}},
    }  # fmt: skip
    har = json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry]}}
    )
    with closing(Settings(home)) as settings:
        assert Importer(home, settings).take(io.BytesIO(har.encode()), "odd.har").kept == 1
    take_in(recorder)
    [row] = captures.find(parse("method:GET")).rows
    assert row.host == "a\ufffd.test"
    assert storable(f"{row.host}{row.path}{row.reason}{row.remote}")
    for name in (
        "host",
        "path",
        "query",
        "url",
        "reason",
        "remote",
        "query.c",
        "header.x",
        "tag",
        "rule",
        "body",
    ):
        assert not captures.find(parse(f'{name}:"{bad}"')).rows
        assert captures.find(parse(f'-{name}:"a{bad}"')).rows == (row,)
