"""What a HAR entry said that an exchange has no place for: kept with it, without the bodies, so that it can be written again as it was."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from typing import Any

import msgspec

_CHARSETS = ("iso8859", "cp12", "gb", "shift_jis", "euc", "big5", "koi8", "utf-16", "cp949", "cp932")


def remains(entry: Mapping[str, Any], page: Any) -> bytes:
    """The entry as the file had it, without its bodies, so that it can be written again as it was."""
    kept = {name: value for name, value in entry.items() if name not in ("_inspector", "_page")}
    if isinstance(page, Mapping):
        kept["_page"] = page
    for half, name in (("request", "postData"), ("response", "content")):
        message = kept.get(half)
        place = message.get(name) if isinstance(message, Mapping) else None
        if isinstance(message, Mapping) and isinstance(place, Mapping) and isinstance(place.get("text"), str):
            kept[half] = {**message, name: _without_text(place, half, message)}
    try:
        return msgspec.json.encode(kept)
    except (UnicodeEncodeError, msgspec.MsgspecError, ValueError):  # half of a surrogate pair
        return json.dumps(kept).encode()


def _without_text(place: Mapping[str, Any], half: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """What is beside a text, and how to make it again from the body."""
    rest = {name: value for name, value in place.items() if name != "text"} | {"_text": True}
    if half == "request" or place.get("encoding") == "base64":
        return rest
    charset = charset_of(_content_type(message))
    data = place["text"].encode("utf-8", "surrogatepass")
    return rest | {"_charset": charset} if charset and as_charset(data, charset) != data else rest


def _content_type(message: Mapping[str, Any]) -> bytes:
    fields = message.get("headers")
    for each in fields if isinstance(fields, list) else ():
        if isinstance(each, Mapping) and str(each.get("name")).lower() == "content-type":
            return str(each.get("value")).encode("latin-1", "replace")
    return b""


def charset_of(content_type: bytes) -> str:
    """The charset that a Content-Type names, if it is one that isn't UTF-8 and that texts are written in."""
    for parameter in content_type.decode("latin-1").split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset":
            try:
                found = codecs.lookup(value.strip("\"' ")[:40]).name
            except (LookupError, ValueError, UnicodeError):
                return ""
            return found if found.startswith(_CHARSETS) else ""
    return ""


def as_charset(data: bytes, charset: str) -> bytes:
    """A text in the charset that its head names, if that has all its characters and gives them back."""
    try:
        made = data.decode().encode(charset)
        return made if made.decode(charset).encode() == data else data
    except UnicodeError:
        return data
