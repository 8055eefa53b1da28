"""The pages that the proxy shows inside a person's own browser: what went wrong, what this is, the authority's certificate.

A pure function of what the engine asks. No Flask here; Jinja is only imported when the first page is wanted. The pages stand
alone (style inside, no script, nothing loaded), since they appear under any site's address. Programs
that don't ask for HTML get the same words as plain text.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
import time
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from inspector.engine.pages import Page, PageAsk
from inspector.exchange.faults import Explanation, look_up, say
from inspector.pki.describe import CertificateFacts, describe
from inspector.pki.verdict import WhyNot, why_not
from inspector.web.places import templates_folder

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_SAFE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)
_CHECKS = {
    "authority": "whether its issuer may issue certificates",
    "constraints": "whether its issuer may vouch for this name, and so far down",
    "dates": "whether it is valid today",
    "form": "whether it is made as certificates must be",
    "name": "whether it is for this name",
    "purpose": "whether it was made for web servers",
    "revocation": "whether it was withdrawn",
    "signature": "whether its issuer really signed it",
    "strength": "whether key and signature are strong enough",
    "transparency": "whether it stands in the public logs",
    "trust": "whether a trusted authority vouches for it",
}
_BROKEN_AT = {"client": 0, "us": 1, "network": 2, "server": 3}


@dataclass(frozen=True, slots=True)
class FaultWords:
    """What a fault page says. `broken` counts along browser, Inspector, network, site."""

    status: int
    phrase: str
    sentence: str
    cure: str
    facts: tuple[tuple[str, str], ...]
    chain: tuple[tuple[str, bool], ...]
    broken: int
    host: str
    link: str


def render(ask: PageAsk) -> Page:
    """The answer to what the engine asks for."""
    if ask.kind == "ca":
        return _certificate(ask)
    if ask.kind == "welcome":
        return _answer(
            ask, 200, "welcome", {"ask": ask, "fingerprint": _fingerprint(ask.ca_der), "proxy": _proxy(ask)}
        )
    if ask.kind == "start":
        return _answer(ask, 200, "start", {})
    if ask.kind == "not-found":
        return _answer(ask, 404, "not-found", {"ask": ask})
    words = _fault_words(ask)
    return _answer(ask, words.status, "fault", {"words": words})


def prepare() -> None:
    """Do now what the first page would wait for, a tenth of a second or more: for a thread, once the engine listens."""
    for name in ("fault", "welcome", "not-found"):
        for kind in ("html", "txt"):
            _templates().get_template(f"{name}.{kind}")


def _answer(ask: PageAsk, status: int, name: str, context: dict[str, Any]) -> Page:
    """The page `name` as HTML, or as text for a program."""
    html = wants_html(ask.accept)
    body = _templates().get_template(f"{name}.{'html' if html else 'txt'}").render(context)
    media = "text/html" if html else "text/plain"
    headers = (("Content-Type", f"{media}; charset=utf-8"), ("Content-Security-Policy", _POLICY), *_SAFE)
    return Page(status, _phrase(status), headers, body.encode())


def wants_html(accept: str) -> bool:
    """Whether whoever asks can show a page: a browser names text/html when a person navigates; `*/*` is a program."""
    for each in accept.lower().split(","):
        media, _, parameters = each.partition(";")
        if media.strip() in ("text/html", "application/xhtml+xml"):
            return parameters.replace(" ", "") not in ("q=0", "q=0.0")
    return False


def _certificate(ask: PageAsk) -> Page:
    """The authority's certificate: PEM for programs, DER for phones and browsers, which then offer to import it."""
    if ask.path.partition("?")[0] == "/ca.pem":
        headers = (
            ("Content-Type", "application/x-pem-file"),
            ("Content-Disposition", 'attachment; filename="inspector-ca.pem"'),
        )
        return Page(200, "OK", (*headers, *_SAFE), ask.ca_pem)
    return Page(200, "OK", (("Content-Type", "application/x-x509-ca-cert"), *_SAFE), ask.ca_der)


def _fault_words(ask: PageAsk) -> FaultWords:
    fault = ask.fault
    row = look_up(fault.code) if fault else Explanation("Something went wrong.", "", 502)
    status = row.status or 502
    sentence = row.sentence
    if fault:
        sentence = say(fault.code, host=ask.host, port=ask.port, detail=fault.detail or "no more is known")
    facts = [("Asked for", f"{ask.method} {ask.host}, port {ask.port}".lstrip())] if ask.host else []
    chain: tuple[tuple[str, bool], ...] = ()
    cure = row.cure
    if ask.verify_code or ask.verify_message:
        verdict, certificates, store = _verdict(ask)
        sentence, cure = verdict.sentence, verdict.cure or cure
        facts += _verdict_facts(verdict, store)
        chain = tuple(
            (each.subject or "a certificate without a name", n == verdict.position)
            for n, each in certificates
        )
    if row.rfc:
        facts.append(("The rule", f"{row.rfc}: “{row.quote}”" if row.quote else row.rfc))
    if fault and fault.offset is not None:
        facts.append(("The place", f"byte {fault.offset:,} of the {fault.stage.replace('-', ' ')}"))
    return FaultWords(
        status=status,
        phrase=_phrase(status),
        sentence=sentence,
        cure=cure,
        facts=tuple(facts),
        chain=chain,
        broken=_BROKEN_AT[fault.who] if fault else 1,
        host=ask.host,
        link=f"{ask.dashboard_url.rstrip('/')}/exchange/{ask.exchange_id.hex()}" if ask.dashboard_url else "",
    )


def _verdict(ask: PageAsk) -> tuple[WhyNot, list[tuple[int, CertificateFacts]], str]:
    verdict = why_not(ask.verify_code, ask.verify_message, ask.chain, ask.host, time.time())
    return verdict, list(enumerate(describe(der) for der in ask.chain[:8])), ask.trust_store


def _verdict_facts(verdict: WhyNot, store: str) -> list[tuple[str, str]]:
    facts = [("The check", _CHECKS.get(verdict.check, verdict.check))]
    if verdict.certificate:
        facts.append(("The certificate", verdict.certificate))
    if verdict.check == "trust":
        facts.append(("Looked for in", store))
    names = ", ".join(name for name in (verdict.chromium, verdict.firefox) if name)
    return [*facts, ("Browsers call it", names)] if names else facts


def _proxy(ask: PageAsk) -> str:
    """The proxy's address, if it was asked by that and not by one of its names."""
    return f"{ask.host}:{ask.port}" if not ask.host.endswith(".test") else ""


def _fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).digest().hex(":").upper()


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


@cache
def _templates() -> Environment:
    # The engine starts without Jinja, and most runs never need it there.
    from jinja2 import (  # noqa: PLC0415
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )

    made = Environment(
        loader=FileSystemLoader(templates_folder() / "proxy"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["wrapped"] = _wrapped
    made.filters["with_code"] = _with_code
    return made


def _with_code(sentence: str) -> Markup:
    """Commands, between back-ticks, as such."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - comes with Jinja

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 - escaped just here


def _wrapped(text: str, indent: int = 0) -> str:
    """Text for a terminal: lines of 78, without control characters, which a terminal would obey."""
    clean = "".join(letter if letter.isprintable() else "�" for letter in text)
    return textwrap.fill(clean, 78, subsequent_indent=" " * indent, break_on_hyphens=False)
