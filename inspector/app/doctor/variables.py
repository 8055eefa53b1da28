"""The variables of this terminal that send its programs through a proxy, and those that say whom to believe."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from inspector.app.addresses import Address
from inspector.app.doctor.case import Case
from inspector.app.doctor.here import is_ours
from inspector.explain.findings import Finding

PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
BELIEVING = (
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "PIP_CERT",
)
TITLE = "Programs of this terminal go through Inspector"


def check(case: Case) -> Iterator[Finding]:
    if not case.terminal:
        return
    named = {name: value for name in PROXIES if (value := case.environment.get(name))}
    if not named:
        sentence = "No variable sends them there; each program has to be told by itself."
        cure = f'For all programs of this terminal: `eval "$({case.command("env").strip("`")})"`.'
        yield Finding("variables", "way", TITLE, "open", sentence, cure)
    else:
        yield _judged(case, named)
    missing = [
        f"{name}={value}"
        for name in BELIEVING
        if (value := case.environment.get(name)) and not Path(value).is_file()
    ]
    if missing:
        sentence = (
            "A variable names a file of certificates that is not there, so no HTTPS works in this terminal."
        )
        cure = f"Set it right, or unset it: `unset {' '.join(each.partition('=')[0] for each in missing)}`."
        yield Finding(
            "variables-files",
            "trust",
            "The files that variables name are there",
            "bad",
            sentence,
            cure,
            tuple(missing),
        )


def _judged(case: Case, named: dict[str, str]) -> Finding:
    evidence = tuple(f"{name}={_without_password(value)}" for name, value in named.items())
    tls = [name for name, value in named.items() if value.startswith("https://") and is_ours(case, value)]
    if tls:
        sentence = f"{tls[0]} names the proxy with https://, but the proxy's own port speaks plain HTTP."
        return Finding(
            "variables",
            "way",
            TITLE,
            "bad",
            sentence,
            f"Write http:// there, for HTTPS pages too: `export {tls[0]}=http://{case.running.proxy if case.running else '127.0.0.1:8080'}`.",
            evidence,
        )
    ours = {name for name, value in named.items() if is_ours(case, value)}
    if len(ours) == len(named):
        return Finding("variables", "way", TITLE, "good", "They do, by its variables.", evidence=evidence)
    dead = [name for name, value in named.items() if name not in ours and _is_dead(value)]
    if dead:
        sentence = (
            f"{dead[0]} names a proxy on this computer where nobody listens: its programs reach nothing."
        )
        return Finding(
            "variables",
            "way",
            TITLE,
            "bad",
            sentence,
            f"That was an earlier run, or another program's. `unset {' '.join(named)}`, or set them anew by {case.command('env')}.",
            evidence,
        )
    sentence = (
        "They go through another proxy."
        if not ours
        else "Some go through Inspector, others through another proxy."
    )
    return Finding(
        "variables",
        "way",
        TITLE,
        "caution",
        sentence,
        f"To have them captured: {case.command('env')}.",
        evidence,
    )


def _is_dead(url: str) -> bool:
    """Whether it is on this computer, and nobody is there."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        address = Address(parts.hostname or "", parts.port or 80)
    except ValueError:
        return False
    if not address.loopback:
        return False
    try:
        with socket.create_connection((address.host, address.port), timeout=1.0):
            return False
    except OSError:
        return True


def _without_password(url: str) -> str:
    return re.sub(r":[^:@/]*@", ":…@", url, count=1)
