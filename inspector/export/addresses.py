"""The address of an exchange in full, from its own bytes: the list's row has only its beginning."""

from __future__ import annotations

from urllib.parse import urlsplit

from inspector.export.whole import Whole

DEFAULTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def target(found: Whole) -> bytes:
    """Path and query as the request line had them: in origin form, whatever form they came in."""
    request = found.request
    words = request.start_line.split(b" ") if request is not None else []
    asked = words[1] if len(words) > 1 else b""
    if found.exchange.method == "CONNECT" or found.exchange.kind in ("tunnel", "tls"):
        return b"/"
    scheme, separator, rest = asked.partition(b"://")
    if separator and scheme.isalpha():
        slash = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
        asked = rest[slash:]
    if not asked.startswith((b"/", b"*")):
        asked = b"/" + asked
    return asked


def authority(found: Whole) -> str:
    """Host, and port where it isn't the scheme's own."""
    exchange = found.exchange
    host = exchange.host or "unknown.invalid"
    named = f"[{host}]" if ":" in host and not host.startswith("[") else host
    usual = not exchange.port or exchange.port == DEFAULTS.get(exchange.scheme)
    return named if usual else f"{named}:{exchange.port}"


def address(found: Whole) -> str:
    """The address as one types it; bytes that cannot stand in one are percent-encoded."""
    exchange = found.exchange
    scheme = (
        exchange.scheme
        if exchange.scheme in DEFAULTS
        else "https"
        if exchange.kind in ("tunnel", "tls")
        else "http"
    )
    return f"{scheme}://{safe(authority(found).encode('utf-8', 'replace'))}{safe(target(found))}"


def safe(data: bytes) -> str:
    """Bytes of an address as ASCII without blanks."""
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte not in b'"<>\\^`{|}' else f"%{byte:02X}" for byte in data
    )


def is_plain(found: Whole) -> bool:
    """Whether every byte of the address can be typed as it is."""
    return target(found).decode("latin-1") == safe(target(found))


def parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and target of an address from a file. Raises ValueError."""
    split = urlsplit(url)
    scheme = split.scheme.lower()
    port = split.port if split.port is not None else DEFAULTS.get(scheme, 0)
    at = url.find("://")
    rest = url[at + 3 :] if at >= 0 else url
    slash = min(
        (place for place in (rest.find("/"), rest.find("?"), rest.find("#")) if place >= 0), default=len(rest)
    )
    path = rest[slash:].partition("#")[0]
    return scheme, (split.hostname or ""), port, path if path.startswith("/") else f"/{path}"
