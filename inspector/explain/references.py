"""Where a thing stands in the standards and in MDN: words and an address, for a link."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A link: `words` as a page shows them, and where it leads."""

    words: str
    url: str


def rfc(number: int, section: str = "") -> Reference:
    """A section of an RFC: rfc(9111, "5.2.2.7")."""
    if not section:
        return Reference(f"RFC {number}", f"https://www.rfc-editor.org/rfc/rfc{number}.html")
    anchor = f"appendix-{section}" if section[0].isalpha() else f"section-{section}"
    return Reference(f"RFC {number} §{section}", f"https://www.rfc-editor.org/rfc/rfc{number}.html#{anchor}")


def cookies(section: str) -> Reference:
    """A section of the cookie standard that browsers follow, the draft that replaces RFC 6265."""
    return Reference(
        f"Cookies (RFC 6265bis) §{section}",
        f"https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-{section}",
    )


def header(name: str) -> Reference:
    """MDN's page about a header field."""
    return Reference(f"MDN: {name}", f"https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/{name}")


def status(code: int) -> Reference:
    """MDN's page about a status code."""
    return Reference(f"MDN: {code}", f"https://developer.mozilla.org/docs/Web/HTTP/Reference/Status/{code}")


def method(name: str) -> Reference:
    """MDN's page about a method."""
    return Reference(f"MDN: {name}", f"https://developer.mozilla.org/docs/Web/HTTP/Reference/Methods/{name}")


def mdn(path: str, words: str) -> Reference:
    """Another page of MDN: mdn("Web/HTTP/Guides/CORS", "CORS")."""
    return Reference(f"MDN: {words}", f"https://developer.mozilla.org/docs/{path}")


def fetch(anchor: str, words: str = "Fetch standard") -> Reference:
    """A place in the Fetch standard, which is where CORS stands."""
    return Reference(words, f"https://fetch.spec.whatwg.org/#{anchor}")


def html(anchor: str, words: str = "HTML standard") -> Reference:
    """A place in the HTML standard."""
    return Reference(words, f"https://html.spec.whatwg.org/multipage/{anchor}")


def w3c(name: str, words: str, anchor: str = "") -> Reference:
    """A document of the W3C by its short name."""
    return Reference(words, f"https://www.w3.org/TR/{name}/{'#' + anchor if anchor else ''}")
