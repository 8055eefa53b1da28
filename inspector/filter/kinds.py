"""Kinds of values: how each is read, and what can be offered for it. A field has one of these."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple, Protocol

from inspector.filter.conditions import (
    Ago,
    At,
    Begins,
    Below,
    Condition,
    Contains,
    From,
    Is,
    Like,
    OneOf,
    Present,
    Until,
    Within,
)
from inspector.filter.written import Written, quoted
from inspector.wire.hosts import to_ascii


class Offer(NamedTuple):
    """A value that completion proposes, and what it means."""

    text: str
    means: str = ""


class Kind(Protocol):
    """Reads a value. Raises FilterMistake."""

    @property
    def offers(self) -> tuple[Offer, ...]: ...
    def read(self, written: Written, now: float) -> Condition: ...


def compared(written: Written, example: str) -> None:
    """Refuses a comparison where there is nothing to compare."""
    if written.op in ("<", "<=", ">", ">="):
        raise written.mistake(
            f"Here nothing can be larger or smaller. Write it without {written.op}, as in {example}.",
            written.text,
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A text: the value stands somewhere in it; `=` asks for all of it; `*` stands for anything.

    With `slash`, a value that begins with a slash stands at the beginning. `other` are short words for longer ones.
    `whole` says that a pattern has to fit from end to end, which for a body would be useless.
    """

    example: str
    slash: bool = False
    whole: bool = True
    exact: bool = False
    other: Mapping[str, str] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()

    def read(self, written: Written, now: float) -> Condition:
        compared(written, self.example)
        if written.is_star:
            return Present()
        text = self.other.get(written.text.lower(), written.text)
        if not text:
            raise written.mistake("Between the quotes there is nothing to look for.")
        if written.has_pattern:
            return Like(text, self.whole)
        if (written.op == "=" or self.exact) and self.whole:
            return Is(text)
        return Begins(text) if self.slash and text.startswith("/") else Contains(text)


@dataclass(frozen=True, slots=True)
class Path:
    """The path of an address, which ends at the question mark."""

    text: Text
    offers: tuple[Offer, ...] = ()

    def read(self, written: Written, now: float) -> Condition:
        path, mark, query = written.text.partition("?")
        if mark and not written.quoted:
            after = (f" query:{quoted(query)}",) if query else ("",)
            raise written.mistake(
                "The path ends at the question mark; what follows it is the query.",
                written.op + path + after[0],
            )
        return self.text.read(written, now)


@dataclass(frozen=True, slots=True)
class Host:
    """The name of a site, and all names below it."""

    offers: tuple[Offer, ...] = ()

    def read(self, written: Written, now: float) -> Condition:
        compared(written, "host:shop.test")
        text = written.text
        if written.is_star:
            return Present()
        if "/" in text:
            raise written.mistake("A host is only the name, without scheme and path.", *_host_of(text))
        name, colon, port = text.rpartition(":")
        if colon and port.isdecimal() and ":" not in name:
            raise written.mistake(
                "A host is only the name; the port is a field of its own.", f"{name} port:{port}"
            )
        if written.has_pattern:
            return Like(text.lower())
        if not text:
            raise written.mistake("Between the quotes there is no name.")
        host = _ascii(text.strip("[]").removeprefix(".") if written.op != "=" else text.strip("[]"))
        return Is(host) if written.op == "=" else Below(host)


def _host_of(text: str) -> tuple[str, ...]:
    found = re.match(r"(?:[A-Za-z]+://)?([^/:*?]+)", text)
    return (found[1],) if found else ()


def _ascii(name: str) -> str:
    try:
        return to_ascii(name)
    except ValueError:
        return name.lower()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    what: str
    offers: tuple[Offer, ...]
    other: Mapping[str, str] = field(default_factory=dict)

    def read(self, written: Written, now: float) -> Condition:
        known = [offer.text for offer in self.offers]
        compared(written, known[0])
        text = written.text.lower()
        text = self.other.get(text, text)
        if text in known:
            return OneOf((text,), text)
        close = get_close_matches(text, [*known, *self.other], 3, 0.55)
        raise written.mistake(
            f"There is no {self.what} “{written.text}”. There are: {', '.join(known)}.", *close
        )


@dataclass(frozen=True, slots=True)
class Version:
    """A protocol's version, written in one of several ways; newest last, so that they can be compared."""

    example: str
    versions: tuple[tuple[str, tuple[str, ...]], ...]  # as written, as recorded
    prefix: str
    offers: tuple[Offer, ...] = ()

    def read(self, written: Written, now: float) -> Condition:
        if written.is_star:
            return Present()
        text = written.text.lower().removeprefix(self.prefix).lstrip(" v/")
        names = [name for name, _ in self.versions]
        if text not in names:
            known = ", ".join(names)
            raise written.mistake(
                f"The versions are {known}, as in {self.example}.", *get_close_matches(text, names, 2, 0.3)
            )
        at = names.index(text)
        chosen = {
            "": self.versions[at : at + 1],
            "=": self.versions[at : at + 1],
            ">": self.versions[at + 1 :],
            ">=": self.versions[at:],
            "<": self.versions[:at],
            "<=": self.versions[: at + 1],
        }[written.op]
        said = {"": "", "=": "", ">": "newer than ", ">=": "at least ", "<": "older than ", "<=": "at most "}[
            written.op
        ]
        return OneOf(tuple(value for _, values in chosen for value in values), said + names[at])


