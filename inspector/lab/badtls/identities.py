"""With what, and under which rules, each site of the lab meets its visitors: a TLS context for each case, made when it is first asked for."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable

from inspector.lab.badtls.cases import BY_LABEL, DOMAIN
from inspector.lab.badtls.kept import Kept
from inspector.pki import handover

_ANYTHING_GOES = "ALL:@SECLEVEL=0"  # OpenSSL's own servers refuse to use what these cases are about
_DOMAIN_ITSELF = "good"


class Identities:
    """The contexts, by the name that a hello asks for."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._contexts: dict[str, ssl.SSLContext] = {}

    def choose(self, name: str) -> ssl.SSLContext | None:
        """The context for a host name; None if it is none of the lab's. A hello without a name gets the good one."""
        label = _DOMAIN_ITSELF if name in {"", DOMAIN} else name.removesuffix(f".{DOMAIN}")
        if label not in BY_LABEL or (name and not name.endswith(DOMAIN)):
            return None
        context = self._contexts.get(label)
        if context is None:
            context = self._contexts[label] = self._make(label)
        return context

    def _make(self, label: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        _RULES.get(label, _none)(context, self._kept)
        handover.give(context, self._kept.sites[label])
        return context


def _none(context: ssl.SSLContext, kept: Kept) -> None:
    """Rules as everywhere."""


def _anything(context: ssl.SSLContext, kept: Kept) -> None:
    context.set_ciphers(_ANYTHING_GOES)


def _visitors_only(context: ssl.SSLContext, kept: Kept) -> None:
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=kept.visitors.decode("ascii"))


def _long_ago(context: ssl.SSLContext, kept: Kept) -> None:
    context.set_ciphers(_ANYTHING_GOES)
    with warnings.catch_warnings():  # "ssl.TLSVersion.TLSv1 is deprecated": that is the point of it
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1


_RULES: dict[str, Callable[[ssl.SSLContext, Kept], None]] = {
    "weak-key": _anything,
    "sha1": _anything,
    "client-certificate": _visitors_only,
    "tls-v1-0": _long_ago,
}
