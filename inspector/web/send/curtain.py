"""Drafts before an audience: while somebody presents, secrets in a draft are shown as marks; a mark that comes back from the form stands for its secret again."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from inspector.compose.draft import Draft, Row
from inspector.secrets import Hider


class Curtain:
    """`hider` gives what replaces secrets, the same marks as everywhere; None while nobody presents."""

    def __init__(self, hider: Callable[[], Hider | None]) -> None:
        self._hider = hider

    def drawn(self, draft: Draft) -> Draft:
        """The draft as it may be seen now."""
        hider = self._hider()
        return draft if hider is None else _hidden(hider, draft)

    def line(self, text: str) -> str:
        """An address as it may be seen now."""
        hider = self._hider()
        return text if hider is None else _address(hider, text)

    def message(self, data: bytes) -> bytes:
        """Bytes of a message as they may be seen now."""
        hider = self._hider()
        return data if hider is None else hider.body(hider.head(data))

    def lifted(self, typed: Draft, before: Draft) -> Draft:
        """What was typed, with the secrets of the draft before in place of their marks."""
        hider = self._hider()
        if hider is None:
            return typed
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