@dataclass(frozen=True, slots=True)
class Number:
    """A number, perhaps with a unit, compared, or between two ends. `bare` says that a number alone means just that one."""

    what: str
    units: Mapping[str, float]
    default: str = ""
    bare: bool = True
    other: Mapping[str, str] = field(default_factory=dict)
    hundreds: bool = False
    offers: tuple[Offer, ...] = ()

    def read(self, written: Written, now: float) -> Condition:
        if written.is_star:
            return Within(0, None, above=True)
        ends = written.ends()
        if ends is not None:
            low, high = (self._number(each, written) if each else None for each in ends[:2])
            if low is not None and high is not None and low > high:
                raise written.mistake(
                    "The first end is larger than the second, so nothing is between them.",
                    f"{ends[1]}..{ends[0]}",
                )
            return Within(low, high, ends[2], ends[3])
        text = written.text.lower()
        if self.hundreds and not written.op and re.fullmatch("[1-9]xx", text):
            return Within(int(text[0]) * 100, int(text[0]) * 100 + 99)
        if text in self.other:
            raise written.mistake(
                f"{self.what}. For “{written.text}” that is {self.other[text]}.", self.other[text]
            )
        number = self._number(written.text, written)
        if not written.op and not (self.bare and text.isdecimal()):
            raise written.mistake(
                f"Hardly anything is exactly {written.text}. Say more or less.", f">{text}", f"<{text}"
            )
        return _compare(written.op, number)

    def _number(self, text: str, written: Written) -> float:
        found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,6})?)([a-zµ]*)", text.strip().lower())
        unit = self.units.get(found[2] or self.default) if found else None
        if found and unit is not None:
            return round(float(found[1]) * unit, 9)
        known = [name for name in self.units if name]
        if found is None or not known:
            raise written.mistake(f"{self.what}.", *_near(written))
        close = (get_close_matches(found[2], known, 2, 0.3) or known[:2]) if written.ends() is None else ()
        raise written.mistake(
            f"“{found[2]}” is no unit here. There are: {', '.join(known)}.",
            *(f"{written.op}{found[1]}{each}" for each in close),
        )


def _near(written: Written) -> tuple[str, ...]:
    """Letters that look like digits, and operators the wrong way round."""
    if written.op == "=" and written.text[:1] in ("<", ">"):
        return (f"{written.text[0]}={written.text[1:]}",)
    mended = written.text.lower().translate(str.maketrans("oil", "011"))
    return (written.op + mended,) if mended != written.text and mended.isdecimal() else ()


def _compare(op: str, number: float) -> Within:
    if op == ">":
        return Within(number, None, above=True)
    if op == ">=":
        return Within(number, None)
    if op == "<":
        return Within(None, number, below=True)
    if op == "<=":
        return Within(None, number)
    return Within(number, number)


_SPANS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(s|sec|m|min|h|d|w)")


@dataclass(frozen=True, slots=True)
class When:
    """A moment: some time ago, a time of day, a date. `later` says on which side of it."""

    later: bool
    example: str
    offers: tuple[Offer, ...] = ()

    def read(self, written: Written, now: float) -> Condition:
        if written.op:
            raise written.mistake("A moment stands alone here, without a comparison.", written.text)
        moment = self._moment(written, now)
        return From(moment) if self.later else Until(moment)

    def _moment(self, written: Written, now: float) -> Ago | At:
        text = written.text.lower()
        span = _SPAN.fullmatch(text.removesuffix(" ago"))
        if span:
            return Ago(float(span[1]) * _SPANS[span[2]])
        here = dt.datetime.fromtimestamp(now, dt.UTC).astimezone().replace(tzinfo=None)
        today = here.replace(hour=0, minute=0, second=0, microsecond=0)
        if text in ("today", "yesterday"):
            day = today if text == "today" else today - dt.timedelta(days=1)
            return At(day.timestamp(), written.text)
        clock = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))?", text)
        try:
            if clock:
                hour, minute, second = (int(each or 0) for each in clock.groups())
                return At(today.replace(hour=hour, minute=minute, second=second).timestamp(), written.text)
            return At(dt.datetime.fromisoformat(written.text).timestamp(), written.text)
        except (ValueError, OverflowError, OSError):
            raise written.mistake(
                "A moment is some time ago (10m, 2h, 3d), a time of day (14:30), today, yesterday, or a date "
                f"(2026-11-22 or 2026-11-22T14:30), as in {self.example}."
            ) from None
