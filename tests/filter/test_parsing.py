"""Filters read, and mistakes shown at their place with what may have been meant."""

from __future__ import annotations

import contextlib

import pytest
from filter_samples import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.filter.conditions import Ago, Begins, Contains, From, Like, Present, Within
from inspector.filter.errors import FilterMistake
from inspector.filter.fields import FIELDS
from inspector.filter.moments import Moment
from inspector.filter.parsing import parse
from inspector.filter.tree import EVERYTHING, All, Any, Not, Term, latest_term, moment_of, terms
from inspector.filter.written import quoted

WHOLE = (
    'host:shop.test status:>=400 method:POST type:json header.set-cookie:* body:"out of stock" size:>1mb time:>500ms '
    "tls.version:1.2 -path:/static since:10m"
)


def test_the_whole_language_in_one_line():
    node = parse(WHOLE)
    assert isinstance(node, All)
    found = {term.field.name: term.condition for term in terms(node)}
    assert found["status"] == Within(400, None)
    assert found["header."] == Present()
    assert found["body"] == Contains("out of stock")
    assert found["size"] == Within(1024**2, None, above=True)
    assert found["time"] == Within(0.5, None, above=True)
    assert found["path"] == Begins("/static")
    assert found["since"] == From(Ago(600))
    assert isinstance(node.parts[9], Not)


def test_every_term_knows_its_place():
    for term in terms(parse(WHOLE)):
        assert WHOLE[term.start : term.end].startswith(term.field.name)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_asks_for_everything(text):
    assert parse(text) == EVERYTHING


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("a b", "all(a b)"), ("a AND b", "all(a b)"), ("a && b", "all(a b)"), ("a OR b c", "any(a all(b c))"), ("a || b", "any(a b)"),
        ("(a OR b) c", "all(any(a b) c)"), ("-a", "not(a)"), ("!a", "not(a)"), ("NOT a", "not(a)"), ("-(a b)", "not(all(a b))"),
        ("NOT NOT a", "not(not(a))"), ("NOT a b", "all(not(a) b)"), ("((a))", "a"), ("a(b)c", "all(a b c)"), ("and or not", "all(and or not)"),
        ("ANDROID ORDER NOTE", "all(ANDROID ORDER NOTE)"), ('"AND"', "AND"), ("a-b", "a-b"), ("-", "-"), ("https://a.test/?x=1", "https://a.test/?x=1"),
        ("host:(a OR b)", "any(host=a host=b)"), ("http://a:80/", "http://a:80/"), (r'"say \"hi\" \\"', 'say "hi" \\'),
    ],
)  # fmt: skip
def test_how_terms_are_joined(text, shape):
    assert drawn(parse(text)) == shape


def drawn(node) -> str:
    if isinstance(node, Term):
        value = getattr(node.condition, "text", None) or getattr(node.condition, "host", "")
        return f"{node.field.name}={value}" if node.field.name else value
    if isinstance(node, Not):
        return f"not({drawn(node.part)})"
    return f"{'all' if isinstance(node, All) else 'any'}({' '.join(map(drawn, node.parts))})"


def test_quotes_make_a_star_a_star():
    assert parse('path:"*.js"') == Term(parse("path:x").field, "", Contains("*.js"), 0, 11)
    assert isinstance(parse("path:*.js").condition, Like)


