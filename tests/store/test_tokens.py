"""Tokens: what is kept of them, and when they count."""

from __future__ import annotations

import os
import stat
import threading
import time

import pytest

from inspector.store import tokens as module
from inspector.store.tokens import Tokens, TooManyTokens


@pytest.fixture
def tokens(tmp_path):
    made = Tokens(tmp_path)
    yield made
    made.close()


def test_there_is_no_file_before_the_first(tokens, tmp_path):
    assert tokens.all() == ()
    assert tokens.of("insp_" + "x" * 43) is None
    assert not tokens.revoke("x")
    assert list(tmp_path.iterdir()) == []


def test_a_token_counts_and_its_text_is_nowhere(tokens, tmp_path):
    token, text = tokens.make("nightly", ("read", "rules"))
    assert tokens.of(text)[:3] == (token.id, "nightly", ("read", "rules"))
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert text.encode() not in kept
    assert text.removeprefix("insp_").encode() not in kept
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("wrong", ["", "insp_", "x", "insp_ä", "insp_\0", "INSP_", "insp_" + "x" * 100_000])
def test_what_is_no_token_counts_for_nothing(tokens, wrong):
    tokens.make("nightly", ("read",))
    assert tokens.of(wrong) is None


def test_a_revoked_one_counts_no_more_in_every_process(tokens, tmp_path):
    token, text = tokens.make("nightly", ("read",))
    other = Tokens(tmp_path)
    assert other.of(text)
    assert tokens.revoke(token.id)
    assert other.of(text) is None
    assert not other.revoke(token.id)
    other.close()


def test_one_whose_time_is_over_counts_no_more_and_is_still_told(tokens):
    _, text = tokens.make("short", ("read",), 1e-9)
    assert tokens.of(text) is None
    (told,) = tokens.all()
    assert told.over


def test_when_it_was_used_is_noted_to_the_minute(tokens, monkeypatch):
    _, text = tokens.make("nightly", ("read",))
    assert tokens.all()[0].used == 0
    tokens.of(text)
    first = tokens.all()[0].used
    assert abs(first - time.time()) < 30
    tokens.of(text)
    assert tokens.all()[0].used == first
    monkeypatch.setattr(module, "_NOTED_EVERY", 0.0)
    tokens.of(text)
    assert tokens.all()[0].used >= first


def test_there_is_an_end_to_their_number(tokens, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    tokens.make("one", ("read",))
    tokens.make("two", ("read",))
    with pytest.raises(TooManyTokens):
        tokens.make("three", ("read",))


def test_many_threads_may_ask_at_once(tokens):
    _, text = tokens.make("nightly", ("read",))
    found = []
    threads = [threading.Thread(target=lambda: found.append(tokens.of(text))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 8
    assert all(found)
