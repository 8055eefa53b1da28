"""A connection to the site that is weaker than it need be, or a certificate that ends soon."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import rfc
from inspector.explain.words import day, plural, tls_version
from inspector.pki.describe import describe

SOON = 14  # days


def _look(case: Case) -> Iterator[Found]:
    tls = case.server_tls
    if tls is None or not tls.version:
        return
    host = tls.sni or case.host
    if tls.version not in ("TLSv1.2", "TLSv1.3"):
        yield Found(
            "serious",
            f"{host} version",
            say(
                "`{host}` speaks {version}, which is out of date.",
                host=host,
                version=tls_version(tls.version),
            ),
            seen(case, None),
        )
    elif tls.version == "TLSv1.2" and tls.cipher and "DHE" not in tls.cipher:
        sentence = say(
            "`{host}` chose `{cipher}`, which has no [[forward secrecy]].", host=host, cipher=tls.cipher
        )
        yield Found("warning", f"{host} cipher", sentence, seen(case, None))
    if tls.chain:
        facts = describe(tls.chain[0])
        left = facts.days_left(case.exchange.started)
        if left is not None and facts.not_after is not None and 0 <= left <= SOON:
            sentence = say(
                "The certificate of `{host}` ends on {when}, {left} after this.",
                host=host,
                when=day(facts.not_after.timestamp()),
                left=plural(left, "day"),
            )
            yield Found("advice", f"{host} certificate", sentence, seen(case, None))


CHECK = Check(
    "weak-tls", "security", "TLS could be stronger",
    say("Old versions and suites have known weaknesses, and without [[forward secrecy]] recorded traffic can be read once the key is stolen. A certificate that ends stops every visitor."),
    Cure(
        say("In the web server's settings allow TLS 1.2 and 1.3 with ECDHE only, and let certificates be renewed by a program."),
        """# nginx
# ssl_protocols TLSv1.2 TLSv1.3;
""",
    ),
    (rfc(9325, "3.1"), rfc(8996)),
    _look,
)  # fmt: skip
