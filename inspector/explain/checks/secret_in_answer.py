"""Keys that stand in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, in_body, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn

_KINDS = (
    (re.compile(rb"-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----"), "a private key"),
    (re.compile(rb"\bAKIA[0-9A-Z]{16}\b"), "a key of Amazon's cloud"),
    (re.compile(rb"\bsk_live_[0-9a-zA-Z]{20,}"), "a key for payments (Stripe)"),
    (re.compile(rb"\bghp_[0-9A-Za-z]{36}\b"), "a key of GitHub's"),
    (re.compile(rb"\bxox[baprs]-[0-9A-Za-z-]{20,}"), "a key of Slack's"),
    (re.compile(rb"\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?)://[^\s:@/\"']{1,60}:[^\s@/\"']{1,80}@"), "a database's address with its password"),
)  # fmt: skip


def _look(case: Case) -> Iterator[Found]:
    if case.answered_here or case.exchange.resource in ("image", "font", "media"):
        return
    for pattern, what in _KINDS:
        match = pattern.search(case.content.data)
        if match:
            evidence = seen(case, in_body(case, match.start(), len(match[0])), say(f"what looks like {what}"))
            yield Found(
                "serious", f"{case.path} {what}", say(f"The answer holds what looks like {what}."), evidence
            )


CHECK = Check(
    "secret-in-answer", "security", "A key stands in the answer",
    say("Whatever is sent to a browser, its user can read, and so can everybody else who asks."),
    Cure(
        say("Make a new key at once: this one is known. Keep keys on the server, out of the code, and let the server do what needs them."),
        """import os

app.config["PAYMENT_KEY"] = os.environ["PAYMENT_KEY"]
""",
    ),
    (mdn("Web/Security", "Security"),),
    _look,
)  # fmt: skip
