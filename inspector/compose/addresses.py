"""Addresses as people write them, brought to what a request line can say; and their queries as rows."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

from inspector.compose.errors import CannotSend
from inspector.wire.hosts import to_ascii

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_KEPT = "!#$%&'()*+,/:;=?@[]~\"<>\\^`{|}"  # as a browser leaves them, or as they may be meant
_NOT_ASCII = re.compile(r"[^\x21-\x7e]")
_EXAMPLE = "https://example.com/path"


def complete(typed: str) -> str:
    """The address in ASCII, with a scheme. Raises CannotSend."""
    text = typed.strip()
    if not text:
        raise CannotSend("There is no address.", f"Write one, such as {_EXAMPLE}.", "url")
    text = text.partition("#")[0]
    found = _SCHEME.match(text)
    if found is None:
        text = f"{'http' if _is_near(text) else 'https'}://{text}"
    elif found[1].lower() not in ("http", "https"):
        raise CannotSend(
            f"{found[1]}:// is not http or https.", f"Write an address such as {_EXAMPLE}.", "url"
        )
    scheme, _, rest = text.partition("://")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    path = rest[len(authority) :]
    return f"{scheme.lower()}://{_authority(authority)}{_escaped(path) or '/'}"


def _is_near(text: str) -> bool:
    """A host of this computer or its network speaks http as a rule; everything else https."""
    host = re.split(r"[/?:]", text, maxsplit=1)[0].lower()
    return host in ("localhost", "") or host.endswith((".localhost", ".test", ".local")) or host.startswith(("127.", "192.168.", "10.", "[", "172."))  # fmt: skip


def _authority(text: str) -> str:
    if "@" in text:
        raise CannotSend(
            "The address holds a user name.", "Leave it out, and send it in a field: Authorization.", "url"
        )
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise CannotSend(f"The host or port of the address is not valid: {error}.", "", "url") from error
    if not host:
        raise CannotSend("The address names no host.", f"Write one, such as {_EXAMPLE}.", "url")
    if port == 0:
        raise CannotSend("Port 0 is none.", "Ports are numbers from 1 to 65535.", "url")
    if ":" in host:
        name = f"[{host}]"
    else:
        try:
            name = to_ascii(host)
        except ValueError as error:
            raise CannotSend(f"{host} is not a valid name: {error}.", "", "url") from error
    return name if port is None else f"{name}:{port}"


def _escaped(text: str) -> str:
    """What an address may not hold as it is, percent-encoded: white space, control characters, everything beyond ASCII."""
    return _NOT_ASCII.sub(lambda found: quote(found[0], safe=_KEPT, errors="surrogatepass"), text)


def query_rows(url: str) -> tuple[tuple[str, str], ...]:
    """The query's names and values, decoded, in order."""
    query = url.partition("#")[0].partition("?")[2]
    pairs = (part.partition("=") for part in query.split("&") if part)
    return tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def with_query(url: str, rows: tuple[tuple[str, str], ...]) -> str:
    """The address with these in its query; as it was where they are what it says already."""
    if rows == query_rows(url):
        return url
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in rows)
    plain, sharp, rest = url.partition("#")
    path = plain.partition("?")[0]
    return f"{path}?{query}{sharp}{rest}" if query else f"{path}{sharp}{rest}"