MISTAKES = [
    # text, what is marked, words of the sentence, the first mended text
    ("hots:shop.test", "hots:shop.test", "no field “hots”", "host:shop.test"),
    ("a localhost:5000 b", "localhost:5000", "no field “localhost”", "a host:localhost port:5000 b"),
    ("headers.set-cookie:*", "headers.set-cookie:*", "no field", "header.set-cookie:*"),
    ("header:x", "header:x", "no field", "header.NAME:x"),
    ("status:4o4", "4o4", "number such as 404", "status:404"),
    ("status:ok", "ok", "that is 200", "status:200"),
    ("status:=>400", "=>400", "number such as 404", "status:>=400"),
    ("status:5oo..6oo", "5oo..6oo", "number", None),
    ("status:500..400", "500..400", "larger than the second", "status:400..500"),
    ("size:>1mbb", ">1mbb", "“mbb” is no unit", "size:>1mb"),
    ("size:1mb", "1mb", "Hardly anything is exactly 1mb", "size:>1mb"),
    ("time:500", "500", "Hardly anything", "time:>500"),
    ("is:faild", "faild", "no mark “faild”", "is:failed"),
    ("kind:pag", "pag", "no kind", "kind:page"),
    ("method:>GET", ">GET", "larger or smaller", "method:GET"),
    ("since:tomorrow", "tomorrow", "some time ago", None),
    ("since:>10m", ">10m", "alone", "since:10m"),
    ("since:25:00", "25:00", "time of day", None),
    ("path:/a?b=1", "/a?b=1", "ends at the question mark", "path:/a query:b=1"),
    ("host:https://shop.test/a", "https://shop.test/a", "only the name", "host:shop.test"),
    ("host:shop.test:81", "shop.test:81", "port is a field", "host:shop.test port:81"),
    ("tls.version:1.4", "1.4", "versions are", "tls.version:1.3"),
    ('a "open', '"open', "not closed", 'a "open"'),
    ("a AND", "AND", "After AND", "a "),
    ("OR a", "OR", "Beside OR", " a"),
    ("a OR AND b", "AND", "Beside AND", "a OR  b"),
    ("a )", ")", "closes none", "a "),
    ("a (b c", "(b c", "not closed", "a (b c)"),
    ("a () b", "()", "nothing", "a  b"),
    ("host:", "host:", "value is missing", None),
    ("a status:>", ">", "value is missing", None),
    ("host:(a b)", "", "joined by OR", "host:(a OR b)"),
    ("host:(a AND b)", "AND", "joined by OR", "host:(a OR b)"),
    ('body:""', '""', "nothing to look for", None),
    ("(" * 50 + "a" + ")" * 50, "(", "deep", None),
    ("a " * 61, "a " * 61, "at most 60", None),
    ("a" * 2001, "a", "at most 2,000", None),
]


@pytest.mark.parametrize(("text", "marked", "words", "mended"), MISTAKES)
def test_a_mistake_is_shown_at_its_place(text, marked, words, mended):
    with pytest.raises(FilterMistake) as caught:
        parse(text, NOW)
    mistake = caught.value
    assert text[mistake.start : mistake.end] == marked
    assert words in mistake.sentence
    assert next(iter(mistake.mended(text)), None) == mended


@pytest.mark.parametrize(
    ("text", "marked", "words", "mended"), [each for each in MISTAKES if each[3] and "NAME" not in each[3]]
)
def test_what_is_suggested_is_no_mistake_itself(text, marked, words, mended):
    with pytest.raises(FilterMistake) as caught:
        parse(text, NOW)
    again = [each for each in caught.value.mended(text) if "500" not in each]
    for each in again:
        parse(each, NOW)


@given(st.text(st.sampled_from('ab:*"\\()-!<>=.AORND/[]{} T12m'), max_size=30) | st.text(max_size=30))
@settings(max_examples=800, deadline=None)
def test_any_text_is_read_or_explained(text):
    with contextlib.suppress(FilterMistake):
        parse(text, NOW)
        return
    with pytest.raises(FilterMistake) as caught:
        parse(text, NOW)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)
    assert caught.value.sentence.endswith(".")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_any_text_can_be_looked_for(text):
    node = parse(f"host:a {quoted(text)}")
    if text.strip():
        (_, term) = terms(node)
        assert getattr(term.condition, "text", None) == text


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_example_is_right(field):
    (term,) = terms(parse(field.example, NOW))
    assert term.field is field


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("host:a", Moment.REQUEST_HEAD), ("-request.header.x:*", Moment.REQUEST_HEAD), ("request.body:x", Moment.REQUEST_BODY),
        ("status:200 host:a", Moment.RESPONSE_HEAD), ("host:a OR stock", Moment.RESPONSE_BODY), ("time:>1s", Moment.END),
        ("is:failed", Moment.END), ("is:readable", Moment.REQUEST_HEAD), ("", Moment.REQUEST_HEAD),
    ],
)  # fmt: skip
def test_the_moment_at_which_it_can_be_told(text, moment):
    assert moment_of(parse(text)) is moment
    assert moment.words


def test_the_term_to_wait_for():
    text = "host:a time:>1s status:200"
    latest = latest_term(parse(text))
    assert latest is not None
    assert text[latest.start : latest.end] == "time:>1s"
    assert latest_term(EVERYTHING) is None


def test_any_and_all_are_values():
    assert parse("a OR b") == parse("a OR b")
    assert isinstance(parse("a OR b"), Any)
