"""What kind of thing was fetched: a page, a script, an image ...; for the list's icons, words and chips.

The browser says it best (Sec-Fetch-Dest, Fetch standard); without it the response's media type has to do.
"""

from __future__ import annotations

from functools import lru_cache

from inspector.exchange.model import Resource

_BY_DESTINATION: dict[bytes, Resource] = {
    b"document": "page",
    b"iframe": "page",
    b"frame": "page",
    b"style": "style",
    b"script": "script",
    b"worker": "script",
    b"sharedworker": "script",
    b"serviceworker": "script",
    b"image": "image",
    b"font": "font",
    b"audio": "media",
    b"video": "media",
    b"track": "media",
    b"websocket": "socket",
}
_BY_TYPE: dict[str, Resource] = {
    "text/html": "page",
    "application/xhtml+xml": "page",
    "text/css": "style",
    "text/javascript": "script",
    "application/javascript": "script",
    "application/x-javascript": "script",
    "application/ecmascript": "script",
    "application/wasm": "script",
    "application/json": "data",
    "application/xml": "data",
    "text/xml": "data",
    "text/csv": "data",
    "text/event-stream": "socket",
    "application/x-ndjson": "data",
    "application/grpc": "data",
    "application/graphql": "data",
    "application/x-www-form-urlencoded": "data",
    "application/vnd.ms-fontobject": "font",
    "application/font-woff": "font",
    "application/vnd.apple.mpegurl": "media",
    "application/dash+xml": "media",
}
_BY_FAMILY: dict[str, Resource] = {"image": "image", "font": "font", "audio": "media", "video": "media"}


@lru_cache(maxsize=512)
def media_type(content_type: bytes) -> str:
    """The media type of a Content-Type value, in lower case, without parameters: `text/html`. Empty if there is none."""
    return content_type[:200].partition(b";")[0].strip().lower().decode("latin-1")


@lru_cache(maxsize=1024)
def resource_kind(destination: bytes, media: str) -> Resource:
    """The kind for a Sec-Fetch-Dest value (empty if absent) and a media type."""
    kind = _BY_DESTINATION.get(destination)
    if kind is not None:
        return kind
    kind = _BY_TYPE.get(media) or _BY_FAMILY.get(media.partition("/")[0])
    if kind is not None:
        return kind
    if media.endswith(("+json", "+xml")):
        return "data"
    return "other"
