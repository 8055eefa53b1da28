"""A filter said in plain words."""

from __future__ import annotations

import pytest
from filter_samples import NOW

from inspector.filter.fields import FIELDS, FLAGS
from inspector.filter.parsing import parse
from inspector.filter.words import say

SAID = [
    ("", "All exchanges"),
    ("host:shop.test", "Exchanges whose host is shop.test or below it"),
    ("-host:shop.test", "Exchanges whose host is neither shop.test nor below it"),
    ("status:>=400", "Exchanges whose status is 400 or more"),
    ("status:4xx", "Exchanges whose status is between 400 and 499"),
    ("status:404", "Exchanges whose status is 404"),
    ("-status:404", "Exchanges whose status is not 404"),
    ("status:{400 TO 500}", "Exchanges whose status is between 400 and 500 (without 400 and 500)"),
    ("size:>1mb", "Exchanges whose response body is more than 1 MB"),
    ("size:1kb..1.5mb", "Exchanges whose response body is between 1 KB and 1.5 MB"),
    ("size:0", "Exchanges whose response body is 0 B"),
    ("time:>500ms", "Exchanges that took more than 500 ms"),
    ("-time:<=90s", "Exchanges that did not take 1.5 min or less"),
    ("header.set-cookie:*", "Exchanges with a header field Set-Cookie"),
    ("-header.set-cookie:*", "Exchanges without a header field Set-Cookie"),
    ("response.header.server:nginx", "Exchanges whose response header field Server contains “nginx”"),
    ('body:"out of stock"', "Exchanges whose body contains “out of stock”"),
    ("-body:stock", "Exchanges whose body does not contain “stock”"),
    ("stock", "Exchanges that contain “stock” anywhere"),
    ("-stock", "Exchanges that do not contain “stock” anywhere"),
    ("path:/static", "Exchanges whose path begins with /static"),
    ("-path:*.js", "Exchanges whose path does not look like *.js"),
    ("method:POST", "Exchanges whose method is POST"),
    ("tls.version:>=1.2", "Exchanges whose TLS version is at least 1.2"),
    ("since:10m", "Exchanges that began in the last 10 minutes"),
    ("since:1h", "Exchanges that began in the last hour"),
    ("before:2d", "Exchanges that began more than 2 days ago"),
    ("-since:2d", "Exchanges that began more than 2 days ago"),
    ("since:14:30", "Exchanges that began 14:30 or later"),
    ("before:2026-11-22", "Exchanges that began before 22 November 2026, 00:00"),
    ("since:yesterday", "Exchanges that began yesterday or later"),
    ("is:open", "Exchanges that are still on their way"),
    ("-is:open", "Exchanges that are over"),
    ("a b", "Exchanges that contain “a” anywhere and that contain “b” anywhere"),
    (
        "a b c",
        "Exchanges that contain “a” anywhere, that contain “b” anywhere, and that contain “c” anywhere",
    ),
    (
        "a (b OR c)",
        "Exchanges that contain “a” anywhere and (that contain “b” anywhere or that contain “c” anywhere)",
    ),
    ("-(status:404 is:open)", "Exchanges whose status is not 404 or that are over"),
    ("-(a -b)", "Exchanges that do not contain “a” anywhere or that contain “b” anywhere"),
    ("query.item:17", "Exchanges whose query parameter item contains “17”"),
    ("-cookie.session:*", "Exchanges without a cookie session"),
]


@pytest.mark.parametrize(("text", "sentence"), SAID)
def test_it_is_said(text, sentence):
    assert say(parse(text, NOW)) == sentence


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_has_words(field):
    sentence, turned = say(parse(field.example, NOW)), say(parse("-" + field.example, NOW))
    assert sentence.startswith("Exchanges ")
    assert sentence != turned
    assert "{" not in sentence + turned


def test_every_mark_has_words():
    assert len({say(parse(f"{sign}is:{flag}")) for flag in FLAGS for sign in ("", "-")}) == 2 * len(FLAGS)
