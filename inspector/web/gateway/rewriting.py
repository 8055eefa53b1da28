"""What of a message has to say another name, so that a site works under its name here: pure, by tables.

Towards the site its own name stands in Host, Origin and Referer, and the door's cookie is gone. Towards the browser the name here stands where the site said its own; what ties
the site to https or to its domain is taken off, since here it is reached over http. Everything else stays as it is, also in bodies but for addresses of the site itself in web pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from inspector.web.gateway.sites import Site

COOKIE = "inspector-door"
Fields = list[tuple[str, str]]

_HOP = frozenset({
    "connection", "proxy-connection", "keep-alive", "proxy-authorization", "proxy-authenticate", "te", "trailer", "trailers",
    "transfer-encoding", "upgrade", "http2-settings", "expect",
})  # fmt: skip
# They would make the browser insist on https for the name here, or go round it, or empty it of its own cookie.
_GONE = frozenset({
    "strict-transport-security", "public-key-pins", "public-key-pins-report-only", "alt-svc", "clear-site-data", "expect-ct",
    "inspector-exchange-id", "content-length",
})  # fmt: skip
_ADDRESSES = frozenset({
    "location", "content-location", "refresh", "link", "access-control-allow-origin", "timing-allow-origin", "sourcemap", "x-sourcemap",
})  # fmt: skip
_POLICIES = frozenset({"content-security-policy", "content-security-policy-report-only"})
_INSISTS = frozenset({"upgrade-insecure-requests", "block-all-mixed-content"})
_OF_BODY = frozenset({"content-encoding", "content-md5", "digest", "content-digest", "repr-digest"})


def to_site(fields: Iterable[tuple[str, str]], site: Site, real: Callable[[str], str]) -> Fields:
    """The browser's fields as the site is to see them. `real` gives a site's own address for one of here."""
    said: Fields = [("Host", site.authority)]
    for name, value in fields:
        lower = name.lower()
        if lower in _HOP or lower == "host":
            continue
        if lower in ("origin", "referer"):
            said.append((name, real(value)))
        elif lower != "cookie":
            said.append((name, value))
        elif cookies := without_door(value):
            said.append((name, cookies))
    return said


def without_door(cookies: str) -> str:
    """A Cookie field's value without the one that opens the door."""
    pairs = (each.strip() for each in cookies.split(";"))
    return "; ".join(each for each in pairs if each and each.partition("=")[0].strip() != COOKIE)


def to_browser(
    fields: Iterable[tuple[str, str]], site: Site, *, local: bool, unpacked: bool = False
) -> Fields:
    """The site's fields as the browser is to see them. `local`: the name here is of this computer; `unpacked`: the body's coding was taken off."""
    said: Fields = []
    for name, value in fields:
        lower = name.lower()
        if lower in _HOP or lower in _GONE or (unpacked and lower in _OF_BODY):
            continue
        if lower == "set-cookie":
            changed = _cookie(value, local=local)
        elif lower in _POLICIES:
            changed = _policy(value, site)
        else:
            said.append((name, renamed(value, site) if lower in _ADDRESSES else value))
            continue
        if changed:
            said.append((name, changed))
    return said


def _cookie(value: str, *, local: bool) -> str:
    """Without its Domain, so that it is of the name here. Over plain http to another computer also without Secure, or it would be refused."""
    pair, *attributes = value.split(";")
    if pair.partition("=")[0].strip() == COOKIE:
        return ""
    kept = []
    for attribute in attributes:
        name, _, said = (part.strip().lower() for part in attribute.partition("="))
        if name == "domain" or (not local and name in ("secure", "partitioned")):
            continue
        weaker = not local and (name, said) == ("samesite", "none")
        kept.append(" SameSite=Lax" if weaker else attribute)
    return ";".join([pair, *kept])


def _policy(value: str, site: Site) -> str:
    """A policy that allows under the name here what it allowed under the site's own."""
    policies = (_directives(policy, site) for policy in value.split(","))
    return ", ".join(policy for policy in policies if policy)


def _directives(policy: str, site: Site) -> str:
    kept = []
    for directive in policy.split(";"):
        name, *sources = directive.split()[:1] + directive.split()[1:] or [""]
        if not name or name.lower() in _INSISTS:
            continue
        kept.append(" ".join([name, *_sources(sources, site)]))
    return "; ".join(kept)


def _sources(sources: list[str], site: Site) -> list[str]:
    said = []
    for source in sources:
        plain = source.rstrip("/").lower()
        if plain in (site.origin, site.authority, site.row.host):
            said.append(site.here)
        elif source.lower().startswith((f"{site.origin}/", f"{site.authority}/")):
            said.append(
                site.here + "/" + source.partition("://")[2 if "://" in source else 0].partition("/")[2]
            )
        elif plain == "https:":
            said += [source, site.here]
        else:
            said.append(source)
    return said


_END = r"(?![\w.:@-])"  # the name ends here: https://example.com, not https://example.com.evil.test


def renamed(text: str, site: Site) -> str:
    """The text with the site's own origin replaced by the one of here."""
    return re.sub(re.escape(site.origin) + _END, lambda _: site.here, text, flags=re.IGNORECASE)


def pages_renamer(site: Site) -> Callable[[bytes], bytes]:
    """What replaces the site's addresses in a web page: whole ones, those without a scheme, and with slashes escaped as scripts write them."""
    authority = re.escape(site.authority.encode())
    scheme = site.row.scheme.encode()
    end = rb"(?![\w.:@-])"
    pattern = re.compile(rb"(?<![\w:/\\])(?:(" + scheme + rb":)?(\\?/\\?/))" + authority + end, re.IGNORECASE)
    name = site.name.encode()

    def new(found: re.Match[bytes]) -> bytes:
        return (b"http:" if found[1] else b"") + found[2] + name

    return lambda data: pattern.sub(new, data)
