"""Which character encoding a text is in, and who says so: the byte order mark, the header, the page itself, or a guess."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

SAMPLE = 16_384
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")
_CSS = re.compile(rb"@charset \"([A-Za-z0-9_:.-]{2,40})\";")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# Text only: Python also calls punycode, unicode_escape and the like encodings. Latin-1 and ASCII mean windows-1252, as
# they do to every browser (Encoding Standard §4.2).
_AS_BROWSERS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gbk",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_KNOWN = re.compile(
    r"utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|cp(437|850|852|866|874|932|949|950|125[0-8])|iso8859-\d{1,2}|koi8-[ru]|"
    r"mac-(roman|cyrillic)|gbk|gb18030|hz|big5|big5hkscs|euc_jp|iso2022_jp|johab"
)


class Charset(NamedTuple):
    """A Python codec's name and how it is known: `declared`, `marked`, `in the text`, `guessed`, `assumed`."""

    name: str
    how: str


def known(label: str) -> str:
    """The codec for a charset's label, empty if it is none that texts are written in."""
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return ""
    name = _AS_BROWSERS.get(name, name)
    return name if _KNOWN.fullmatch(name) else ""


def find_charset(data: bytes, declared: str = "") -> Charset:
    """The encoding of `data`, the beginning of a text."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Charset(name, "marked")
    if known(declared):
        return Charset(known(declared), "declared")
    for pattern in (_META, _XML, _CSS):
        found = pattern.search(data[:2048])
        name = known(found[1].decode("ascii")) if found else ""
        if name:
            return Charset("utf-8" if name.startswith("utf-16") else name, "in the text")
    if is_utf8(data):
        return Charset("utf-8", "assumed")
    best = from_bytes(data[:SAMPLE]).best()
    name = known(best.encoding) if best else ""
    return Charset(name, "guessed") if name else Charset("cp1252", "assumed")


def is_utf8(data: bytes) -> bool:
    """Whether these are whole UTF-8 characters, but perhaps for the last, which may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True


def to_text(data: bytes, charset: str) -> str:
    """The text, byte order mark taken off; what is no character in this encoding becomes U+FFFD."""
    return data.decode(charset, "replace").removeprefix("\ufeff")


def looks_like_text(data: bytes) -> bool:
    """Whether unlabelled bytes can be read as text: no NUL, hardly a control character."""
    sample = data[:4096]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    controls = sum(byte < 9 or (13 < byte < 32 and byte != 27) for byte in sample)
    return controls == 0 and (is_utf8(sample) or (controls * 20 < len(sample) and sample.isascii()))
