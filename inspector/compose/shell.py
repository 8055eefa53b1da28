"""A command line in words, as bash or the Windows prompt takes it apart, each word with its place in the text. What only a shell could know is a mistake at its place.

Browsers copy requests as cURL for both: bash with '…' and $'…', the prompt (cmd) with ^ before everything that it might take for itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from inspector.compose.errors import CurlMistake

_ANSI = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "E": "\x1b",
}
_NUMBER = re.compile(r"x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})")
_CMD = re.compile(r"\^[\"\r\n]|^\s*curl\.exe\b")
_VARIABLE = re.compile(r"\$(?:\{[^}]*\}?|\(|\w+)")


class Word(NamedTuple):
    """One word, and where it stands in the command."""

    text: str
    start: int
    end: int


def is_cmd(command: str) -> bool:
    """Whether it is written for the Windows prompt."""
    return _CMD.search(command) is not None


def bash_words(command: str) -> list[Word]:
    """The words of a bash command. Raises CurlMistake."""
    return _Bash(command).words()


class _Bash:
    def __init__(self, command: str) -> None:
        self._text = command
        self._at = 0

    def words(self) -> list[Word]:
        found: list[Word] = []
        while self._skip_space():
            char = self._text[self._at]
            if char == "#":
                self._at = self._end_of_line()
                continue
            if char in "|;&<>()":
                raise CurlMistake(f"The command ends at {char}: what follows is for the shell. Leave it out.", self._at, self._at + 1)  # fmt: skip
            start = self._at
            found.append(Word(self._word(), start, self._at))
        return found

    def _skip_space(self) -> bool:
        text = self._text
        while self._at < len(text):
            if text[self._at].isspace():
                self._at += 1
            elif text.startswith(("\\\n", "\\\r\n"), self._at):
                self._at += 2 if text[self._at + 1] == "\n" else 3
            else:
                return True
        return False

    def _end_of_line(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end

    def _word(self) -> str:
        out: list[str] = []
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char.isspace() or char in "|;&<>()":
                break
            if text.startswith(("$'", '$"'), self._at):
                self._at += 1
                out.append(self._ansi() if text[self._at] == "'" else self._double())
            elif char == "'":
                out.append(self._single())
            elif char == '"':
                out.append(self._double())
            elif char == "\\":
                out.append(self._escaped())
            else:
                self._refuse_expansion()
                out.append(char)
                self._at += 1
        return "".join(out)

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise CurlMistake("The quote that begins here is not closed.", self._at, self._at + 1)
        inside = self._text[self._at + 1 : end]
        self._at = end + 1
        return inside

    def _double(self) -> str:
        start, text = self._at, self._text
        out: list[str] = []
        self._at += 1
        while self._at < len(text):
            char = text[self._at]
            if char == '"':
                self._at += 1
                return "".join(out)
            if char == "\\" and text[self._at + 1 : self._at + 2] in ('"', "\\", "$", "`", "\n"):
                out.append(text[self._at + 1].replace("\n", ""))
                self._at += 2
                continue
            self._refuse_expansion()
            out.append(char)
            self._at += 1
        raise CurlMistake("The quote that begins here is not closed.", start, start + 1)

    def _ansi(self) -> str:
        start, out, text = self._at, bytearray(), self._text
        self._at += 1
        while self._at < len(text):
            char = text[self._at]
            if char == "'":
                self._at += 1
                return out.decode("utf-8", "replace")
            if char != "\\":
                out += char.encode("utf-8", "surrogatepass")
                self._at += 1
                continue
            out += self._ansi_escape()
        raise CurlMistake("The quote that begins here is not closed.", start, start + 1)

    def _ansi_escape(self) -> bytes:
        found = _NUMBER.match(self._text, self._at + 1)
        if found:
            self._at = found.end()
            if found[1] or found[4]:
                return bytes([int(found[1], 16) if found[1] else int(found[4], 8) & 0xFF])
            return chr(min(int(found[2] or found[3], 16), 0x10FFFF)).encode("utf-8", "replace")
        char = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        return _ANSI.get(char, char).encode("utf-8", "surrogatepass")

    def _escaped(self) -> str:
        char = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        return "" if char == "\n" else char

    def _refuse_expansion(self) -> None:
        found = _VARIABLE.match(self._text, self._at)
        if found is not None or self._text[self._at] == "`":
            raise CurlMistake(
                "Only the shell knows what this stands for. Write its value in its place, or put it in single quotes.",
                self._at, found.end() if found else self._at + 1,
            )  # fmt: skip


def cmd_words(command: str) -> list[Word]:
    """The words of a command for the Windows prompt: first its carets, then quotes as programs take them apart there. Raises CurlMistake."""
    chars = _without_carets(command)
    words: list[Word] = []
    at = 0
    while at < len(chars):
        if chars[at][0].isspace():
            at += 1
            continue
        start = at
        text, at = _windows_word(chars, at)
        words.append(Word(text, chars[start][1], chars[at - 1][1] + 1))
    return words


def _without_carets(command: str) -> list[tuple[str, int]]:
    """The characters that the prompt hands on, each with its place. Within quotes of its own a caret is a caret."""
    out: list[tuple[str, int]] = []
    quoted, at = False, 0
    while at < len(command):
        char = command[at]
        if char == "^" and not quoted:
            at += 1
            if command.startswith("\r\n", at) or command[at : at + 1] == "\n":
                at += 2 if command.startswith("\r\n", at) else 1
                if command[at : at + 1] == "\n":  # an escaped line end stands for itself: ^ and two of them
                    out.append(("\n", at))
                    at += 1
                continue
            if at < len(command):
                out.append((command[at], at))
                at += 1
            continue
        if char == '"':
            quoted = not quoted
        if not quoted and char in "|&<>":
            raise CurlMistake(
                f"The command ends at {char}: what follows is for the prompt. Leave it out.", at, at + 1
            )
        out.append((char, at))
        at += 1
    return out


def _windows_word(chars: list[tuple[str, int]], at: int) -> tuple[str, int]:
    out: list[str] = []
    quoted, start = False, at
    while at < len(chars):
        char = chars[at][0]
        if char == "\\":
            run = at
            while run < len(chars) and chars[run][0] == "\\":
                run += 1
            count, at = run - at, run
            if at < len(chars) and chars[at][0] == '"':
                out.append("\\" * (count // 2))
                if count % 2:
                    out.append('"')
                    at += 1
            else:
                out.append("\\" * count)
            continue
        if char == '"':
            if quoted and at + 1 < len(chars) and chars[at + 1][0] == '"':
                out.append('"')
                at += 2
                continue
            quoted = not quoted
        elif char.isspace() and not quoted:
            break
        else:
            out.append(char)
        at += 1
    if quoted:
        raise CurlMistake("A quote is not closed in this word.", chars[start][1], chars[-1][1] + 1)
    return "".join(out), at
