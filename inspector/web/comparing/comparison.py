"""Two exchanges, or the two sides of one, compared whole: a sentence that says what differs, then every part of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from inspector.exchange.model import Connection, Exchange
from inspector.explain.comparing.pairs import compare_pairs
from inspector.store.captures import Captures
from inspector.web.comparing.bodies import BodyDifference, compare_bodies, take
from inspector.web.comparing.heads import ALWAYS, Section, head_sections, tls_pairs
from inspector.web.finding import HALVES, Half, Part, Side, known_connection, leg_of, part_of
from inspector.web.present.phases import timing
from inspector.web.words import plural, took


class One(NamedTuple):
    """One of the two: the exchange, what it is called, its messages, the connection to look at."""

    exchange: Exchange
    words: str
    request: Part | None
    response: Part | None
    connection: Connection | None

    def half(self, half: Half) -> Part | None:
        return self.request if half == "request" else self.response


@dataclass(frozen=True, slots=True)
class HalfDifference:
    """A request or a response: its tables and its body."""

    half: Half
    sections: tuple[Section, ...]
    body: BodyDifference
    missing: str = ""

    @property
    def same(self) -> bool:
        """Whether both said it alike."""
        return not self.missing and self.body.same and not any(section.differing for section in self.sections)


@dataclass(frozen=True, slots=True)
class Time:
    """A phase in both, in seconds; None where it didn't happen."""

    words: str
    a: float | None
    b: float | None

    @property
    def more(self) -> float | None:
        """How much longer it took in the second."""
        return None if self.a is None or self.b is None else self.b - self.a


@dataclass(frozen=True, slots=True)
class Comparison:
    a: One
    b: One
    sentences: tuple[str, ...]
    halves: tuple[HalfDifference, ...]
    times: tuple[Time, ...]
    tls: Section
    legs: bool = False


def whole(captures: Captures, exchange: Exchange, words: str) -> One:
    """An exchange as filters look at it too: the request as the browser sent it, the response as the site sent it, or else as Inspector answered."""
    response = part_of(exchange, "site", "response") or part_of(exchange, "browser", "response")
    line = known_connection(captures, exchange.server_leg)
    return One(exchange, words, part_of(exchange, "browser", "request"), response, line)


def one_leg(captures: Captures, exchange: Exchange, side: Side, words: str) -> One:
    """One side of an exchange."""
    request, response = (part_of(exchange, side, half) for half in HALVES)
    return One(exchange, words, request, response, known_connection(captures, leg_of(exchange, side)))


def compare(captures: Captures, a: One, b: One, *, exact: bool = False, way: str = "", legs: bool = False) -> Comparison:  # fmt: skip
    """The two compared; `exact` counts the fields' order and capitals, `way` says how bodies are compared."""
    halves = tuple(_half(captures, (a, b), half, exact=exact, way=way) for half in HALVES)
    tls = Section(
        "tls", "What was agreed on", compare_pairs(tls_pairs(a.connection), tls_pairs(b.connection))
    )
    times = () if legs else _times(a.exchange, b.exchange)
    return Comparison(a, b, _sentences(a, b, halves, tls, legs), halves, times, tls, legs)


def _half(captures: Captures, both: tuple[One, One], half: Half, *, exact: bool, way: str) -> HalfDifference:
    a, b = both
    parts = a.half(half), b.half(half)
    messages = tuple(part.message if part else None for part in parts)
    missing = ""
    if None in parts:
        missing = (
            f"Neither has a {half}." if not any(parts) else f"Only {'B' if parts[1] else 'A'} has a {half}."
        )
    sections = head_sections(a.exchange, b.exchange, (messages[0], messages[1]), half, exact=exact)
    if all(parts) and parts[0].body is parts[1].body:  # type: ignore[union-attr]  # both are there
        body = BodyDifference("The body was passed on unchanged.", True)
    else:
        body = compare_bodies(take(captures, parts[0]), take(captures, parts[1]), way)
    return HalfDifference(half, tuple(sections), body, missing)


def _times(a: Exchange, b: Exchange) -> tuple[Time, ...]:
    left, right = timing(a), timing(b)
    olds = {phase.words: phase.took for phase in left.phases}
    news = {phase.words: phase.took for phase in right.phases}
    rows = [Time(words, olds.get(words), news.get(words)) for words in dict.fromkeys((*olds, *news))]
    return (
        *(row for row in rows if (row.a, row.b) != (None, None)),
        Time("In all", a.duration, b.duration),
    )


# -- the sentences


def _sentences(
    a: One, b: One, halves: tuple[HalfDifference, ...], tls: Section, legs: bool
) -> tuple[str, ...]:
    request, response = halves
    said = [_of_request(request, legs), _of_response(a, b, response, legs)]
    if not legs:
        said.append(_of_time(a.exchange, b.exchange))
    differs = [row.name for row in tls.differing if row.name in ("TLS", "Cipher suite", "Protocol agreed on")]
    if differs and legs:
        said.append("TLS was agreed on separately on each side.")
    elif differs:
        said.append("The connections differ in what TLS agreed on.")
    return tuple(each for each in said if each)


def _of_request(half: HalfDifference, legs: bool) -> str:
    if half.missing:
        return half.missing
    if legs:
        return "The request was passed on unchanged." if half.same else f"The request was passed on changed in {_differences(half)}."  # fmt: skip
    return "The requests are the same." if half.same else f"The requests differ in {_differences(half)}."


def _of_response(a: One, b: One, half: HalfDifference, legs: bool) -> str:
    if half.missing:
        return half.missing
    if legs:
        return "The response was passed on unchanged." if half.same else f"The response was passed on changed in {_differences(half)}."  # fmt: skip
    old, new = a.exchange.status, b.exchange.status
    if old != new:
        rest = _differences(half, besides=("start",))
        answer = f"A was answered {old or 'with nothing'}, B {new or 'with nothing'}"
        return f"{answer}; they also differ in {rest}." if rest else f"{answer}."
    if not _telling(half):
        return f"Both were answered {old}, and the responses are the same{'' if half.same else ' but for when they were made'}."
    return f"Both were answered {old}; the responses differ in {_differences(half)}."


def _telling(half: HalfDifference) -> bool:
    """Whether anything differs but what always does."""
    rows = [row for section in half.sections for row in section.differing]
    return not half.body.same or any(row.name.lower() not in ALWAYS for row in rows)


_WORDS = {"parameters": "parameter", "fields": "field", "cookies": "cookie"}


def _differences(half: HalfDifference, besides: tuple[str, ...] = ()) -> str:
    found = []
    for section in half.sections:
        names = list(dict.fromkeys(row.name for row in section.differing))
        if not names or section.code in besides:
            continue
        if section.code == "start":
            found.append(_listed([name.lower() for name in names]))
        elif len(names) <= 3:
            word = plural(len(names), _WORDS[section.code]).partition(" ")[2]
            found.append(f"the {word} {_listed([_short(name) for name in names])}")
        else:
            found.append(plural(len(names), _WORDS[section.code]))
    if not half.body.same:
        found.append("the body")
    return _listed(found)


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:40]}…"


def _listed(words: list[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def _of_time(a: Exchange, b: Exchange) -> str:
    if a.duration is None or b.duration is None:
        return "One of them is not over yet."
    more = b.duration - a.duration
    if abs(more) < max(0.002, 0.1 * max(a.duration, b.duration)):
        return f"They took about the same time, {took(a.duration)} and {took(b.duration)}."
    words = "longer" if more > 0 else "less"
    return f"B took {took(abs(more))} {words}: {took(b.duration)} instead of {took(a.duration)}."
