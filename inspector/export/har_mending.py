"""What a file said, made valid where it wasn't: a member that HAR wants and that is missing or of another kind is replaced by our own.

So what was imported leaves as it came, and every export is still valid HAR 1.2.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/?/?\S*")


def mended(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with all its members, those that HAR knows being what HAR wants; `ours` is a valid one."""
    made = _members(theirs, ours, _ENTRY, _ENTRY_MAY)
    made["request"] = _members(made["request"], ours["request"], _REQUEST, _REQUEST_MAY)
    made["response"] = _members(made["response"], ours["response"], _RESPONSE, _COMMENT)
    made["response"]["content"] = _members(
        made["response"]["content"], ours["response"]["content"], _CONTENT, _CONTENT_MAY
    )
    made["timings"] = _members(made["timings"], ours["timings"], _TIMINGS, _TIMINGS_MAY)
    made["cache"] = {
        name: value
        for name, value in made["cache"].items()
        if name not in ("beforeRequest", "afterRequest") or _is_cached(value)
    }
    return made


def is_page(page: Mapping[str, Any]) -> bool:
    """Whether it is a page as HAR has it."""
    timings = page.get("pageTimings")
    if not isinstance(timings, dict) or not all(
        _is_number(timings.get(name, 0)) for name in ("onContentLoad", "onLoad")
    ):
        return False
    return (
        _is_moment(page.get("startedDateTime"))
        and _is_text(page.get("title"))
        and _is_text(page.get("comment", ""))
    )


def _members(
    theirs: Any, ours: Mapping[str, Any], must: Mapping[str, Check], may: Mapping[str, Check]
) -> dict[str, Any]:
    made = dict(theirs) if isinstance(theirs, Mapping) else {}
    for name, fits in must.items():
        if name not in made or not fits(made[name]):
            made[name] = ours[name]
    for name, fits in may.items():
        if name in made and not fits(made[name]):
            if name in ours:
                made[name] = ours[name]
            else:
                del made[name]
    return made


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def _is_ip(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.ip_address(value)) and "%" not in value
    except ValueError:
        return False


def _is_cached(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and _is_text(value.get("lastAccess"))
        and _is_text(value.get("eTag"))
        and _is_number(value.get("hitCount"))
    )


def _are_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and _is_text(each.get("name"))
        and _is_text(each.get("value"))
        and _is_text(each.get("comment", ""))
        for each in value
    )


def _are_cookies(value: Any) -> bool:
    return _are_pairs(value) and all(
        all(_is_text(each.get(name, "")) for name in ("path", "domain"))
        and all(isinstance(each.get(name, False), bool) for name in ("httpOnly", "secure"))
        and (each.get("expires") is None or _is_moment(each["expires"]))
        for each in value
    )


def _is_posted(value: Any) -> bool:
    fits = isinstance(value, dict) and _is_text(value.get("mimeType"))
    return (
        fits
        and _is_text(value.get("text", ""))
        and isinstance(value.get("params", []), list)
        and _is_text(value.get("comment", ""))
    )


_COMMENT: dict[str, Check] = {"comment": _is_text}
_ENTRY: dict[str, Check] = {
    "startedDateTime": _is_moment, "time": _is_number, "request": _is_object, "response": _is_object, "cache": _is_object, "timings": _is_object,
}  # fmt: skip
_ENTRY_MAY: dict[str, Check] = {
    "pageref": _is_text,
    "serverIPAddress": _is_ip,
    "connection": _is_text,
    **_COMMENT,
}
_REQUEST: dict[str, Check] = {
    "method": _is_text, "url": _is_url, "httpVersion": _is_text, "cookies": _are_cookies, "headers": _are_pairs, "queryString": _are_pairs,
    "headersSize": _is_whole, "bodySize": _is_whole,
}  # fmt: skip
_REQUEST_MAY: dict[str, Check] = {"postData": _is_posted, **_COMMENT}
_RESPONSE: dict[str, Check] = {
    "status": _is_whole, "statusText": _is_text, "httpVersion": _is_text, "cookies": _are_cookies, "headers": _are_pairs, "content": _is_object,
    "redirectURL": _is_text, "headersSize": _is_whole, "bodySize": _is_whole,
}  # fmt: skip
_CONTENT: dict[str, Check] = {"size": _is_whole, "mimeType": _is_text}
_CONTENT_MAY: dict[str, Check] = {
    "compression": _is_whole,
    "text": _is_text,
    "encoding": _is_text,
    **_COMMENT,
}
_TIMINGS: dict[str, Check] = dict.fromkeys(("send", "wait", "receive"), _is_number)
_TIMINGS_MAY: dict[str, Check] = {
    **dict.fromkeys(("blocked", "dns", "connect", "ssl"), _is_number),
    **_COMMENT,
}
