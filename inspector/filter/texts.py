"""The text of a message as a filter sees it: heads and bodies as folded UTF-8, in which a search is one `in`.

Folded means: without regard to case (Unicode case folding). A body is text if its media type says so, or if it has none and looks so;
content codings are undone, and of each body the first 2 MiB are looked at. Whatever a body claims to be, reading it never raises.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache

from inspector.exchange.resources import media_type
from inspector.wire.codings import decode

MOST = 2 * 1024 * 1024
_MOST_PACKED = 4 * 1024 * 1024

_TEXTS = re.compile(
    r"text/.*|.*[/+](?:json|xml|yaml|toml|x-ndjson|json-seq)|.*(?:javascript|ecmascript|json|graphql|xhtml).*|"
    r"application/(?:x-www-form-urlencoded|sql|x-sh|x-httpd-php|x-yaml|rtf|manifest\+json)|multipart/.*|message/.*"
)
_CONTENT = re.compile(rb"\ncontent-(type|encoding)[ \t]*:([^\r\n]*)", re.IGNORECASE)
_CHARSET = re.compile(rb'charset\s*=\s*"?([A-Za-z0-9_:.-]{2,40})', re.IGNORECASE)
# Python calls more things encodings than texts are written in; Latin-1 and ASCII mean windows-1252, as to every browser.
_CODECS = re.compile(
    r"utf-16(-[lb]e)?|utf-32(-[lb]e)?|cp(437|850|852|866|874|932|949|950|125[0-8])|iso8859-\d{1,2}|koi8-[ru]|"
    r"mac-(roman|cyrillic)|gbk|gb18030|gb2312|big5|big5hkscs|euc_jp|euc_kr|shift_jis|iso2022_jp"
)


def fold(text: str) -> bytes:
    """A text as it is compared."""
    return text.casefold().encode("utf-8", "surrogatepass")


def fold_bytes(data: bytes) -> bytes:
    """The same for bytes: UTF-8, or else windows-1252, as every byte is a character there."""
    if data.isascii():
        return data.lower()
    try:
        return fold(data.decode("utf-8"))
    except UnicodeDecodeError:
        return fold(data.decode("cp1252", "replace"))


def body_text(head: bytes, captured: Iterable[bytes]) -> bytes:
    """The text of a body, folded; empty if it is none. `head` is that of its message."""
    content_type = codings = b""
    for name, value in _CONTENT.findall(head):
        if name.lower() == b"encoding":
            codings += b"," + value
        elif not content_type:
            content_type = value.strip()
    if content_type and not _is_text(media_type(content_type)):
        return b""
    data = _undone(codings.decode("latin-1"), captured)
    if not content_type and not _looks_like_text(data):
        return b""
    return _folded(data, content_type)


@lru_cache(maxsize=512)
def _is_text(media: str) -> bool:
    return _TEXTS.fullmatch(media) is not None


def _undone(codings: str, captured: Iterable[bytes]) -> bytes:
    if codings:
        return decode(codings, _at_most(captured, _MOST_PACKED), max_output=MOST).data
    return b"".join(_at_most(captured, MOST))


def _at_most(pieces: Iterable[bytes], most: int) -> Iterable[bytes]:
    for piece in pieces:
        if len(piece) >= most:
            yield piece[:most]
            return
        most -= len(piece)
        yield piece


def _looks_like_text(data: bytes) -> bool:
    return b"\0" not in data[:4096]


def _folded(data: bytes, content_type: bytes) -> bytes:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return fold(data.decode("utf-16", "replace"))
    if data.isascii():
        return data.lower()
    found = _CHARSET.search(content_type)
    codec = _codec(found[1]) if found else ""
    if codec:
        return fold(data.decode(codec, "replace"))
    try:
        return fold(codecs.getincrementaldecoder("utf-8")().decode(data))  # the last character may be cut off
    except UnicodeDecodeError:
        return fold(data.decode("cp1252", "replace"))


@lru_cache(maxsize=128)
def _codec(label: bytes) -> str:
    """Python's name for a charset that isn't UTF-8; empty for UTF-8 and for what no text is written in."""
    try:
        name = codecs.lookup(label.decode("ascii")).name
    except LookupError:
        return ""
    name = "cp1252" if name in ("iso8859-1", "ascii") else name
    return name if _CODECS.fullmatch(name) else ""
