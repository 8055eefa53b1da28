"""A captured response made into the lines of a rule that answers with it: status, fields, and the body without its content coding.

The engine that carries the rule out knows no captures, so all of it is copied when the rule is kept. A short text stands in the rule itself; any other body becomes a
file of the home, which goes when no rule names it any more.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from inspector.exchange import ids
from inspector.exchange.model import Body, Exchange, Message
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Rule
from inspector.rules.parameters import FRAMING
from inspector.store.reader import ArchiveGone
from inspector.web.finding import Side, part_of
from inspector.web.veil import presenting
from inspector.wire.codings import decode

FOLDER = "answers"
LARGEST = 1024 * 1024
_LONGEST_TEXT = 64 * 1024
_BODILESS = (204, 205, 304)
_SIDES: tuple[Side, ...] = ("site", "browser")
# Inspector writes its own; what was told of the packed body doesn't hold for the unpacked one
_LEFT_OUT = FRAMING | {"date", "content-encoding", "content-md5", "digest", "content-digest", "accept-ranges"}
_NEW = 60.0
_FILE = re.compile(r"[0-9a-f]{32}\.body")


class Captured(Protocol):
    """As much of `store.captures.Captures` as is needed."""

    def exchange(self, id: bytes) -> Exchange | None: ...
    def body(self, id: bytes, body: Body) -> Iterable[bytes]: ...


@dataclass(frozen=True, slots=True)
class Copied:
    """A response ready to be kept. `inline`: its body is text, and stands in the rule."""

    id: bytes
    status: int
    fields: Mapping[str, Any]
    body: bytes
    inline: bool

    def say(self) -> str:
        """What is kept, for the form."""
        names = list(self.fields)
        kept = "no fields" if not names else f"the fields {', '.join(names)}"
        if not self.body:
            return f"status {self.status}, {kept}, no body"
        where = "in the rule" if self.inline else "as a file in Inspector's home"
        return f"status {self.status}, {kept}, and the body, {len(self.body):,} bytes without a content coding, {where}"


class Copies:
    """Copies responses of one home's captures; `folder` is for bodies that are no short text."""

    def __init__(self, captures: Captured, folder: Path) -> None:
        self._captures = captures
        self._folder = folder

    def look(self, said: str) -> Copied:
        """The response of the exchange with this number. Raises RuleMistake."""
        if presenting():
            raise RuleMistake(
                "a response is not copied in the presenter's view, or by a token that may not see secrets.",
                key="exchange",
            )
        id = ids.parse(said)
        try:
            exchange = self._captures.exchange(id) if id else None
        except ArchiveGone as gone:
            raise RuleMistake(f"{gone}", key="exchange") from None
        if id is None or exchange is None:
            raise RuleMistake("there is no exchange with this number.", key="exchange")
        for side in _SIDES:
            part = part_of(exchange, side, "response")
            if part is not None:
                return self._copied(id, part.message, part.body)
        raise RuleMistake("this exchange got no response.", key="exchange")

    def filled(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """A rule's lines with what `exchange` stands for in its place. Raises RuleMistake."""
        said = table.get("exchange")
        if not said:
            return dict(table)
        copied = self.look(str(said))
        lines = {
            key: value for key, value in table.items() if key not in ("exchange", "status", "fields", "type")
        }
        lines |= {"status": copied.status, "fields": dict(copied.fields)}
        if copied.inline and copied.body:
            lines["text"] = copied.body.decode("utf-8")
        elif copied.body:
            lines["file"] = str(self._write(copied))
        return lines

    def sweep(self, rules: Iterable[Rule]) -> None:
        """Remove files that no rule names any more."""
        named = {dict(rule.given).get("file") for rule in rules}
        with suppress(OSError):
            for file in self._folder.iterdir():
                old = time.time() - file.stat().st_mtime > _NEW  # another rule may be about to name it
                if old and _FILE.fullmatch(file.name) and str(file) not in named:
                    file.unlink()

    def _copied(self, id: bytes, message: Message, body: Body) -> Copied:
        status = int(message.start_line.split(b" ", 2)[1])
        if not 200 <= status <= 599:
            raise RuleMistake(f"a rule can't answer with {status}.", key="exchange")
        data = b"" if status in _BODILESS else self._decoded(id, message, body)
        fields = _fields(message)
        return Copied(id, status, fields, data, _is_short_text(data))

    def _decoded(self, id: bytes, message: Message, body: Body) -> bytes:
        if not body.complete or body.captured < body.size:
            raise RuleMistake("not all of its body was captured.", key="exchange")
        codings = ",".join(
            each.value.decode("latin-1")
            for each in message.fields
            if each.name.lower() == b"content-encoding"
        )
        try:
            found = decode(codings, self._captures.body(id, body), max_output=LARGEST + 1)
        except ArchiveGone as gone:
            raise RuleMistake(f"{gone}", key="exchange") from None
        if len(found.data) > LARGEST:
            raise RuleMistake(f"its body is larger than {LARGEST >> 20} MiB.", key="exchange")
        if found.problem:
            raise RuleMistake(f"its content coding could not be undone ({found.problem}).", key="exchange")
        return found.data

    def _write(self, copied: Copied) -> Path:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        file = self._folder.resolve() / f"{copied.id.hex()}.body"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(copied.body)
        return file


def refused(table: Mapping[str, Any]) -> dict[str, Any]:
    """Where there are no captures to copy from."""
    if table.get("exchange"):
        raise RuleMistake(
            "a response is copied by the dashboard or its API, while Inspector runs.", key="exchange"
        )
    return dict(table)


def _fields(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for each in message.fields:
        name, value = each.name.decode("latin-1"), each.value.decode("latin-1")
        if not name or name.lower() in _LEFT_OUT:
            continue
        same = next((kept for kept in fields if kept.lower() == name.lower()), name)
        before = fields.get(same)
        fields[same] = (
            value if before is None else [*(before if isinstance(before, list) else [before]), value]
        )
    return fields


def _is_short_text(data: bytes) -> bool:
    """Whether it can stand in a rule and in a form, and come out as it went in."""
    if len(data) > _LONGEST_TEXT or b"\r" in data or b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
