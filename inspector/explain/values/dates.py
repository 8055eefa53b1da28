"""Dates as HTTP has them: the one form that is sent (RFC 9110 §5.6.7), the two old ones, and what cookies accept (RFC 6265bis §5.1.1)."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

_MONTHS = {
    name: at + 1
    for at, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    )
}
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LONG_DAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_TIME = r"(\d{2}):(\d{2}):(\d{2})"
_FIXED = re.compile(rf"{_DAY}, (\d{{2}}) ([A-Z][a-z]{{2}}) (\d{{4}}) {_TIME} GMT")
_RFC850 = re.compile(rf"{_LONG_DAY}, (\d{{2}})-([A-Z][a-z]{{2}})-(\d{{2}}) {_TIME} GMT")
_ASCTIME = re.compile(rf"{_DAY} ([A-Z][a-z]{{2}}) ([ \d]\d) {_TIME} (\d{{4}})")


@lru_cache(maxsize=256)
def http_date(value: str, now: float = 0.0) -> float | None:
    """The moment that an HTTP date names, in seconds since the epoch; None if it is no such date.

    A year of two digits that would lie more than 50 years after `now` is one of the past.
    """
    value = value.strip()
    if found := _FIXED.fullmatch(value):
        day, month, year, *time = found.groups()
    elif found := _RFC850.fullmatch(value):
        day, month, year, *time = found.groups()
        year = str(_century(int(year), now))
    elif found := _ASCTIME.fullmatch(value):
        month, day, *time, year = found.groups()
    else:
        return None
    hour, minute, second = (int(each) for each in time)
    return _moment(int(year), _MONTHS.get(month.lower(), 0), int(day), (hour, minute, second))


def is_preferred(value: str) -> bool:
    """Whether it is in the only form that may be sent today."""
    return _FIXED.fullmatch(value.strip()) is not None


def _century(year: int, now: float) -> int:
    this = dt.datetime.fromtimestamp(now, dt.UTC).year if 0 <= now < 1e11 else 2000
    full = this - this % 100 + year
    return full - 100 if full > this + 50 else full


def _moment(year: int, month: int, day: int, time: tuple[int, int, int]) -> float | None:
    hour, minute, second = time
    try:
        # RFC 9110 §5.6.7 allows 60 for a leap second; Python's calendar has none
        when = dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=dt.UTC)
    except ValueError:
        return None
    return when.timestamp() + (1 if second == 60 else 0) if second <= 60 else None


_DELIMITERS = re.compile(r"[\x09\x20-\x2F\x3B-\x40\x5B-\x60\x7B-\x7E]+")
_COOKIE_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)")
_COOKIE_DAY = re.compile(r"(\d{1,2})(?!\d)")
_COOKIE_MONTH = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_COOKIE_YEAR = re.compile(r"(\d{2,4})(?!\d)")


@lru_cache(maxsize=256)
def cookie_date(value: str) -> float | None:
    """A cookie's Expires date, by the generous algorithm that browsers use; None if there is no date in it."""
    time: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DELIMITERS.split(value[:200]):
        if not token:
            continue
        if time is None and (found := _COOKIE_TIME.match(token)):
            time = (int(found[1]), int(found[2]), int(found[3]))
        elif day is None and (found := _COOKIE_DAY.match(token)):
            day = int(found[1])
        elif month is None and (found := _COOKIE_MONTH.match(token)):
            month = _MONTHS[found[1].lower()]
        elif year is None and (found := _COOKIE_YEAR.match(token)):
            year = int(found[1])
    if time is None or day is None or month is None or year is None:
        return None
    if 70 <= year <= 99:
        year += 1900
    elif year <= 69:
        year += 2000
    if year < 1601 or time[0] > 23 or time[1] > 59 or time[2] > 59:
        return None
    return _moment(year, month, day, time)
