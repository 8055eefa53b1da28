"""What the fixture `inspector` gives: the proxy as one test sees it, with its own exchanges and its own rules."""

from __future__ import annotations

import os
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import requests

from inspector import __version__
from inspector.app.shell.variables import variables
from inspector.exchange.model import Summary
from inspector.export.har_file import Told, har, summary
from inspector.filter.errors import FilterMistake
from inspector.filter.parsing import parse
from inspector.filter.subject import address_of
from inspector.filter.tree import Node
from inspector.filter.words import say
from inspector.filter.written import quoted
from inspector.rules.errors import RuleMistake
from inspector.store.captures import Row, StoreProblem
from inspector.store.held import let_go
from inspector.store.selecting import chosen
from inspector.testing.answering import Answering, AnsweringServer, one_after_the_other
from inspector.testing.mocks import Body, Mock, TestRules, answer, ask
from inspector.testing.process import Process
from inspector.testing.seen import Seen, line
from inspector.web.rules.kept import KeptRules

PATIENCE = 5.0
_LOOK_EVERY = 0.02
_PAGE = 500
_SHOWN = 30
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"))


class NotSeen(AssertionError):  # noqa: N818 (its name says what is the matter)
    """No exchange fits, or one does that should not. It lists what was captured."""


class Inspector:
    """The proxy as a test uses it. Exchanges that began before the test are not among its own, and its rules end with it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._since = (int(time.time() * 1000) << 80).to_bytes(16, "big")  # as ids begin: see exchange.ids
        self._questions = f"/inspector-{secrets.token_hex(8)}/"
        kept = KeptRules(process.settings, let_go=partial(let_go, process.home.data))
        self.rules = TestRules(kept, process.address, self._questions)

    def end(self) -> None:
        """The test is over: its rules and its answers end. What a mock's function raised is raised now."""
        self.rules.clear()
        answering = self.__dict__.pop("_answering", None)
        if answering is not None:
            answering.close()
            if answering.problems:
                raise answering.problems[0]

    @cached_property
    def _answering(self) -> AnsweringServer:
        return AnsweringServer()

    # -- wiring

    @property
    def proxy(self) -> str:
        """The proxy's address: `http://127.0.0.1:port`."""
        return f"http://{self._process.address}"

    @property
    def ca(self) -> Path:
        """The certificate (PEM) of the authority that its stand-in certificates are signed by: what the program under test has to trust."""
        return self._process.home.certs / "ca.pem"

    @property
    def home(self) -> Path:
        """Its home folder, for `inspector … --home`. It is deleted after the last test."""
        return self._process.home.root

    @property
    def dashboard(self) -> str:
        """A link that signs one browser in to its dashboard; '' without --inspector-dashboard."""
        return self._process.link

    @cached_property
    def variables(self) -> dict[str, str]:
        """What to set so that nearly any program uses the proxy and trusts it: HTTPS_PROXY, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and so on."""
        return variables(self._process.home, self._process.running, os.environ)

    def env(self, **more: str) -> dict[str, str]:
        """This process's environment with these variables in it: `subprocess.run([...], env=inspector.env())`."""
        return {**os.environ, **self.variables, **more}

    def session(self) -> requests.Session:
        """A new requests.Session that uses the proxy and trusts it, whatever the environment says."""
        session = requests.Session()
        session.trust_env = False
        session.proxies = {"http": self.proxy, "https": self.proxy}
        session.verify = str(self.ca)
        return session

    def ssl_context(self) -> ssl.SSLContext:
        """For other clients, as in `httpx.Client(proxy=inspector.proxy, verify=inspector.ssl_context())`."""
        return ssl.create_default_context(cafile=str(self.ca))

    # -- exchanges

    def find(
        self, wanted: str = "", *, timeout: float = PATIENCE, finished: bool = True, **fields: Any
    ) -> Seen:
        """The newest exchange of this test that fits, waited for if there is none yet.

        `wanted` is a filter as on the dashboard (`"host:shop.test status:>=400"`), or a method; `fields` are fields of that language with just this value:
        `find("POST", path="/login", status=302)`. It must have come to its end, unless `finished` is False. NotSeen, an AssertionError, lists what
        there was instead; ValueError says what is wrong with a filter.
        """
        __tracebackhide__ = True
        text, node = _filter(wanted, fields)
        found = self._wait(node, timeout, bool, finished=finished)
        if not found:
            raise NotSeen(self._nothing_fits(text, node, timeout))
        return self._read([found[-1]])[0]

    def find_all(
        self, wanted: str = "", *, count: int | None = None, timeout: float = PATIENCE, finished: bool = True,
        **fields: Any,
    ) -> list[Seen]:  # fmt: skip
        """The exchanges of this test that fit, oldest first, perhaps none. With `count` they are waited for, and NotSeen says if they became others in number."""
        __tracebackhide__ = True
        text, node = _filter(wanted, fields)
        enough = 0 if count is None else count
        found = self._wait(node, timeout, lambda rows: len(rows) >= enough, finished=finished)
        if count is not None and len(found) != count:
            raise NotSeen(
                f"{len(found)} exchanges fit {text!r}, and {count} were expected.\n{self.captured()}"
            )
        return self._read(found)

    def all(self) -> list[Seen]:
        """All exchanges of this test so far that have come to their end, oldest first."""
        return self.find_all()

    def expect_none(self, wanted: str = "", **fields: Any) -> None:
        """Fail with NotSeen if an exchange of this test fits so far."""
        __tracebackhide__ = True
        text, node = _filter(wanted, fields)
        self.settle()
        if found := self._rows(node):
            raise NotSeen(
                f"{len(found)} exchange{'s' if len(found) != 1 else ''} fit {text!r}, and none should.\n{self.captured()}"
            )

    def captured(self) -> str:
        """What was captured in this test, as a list for people."""
        if ended := self._process.ended:
            return ended
        rows = self._rows(parse(""))
        if not rows:
            return (
                "Nothing was captured in this test. Did the program use the proxy? Start it with env=inspector.env(), "
                "or send with inspector.session()."
            )
        lines = [line(row.method, row.status, address_of(row), row.duration) for row in rows[-_SHOWN:]]
        before = f"  … {len(rows) - _SHOWN:,} before these\n" if len(rows) > _SHOWN else ""
        return f"What was captured in this test ({len(rows):,}):\n{before}" + "\n".join(lines)

    def settle(self, timeout: float = PATIENCE) -> None:
        """Wait until what has ended so far can be found: a question of ours goes the same way, and arrives after it."""
        mark = f"{self._questions}{secrets.token_hex(4)}"
        ask(self._process.address, mark)
        wanted, until = parse(f"path:={mark}"), time.monotonic() + timeout
        while not self._process.captures.find(wanted, after=self._since, limit=1).rows:
            if time.monotonic() > until or self._process.ended:
                return
            time.sleep(_LOOK_EVERY)

    # -- changing what is answered

    def mock(
        self, when: str = "", *, status: int = 200, text: str | None = None, json: Any = None,
        file: str | Path | None = None, type: str = "", headers: Mapping[str, str] | None = None, name: str = "",
        function: Answering | None = None, answers: Sequence[Any] | None = None,
    ) -> Mock:  # fmt: skip
        """Answer what fits `when` in the site's place, which is not asked and need not exist.

        `inspector.mock("host:pay.test path:=/charge", status=402, json={"error": "no money"})`. RuleMistake, a ValueError, says what is wrong with it.
        In place of an answer: a `function` that is given the request (`Asked`) and gives one (`Answer`, or a text, a dict, a status, `(status, body)`),
        or several `answers`, one after the other; the last one stays.
        """
        __tracebackhide__ = True
        if function is not None or answers is not None:
            if None not in (function, answers) or (text, json, file, headers, type, status) != (
                None,
                None,
                None,
                None,
                "",
                200,
            ):
                raise TypeError(
                    "one kind of answer is enough: function, answers, or status, text, json and file"
                )
            to = self._answering.add(function or one_after_the_other(answers or ()))
            return self.rule(
                when,
                "send-elsewhere",
                name=name or f"mock {self.rules.made + 1} of this test",
                to=to,
                **{"keep-host": True},
            )
        return self.rule(
            when, "answer", name=name, **answer(status, Body(text, json, file), type, headers or {})
        )

    def rule(self, when: str, do: str, *, name: str = "", **lines: Any) -> Mock:
        """Make any rule that the dashboard can make: `inspector.rule("host:api.test", "delay", time="2s")`. See docs/rules.md for the lines of each action."""
        __tracebackhide__ = True
        try:
            return Mock(self, *self.rules.add(when, do, lines, name))
        except RuleMistake as mistake:
            raise mistake.with_traceback(None) from None

    # -- what is left of it

    def save_har(self, file: str | Path, *, keep_secrets: bool = False) -> str:
        """Write what was captured in this test into a HAR file, and say it in a sentence. Passwords, cookies and tokens are replaced by marks, unless they shall stay."""
        self.settle()
        path, told = Path(file), Told()
        path.parent.mkdir(parents=True, exist_ok=True)
        found = chosen(self._process.captures, None, ids=[row.id for row in self._rows(parse(""))])
        with path.open("wb") as out:
            out.writelines(
                har(found, told, version=__version__, key=None if keep_secrets else os.urandom(16))
            )
        return summary(told, redacted=not keep_secrets)

    # -- below

    def not_seen(self, sentence: str) -> NotSeen:
        """The exception for what should have been seen, with what was captured."""
        return NotSeen(f"{sentence}\n{self.captured()}")

    def _wait(
        self, node: Node, timeout: float, enough: Callable[[list[Row]], bool], *, finished: bool
    ) -> list[Row]:
        until = time.monotonic() + timeout
        self.settle()
        while True:
            found = [row for row in self._rows(node) if not finished or row.state != "open"]
            if enough(found) or time.monotonic() > until or self._process.ended:
                return found
            time.sleep(_LOOK_EVERY)

    def _rows(self, node: Node) -> list[Row]:
        return [row for row in self._pages(node) if not row.path.startswith(self._questions)]

    def _pages(self, node: Node) -> Iterator[Row]:
        after = self._since
        while True:
            page = self._process.captures.find(node, after=after, limit=_PAGE, patience=10.0)
            yield from page.rows
            last = max([page.reached or after, *(row.id for row in page.rows[-1:])])
            if not page.has_newer or last == after:
                return
            after = last

    def _read(self, rows: list[Row] | list[Summary]) -> list[Seen]:
        return [Seen(whole) for whole in chosen(self._process.captures, None, ids=[row.id for row in rows])]

    def _nothing_fits(self, text: str, node: Node, timeout: float) -> str:
        asked = f"{text!r} ({say(node)})" if text else "anything"
        try:
            return f"No exchange fits {asked}, within {timeout:g} s.\n{self.captured()}"
        except StoreProblem as problem:
            return f"No exchange fits {asked}; the captures could not be read: {problem}"


def _filter(wanted: str, fields: Mapping[str, Any]) -> tuple[str, Node]:
    """The filter's text and what it means. ValueError says what is wrong with it, in its own words."""
    parts = [f"method:={wanted}" if wanted in _METHODS else wanted.strip()]
    for name, value in fields.items():
        parts.append(f"{name.replace('_', '-')}:={quoted(str(value))}")
    text = " ".join(f"({part})" if " OR " in part else part for part in parts if part)
    try:
        return text, parse(text)
    except FilterMistake as mistake:
        meant = mistake.mended(text)
        cure = f" Did you mean {' or '.join(meant)}?" if meant else ""
        raise ValueError(f"The filter {text!r} is not understood: {mistake.sentence}{cure}") from None
