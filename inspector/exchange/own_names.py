"""Inspector's own names, which browsers send to the proxy as any other: its page, and those by which it is found out whom a browser believes.

Each question uses a name that was never used before (`<random>.probe.inspector.test`), so that no cache, no connection that was kept and no
exception that somebody clicked answers in its place. Names under ALONE are served without the certificate that signed the leaf: who trusts the
authority has that certificate, and who was only told to accept what its key signed has not, and refuses.
"""

from __future__ import annotations

OWN = "inspector.test"
PROBE = f"probe.{OWN}"
ALONE = f"alone.{OWN}"


def is_probe(host: str) -> bool:
    """Whether the name is one of a question: what happens there says nothing about a site."""
    return host.endswith((f".{PROBE}", f".{ALONE}"))
