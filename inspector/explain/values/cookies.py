"""Cookies as browsers take and give them: Set-Cookie parsed, judged and kept (RFC 6265bis §5.6, §5.7), and sent again (§5.8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from inspector.explain.values.dates import cookie_date
from inspector.explain.values.sites import is_public_suffix
from inspector.wire.hosts import address_of

SameSite = Literal["", "strict", "lax", "none"]

LARGEST = 4096  # bytes of name and value together, §5.6
LARGEST_ATTRIBUTE = 1024
LONGEST_LIFE = 400 * 86_400  # §5.5
NEVER = 253_402_300_800.0  # the end of the year 9999

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"-?\d+")


class Attribute(NamedTuple):
    """One attribute as it stands in the field: its own spelling, its value (None: no equals sign), where it begins."""

    name: str
    value: str | None
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A Set-Cookie field, taken apart. `max_age` and `expires` are None where absent or not valid; the same for `path`.

    `problem` says why it can be no cookie at all: `control` (a control character), `empty` (neither name nor value), `large`.
    """

    name: str
    value: str
    attributes: tuple[Attribute, ...] = ()
    expires: float | None = None
    max_age: int | None = None
    domain: str = ""
    path: str | None = None
    secure: bool = False
    http_only: bool = False
    same_site: SameSite = ""
    partitioned: bool = False
    problem: Literal["", "control", "empty", "large"] = ""


def name_of(value: str) -> str:
    """The cookie's name alone, of a Set-Cookie field's value."""
    pair = value.partition(";")[0]
    name, equals, _ = pair.partition("=")
    return name.strip(" \t") if equals else ""


def parse_set_cookie(value: str) -> SetCookie:
    """The field's value as a browser reads it. Of a repeated attribute the last one counts."""
    pair, _, rest = value.partition(";")
    name, equals, content = pair.partition("=")
    if not equals:
        name, content = "", pair
    name, content = name.strip(" \t"), content.strip(" \t")
    attributes = _attributes(rest, len(pair) + 1)
    problem: Literal["", "control", "empty", "large"] = ""
    if _CONTROL.search(value):
        problem = "control"
    elif not name and not content:
        problem = "empty"
    elif len(name) + len(content) > LARGEST:
        problem = "large"
    last: dict[str, str] = {}
    for each in attributes:
        key, text = each.name.lower(), each.value or ""
        if len(text) > LARGEST_ATTRIBUTE:
            continue
        # an Expires or Max-Age that can't be read is not there at all, so an earlier one still counts
        if (key == "expires" and cookie_date(text) is None) or (
            key == "max-age" and not _MAX_AGE.fullmatch(text)
        ):
            continue
        last[key] = text
    site = last.get("samesite", "").lower()
    return SetCookie(
        name,
        content,
        attributes,
        expires=cookie_date(last["expires"]) if "expires" in last else None,
        max_age=int(last["max-age"][:12]) if "max-age" in last else None,
        domain=last.get("domain", "").removeprefix(".").lower(),
        path=path if (path := last.get("path", "")).startswith("/") else None,
        secure="secure" in last,
        http_only="httponly" in last,
        same_site=site if site in ("strict", "lax", "none") else "",  # type: ignore[arg-type]  # one of the three
        partitioned="partitioned" in last,
        problem=problem,
    )


def _attributes(text: str, begin: int) -> tuple[Attribute, ...]:
    found = []
    at = begin
    for each in text.split(";"):
        stripped = each.strip(" \t")
        if stripped:
            offset = at + len(each) - len(each.lstrip(" \t"))
            name, equals, value = stripped.partition("=")
            found.append(
                Attribute(name.strip(" \t"), value.strip(" \t") if equals else None, offset, len(stripped))
            )
        at += len(each) + 1
        if len(found) >= 60:
            break
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a Set-Cookie came from: the address of the request, and how it was made as far as it is known (None: not).

    `same_site` is whether the request came from the same site, `top_level` whether it was for a whole page in its own tab.
    """

    scheme: str
    host: str
    path: str
    at: float
    same_site: bool | None = None
    top_level: bool | None = None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A cookie in a browser's jar. `expires` is None for one that ends with the browser's session."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    http_only: bool
    same_site: SameSite
    partitioned: bool
    expires: float | None
    created: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What a browser does with a Set-Cookie: keep it (True), not (False), or that can't be known from here (None).

    `code` is a key of `REFUSALS` for False and None, else `kept` or `deleted` (it ends in the past, which deletes one there was).
    """

    keeps: bool | None
    code: str
    cookie: Kept | None = None


