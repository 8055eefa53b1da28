"""A cURL command as a draft: what curl would send, as far as the form can say it. What it can't, or what is only for the terminal, is told.

There are libraries for this; the ones for Python know half of the options, drop the rest in silence, and none says where a mistake is.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote_plus

from msgspec.structs import replace

from inspector.compose.draft import Draft, Row
from inspector.compose.errors import CurlMistake
from inspector.compose.shell import Word, bash_words, cmd_words, is_cmd

_NO_FILES = "Inspector reads no files of yours from a command. Put the content itself in its place, or choose the file in the form."
_PACKED = "deflate, gzip, br, zstd"


class Found(NamedTuple):
    """The draft, and what of the command is not in it, in sentences."""

    draft: Draft
    notes: tuple[str, ...]


def parse(command: str, shell: str = "auto") -> Found:
    """Read a command; `shell` is `bash`, `cmd`, or `auto`. Raises CurlMistake."""
    words = (
        cmd_words(command) if shell == "cmd" or (shell == "auto" and is_cmd(command)) else bash_words(command)
    )
    if not words:
        raise CurlMistake("There is no command. It begins with curl.", 0, 0)
    first = words[0].text.rpartition("/")[2].rpartition("\\")[2].lower()
    if first not in ("curl", "curl.exe"):
        raise CurlMistake("A cURL command begins with curl.", words[0].start, words[0].end)
    return _Reading(words).read()


class _Reading:
    """One command being read."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._at = 1
        self._here = words[0]
        self.method = ""
        self.url: Word | None = None
        self.fields: list[Row] = []
        self.no: set[str] = set()
        self.data: list[str] = []
        self.parts: list[Row] = []
        self.as_query = self.head = self.json = False
        self.draft = Draft()
        self.notes: list[str] = []

    def read(self) -> Found:
        while self._at < len(self._words):
            self._here = self._words[self._at]
            self._at += 1
            text = self._here.text
            if text.startswith("--") and len(text) > 2:
                self._long(text[2:])
            elif text.startswith("-") and len(text) > 1:
                self._short(text)
            else:
                self._take_url(self._here)
        return self._done()

    def _long(self, text: str) -> None:
        name, equals, value = text.partition("=")
        if name in _FLAGS:
            _FLAGS[name](self)
        elif name in _VALUES:
            _VALUES[name](self, value if equals else self._next(name))
        elif name in _IGNORED:
            if _IGNORED[name]:
                self._next(name)
        else:
            raise CurlMistake(f"--{name} is not known here.", self._here.start, self._here.end)

    def _short(self, text: str) -> None:
        at = 1
        while at < len(text):
            name = _LETTERS.get(text[at])
            if name is None:
                raise CurlMistake(f"-{text[at]} is not known here.", self._here.start, self._here.end)
            at += 1
            if name in _FLAGS:
                _FLAGS[name](self)
                continue
            if name in _IGNORED and not _IGNORED[name]:
                continue
            value = text[at:] or self._next(name)
            if name in _VALUES:
                _VALUES[name](self, value)
            return

    def _next(self, name: str) -> str:
        if self._at >= len(self._words):
            raise CurlMistake(
                f"A value is missing after {self._here.text}.", self._here.start, self._here.end
            )
        self._here = self._words[self._at]
        self._at += 1
        return self._here.text

    def mistake(self, sentence: str) -> CurlMistake:
        return CurlMistake(sentence, self._here.start, self._here.end)

    def _take_url(self, word: Word) -> None:
        if self.url is not None:
            raise CurlMistake(
                "This is a second address; one command sends one request here.", word.start, word.end
            )
        self.url = word

    def _done(self) -> Found:
        if self.url is None:
            last = self._words[-1]
            raise CurlMistake("The command names no address.", last.end, last.end)
        url = self.url.text if "://" in self.url.text else f"http://{self.url.text}"
        content = "&".join(self.data)
        draft = self.draft
        if self.as_query and self.data:
            url += ("&" if "?" in url else "?") + content
        elif self.parts:
            draft = replace(draft, body="multipart", form=tuple(self.parts))
        elif self.data:
            draft = replace(draft, body="json" if self.json else "text", text="".join(self.data) if self.json else content)  # fmt: skip
            self._add(
                "Content-Type", "application/json" if self.json else "application/x-www-form-urlencoded"
            )
            if self.json:
                self._add("Accept", "application/json")
        self._add("Accept", "*/*", first=True)
        self._add("User-Agent", "curl", first=True)
        sends = bool(self.parts or self.data) and not self.as_query
        method = self.method or ("HEAD" if self.head else "POST" if sends else "GET")
        return Found(replace(draft, method=method, url=url, fields=tuple(self.fields)), tuple(self.notes))

    def _add(self, name: str, value: str, *, first: bool = False) -> None:
        """A field that curl sends by itself, unless the command says it or takes it out."""
        lower = name.lower()
        if lower in self.no or any(row.name.lower() == lower for row in self.fields):
            return
        self.fields.insert(0 if first else len(self.fields), Row(name, value))

    # -- options

    def field(self, text: str) -> None:
        if text.startswith("@"):
            raise self.mistake(_NO_FILES)
        name, colon, value = text.partition(":")
        if not colon:
            name, semicolon, rest = text.partition(";")
            if semicolon and not rest.strip():
                self.fields.append(Row(name.strip(), ""))
                return
            raise self.mistake("A field is written as 'Name: value'; here is no colon.")
        if not value.strip():
            self.no.add(name.strip().lower())
            return
        self.fields.append(Row(name.strip(), value.strip()))

    def add_data(self, text: str, *, at_is_file: bool = True) -> None:
        if at_is_file and text.startswith("@"):
            raise self.mistake(_NO_FILES)
        self.data.append(text)

    def encoded(self, text: str) -> None:
        name, equals, value = text.partition("=")
        if not equals and "@" in text:
            raise self.mistake(_NO_FILES)
        if not equals:
            self.data.append(quote_plus(text))
        else:
            self.data.append(f"{name}={quote_plus(value)}" if name else quote_plus(value))

    def add_json(self, text: str) -> None:
        self.add_data(text)
        self.json = True

    def part(self, text: str, *, plain: bool = False) -> None:
        name, equals, value = text.partition("=")
        if not equals:
            raise self.mistake("A part is written as name=value; here is no '='.")
        if value[:1] in ("@", "<") and not plain:
            raise self.mistake(_NO_FILES)
        media = file_name = ""
        if not plain and ";" in value:
            value, *more = value.split(";")
            for each in more:
                key, _, said = each.strip().partition("=")
                media = said if key == "type" else media
                file_name = said.strip('"') if key == "filename" else file_name
        self.parts.append(Row(name, value, True, file_name, media))

    def user(self, text: str) -> None:
        if ":" not in text:
            raise self.mistake("The password is missing: curl would ask for it. Write user:password.")
        self.fields.append(Row("Authorization", "Basic " + b64encode(text.encode()).decode()))

    def cookies(self, text: str) -> None:
        if "=" not in text:
            raise self.mistake("This is a file of cookies. " + _NO_FILES)
        self.fields.append(Row("Cookie", text))

    def seconds(self, text: str) -> None:
        try:
            self.draft = replace(self.draft, timeout=min(max(float(text), 1.0), 120.0))
        except ValueError:
            raise self.mistake("This is not a number of seconds.") from None

    def refuse_file(self, _: str) -> None:
        raise self.mistake(_NO_FILES)

    def leave_out(self, words: str) -> None:
        self.notes.append(words)


