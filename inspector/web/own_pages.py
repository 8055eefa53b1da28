"""Inspector's own page, http://inspector.test: what this is, the authority's certificate in every form, the steps for this very browser, and whether it
believes the authority.

That last question only the browser can answer. Its script asks for `/probe` under names that were never used before (`exchange.own_names`); without script
it is an image that comes or doesn't. Other sites' pages get no answer, so that nobody learns from it that somebody uses Inspector.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from inspector.engine.pages import Page, PageAsk
from inspector.exchange.own_names import ALONE, OWN, PROBE
from inspector.explain.installing import GUIDES, called, guides_for, recognise
from inspector.web.phones import picture, reachable
from inspector.web.places import templates_folder
from inspector.web.proxy_answers import SAFE, answer

if TYPE_CHECKING:
    from markupsafe import Markup

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; form-action 'none'; base-uri 'none'; "
    f"connect-src http://*.{PROBE} https://*.{PROBE} https://*.{ALONE}; img-src https://*.{PROBE}"
)
# Not for other sites' pages: what they may not have looks to them as if nobody were there.
_OURS_ONLY = ("Cross-Origin-Resource-Policy", "same-origin")
_PATHS = {"pem": "/ca.pem", "der": "/ca.crt", "p12": "/ca.p12", "mobileconfig": "/ca.mobileconfig"}


def render(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    """The answer to what the engine asks for, but for faults."""
    page = _PAGES[ask.kind](ask, proxies)
    return (
        Page(page.status, page.reason, (*page.headers, _OURS_ONLY), page.body)
        if _OURS_ONLY[0] not in dict(page.headers)
        else page
    )


def _welcome(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    return answer(ask, 200, "welcome", _facts(ask, proxies), _POLICY)


def _facts(ask: PageAsk, proxies: tuple[str, ...]) -> dict[str, Any]:
    visitor = recognise(ask.agent, ask.platform)
    first, others = guides_for(visitor)
    phones = reachable(proxies)
    return {
        "ask": ask,
        "fingerprint": fingerprint(ask.ca_der),
        "proxy": _proxy(ask),
        "elsewhere": bool(_proxy(ask)) and not _is_loopback(ask.host),
        "visitor": called(visitor),
        "first": first,
        "others": others,
        "paths": _PATHS,
        "phones": phones,
        "code": _code(phones),
        "name": f"{ask.exchange_id.hex()[-12:] or 'ask'}.{PROBE}",
    }


def _code(phones: tuple[str, ...]) -> Markup | None:
    return picture(f"http://{phones[0]}/") if phones else None


def _start(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    return answer(ask, 200, "start", {})


def _not_found(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    return answer(ask, 404, "not-found", {"ask": ask})


def _certificate(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    """The authority's certificate: PEM for programs, DER for phones and browsers, which then offer to import it."""
    suffix = ask.path.partition("?")[0].rpartition(".")[2]
    if suffix == "pem":
        return _file(ask.ca_pem, "application/x-pem-file", "inspector-ca.pem")
    if suffix in ("p12", "mobileconfig"):
        from cryptography import x509  # noqa: PLC0415 (few ask for these)

        from inspector.pki.exports import FORMS  # noqa: PLC0415

        form = FORMS[suffix]
        made = form.make(x509.load_der_x509_certificate(ask.ca_der))
        return _file(made, form.media, f"inspector-ca.{suffix}" if suffix == "p12" else "")
    return _file(ask.ca_der, "application/x-x509-ca-cert", "")


def _file(content: bytes, media: str, name: str) -> Page:
    """A file to save if it has a name; one that the system itself knows what to do with if not."""
    named = (("Content-Disposition", f'attachment; filename="{name}"'),) if name else ()
    return Page(200, "OK", (("Content-Type", media), *named, *SAFE), content)


# --- does this browser believe it? ------------------------------------------------------------------------------


def _probe(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    """Yes: whoever reads this goes through this Inspector and, over https, accepted the stand-in."""
    if ask.origin and not may_ask(ask.origin, ask.dashboard_url):
        return _nobody_here()
    told = {
        "inspector": True,
        "authority": fingerprint(ask.ca_der),
        "secure": ask.scheme == "https",
        "alone": ask.host.endswith(f".{ALONE}"),
        "limited": _is_limited(ask.ca_der),
    }
    headers = [("Content-Type", "application/json"), *SAFE, ("Vary", "Origin")]
    if ask.origin:
        asks = urlsplit(ask.origin)
        headers.append(("Access-Control-Allow-Origin", f"{asks.scheme}://{asks.netloc}"))
    return Page(200, "OK", tuple(headers), json.dumps(told).encode())


def _picture(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    """The same as an image with a sentence in it, for browsers without script."""
    asks = bool(ask.origin) and may_ask(ask.origin, ask.dashboard_url)
    if not asks and ask.mode != "navigate":
        return _nobody_here()
    svg = (templates_folder() / "proxy" / "probe.svg").read_bytes()
    headers = (
        ("Content-Type", "image/svg+xml"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
        *SAFE,
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    )
    return Page(200, "OK", headers, svg)


def _script(ask: PageAsk, proxies: tuple[str, ...]) -> Page:
    body = (templates_folder() / "proxy" / "probe.js").read_bytes()
    return Page(200, "OK", (("Content-Type", "text/javascript; charset=utf-8"), *SAFE), body)


def _nobody_here() -> Page:
    return Page(
        403,
        "Forbidden",
        (("Content-Type", "text/plain; charset=utf-8"), *SAFE),
        b"Not for other sites' pages.\n",
    )


def may_ask(origin: str, dashboard: str) -> bool:
    """Whether a page of this origin may know: Inspector's own pages, the dashboard, and this computer's own or its network's."""
    try:
        host = (urlsplit(origin).hostname or "").rstrip(".")
    except ValueError:
        return False
    if (
        host == OWN
        or host.endswith((f".{OWN}", ".localhost"))
        or host in ("localhost", urlsplit(dashboard).hostname)
    ):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_private
    except ValueError:
        return False


def fingerprint(der: bytes) -> str:
    """SHA-256 in pairs, as trust stores show it."""
    return hashlib.sha256(der).digest().hex(":").upper()


def _is_limited(der: bytes) -> bool:
    """A practice authority: its intermediate has to be sent along, so a browser that was told to accept its key can't be told from one that trusts it."""
    return bytes.fromhex("0603551d1e") in der  # the object identifier of name constraints, 2.5.29.30


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _proxy(ask: PageAsk) -> str:
    """The proxy's address, if it was asked by that and not by one of its names."""
    if ask.host.endswith(".test"):
        return ""
    return f"[{ask.host}]:{ask.port}" if ":" in ask.host else f"{ask.host}:{ask.port}"


_PAGES: dict[str, Callable[[PageAsk, tuple[str, ...]], Page]] = {
    "welcome": _welcome, "start": _start, "ca": _certificate, "probe": _probe, "picture": _picture, "script": _script,
    "not-found": _not_found,
}  # fmt: skip
assert set(_PATHS) >= {guide.form for guide in GUIDES}
