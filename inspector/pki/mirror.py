"""Stand-in certificates with the same fault as the site's own, for --mirror-faults: the browser shows what it would show without Inspector.

What OpenSSL says of one, for a client that trusts our authority, is what OpenSSL said of the site's chain; tests hold the two together, fault by
fault. Not all can be shown as it is:

- a fault of an authority (expired, weak) is shown on the leaf, since our root may have none below it that could carry it;
- a revoked certificate is on our authority's own list: clients that look into no list of ours don't see it, nor those that know an older one;
- a missing intermediate cannot be fetched here, though Chromium fetches the site's;
- MD5 becomes SHA-1, and any weak key one of 1024 bits of RSA;
- what is malformed, distrusted or in no public log is not tried (`CannotMirror`).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping, Sequence

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from inspector.pki import handover
from inspector.pki.authority import Authority
from inspector.pki.bending import UNREADABLE, Bender, Bent, Model
from inspector.pki.contexts import HTTP1, SERVER_CIPHERS, server_context
from inspector.pki.describe import describe, quietly
from inspector.pki.errors import BadName, CannotMirror, NotPermitted
from inspector.pki.keylog import KeyLog
from inspector.pki.leaves import Identity
from inspector.pki.names import canonical
from inspector.pki.verdict import WhyNot
from inspector.pki.watch import HandshakeWatch

_WEAK_CIPHERS = f"{SERVER_CIPHERS}:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0"
_KEPT = 3600.0

RECIPES: Mapping[str, Callable[[Bender, Model], Bent]] = {
    "expired": Bender.expired,
    "expired-root": Bender.expired,
    "not-yet-valid": Bender.not_yet_valid,
    "wrong-name": Bender.wrong_name,
    "wrong-address": Bender.wrong_name,
    "no-names": Bender.no_names,
    "self-signed": Bender.self_signed,
    "unknown-authority": Bender.unknown_authority,
    "missing-intermediate": Bender.missing_intermediate,
    "weak-key": Bender.weak_key,
    "weak-digest": Bender.weak_digest,
    "bad-signature": Bender.bad_signature,
    "revoked": Bender.revoked,
    "invalid-authority": Bender.invalid_authority,
    "path-length": Bender.path_length,
    "name-constraint": Bender.name_constraint,
    "wrong-purpose": Bender.wrong_purpose,
}


class Mirror:
    """Makes them with the authority's key. `revocations` is the URL of its list of revoked certificates."""

    def __init__(
        self,
        authority: Authority,
        *,
        revocations: str = "",
        alpn: Sequence[str] = HTTP1,
        watch: HandshakeWatch | None = None,
        keylog: KeyLog | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._authority = authority
        self._bender = Bender(authority, revocations, clock)
        self._alpn = tuple(alpn)
        self._watch = watch
        self._keylog = keylog
        self._clock = clock

    def make(self, fault: WhyNot, number: int, chain: Sequence[bytes], host: str) -> Identity:
        """An identity for `host` with this fault of `chain` (DER, leaf first); `number` is OpenSSL's. Blocks; call it from a thread.

        Raises CannotMirror, and NotPermitted where the authority may not vouch for the host.
        """
        recipe = RECIPES.get(fault.code)
        if recipe is None or not chain:
            raise CannotMirror(f"No stand-in certificate can have this fault: {fault.sentence}")
        try:
            name = canonical(host)
        except BadName as error:
            raise CannotMirror(str(error)) from error
        if not self._authority.permits(name):
            raise NotPermitted(
                f"{name} is not among the names that this authority may vouch for: {self._authority.scope}."
            )
        model = Model(name, tuple(chain), tuple(map(describe, chain)), fault.position, number)
        try:
            with quietly():
                return self._identity(recipe(self._bender, model))
        except (*UNREADABLE, ssl.SSLError) as error:
            raise CannotMirror(
                f"A stand-in certificate with this fault could not be made: {error}"
            ) from error

    def _identity(self, bent: Bent) -> Identity:
        context = server_context(self._alpn)
        context.set_ciphers(_WEAK_CIPHERS)  # what OpenSSL would not serve otherwise
        key = bent.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        handover.give(context, key + b"".join(each.public_bytes(Encoding.PEM) for each in bent.served))
        if self._watch is not None:
            self._watch.put_on(context)
        if self._keylog is not None:
            self._keylog.put_on(context)
        chain = tuple(each.public_bytes(Encoding.DER) for each in (*bent.served, *bent.above))
        return Identity(context, chain, 0.0, self._clock() + _KEPT)
