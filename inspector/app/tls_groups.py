"""The key exchanges that the engine takes: X25519, P-256, P-384, and the post-quantum hybrid where OpenSSL has it.

OpenSSL's own list also has X448 and P-521, which Mozilla's intermediate list leaves out. Python's ssl learns to set the list in 3.15;
until then OpenSSL's configuration file is the way, and it is read once, when a process starts. Somebody who names a configuration of their own in
OPENSSL_CONF means it: theirs stays.
"""

from __future__ import annotations

import os
from pathlib import Path

_CLASSICAL = "X25519:P-256:P-384"
_HYBRID_SINCE = (3, 5)


def environment() -> dict[str, str]:
    """What the engine's process needs in its environment for it; empty where somebody has set OPENSSL_CONF."""
    if "OPENSSL_CONF" in os.environ:
        return {}
    from _ssl import OPENSSL_VERSION_INFO  # `ssl` itself would make the supervisor wait, and grow

    hybrid = OPENSSL_VERSION_INFO[:2] >= _HYBRID_SINCE
    return {
        "OPENSSL_CONF": str(Path(__file__).with_suffix(".cnf")),
        "INSPECTOR_TLS_GROUPS": f"X25519MLKEM768:{_CLASSICAL}" if hybrid else _CLASSICAL,
    }