def judge(cookie: SetCookie, setting: Setting) -> Judged:
    """The storage model's steps, in its order. It asks nothing about what is in the jar already."""
    if cookie.problem:
        return Judged(False, cookie.problem)
    domain, host_only = cookie.domain, False
    if not domain.isascii():
        return Judged(False, "domain-not-ascii")
    if domain and (is_public_suffix(domain) or address_of(domain) is not None):
        if domain != setting.host:
            return Judged(False, "public-suffix" if is_public_suffix(domain) else "other-domain")
        domain = ""
    if not domain:
        domain, host_only = setting.host, True
    elif not domain_matches(setting.host, domain):
        return Judged(False, "other-domain")
    path = default_path(setting.path) if cookie.path is None else cookie.path
    safe = setting.scheme in ("https", "wss")
    # §5.7 lets the browser say what a secure protocol is: Chrome and Firefox count http://localhost
    if cookie.secure and not safe and not setting.local:
        return Judged(False, "secure-over-http")
    refusal = _same_site(cookie, setting) or _prefix(cookie, host_only)
    if refusal:
        return Judged(None if refusal == "perhaps-cross-site" else False, refusal)
    if cookie.partitioned and not cookie.secure:
        return Judged(False, "partitioned-not-secure")
    ends = _ends(cookie, setting.at)
    kept = Kept(
        cookie.name, cookie.value, domain, host_only, path, cookie.secure, cookie.http_only, cookie.same_site,
        cookie.partitioned, ends, setting.at,
    )  # fmt: skip
    return Judged(True, "deleted" if ends is not None and ends <= setting.at else "kept", kept)


def _same_site(cookie: SetCookie, setting: Setting) -> str:
    if cookie.same_site == "none":
        return "" if cookie.secure else "none-not-secure"
    if not cookie.same_site or setting.same_site is not False or setting.top_level:
        return ""
    return "cross-site" if setting.top_level is False else "perhaps-cross-site"


def _prefix(cookie: SetCookie, host_only: bool) -> str:
    name = cookie.name.lower()
    if not name and cookie.value.lower().startswith(("__secure-", "__host-", "__http-", "__host-http-")):
        return "nameless-prefix"
    if name.startswith("__secure-") and not cookie.secure:
        return "secure-prefix"
    if name.startswith("__host-") and not (cookie.secure and host_only and cookie.path == "/"):
        return "host-prefix"
    # not yet in the draft's text of 2025; Chromium has both
    if name.startswith(("__http-", "__host-http-")) and not (cookie.secure and cookie.http_only):
        return "http-prefix"
    return ""


def _ends(cookie: SetCookie, at: float) -> float | None:
    """When it ends: Max-Age wins over Expires, and neither counts further than 400 days."""
    if cookie.max_age is not None:
        return at + min(cookie.max_age, LONGEST_LIFE) if cookie.max_age > 0 else at
    if cookie.expires is not None:
        return min(cookie.expires, at + LONGEST_LIFE)
    return None


# why a browser does not keep a cookie; said in words in fields/set_cookie.py
REFUSALS = (
    "control", "empty", "large", "domain-not-ascii", "public-suffix", "other-domain", "secure-over-http", "none-not-secure",
    "cross-site", "perhaps-cross-site", "nameless-prefix", "secure-prefix", "host-prefix", "http-prefix",
    "partitioned-not-secure",
)  # fmt: skip


def domain_matches(host: str, domain: str) -> bool:
    """§5.1.3: the same, or below it; never for an address."""
    return host == domain or (host.endswith("." + domain) and address_of(host) is None)


def path_matches(path: str, cookie_path: str) -> bool:
    """§5.1.4."""
    if not path.startswith(cookie_path):
        return False
    return path == cookie_path or cookie_path.endswith("/") or path[len(cookie_path)] == "/"


def default_path(path: str) -> str:
    """§5.1.4: the request's path up to its last slash."""
    return path.rpartition("/")[0] or "/" if path.startswith("/") else "/"


def parse_cookie(value: str) -> tuple[tuple[str, str, int], ...]:
    """The pairs of a Cookie field: name (empty if the pair has no equals sign), value, and where the pair begins."""
    found = []
    at = 0
    for each in value.split(";")[:1000]:
        stripped = each.strip(" \t")
        if stripped:
            name, equals, content = stripped.partition("=")
            offset = at + len(each) - len(each.lstrip(" \t"))
            found.append((name.strip(), content.strip(), offset) if equals else ("", stripped, offset))
        at += len(each) + 1
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that cookies may go with; None where it can't be known from here."""

    scheme: str
    host: str
    path: str
    method: str
    at: float
    same_site: bool | None = None
    top_level: bool | None = None
    local: bool = False


WITHHOLDING = ("expired", "other-host", "path", "secure", "strict", "lax", "perhaps-strict", "perhaps-lax")


def withheld(kept: Kept, asking: Asking) -> str:
    """Why the cookie does not go with the request, as a code of WITHHOLDING; `perhaps-` where that can't be known. Empty: it goes."""
    if kept.expires is not None and kept.expires <= asking.at:
        return "expired"
    if not (asking.host == kept.domain if kept.host_only else domain_matches(asking.host, kept.domain)):
        return "other-host"
    if not path_matches(asking.path, kept.path):
        return "path"
    if kept.secure and asking.scheme not in ("https", "wss") and not asking.local:
        return "secure"
    if kept.same_site == "none" or asking.same_site:
        return ""
    known = asking.same_site is False
    if kept.same_site == "strict":
        return "strict" if known else "perhaps-strict"
    safe = asking.method in ("GET", "HEAD", "OPTIONS", "TRACE")
    if safe and asking.top_level:
        return ""
    if kept.same_site == "lax":
        return "lax" if known and (asking.top_level is not None or not safe) else "perhaps-lax"
    return "perhaps-lax"  # without the attribute: Lax in Chrome and its kin, None in others
