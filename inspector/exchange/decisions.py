"""What Inspector may do to an exchange on its way, as one table: code, sentence, and whether it is routine.

Routine decisions are what every proxy must do (RFC 9110 §7.6.1) and do not mark an exchange as changed.
"""

from __future__ import annotations

from typing import NamedTuple


class Act(NamedTuple):
    """One row: the sentence (`{detail}` is filled in), whether every proxy does it, and which rule asks for it."""

    sentence: str
    routine: bool
    rfc: str = ""


DECISIONS: dict[str, Act] = {
    "origin-form": Act(
        "The request line's full address was shortened to the path, and Host set from it.",
        True,
        "RFC 9112 §3.2.2",
    ),
    "hop-by-hop": Act(
        "Fields meant only for this connection were not passed on: {detail}.", True, "RFC 9110 §7.6.1"
    ),
    "host-replaced": Act(
        "The Host field did not name the host in the request line ({detail}) and was replaced.",
        True,
        "RFC 9112 §3.2.2",
    ),
    "connection-close": Act(
        "The connection was announced as closing after this response.", True, "RFC 9112 §9.6"
    ),
    "version": Act("The message was passed on as HTTP/1.1; it came as {detail}.", True, "RFC 9110 §2.5"),
    "dechunked": Act(
        "The chunk framing was taken off, since the other side speaks HTTP/1.0.", True, "RFC 9112 §6.1"
    ),
    "chunked": Act("The body was put into chunks, since its length was not known.", True, "RFC 9112 §6.1"),
    "space-before-colon": Act(
        "White space between a field's name and its colon was removed ({detail}).", False, "RFC 9112 §5.1"
    ),
    "no-content": Act(
        "A length or coding was left out of a response whose status says that it has no content ({detail}).",
        True,
        "RFC 9110 §8.6",
    ),
    "cookie-stripped": Act(
        "The dashboard's own cookie was taken out before anything was sent or kept.", False
    ),
    "retried": Act(
        "The kept-alive connection had been closed by the site; the request was sent again on a new one.",
        True,
        "RFC 9110 §9.2.2",
    ),
    "answered": Act("Inspector answered this itself: {detail}.", False),
    "local-site": Act(
        "This is a practice site, or an app of yours: it is played on this computer, at {detail}, and nothing left it. On a real network these "
        "bytes would have crossed it.",
        True,
    ),
    "left-encrypted": Act("The connection was passed through without being decrypted: {detail}", True),
    "fault-mirrored": Act(
        "What is wrong with the site's TLS was shown to the browser too (--mirror-faults): {detail}", True
    ),
    "unverified": Act("The site's certificate was not verified, as was asked for ({detail}).", False),
    "ruled": Act("A rule of yours did this: Inspector {detail}.", False),
    "rule-held": Act("A rule of yours is for this: Inspector {detail}.", True),
    "rule-passed-over": Act("Another rule fitted too, and did nothing: {detail}.", True),
    "rule-unable": Act("A rule could not replace anything: {detail}. The body went on as it was.", True),
    "rule-found-nothing": Act(
        "What a rule was to replace does not stand in the body, which went on as it was.", True
    ),
    "held": Act("At a breakpoint {detail} for you, and went on as it was.", True),
    "held-edited": Act("At a breakpoint {detail} for you. You changed it before it went on.", False),
    "held-answered": Act("At a breakpoint {detail} for you. You answered in the site's place.", False),
    "held-dropped": Act(
        "At a breakpoint {detail} for you. You dropped it: it went no further, and the connection was closed.",
        False,
    ),
    "held-stopped": Act(
        "At a breakpoint {detail} for you. Inspector was stopped meanwhile, so it went no further.", False
    ),
    "hold-timed-out": Act(
        "At a breakpoint {detail} for you. Nobody decided in time, so it went on as it was.", True
    ),
    "hold-refused": Act(
        "A breakpoint was to hold this, and could not: {detail}. It went on as it was.", True
    ),
    "rule-untold": Act(
        "A rule of yours asks for what a body says, and this body was not waited for; so nobody knows whether it fits.",
        True,
    ),
    "not-whole": Act("Only the head of this message was asked about: {detail}, and passed as it came.", True),
    "continue-said": Act(
        "Inspector asked for the request's body itself (100 Continue), since it waited for all of it.",
        True,
        "RFC 9110 §10.1.1",
    ),
    "edit-refused": Act(
        "What was to be sent in this message's place is no valid message: {detail}. It went on unchanged.",
        True,
    ),
    "edit-framing": Act(
        "Where a message ends is said by Inspector alone: {detail} in the changed message was left out.",
        True,
        "RFC 9112 §11.2",
    ),
    "edit-elsewhere": Act(
        "The request was sent to another server than the browser asked for: {detail}.", False
    ),
    "hooked": Act("A hook of yours changed {detail}.", False),
    "hook-noted": Act("A hook of yours says: {detail}", True),
    "hook-answered": Act("A hook of yours made the answer: {detail}.", False),
    "hook-failed": Act("A hook of yours failed, and changed nothing: {detail}", True),
    "hook-slow": Act("A hook of yours was not waited for any longer: {detail}. It changed nothing.", True),
    "imported": Act(
        "This did not pass through this Inspector: it was read from a file, {detail}. What the file doesn't say is not known here; "
        "bodies stand in such files without their content coding and were packed again.",
        True,
    ),
    "imported-own": Act(
        "This did not pass here: it was read from a file, {detail}, and is as another Inspector had captured it.",
        True,
    ),
    "app-asked": Act(
        "The field Inspector-Exchange was added, since this app asked for it: by its number the app tells what it did for this request.",
        True,
    ),
    "trace-begun": Act(
        "The field traceparent was added, since this app tells by OpenTelemetry what it does: its trace is this exchange.",
        True,
    ),
    "raw": Act(
        "These bytes were typed by hand and passed on as they are, without the checks that others go through.",
        True,
    ),
    "raw-more": Act(
        "After the answer {detail} bytes more came, which belong to no request that was sent; they stand behind its body.",
        True,
    ),
    "credentials-removed": Act("The proxy log-in was checked and not passed on.", True, "RFC 9110 §11.7.1"),
}


def say(code: str, detail: str = "") -> str:
    """The sentence for a decision; an unknown code (from a newer version) says itself."""
    act = DECISIONS.get(code)
    return act.sentence.replace("{detail}", detail) if act else f"{code} {detail}".strip()
