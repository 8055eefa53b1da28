"""Exchanges and values of a filter in which nothing is as it should be, made by chance: what the store's answers are compared about."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import msgspec
from store_samples import IDS

from inspector.exchange.mark import COLOURS, Mark, tidy
from inspector.exchange.model import Body, Connection, Decision, Exchange, Leg, Message, Tls
from inspector.exchange.storable import made_storable
from inspector.filter.fields import FIELDS, FLAGS, Field
from inspector.filter.written import quoted

NOW = 1_795_000_000.0

# What LIKE, SQL, the grammar, the word index and Unicode each have something special to do with.
NASTY = (
    "%", "_", "\\", "%%", "_%", "\\%", "a%b", "a_b", "[a]", "'", "''", '"', "';--", "*", "?", "a*b", "NOT", "OR", "-a", "=", "<1", "a b",
    "a\tb", "\n", "a:b", ":", "(", "ß", "SS", "ss", "İ", "i̇", "I", "\u0131", "K", "k", "\u017f", "ﬁ", "fi", "É", "é", "e\u0301", "ς", "Σ", "日本",
    "\U0001f600", "\u200b", "\ufeff", "\uffff", "\u2028", "%C3%9F", "%c3%9f", "%00", "+", "%20", "&", "x" * 130, "needle", "Needle", "0", "1e3", "٣",
)  # fmt: skip
NEVER_KEPT = (
    "\uffff",
    "\0",
    "a\0",
    "\0needle",
    "\ud800",
    "needle\udfff",
)  # a filter may ask for them; no row has them
HOSTS = (
    "shop.test", "Shop.TEST", "a.shop.test", "evil-shop.test", "::1", "2001:db8::7", "fe80::1%eth0", "127.0.0.1", "localhost", "",
    "xn--bcher-kva.example", "a_b.test", "test", ".", "x.", "%.test",
)  # fmt: skip
NAMES = ("x-a", "set-cookie", "cookie", "content-type", "x_b", "x.c", "%", "a", "session", "ß", "needle")
NUMBERS = (
    0,
    1,
    79,
    80,
    99,
    100,
    200,
    399,
    400,
    404,
    443,
    500,
    599,
    999,
    1023,
    1024,
    65_535,
    2**31,
    2**53,
    2**53 + 1,
    2**63 - 1,
)
SECONDS = (None, 0.0, 5e-324, 0.001, 0.0101, 0.5, 1.0, 59.999, 60.0, 1e9, 1e308)
BEGAN = (0.0, -1.0, 1.0, NOW, NOW - 0.001, NOW - 59, NOW - 60, NOW - 61, NOW - 86_400, NOW + 5, 1e12)

_LETTERS = "aAbB%_\\ß\u017f\u212a é?&=+/.:"


class Chance(Random):
    """Makes values that are not as they should be."""

    def word(self) -> str:
        """One of the nasty ones, letters of which each means something to somebody, or whatever Unicode has."""
        kind = self.randrange(8)
        if kind < 5:
            return self.choice(NASTY)
        if kind < 7:
            return "".join(self.choices(_LETTERS, k=self.randrange(6)))
        return "".join(
            chr(
                self.choice(
                    (
                        self.randrange(1, 0x300),
                        self.randrange(0x1E00, 0x2200),
                        self.randrange(0xE000, 0x11000),
                    )
                )
            )
            for _ in range(3)
        )

    def text(self) -> str:
        """Some words in one."""
        return "".join(self.word() for _ in range(self.randrange(4)))

    def rarely_other(self, usual: str) -> str:
        """What is usual, or a text."""
        return usual if self.random() < 0.4 else self.text()

    def path(self) -> str:
        """Path and query."""
        start = self.choice(("/", "", "*", "/Static/app.js", "/a%20b", "/gr%C3%BCn", f"/{self.text()}"))
        pairs = [
            f"{self.choice((*NAMES, self.word()))}{self.choice(('', '=', '=='))}{self.word()}"
            for _ in range(self.randrange(3))
        ]
        return f"{start}{self.choice(('', '?', '??'))}{'&'.join(pairs)}"[:2048]

    def message(self) -> Message:
        """A head and a body."""
        lines = [self.choice(("GET / HTTP/1.1", "HTTP/1.1 200 Straße", "")).encode()]
        lines += [
            self.choice(NAMES).title().encode() + b": " + self._value() for _ in range(self.randrange(4))
        ]
        end = self.choice(
            (b"\r\n", b"\r\n", b"\r\n", b"X-Folded: one\r\n needle\r\n\r\n", b"no colon\r\n\r\n", b"")
        )
        body = self.choice(
            (
                b"",
                b"out of NEEDLE",
                "Straße K ﬁ".encode(),
                b"\xff\xfea\0",
                b"\0\x01needle",
                b"a_b%c",
                self.randbytes(6),
                self.text().encode(),
            )
        )
        return Message(b"".join(line + b"\r\n" for line in lines) + end, Body(len(body), len(body), body))

    def _value(self) -> bytes:
        value = self.choice(
            (
                b"session=needle; a=%",
                b"a=ss; A=needle;;=x",
                "größe Straße".encode(),
                b"gr\xf6\xdfe",
                b"",
                self.randbytes(6),
                self.text().encode(),
            )
        )
        return value.translate(None, b"\r\n")

    def mark(self) -> Mark:
        """What somebody may have added."""
        return tidy(
            Mark(
                self.random() < 0.5,
                self.choice(("", *COLOURS)),
                self.text(),
                tuple(self.word() for _ in range(self.randrange(3))),
            )
        )

    def exchange(self) -> Exchange:
        """One that the archive could hold. Its texts can all be stored: what takes them in sees to that (see `exchange.storable`)."""
        legs = [Leg(number, self.message(), self.message() if self.random() < 0.7 else None) if self.random() < 0.8 else None
                for number in (b"c" * 16, self.choice(connections).id)]  # fmt: skip
        made = Exchange(
            id=IDS.next(), change=self.randrange(1, 9), state=self.choice(("done", "done", "failed", "open")),
            kind=self.choice(("http", "websocket", "tunnel", "tls", "page")), origin=self.choice(("browser", "import", "rule")),
            started=self.choice(BEGAN), duration=self.choice(SECONDS), method=self.choice(("GET", "POST", self.word())),
            scheme=self.choice(("http", "https", "ws", "wss", "", "HTTP")), host=self.choice((*HOSTS, self.word())), port=self.choice(NUMBERS),
            path=self.path(), version=self.choice(("HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/2.0", "http/3", "")), status=self.choice(NUMBERS),
            reason=self.rarely_other("Not Found"), media=self.choice(("text/html", "IMAGE/png", "", self.word())), resource=self.choice(("page", "image", "other")),
            request_size=self.choice(NUMBERS), response_size=self.choice(NUMBERS), client=self.rarely_other("127.0.0.1:5"), agent=self.rarely_other("curl 8.5"),
            protection=self.choice(("none", "decrypted", "sealed")), tls=self.choice(("", "TLSv1", "TLSv1.2", "TLSv1.3")),
            remote=self.rarely_other("[2001:db8::7]:443"), changed=self.random() < 0.5, fault=self.choice(("", "dns-unknown", self.word())), findings=0,
            client_leg=legs[0], server_leg=legs[1],
            decisions=tuple(Decision(self.choice(("answered", self.word())), "", self.rarely_other("slow api")) for _ in range(self.randrange(3))),
        )  # fmt: skip
        return made_storable(made)

    def asked(self, among: list[Exchange], added: list[Mark]) -> str:
        """What may well stand in one of them: a part of one of its texts, in letters of either case; or something else."""
        if self.random() < 0.25:
            return self.choice((self.word(), self.choice(NEVER_KEPT))) or "a"
        texts = [each for each in _said([among, added]) if each]
        whole = self.choice(texts or ["a"])
        begin = self.randrange(len(whole))
        end = len(whole) if self.random() < 0.5 else self.randint(begin + 1, min(len(whole), begin + 40))
        return self.choice((str, str.upper, str.lower, str.swapcase))(whole[begin:end])


connections = tuple(
    Connection(bytes([number]) * 16, "server", 0.0, "::1", 443, "::1", 5, "", "", tls)
    for number, tls in enumerate((None, Tls("TLSv1.2", "TLS_AES_%", "http/1.1", "needle.test"), Tls("", "ß", "", "")), 1)
)  # fmt: skip


def _said(found: Any) -> list[str]:
    """The texts in a struct, wherever they are."""
    if isinstance(found, str):
        return [found]
    if isinstance(found, bytes):
        return [found.decode("utf-8", "replace")]
    if isinstance(found, msgspec.Struct):
        found = msgspec.structs.astuple(found)
    return [each for part in found for each in _said(part)] if isinstance(found, (tuple, list)) else []


def written(field: Field | None, name: str, value: str, number: int, moment: float) -> list[str]:
    """Every way in which the language can ask this field; those that it does not allow are the caller's to leave out."""
    if field is None:
        return [f'"{_inside(value)}"', value, f"*{value}", f"{value[:1]}*{value[-1:]}"]
    if field.name == "is":
        return [f"is:{flag}" for flag in FLAGS]
    before = f"{field.name}{name}:" if field.family else f"{field.name}:"
    day = dt.datetime.fromtimestamp(min(moment, 2 * NOW), dt.UTC)
    plain = [quoted(value), quoted(f"/{value}"), f'="{_inside(value)}"', "*", "=*", f"{value}*", f"*{value}", f"*{value}*", f"{value[:1]}*{value[-1:]}",
             f'(needle OR "{_inside(value)}")']  # fmt: skip
    numbered = [str(number), f"={number}", f">{number}", f">={number}", f"<{number}", f"<={number}", f"{number}..{number + 1}", f"{number}..",
                f"..{number}", f"[{number} TO *]", f"{{* TO {number}}}", f"{{{number} TO {number + 400}]", "4xx", f">{number}kb", f"<={number}ms", f"{number / 7:.3f}s.."]  # fmt: skip
    moments = ["60s", "1m", "1d", "999999999w", "0s", "today", "yesterday", "00:00", "23:59:59", "1970-01-01", "9999-12-31", f"{day:%Y-%m-%d}",
               f'"{day:%Y-%m-%dT%H:%M:%S}+00:00"']  # fmt: skip
    offered = [offer.text for offer in field.kind.offers]
    compared = [f"{op}{offer}" for op in ("=", "<", ">=") for offer in offered if offer[:1] not in "<>="]
    return [before + each for each in (*plain, *numbered, *moments, *offered, *compared)]


def _inside(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


ASKED: tuple[Field | None, ...] = (None, *FIELDS)  # None: words without a field
