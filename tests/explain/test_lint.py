"""httplint's notes: where they point, and that nothing makes it slow or brings it down."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time

import pytest
from explain_any import cases
from explain_fakes import case, failed, made, request, response
from hypothesis import HealthCheck, given, settings

from inspector.exchange.model import Body
from inspector.explain.lint import describe, lint


def test_a_note_names_its_field_and_where_it_stands():
    looked_at = case(made(answered=response("Content-Type: text/html", "Expires: soon")))
    note = next(each for each in lint(looked_at) if each.id == "BAD_DATE_SYNTAX")
    assert (note.half, note.field, note.level) == ("response", "expires", "bad")
    assert looked_at.response.message.head[note.offset :].startswith(b"Expires: soon")
    assert "<" not in note.detail


def test_what_a_field_is_for_is_told():
    assert "caches" in describe("Cache-Control")
    assert describe("X-Whatever") == ""
    assert describe("\x00") == ""


def test_inspectors_own_answers_are_not_judged():
    assert not [
        note for note in lint(case(failed("dns-unknown", "network", "dns"))) if note.half == "response"
    ]


def test_importing_the_explanations_does_not_import_it():
    code = "import sys, inspector.explain.story, inspector.explain.fields, inspector.explain.lint; print('httplint' in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "False"
    )


@pytest.mark.parametrize("value", ["a," * 4000, "a;" * 4000, '"' * 4000, "a=b;" * 2000, "<" * 3000])
@pytest.mark.parametrize("name", ["Link", "Via", "Accept", "If-Match", "Set-Cookie", "Cache-Control"])
def test_long_lists_do_not_make_it_slow(name, value):
    looked_at = case(made(asked=request(f"{name}: {value}"), answered=response(f"{name}: {value}")))
    begun = time.process_time()
    lint(looked_at)
    assert time.process_time() - begun < 2


def test_a_small_body_that_unfolds_to_a_huge_one_is_not_unfolded():
    bomb = gzip.compress(b"\0" * 40_000_000)
    looked_at = case(made(answered=response("Content-Encoding: gzip", body=Body(len(bomb), len(bomb), bomb))))
    begun = time.process_time()
    lint(looked_at)
    assert time.process_time() - begun < 2


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_any_exchange_can_be_linted(looked_at):
    for note in lint(looked_at):
        assert note.summary
