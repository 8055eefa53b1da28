"""Drafts before an audience: while somebody presents, secrets in a draft are shown as marks; a mark that comes back from the form stands for its secret again."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from inspector.compose.draft import Draft, Row
from inspector.secrets import Hider
from inspector.web.veil import presenting


class Curtain:
    """`key` decides what marks look like, for as long as this process lives."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def drawn(self, draft: Draft) -> Draft:
        """The draft as it may be seen now."""
        return _hidden(Hider(self._key), draft) if presenting() else draft

    def line(self, text: str) -> str:
        """An address as it may be seen now."""
        return _address(Hider(self._key), text) if presenting() else text

    def before(self, draft: Draft) -> Draft:
        """What the form is compared with: as it was shown."""
        return self.drawn(draft)

    def lifted(self, typed: Draft, before: Draft) -> Draft:
        """What was typed, with the secrets of the draft before in place of their marks."""
        if not presenting():
            return typed
        hider = Hider(self._key)
        _hidden(hider, before)
        marks = sorted(hider.values, key=len, reverse=True)

        def real(text: str) -> str:
            for mark in marks:
                if mark in text:
                    text = text.replace(mark, hider.values[mark].decode("utf-8", "replace"))
            return text

        return _mapped(typed, real)


def _hidden(hider: Hider, draft: Draft) -> Draft:
    def field(row: Row) -> Row:
        head = f"X\r\n{row.name}: {row.value}\r\n".encode("utf-8", "surrogatepass")
        said = hider.head(head).decode("utf-8", "replace").partition("\r\n")[2].removesuffix("\r\n")
        return replace(row, value=said.partition(": ")[2]) if row.name and "\n" not in row.value else row

    fields = tuple(field(row) for row in draft.fields)
    media = "application/x-www-form-urlencoded"

    def entry(row: Row) -> Row:
        pair = hider.body(f"{row.name}={row.value}".encode("utf-8", "surrogatepass"), media)
        name, _, value = pair.decode("utf-8", "replace").partition("=")
        return replace(row, name=name, value=value)

    text = hider.body(draft.text.encode("utf-8", "surrogatepass"), draft.said("content-type") or "")
    return replace(
        draft, url=_address(hider, draft.url), fields=fields, form=tuple(entry(row) for row in draft.form),
        text=text.decode("utf-8", "replace"),
    )  # fmt: skip


def _address(hider: Hider, text: str) -> str:
    return hider.address(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _mapped(draft: Draft, change: Callable[[str], str]) -> Draft:
    def rows(many: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(replace(row, name=change(row.name), value=change(row.value)) for row in many)

    return replace(
        draft,
        url=change(draft.url),
        text=change(draft.text),
        fields=rows(draft.fields),
        form=rows(draft.form),
    )
