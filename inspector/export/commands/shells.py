"""Values as words of a command line. Whatever is in them, a shell takes each for one word and runs nothing."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z0-9_./:=@%+,-]+")
_CARETED = re.compile(r"[^A-Za-z0-9_./:=,\- \n]")
_SINGLE = re.compile("(['\u2018\u2019\u201a\u201b])")
_NAMED = {
    0x07: "\\a",
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0B: "\\v",
    0x0C: "\\f",
    0x0D: "\\r",
    0x27: "\\'",
    0x5C: "\\\\",
}


def bash(value: bytes | str, *, bare: bool = False) -> str:
    """A word for bash and zsh: '…' where that can say it, else $'…', which can say every byte but NUL. `bare`: without quotes if it needs none."""
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    text = data.decode("utf-8", "replace")
    if bare and _PLAIN.fullmatch(text):
        return text
    if text.encode("utf-8") == data and text.isprintable() and "'" not in text:
        return f"'{text}'"
    if text.encode("utf-8") == data and all(each.isprintable() or ord(each) in _NAMED for each in text):
        return "$'" + "".join(_NAMED.get(ord(each), each) for each in text) + "'"
    return (
        "$'"
        + "".join(
            _NAMED.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}") for byte in data
        )
        + "'"
    )


def cmd(value: str) -> str:
    r"""A word for Windows' cmd.exe and a program that reads its command line as C programs do there.

    The quotation marks are hidden from cmd by carets, so that a caret before every other sign works too; backslashes are
    doubled before a quotation mark; a variable's name is broken by a caret; a line end stands after a caret.
    """
    quoted = re.sub(r'(\\*)(?="|$)', r"\1\1", value).replace('"', '\\"') if value else ""
    careted = _CARETED.sub(lambda found: "^" + found[0], quoted.replace("\r\n", "\n"))
    careted = re.sub(r"\^%(?=[A-Za-z0-9_])", "^%^", careted).replace("\n", "^\n\n")
    return f'^"{careted}^"'


def powershell(value: str) -> str:
    """A word for PowerShell: '…' with every kind of quotation mark that it takes for one doubled."""
    return "'" + _SINGLE.sub(r"\1\1", value) + "'"
