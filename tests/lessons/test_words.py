"""A lesson's words become HTML in which nothing of a capture, and nothing of a file, is ever run."""

from __future__ import annotations

import pytest

from inspector.lessons.words import html, html_line, plain

EVIL = '<img src=x onerror="alert(1)"> [x](javascript:alert(1)) `code` **b** {host}'


@pytest.mark.parametrize(
    "text", ["It said {host}.", "It said `{host}`.", "| a |\n| - |\n| {host} |", "> {host}"]
)
def test_what_fills_a_blank_is_text(text):
    told = html(text, {"host": EVIL})
    assert "<img" not in told
    assert "href" not in told
    assert "<strong>" not in told
    assert "&lt;img" in told
    assert "{host}" in told  # what was filled in isn't filled again


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <b onclick=x>b</b>",
        "[x](javascript:alert(1))",
        "[x](//evil.test/)",
        "[x](data:text/html,x)",
        "![x](https://evil.test/x.png)",
        "<javascript:alert(1)>",
    ],
)
def test_a_file_brings_no_html_no_picture_and_no_script(text):
    told = html(text)
    assert "<script" not in told
    assert "<b " not in told
    assert "<img" not in told
    assert 'href="javascript' not in told
    assert 'href="//' not in told
    assert 'href="data' not in told


def test_a_term_leads_to_the_glossary():
    assert (
        html_line("A [[cookie|biscuit]].") == 'A <a href="/learn/glossary#cookie" class="term">biscuit</a>.'
    )
    assert "[[cookie]]" in html_line("`[[cookie]]`")


def test_plain_words_have_no_marks():
    assert plain("A **bold** [[cookie]], `code` and [words](/learn).") == "A bold cookie, code and words."
