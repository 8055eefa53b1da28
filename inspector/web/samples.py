"""One row of the list in each of its states, and two chains of certificates, for the style guide and its screenshots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from inspector.explain.chains import Chain, Dates, End, Finding, Link
from inspector.explain.remedies import REMEDIES
from inspector.pki.checks import Check
from inspector.pki.describe import CertificateFacts
from inspector.store.captures import Row
from inspector.web.rows import row_view

_PLAIN: dict[str, Any] = {
    "id": bytes(16), "change": 1, "state": "done", "kind": "http", "origin": "browser", "started": 1_767_225_600.25,
    "duration": 0.024, "method": "GET", "scheme": "https", "host": "shop.inspector.test", "port": 443, "path": "/",
    "version": "HTTP/1.1", "status": 200, "reason": "OK", "media": "text/html", "resource": "page", "request_size": 0,
    "response_size": 5_214, "client": "127.0.0.1:51234", "agent": "Chrome 156", "protection": "decrypted",
    "tls": "TLSv1.3", "remote": "192.0.2.7:443", "changed": False, "fault": "", "findings": 0, "engine": 1,
}  # fmt: skip

_STATES: tuple[dict[str, Any], ...] = (
    {},
    {"path": "/static/site.css", "resource": "style", "media": "text/css", "response_size": 18_220},
    {"path": "/static/app.js?v=12", "resource": "script", "media": "text/javascript", "status": 304, "reason": ""},
    {"path": "/api/cart?item=17&count=2", "resource": "data", "method": "POST", "status": 201, "reason": "Created",
     "media": "application/json", "request_size": 48, "response_size": 132},
    {"path": "/pictures/mug.webp", "resource": "image", "media": "image/webp", "response_size": 245_000, "changed": True},
    {"path": "/log-in", "status": 302, "reason": "Found", "scheme": "http", "port": 80, "protection": "none", "tls": ""},
    {"path": "/missing", "status": 404, "reason": "Not Found"},
    {"path": "/report", "status": 500, "reason": "Internal Server Error", "duration": 12.5},
    {"path": "/video", "resource": "media", "state": "open", "duration": None, "status": 206, "reason": "Partial Content"},
    {"host": "no-such-name.example", "state": "failed", "status": 502, "reason": "Bad Gateway", "fault": "dns-unknown"},
    {"host": "sealed.example", "kind": "tunnel", "resource": "tunnel", "method": "CONNECT", "path": "",
     "protection": "sealed", "status": 200, "reason": "", "response_size": 90_112},
    {"host": "untrusting.example", "kind": "tls", "resource": "tunnel", "method": "CONNECT", "path": "", "state": "failed",
     "status": 0, "reason": "", "fault": "tls-client-alert"},
)  # fmt: skip

_MARKS = {
    3: {"pinned": True, "colour": "blue", "comment": "Ask Ada about the count", "tags": ["todo"]},
    6: {"pinned": False, "colour": "red", "comment": "", "tags": []},
}


def sample_rows() -> tuple[dict[str, Any], ...]:
    return tuple(
        row_view(Row(**_PLAIN | state | {"id": (n + 1).to_bytes(16, "big")}), _MARKS.get(n))
        for n, state in enumerate(_STATES)
    )


_SEEN = 1_767_225_600.0
_HOST = "shop.inspector.test"


def sample_chains() -> tuple[Chain, Chain]:
    """A stand-in that a window was told to accept, and a site's chain that was not believed."""
    leaf, root = (
        _link(_HOST, "Inspector CA"),
        _link("Inspector CA", "Inspector CA", role="Inspector's authority"),
    )
    told = "This window was told to accept the stand-in, it doesn't know the authority."
    end = End("open", "Nobody: the window was told to accept it", told, "How one knows: by when it was open.")
    checks = (
        Finding(Check("name", f"It is for {_HOST}", True, f"It is for {_HOST}.")),
        Finding(Check("trust", "The browser trusts its authority", None, told)),
    )
    stand_in = Chain("stand-in", "Stand-in", _HOST, _SEEN, "open", told, (leaf, root), (), checks, end)
    late = _link(_HOST, "Shop root", role="The site's own certificate", blamed=("dates",))
    top = _link("Shop root", "Shop root", role="A root: an authority that signed itself", sent=False)
    remedy = REMEDIES["expired"]
    failed = Finding(
        Check("dates", "It was valid when it was captured", False, f"{_HOST} expired on 1 December 2025, 31 days ago.", "", "expired", (0,)),
        "NET::ERR_CERT_DATE_INVALID", "SEC_ERROR_EXPIRED_CERTIFICATE", remedy.why, remedy.owner, remedy.visitor,
    )  # fmt: skip
    vouches = End(
        "good", "The trust store /etc/ssl/certs", "Shop root stands in it, and vouches for all below it."
    )
    verdict = f"The certificate of {_HOST} expired on 1 December 2025, 31 days ago."
    return stand_in, Chain(
        "site", "The site's own", _HOST, _SEEN, "bad", verdict, (late, top), (), (failed, checks[0]), vouches
    )


def _link(
    name: str,
    issuer: str,
    *,
    role: str = "The stand-in certificate",
    sent: bool = True,
    blamed: tuple[str, ...] = (),
) -> Link:
    ends = dt.datetime.fromtimestamp(_SEEN + (30 if not blamed else -31) * 86400, dt.UTC)
    facts = CertificateFacts(
        subject=name,
        issuer=issuer,
        not_after=ends,
        key="ECDSA, P-256",
        self_issued=name == issuer,
        is_authority=name == issuer,
    )
    dates = Dates("expired 31 days ago", False) if blamed else Dates("30 days left", True)
    words = "Sent." if sent else "Not sent, and need not be: found in the trust store."
    return Link(name.encode(), facts, role, "sent" if sent else "store", words, dates, blamed)
