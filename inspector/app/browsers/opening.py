"""What a captured window of a running Inspector shall be: its proxy, what goes past that, whom it believes, where it stands."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inspector.app.addresses import Address, parse_address
from inspector.app.browsers.kinds import Area, System, Wish
from inspector.app.errors import InspectorError
from inspector.app.home import Home
from inspector.app.notice import Running
from inspector.pki.founding import CERTIFICATE, INTERMEDIATE

START = "http://inspector.test/start"
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d+(?:/|$))", re.IGNORECASE)
DEFAULT_AREA = Area(0, 0, 1600, 900)


class Ask(NamedTuple):
    """What a person asked for: an address ('' for the start page), and how the window shall stand."""

    url: str = ""
    beside: bool = False
    area: Area | None = None
    headless: bool = False
    debugging_port: int | None = None


def wish(ask: Ask, place: Home, running: Running, system: System) -> Wish:
    """The window for this Inspector; InspectorError where it can't be had."""
    if running.reverse:
        raise InspectorError(
            f"This Inspector stands in front of {running.reverse} (--reverse), so no browser has to be set up for it.",
            f"Open http://{running.proxy}/ in any browser.",
        )
    pem = _authority(place.certs / CERTIFICATE)
    intermediate = place.certs / INTERMEDIATE
    signers = pem + (_authority(intermediate) if intermediate.exists() else b"")
    return Wish(
        url=as_url(ask.url) if ask.url else START,
        proxy=running.proxy,
        around=_dashboard(running),
        authority=pem,
        key_hash=",".join(key_hash(each) for each in x509.load_pem_x509_certificates(signers)),
        area=ask.area or ((system.screen() or DEFAULT_AREA).right_half() if ask.beside else None),
        headless=ask.headless,
        debugging_port=ask.debugging_port,
    )


def as_url(typed: str) -> str:
    """The address that was typed, with its scheme. InspectorError if it is none that a site could have.

    Where none was typed, names of this computer and of practice sites get http, all others https.
    """
    text = typed.strip()
    scheme = SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise _no_address(typed, f"{scheme[1]}: is not opened here, only http and https are")
    if not scheme:
        text = f"//{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_address(typed, str(error)) from error
    if not host or not text.isprintable() or " " in text:
        raise _no_address(typed, "it names no site")
    return text if scheme else f"{'http' if _is_near(host) else 'https'}:{text}"


def _is_near(host: str) -> bool:
    """Whether a host is likely to be somebody's own: one that speaks http."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in ("test", "localhost", "local", "internal")
    return True


def _no_address(typed: str, why: str) -> InspectorError:
    return InspectorError(
        f"{typed[:200]!r} is not an address: {why}.", "Write it as in https://example.com/ or localhost:5000."
    )


def key_hash(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate's public key, as Chromium wants it."""
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode("ascii")


def _authority(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InspectorError(
            f"The authority's certificate {file} cannot be read: {error.strerror}.",
            "Bring it back, or stop Inspector and start it again.",
        ) from error


def _dashboard(running: Running) -> tuple[str, ...]:
    """The dashboard's addresses in all spellings: they go past the proxy, which would refuse them."""
    addresses = [parse_address(text) for text in running.web]
    ports = sorted({each.port for each in addresses})
    near = [f"{name}:{port}" for port in ports for name in ("127.0.0.1", "localhost", "*.localhost", "[::1]")]
    far = [str(each) for each in addresses if not (each.loopback or each.everywhere)]
    named = [
        str(Address(running.web_name, port)) for port in ports if not running.web_name.endswith("localhost")
    ]
    return tuple(dict.fromkeys((*near, *far, *named)))
