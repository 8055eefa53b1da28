"""Is what runs the same version as what is installed; and on what it runs."""

from __future__ import annotations

import platform
import ssl
from collections.abc import Iterator

from inspector import __version__
from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

TITLE = "It is one version"


def check(case: Case) -> Iterator[Finding]:
    evidence = (
        f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {platform.system()} {platform.release()}",
    )
    running = case.running
    if running is not None and running.version != __version__:
        sentence = f"Inspector {running.version} is running, and {__version__} is installed by now."
        yield Finding(
            "version",
            "inspector",
            TITLE,
            "caution",
            sentence,
            "Stop it with Ctrl-C and start it again to have the new one.",
            evidence,
        )
    else:
        yield Finding("version", "inspector", TITLE, "good", f"Inspector {__version__}.", evidence=evidence)
