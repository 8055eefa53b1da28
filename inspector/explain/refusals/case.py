"""One failed handshake, and the questions asked about it: what each side said and when, which program and which library this is, what came before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from inspector.exchange.model import Connection, Exchange, Tls
from inspector.explain.programs import name_in, program_named
from inspector.explain.refusals.causes import Row
from inspector.explain.tls_stacks import Stack, stack_of
from inspector.pki.describe import CertificateFacts, describe
from inspector.wire.tls import ALERTS

_ALERT, _HANDSHAKE = 21, 22
CERTIFICATES, _FINISHED = (11, 25), 20
TWICE = 2


class History(NamedTuple):
    """What this client did before, as far as captures are kept. A client is a program's name and the computer it runs on.

    `trusted` is when it last used a connection that Inspector had opened (seconds since the epoch), for `trusted_host`; `trusted_here` the same for
    this host. `refused` counts its failed handshakes for this host since then, this one included; `elsewhere` the other hosts it refused.
    """

    trusted: float | None = None
    trusted_host: str = ""
    trusted_here: float | None = None
    refused: int = 1
    elsewhere: int = 0


NO_HISTORY = History()


class Evidence(NamedTuple):
    """One thing that is known: what it is, and what it says."""

    what: str
    says: str


class Case:
    """One failed handshake, and the questions asked about it."""

    def __init__(self, exchange: Exchange, connection: Connection | None, history: History) -> None:
        self.exchange = exchange
        self.history = history
        self.fault = exchange.fault
        self.detail = exchange.error.detail if exchange.error is not None else ""
        # without the connection's record, the fault still says which alert it was
        known = Tls(alert=self.detail, alert_by="client") if self.fault == "tls-client-alert" else Tls()
        self.tls = (connection.tls if connection is not None else None) or known
        agent = name_in(connection.asked) if connection is not None else ""
        self.program = program_named(agent) or program_named(exchange.agent)
        self.stack: Stack | None = stack_of(self.tls.offered_ciphers, self.tls.offered_versions)
        self.chain: tuple[CertificateFacts, ...] = tuple(describe(der) for der in self.tls.chain)
        self.alert = self.tls.alert if self.tls.alert_by == "client" else ""

    @property
    def host(self) -> str:
        return self.exchange.host or "this host"

    @property
    def who(self) -> str:
        if self.exchange.agent:
            return self.exchange.agent[:60]
        return "The program that connected"

    def sent(self, by: str, *types: int) -> float | None:
        """When a handshake message of one of these types was sent, if one was."""
        found = (
            each.at
            for each in self.tls.handshake
            if each.sent_by == by and each.content == _HANDSHAKE and each.type in types
        )
        return next(found, None)

    @property
    def saw_certificate(self) -> bool:
        return self.sent("server", *CERTIFICATES) is not None

    @property
    def finished(self) -> bool:
        return self.sent("client", _FINISHED) is not None or bool(self.tls.version)

    @property
    def only_here(self) -> bool:
        """Whether this client uses other hosts through Inspector, refuses this one, and no other."""
        return (
            self.history.trusted is not None
            and self.history.trusted_here is None
            and not self.history.elsewhere
        )

    def expired(self) -> CertificateFacts | None:
        """A certificate of ours that really was out of date at that moment."""
        at = dt.datetime.fromtimestamp(self.exchange.started, dt.UTC)
        return next((each for each in self.chain if each.not_after is not None and each.not_after < at), None)

    def fill(self, sentence: str, detail: str = "") -> str:
        for blank, value in (("{who}", self.who), ("{host}", self.host), ("{detail}", detail)):
            sentence = sentence.replace(blank, value)
        return sentence

    def why_leave(self, row: Row) -> str:
        """Why one may leave the host encrypted; only after a second refusal, and never without a cause for which that helps."""
        count = self.history.refused
        if not row.leave or count < TWICE or not self.exchange.host:
            return ""
        return (
            f"{self.who} has refused {self.host} {_times(count)} in a row. Left encrypted, it works again; you then see that there is a connection, "
            "how much passes and when, but not what."
        )

    def evidence(self) -> Iterator[Evidence]:
        """What is known, in the order in which one would ask."""
        yield from filter(
            None,
            (self._what_it_did(), self._when(), self._program(), self._offer(), self._name(), self._before()),
        )

    def _what_it_did(self) -> Evidence | None:
        if self.tls.alert:
            number = next((number for number, alert in ALERTS.items() if alert.name == self.tls.alert), None)
            said = ALERTS[number].sentence if number is not None else "An alert without a name."
            who = "It sent" if self.alert else "Inspector sent"
            return Evidence(
                "The alert", f"{who} {self.tls.alert}{'' if number is None else f' ({number})'}. {said}"
            )
        match self.fault:
            case "tls-client-closed":
                return Evidence("What it did", "It closed the connection without a word.")
            case "tls-client-left":
                return Evidence(
                    "What it did", "It finished the handshake, asked for nothing and left within a second."
                )
            case "tls-client-failed" if self.detail:
                return Evidence("What went wrong", f"{self.detail[:1].upper()}{self.detail[1:]}.")
            case _:
                return None

    def _when(self) -> Evidence | None:
        certificate = self.sent("server", *CERTIFICATES)
        if certificate is None:
            if not self.tls.handshake:
                return None
            return Evidence("When", "Before it saw any certificate.")
        ended = next(
            (each.at for each in self.tls.handshake if each.content == _ALERT and each.sent_by == "client"),
            None,
        )
        after = f" {_took(ended - certificate)} after it" if ended is not None else " after it"
        if self.finished:
            return Evidence("When", "After it had seen the stand-in, and had finished the handshake.")
        return Evidence(
            "When", f"It had seen the stand-in, and ended{after}, before its own last message (Finished)."
        )

    def _program(self) -> Evidence | None:
        stack = (
            f"its list of cipher suites is that of {self.stack.title} ({self.stack.used_by})"
            if self.stack
            else ""
        )
        if self.exchange.agent:
            return Evidence(
                "The program", f"It calls itself {self.exchange.agent[:60]}{f'; {stack}' if stack else ''}."
            )
        return Evidence("The program", f"It does not say its name; {stack}.") if stack else None

    def _offer(self) -> Evidence | None:
        if not self.tls.offered_versions:
            return None
        alpn = (
            f"; inside: {', '.join(self.tls.offered_alpn)}"
            if self.tls.offered_alpn
            else "; no protocol named for inside (ALPN)"
        )
        return Evidence(
            "It offered",
            f"{', '.join(self.tls.offered_versions)}, {len(self.tls.offered_ciphers)} cipher suites{alpn}.",
        )

    def _name(self) -> Evidence | None:
        if not self.tls.handshake:
            return None
        if not self.tls.sni:
            return Evidence(
                "The name",
                "It named no host in its hello (SNI); the stand-in was made for the host of its CONNECT.",
            )
        if self.tls.sni.lower() != self.exchange.host.lower():
            return Evidence("The name", f"It asked for {self.tls.sni} (SNI).")
        return None

    def _before(self) -> Evidence:
        history = self.history
        counted = (
            f" This is its {_nth(history.refused)} refusal of {self.host}."
            if history.refused >= TWICE
            else ""
        )
        others = (
            f" It refused {history.elsewhere} other {'host' if history.elsewhere == 1 else 'hosts'} as well."
            if history.elsewhere
            else ""
        )
        if history.trusted is None:
            return Evidence(
                "Before",
                f"It has never used a connection that Inspector opened, as far as captures go back.{counted}{others}",
            )
        here = (
            f"It used {self.host} through Inspector before, so it believed the authority then."
            if history.trusted_here is not None
            else f"It uses other hosts through Inspector: {history.trusted_host} at {_clock(history.trusted)}."
        )
        return Evidence("Before", f"{here}{counted}{others}")


def _times(count: int) -> str:
    return "twice" if count == TWICE else f"{count:,} times"


def _nth(count: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(count, f"{count:,}th")


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "less than 1 ms"


def _clock(moment: float) -> str:
    return f"{dt.datetime.fromtimestamp(moment, dt.UTC).astimezone():%H:%M:%S}"