def _set(**changes: object) -> Callable[[_Reading], None]:
    def change(reading: _Reading) -> None:
        for name, value in changes.items():
            if hasattr(reading, name):
                setattr(reading, name, value)
            else:
                reading.draft = replace(reading.draft, **{name: value})

    return change


def _told(words: str) -> Callable[[_Reading], None]:
    return lambda reading: reading.leave_out(words)


def _told_value(words: str) -> Callable[[_Reading, str], None]:
    return lambda reading, value: reading.leave_out(words.replace("{}", value))


def _says(name: str, before: str = "") -> Callable[[_Reading, str], None]:
    return lambda reading, value: reading.fields.append(Row(name, before + value))


def _no_next(reading: _Reading) -> None:
    raise reading.mistake("--next begins a second request; one command sends one request here.")


def _method(reading: _Reading, value: str) -> None:
    reading.method = value


def _address(reading: _Reading, value: str) -> None:
    reading._take_url(Word(value, reading._here.start, reading._here.end))


_FLAGS: dict[str, Callable[[_Reading], None]] = {
    "get": _set(as_query=True), "head": _set(head=True), "location": _set(follow=True), "location-trusted": _set(follow=True),
    "insecure": _set(verify=False), "http1.0": _set(version="1.0"), "http1.1": _set(version="1.1"),
    "compressed": lambda reading: reading.fields.append(Row("Accept-Encoding", _PACKED)),
    "http2": _told("--http2 is left out: the dashboard sends HTTP/1.1."), "http2-prior-knowledge": _told("--http2 is left out: the dashboard sends HTTP/1.1."),
    "http3": _told("--http3 is left out: the dashboard sends HTTP/1.1."),
    "digest": _told("--digest is left out: it takes a second request to answer what the site asks."),
    "ntlm": _told("--ntlm is left out."), "negotiate": _told("--negotiate is left out."), "next": _no_next,
    "anyauth": _told("--anyauth is left out."),
}  # fmt: skip
_VALUES: dict[str, Callable[[_Reading, str], None]] = {
    "request": _method, "url": _address, "header": _Reading.field,
    "data": _Reading.add_data, "data-ascii": _Reading.add_data, "data-binary": _Reading.add_data,
    "data-raw": lambda reading, value: reading.add_data(value, at_is_file=False),
    "data-urlencode": _Reading.encoded, "json": _Reading.add_json, "form": _Reading.part,
    "form-string": lambda reading, value: reading.part(value, plain=True),
    "user": _Reading.user, "cookie": _Reading.cookies, "user-agent": _says("User-Agent"), "referer": _says("Referer"),
    "oauth2-bearer": _says("Authorization", "Bearer "), "range": _says("Range", "bytes="), "max-time": _Reading.seconds,
    "upload-file": _Reading.refuse_file, "config": _Reading.refuse_file,
    "proxy": _told_value("--proxy {} is left out: it goes through Inspector."),
    "resolve": _told_value("--resolve {} is left out: Inspector looks names up itself."),
    "connect-to": _told_value("--connect-to {} is left out: Inspector looks names up itself."),
    "cacert": _told_value("--cacert {} is left out: Inspector verifies as usual (--upstream-ca)."),
    "cert": _told_value("--cert is left out: Inspector shows the certificates that it was given (--client-cert)."),
    "key": _told_value("--key is left out: Inspector shows the certificates that it was given (--client-cert)."),
}  # fmt: skip
# What is only for the terminal; whether a value follows.
_IGNORED = {
    "silent": False, "show-error": False, "verbose": False, "include": False, "fail": False, "fail-with-body": False, "globoff": False,
    "progress-bar": False, "no-progress-meter": False, "remote-name": False, "remote-header-name": False, "no-buffer": False, "ipv4": False, "ipv6": False,
    "basic": False, "tlsv1.2": False, "tlsv1.3": False, "no-keepalive": False, "path-as-is": False, "parallel": False, "styled-output": False,
    "ssl-no-revoke": False, "post301": False, "post302": False, "post303": False, "create-dirs": False, "compressed-ssh": False, "tcp-nodelay": False,
    "raw": False, "tr-encoding": False, "disable": False, "noproxy": True,
    "output": True, "write-out": True, "connect-timeout": True, "retry": True, "retry-delay": True, "retry-max-time": True, "max-redirs": True,
    "cookie-jar": True, "dump-header": True, "trace": True, "trace-ascii": True, "stderr": True, "limit-rate": True, "max-filesize": True,
    "ciphers": True, "tls-max": True, "interface": True, "dns-servers": True, "keepalive-time": True, "speed-limit": True, "speed-time": True,
}  # fmt: skip
_LETTERS = {
    "X": "request", "H": "header", "d": "data", "F": "form", "u": "user", "b": "cookie", "A": "user-agent", "e": "referer", "k": "insecure",
    "L": "location", "I": "head", "G": "get", "0": "http1.0", "m": "max-time", "r": "range", "T": "upload-file", "K": "config", "x": "proxy",
    "E": "cert", "s": "silent", "S": "show-error", "v": "verbose", "i": "include", "f": "fail", "g": "globoff", "#": "progress-bar",
    "O": "remote-name", "J": "remote-header-name", "N": "no-buffer", "4": "ipv4", "6": "ipv6", "o": "output", "w": "write-out",
    "c": "cookie-jar", "D": "dump-header", "C": "max-filesize", "Z": "parallel", "q": "disable", "y": "speed-time", "Y": "speed-limit",
}  # fmt: skip
