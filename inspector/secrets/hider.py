"""Secrets replaced by marks, in bytes of every kind: `Hider` remembers which mark stands for what.

A mark is stars with four digits at its end (`*******3f9a`), a keyed hash of the secret; a short secret is stars alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2s
from urllib.parse import unquote_plus

from inspector.secrets.names import is_secret_field, is_secret_name

_SHORTEST = 6  # with digits
_REPEATED = 8  # bytes from which on a secret is looked for elsewhere too
MOST_TEXT = 16 * 1024 * 1024

_MARK = re.compile(r"\*{2,}[0-9a-f]{4}(?![0-9A-Za-z])")
_LINE = re.compile(rb"[^\n]*\n?")
# RFC 7519: three parts in base64url, of which the first two begin as `{"` does there
_JWT = re.compile(rb"\beyJ[\w-]{5,}\.(?:eyJ)?[\w-]*\.[\w-]*(?:\.[\w-]+\.[\w-]+)?")
_USER = re.compile(rb"(//[^/?#\s:@\"'<>]*:)([^/?#\s@\"'<>]+)(@)")
_PAIR = re.compile(rb"((?:^|[?&;#]|&amp;)([^=&;#?\s\"'<>]{1,200})=)([^&;#\s\"'<>\\]+)")
_FORM = re.compile(rb"((?:^|&)([^=&]{1,200})=)([^&]+)")
_MEMBER = re.compile(rb"(\"((?:[^\"\\]|\\.){1,120})\"\s*:\s*)(?:\"((?:[^\"\\]|\\.)*)\"|(-?[\d.]+))")
_TAG = re.compile(rb"<(?:input|meta|button)\b[^>]{1,4000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"\s(name|id|type|value|content|property)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)  # fmt: skip
_PART = re.compile(rb"(\r?\n[Cc]ontent-[Dd]isposition:[^\n]*?\bname=\"?([^\";\r\n]+)\"?(?:[^\n]*\n)(?:[^\r\n][^\n]*\n)*?\r?\n)(.*?)(?=\r?\n--)", re.DOTALL)  # fmt: skip
_BEARER = re.compile(rb"(\b[Bb]earer\s+)([\w.~+/-]{8,}=*)")
_ADDRESSES = frozenset({b"referer", b"location", b"content-location", b"refresh", b"link", b"origin", b"destination"})  # fmt: skip
_CREDENTIALS = frozenset({b"authorization", b"proxy-authorization"})


def is_mark(text: str) -> bool:
    """Whether a mark stands in the text."""
    return _MARK.search(text) is not None or "***" in text


def marks_in(text: str) -> tuple[str, ...]:
    """The marks in the text that stand for something that can be asked for."""
    return tuple(found[0] for found in _MARK.finditer(text))


class Hider:
    """Replaces what is secret. `key` decides the digits of the marks; `values` are the secrets met so far, by mark."""

    def __init__(self, key: bytes) -> None:
        self._key = key[:32]
        self.values: dict[str, bytes] = {}
        self._short: set[bytes] = set()

    @property
    def count(self) -> int:
        """How many different secrets were replaced."""
        return len(self.values) + len(self._short)

    def mark(self, value: bytes) -> bytes:
        """The mark for a secret: as many bytes as it has."""
        if len(value) < _SHORTEST:
            self._short.add(value)
            return b"*" * len(value)
        digits = blake2s(value, key=self._key, digest_size=2).hexdigest().encode()
        mark = b"*" * (len(value) - 4) + digits
        self.values[mark.decode()] = value
        return mark

    def head(self, head: bytes) -> bytes:
        """A head with its start line, or trailers; `GET /?token=…` loses its token, `Authorization: Basic …` what follows the scheme."""
        lines = []
        name = b""
        for number, found in enumerate(_LINE.finditer(head)):
            line = found[0]
            if not line:
                continue
            folded = line[:1] in b" \t" and number > 0
            before, colon, value = (b"", b"", line) if folded else line.partition(b":")
            if not folded:
                name = before.strip().lower() if colon and b" " not in before.strip() else b""
            if not name or (not folded and not colon):
                lines.append(self.address(line))
                continue
            text = value.strip()
            begin = value.find(text) if text else 0
            hidden = (
                self.mark(text)
                if folded and is_secret_field(name.decode("latin-1"))
                else self._value(name, text)
            )
            lines.append(before + colon + value[:begin] + hidden + value[begin + len(text) :])
        return b"".join(lines)

    def _value(self, name: bytes, value: bytes) -> bytes:
        if not value:
            return value
        if name in _CREDENTIALS:
            scheme, space, rest = value.partition(b" ")
            return scheme + space + self.mark(rest) if space else self.mark(value)
        if name == b"cookie":
            return b";".join(self._cookie(each) for each in value.split(b";"))
        if name == b"set-cookie":
            first, semicolon, attributes = value.partition(b";")
            return self._cookie(first) + semicolon + attributes
        if is_secret_field(name.decode("latin-1")):
            return self.mark(value)
        return self.address(value) if name in _ADDRESSES else self._tokens(value)

    def _cookie(self, pair: bytes) -> bytes:
        name, equals, value = pair.partition(b"=")
        if not equals:
            name, value = b"", pair
        text = value.strip()
        begin = value.find(text) if text else 0
        return name + equals + value[:begin] + self.mark(text) + value[begin + len(text) :]

    def address(self, text: bytes) -> bytes:
        """An address, or a text with addresses in it: passwords before the host, secret parameters, tokens."""
        text = _USER.sub(lambda found: found[1] + self.mark(found[2]) + found[3], text)
        return self._tokens(self._pairs(_PAIR, text))

    def body(self, data: bytes, media: str = "") -> bytes:
        """A body without its coding; bytes that are no text stay as they are."""
        if not data or b"\0" in data[:1024] or media.startswith(("image/", "audio/", "video/", "font/")):
            return data
        rest = data[MOST_TEXT:]
        text = data[:MOST_TEXT]
        if media == "application/x-www-form-urlencoded":
            text = self._pairs(_FORM, text)
        else:
            if media.startswith("multipart/"):
                text = self._pairs(_PART, b"\r\n" + text)[2:]
            text = _MEMBER.sub(self._member, text)
            text = _TAG.sub(self._tag, text)
        return self._known(self.address(text)) + rest

    def _pairs(self, pattern: re.Pattern[bytes], text: bytes) -> bytes:
        def hide(found: re.Match[bytes]) -> bytes:
            name = unquote_plus(found[2].decode("latin-1"))
            if not is_secret_name(name) or is_mark(found[3].decode("latin-1")):
                return found[0]
            return found[1] + self.mark(found[3])

        return pattern.sub(hide, text)

    def _member(self, found: re.Match[bytes]) -> bytes:
        value = found[3] if found[3] is not None else found[4]
        if not value or not is_secret_name(found[2].decode("latin-1")):
            return found[0]
        begin = found.start(3 if found[3] is not None else 4) - found.start()
        return found[0][:begin] + self.mark(value) + found[0][begin + len(value) :]

    def _tag(self, found: re.Match[bytes]) -> bytes:
        """`<input type=password value=…>`, and those that a name gives away: `<input name=csrf_token value=…>`, `<meta name=csrf-token content=…>`."""
        tag = found[0]
        attributes = {each[1].lower(): each for each in _ATTRIBUTE.finditer(tag)}
        said = {name: next((part for part in each.groups()[1:] if part is not None), b"") for name, each in attributes.items()}  # fmt: skip
        names = [said.get(name, b"").decode("latin-1") for name in (b"name", b"id", b"property")]
        if said.get(b"type", b"").lower() != b"password" and not any(
            is_secret_name(name) for name in names if name
        ):
            return tag
        for name in (b"value", b"content"):
            value = said.get(name)
            if not value:
                continue
            where = next(number for number in (2, 3, 4) if attributes[name][number] is not None)
            begin, end = attributes[name].span(where)
            tag = tag[:begin] + self.mark(value) + tag[end:]
        return tag

    def _tokens(self, text: bytes) -> bytes:
        text = _BEARER.sub(lambda found: found[1] + self.mark(found[2]), text)
        return _JWT.sub(lambda found: self.mark(found[0]), text)

    def _known(self, text: bytes) -> bytes:
        """Secrets that were met before, wherever they stand."""
        return self.without(text, (value for value in self.values.values() if len(value) >= _REPEATED))

    def without(self, text: bytes, values: Iterable[bytes]) -> bytes:
        """The text with each of these values replaced."""
        for value in sorted(set(values), key=len, reverse=True):
            if value in text:
                text = text.replace(value, self.mark(value))
        return text
