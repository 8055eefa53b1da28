"""The chain of certificates of one leg, told: leaf to root, every check on it, and who vouches for it in the end.

Two chains stand beside each other in every decrypted exchange: the site's own, and the stand-in that Inspector made. Both are judged as of
the moment when they were seen; what has changed since is said beside it. What the verifier said then is right, also where the checks here
would say something else: they only go on where it stopped.
"""

from __future__ import annotations

from inspector.explain.chains.model import MOST, Chain, Dates, End, Finding, Link, TrustStore, check_of
from inspector.explain.chains.shown import shown_chain
from inspector.explain.chains.site import site_chain
from inspector.explain.chains.stand_in import stand_in_chain

__all__ = [
    "MOST", "Chain", "Dates", "End", "Finding", "Link", "TrustStore", "check_of", "shown_chain", "site_chain", "stand_in_chain",
]  # fmt: skip
